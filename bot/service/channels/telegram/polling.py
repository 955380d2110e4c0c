"""Fetches updates. A batch is committed together with the offset after it, and only the next fetch confirms it to Telegram."""

import logging
import time
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session
from telegram.error import Conflict, RetryAfter, TelegramError

from bot.service.channels.telegram.client import BotClient
from bot.service.channels.telegram.inbound import Arrived, read_json
from bot.service.channels.telegram.outbound import as_send_error, settle_press
from bot.service.clock import machine_now
from bot.service.context import Context
from bot.service.errors import UnreadableMessageError
from bot.service.message_path import door
from bot.service.message_path.spool import Spool
from bot.service.models import TelegramOffset

WAIT_S = 4  # how long Telegram holds an empty answer back; the worker's lease and its end at SIGTERM allow no more
PAUSE_S = 3.0  # after an error
LONGEST_PAUSE_S = 10.0
ONLY_ROW = 1

logger = logging.getLogger(__name__)


def poll_once(context: Context, client: BotClient, wait_s: int = WAIT_S) -> int:
    """Fetch one batch and store it; returns the number of updates. Where Telegram cannot be reached, log and wait a little.

    Raises:
        SQLAlchemyError, OSError: neither database nor spool takes it. Telegram keeps the batch for a day and sends it again.
    """
    try:
        fetched = client.fetch(_read_offset(context), wait_s)
    except Conflict:
        _end_conflict(client)
        return 0
    except TelegramError as error:
        _wait_after(error)
        return 0
    batch = _read(fetched)
    if batch:
        store(context, batch)
    for arrived in batch:
        if arrived.press is not None:
            settle_press(client, arrived.press)
    return len(batch)


def store(context: Context, batch: Sequence[Arrived]) -> None:
    """Commit a batch and the offset after it; if that fails, one update after the other, so that one alone stops no other."""
    received_at, arrived_at = context.clock.now(), machine_now()
    try:
        _store_together(context, batch, received_at, arrived_at)
    except Exception:  # whatever it was, one by one shows which update it was, and whether the database is there at all
        logger.exception("a batch of updates was not stored", extra={"first": batch[0].update_id, "updates": len(batch)})
        for arrived in batch:
            _store_alone(context, arrived, received_at, arrived_at)


def _store_together(context: Context, batch: Sequence[Arrived], received_at: datetime, arrived_at: datetime) -> None:
    with context.database.write() as session:
        for arrived in batch:
            if arrived.message is not None:
                door.store(session, context, arrived.message, received_at, arrived_at)
        _write_offset(session, batch[-1].update_id + 1)


def _store_alone(context: Context, arrived: Arrived, received_at: datetime, arrived_at: datetime) -> None:
    """Store one update, or put its message into the spool, whose feeder brings it before a human if it cannot either."""
    try:
        _store_together(context, [arrived], received_at, arrived_at)
    except Exception:
        # Without the database this raises, and the update stays with Telegram: it is no fault of the message.
        _move_offset(context, arrived.update_id)
        logger.exception("an update was not stored; its message goes to the spool", extra={"update": arrived.update_id})
        if arrived.message is not None:
            Spool(context).put(arrived.message, received_at, arrived_at)
        _move_offset(context, arrived.update_id + 1)


def _read(fetched: Sequence[object]) -> list[Arrived]:
    batch = []
    for content in fetched:
        try:
            batch.append(read_json(content))
        except UnreadableMessageError:
            logger.error("Telegram sent something that is no update")
    return batch


def _read_offset(context: Context) -> int:
    with context.database.read() as session:
        row = session.get(TelegramOffset, ONLY_ROW)
        return row.offset if row is not None else 0


def _move_offset(context: Context, offset: int) -> None:
    with context.database.write() as session:
        _write_offset(session, offset)


def _write_offset(session: Session, offset: int) -> None:
    """Follow Telegram's numbers down as well as up.

    After a quiet week they go on from a random number. An offset that lies beyond them confirms nothing, so that a row
    which only ever grew would fetch the same updates for good; an offset that falls behind only brings duplicates.
    """
    session.merge(TelegramOffset(id=ONLY_ROW, offset=offset))


def _end_conflict(client: BotClient) -> None:
    """409: a webhook is still set, which must go, or another worker still fetches, which ends with its lease."""
    logger.warning("Telegram gives the updates to somebody else; waiting")
    try:
        client.run(client.bot.delete_webhook(drop_pending_updates=False))
    except TelegramError as error:
        logger.warning("the webhook was not removed", extra={"error": type(error).__name__})
    time.sleep(PAUSE_S)


def _wait_after(error: TelegramError) -> None:
    asked = as_send_error(error).retry_after_s if isinstance(error, RetryAfter) else None
    logger.warning("Telegram could not be asked for updates", extra={"error": type(error).__name__})
    time.sleep(min(asked or PAUSE_S, LONGEST_PAUSE_S))
