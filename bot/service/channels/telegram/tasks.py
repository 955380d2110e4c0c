"""What the worker does for Telegram: fetch the updates, or keep the webhook announced; fetch what came beside words."""

from functools import partial

from bot.service.channels.telegram.client import make_client, uses_webhook
from bot.service.channels.telegram.media import TelegramFetcher
from bot.service.channels.telegram.polling import poll_once
from bot.service.channels.telegram.webhook import announce
from bot.service.message_path.media import fetch_next
from bot.service.schedule.base import Task
from bot.service.settings import Settings
from bot.shared.codebook import Channel

BETWEEN_POLLS_S = 0.2  # Telegram itself holds the answer back while there is nothing
BETWEEN_ANNOUNCEMENTS_S = 600.0
BETWEEN_MEDIA_S = 0.5


def telegram_tasks(settings: Settings) -> list[Task]:
    """The leased loops for these settings; none where Telegram is not set up."""
    client = make_client(settings)
    if client is None:
        return []
    fetchers = {Channel.TELEGRAM: TelegramFetcher(client)}
    media = Task("telegram-media", BETWEEN_MEDIA_S, partial(fetch_next, fetchers=fetchers))
    if uses_webhook(settings):
        return [Task("telegram-webhook", BETWEEN_ANNOUNCEMENTS_S, partial(announce, client=client)), media]
    return [Task("telegram-polling", BETWEEN_POLLS_S, partial(poll_once, client=client)), media]
