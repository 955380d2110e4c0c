"""kill -9 of one process in mid-conversation, looked at closely. What many do at once stands in test_storm.py, engine and all."""

import pytest

from tools.dev_client import DevClient, Person

pytestmark = pytest.mark.faults

AFTER_A_KILL_S = 120  # a dead worker's lease ends after 20 s


def answers_of(person: Person) -> list[tuple[str, str]]:
    return [(row["question"], row["value"]) for row in person.rows("answers")]


@pytest.mark.parametrize("name", ["worker", "service"])
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
