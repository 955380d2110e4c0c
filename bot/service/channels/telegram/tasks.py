"""What the worker does for Telegram: fetch the updates, or keep the webhook announced."""

from functools import partial

from bot.service.channels.telegram.client import make_client, uses_webhook
from bot.service.channels.telegram.polling import poll_once
from bot.service.channels.telegram.webhook import announce
from bot.service.schedule.base import Task
from bot.service.settings import Settings

BETWEEN_POLLS_S = 0.2  # Telegram itself holds the answer back while there is nothing
BETWEEN_ANNOUNCEMENTS_S = 600.0


def telegram_tasks(settings: Settings) -> list[Task]:
    """The leased loops for these settings; none where Telegram is not set up."""
    client = make_client(settings)
    if client is None:
        return []
    if uses_webhook(settings):
        return [Task("telegram-webhook", BETWEEN_ANNOUNCEMENTS_S, partial(announce, client=client))]
    return [Task("telegram-polling", BETWEEN_POLLS_S, partial(poll_once, client=client))]
