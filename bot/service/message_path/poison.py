"""A turn that a healthy engine could not work five times: a human reads it, and the person's next message goes on."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.service.context import Context
from bot.service.logic import cases, conversations
from bot.service.logic.voice import Voice
from bot.service.models import Conversation, Inbound, Turn
from bot.service.models.words import CaseKind, TurnState


def give_up(session: Session, context: Context, conversation: Conversation, turn: Turn) -> None:
    """Put the turn before a human and tell the citizen so, unless the safety net has answered already."""
    turn.state = TurnState.GIVEN_UP
    inbounds = list(session.scalars(select(Inbound).where(Inbound.turn_id == turn.id).order_by(Inbound.id)))
    matter = cases.Matter(CaseKind.UBEHANDLET, turn.received_at, turn_id=turn.id)
    case = cases.open_or_attach(session, context, conversation, matter)
    cases.attach(session, case, inbounds, question=None)
    muted = any(inbound.net_replied for inbound in inbounds)
    audience = conversations.audience_of(session, conversation)
    Voice(session, context, conversation, audience=audience, muted=muted).say("undskyld")
