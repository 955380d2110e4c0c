"""The outbox: rows leave one by one, in order for each address, replies before bulk, and never twice.

A row is claimed (`sending`, committed), handed to the channel with no transaction open, then settled. Danger's thanks and the
confirmation of STOP pass by what waits before them.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, case, exists, or_, select
from sqlalchemy.orm import Session, aliased

from bot.service.channels.base import Sender, SendError, Sending
from bot.service.clock import machine_now
from bot.service.context import Context
from bot.service.logic import cases, conversations, interviews
from bot.service.logic.voice import buttons_of, has_opted_out
from bot.service.message_path.retry import pause_after
from bot.service.models import Conversation, Interview, Outbound
from bot.service.models.words import CaseKind, Disposition, InterviewState, OutboundKind, OutboundState
from bot.shared.codebook import Channel

logger = logging.getLogger(__name__)

SENDING_FOR = timedelta(seconds=30)  # machine time after which a claimed row's worker counts as dead
PASSING = (OutboundKind.SAFETY, OutboundKind.STOP)
MAX_UNSURE = 2  # times that a row is sent whose outcome nobody knows
BULK = (OutboundKind.INVITATION, OutboundKind.REMINDER)
Senders = Mapping[Channel, Sender]


@dataclass(frozen=True)
class Claimed:
    """A row that this worker sends now."""

    outbound_id: int
    attempt: int  # with the state, the fence: who was thought dead settles nothing
    channel: Channel
    sending: Sending


def claim_next(context: Context, senders: Senders) -> Claimed | None:
    """Claim the row that should leave next; None if none may."""
    due = _due(context, senders)
    with context.database.read() as session:
        if session.scalar(due) is None:
            return None
    with context.database.write() as session:
        outbound_id = session.scalar(due.with_for_update(skip_locked=True, of=Outbound))
        if outbound_id is None:
            return None
        row = session.get_one(Outbound, outbound_id)
        conversation = session.get_one(Conversation, row.conversation_id)
        row.state, row.sending_since, row.attempts = OutboundState.SENDING, machine_now(), row.attempts + 1
        return Claimed(
            row.id,
            row.attempts,
            Channel(conversation.channel),
            Sending(str(row.id), conversation.address, row.text, buttons_of(row)),
        )


def send(context: Context, senders: Senders, claimed: Claimed) -> None:
    """Hand a claimed row to its channel and settle it."""
    try:
        provider_id = senders[claimed.channel].send(claimed.sending)
    except SendError as error:
        logger.warning(
            "a message was not handed over", extra={"outbound": claimed.outbound_id, "permanent": error.permanent}
        )
        with context.database.write() as session:
            row, conversation = _lock(session, claimed.outbound_id)
            if _is_still_ours(row, claimed):
                _settle_failure(session, context, row, conversation, error)
        return
    with context.database.write() as session:
        row, _ = _lock(session, claimed.outbound_id)
        if _is_still_ours(row, claimed):
            row.state, row.provider_id, row.handed_over_at = OutboundState.HANDED_OVER, provider_id, context.clock.now()


def settle_abandoned(context: Context, senders: Senders) -> int:
    """Rows whose worker died while sending: sent again where that can harm nobody, else put before a human.

    Danger's thanks and the confirmation of STOP are sent once more; after STOP nothing else is.
    """
    long_ago = machine_now() - SENDING_FOR
    abandoned = select(Outbound.id).where(Outbound.state == OutboundState.SENDING, Outbound.sending_since < long_ago)
    with context.database.read() as session:
        outbound_ids = list(session.scalars(abandoned))
    for outbound_id in outbound_ids:
        with context.database.write() as session:
            row, conversation = _lock(session, outbound_id)
            if row.state == OutboundState.SENDING and row.sending_since is not None and row.sending_since < long_ago:
                _settle_abandoned(session, context, senders, row, conversation)
    return len(outbound_ids)


def _settle_abandoned(
    session: Session, context: Context, senders: Senders, row: Outbound, conversation: Conversation
) -> None:
    sender = senders.get(Channel(conversation.channel))
    once_more = row.kind in PASSING and row.attempts < MAX_UNSURE
    row.sending_since = None
    if _is_silenced(session, row, conversation):
        row.state = OutboundState.CANCELLED
    elif once_more or (sender is not None and sender.repeatable):
        row.state = OutboundState.WAITING
    else:
        row.state = OutboundState.UNKNOWN
        _put_before_a_human(session, context, conversation)


def _due(context: Context, senders: Senders) -> Select[int]:
    earlier = aliased(Outbound)
    blocked = exists().where(
        earlier.conversation_id == Outbound.conversation_id,
        earlier.id < Outbound.id,
        earlier.state.in_((OutboundState.WAITING, OutboundState.SENDING)),
    )
    return (
        select(Outbound.id)
        .join(Conversation, Conversation.id == Outbound.conversation_id)
        .where(
            Outbound.state == OutboundState.WAITING,
            Outbound.next_try_at <= context.clock.now(),
            Conversation.channel.in_([str(channel) for channel in senders]),
            or_(Outbound.kind.in_(PASSING), ~blocked),
        )
        .order_by(_rank(), Outbound.id)
        .limit(1)
    )


def _rank() -> ColumnElement[int]:
    return case((Outbound.kind.in_(PASSING), 0), (Outbound.kind.in_(BULK), 2), else_=1)


def _lock(session: Session, outbound_id: int) -> tuple[Outbound, Conversation]:
    """A row and its conversation, which is locked first, as everywhere: locks taken in one order cannot form a ring."""
    conversation_id = session.scalars(select(Outbound.conversation_id).where(Outbound.id == outbound_id)).one()
    conversation = conversations.lock(session, conversation_id)
    return session.get_one(Outbound, outbound_id, with_for_update=True), conversation


def _is_still_ours(row: Outbound, claimed: Claimed) -> bool:
    return row.state == OutboundState.SENDING and row.attempts == claimed.attempt


def _is_silenced(session: Session, row: Outbound, conversation: Conversation) -> bool:
    """Whether STOP was said while the row was on its way; only what confirms STOP may still leave."""
    return row.kind != OutboundKind.STOP and has_opted_out(session, conversation)


def _settle_failure(
    session: Session, context: Context, row: Outbound, conversation: Conversation, error: SendError
) -> None:
    now = context.clock.now()
    row.sending_since = None
    if error.blocked:
        row.state = OutboundState.FAILED
        _heed_block(session, context, conversation)
        return
    if _is_silenced(session, row, conversation):
        row.state = OutboundState.CANCELLED
        return
    if error.retry_after_s is not None:
        row.state, row.next_try_at = OutboundState.WAITING, now + timedelta(seconds=error.retry_after_s)
        row.attempts -= 1
        return
    pause = None if error.permanent else pause_after(row.attempts)
    if pause is not None:
        row.state, row.next_try_at = OutboundState.WAITING, now + pause
        return
    row.state = OutboundState.FAILED
    if row.kind == OutboundKind.INVITATION:
        _note_undelivered(session, context, row, conversation)
    elif row.kind not in BULK:
        _put_before_a_human(session, context, conversation)


def _heed_block(session: Session, context: Context, conversation: Conversation) -> None:
    """Who blocks us says STOP; the confirmation would not reach them either."""
    interview = conversations.open_interview(session, conversation)
    conversations.opt_out(session, context, conversation, context.clock.now())
    conversations.cancel_waiting(session, conversation)
    if interview is not None:
        interviews.end(context, interview, conversation, Disposition.STOPPET)


def _note_undelivered(session: Session, context: Context, row: Outbound, conversation: Conversation) -> None:
    """The invitation never came; but who has answered all the same (a card, an earlier try) goes on."""
    interview = session.get(Interview, row.interview_id) if row.interview_id else None
    if interview is not None and interview.state == InterviewState.INVITERET:
        interviews.end(context, interview, conversation, Disposition.IKKE_LEVERET)


def _put_before_a_human(session: Session, context: Context, conversation: Conversation) -> None:
    matter = cases.Matter(CaseKind.UBEHANDLET, context.clock.now())
    opened = cases.open_or_attach(session, context, conversation, matter)
    opened.turn_id = None  # a case that names a turn closes itself when the turn is worked after all; this one must not
