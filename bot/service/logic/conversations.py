"""Conversations: found by address, opted out, brought back to what was being asked."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.service.context import Context
from bot.service.logic.participants import find_by_code, find_by_number
from bot.service.logic.voice import Voice, has_opted_out
from bot.service.models import Case, Conversation, Interview, OptOut, Outbound, Participant
from bot.service.models.words import CaseState, InterviewState, OutboundKind, OutboundState
from bot.shared.codebook import Audience, AwaitedStep, Channel

OPEN_STATES = (InterviewState.INVITERET, InterviewState.I_GANG)


def find_or_start(
    session: Session, context: Context, channel: Channel, address: str, *, locked: bool = False
) -> Conversation:
    """The conversation with this address, made now if it is new; on SMS an unknown number has one too. `locked`: as by `lock`.

    Raises:
        UnknownCodeError: for a web chat address that no participant has.
    """
    address_hash = context.address_hash(channel, address)
    by_address = select(Conversation).where(
        Conversation.channel == channel, Conversation.address_hash == address_hash
    )
    if locked:
        by_address = by_address.with_for_update().execution_options(populate_existing=True)
    conversation = session.scalar(by_address)
    if conversation is None:
        participant = _participant_at(session, context, channel, address)
        insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
        session.execute(
            insert(Conversation)
            .values(
                channel=channel,
                address=address,
                address_hash=address_hash,
                participant_id=participant.id if participant else None,
                awaits=AwaitedStep.INTET,
                asked_again=0,
            )
            .on_conflict_do_nothing(index_elements=["channel", "address_hash"])
        )
        conversation = session.scalar(by_address)
        assert conversation is not None
    return conversation


def lock(session: Session, conversation_id: int) -> Conversation:
    """The conversation, which nobody else changes before this transaction ends (SQLite has one writer anyway)."""
    return session.get_one(Conversation, conversation_id, with_for_update=True, populate_existing=True)


def _participant_at(session: Session, context: Context, channel: Channel, address: str) -> Participant | None:
    if channel is Channel.WEBCHAT:
        return find_by_code(session, context, address)
    if channel is Channel.SMS:
        return find_by_number(session, context, address)
    return None


def callback_case(session: Session, conversation: Conversation) -> Case | None:
    """The case whose callback dialogue is running; None once a handler has closed it."""
    case = session.get(Case, conversation.callback_case_id) if conversation.callback_case_id is not None else None
    return case if case is not None and case.state != CaseState.LUKKET else None


def open_interview(session: Session, conversation: Conversation) -> Interview | None:
    """The interview that is open at this address, if one is."""
    return session.scalar(
        select(Interview).where(Interview.conversation_id == conversation.id, Interview.state.in_(OPEN_STATES))
    )


def latest_interview(session: Session, conversation: Conversation) -> Interview | None:
    """The open interview, else the one that ended last here."""
    return session.scalar(
        select(Interview)
        .where(Interview.conversation_id == conversation.id)
        .order_by(Interview.state.in_(OPEN_STATES).desc(), Interview.id.desc())
        .limit(1)
    )


def audience_of(session: Session, conversation: Conversation) -> Audience:
    """For whom our sentences are worded; a stranger is spoken to as an adult."""
    if conversation.participant_id is None:
        return Audience.FORAELDER
    participant = session.get(Participant, conversation.participant_id)
    return Audience(participant.audience) if participant else Audience.FORAELDER


def opt_out(session: Session, context: Context, conversation: Conversation, at: datetime) -> bool:
    """STOP for this address on this channel: nothing waiting goes out, and one confirmation does. False if it stood already."""
    if has_opted_out(session, conversation):
        return False
    session.add(OptOut(channel=conversation.channel, address_hash=conversation.address_hash, at=at))
    cancel_waiting(session, conversation)
    conversation.awaits, conversation.callback_case_id = AwaitedStep.INTET, None
    voice = Voice(session, context, conversation, audience=audience_of(session, conversation))
    once_key = f"stop:{conversation.channel}:{conversation.address_hash}"[:80]
    voice.say("stop_bekraeftet", kind=OutboundKind.STOP, once_key=once_key, kommune=context.settings.municipality)
    return True


def cancel_waiting(session: Session, conversation: Conversation) -> None:
    """Take back every message that is not handed over yet."""
    session.execute(
        update(Outbound)
        .where(Outbound.conversation_id == conversation.id, Outbound.state == OutboundState.WAITING)
        .values(state=OutboundState.CANCELLED)
    )


