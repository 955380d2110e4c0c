"""The SMS bridge of development mode: a page stands in for the phones, and what we send stays in our tables."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from bot.service.channels.base import Inbound, Rate, Receipts, Sending
from bot.service.channels.sms.numbers import read_number
from bot.service.errors import UnreadableMessageError
from bot.service.models.words import InboundKind
from bot.shared.codebook import Channel

MAX_TEXT_BYTES = 48 * 1024
_ID = re.compile(r"[A-Za-z0-9._:-]{1,100}")


def read(body: Mapping[str, Any]) -> Inbound:
    """`{"from", "text", "id"}` as a message; eight digits alone are a Danish number. A blank text is a message too.

    Raises:
        UnreadableMessageError: saying what is wrong, never what was written.
    """
    message_id, text = body.get("id"), body.get("text")
    if not isinstance(message_id, str) or not _ID.fullmatch(message_id):
        raise UnreadableMessageError("`id` must be 1 to 100 letters, digits or one of . _ : -")
    if not isinstance(text, str):
        raise UnreadableMessageError("`text` must be a string")
    if len(text.encode("utf-8", "surrogatepass")) > MAX_TEXT_BYTES:
        raise UnreadableMessageError(f"`text` is longer than {MAX_TEXT_BYTES} bytes")
    number = read_number(body.get("from"))
    event = f"{hashlib.sha256(number.encode()).hexdigest()[:16]}:{message_id}"  # ids are made per phone here
    return Inbound(Channel.SMS, event, number, InboundKind.TEXT, text=text)


class SimulatorSender:
    """Handing over is all there is to do: the simulator page shows the rows that are handed over."""

    repeatable = True
    receipts = Receipts.NONE
    rate: Rate | None = None

    def send(self, sending: Sending) -> None:
        """Nothing leaves the machine, so nothing can fail and there is no provider's id."""
