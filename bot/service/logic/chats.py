"""A web chat seen from outside: until when it can be opened, and whether a page shows it now."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.service.clock import machine_now
from bot.service.context import Context
from bot.service.models import ChatSession, Inbound, Interview, Participant
from bot.service.models.words import InboundKind

IDLE = timedelta(minutes=30)  # machine time without a sign of life from the page, after which a visit is over

WRITTEN = (InboundKind.TEXT, InboundKind.PRESS)


def is_closed(session: Session, context: Context, participant: Participant) -> bool:
    """Whether the time to answer is over: seven days after first contact, however the interview ended.

    Not earlier, and whatever cases are open: what a page shows must not tell danger from harmless, and who was asked nothing
    more may still have something to say.
    """
    latest = session.scalar(
        select(Interview).where(Interview.participant_id == participant.id).order_by(Interview.id.desc()).limit(1)
    )
    return latest is not None and latest.expires_at is not None and latest.expires_at <= context.clock.now()


def last_seen(session: Session, conversation_id: int) -> datetime | None:
    """The last sign of life (machine time) of the visit in which the citizen last wrote; None where it is over.

    A visit that was opened since may be somebody else's, who found the card.
    """
    written = select(func.max(Inbound.arrived_at)).where(Inbound.conversation_id == conversation_id, Inbound.kind.in_(WRITTEN))
    return session.scalar(
        select(func.max(ChatSession.seen_at)).where(
            ChatSession.conversation_id == conversation_id,
            ChatSession.seen_at >= machine_now() - IDLE,
            ChatSession.created_at <= written.scalar_subquery(),
        )
    )
