"""Binds a chat to the participant whose code it was opened with."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.service.clock import machine_now
from bot.service.context import Context
from bot.service.errors import UnknownCodeError
from bot.service.logic import invitations
from bot.service.logic.conversations import find_or_start, open_interview
from bot.service.logic.participants import find_by_code, may_use_telegram
from bot.service.models import Conversation, Inbound, Interview, Participant
from bot.service.models.words import InboundKind, InterviewState
from bot.shared.codebook import Channel, Role

TRIES, TRIES_WITHIN = 10, timedelta(minutes=15)  # of one chat; codes cannot be guessed, and need not be tried


def bind_by_code(session: Session, context: Context, chat_id: str, code: str) -> Conversation | None:
    """Bind this chat to the code's participant and make first contact; None where the code opens nothing here.

    A code opens one chat. Opened again from there it is good, and does nothing; so is `/start` without a code in a chat
    that is bound already.
    """
    conversation = find_or_start(session, context, Channel.TELEGRAM, chat_id)
    if not code:
        return conversation if conversation.participant_id is not None else None
    if _tries_too_often(session, conversation):
        return None
    participant = _find_participant(session, context, code)
    if participant is None or not _is_free_for(session, participant, conversation):
        return None
    if conversation.participant_id is None:
        conversation.participant_id = participant.id
    _invite(session, context, conversation, participant)
    return conversation


def _find_participant(session: Session, context: Context, code: str) -> Participant | None:
    """Who has this code, may use Telegram, and is asked there."""
    try:
        participant = find_by_code(session, context, code)
    except UnknownCodeError:
        return None
    old_enough = may_use_telegram(context.settings, Role(participant.role), participant.age)
    return participant if old_enough and participant.channel == Channel.TELEGRAM else None


def _is_free_for(session: Session, participant: Participant, conversation: Conversation) -> bool:
    """Whether no other chat has this participant. The lock keeps a second chat waiting until the first is bound."""
    session.scalars(select(Participant.id).where(Participant.id == participant.id).with_for_update()).one()
    of_interviews = select(Interview.conversation_id).where(Interview.participant_id == participant.id)
    of_chats = select(Conversation.id).where(Conversation.participant_id == participant.id)
    bound = {*session.scalars(of_interviews), *session.scalars(of_chats)}
    return bound <= {None, conversation.id}


def _invite(session: Session, context: Context, conversation: Conversation, participant: Participant) -> None:
    """The interview belongs to this chat from now on, and begins at once unless another one is open here."""
    planned = session.scalar(
        select(Interview).where(Interview.participant_id == participant.id, Interview.state == InterviewState.PLANLAGT)
    )
    if planned is None:
        return
    planned.conversation_id = conversation.id
    if open_interview(session, conversation) is None:
        planned.on_the_spot = True  # whoever opens the chat need not wait for the invitation's hour
        invitations.invite(session, context, planned)


def _tries_too_often(session: Session, conversation: Conversation) -> bool:
    """Whether this chat was opened too often of late; this opening is counted."""
    since = machine_now() - TRIES_WITHIN
    openings = select(func.count()).where(
        Inbound.conversation_id == conversation.id, Inbound.kind == InboundKind.OPEN, Inbound.arrived_at >= since
    )
    return (session.scalar(openings) or 0) > TRIES
