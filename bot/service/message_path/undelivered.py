"""What follows when a message does not reach the citizen."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.service.context import Context
from bot.service.logic import cases, conversations, interviews
from bot.service.logic.voice import has_opted_out
from bot.service.models import Conversation, Inbound, Interview, Outbound
from bot.service.models.words import CaseKind, Disposition, InterviewState, OutboundKind

BULK = (OutboundKind.INVITATION, OutboundKind.REMINDER)


def settle_undelivered(session: Session, context: Context, row: Outbound, conversation: Conversation) -> None:
    """An invitation ends as not delivered, a reminder leaves no trace, all else goes to a human."""
    if row.kind == OutboundKind.INVITATION:
        _note_undelivered(session, context, row, conversation)
    elif row.kind not in BULK:
        put_before_a_human(session, context, conversation)


def heed_block(session: Session, context: Context, conversation: Conversation) -> None:
    """Who blocks us says STOP; the confirmation would not reach them either."""
    interview = conversations.open_interview(session, conversation)
    conversations.opt_out(session, context, conversation, context.clock.now())
    conversations.cancel_waiting(session, conversation)
    if interview is not None:
        interviews.end(context, interview, conversation, Disposition.STOPPET)


def is_silenced(session: Session, row: Outbound, conversation: Conversation) -> bool:
    """Whether STOP was said while the row was on its way; only what confirms STOP may still leave."""
    return row.kind != OutboundKind.STOP and has_opted_out(session, conversation)


def put_before_a_human(session: Session, context: Context, conversation: Conversation) -> None:
    """A case `ubehandlet` that only a human closes."""
    matter = cases.Matter(CaseKind.UBEHANDLET, context.clock.now())
    opened = cases.open_or_attach(session, context, conversation, matter)
    opened.turn_id = None  # a case that names a turn closes itself when the turn is worked after all; this one must not


def _note_undelivered(session: Session, context: Context, row: Outbound, conversation: Conversation) -> None:
    """The invitation never came; but who has written all the same (a card, an earlier try) or been reminded goes on."""
    interview = session.get(Interview, row.interview_id) if row.interview_id else None
    if interview is None or interview.state != InterviewState.INVITERET or interview.reminded_at is not None:
        return
    written = select(Inbound.id).where(Inbound.conversation_id == conversation.id, Inbound.received_at >= row.created_at)
    if session.scalar(written.limit(1)) is None:
        interviews.end(context, interview, conversation, Disposition.IKKE_LEVERET)
