"""Breaks the loop between us and a machine that answers us: the same text too often to one address leaves no more.

Counted for each address by itself: an answering machine is one address, while hundreds of citizens rightly read the same
invitation within five minutes. Danger's thanks and the confirmation of STOP count too; nobody needs either twenty times.
"""

import logging
from datetime import timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from bot.service.context import Context
from bot.service.message_path.undelivered import put_before_a_human
from bot.service.models import Conversation, Outbound
from bot.service.models.words import OutboundState

logger = logging.getLogger(__name__)

MOST = 20  # times that the same text may reach one address
WITHIN = timedelta(minutes=5)  # business time


def goes_round(session: Session, context: Context, row: Outbound) -> bool:
    """Whether the text of a waiting row has gone out, or was held back, `MOST` times lately.

    What was held back counts, so that the guard stays shut for as long as the machine goes on answering.
    """
    return len(_lately(session, context, row)) >= MOST


def stop_text(session: Session, context: Context, row: Outbound, conversation: Conversation) -> None:
    """Cancel every waiting row of this text to this address; of a loop that has just begun a human is told."""
    is_new = not any(state == OutboundState.CANCELLED for state in _lately(session, context, row))
    waiting = select(Outbound).where(
        Outbound.conversation_id == conversation.id, Outbound.state == OutboundState.WAITING
    )
    for other in session.scalars(waiting):
        if other.text == row.text:
            other.state = OutboundState.CANCELLED
    if is_new:
        logger.warning("the same text goes round: no more of it leaves for this address", extra={"outbound": row.id})
        put_before_a_human(session, context, conversation)


def _lately(session: Session, context: Context, row: Outbound) -> list[str]:
    """The states of the rows with this text that went out to this address, or were held back, within `WITHIN`."""
    since = context.clock.now() - WITHIN
    recent = select(Outbound.text, Outbound.state).where(
        Outbound.conversation_id == row.conversation_id,
        Outbound.id != row.id,
        or_(
            Outbound.handed_over_at > since,
            and_(Outbound.state == OutboundState.CANCELLED, Outbound.created_at > since),
        ),
    )
    return [state for text, state in session.execute(recent) if text == row.text]
