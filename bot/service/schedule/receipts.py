"""Messages without a receipt: after 72 hours nobody waits for it any more."""

from functools import partial

from bot.service.message_path.outbox import Senders
from bot.service.message_path.receipts import time_out
from bot.service.schedule.base import Task


def receipt_tasks(senders: Senders) -> tuple[Task, ...]:
    """The task for the channels of this worker."""
    return (Task("receipts", 60.0, partial(time_out, senders=senders)),)
