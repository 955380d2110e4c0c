"""The engine as a real process: the channel's contract, the rules, and what its log says."""

import itertools
from typing import Any

import pytest

from bot.shared.codebook import ANSWERING_ACTS, ROUTE_ACTS, AwaitedStep, DialogueAct
from tests.engine.running_engine import ACTION_TOKEN, EngineClient, FakeActions

pytestmark = pytest.mark.engine

STEP_ACTIONS = {
    AwaitedStep.INTET: "action_loes_besked",
    AwaitedStep.SAMTYKKE: "action_samtykke",
    AwaitedStep.SPOERGSMAAL: "action_svar",
    AwaitedStep.OPKALD_JA: "action_opkald_ja",
    AwaitedStep.OPKALD_NUMMER: "action_opkald_nummer",
    AwaitedStep.OPKALD_TID: "action_opkald_tid",
    AwaitedStep.FORTSAET: "action_fortsaet",
}
_numbers = itertools.count(1)


def sender() -> str:
    return f"{next(_numbers)}-1"


def expected_action(act: DialogueAct, step: AwaitedStep) -> str:
    if act in ROUTE_ACTS:
        return f"action_{act}"
    return STEP_ACTIONS[step] if act in ANSWERING_ACTS else "action_smaasnak"


def ascii_start(text: str) -> str:
    return f"{text[:8]!a} x{len(text)}"


def said(text: str, **metadata: Any) -> dict[str, Any]:
    return {"sender": sender(), "message_id": "7", "channel": "sms", "text": text, "metadata": metadata}


@pytest.mark.parametrize("step", AwaitedStep)
@pytest.mark.parametrize("act", DialogueAct)
def test_every_act_at_every_step_gives_exactly_one_action(
    engine: EngineClient, actions: FakeActions, act: DialogueAct, step: AwaitedStep
) -> None:
    body = {"sender": sender(), "act": str(act), "metadata": {"turn": 1, "attempt": 1, "venter_paa": str(step)}}

    status, _ = engine.post(body)

    assert status == 200
    assert actions.names() == [expected_action(act, step)]


@pytest.mark.parametrize("step", AwaitedStep)
def test_a_text_at_every_step_gives_the_action_of_its_act(engine: EngineClient, actions: FakeActions, step: AwaitedStep) -> None:
    status, _ = engine.post(said("det var helt fint", venter_paa=str(step), forventer="tekst"))

    assert status == 200
    act = DialogueAct(actions.latest()["intent"]["name"])
    assert actions.names() == [expected_action(act, step)]
    assert actions.calls[0]["tracker"]["slots"]["venter_paa"] == str(step)


def test_the_action_gets_text_labels_metadata_and_its_token(engine: EngineClient, actions: FakeActions) -> None:
    metadata = {"turn": 12, "attempt": 2, "venter_paa": "spoergsmaal", "forventer": "tekst", "role": "barn", "age": 12}

    engine.post(said("hun lyttede til mig", **metadata))

    latest = actions.latest()
    assert latest["metadata"] == metadata
    assert latest["message_id"] == "7"
    assert actions.calls[0]["tracker"]["latest_input_channel"] == "sms"
    assert latest["language"]["id"] == "da"
    assert set(latest["routes"]) == {"klage", "bekymring"}
    assert set(latest["routes"]["klage"]) == {"value", "score", "clause", "source"}
    assert latest["svar"]["value"] in ("ja", "nej")
    assert {"themes", "wishes"} <= set(latest)
    assert actions.tokens == [f"Bearer {ACTION_TOKEN}"]


def test_an_act_carries_no_labels(engine: EngineClient, actions: FakeActions) -> None:
    engine.post({"sender": sender(), "act": "bekraeft", "metadata": {"turn": 1, "venter_paa": "samtykke"}})

    latest = actions.latest()
    assert latest["text"] == '/bekraeft{"venter_paa": "samtykke"}'
    assert not {"themes", "routes", "wishes", "svar", "language"} & set(latest)


def test_the_nets_findings_count_as_labels(engine: EngineClient, actions: FakeActions) -> None:
    net = {"bekymring": "akut", "stop": True, "klage": False}

    engine.post(said("ja det var fint", venter_paa="spoergsmaal", forventer="ja_nej", net=net))

    assert actions.names() == ["action_bekymring"]
    assert actions.latest()["routes"]["bekymring"]["value"] == "akut"
    assert {"id": "stop", "score": 1.0, "clause": None, "source": "rule"} in actions.latest()["wishes"]


def test_the_same_conversation_takes_the_step_afresh(engine: EngineClient, actions: FakeActions) -> None:
    body = {"sender": sender(), "act": "svar"}

    engine.post({**body, "metadata": {"venter_paa": "samtykke"}})
    engine.post(body)

    assert actions.names() == ["action_samtykke", "action_loes_besked"]


@pytest.mark.parametrize("token", ["", "wrong", "test-token-for-the-engin"])
def test_without_the_token_nothing_happens(engine: EngineClient, actions: FakeActions, token: str) -> None:
    status, _ = engine.post(said("hej"), token=token)

    assert (status, actions.calls) == (401, [])


@pytest.mark.parametrize(
    "body",
    [
        {"sender": "1-1"},
        {"sender": "1-1", "text": " "},
        {"sender": "1-1", "text": None},
        {"sender": "1-1", "text": 7},
        {"sender": "1-1", "text": "a" * 10_001},
        {"sender": "1-1", "text": "/stop"},
        {"sender": "1-1", "text": " \n/bekymring"},
        {"sender": "1-1", "text": "hej", "act": "svar"},
        {"sender": "1-1", "act": "restart"},
        {"sender": "", "text": "hej"},
        {"text": "hej"},
        {"sender": "1-1", "text": "hej", "metadata": [1]},
        {"sender": "1-1", "text": "hej", "metadata": {"venter_paa": "andet"}},
        ["hej"],
        b'{"sender": "1-1", "text": "hej',
        b"\xff\xfe",
    ],
)
def test_a_bad_body_is_refused(engine: EngineClient, actions: FakeActions, body: Any) -> None:
    status, answer = engine.post(body)

    assert status == 422
    assert "error" in answer
    assert actions.calls == []


ODD_TEXTS = ["😀", "👩‍👧🏳️‍🌈", "a", "7", "...", "a\x00b", "\u202eabc\u202c", "\u200b\u200b.", "مرحبا", "\ud800 hej"]
LONG_TEXTS = ["å" * 10_000, "hej " * 2_500, "A😀" * 5_000, "," * 10_000, "ÆØÅ! " * 2_000]


@pytest.mark.parametrize("text", [*ODD_TEXTS, *LONG_TEXTS], ids=ascii_start)
def test_any_text_gives_one_action(engine: EngineClient, actions: FakeActions, text: str) -> None:
    status, _ = engine.post(said(text, venter_paa="spoergsmaal"))

    assert status == 200
    assert len(actions.calls) == 1
    assert actions.names() != ["action_uventet"]


def test_a_failing_action_leaves_no_citizens_word_in_the_log(engine: EngineClient, actions: FakeActions) -> None:
    actions.answer = {"events": "kanariefugl", "responses": [{"text": "kanariefugl"}]}

    engine.post(said("min kanariefugl hedder kanariefugl"))

    assert len(actions.calls) == 1
    if engine.log is not None:
        log = engine.log.read_text()
        assert "kanariefugl" not in log
        assert "ValidationError" in log
