"""What the chat page asks for and posts. Errors are codes; their words stand in the page, which may be offline."""

import json
import logging
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.service.channels.base import Inbound
from bot.service.channels.webchat import sessions
from bot.service.channels.webchat.browser import answer, comes_from_here, small_body
from bot.service.channels.webchat.history import read_new
from bot.service.channels.webchat.inbound import read
from bot.service.channels.webchat.limits import RateLimit
from bot.service.channels.webchat.sessions import Visit
from bot.service.context import Context
from bot.service.errors import UnreadableMessageError
from bot.service.message_path import door
from bot.service.models import Conversation

OWN_HEADER = "x-chat"  # only a script of our own origin can set it without asking us first
MESSAGES, MESSAGES_WITHIN = 30, timedelta(minutes=1)
LOOKS, LOOKS_WITHIN = 300, timedelta(minutes=1)  # three pages of one visit that ask as often as ours does, and room

log = logging.getLogger(__name__)


class ChatApi:
    """The page's own interface, behind the visit's cookie."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._messages = RateLimit(most=MESSAGES, window=MESSAGES_WITHIN)
        self._looks = RateLimit(most=LOOKS, window=LOOKS_WITHIN)

    def tell(self, request: Request, efter: str = "") -> Response:
        """What was said since the cursor `efter`; 401 once the visit has ended."""
        if OWN_HEADER not in request.headers:
            return answer({"error": "foreign"}, status=403)
        try:
            with self._context.database.read() as session:
                visit = visit_of(session, request)
                if visit is None:
                    return answer({"error": "closed"}, status=401)
                if not self._looks.take(visit.token_hash):
                    return answer({"error": "too_many"}, status=429, **{"Retry-After": "10"})
                new = read_new(session, visit, efter)
            sessions.note_seen(self._context, visit)
        except SQLAlchemyError as error:
            log.error("the chat page could not be served: %s", type(error).__name__)
            return answer({"error": "away"}, status=503)
        return answer(new)

    def take(self, request: Request, body: Annotated[bytes, Depends(small_body)]) -> Response:
        """A message: 200 only once it is durably stored, the same `id` again is no second message."""
        if not self._is_ours(request):
            return answer({"error": "foreign"}, status=403)
        try:
            with self._context.database.read() as session:
                visit = visit_of(session, request)
                conversation = session.get(Conversation, visit.conversation_id) if visit else None
            if visit is None or conversation is None:
                return answer({"error": "closed"}, status=401)
            message = _read_message(body, conversation.address)
            if not self._messages.take(visit.token_hash):
                return answer({"error": "too_many"}, status=429, **{"Retry-After": "10"})
            door.receive(self._context, message)
        except UnreadableMessageError as error:
            return answer({"error": "unreadable", "reason": str(error)}, status=422)
        except (SQLAlchemyError, OSError) as error:
            log.error("a chat message could not be stored: %s", type(error).__name__)
            return answer({"error": "away"}, status=503)
        return answer({"stored": True})

    def close(self, request: Request) -> Response:
        """End the visit; also when it has ended already."""
        if not self._is_ours(request):
            return answer({"error": "foreign"}, status=403)
        try:
            with self._context.database.write() as session:
                sessions.end(session, request.cookies.get(sessions.COOKIE))
        except SQLAlchemyError as error:
            # Without its cookie nobody can use the visit, and it ends by itself.
            log.error("a chat visit could not be closed: %s", type(error).__name__)
        response = answer({"closed": True})
        response.delete_cookie(sessions.COOKIE, path=sessions.PATH)
        return response

    def _is_ours(self, request: Request) -> bool:
        return OWN_HEADER in request.headers and comes_from_here(request, self._context.settings.public_url)


def visit_of(session: Session, request: Request) -> Visit | None:
    """The open visit whose cookie came with a request."""
    return sessions.find(session, request.cookies.get(sessions.COOKIE))


def _read_message(body: bytes, address: str) -> Inbound:
    """The page's message. It must bring a UUID: ids of all chats share one table, and nobody may take another's.

    Raises:
        UnreadableMessageError: saying what is wrong.
    """
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnreadableMessageError("the body is not JSON") from error
    if not isinstance(content, dict):
        raise UnreadableMessageError("the body is not an object")
    try:
        UUID(content.get("id"))
    except (ValueError, TypeError, AttributeError) as error:
        raise UnreadableMessageError("`id` must be a UUID") from error
    return read(content, address)
