import json
from typing import Any

import pytest

from bot.engine.understanding.context import Context, read_context
from bot.shared.codebook import AwaitedStep, Concern, Expects
from tests.engine.labelling.parses import parsed
from tools.labelling.acted_on import LONGEST_TEXT, SCORES, Acted, ModelError, acted_on, question_for
from tools.labelling.messages import Message


def act_on(text: str, **changed: Any) -> Acted:
    message = Message("a1", text)
    return acted_on(message, question_for(message), parsed(**changed))


def test_asks_as_the_service_does_at_an_open_question() -> None:
    asked = question_for(Message("a1", "de lyttede", role="barn", age=9, question="Hvad var godt?"))

    assert read_context(asked.metadata) == Context(step=AwaitedStep.SPOERGSMAAL, expects=Expects.TEKST)
    assert [asked.metadata[key] for key in ("spoergsmaal", "role", "age")] == ["Hvad var godt?", "barn", 9]


def test_the_nets_findings_are_in_the_context() -> None:
    asked = question_for(Message("a1", "jeg vil klage. min far slår mig nu"))

    context = read_context(asked.metadata)
    assert (context.net_complaint, context.net_stop, context.net_concern) == (True, False, asked.net.danger)
    assert context.net_concern is not Concern.NEJ


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("ring til mig på 12 34 56 78 i morgen", "ring til mig på [telefon] i morgen"),
        ("/stop", "stop"),
        (" / /restart nu", "restart nu"),
        ("", "."),
        (" \n ", "."),
        ("/", "."),
        ("nul\x00byte", "nulbyte"),
        ("halv \ud83d emoji", "halv ? emoji"),
    ],
)
def test_the_engine_sees_what_the_service_would_send(text: str, asked: str) -> None:
    assert question_for(Message("a1", text)).text == asked


def test_of_a_very_long_text_the_engine_sees_both_ends() -> None:
    asked = question_for(Message("a1", "a" * 20_000 + "z")).text

    assert (len(asked), asked[0], asked[-1]) == (LONGEST_TEXT, "a", "z")


def test_says_what_the_model_says() -> None:
    found = act_on(
        "hun lyttede, men det varede længe, og hvem ringer?",
        themes=[
            {"id": "hoert", "polarity": "+", "score": 0.9, "clause": "hun lyttede"},
            {"id": "ventetid", "polarity": "-", "score": 0.8, "clause": None},
        ],
        wishes=[{"id": "tolk", "score": 0.7}, {"id": "spoergsmaal", "score": 0.7}],
        language={"id": "no", "score": 0.6},
    )

    assert (found.lang, found.themes, found.klage, found.bekymring) == ("no", {"hoert": "+", "ventetid": "-"}, "nej", "nej")
    assert (found.oensker, found.svar) == (["spoergsmaal", "tolk"], "ja")


def test_what_the_net_has_found_scores_one() -> None:
    found = act_on("STOP", scores={"stop": 0.2, "akut": 0.05})

    assert (found.scores["stop"], found.scores["akut"], found.by_model["stop"]) == (1.0, 0.05, 0.2)


def test_a_bare_call_wish_is_acted_on_whatever_the_model_says() -> None:
    found = act_on("ring til mig", themes=[{"id": "tilgaengelighed", "polarity": "-", "score": 0.9, "clause": None}])

    assert (found.oensker, found.themes, found.svar, found.scores["opkald"]) == (["opkald"], {}, "nej", 1.0)


def test_a_call_wish_in_a_longer_message_is_left_to_the_model() -> None:
    found = act_on("ring til mig når planen er klar, for den savner vi")

    assert (found.oensker, found.scores["opkald"]) == ([], 0.1)


def test_a_line_of_output_has_the_agreed_keys() -> None:
    line = json.loads(json.dumps(act_on("godt").as_json()))

    assert list(line) == ["id", "lang", "themes", "klage", "bekymring", "oensker", "svar", "scores"]
    assert tuple(line["scores"]) == SCORES


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"scores": {"hoert": 1.2}}, "are not from 0 to 1: hoert"),
        ({"scores": {"hoert": float("nan")}}, "are not from 0 to 1: hoert"),
        ({"scores": {"mad": 0.2}}, "has not just these names"),
        ({"routes": None}, "has no `routes`"),
        ({"svar": None}, "has no `svar`"),
    ],
)
def test_a_model_that_says_too_little_is_refused(changed: dict[str, Any], says: str) -> None:
    with pytest.raises(ModelError, match=says):
        act_on("godt", **changed)


def test_a_model_without_scores_is_refused() -> None:
    message = Message("a1", "godt")
    without = {key: value for key, value in parsed().items() if key != "scores"}

    with pytest.raises(ModelError, match="has no `scores`; train again"):
        acted_on(message, question_for(message), without)
