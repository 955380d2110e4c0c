"""Stand-ins with the real interface: a clock that stands still, a channel that remembers what it was given."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.service.channels.base import Rate, Receipts, SendError, Sending
from bot.service.clock import Clock

WEDNESDAY_NOON = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)  # 12:00 in Copenhagen, winter time


class FakeClock(Clock):
    """Business time that moves only when told to."""

    def __init__(self, now: datetime = WEDNESDAY_NOON) -> None:
        super().__init__(None)
        object.__setattr__(self, "moment", now)

    def now(self) -> datetime:
        return self.moment

    def set(self, now: datetime) -> None:
        object.__setattr__(self, "moment", now)

    def advance(self, seconds: float) -> datetime:
        self.set(self.moment + timedelta(seconds=seconds))
        return self.moment


@dataclass
class FakeBridge:
    """A channel's outbound half; `errors` are raised in turn before anything is taken."""

    repeatable: bool = False
    receipts: Receipts = Receipts.NONE
    rate: Rate | None = None
    sent: list[Sending] = field(default_factory=list)
    errors: list[SendError] = field(default_factory=list)

    def send(self, sending: Sending) -> str | None:
        if self.errors:
            raise self.errors.pop(0)
        self.sent.append(sending)
        return f"provider-{len(self.sent)}"
