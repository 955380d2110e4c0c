"""kill -9 of each process in mid-conversation: nothing is lost, nothing is doubled."""

import time

import pytest

from tools.dev_client import DevClient, Person

pytestmark = pytest.mark.faults

AFTER_A_KILL_S = 120  # the engine starts in some 10 s, a dead worker's lease ends after 20


def answers_of(person: Person) -> list[tuple[str, str]]:
    return [(row["question"], row["value"]) for row in person.rows("answers")]


@pytest.mark.parametrize("name", ["engine", "worker", "service"])
def test_kill_in_mid_conversation_loses_and_doubles_nothing(client: DevClient, child: Person, name: str) -> None:
    child.post(press="Mest ja")
    client.order(name, "kill")
    client.wait_until_healthy(AFTER_A_KILL_S)
    client.idle(AFTER_A_KILL_S)

    assert answers_of(child) == [("lyttede", "4")]
    assert [message["question"] for message in child.news()] == ["forstod"]
    assert [turn["state"] for turn in child.rows("turns")] == ["done", "done"]

    child.press("Både og")
    assert answers_of(child) == [("lyttede", "4"), ("forstod", "3")]


def test_a_complaint_said_while_the_engine_is_down_stands_in_the_queue_at_once(client: DevClient, child: Person) -> None:
    client.order("engine", "stop")
    child.post(text="jeg vil klage")

    assert [(case["kind"], case["state"]) for case in child.rows("cases")] == [("klage", "ny")]


def test_messages_that_arrive_while_the_engine_is_down_are_answered_in_order_and_once(
    client: DevClient, child: Person
) -> None:
    other = client.person(role="foraelder")
    client.idle()
    other.news()
    client.order("engine", "stop")
    child.post(press="Mest ja")
    other.post(text="ja")
    while not other.rows("turns"):
        time.sleep(0.1)
    other.post(text="4")
    assert (child.news(), other.news()) == ([], [])

    client.order("engine", "start")
    client.idle(AFTER_A_KILL_S)

    assert [message["question"] for message in child.news()] == ["forstod"]
    assert [message["question"] for message in other.news()] == [None, "lyttede", "forskel"]
    assert (answers_of(child), answers_of(other)) == ([("lyttede", "4")], [("lyttede", "4")])


def test_danger_is_seen_while_engine_and_worker_are_down(client: DevClient, child: Person) -> None:
    client.order("engine", "stop")
    client.order("worker", "stop")
    child.post(text="min far slår mig")

    assert [(case["kind"], case["band"], case["contact"]) for case in child.rows("cases")] == [("bekymring", "ja", True)]


def test_after_fifteen_minutes_of_outage_the_citizen_and_a_human_are_told_once(client: DevClient, child: Person) -> None:
    client.order("engine", "stop")
    child.post(press="Mest ja")
    client.post("/dev/clock", {"advance_s": 16 * 60})
    told = _wait_for_news(child)
    waiting = child.rows("cases")
    client.order("engine", "start")
    client.idle(AFTER_A_KILL_S)

    assert [message["text"].startswith("Lige nu svarer jeg langsomt") for message in told] == [True]
    assert [(case["kind"], case["state"]) for case in waiting] == [("ubehandlet", "ny")]
    assert [(case["state"], case["ending"]) for case in child.rows("cases")] == [("lukket", "af_sig_selv")]
    assert [message["question"] for message in child.news()] == ["forstod"]


def _wait_for_news(person: Person) -> list[dict[str, object]]:
    for _ in range(100):
        news = person.news()
        if news:
            return news
        time.sleep(0.2)
    return []
