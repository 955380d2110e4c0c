"""Which of our earlier buttons answer nothing any more, so that a channel can take them away."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.service.logic import conversations
from bot.service.logic.dialogue.moment import is_open
from bot.service.models import Conversation, Outbound
from bot.service.models.words import OutboundState

LOOKED_AT = 3  # messages back; older ones were looked at when these were sent


def closed_before(session: Session, conversation: Conversation, row: Outbound) -> tuple[str, ...]:
    """The provider's ids of the messages before this one whose buttons are closed, pressed or not. The latest comes first."""
    earlier = session.scalars(
        select(Outbound)
        .where(
            Outbound.conversation_id == conversation.id,
            Outbound.id < row.id,
            Outbound.provider_id.is_not(None),
            Outbound.state.in_((OutboundState.HANDED_OVER, OutboundState.DELIVERED)),
        )
        .order_by(Outbound.id.desc())
        .limit(LOOKED_AT)
    )
    with_buttons = [(before.id, before.provider_id) for before in earlier if before.buttons and before.provider_id]
    if not with_buttons:
        return ()
    interview = conversations.latest_interview(session, conversation)
    return tuple(
        provider_id for row_id, provider_id in with_buttons if not is_open(session, conversation, interview, f"{row_id}:")
    )
