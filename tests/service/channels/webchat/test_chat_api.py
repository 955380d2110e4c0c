"""What the page is told, and what it may post."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from bot.service.channels.webchat.history import TYPING_FOR
from bot.service.clock import machine_now
from bot.service.context import Context
from bot.service.message_path import door
from bot.service.models import Conversation, Inbound, Outbound

BUTTONS = (("3", "Meget godt", "svar"), ("spring_over", "Spring over", "spring_over"), ("stop", "Stop", "stop"))
Say = Callable[..., int]


def tell(browser: TestClient, since: str = "") -> dict[str, Any]:
    answer = browser.get("/chat/api/beskeder", params={"efter": since})
    assert answer.status_code == 200
    body: dict[str, Any] = answer.json()
    return body


def texts(told: dict[str, Any]) -> list[tuple[str, str]]:
    return [(message["from"], message["text"]) for message in told["messages"]]


def post(browser: TestClient, **body: str) -> Any:
    return browser.post("/chat/api/beskeder", json={"id": str(uuid4())} | body)


@pytest.fixture
def opened(browser: TestClient, code: str, context: Context) -> TestClient:
    """A browser whose visit has begun; what the opening made us say is out of the way."""
    browser.get(f"/chat/{code}")
    with context.database.write() as session:
        session.execute(update(Outbound).values(state="cancelled"))
    return browser


def test_what_is_written_is_stored_and_told(opened: TestClient, context: Context) -> None:
    answer = post(opened, text="hun lyttede")

    assert (answer.status_code, answer.json()) == (200, {"stored": True})
    with context.database.read() as session:
        assert session.scalar(select(Inbound.original).where(Inbound.kind == "tekst")) == "hun lyttede"
    assert texts(tell(opened)) == [("dig", "hun lyttede")]


def test_the_same_id_again_is_no_second_message(opened: TestClient) -> None:
    message_id = str(uuid4())

    answers = [post(opened, id=message_id, text="hej").json() for _ in range(3)]

    assert answers == [{"stored": True}] * 3
    assert texts(tell(opened)) == [("dig", "hej")]


def test_the_own_message_comes_back_under_the_pages_id(opened: TestClient) -> None:
    message_id = str(uuid4())
    post(opened, id=message_id, text="hej")

    assert [message["id"] for message in tell(opened)["messages"]] == [message_id]


def test_only_what_is_handed_over_is_told(opened: TestClient, say: Say) -> None:
    for state in ("waiting", "sending", "failed", "cancelled", "unknown", "handed_over", "delivered"):
        say(state, state=state)

    assert texts(tell(opened)) == [("os", "handed_over"), ("os", "delivered")]


def test_after_the_cursor_only_the_new_is_told(opened: TestClient, say: Say) -> None:
    say("Hej!")
    first = tell(opened)
    say("Hvordan gik det?")

    second = tell(opened, first["cursor"])

    assert texts(second) == [("os", "Hvordan gik det?")]
    assert texts(tell(opened, second["cursor"])) == []


def test_a_message_that_was_overtaken_is_told_when_it_is_out(opened: TestClient, say: Say, context: Context) -> None:
    slow = say("langsom", state="sending")
    say("hurtig")
    first = tell(opened)
    with context.database.write() as session:
        session.get_one(Outbound, slow).state = "handed_over"

    assert texts(first) == [("os", "hurtig")]
    assert ("os", "langsom") in texts(tell(opened, first["cursor"]))


@pytest.mark.parametrize("cursor", ["nonsens", "-", "1-", "-5-3", "9" * 40 + "-1", "'; --"])
def test_a_broken_cursor_begins_anew(opened: TestClient, say: Say, cursor: str) -> None:
    say("Hej!")

    assert texts(tell(opened, cursor)) == [("os", "Hej!")]


def test_buttons_stand_under_the_open_prompt_only(opened: TestClient, say: Say) -> None:
    say("Første", buttons=BUTTONS, step="spoergsmaal")
    second = say("Andet", buttons=BUTTONS, step="spoergsmaal")

    told = tell(opened)["messages"]

    assert [message["buttons"] for message in told] == [
        [],
        [
            {"text": "Meget godt", "press": f"{second}:3", "quiet": False},
            {"text": "Spring over", "press": f"{second}:spring_over", "quiet": True},
            {"text": "Stop", "press": f"{second}:stop", "quiet": True},
        ],
    ]


def test_a_pressed_button_speaks_its_words_and_the_buttons_are_gone(opened: TestClient, say: Say) -> None:
    prompt = say("Hvordan gik det?", buttons=BUTTONS, step="spoergsmaal")

    assert post(opened, press=f"{prompt}:3").status_code == 200

    told = tell(opened)
    assert texts(told) == [("os", "Hvordan gik det?"), ("dig", "Meget godt")]
    assert [message["buttons"] for message in told["messages"]] == [[], []]


def test_no_buttons_while_the_next_question_is_on_its_way(opened: TestClient, say: Say) -> None:
    say("Første", buttons=BUTTONS, step="spoergsmaal")
    say("Andet", buttons=BUTTONS, step="spoergsmaal", state="waiting")

    assert [message["buttons"] for message in tell(opened)["messages"]] == [[]]


def test_no_buttons_once_nothing_is_awaited(opened: TestClient, say: Say) -> None:
    say("Sidste", buttons=BUTTONS, step="spoergsmaal")
    say("Tak for dine svar.")

    assert [message["buttons"] for message in tell(opened)["messages"]] == [[], []]


def test_the_open_prompt_keeps_its_buttons_when_a_human_writes(opened: TestClient, say: Say) -> None:
    say("Hvordan gik det?", buttons=BUTTONS, step="spoergsmaal")
    say("Jeg læser med.", kind="medarbejder")

    assert [len(message["buttons"]) for message in tell(opened)["messages"]] == [3, 0]


def test_a_later_visit_sees_the_open_prompt_but_nothing_said_before(
    opened: TestClient, say: Say, new_browser: Callable[[], TestClient], code: str
) -> None:
    say("Vil du være med?", buttons=BUTTONS, step="samtykke")
    post(opened, text="det er hemmeligt")
    say("Tak.")
    say("Hvordan gik det?", buttons=BUTTONS, step="spoergsmaal")
    later = new_browser()

    later.get(f"/chat/{code}")

    assert texts(tell(later)) == [("os", "Hvordan gik det?")]
    assert texts(tell(later, "0-0")) == [("os", "Hvordan gik det?")]


def test_one_child_never_sees_another(
    opened: TestClient, say: Say, new_browser: Callable[[], TestClient], other_code: str
) -> None:
    prompt = say("Hvordan gik det?", buttons=BUTTONS, step="spoergsmaal")
    post(opened, text="det er hemmeligt")
    other = new_browser()
    other.get(f"/chat/{other_code}")

    post(other, press=f"{prompt}:3")

    assert "Meget godt" not in str(tell(other))
    assert "hemmeligt" not in str(tell(other))


@pytest.mark.parametrize("text", ["\x00", "<b>fed</b>", "\u202e\u05e9\u05dc\u05d5\u05dd", "å" * 5000])
def test_odd_text_is_stored_and_can_be_told(opened: TestClient, text: str) -> None:
    assert post(opened, text=text).status_code == 200

    assert texts(tell(opened))[0] == ("dig", text)


def test_half_a_character_is_stored_and_can_be_told(opened: TestClient) -> None:
    content = b'{"id": "6f0c4c39-0b5c-4b39-9c64-0a40f0b3f6aa", "text": "\\ud83d hej"}'

    assert opened.post("/chat/api/beskeder", content=content).status_code == 200

    assert texts(tell(opened))[0] == ("dig", "\ufffd hej")


def test_a_blank_text_is_a_message(opened: TestClient) -> None:
    assert post(opened, text="  ").status_code == 200


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 422),
        (b"{", 422),
        (b"[]", 422),
        (b"[" * 6000, 422),
        (b"\xff\xfe", 422),
        (b'{"id": "m-1", "text": "hej"}', 422),
        (b'{"id": 1, "text": "hej"}', 422),
        (b'{"text": "hej"}', 422),
        (b'{"id": "6f0c4c39-0b5c-4b39-9c64-0a40f0b3f6aa"}', 422),
        (b'{"id": "6f0c4c39-0b5c-4b39-9c64-0a40f0b3f6aa", "text": "' + b"a" * 140_000 + b'"}', 413),
    ],
)
def test_unreadable_bodies_are_refused(opened: TestClient, content: bytes, status: int) -> None:
    assert opened.post("/chat/api/beskeder", content=content).status_code == status


def test_the_thirty_first_message_of_a_minute_waits(opened: TestClient) -> None:
    answers = [post(opened, text=str(number)) for number in range(31)]

    assert [answer.status_code for answer in answers] == [200] * 30 + [429]
    assert answers[-1].json() == {"error": "too_many"}
    assert len(tell(opened)["messages"]) == 30


def test_what_is_not_stored_is_not_acknowledged(opened: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> door.Receipt:
        raise OSError("disk full")

    monkeypatch.setattr(door, "receive", full)

    answer = post(opened, text="hej")

    assert (answer.status_code, answer.json()) == (503, {"error": "away"})


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": ""}])
@pytest.mark.parametrize("path", ["/chat/api/beskeder", "/chat/api/luk"])
def test_foreign_pages_cannot_post(opened: TestClient, path: str, headers: dict[str, str]) -> None:
    answer = opened.post(path, json={"id": str(uuid4()), "text": "hej"}, headers=headers)

    assert answer.status_code == 403
    assert tell(opened)["messages"] == []


def test_a_plain_request_without_our_header_gets_nothing(opened: TestClient) -> None:
    del opened.headers["X-Chat"]

    assert opened.get("/chat/api/beskeder").status_code == 403
    assert opened.post("/chat/api/beskeder", json={}).status_code == 403


def test_without_a_visit_nothing_is_told_or_taken(browser: TestClient) -> None:
    assert browser.get("/chat/api/beskeder").status_code == 401
    assert post(browser, text="hej").status_code == 401


def test_a_closed_visit_stays_closed(opened: TestClient) -> None:
    token = opened.cookies["samtale"]

    assert opened.post("/chat/api/luk").json() == {"closed": True}

    assert "samtale" not in opened.cookies
    opened.cookies.set("samtale", token, path="/chat")
    assert opened.get("/chat/api/beskeder").status_code == 401
    assert opened.post("/chat/api/luk").status_code == 200


def test_answers_of_the_api_are_kept_nowhere(opened: TestClient) -> None:
    assert opened.get("/chat/api/beskeder").headers["cache-control"] == "no-store"


def test_a_handlers_line_is_told_as_a_humans(opened: TestClient, say: Say) -> None:
    say("Jeg læser med.", kind="medarbejder")

    assert texts(tell(opened)) == [("medarbejder", "Jeg læser med.")]


def test_while_an_answer_is_on_its_way_the_page_may_say_so(opened: TestClient, context: Context, say: Say) -> None:
    before = tell(opened)["answer"]
    post(opened, text="hun lyttede")
    asked = tell(opened)["answer"]
    with context.database.write() as session:
        session.execute(update(Conversation).values(turn_due_at=None))
    row = say("Hvad var godt?", state="waiting")
    said = tell(opened)["answer"]
    with context.database.write() as session:
        session.get_one(Outbound, row).state = "handed_over"

    assert (before, asked, said, tell(opened)["answer"]) == ("none", "typing", "typing", "none")


def test_nobody_is_told_to_wait_for_long(opened: TestClient, context: Context) -> None:
    post(opened, text="hun lyttede")
    with context.database.write() as session:
        session.execute(update(Inbound).values(arrived_at=machine_now() - TYPING_FOR - timedelta(seconds=1)))

    assert tell(opened)["answer"] == "late"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_looks_are_counted(opened: TestClient) -> None:
    answers = [opened.get("/chat/api/beskeder").status_code for _ in range(301)]

    assert answers == [200] * 300 + [429]
