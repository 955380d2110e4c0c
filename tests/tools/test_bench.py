import json
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.service.logic.question_sets import Catalogue
from bot.shared.codebook import AwaitedStep, DialogueAct, Expects
from tools import bench, bench_rounds
from tools.bench_memory import family, resident_mb
from tools.bench_rounds import NoReplyError, Parts, PathWriter, Round, engine_body, measure, parts_of
from tools.dev_client import DevClient

PRESSES, TEXTS = bench.read_cycles()


class FakeInstance:
    """Answers each message of a cycle with as many messages as it says, after `looks` looks; -1: never."""

    def __init__(self, cycle: bench_rounds.Cycle, looks: int = 0) -> None:
        self.looks = looks
        self.pending: list[tuple[int, int]] = []
        self.answers = [line.get("faar", 1) for line in cycle.lines]
        words = [line["trykker"] for line in cycle.lines if "trykker" in line]
        self.buttons = [{"text": word, "press": f"1:{number}"} for number, word in enumerate(words)]
        self.sent = [{"text": "hej", "buttons": self.buttons}]
        self.posted: list[dict[str, Any]] = []
        self.ids = count(1)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/dev/meetings":
            person = {"address": f"kode{next(self.ids)}", "channel": "webchat"}
            return httpx.Response(200, json={"participants": [person]})
        if request.method == "POST":
            self.posted.append(json.loads(request.content))
            self.pending.append((self.looks, self.answers[len(self.posted) - 1]))
            return httpx.Response(200, json={"stored": True})
        self._let_arrive()
        return httpx.Response(200, json=self.sent)

    def _let_arrive(self) -> None:
        waiting, self.pending = self.pending, []
        for looks, number in waiting:
            if looks == 0:
                self.sent = self.sent + [{"text": "og nu?", "buttons": self.buttons}] * number
            else:
                self.pending.append((looks - 1, number))


def client_of(instance: FakeInstance) -> DevClient:
    client = DevClient({"token": "t", "service": "http://127.0.0.1:1"})
    client.http = httpx.Client(base_url="http://127.0.0.1:1", transport=httpx.MockTransport(instance))
    return client


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_rounds, "LOOK_EVERY_S", 0.001)
    monkeypatch.setattr(bench_rounds, "REPLY_WITHIN_S", 0.2)


def a_round(*milliseconds: float, writers: int = 1, seconds: float = 1.0) -> Round:
    return Round("text, whole path", writers, tuple(one / 1000 for one in milliseconds), seconds)


@pytest.mark.parametrize(("percent", "milliseconds"), [(50, 50), (95, 95), (100, 100), (1, 1)])
def test_percentiles_are_times_that_were_measured(percent: int, milliseconds: int) -> None:
    assert a_round(*range(100, 0, -1)).percentile(percent) == milliseconds / 1000


def test_one_message_is_every_percentile() -> None:
    assert (a_round(7).percentile(50), a_round(7).percentile(95)) == (0.007, 0.007)


def test_a_row_has_the_ratio_to_its_peer() -> None:
    path, engine = a_round(150, 160, 300, writers=8, seconds=0.5), a_round(40, writers=8)

    assert bench.row(path, engine, Parts(0.05, 0.06)).split("  ")[0] == "text, whole path"
    assert bench.row(path, engine, Parts(0.05, 0.06)).split()[3:] == ["8", "3", "160", "300", "6.0", "4.0", "50", "60"]
    assert bench.row(engine).split()[3:] == ["8", "1", "40", "40", "1.0"]


@pytest.mark.parametrize("cycle", [PRESSES, TEXTS], ids=["press", "text"])
@pytest.mark.parametrize("looks", [0, 3])
def test_a_writer_times_every_line_until_its_reply(cycle: bench_rounds.Cycle, looks: int, quick: None) -> None:
    instance = FakeInstance(cycle, looks)

    times = PathWriter(client_of(instance), cycle, len(cycle.lines))()

    assert len(times) == len(instance.posted) == len(cycle.lines)
    assert [set(body) & {"text", "press"} for body in instance.posted] == [
        {"press"} if "trykker" in line else {"text"} for line in cycle.lines
    ]


