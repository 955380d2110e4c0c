"""Offset and messages together, whatever fails. A fake client plays Telegram's queue; tests/gateways uses the library."""

from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from telegram.error import Conflict, NetworkError

from bot.service.channels.telegram import polling
from bot.service.channels.telegram.polling import poll_once
from bot.service.context import Context
from bot.service.message_path import door
from bot.service.message_path.feed_back import feed_spool
from bot.service.message_path.spool import Spool
from bot.service.models import Inbound, TelegramOffset
from tests.bot_api_server import people

ANNA, KARLA = 700100200, 700100300


class FakeTelegram:
    """The client's fetch: an offset confirms what is before it; `error` is raised once."""

    bot: Any = None

    def __init__(self) -> None:
        self.updates: list[dict[str, Any]] = []
        self.offsets: list[int] = []
        self.error: Exception | None = None

    def write(self, update_id: int, text: str, chat_id: int = ANNA) -> None:
        message = {"message_id": update_id % 1000, **people(chat_id), "date": 1_795_000_000, "text": text}
        self.updates.append({"update_id": update_id, "message": message})

    def fetch(self, offset: int, wait_s: int) -> list[Any]:
        if self.error is not None:
            error, self.error = self.error, None
            raise error
        self.offsets.append(offset)
        if self.updates and offset <= self.updates[-1]["update_id"] + 1:
            self.updates = [update for update in self.updates if update["update_id"] >= offset]
        return list(self.updates)

    def start(self, call: Coroutine[Any, Any, None]) -> None:
        call.close()


@pytest.fixture
def telegram() -> FakeTelegram:
    return FakeTelegram()


@pytest.fixture(autouse=True)
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was waited, instead of waiting."""
    naps: list[float] = []
    monkeypatch.setattr(polling.time, "sleep", naps.append)
    return naps


def poll(context: Context, telegram: FakeTelegram) -> int:
    return poll_once(context, telegram, wait_s=0)  # type: ignore[arg-type]


def texts(context: Context) -> list[str]:
    with context.database.read() as session:
        return [inbound.original for inbound in session.scalars(select(Inbound).order_by(Inbound.id))]


def offset(context: Context) -> int | None:
    with context.database.read() as session:
        return session.scalar(select(TelegramOffset.offset))


def test_batch_is_stored_with_the_offset_after_it(context: Context, telegram: FakeTelegram) -> None:
    telegram.write(501, "hej")
    telegram.write(502, "hallo", KARLA)

    assert poll(context, telegram) == 2
    assert (texts(context), offset(context)) == (["hej", "hallo"], 503)


def test_next_poll_confirms_and_an_empty_one_changes_nothing(context: Context, telegram: FakeTelegram) -> None:
    telegram.write(501, "hej")

    assert [poll(context, telegram) for _ in range(3)] == [1, 0, 0]
    assert (telegram.offsets, offset(context)) == ([0, 502, 502], 502)


def test_updates_that_say_nothing_to_us_move_the_offset(context: Context, telegram: FakeTelegram) -> None:
    telegram.updates.append({"update_id": 501, "thought_reading": {}})

    assert poll(context, telegram) == 1
    assert (texts(context), offset(context)) == ([], 502)


def test_duplicate_update_is_stored_once(context: Context, telegram: FakeTelegram) -> None:
    telegram.write(501, "hej")
    poll(context, telegram)
    with context.database.write() as session:
        session.get_one(TelegramOffset, 1).offset = 0

    telegram.write(501, "hej")
    poll(context, telegram)

    assert (texts(context), offset(context)) == (["hej"], 502)


def test_crash_before_the_commit_leaves_everything_with_telegram(
    context: Context, telegram: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    telegram.write(501, "hej")
    telegram.write(502, "igen")
    with monkeypatch.context() as crash, suppress(KeyboardInterrupt):
        crash.setattr(polling, "_write_offset", raise_interrupt)
        poll(context, telegram)
    assert (texts(context), offset(context)) == ([], None)

    poll(context, telegram)

    assert (texts(context), offset(context)) == (["hej", "igen"], 503)


def test_update_that_cannot_be_stored_goes_to_the_spool_and_holds_up_no_other(
    context: Context, telegram: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    for update_id, text in ((501, "foer"), (502, "gift"), (503, "efter")):
        telegram.write(update_id, text)
    with monkeypatch.context() as fault:
        fault.setattr(polling.door, "store", refusing("gift"))
        poll(context, telegram)
    assert (texts(context), offset(context), len(Spool(context).files())) == (["foer", "efter"], 504, 1)

    feed_spool(context)

    assert texts(context) == ["foer", "efter", "gift"]


def test_without_the_database_nothing_is_confirmed_or_spooled(
    context: Context, telegram: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    telegram.write(501, "hej")
    with monkeypatch.context() as outage:
        outage.setattr(context.database, "_write", NoDatabase())
        with pytest.raises(OperationalError):
            poll(context, telegram)
    assert (texts(context), offset(context), Spool(context).files()) == ([], None, [])

    poll(context, telegram)

    assert texts(context) == ["hej"]


def test_offset_follows_telegrams_numbers_down(context: Context, telegram: FakeTelegram) -> None:
    telegram.write(900_000, "hej")
    poll(context, telegram)
    telegram.updates = []

    telegram.write(501, "efter en stille uge")
    polls = [poll(context, telegram) for _ in range(2)]

    assert (polls, offset(context)) == ([1, 0], 502)


def test_slash_is_taken_off_so_that_no_citizen_sends_an_intent(context: Context, telegram: FakeTelegram) -> None:
    telegram.write(501, "/restart")
    poll(context, telegram)

    assert texts(context) == ["restart"]


def test_other_poller_or_webhook_is_waited_for(
    context: Context, telegram: FakeTelegram, naps: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    removed: list[bool] = []
    telegram.error = Conflict("terminated by other getUpdates request")
    telegram.bot = type("Bot", (), {"delete_webhook": staticmethod(lambda **given: given["drop_pending_updates"])})
    telegram.run = removed.append  # type: ignore[attr-defined]

    assert poll(context, telegram) == 0
    assert (removed, naps) == ([False], [polling.PAUSE_S])
    assert "Telegram gives the updates to somebody else; waiting" in caplog.messages


def test_telegram_out_of_reach_is_waited_for(context: Context, telegram: FakeTelegram, naps: list[float]) -> None:
    telegram.error = NetworkError("Bad Gateway")

    assert poll(context, telegram) == 0
    assert naps == [polling.PAUSE_S]


def test_nonsense_among_the_updates_is_passed_over(context: Context, telegram: FakeTelegram) -> None:
    telegram.write(501, "hej")
    telegram.updates.insert(0, {"update_id": "x"})
    telegram.fetch = lambda offset, wait_s: telegram.updates  # type: ignore[method-assign]

    assert poll(context, telegram) == 1
    assert texts(context) == ["hej"]


class NoDatabase:
    def begin(self) -> None:
        raise OperationalError("BEGIN", {}, Exception("the server is away"))


def raise_interrupt(*_: Any) -> None:
    raise KeyboardInterrupt


def refusing(text: str) -> Any:
    really_store = door.store

    def store(session: Any, context: Context, message: Any, *times: Any) -> door.Receipt:
        if message.text == text:
            raise ZeroDivisionError
        return really_store(session, context, message, *times)

    return store
