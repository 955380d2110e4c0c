"""Reads what Kannel brings: a citizen's SMS (`post-url`), and what became of one of ours (`dlr-url`)."""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message

from bot.service.channels.base import Inbound, Receipt, ReceiptState
from bot.service.channels.sms.numbers import NOBODY, read_sender
from bot.service.errors import UnreadableMessageError
from bot.service.models.words import InboundKind
from bot.shared.codebook import Channel

# The bits of Kannel's dlr-mask. They come in any order: 8 may follow 1.
STATES = {
    "1": ReceiptState.DELIVERED,
    "2": ReceiptState.FAILED,
    "4": ReceiptState.ACCEPTED,  # queued at the SMS centre
    "8": ReceiptState.ACCEPTED,  # taken by the SMS centre
    "16": ReceiptState.FAILED,  # refused by the SMS centre
}
BINARY = "application/octet-stream"

_ID = re.compile(r"[A-Za-z0-9-]{1,100}")
_REFERENCE = re.compile(r"[0-9]{1,18}")
_SECONDS = re.compile(r"[0-9]{1,11}")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Call:
    """One SMS as Kannel posts it: id and time in the query, the sender in a header, the text as the body."""

    query: Mapping[str, str]
    sender: str
    content_type: str
    body: bytes


def read_message(call: Call) -> Inbound:
    """A citizen's message. Whatever is odd about it but the id, it is kept: bytes that are no text go before a human too.

    Raises:
        UnreadableMessageError: Kannel names no id, so that its next try could not be told from a second message.
    """
    message_id = call.query.get("id", "")
    if not _ID.fullmatch(message_id):
        raise UnreadableMessageError("`id` is missing: `post-url` in Kannel's configuration must end with ?id=%I&ts=%T")
    sender = read_sender(call.sender)
    if sender == NOBODY:
        logger.error("Kannel names no sender: `send-sender = true` is missing in its configuration")
    text, is_text = _read_text(call)
    kind = InboundKind.TEXT if is_text else InboundKind.MEDIA
    return Inbound(Channel.SMS, message_id, sender, kind, text=text, sent_at=_read_time(call.query.get("ts")))


def read_receipt(query: Mapping[str, str]) -> Receipt:
    """What became of a message of ours.

    Raises:
        UnreadableMessageError: it names no message of ours or no state.
    """
    reference, state = query.get("ref", ""), STATES.get(query.get("type", ""))
    if not _REFERENCE.fullmatch(reference) or state is None:
        raise UnreadableMessageError("`ref` and `type` must be those that `dlr-url` asked for")
    return Receipt(Channel.SMS, state, reference=reference, at=_read_time(query.get("ts")))


def _read_text(call: Call) -> tuple[str, bool]:
    """The text, and whether all of it could be read. PostgreSQL stores no NUL, which is nothing that a citizen writes."""
    header = Message()
    header["content-type"] = call.content_type
    charset = header.get_content_charset("utf-8")
    try:
        return call.body.decode(charset).replace("\0", ""), header.get_content_type() != BINARY
    except (UnicodeDecodeError, LookupError):
        logger.warning("an SMS holds what is no text; a human looks at it", extra={"charset": charset[:20]})
    readable = "utf-16-be" if charset.startswith("utf-16") else "utf-8"
    return call.body.decode(readable, "replace").replace("\0", ""), False


def _read_time(seconds: str | None) -> datetime | None:
    return datetime.fromtimestamp(int(seconds), UTC) if seconds and _SECONDS.fullmatch(seconds) else None