def test_a_writer_registers_enough_people_and_stops_at_its_number(quick: None) -> None:
    instance = FakeInstance(PRESSES)
    instance.answers *= 2

    writer = PathWriter(client_of(instance), PRESSES, len(PRESSES.lines) + 1)

    assert len(writer.people) == 2
    assert len(writer()) == len(PRESSES.lines) + 1


def test_a_message_without_a_reply_is_no_figure(quick: None) -> None:
    with pytest.raises(NoReplyError, match="not answered"):
        measure("text", [PathWriter(client_of(FakeInstance(TEXTS, looks=-1)), TEXTS, 1)])


def test_another_question_than_expected_is_no_figure(quick: None) -> None:
    instance = FakeInstance(PRESSES)
    instance.sent = [{"text": "nede", "buttons": []}]

    with pytest.raises(NoReplyError, match="no button says 'Ja'"):
        PathWriter(client_of(instance), PRESSES, 1)()


def test_the_cycles_fit_the_question_set(catalogue: Catalogue) -> None:
    asked = catalogue.latest("foerste_moede")
    for cycle, audience in ((PRESSES, "barn_7_12"), (TEXTS, "foraelder")):
        questions = [question for question in asked.questions if audience in question.texts]
        expected = ["ja_nej", *(str(question.kind) for question in questions)]
        assert [line["forventer"] for line in cycle.lines] == expected[: len(cycle.lines)]


def test_the_engine_is_told_what_it_knows_and_no_turn() -> None:
    bodies = [engine_body(line) for line in (*PRESSES.lines, *TEXTS.lines)]

    for body in bodies:
        assert ("text" in body) != ("act" in body)
        assert body.get("act", "svar") in set(DialogueAct)
        assert body["metadata"]["venter_paa"] in set(AwaitedStep)
        assert body["metadata"]["forventer"] in set(Expects)
        assert set(body["metadata"]) == {"venter_paa", "forventer"}
    assert len({body["sender"] for body in bodies}) == len(bodies)


def test_parts_are_medians_of_these_peoples_turns_on_the_machines_clock() -> None:
    def turn(person: str, asked: str, done: str | None) -> dict[str, str | None]:
        at = "2026-11-18T11:00:{}Z".format
        received = "2026-11-18T12:00:00Z"  # the business clock is an hour ahead
        return {"person": person, "received_at": received, "asked_at": at(asked), "done_at": done and at(done)}

    turns = [turn("a", "00.1", "00.3"), turn("b", "00.2", "00.7"), turn("c", "30", "59"), turn("a", "00.1", None)]

    parts = parts_of(turns, {"a", "b"}, offset_s=3600)

    assert parts == Parts(pytest.approx(0.1), pytest.approx(0.2))


def test_memory_counts_children_and_theirs(tmp_path: Path) -> None:
    for pid, kilobytes, children in ((10, 2048, "11"), (11, 1024, "12 13"), (12, 1024, "")):
        task = tmp_path / str(pid) / "task" / str(pid)
        task.mkdir(parents=True)
        (task / "children").write_text(children)
        (tmp_path / str(pid) / "status").write_text(f"Name:\tpython\nVmRSS:\t{kilobytes} kB\nThreads:\t4\n")

    assert family(10, tmp_path) == [10, 11, 12, 13]
    assert resident_mb(10, tmp_path) == 4.0  # 13 has ended
    assert resident_mb(99, tmp_path) == 0.0


def test_no_instance_is_one_sentence(tmp_path: Path) -> None:
    with (
        pytest.raises(bench.NothingToMeasureError, match="No instance runs in"),
        bench.instance_to_measure({"GENKLANG_HOME": str(tmp_path)}),
    ):
        pass


def test_only_this_machine_is_measured(tmp_path: Path) -> None:
    with pytest.raises(bench.NothingToMeasureError, match=r"127\.0\.0\.1"):
        bench._bench(DevClient({"token": "t", "service": "http://example.org:80"}), tmp_path, None)
