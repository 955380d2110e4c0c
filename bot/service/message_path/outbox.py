"""The outbox: rows leave one by one, in order for each address, replies before bulk, and never twice.

A row is claimed (`sending`, committed), handed to the channel with no transaction open, then settled. Danger's thanks and the
confirmation of STOP pass by what waits before them.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session, aliased

from bot.service.channels.base import Receipts, Sender, SendError, Sending
from bot.service.clock import machine_now
from bot.service.context import Context
from bot.service.logic import conversations
from bot.service.logic.dialogue.keyboards import closed_before
from bot.service.logic.voice import buttons_of
from bot.service.message_path import last_look
from bot.service.message_path.pace import Pace
from bot.service.message_path.retry import SHORTEST_PAUSE, pause_after
from bot.service.message_path.undelivered import heed_block, is_silenced, put_before_a_human, settle_undelivered
from bot.service.models import Conversation, Outbound
from bot.service.models.words import RANKS, OutboundKind, OutboundState
from bot.shared.codebook import Channel

logger = logging.getLogger(__name__)

SENDING_FOR = timedelta(seconds=30)  # machine time after which a claimed row's worker counts as dead
PASSING = (OutboundKind.SAFETY, OutboundKind.STOP)
MAX_UNSURE = 2  # times that a row is sent whose outcome nobody knows
RECEIPT_WAIT = timedelta(minutes=3)  # machine time in which a receipt may settle what else nobody knows
NOBODY = 0  # no conversation has this id
Senders = Mapping[Channel, Sender]

_earlier = aliased(Outbound)
# The row that comes next; built once, since an idle worker looks for it sixteen times a second on each channel. With one
# channel it is found by ix_outbound_channel_state_rank_id, without sorting.
NEXT = (
    select(Outbound)
    .where(
        Outbound.channel.in_(bindparam("channels", expanding=True)),
        Outbound.state == OutboundState.WAITING,
        Outbound.next_try_at <= bindparam("now"),
        Outbound.conversation_id.not_in(bindparam("resting", expanding=True)),
        or_(
            Outbound.rank == RANKS[OutboundKind.SAFETY],
            ~exists().where(
                _earlier.conversation_id == Outbound.conversation_id,
                _earlier.id < Outbound.id,
                or_(
                    _earlier.state == OutboundState.SENDING,
                    and_(
                        _earlier.state == OutboundState.WAITING,
                        # An invitation that waits for its window, for days maybe, holds back no answer.
                        or_(_earlier.rank != RANKS[OutboundKind.INVITATION], _earlier.next_try_at <= bindparam("now")),
                    ),
                ),
            ),
        ),
    )
    .order_by(Outbound.rank, Outbound.id)
    .limit(1)
)
CLAIMED_NEXT = NEXT.with_for_update(skip_locked=True, of=Outbound)


@dataclass(frozen=True)
class Claimed:
    """A row that this worker sends now."""

    outbound_id: int
    attempt: int  # with the state, the fence: who was thought dead settles nothing
    conversation_id: int
    channel: Channel
    sending: Sending


def claim_next(context: Context, senders: Senders, pace: Pace | None = None) -> Claimed | None:
    """Claim the row that should leave next on one of these channels; None if none may. `pace` is theirs together."""
    pace = pace or Pace()
    while pace.is_open():
        channels, resting = [str(channel) for channel in senders], pace.resting() or [NOBODY]
        values = {"channels": channels, "now": context.clock.now(), "resting": resting}
        with context.database.read() as session:
            if session.scalar(NEXT, values) is None:
                return None
        with context.database.write() as session:
            row = session.scalar(CLAIMED_NEXT, values)
            if row is None:
                return None
            conversation = session.get_one(Conversation, row.conversation_id)
            if last_look.may_leave(session, context, row, conversation):
                pace.note_try(conversation.id)
                return _claim(session, row, conversation)
        _hold(context, row.id)
    return None


def _claim(session: Session, row: Outbound, conversation: Conversation) -> Claimed:
    row.state, row.sending_since, row.attempts = OutboundState.SENDING, machine_now(), row.attempts + 1
    closed = closed_before(session, conversation, row)
    sending = Sending(str(row.id), conversation.address, row.text, buttons_of(row), closed)
    return Claimed(row.id, row.attempts, conversation.id, Channel(row.channel), sending)


def _hold(context: Context, outbound_id: int) -> None:
    """In a transaction of its own, since a conversation is locked before its rows."""
    with context.database.write() as session:
        row, conversation = lock(session, outbound_id)
        if row.state == OutboundState.WAITING:
            last_look.hold(session, context, row, conversation)


def send(context: Context, senders: Senders, claimed: Claimed, pace: Pace | None = None) -> None:
    """Hand a claimed row to its channel and settle it."""
    try:
        provider_id = senders[claimed.channel].send(claimed.sending)
    except SendError as error:
        logger.warning(
            "a message was not handed over",
            extra={"outbound": claimed.outbound_id, "permanent": error.permanent, "unknown": error.unknown},
        )
        if pace is not None and error.retry_after_s is not None:
            pace.note_pause(claimed.conversation_id, error.retry_after_s)
        with context.database.write() as session:
            row, conversation = lock(session, claimed.outbound_id)
            if row.state == OutboundState.SENDING and row.attempts == claimed.attempt:
                _settle_failure(session, context, row, conversation, error)
        return
    with context.database.write() as session:
        row, _ = lock(session, claimed.outbound_id)
        if row.attempts == claimed.attempt:
            _settle_handed_over(context, row, provider_id)


def settle_abandoned(context: Context, senders: Senders) -> int:
    """Rows of which nobody knows whether they went out, since their worker died or their provider never answered.

    Sent again where that can harm nobody; else put before a human, where the channel tells by our reference after some minutes
    in which a receipt may still settle them. Danger's thanks and the confirmation of STOP are sent once more; after STOP
    nothing else is. Returns how many were settled.
    """
    long_ago = machine_now() - SENDING_FOR
    abandoned = select(Outbound.id).where(Outbound.state == OutboundState.SENDING, Outbound.sending_since < long_ago)
    with context.database.read() as session:
        outbound_ids = list(session.scalars(abandoned))
    settled = 0
    for outbound_id in outbound_ids:
        with context.database.write() as session:
            row, conversation = lock(session, outbound_id)
            if row.state == OutboundState.SENDING and row.sending_since is not None and row.sending_since < long_ago:
                settled += _settle_abandoned(session, context, senders, row, conversation)
    return settled


def _settle_abandoned(
    session: Session, context: Context, senders: Senders, row: Outbound, conversation: Conversation
) -> bool:
    sender = senders.get(Channel(row.channel))
    once_more = row.kind in PASSING and row.attempts < MAX_UNSURE
    harmless = sender is not None and sender.repeatable and pause_after(row.attempts) is not None
    if is_silenced(session, row, conversation):
        row.state = OutboundState.CANCELLED
    elif once_more or harmless:
        row.state = OutboundState.WAITING
    elif sender is not None and _awaits_receipt(sender, row):
        return False
    else:
        row.state = OutboundState.UNKNOWN
        put_before_a_human(session, context, conversation)
    row.sending_since = None
    return True


def _awaits_receipt(sender: Sender, row: Outbound) -> bool:
    assert row.sending_since is not None, "a row that is being sent has a time"
    return sender.receipts is Receipts.BY_REFERENCE and row.sending_since > machine_now() - RECEIPT_WAIT


def lock(session: Session, outbound_id: int) -> tuple[Outbound, Conversation]:
    """A row and its conversation, which is locked first, as everywhere: locks taken in one order cannot form a ring."""
    conversation_id = session.scalars(select(Outbound.conversation_id).where(Outbound.id == outbound_id)).one()
    conversation = conversations.lock(session, conversation_id)
    return session.get_one(Outbound, outbound_id, with_for_update=True), conversation


def _settle_handed_over(context: Context, row: Outbound, provider_id: str | None) -> None:
    """The provider has it. A receipt may have come before its answer, and what that has told stays."""
    row.provider_id = provider_id
    if row.state in (OutboundState.SENDING, OutboundState.WAITING):  # waiting: it was thought abandoned meanwhile
        row.state, row.sending_since = OutboundState.HANDED_OVER, None
    row.handed_over_at = row.handed_over_at or context.clock.now()


def _settle_failure(
    session: Session, context: Context, row: Outbound, conversation: Conversation, error: SendError
) -> None:
    now = context.clock.now()
    if error.unknown:
        _leave_unsure(context, row)
        return
    row.sending_since = None
    if error.blocked:
        row.state = OutboundState.FAILED
        heed_block(session, context, conversation)
    elif is_silenced(session, row, conversation):
        row.state = OutboundState.CANCELLED
    elif error.retry_after_s is not None:
        pause = max(SHORTEST_PAUSE, timedelta(seconds=error.retry_after_s))
        row.state, row.next_try_at, row.attempts = OutboundState.WAITING, now + pause, row.attempts - 1
    else:
        _try_again_or_fail(session, context, row, conversation, permanent=error.permanent)


def _leave_unsure(context: Context, row: Outbound) -> None:
    """Keep it as `sending`: in half a minute `settle_abandoned` decides, as for a worker that died."""
    pause = None if row.kind in PASSING else pause_after(row.attempts)
    row.next_try_at = context.clock.now() + (pause or timedelta())


def _try_again_or_fail(
    session: Session, context: Context, row: Outbound, conversation: Conversation, *, permanent: bool
) -> None:
    pause = None if permanent else pause_after(row.attempts)
    if pause is not None:
        row.state, row.next_try_at = OutboundState.WAITING, context.clock.now() + pause
        return
    row.state = OutboundState.FAILED
    settle_undelivered(session, context, row, conversation)
