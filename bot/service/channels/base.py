"""What every channel does: read a foreign message into ours, send ours, translate its errors. No rule stands in a channel."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.service.models.words import InboundKind
from bot.shared.codebook import Channel


@dataclass(frozen=True)
class Inbound:
    """A message as the door takes it, whatever channel it came by."""

    channel: Channel
    provider_id: str  # names the event, not the message: a retry has the same, an edit another
    address: str  # E.164 number, chat code, Telegram chat id
    kind: InboundKind
    text: str = ""  # what was written; of a press: the button's id `<outbound id>:<option id>`
    sent_at: datetime | None = None  # aware, by the sender's clock; None where the channel does not tell
    edits: str | None = None  # provider id of the message that this one amends
    media: bytes | None = None  # fetched, not yet encrypted
    names: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Button:
    """A choice under a message. `press` is what comes back: `<outbound id>:<option id>`."""

    text: str
    press: str


@dataclass(frozen=True)
class Sending:
    """One message on its way out. `reference` is ours and the same at every try."""

    reference: str
    address: str
    text: str
    buttons: tuple[Button, ...] = ()


class SendError(Exception):
    """A message could not be handed over. No personal data in the sentence.

    permanent: another try is useless. blocked: the citizen has blocked us, which counts as STOP.
    retry_after_s: the provider asked for this pause.
    unknown: the request left us and no answer came: it may have been handed over, so another try may send it twice.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool = False,
        blocked: bool = False,
        retry_after_s: float | None = None,
        unknown: bool = False,
    ) -> None:
        super().__init__(message)
        self.permanent = permanent or blocked
        self.blocked = blocked
        self.retry_after_s = retry_after_s
        self.unknown = unknown


class ReceiptState(StrEnum):
    """What a provider says of a message that it took. The last three are final."""

    ACCEPTED = "accepted"  # buffered, on its way
    DELIVERED = "delivered"
    FAILED = "failed"
    EXPIRED = "expired"  # the phone was off until the message's time ran out


@dataclass(frozen=True)
class Receipt:
    """A delivery receipt. `reference` is ours (`Sending.reference`); `provider_id` the provider's id of the message.

    At least one of the two is set; where both are, `reference` counts.
    """

    channel: Channel
    state: ReceiptState
    reference: str | None = None
    provider_id: str | None = None
    at: datetime | None = None  # aware, by the provider's clock; None where it does not tell


class Sender(Protocol):
    """The outbound half of a channel."""

    repeatable: bool  # sending the same `reference` twice reaches the citizen once

    def send(self, sending: Sending) -> str | None:
        """Hand the message over and return the provider's id of it, if it gives one.

        Raises:
            SendError: with what it asks of the outbox.
        """
