import json
import socket
from pathlib import Path

import pytest
import yaml

from bot.service.logic.texts import Names
from tools import demo
from tools.dev_client import DevClient

SCRIPT = yaml.safe_load(demo.SCRIPT.read_text(encoding="utf-8"))
WORDS = SCRIPT["ord"]


def case(
    number: int, kind: str, *, band: str | None = None, at: str = "2026-11-18T19:00:00Z", **fields: object
) -> dict[str, object]:
    usual = {"id": number, "kind": kind, "band": band, "ring_senest": at, "state": "ny", "contact": False, "person": None}
    return usual | fields


def test_queue_has_danger_on_top_then_the_next_deadline() -> None:
    cases = [
        case(1, "klage", at="2026-11-18T19:00:00Z", contact=True, person="+4500000077"),
        case(2, "spoergsmaal", at="2026-11-18T15:00:00Z"),
        case(3, "tolk", band="ja", at="2026-11-18T12:00:00Z"),
        case(4, "bekymring", band="ja", at="2026-11-18T13:00:00Z"),
        case(5, "bekymring", band="akut", at="2026-11-18T14:00:00Z"),
        case(6, "klage", state="lukket"),
    ]

    lines = list(demo.queue(cases, {"+4500000077"}, WORDS, Names.load()))

    assert lines[1] == "Køen ved skrivebordet: 5 åbne sager"
    assert [line.split()[1] for line in lines[3:]] == ["5", "3", "4", "1", "2"]
    assert lines[-2].split("  ")[-1] == "← herfra"
    assert "ring senest 18.11. kl. 20.00" in lines[-2]


def test_a_long_queue_is_cut_and_says_so() -> None:
    lines = list(demo.queue([case(number, "klage") for number in range(1, 24)], set(), WORDS, Names.load()))

    assert lines[-1] == "  … og 3 mere"
    assert len(lines) == 3 + demo.QUEUE_ROWS + 1


def test_themes_are_named_with_polarity_and_words() -> None:
    labels = [
        {"label": "hoert", "value": "+", "clause": "de lyttede til mig,"},
        {"label": "klage", "value": "maaske", "clause": None},
        {"label": "plan", "value": "-", "clause": None},
    ]

    lines = list(demo.themes([{"labels": labels}], WORDS, Names.load()))

    assert lines[2:] == ["    + At blive hørt og forstået  »de lyttede til mig«", "    - Plan og aftaler"]


def test_no_themes_is_said_too() -> None:
    assert list(demo.themes([{"labels": []}], WORDS, Names.load()))[-1] == "    Ingen temaer"


def test_nothing_running_is_one_sentence_and_exit_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GENKLANG_HOME", str(tmp_path))

    assert demo.main() == 2

    assert capsys.readouterr().err == (
        f"No instance runs in {tmp_path}. Start one with `make run` in another terminal, then try again.\n"
    )


def test_a_killed_instance_counts_as_not_running(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    (tmp_path / "ready.json").write_text(json.dumps({"token": "t", "service": f"http://127.0.0.1:{port}"}))

    with pytest.raises(demo.NothingRunsError):
        demo.find_instance(tmp_path)


@pytest.mark.engine
def test_both_conversations_play_to_their_end(instance: DevClient) -> None:
    lines = list(demo.play(instance, SCRIPT))

    text = "\n".join(lines)
    assert text.count("Tak, fordi du skrev til os.") == len(SCRIPT["samtaler"])
    assert sum("← herfra" in line for line in lines) == 1
    assert "»" in text, "no theme was found in any answer"
