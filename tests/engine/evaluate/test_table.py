"""The table: short, without texts, and with dashes where there is no figure."""

from typing import Any

import pytest

from tests.engine.evaluate.cases import find, find_without_scores, want
from tools.evaluate.__main__ import main
from tools.evaluate.misses import confused_themes, worst_misses
from tools.evaluate.report import measure_groups
from tools.evaluate.routes import measure_rules
from tools.evaluate.speed import time_in_turns
from tools.evaluate.table import number, table
from tools.labelling.messages import Message


def report(*, texts: bool = False) -> dict[str, Any]:
    wanted = [want(f"a{i}", text="hemmeligt", role="barn" if i % 2 else "foraelder", themes={"plan": "+"}) for i in range(40)]
    found = [find(each.message.id, themes={"skole": "+"}) for each in wanted]
    baseline = [find_without_scores(each.message.id) for each in wanted]
    times = {"median": 20.0, "p95": 40.0}
    return {
        "data": {"files": ["a.jsonl"], "messages": len(wanted)},
        "model": {"file": "genklang.tar.gz", "trained": "2026-01-05 12:00+01:00"},
        "groups": measure_groups(wanted, found),
        "rules_alone": measure_rules(wanted),
        "baselines": {name: measure_groups(wanted, baseline) for name in ("majority", "stock DIET, 3 epochs")},
        "speed": {"messages": 40, "ms": {"Genklang": times, "embedding": times}, "ratio": {"embedding": 1.0}},
        "confused_themes": confused_themes(wanted, found),
        "misses": worst_misses(wanted, found, texts=texts),
        "seconds": {"labelling": 1.0, "all": 2.0},
    }


def test_the_table_is_short_and_shows_no_text_unasked() -> None:
    lines = table(report()).splitlines()

    assert len(lines) < 120
    assert "hemmeligt" not in "".join(lines)
    assert "hemmeligt" in table(report(texts=True))


def test_the_model_stands_beside_the_baselines() -> None:
    lines = table(report()).splitlines()

    assert [line.split("  ")[0] for line in lines if line.startswith(("Genklang  ", "majority", "stock"))] == [
        "Genklang",
        "majority",
        "stock DIET, 3 epochs",
    ]


def test_without_baselines_and_speed_their_parts_are_left_out() -> None:
    lines = table({**report(), "baselines": {}, "speed": None}).splitlines()

    assert not any("majority" in line or line.startswith("ms a message") for line in lines)


@pytest.mark.parametrize(
    ("value", "words"),
    [(None, "–"), (0.0, ".00"), (0.004, ".004"), (0.824, ".82"), (1.0, "1.00"), (6.85, "6.85"), (104.8, "105")],
)
def test_numbers_are_short(value: "float | None", words: str) -> None:
    assert number(value) == words


def test_every_work_is_timed_for_every_message() -> None:
    seen: list[str] = []
    messages = [Message("a1", "en"), Message("a2", "to")]

    taken = time_in_turns(messages, {"first": lambda m: seen.append(f"1{m.id}"), "second": lambda m: seen.append(f"2{m.id}")})

    assert {name: len(ms) for name, ms in taken.items()} == {"first": 2, "second": 2}
    assert seen[-4:] == ["1a1", "2a1", "1a2", "2a2"]


def test_a_path_that_is_not_there_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nowhere.jsonl"]) == 2

    assert capsys.readouterr().err == "nowhere.jsonl: cannot be read (No such file or directory); name a JSONL file\n"
