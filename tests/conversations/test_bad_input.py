"""Bad input through the channels' own readers, door and engine: answered kindly, stored, never a crash."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tools.dev_client import DevClient, Person

pytestmark = pytest.mark.engine

ODD_TEXTS = {
    "empty": "",
    "blank": "   \n\t ",
    "10,000 characters": "hun lyttede til mig og det var rart " * 280,
    "emoji only": "😀😀😀",
    "right to left": "\u202eשלום لكم\u202c",
    "NUL byte": "god\x00 snak",
    "lone accent": "\u0301\u0301\u0301",
    "zero width": "\u200b\u200d\ufeff",
    "slash": "/session_start",
    "one digit too many": "11111111111111111111",
}


@pytest.fixture
def child(client: DevClient) -> Person:
    person = client.person(role="barn", age=13)
    client.idle()
    person.press("Ja")
    return person


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS)
def test_odd_text_is_stored_answered_and_the_dialogue_goes_on(child: Person, text: str) -> None:
    answered = child.say(text)
    going_on = child.press("Spring over")

    assert answered != []
    assert [message["question"] for message in going_on] != []
    assert all(turn["state"] == "done" for turn in child.rows("turns"))


def test_an_unknown_code_is_refused_and_nothing_is_stored(client: DevClient) -> None:
    with pytest.raises(httpx.HTTPStatusError, match="404"):
        client.post("/dev/messages", {"channel": "webchat", "address": "zzzzzzzzzz", "id": "1", "text": "hej"})


def test_the_same_message_three_times_is_one(child: Person) -> None:
    receipts = [child.post(press="Mest ja", message_id="samme") for _ in range(3)]
    child.client.idle()

    assert [receipt["duplicate"] for receipt in receipts] == [False, True, True]
    assert [message["question"] for message in child.news()] == ["forstod"]


def test_two_messages_at_once_are_worked_one_after_the_other(client: DevClient, child: Person) -> None:
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda said: child.post(**said), [{"text": "hun hørte efter"}, {"text": "det var godt"}]))
    client.idle()

    assert len(child.rows("turns")) == 2  # the yes, and the two pieces as one
    assert [row["kind"] for row in child.rows("answers")] == ["kommentar"]


def test_a_reply_to_a_closed_question_is_told_so_kindly(child: Person) -> None:
    old = next(button for button in child.messages()[-1]["buttons"] if button["text"] == "Mest ja")
    child.press("Mest ja")
    answered = child.press(old["press"])

    assert len(answered) == 1
    assert [(row["question"], row["value"]) for row in child.rows("answers")] == [("lyttede", "4")]


def test_the_action_endpoint_refuses_whoever_has_no_token(client: DevClient) -> None:
    answer = httpx.post(f"{client.ready['service']}/actions/webhook", json={}, trust_env=False)

    assert answer.status_code == 401


def test_development_endpoints_do_not_exist_without_the_token(client: DevClient) -> None:
    answers = [httpx.get(f"{client.ready['service']}/dev/{view}", trust_env=False) for view in ("cases", "messages", "idle")]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
