"""Keyboards, limits and the translation of the library's errors."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.service.channels.base import Button, SendError, Sending
from bot.service.channels.telegram.outbound import TelegramSender, as_send_error, keyboard


def labels(*texts: str) -> list[list[str]]:
    made = keyboard([Button(text, f"7:{number}") for number, text in enumerate(texts)])
    assert made is not None
    return [[key.text for key in row] for row in made.inline_keyboard]


KEYBOARDS = [
    (["1", "2", "3", "4", "5"], [["1", "2", "3", "4", "5"]]),
    (["Ja", "Nej", "Stop"], [["Ja", "Nej", "Stop"]]),
    (["Spring over", "Stop"], [["Spring over", "Stop"]]),
    (["Ja", "Hverken eller, for jeg var der ikke", "Nej"], [["Ja"], ["Hverken eller, for jeg var der ikke"], ["Nej"]]),
    (
        ["Meget utilfreds", "Utilfreds", "1", "2", "Spring over", "Stop"],
        [["Meget utilfreds"], ["Utilfreds", "1"], ["2", "Spring over"], ["Stop"]],
    ),
]


@pytest.mark.parametrize(("texts", "rows"), KEYBOARDS)
def test_short_buttons_stand_side_by_side_in_their_order(texts: list[str], rows: list[list[str]]) -> None:
    assert labels(*texts) == rows


def test_keyboard_carries_the_press_that_comes_back() -> None:
    made = keyboard([Button("Ja", "123:ja")])

    assert made is not None
    assert made.inline_keyboard[0][0].callback_data == "123:ja"
    assert keyboard([]) is None


ERRORS: list[tuple[TelegramError, dict[str, Any]]] = [
    (Forbidden("Forbidden: bot was blocked by the user"), {"permanent": True, "blocked": True, "retry_after_s": None}),
    (RetryAfter(timedelta(seconds=17)), {"permanent": False, "blocked": False, "retry_after_s": 17.0}),
    (BadRequest("Bad Request: chat not found"), {"permanent": True, "blocked": False, "retry_after_s": None}),
    (InvalidToken(), {"permanent": True, "blocked": False, "retry_after_s": None}),
    (ChatMigrated(-100), {"permanent": True, "blocked": False, "retry_after_s": None}),
    (NetworkError("Bad Gateway"), {"permanent": False, "blocked": False, "retry_after_s": None}),
    (TimedOut(), {"permanent": False, "blocked": False, "retry_after_s": None}),
    (TelegramError("Invalid server response"), {"permanent": False, "blocked": False, "retry_after_s": None}),
]


@pytest.mark.parametrize(("error", "expected"), ERRORS, ids=[type(error).__name__ for error, _ in ERRORS])
def test_error_says_what_the_outbox_should_do(error: TelegramError, expected: dict[str, Any]) -> None:
    translated = as_send_error(error)

    assert {name: getattr(translated, name) for name in expected} == expected


def caused(error: TelegramError, cause: Exception) -> TelegramError:
    error.__cause__ = cause
    return error


OUTCOMES = [
    (TimedOut(), True),
    (caused(TimedOut(), httpx.ReadTimeout("")), True),
    (caused(TimedOut(), httpx.WriteTimeout("")), True),
    (caused(TimedOut(), httpx.ConnectTimeout("")), False),
    (caused(TimedOut(), httpx.PoolTimeout("")), False),
    (caused(NetworkError(""), httpx.ReadError("")), True),
    (caused(NetworkError(""), httpx.RemoteProtocolError("")), True),
    (caused(NetworkError(""), httpx.ConnectError("")), False),
    (TelegramError("Invalid server response"), True),  # nonsense with status 200
    (NetworkError("Bad Gateway (502)"), False),
    (caused(NetworkError("Bad Gateway (502)"), TelegramError("Invalid server response")), False),
    (RetryAfter(timedelta(seconds=17)), False),
    (Forbidden("Forbidden: bot was blocked by the user"), False),
    (BadRequest("Bad Request: chat not found"), False),
]


@pytest.mark.parametrize(
    ("error", "unknown"), OUTCOMES, ids=[f"{type(error).__name__}-{type(error.__cause__).__name__}" for error, _ in OUTCOMES]
)
def test_a_message_may_have_arrived_where_the_request_left_us(error: TelegramError, *, unknown: bool) -> None:
    assert as_send_error(error).unknown is unknown


class NoClient:
    """Telegram must not be asked."""


@pytest.mark.parametrize(
    "sending",
    [
        Sending("1", "700100200", "🙂" * 2049),
        Sending("1", "700100200", "a" * 4097),
        Sending("1", "700100200", "Ja?", (Button("Ja", "1" * 65),)),
        Sending("1", "abcdefghjk", "Hej"),
    ],
    ids=["too many emoji", "too many letters", "button's id too long", "no chat id"],
)
def test_what_telegram_cannot_take_is_refused_for_good(sending: Sending) -> None:
    with pytest.raises(SendError) as refused:
        TelegramSender(NoClient()).send(sending)  # type: ignore[arg-type]

    assert refused.value.permanent
