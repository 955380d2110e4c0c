"""Tells the page what is new over one open connection (server-sent events); the page asks by itself where this does not work.

A stream ends after a minute and the page opens the next: so a phone that has gone is noticed, and no proxy cuts it off midway.
"""

import json
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from bot.service.channels.webchat import sessions
from bot.service.channels.webchat.api import OWN_HEADER
from bot.service.channels.webchat.browser import HEADERS, answer
from bot.service.channels.webchat.history import read_new
from bot.service.channels.webchat.limits import RateLimit
from bot.service.channels.webchat.sessions import Visit
from bot.service.channels.webchat.watch import Watch
from bot.service.clock import machine_now
from bot.service.context import Context
from bot.service.models import ChatSession

STREAM_FOR = timedelta(minutes=1)
HEARTBEAT_S = 15.0  # the page takes a stream that is silent for longer for dead
OPENINGS, OPENINGS_WITHIN = 60, timedelta(minutes=1)
UNBUFFERED = {"X-Accel-Buffering": "no"}  # nginx would keep the events until the stream ends
HEARTBEAT = ": \n\n"

log = logging.getLogger(__name__)


class ChatStream:
    """The page's open ear, behind the visit's cookie and, as all of the page's interface, behind our own header."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.watch = Watch(context)
        self._openings = RateLimit(most=OPENINGS, window=OPENINGS_WITHIN)

    async def tell(self, request: Request, efter: str = "") -> Response:
        """Everything since the cursor `efter`, then what comes, each event as `ChatApi.tell` answers; 401 without a visit."""
        if OWN_HEADER not in request.headers:
            return answer({"error": "foreign"}, status=403)
        try:
            visit = await run_in_threadpool(self._find_visit, request.cookies.get(sessions.COOKIE))
        except SQLAlchemyError as error:
            log.error("a chat stream could not be opened: %s", type(error).__name__)
            return answer({"error": "away"}, status=503)
        if visit is None:
            return answer({"error": "closed"}, status=401)
        if not self._openings.take(visit.token_hash) or self.watch.is_full(visit):
            return answer({"error": "too_many"}, status=429, **{"Retry-After": "10"})
        return StreamingResponse(self._events(visit, efter), headers=HEADERS | UNBUFFERED, media_type="text/event-stream")

    async def _events(self, visit: Visit, cursor: str) -> AsyncIterator[str]:
        until = machine_now() + STREAM_FOR
        told: dict[str, Any] | None = None
        with self.watch.listening(visit) as listener:
            while machine_now() < until and not listener.over:
                try:
                    news = await run_in_threadpool(self._read, visit, cursor)
                except SQLAlchemyError as error:
                    log.error("a chat stream broke off: %s", type(error).__name__)
                    return
                if news is None:
                    return
                yield HEARTBEAT if news == told else f"data: {json.dumps(news)}\n\n"
                told, cursor = news, news["cursor"]
                await listener.wait(HEARTBEAT_S)

    def _find_visit(self, token: str | None) -> Visit | None:
        with self._context.database.read() as session:
            visit = sessions.find(session, token)
        if visit is not None:
            sessions.note_seen(self._context, visit)
        return visit

    def _read(self, visit: Visit, cursor: str) -> dict[str, Any] | None:
        """What is new; None once the visit is closed, which the look may not have seen yet."""
        with self._context.database.read() as session:
            return read_new(session, visit, cursor) if session.get(ChatSession, visit.token_hash) else None
