"""Reads what the provider brings: citizens' messages and the states of ours. Only signed claims are read."""

import hashlib
import json
import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.service.channels.base import Inbound, Receipt, ReceiptState
from bot.service.channels.sms.numbers import MOST_OF_A_NAME, NOBODY
from bot.service.models.words import InboundKind
from bot.shared.codebook import Channel

# The seven final states, then those on the way. They come in any order.
STATES = {
    "DELIVERED": ReceiptState.DELIVERED,
    "EXPIRED": ReceiptState.EXPIRED,
    "DELETED": ReceiptState.FAILED,  # cancelled at the provider
    "UNDELIVERABLE": ReceiptState.FAILED,
    "REJECTED": ReceiptState.FAILED,
    "SKIPPED": ReceiptState.FAILED,  # taken, then left out by a rule of the network
    # The network took it "on the end user's behalf", and no more will be heard. Nobody has seen it on a phone.
    "ACCEPTED": ReceiptState.ACCEPTED,
    "UNKNOWN": ReceiptState.ACCEPTED,
    "SCHEDULED": ReceiptState.ACCEPTED,
    "BUFFERED": ReceiptState.ACCEPTED,
    "ENROUTE": ReceiptState.ACCEPTED,
}
OF_A_MESSAGE = frozenset({"message", "payload", "senttime", "receiver"})  # claims that none but a citizen's message has
OURS = "genklang:"  # before our reference: an account may serve other systems too, whose references are numbers as well

# The country always stands before it, unlike in what numbers.py reads: 45120400 is a Danish short code. So are shorter ones.
_PHONE = re.compile(r"(?!45)[1-9][0-9]{6,14}|45[0-9]{8,13}")
_DIGITS = re.compile(r"[0-9]{1,20}")

logger = logging.getLogger(__name__)


def is_message(claims: Mapping[str, Any]) -> bool:
    """Whether this may be something that a citizen wrote."""
    return "status" not in claims and not OF_A_MESSAGE.isdisjoint(claims)


def read_message(claims: Mapping[str, Any]) -> Inbound:
    """A citizen's message. Whatever is odd about it, it is kept: a text as text, all else as something a human looks at."""
    text = claims.get("message")
    if isinstance(text, int | float):
        text = str(text)
    kind = InboundKind.TEXT if isinstance(text, str) else InboundKind.MEDIA
    return Inbound(
        Channel.SMS,
        _event_id(claims),
        _address(claims),
        kind,
        text=text if isinstance(text, str) else "",
        sent_at=_time(claims.get("senttime")),
    )


def read_receipt(claims: Mapping[str, Any]) -> Receipt | None:
    """The state of a message of ours; None if the message is another system's or the state none that we know."""
    reference = str(claims.get("userref"))
    number = _digits(reference.removeprefix(OURS))
    if not reference.startswith(OURS) or not number:
        return None
    state = STATES.get(str(claims.get("status")).upper())
    if state is None:
        logger.warning("a delivery state is not known", extra={"gatewayapi_id": _digits(claims.get("id"))})
        return None
    return Receipt(
        Channel.SMS,
        state,
        reference=number,
        provider_id=_digits(claims.get("id")) or None,
        at=_time(claims.get("time")),
    )


def _event_id(claims: Mapping[str, Any]) -> str:
    """The provider's id; without one, a hash of all claims, which the sending time makes the message's own."""
    number = _digits(claims.get("id"))
    if number:
        return f"gatewayapi:{number}"
    content = json.dumps(claims, sort_keys=True)
    return f"gatewayapi:hash:{hashlib.sha256(content.encode()).hexdigest()}"


def _address(claims: Mapping[str, Any]) -> str:
    """The number as `+4500000012`; a short code or a name as it is: what came is kept, and nothing can be sent there."""
    number = _digits(claims.get("msisdn"))
    if _PHONE.fullmatch(number):
        return f"+{number}"
    name = claims.get("sender")
    return (name.strip()[:MOST_OF_A_NAME] if isinstance(name, str) else "") or number.lstrip("0") or NOBODY


def _digits(value: Any) -> str:
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return text if _DIGITS.fullmatch(text) and text.isascii() else ""


def _time(value: Any) -> datetime | None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None
