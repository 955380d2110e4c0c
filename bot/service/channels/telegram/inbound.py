"""Reads Telegram's updates into our own messages. Only private chats with people are read."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from telegram import CallbackQuery, ChatMemberUpdated, Message, Update
from telegram.constants import ChatMemberStatus, ChatType, UpdateType

from bot.service.channels.base import Inbound
from bot.service.channels.telegram.content import Content, read_content
from bot.service.errors import UnreadableMessageError
from bot.service.models.words import InboundKind
from bot.shared.codebook import Channel

READ = (UpdateType.MESSAGE, UpdateType.EDITED_MESSAGE, UpdateType.CALLBACK_QUERY, UpdateType.MY_CHAT_MEMBER)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Press:
    """A pressed button that Telegram shows as busy until it is answered, and the message under which it stands."""

    callback_id: str
    chat_id: int
    message_id: int


@dataclass(frozen=True)
class Arrived:
    """One update. `message` is None where it is nothing that a citizen said to us."""

    update_id: int
    message: Inbound | None
    press: Press | None = None


def read_json(content: Any) -> Arrived:
    """An update as it came over the wire. What the library cannot make out is kept for a human, if it is a message.

    Raises:
        UnreadableMessageError: it is no update at all.
    """
    update_id = content.get("update_id") if isinstance(content, dict) else None
    if not isinstance(update_id, int):
        raise UnreadableMessageError("the body is not an update")
    try:
        update = Update.de_json(content, None)
        return Arrived(update_id, _read(update, content), read_press(update))
    except Exception:  # whatever the library trips over in a new or odd shape: the citizen's message must not be lost
        logger.exception("an update has a shape that is not known", extra={"update": update_id})
        return Arrived(update_id, _salvage(content))


def _read(update: Update, content: Mapping[str, Any]) -> Inbound | None:
    """The citizen's message in an update; None for groups, channels, bots and all that is no message to us."""
    if update.callback_query is not None:
        return _read_callback(update.callback_query)
    if update.message is not None:
        return _read_message(update.message, content["message"])
    if update.edited_message is not None:
        return _read_edit(update.edited_message, content["edited_message"])
    if update.my_chat_member is not None:
        return _read_membership(update.my_chat_member)
    return None


def read_press(update: Update) -> Press | None:
    """Which button is to be answered, and under which message it stands."""
    query = update.callback_query
    if query is None or query.message is None or query.message.chat.type != ChatType.PRIVATE:
        return None
    return Press(query.id, query.message.chat.id, query.message.message_id)


def message_provider_id(chat_id: int, message_id: int, version: int = 0) -> str:
    """The event's name: `version` is 0 for the message as first sent, then the Unix time of the edit."""
    return f"message:{chat_id}:{message_id}:{version}"


def _read_callback(query: CallbackQuery) -> Inbound | None:
    if query.message is None or query.data is None or query.message.chat.type != ChatType.PRIVATE:
        return None
    address = str(query.message.chat.id)
    return Inbound(Channel.TELEGRAM, f"press:{query.id}", address, InboundKind.PRESS, text=query.data)


def _read_message(message: Message, content: Mapping[str, Any]) -> Inbound | None:
    if not _is_from_a_person(message):
        return None
    found = read_content(content)
    return None if found is None else _inbound(message, found, sent_at=message.date)


def _read_edit(message: Message, content: Mapping[str, Any]) -> Inbound | None:
    """A new version of a message. A live location is edited every few seconds: its first place is enough."""
    if not _is_from_a_person(message) or message.location is not None or message.edit_date is None:
        return None
    found = read_content(content)
    if found is None:
        return None
    return _inbound(message, found, sent_at=message.edit_date, version=int(message.edit_date.timestamp()))


def _read_membership(change: ChatMemberUpdated) -> Inbound | None:
    """The citizen has blocked the bot."""
    if change.chat.type != ChatType.PRIVATE or change.new_chat_member.status != ChatMemberStatus.BANNED:
        return None
    provider_id = f"left:{change.chat.id}:{int(change.date.timestamp())}"
    return Inbound(Channel.TELEGRAM, provider_id, str(change.chat.id), InboundKind.LEFT, sent_at=change.date)


def _is_from_a_person(message: Message) -> bool:
    from_bot = message.from_user is not None and message.from_user.is_bot
    return message.chat.type == ChatType.PRIVATE and not from_bot


def _inbound(message: Message, found: Content, *, sent_at: datetime, version: int = 0) -> Inbound:
    chat_id, message_id = message.chat.id, message.message_id
    return Inbound(
        Channel.TELEGRAM,
        message_provider_id(chat_id, message_id, version),
        str(chat_id),
        found.kind,
        text=found.text,
        sent_at=sent_at,
        edits=message_provider_id(chat_id, message_id) if version else None,
        attachments=found.attachments,
    )


def _salvage(content: Mapping[str, Any]) -> Inbound | None:
    """What a message holds, or at least that there was one, without the library."""
    message = content.get("message") or content.get("edited_message")
    chat = message.get("chat") if isinstance(message, dict) else None
    if not isinstance(message, dict) or not isinstance(chat, dict) or chat.get("type") != ChatType.PRIVATE:
        return None
    chat_id, message_id = chat.get("id"), message.get("message_id")
    if not isinstance(chat_id, int) or not isinstance(message_id, int):
        return None
    provider_id = message_provider_id(chat_id, message_id, int(content["update_id"]) if "edited_message" in content else 0)
    found = read_content(message)
    if found is None:
        return None
    return Inbound(
        Channel.TELEGRAM, provider_id, str(chat_id), found.kind, text=found.text, attachments=found.attachments
    )
