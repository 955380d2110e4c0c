"""While the engine is down nothing counts against a turn; after 15 minutes the citizen and a human are told."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.service.context import Context
from bot.service.logic import cases, conversations
from bot.service.logic.voice import Voice
from bot.service.models import Case, Conversation, Inbound, Turn
from bot.service.models.words import CaseEnding, CaseEventKind, CaseKind, CaseState, TurnState

TOLD_AFTER = timedelta(minutes=15)  # business time


def note_outage(session: Session, context: Context, conversation: Conversation, turn: Turn) -> None:
    """After 15 minutes: one sentence (once per outage) and a case that names the turn, which stays waiting."""
    now = context.clock.now()
    if now - turn.received_at < TOLD_AFTER or conversation.outage_said_at is not None:
        return
    conversation.outage_said_at = now
    audience = conversations.audience_of(session, conversation)
    Voice(session, context, conversation, audience=audience).say("nede")
    matter = cases.Matter(CaseKind.UBEHANDLET, turn.received_at, turn_id=turn.id)
    case = cases.open_or_attach(session, context, conversation, matter)
    cases.attach(session, case, _messages(session, turn), question=None)


def settle_outage(session: Session, context: Context, conversation: Conversation) -> None:
    """The outage is over for this citizen: the case of a turn that was worked after all closes itself.

    It stays open where a human has taken it, where the turn was given up, and where it names no turn, for then something else
    was put on it meanwhile.
    """
    if conversation.outage_said_at is None:
        return
    conversation.outage_said_at = None
    case = cases.find_open(session, conversation, CaseKind.UBEHANDLET)
    turn = session.get(Turn, case.turn_id) if case is not None and case.turn_id is not None else None
    if case is not None and case.state == CaseState.NY and turn is not None and turn.state == TurnState.DONE:
        _close(session, context, case)


def _close(session: Session, context: Context, case: Case) -> None:
    now = context.clock.now()
    case.state, case.ending, case.ended_at = CaseState.LUKKET, CaseEnding.AF_SIG_SELV, now
    cases.log(session, case, now, CaseEventKind.ENDED, CaseEnding.AF_SIG_SELV)


def _messages(session: Session, turn: Turn) -> list[Inbound]:
    return list(session.scalars(select(Inbound).where(Inbound.turn_id == turn.id).order_by(Inbound.id)))
