"""Reads what the chat page posts into our own message."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from bot.service.channels.base import Inbound
from bot.service.errors import UnreadableMessageError
from bot.service.models.words import InboundKind
from bot.shared.codebook import Channel

MAX_TEXT_BYTES = 48 * 1024  # the page stops at 2,000 characters; this is what may come past it (10,000 emoji)
_ID = re.compile(r"[A-Za-z0-9._:-]{1,100}")
_PRESS = re.compile(r"[0-9]{1,18}:[A-Za-z0-9_.-]{1,60}")
OPENING = "open:"  # how the provider ids of our own openings begin


def read(body: Mapping[str, Any], address: str) -> Inbound:
    """`{"id", "text"}` or `{"id", "press"}` as a message from this chat code. A blank text is a message too.

    Raises:
        UnreadableMessageError: saying what is wrong, never what was written.
    """
    message_id, text, press = body.get("id"), body.get("text"), body.get("press")
    if not isinstance(message_id, str) or not _ID.fullmatch(message_id):
        raise UnreadableMessageError("`id` must be 1 to 100 letters, digits or one of . _ : -")
    if message_id.startswith(OPENING):
        raise UnreadableMessageError(f"`id` must not begin with {OPENING!r}: that is how openings are named")
    if (text is None) == (press is None):
        raise UnreadableMessageError("give either `text` or `press`")
    event = f"{_fingerprint(address)}:{message_id}"
    if press is not None:
        return Inbound(Channel.WEBCHAT, event, address, InboundKind.PRESS, text=_checked_press(press))
    return Inbound(Channel.WEBCHAT, event, address, InboundKind.TEXT, text=_checked_text(text))


def read_opening(session_hash: str, address: str) -> Inbound:
    """The event that a browser has opened the chat of this code; the same session opens once."""
    return Inbound(Channel.WEBCHAT, f"{OPENING}{session_hash[:32]}", address, InboundKind.OPEN)


def page_id(provider_id: str) -> str:
    """The id that the page gave a message, without the chat's fingerprint before it."""
    return provider_id.partition(":")[2]


def _fingerprint(address: str) -> str:
    """Ids are made by browsers, so they name an event within one chat only. No code stands in the event's name."""
    return hashlib.sha256(address.encode()).hexdigest()[:16]


def _checked_press(press: Any) -> str:
    if not isinstance(press, str) or not _PRESS.fullmatch(press):
        raise UnreadableMessageError("`press` must be `<message id>:<button id>`")
    return press


def _checked_text(text: Any) -> str:
    if not isinstance(text, str):
        raise UnreadableMessageError("`text` must be a string")
    if len(text.encode("utf-8", "surrogatepass")) > MAX_TEXT_BYTES:
        raise UnreadableMessageError(f"`text` is longer than {MAX_TEXT_BYTES} bytes")
    return text
