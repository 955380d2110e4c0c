"""The Bot API for code that is not asynchronous: one event loop in a thread of its own, connections kept open."""

import asyncio
import json
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar
from urllib.parse import urlencode

from telegram import Bot
from telegram.request import HTTPXRequest

from bot.service.channels.telegram.inbound import READ
from bot.service.settings import Settings

CONNECT_S, WRITE_S, POOL_S = 4.0, 4.0, 1.0
READ_S = 15.0  # for sending: together with the others less than outbox.SENDING_FOR
FETCH_READ_S = 4.0  # beyond the seconds for which Telegram holds the answer back
MOST_UPDATES = 25  # what one batch brings is committed together, and that transaction must stay short

T = TypeVar("T")


class BotClient:
    """One bot. Safe for several threads; `close` ends its thread and connections."""

    def __init__(self, token: str, api: str) -> None:
        self._fetching = _requests(connections=1, read_s=FETCH_READ_S)
        self._calling = _requests(connections=8, read_s=READ_S)
        base = api.rstrip("/")
        self.bot = Bot(
            token,
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            request=self._calling,
            get_updates_request=self._fetching,
        )
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="telegram-client", daemon=True)
        self._thread.start()

    def run(self, call: Coroutine[Any, Any, T]) -> T:
        """Wait for one call to the Bot API.

        Raises:
            TelegramError: as the library has it.
        """
        return asyncio.run_coroutine_threadsafe(call, self._loop).result()

    def start(self, call: Coroutine[Any, Any, None]) -> None:
        """Make a call that nobody waits for; it must deal with its errors itself."""
        asyncio.run_coroutine_threadsafe(call, self._loop)

    def fetch(self, offset: int, wait_s: int) -> list[Any]:
        """The updates from `offset` on, as they came; waits up to `wait_s` seconds for the first. Confirms those before.

        Not `Bot.get_updates`: one update that it cannot read would hold up all others, and its log quotes the batch.

        Raises:
            TelegramError: as the library has it.
        """
        query = {"offset": offset, "timeout": wait_s, "limit": MOST_UPDATES, "allowed_updates": json.dumps(READ)}
        url = f"{self.bot.base_url}/getUpdates?{urlencode(query)}"
        found = self.run(self._fetching.post(url, read_timeout=wait_s + FETCH_READ_S))
        return found if isinstance(found, list) else []

    def close(self) -> None:
        """End the thread; calls under way are given up."""
        self.run(self._shut_down())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _shut_down(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._fetching.shutdown()
        await self._calling.shutdown()


def make_client(settings: Settings) -> BotClient | None:
    """The bot of these settings; None where Telegram is not set up."""
    return BotClient(settings.telegram_token, settings.telegram_api) if settings.telegram_token else None


def uses_webhook(settings: Settings) -> bool:
    """Whether Telegram brings the updates to us: where there is a secret for it. Without one we fetch them."""
    return settings.telegram_token is not None and settings.telegram_secret is not None


def _requests(*, connections: int, read_s: float) -> HTTPXRequest:
    return HTTPXRequest(
        connection_pool_size=connections,
        read_timeout=read_s,
        connect_timeout=CONNECT_S,
        write_timeout=WRITE_S,
        pool_timeout=POOL_S,
    )
