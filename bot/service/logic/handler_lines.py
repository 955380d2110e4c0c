"""What a handler writes into the web chat of somebody in danger, while their page is there to show it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.service.clock import machine_now
from bot.service.context import Context
from bot.service.logic import chats, conversations
from bot.service.logic.case_work import Refusal, RefusedError, own_case, record
from bot.service.logic.voice import Voice, has_opted_out
from bot.service.models import Case, CaseEvent, Conversation, Outbound, User
from bot.service.models.words import CaseEventKind, CaseKind, CaseState, OutboundKind, OutboundState
from bot.shared.codebook import AwaitedStep, Channel

LINE_LIMIT = 300  # characters
SHOWN_NOW = timedelta(minutes=2)  # a page gives a sign of life every minute


class ChatState(StrEnum):
    """Whether a line would be read; the desk has a sentence for each."""

    SHOWN = "fremme"
    AWAY = "vaek"  # no sign of life for some minutes, but the page would still show it
    CLOSED = "lukket"
    STOPPED = "stoppet"


class LineState(StrEnum):
    """What became of a line; the desk has a word for each."""

    ON_ITS_WAY = "paa_vej"
    SENT = "sendt"
    NOT_SENT = "ikke_sendt"


_STATES = {
    OutboundState.WAITING: LineState.ON_ITS_WAY,
    OutboundState.SENDING: LineState.ON_ITS_WAY,
    OutboundState.HANDED_OVER: LineState.SENT,
    OutboundState.DELIVERED: LineState.SENT,
}


_REFUSALS = {ChatState.CLOSED: Refusal.CHAT_CLOSED, ChatState.STOPPED: Refusal.CHAT_STOPPED}


@dataclass(frozen=True)
class HandlerLine:
    """A line as the case's page shows it."""

    id: int  # of its outbox row
    writer: str  # name of the handler
    at: datetime
    text: str
    state: LineState


def write(session: Session, context: Context, user: User, case_id: int, version: int, text: str) -> None:
    """Send a line of at most LINE_LIMIT characters; only who has the case may, and only while the chat is open.

    The case's log names the line's outbox row; its words stand in the outbox alone.

    Raises:
        RefusedError: where the line is empty or too long, there is no chat, nobody would read it, or STOP was said.
        CaseConflictError, NotVisibleError: as for every deed of case_work.py.
    """
    conversation_id = session.scalar(select(Case.conversation_id).where(Case.id == case_id))
    # The conversation first, as the message path does: locks taken in one order cannot form a ring.
    conversation = conversations.lock(session, conversation_id) if conversation_id is not None else None
    case = own_case(session, user, case_id, version)
    if conversation is None or not has_chat(case):
        raise RefusedError(Refusal.NO_CHAT)
    line = _checked(text)
    state = _state_of(session, conversation)
    if state in _REFUSALS:
        raise RefusedError(_REFUSALS[state])
    voice = Voice(session, context, conversation)
    voice.put(line, kind=OutboundKind.HANDLER)
    record(session, context, user, case, CaseEventKind.WROTE, str(voice.said[-1].id))


def has_chat(case: Case) -> bool:
    """Whether it is open danger that came by the web chat: elsewhere whoever holds the phone would read the line."""
    return case.kind == CaseKind.BEKYMRING and case.way_in == Channel.WEBCHAT and case.state != CaseState.LUKKET


def chat_state(session: Session, case: Case) -> ChatState | None:
    """Whether a line would be read now; None for a case that has no chat."""
    if case.conversation_id is None or not has_chat(case):
        return None
    return _state_of(session, session.get_one(Conversation, case.conversation_id))


def lines_of(session: Session, case: Case) -> list[HandlerLine]:
    """What handlers wrote on this case, oldest first."""
    if case.kind != CaseKind.BEKYMRING or case.way_in != Channel.WEBCHAT:
        return []
    logged = select(CaseEvent.detail, User.name).join(User, User.id == CaseEvent.user_id)
    wrote = logged.where(CaseEvent.case_id == case.id, CaseEvent.event == CaseEventKind.WROTE)
    writers = {int(detail): name for detail, name in session.execute(wrote) if detail}
    if not writers:
        return []
    rows = session.scalars(select(Outbound).where(Outbound.id.in_(writers)).order_by(Outbound.id))
    return [HandlerLine(row.id, writers[row.id], row.created_at, row.text, _line_state(row)) for row in rows]


def is_writing(session: Session, conversation: Conversation) -> bool:
    """Whether a handler has written since anything was last asked here."""
    last = (
        select(Outbound.kind)
        .where(
            Outbound.conversation_id == conversation.id,
            or_(Outbound.kind == OutboundKind.HANDLER, Outbound.step != AwaitedStep.INTET),
            Outbound.state != OutboundState.CANCELLED,
        )
        .order_by(Outbound.id.desc())
        .limit(1)
    )
    return session.scalar(last) == OutboundKind.HANDLER


def _line_state(row: Outbound) -> LineState:
    return _STATES.get(OutboundState(row.state), LineState.NOT_SENT)


def _checked(text: str) -> str:
    """The line as it is sent; a browser posts a new line as two characters and counts it as one."""
    line = text.replace("\r\n", "\n").strip()
    if not line:
        raise RefusedError(Refusal.EMPTY_LINE)
    if len(line) > LINE_LIMIT:
        raise RefusedError(Refusal.LINE_TOO_LONG)
    return line


def _state_of(session: Session, conversation: Conversation) -> ChatState:
    if has_opted_out(session, conversation):
        return ChatState.STOPPED
    seen_at = chats.last_seen(session, conversation.id)
    if seen_at is None:
        return ChatState.CLOSED
    return ChatState.SHOWN if seen_at >= machine_now() - SHOWN_NOW else ChatState.AWAY
