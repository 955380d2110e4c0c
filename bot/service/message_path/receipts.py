"""Delivery receipts: each is logged, and moves its message's state by one table. They come late, early, twice, in any order."""

import logging
import re
from datetime import timedelta

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from bot.service.channels.base import Receipt, Receipts, ReceiptState
from bot.service.context import Context
from bot.service.message_path.outbox import Senders, lock
from bot.service.message_path.undelivered import is_silenced, settle_undelivered
from bot.service.models import Delivery, Outbound
from bot.service.models.words import TERMINAL_OUTBOUND, OutboundState

logger = logging.getLogger(__name__)

TIMED_OUT_AFTER = timedelta(hours=72)  # business time since a message was handed over
OUR_REFERENCE = re.compile(r"[0-9]{1,10}")
LARGEST_ID = 2**31 - 1  # PostgreSQL raises over it
MOVES = {
    ReceiptState.ACCEPTED: OutboundState.HANDED_OVER,
    ReceiptState.DELIVERED: OutboundState.DELIVERED,
    ReceiptState.FAILED: OutboundState.FAILED,
    ReceiptState.EXPIRED: OutboundState.FAILED,
}


def note(context: Context, receipt: Receipt) -> bool:
    """Log a receipt and heed it; when this returns, it is committed. False: it is about no message of ours.

    A receipt by the provider's id that comes before we know that id is about none yet: let the gateway bring it again.
    """
    with context.database.write() as session:
        outbound_id = _find(session, receipt)
        if outbound_id is None:
            return False
        row, conversation = lock(session, outbound_id)
        _log(session, context, row, receipt)
        before = OutboundState(row.state)
        row.state = next_state(before, receipt.state)
        if row.state == before:
            return True
        row.sending_since = None
        row.handed_over_at = row.handed_over_at or context.clock.now()
        if row.state == OutboundState.FAILED:
            logger.warning("a message was not delivered", extra={"outbound": row.id, "receipt": receipt.state})
            if not is_silenced(session, row, conversation):
                settle_undelivered(session, context, row, conversation)
    return True


def next_state(state: OutboundState, receipt: ReceiptState) -> OutboundState:
    """The state after a receipt. Terminal ones stay; a row that waits for its next try stays, if an earlier one has failed."""
    failed = MOVES[receipt] is OutboundState.FAILED
    if state in TERMINAL_OUTBOUND or (state is OutboundState.WAITING and failed):
        return state
    return MOVES[receipt]


def time_out(context: Context, senders: Senders) -> int:
    """End the waiting for receipts of 72 hours ago, where there should have been one; the number of messages."""
    telling = [str(channel) for channel, sender in senders.items() if sender.receipts is not Receipts.NONE]
    silent = (
        update(Outbound)
        .where(
            Outbound.channel.in_(telling),
            Outbound.state == OutboundState.HANDED_OVER,
            Outbound.handed_over_at <= context.clock.now() - TIMED_OUT_AFTER,
        )
        .values(state=OutboundState.TIMED_OUT)
    )
    with context.database.write() as session:
        result = session.execute(silent)
        assert isinstance(result, CursorResult)
        return result.rowcount


def _find(session: Session, receipt: Receipt) -> int | None:
    """The row that a receipt is about: tried at least once, on that channel."""
    tried = select(Outbound.id).where(Outbound.channel == receipt.channel, Outbound.attempts > 0)
    if receipt.reference is None:
        return session.scalar(tried.where(Outbound.provider_id == receipt.provider_id)) if receipt.provider_id else None
    if not OUR_REFERENCE.fullmatch(receipt.reference) or int(receipt.reference) > LARGEST_ID:
        return None
    return session.scalar(tried.where(Outbound.id == int(receipt.reference)))


def _log(session: Session, context: Context, row: Outbound, receipt: Receipt) -> None:
    """What is told twice stands once."""
    known = select(Delivery.id).where(
        Delivery.outbound_id == row.id, Delivery.state == receipt.state, Delivery.at.is_not_distinct_from(receipt.at)
    )
    if session.scalar(known.limit(1)) is None:
        session.add(Delivery(outbound_id=row.id, state=receipt.state, at=receipt.at, noted_at=context.clock.now()))
