"""Fetches attachments from Telegram. The address of a file holds the bot's token, so none is kept or logged."""

import asyncio
from datetime import timedelta

from telegram import Bot
from telegram.error import BadRequest, RetryAfter, TelegramError

from bot.service.channels.base import FetchError
from bot.service.channels.telegram.client import BotClient
from bot.service.message_path.media import LARGEST

FETCH_WITHIN_S = 30.0  # all of it; what a stopped worker leaves half fetched is tried again
TOO_LARGE = "file is too big"  # in Telegram's 400; its other 400s say that the file may be there later


class TelegramFetcher:
    """Asks for a file's address and fetches it from there."""

    def __init__(self, client: BotClient, within_s: float = FETCH_WITHIN_S) -> None:
        self._client = client
        self._within_s = within_s

    def fetch(self, remote_id: str) -> bytes:
        """The content of an attachment.

        Raises:
            FetchError: with what to do about it.
        """
        try:
            return self._client.run(asyncio.wait_for(_download(self._client.bot, remote_id), self._within_s))
        except TelegramError as error:
            raise _as_fetch_error(error) from error
        except TimeoutError as error:
            raise FetchError("Telegram took too long over a file") from error


async def _download(bot: Bot, file_id: str) -> bytes:
    file = await bot.get_file(file_id)
    if (file.file_size or 0) > LARGEST:
        raise FetchError("the file is larger than we take", too_large=True)
    if not file.file_path:
        raise FetchError("Telegram does not say where the file is")
    return bytes(await file.download_as_bytearray())


def _as_fetch_error(error: TelegramError) -> FetchError:
    if isinstance(error, RetryAfter):
        pause = error.retry_after  # a number only where PTB_TIMEDELTA was set to something else
        seconds = pause.total_seconds() if isinstance(pause, timedelta) else float(pause)
        return FetchError("Telegram asks for a pause", retry_after_s=seconds)
    too_large = isinstance(error, BadRequest) and TOO_LARGE in error.message.lower()
    return FetchError(f"Telegram did not give a file ({type(error).__name__})", too_large=too_large)
