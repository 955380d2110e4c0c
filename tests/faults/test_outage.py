"""The engine is down for more than a quarter of an hour: what becomes of what several people write meanwhile."""

import time
from dataclasses import dataclass
from typing import Any

import pytest

from tools.dev_client import DevClient, Person

pytestmark = pytest.mark.faults

BEYOND_A_QUARTER_S = 16 * 60
WORKED_OFF_S = 120
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Outage:
    """What was seen while the engine was down, and of whom."""

    child: Person
    parent: Person
    cases_of_complainer: Rows
    cases_of_endangered: Rows  # the worker was down as well
    said_at_once: Rows
    said_after_a_quarter: Rows
    cases_after_a_quarter: Rows
    said_when_it_was_back: Rows


@pytest.fixture(scope="module")
def outage(instance: DevClient) -> Outage:
    """One outage from its beginning to its end."""
    child, complainer, endangered = (instance.person(role="barn", age=13) for _ in range(3))
    parent = instance.person(role="foraelder")
    instance.idle()
    for person in (child, complainer, endangered):
        person.press("Ja")
    parent.news()
    instance.order("engine", "stop")
    complainer.post(text="jeg vil klage")
    cases_of_complainer = complainer.rows("cases")
    child.post(press="Mest ja")
    _write_one_after_the_other(parent, "ja", "4")
    said_at_once = child.news() + parent.news()
    instance.order("worker", "stop")
    endangered.post(text="min far slår mig")
    cases_of_endangered = endangered.rows("cases")
    instance.order("worker", "start")
    instance.post("/dev/clock", {"advance_s": BEYOND_A_QUARTER_S})
    said_after_a_quarter = _wait_for_news(child)
    cases_after_a_quarter = child.rows("cases")
    instance.order("engine", "start")
    instance.idle(WORKED_OFF_S)
    return Outage(
        child,
        parent,
        cases_of_complainer,
        cases_of_endangered,
        said_at_once,
        said_after_a_quarter,
        cases_after_a_quarter,
        child.news(),
    )


def test_a_complaint_stands_in_the_queue_at_once(outage: Outage) -> None:
    assert [(case["kind"], case["state"]) for case in outage.cases_of_complainer] == [("klage", "ny")]


def test_danger_is_seen_though_the_worker_is_down_too(outage: Outage) -> None:
    assert [(case["kind"], case["band"], case["contact"]) for case in outage.cases_of_endangered] == [("bekymring", "ja", True)]


def test_nobody_is_told_at_once(outage: Outage) -> None:
    assert outage.said_at_once == []


def test_after_a_quarter_of_an_hour_the_citizen_and_a_human_are_told_once(outage: Outage) -> None:
    assert [message["text"].startswith("Lige nu svarer jeg langsomt") for message in outage.said_after_a_quarter] == [True]
    assert [(case["kind"], case["state"]) for case in outage.cases_after_a_quarter] == [("ubehandlet", "ny")]


def test_the_case_of_the_outage_closes_itself(outage: Outage) -> None:
    assert [(case["state"], case["ending"]) for case in outage.child.rows("cases")] == [("lukket", "af_sig_selv")]


def test_what_was_written_meanwhile_is_answered_in_order_and_once(outage: Outage) -> None:
    heard = outage.parent.messages()

    assert [message["question"] for message in outage.said_when_it_was_back] == ["forstod"]
    assert [message["question"] for message in heard if message["question"]] == ["lyttede", "forskel"]
    assert len({message["text"] for message in heard}) == len(heard)
    assert [(row["question"], row["value"]) for row in outage.parent.rows("answers")] == [("lyttede", "4")]


def test_no_try_was_counted_against_anybody(outage: Outage) -> None:
    turns = outage.child.rows("turns") + outage.parent.rows("turns")

    assert {turn["state"] for turn in turns} == {"done"}
    assert max(turn["attempt"] for turn in turns) > 1


def _write_one_after_the_other(person: Person, *texts: str) -> None:
    """Each text begins a turn of its own."""
    for number, text in enumerate(texts, start=1):
        person.post(text=text)
        until = time.monotonic() + 30
        while number < len(texts) and not person.rows("turns") and time.monotonic() < until:
            time.sleep(0.1)


def _wait_for_news(person: Person) -> Rows:
    for _ in range(200):
        news = person.news()
        if news:
            return news
        time.sleep(0.2)
    return []
