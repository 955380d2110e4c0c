"""A browser's visit to a chat: from the code to *close*.

The browser holds a token in a session cookie, we hold its hash. The token also carries, under that hash, the rows after
which this visit may read: who finds the card later must not read what the child wrote before.
"""

import hashlib
import logging
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.service.clock import machine_now
from bot.service.context import Context
from bot.service.logic.chats import IDLE
from bot.service.models import ChatSession, Conversation, Inbound, Outbound
from bot.shared.codebook import Channel

COOKIE = "samtale"
PATH = "/chat"  # where the browser sends it
SEEN_EVERY = timedelta(minutes=1)  # a page asks more often; its sign of life is written down this often

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Visit:
    """An open session: whose conversation, and the last rows before it was opened."""

    token_hash: str
    conversation_id: int
    outbound_before: int
    inbound_before: int


def new_token(session: Session, context: Context, code: str) -> str:
    """A token for a visit that begins now, before the opening is told to the door."""
    conversation = find_conversation(session, context, code)
    outbound, inbound = (0, 0) if conversation is None else _last_rows(session, conversation.id)
    return f"{secrets.token_urlsafe(32)}.{outbound}.{inbound}"


def start(session: Session, conversation_id: int, token: str) -> None:
    """Make the visit known. It ends every other of this chat: a page left open elsewhere must not hear what is written here.

    Visits that ended by themselves are swept away.
    """
    now = machine_now()
    others = ChatSession.conversation_id == conversation_id
    session.execute(delete(ChatSession).where(or_(others, ChatSession.seen_at < now - IDLE)))
    session.add(ChatSession(token_hash=hash_of(token), conversation_id=conversation_id, created_at=now, seen_at=now))


def find(session: Session, token: str | None) -> Visit | None:
    """The visit of this token; None if there is none, it was closed, or it has been idle too long."""
    if not token:
        return None
    row = session.get(ChatSession, hash_of(token))
    if row is None or row.seen_at < machine_now() - IDLE:
        return None
    _, outbound, inbound = token.rsplit(".", 2)
    return Visit(row.token_hash, row.conversation_id, int(outbound), int(inbound))


def note_seen(context: Context, visit: Visit) -> None:
    """Write down that the page is still there, once a minute; where that cannot be written, no harm is done."""
    now = machine_now()
    with context.database.read() as session:
        row = session.get(ChatSession, visit.token_hash)
        if row is None or row.seen_at > now - SEEN_EVERY:
            return
    try:
        with context.database.door() as session:
            session.execute(update(ChatSession).where(ChatSession.token_hash == visit.token_hash).values(seen_at=now))
    except (SQLAlchemyError, TimeoutError) as error:
        log.info("a sign of life was not written down: %s", type(error).__name__)


def end(session: Session, token: str | None) -> None:
    """Close the visit of this token, if it is open."""
    if token:
        session.execute(delete(ChatSession).where(ChatSession.token_hash == hash_of(token)))


def find_conversation(session: Session, context: Context, code: str) -> Conversation | None:
    """The chat conversation of this code, if it has begun."""
    return session.scalar(
        select(Conversation).where(
            Conversation.channel == Channel.WEBCHAT,
            Conversation.address_hash == context.address_hash(Channel.WEBCHAT, code),
        )
    )


def hash_of(token: str) -> str:
    """What of a token stands in the database (SHA-256, hex)."""
    return hashlib.sha256(token.encode()).hexdigest()


def _last_rows(session: Session, conversation_id: int) -> tuple[int, int]:
    outbound = session.scalar(select(func.max(Outbound.id)).where(Outbound.conversation_id == conversation_id))
    inbound = session.scalar(select(func.max(Inbound.id)).where(Inbound.conversation_id == conversation_id))
    return outbound or 0, inbound or 0
