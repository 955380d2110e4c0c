"""Feeding back: what was spooled is stored in order with its own times, once; what cannot be read reaches a human."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm.exc import StaleDataError

from bot.service.channels.base import Inbound as Incoming
from bot.service.context import Context
from bot.service.message_path import door, feed_back, turns
from bot.service.message_path.spool import Spool
from bot.service.models import CaseEvent, Inbound
from bot.service.models.words import CaseKind, InboundKind
from bot.shared.codebook import Channel
from tests.service.driver import Citizen

Locked = Callable[[], AbstractContextManager[None]]
NOON = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)


@pytest.fixture
def spool(context: Context) -> Spool:
    spool = Spool(context)
    spool.check()
    return spool


def stored(context: Context) -> list[Inbound]:
    with context.database.read() as session:
        return list(session.scalars(select(Inbound).order_by(Inbound.id)))


def broken(spool: Spool) -> list[Path]:
    return list((spool.folder / "broken").iterdir())


def spoil(spool: Spool, name: str = "00000000001.000000-abc-def.msg") -> None:
    (spool.folder / name).write_bytes(b"damaged")


def test_a_locked_database_sends_the_message_to_the_spool(parent: Citizen, spool: Spool, locked: Locked) -> None:
    with locked():
        receipt = parent.receive("ja")

    assert (receipt.spooled, receipt.inbound_id) == (True, None)
    assert (stored(parent.context), len(spool.files())) == ([], 1)


def test_spooled_messages_are_stored_in_order_with_their_own_times(
    context: Context, parent: Citizen, spool: Spool, locked: Locked
) -> None:
    arrived = []
    with locked():
        for words in ("først", "så"):
            parent.receive(words)
            arrived.append(context.clock.now())
            context.clock.advance(60)

    assert feed_back.feed_spool(context) == 2
    assert [(row.original, row.received_at) for row in stored(context)] == [("først", arrived[0]), ("så", arrived[1])]
    assert spool.files() == []


def test_nothing_is_fed_while_the_database_is_away(context: Context, parent: Citizen, spool: Spool, locked: Locked) -> None:
    with locked():
        parent.receive("ja")
    spoil(spool, "99999999999.000000-abc-def.msg")

    def away(*_: object, **__: object) -> None:
        raise PoolTimeoutError("no connection")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(door, "store", away)
        assert feed_back.feed_spool(context) == 0
    assert (len(spool.files()), broken(spool)) == (2, [])


@pytest.mark.parametrize(
    "error", [PoolTimeoutError("busy"), InterfaceError("closed", None, Exception()), StaleDataError("somebody was quicker")]
)
def test_what_may_work_next_time_is_not_set_aside(
    context: Context, parent: Citizen, spool: Spool, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    spool.put(Incoming(Channel.SMS, "m1", parent.address, InboundKind.TEXT, text="hej"), NOON, NOON)

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(door, "store", fail)
    done = feed_back.feed_spool(context)
    monkeypatch.undo()

    assert (done, feed_back.feed_spool(context), broken(spool)) == (0, 1, [])


def test_a_file_that_is_fed_twice_is_one_message(context: Context, parent: Citizen, spool: Spool, locked: Locked) -> None:
    with locked():
        parent.receive("ja")
    [path] = spool.files()
    content = path.read_bytes()
    feed_back.feed_spool(context)
    path.write_bytes(content)  # as if the worker had died before it took the file away
    feed_back.feed_spool(context)

    assert [row.original for row in stored(context)] == ["ja"]
    assert spool.files() == []


def test_a_message_that_was_spooled_and_then_delivered_again_is_one(context: Context, parent: Citizen, locked: Locked) -> None:
    with locked():
        parent.receive("ja", provider_id="again")
    parent.receive("ja", provider_id="again")
    feed_back.feed_spool(context)

    assert len(stored(context)) == 1


def test_what_was_spooled_is_answered_as_usual(context: Context, parent: Citizen, locked: Locked) -> None:
    with locked():
        parent.receive("ja")
    feed_back.feed_spool(context)

    assert len(parent.work()) == 2


def test_danger_in_a_spooled_message_has_its_clock_from_the_door(context: Context, parent: Citizen, locked: Locked) -> None:
    written = context.clock.now()
    with locked():
        parent.receive("min far slår mig")
    context.clock.advance(1800)
    feed_back.feed_spool(context)

    assert [(case.kind, case.received_at) for case in parent.cases()] == [(CaseKind.BEKYMRING, written)]


def test_no_turn_is_leased_while_something_of_its_address_lies_on_disk(
    context: Context, parent: Citizen, spool: Spool, locked: Locked
) -> None:
    parent.receive("ja")
    with locked():
        parent.receive("og hej")
    meanwhile = turns.lease_next(context, "first", spooled=spool.waiting_addresses())
    feed_back.feed_spool(context)
    parent.hurry()

    assert meanwhile is None
    assert turns.lease_next(context, "first", spooled=spool.waiting_addresses()) is not None


def test_an_unreadable_file_ends_in_broken_with_a_case(context: Context, parent: Citizen, spool: Spool) -> None:
    spoil(spool)
    feed_back.feed_spool(context)

    assert [path.name for path in broken(spool)] == ["00000000001.000000-abc-def.msg"]
    assert [(case.kind, case.person) for case in parent.cases()] == [(CaseKind.UBEHANDLET, None)]
    with context.database.read() as session:
        assert session.scalars(select(CaseEvent.detail)).all() == ["spool/broken/00000000001.000000-abc-def.msg"]


def test_two_unreadable_files_are_two_cases(context: Context, parent: Citizen, spool: Spool) -> None:
    spoil(spool)
    spoil(spool, "00000000002.000000-abc-def.msg")
    feed_back.feed_spool(context)

    assert len(parent.cases()) == 2


def test_an_unreadable_file_does_not_stop_the_next_one(context: Context, parent: Citizen, spool: Spool, locked: Locked) -> None:
    spoil(spool)
    with locked():
        parent.receive("ja")

    assert feed_back.feed_spool(context) == 2
    assert [row.original for row in stored(context)] == ["ja"]


def test_a_code_that_nobody_has_is_set_aside(context: Context, parent: Citizen, spool: Spool) -> None:
    spool.put(Incoming(Channel.WEBCHAT, "m1", "abcdefghjk", InboundKind.TEXT, text="hej"), NOON, NOON)
    feed_back.feed_spool(context)

    assert (len(broken(spool)), len(parent.cases())) == (1, 1)


def test_our_own_mistake_on_one_file_does_not_stop_the_others(
    context: Context, parent: Citizen, spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = door.store

    def fail_once(session: object, a_context: Context, message: Incoming, *times: datetime) -> door.Receipt:
        if message.text == "umulig":
            raise AssertionError("a mistake")
        return store(session, a_context, message, *times)  # type: ignore[arg-type]

    monkeypatch.setattr(door, "store", fail_once)
    for number, words in enumerate(("umulig", "mulig")):
        spool.put(Incoming(Channel.SMS, f"m{number}", parent.address, InboundKind.TEXT, text=words), NOON, NOON)
    feed_back.feed_spool(context)

    assert [row.original for row in stored(context)] == ["mulig"]
    assert len(broken(spool)) == 1


def test_a_file_that_another_worker_took_is_no_error(context: Context, spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Spool, "files", lambda _: [spool.folder / "gone.msg"])

    assert feed_back.feed_spool(context) == 1
    assert broken(spool) == []


def test_a_crash_between_case_and_move_makes_no_second_case(
    context: Context, parent: Citizen, spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(spool)
    monkeypatch.setattr(Spool, "set_aside", raise_interrupt)
    with pytest.raises(KeyboardInterrupt):
        feed_back.feed_spool(context)
    monkeypatch.undo()
    feed_back.feed_spool(context)

    assert (len(parent.cases()), len(broken(spool))) == (1, 1)


def raise_interrupt(*_: object) -> None:
    raise KeyboardInterrupt
