"""One look a second for all streams together: whose chat has news is woken, nobody else asks the database.

So 300 open pages cost four small queries a second, and no thread waits for anybody.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from bot.service.channels.webchat.sessions import Visit
from bot.service.clock import machine_now
from bot.service.context import Context
from bot.service.logic.chats import IDLE
from bot.service.models import ChatSession, Conversation, Inbound, Outbound

LOOK_EVERY_S = 1.0
MOST_PER_VISIT = 3  # streams of one visit: tabs, and one that the browser has not closed yet
MOST_STREAMS = 1000  # of this process

log = logging.getLogger(__name__)

Sign = tuple[object, ...]
"""Values that change whenever a page has something new to show."""


class Listener:
    """A stream that waits for news of its chat."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.over = False  # the visit has ended, or the database is away
        self._sign: Sign | None = None
        self._woken = asyncio.Event()

    def take(self, sign: Sign | None) -> None:
        """What the last look saw of the chat; None where the stream must end."""
        if sign is None:
            self.over = True
        if sign is None or sign != self._sign:
            self._woken.set()
        self._sign = sign

    async def wait(self, seconds: float) -> None:
        """Sleep until there is news, but no longer than `seconds`."""
        try:
            await asyncio.wait_for(self._woken.wait(), seconds)
        except TimeoutError:
            return
        self._woken.clear()


@dataclass(frozen=True)
class _Look:
    """What one look saw: visits that are open, and a sign for each chat."""

    visits: Collection[str]
    signs: Mapping[int, Sign]


class Watch:
    """Looks as long as anybody listens. All but the look itself runs in the event loop, so nothing here needs a lock."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._listeners: set[Listener] = set()
        self._looking: asyncio.Task[None] | None = None

    @property
    def listeners(self) -> int:
        """How many streams are open."""
        return len(self._listeners)

    def is_full(self, visit: Visit) -> bool:
        """Whether this visit, or this process, has all the streams it may have."""
        own = sum(listener.visit.token_hash == visit.token_hash for listener in self._listeners)
        return own >= MOST_PER_VISIT or len(self._listeners) >= MOST_STREAMS

    @contextmanager
    def listening(self, visit: Visit) -> Iterator[Listener]:
        """A listener, until the block is left."""
        listener = Listener(visit)
        self._listeners.add(listener)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.get_running_loop().create_task(self._look_on())
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    async def _look_on(self) -> None:
        while self._listeners:
            await asyncio.sleep(LOOK_EVERY_S)
            listeners = tuple(self._listeners)
            try:
                look = await run_in_threadpool(self._look, [listener.visit for listener in listeners])
            except SQLAlchemyError as error:  # the pages ask by themselves then, and say that there is no connection
                log.error("the open chats could not be looked at: %s", type(error).__name__)
                look = _Look((), {})
            for listener in listeners:
                is_open = listener.visit.token_hash in look.visits
                listener.take(look.signs.get(listener.visit.conversation_id, ()) if is_open else None)

    def _look(self, visits: Collection[Visit]) -> _Look:
        open_visits = select(ChatSession.token_hash).where(
            ChatSession.token_hash.in_({visit.token_hash for visit in visits}), ChatSession.seen_at >= machine_now() - IDLE
        )
        signs: defaultdict[int, Sign] = defaultdict(tuple)
        with self._context.database.read() as session:
            found = frozenset(session.scalars(open_visits))
            for query in _what_changes({visit.conversation_id for visit in visits}):
                for row in session.execute(query):
                    signs[row[0]] += tuple(row[1:])
        return _Look(found, signs)


def _what_changes(conversation_ids: Collection[int]) -> tuple[Select[*tuple[Any, ...]], ...]:
    """Queries whose rows are a conversation's id and what a page shows a change of; each answered from an index."""
    steps = select(Conversation.id, Conversation.awaits, Conversation.turn_due_at.is_not(None))
    written = select(Inbound.conversation_id, func.max(Inbound.id)).group_by(Inbound.conversation_id)
    said = select(Outbound.conversation_id, Outbound.state, func.count()).group_by(Outbound.conversation_id, Outbound.state)
    return (
        steps.where(Conversation.id.in_(conversation_ids)),
        written.where(Inbound.conversation_id.in_(conversation_ids)),
        said.where(Outbound.conversation_id.in_(conversation_ids)).order_by(Outbound.state),
    )
