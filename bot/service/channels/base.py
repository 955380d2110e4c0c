"""What every channel does: read a foreign message into ours, send ours, translate its errors. No rule stands in a channel."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.service.models.words import InboundKind, MediaKind
from bot.shared.codebook import Channel


@dataclass(frozen=True)
class Attachment:
    """What came with a message and must be fetched from the channel; a place says all it has at once."""

    kind: MediaKind
    remote_id: str = ""  # the channel's key to the content: encrypted at rest, in no log and no address of ours
    size: int | None = None  # bytes, as the channel says; None where it does not
    mime: str | None = None  # as the sender's app says
    said: str | None = None  # what it holds, in words; then nothing is fetched


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
    attachments: tuple[Attachment, ...] = ()
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
    closed: tuple[str, ...] = ()  # provider's ids of earlier messages whose buttons answer nothing any more


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


class Receipts(StrEnum):
    """Whether a channel tells afterwards what became of a message, and by which name it calls the message."""

    NONE = "none"  # handing over is the last that we hear
    BY_ID = "by_id"  # by its own id alone, which we do not have where its answer was lost
    BY_REFERENCE = "by_reference"  # by ours, so that a receipt settles an unknown outcome too


@dataclass(frozen=True)
class Rate:
    """How fast a provider takes messages, kept by each worker process for itself."""

    per_second: float  # over all addresses
    each: float | None = None  # a second to one address; None: no limit of its own


class Sender(Protocol):
    """The outbound half of a channel."""

    repeatable: bool  # sending the same `reference` twice reaches the citizen once
    receipts: Receipts  # where it is not NONE, 72 h without a receipt is a time-out
    rate: Rate | None  # None: as fast as messages come; SMS bridges have None, GENKLANG_SMS_PER_SECOND is theirs

    def send(self, sending: Sending) -> str | None:
        """Hand the message over and return the provider's id of it, if it gives one.

        Raises:
            SendError: with what it asks of the outbox.
        """


class FetchError(Exception):
    """An attachment was not had. No personal data in the sentence.

    too_large: the channel gives nothing of this size away; another try is useless.
    retry_after_s: the provider asked for this pause.
    """

    def __init__(self, message: str, *, too_large: bool = False, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.too_large = too_large
        self.retry_after_s = retry_after_s


class Fetcher(Protocol):
    """What a channel with attachments has beside its sender."""

    def fetch(self, remote_id: str) -> bytes:
        """The content of an attachment.

        Raises:
            FetchError: with what to do about it.
        """
