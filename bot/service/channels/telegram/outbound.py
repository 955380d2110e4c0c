"""Hands messages over to Telegram."""

import logging
from collections.abc import Sequence
from datetime import timedelta

import httpx
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.constants import InlineKeyboardButtonLimit, MessageLimit
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter, TelegramError, TimedOut

from bot.service.channels.base import Button, Rate, Receipts, SendError, Sending
from bot.service.channels.telegram.client import BotClient
from bot.service.channels.telegram.inbound import Press

ROW_WIDTH = 30  # letters that fit side by side on a small phone
BESIDE_LABEL = 3  # what a button's frame takes
USELESS_TO_REPEAT = (BadRequest, ChatMigrated, InvalidToken)
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)  # Telegram's servers need not open what we link to

logger = logging.getLogger(__name__)


class TelegramSender:
    """Sends plain text and buttons. Telegram takes no id of ours: the same message sent twice arrives twice."""

    repeatable = False
    receipts = Receipts.NONE
    rate: Rate | None = Rate(per_second=30, each=1)  # core.telegram.org/bots/faq: over it Telegram answers 429

    def __init__(self, client: BotClient) -> None:
        self._client = client

    def send(self, sending: Sending) -> str:
        """Hand the message over and return Telegram's id of it within the chat.

        Raises:
            SendError: with what it asks of the outbox.
        """
        _check(sending)
        call = self._client.bot.send_message(
            int(sending.address), sending.text, reply_markup=keyboard(sending.buttons), link_preview_options=NO_PREVIEW
        )
        try:
            message_id = str(self._client.run(call).message_id)
        except TelegramError as error:
            raise as_send_error(error) from error
        for closed in filter(str.isdecimal, sending.closed):
            self._client.start(remove_keyboard(self._client.bot, int(sending.address), int(closed)))
        return message_id


def keyboard(buttons: Sequence[Button]) -> InlineKeyboardMarkup | None:
    """The buttons under a message: short ones side by side, in their order. None where there are none."""
    rows: list[list[Button]] = []
    for button in buttons:
        if rows and _fits([*rows[-1], button]):
            rows[-1].append(button)
        else:
            rows.append([button])
    keys = [[InlineKeyboardButton(button.text, callback_data=button.press) for button in row] for row in rows]
    return InlineKeyboardMarkup(keys) if keys else None


def as_send_error(error: TelegramError) -> SendError:
    """What the outbox should do about an error of the library. Its own sentences may quote a message: none is kept."""
    name = type(error).__name__
    if isinstance(error, Forbidden):
        return SendError("the citizen has blocked the bot", blocked=True)
    if isinstance(error, RetryAfter):
        pause = error.retry_after  # a number only where PTB_TIMEDELTA was set to something else
        seconds = pause.total_seconds() if isinstance(pause, timedelta) else float(pause)
        return SendError("Telegram asks for a pause", retry_after_s=seconds)
    return SendError(
        f"Telegram refused or could not be reached ({name})",
        permanent=isinstance(error, USELESS_TO_REPEAT),
        unknown=_may_have_arrived(error),
    )


def _may_have_arrived(error: TelegramError) -> bool:
    """Whether the request left us and nothing readable came back: no answer, a broken connection, or nonsense with status 200."""
    if isinstance(error.__cause__, httpx.HTTPError):
        return not isinstance(error.__cause__, NEVER_LEFT)
    return isinstance(error, TimedOut) or type(error) is TelegramError


def settle_press(client: BotClient, press: Press) -> None:
    """Once a press is stored: stop the button from looking busy and take its keyboard away. Nobody waits for it."""
    client.start(answer_press(client.bot, press.callback_id))
    client.start(remove_keyboard(client.bot, press.chat_id, press.message_id))


async def answer_press(bot: Bot, callback_id: str) -> None:
    """Stop a button from looking busy. After a quarter of an hour Telegram refuses, which harms nobody."""
    try:
        await bot.answer_callback_query(callback_id)
    except TelegramError as error:
        logger.info("a press was not answered", extra={"callback": callback_id, "error": type(error).__name__})


async def remove_keyboard(bot: Bot, chat_id: int, message_id: int) -> None:
    """Take the buttons from under a message; where they are gone already, Telegram refuses."""
    try:
        await bot.edit_message_reply_markup(chat_id=chat_id, message_id=message_id, reply_markup=None)
    except TelegramError as error:
        logger.info("a keyboard was not removed", extra={"message": message_id, "error": type(error).__name__})


def _check(sending: Sending) -> None:
    if _units(sending.text) > MessageLimit.MAX_TEXT_LENGTH:
        raise SendError(f"the text is longer than Telegram takes ({_units(sending.text)})", permanent=True)
    if not sending.address.lstrip("-").isdecimal():
        raise SendError("the address is no chat id", permanent=True)
    if any(len(button.press.encode()) > InlineKeyboardButtonLimit.MAX_CALLBACK_DATA for button in sending.buttons):
        raise SendError("a button's id is longer than Telegram takes", permanent=True)


def _units(text: str) -> int:
    """UTF-16 units, in which Telegram counts; most emoji are two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _fits(row: Sequence[Button]) -> bool:
    """Whether a row can be read: Telegram makes its buttons equally wide."""
    widest = max(len(button.text) for button in row)
    return len(row) * (widest + BESIDE_LABEL) <= ROW_WIDTH
