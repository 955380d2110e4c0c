"""A machine clock that stands still, a database that somebody else has locked, and strangers who write."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from bot.service.context import Context
from bot.service.database import Database
from bot.service.logic import conversations
from bot.service.logic.voice import Voice
from bot.service.message_path import door, outbox, pace, safety_net, turns
from bot.service.models.words import OutboundKind
from bot.shared.codebook import Channel
from tests.fakes import FakeBridge
from tests.service.driver import Citizen, ScriptedEngine

STRANGER = "+4500009901"


class MachineClock:
    """Machine time that moves only when told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> MachineClock:
    """Machine time for door, net, turns, outbox and pace."""
    clock = MachineClock()
    for module in (door, safety_net, turns, outbox, pace):
        monkeypatch.setattr(module, "machine_now", clock)
    return clock


@pytest.fixture
def stranger(context: Context, engine: ScriptedEngine) -> Citizen:
    """Somebody whose number nobody has registered."""
    return Citizen(context, STRANGER, Channel.SMS, engine)


@pytest.fixture
def bridge() -> FakeBridge:
    return FakeBridge()


@pytest.fixture
def put(context: Context) -> Callable[..., int]:
    """Puts words for an address into the outbox; the row's id."""

    def say(words: str, *, to: str = STRANGER, kind: OutboundKind = OutboundKind.REPLY, once_key: str | None = None) -> int:
        with context.database.write() as session:
            conversation = conversations.find_or_start(session, context, Channel.SMS, to)
            voice = Voice(session, context, conversation)
            voice.put(words, kind=kind, once_key=once_key)
            return voice.said[0].id

    return say


@pytest.fixture
def locked(context: Context) -> Callable[[], AbstractContextManager[None]]:
    """`with locked():` another connection holds the database as long as the block lasts."""

    @contextmanager
    def hold() -> Iterator[None]:
        other = Database(context.settings.database)
        sqlite = other.engine.dialect.name == "sqlite"  # whose writers begin with BEGIN IMMEDIATE
        with other.write() as session:
            session.execute(text("SELECT 1" if sqlite else "LOCK TABLE conversation IN ACCESS EXCLUSIVE MODE"))
            yield
        other.close()

    return hold
