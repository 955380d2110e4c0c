"""How fast one channel sends: tokens by its rate, and the pauses that its provider asks for.

Machine time, and each worker process for itself. One thread uses a pace.
"""

from datetime import datetime, timedelta

from bot.service.channels.base import Rate, Sender
from bot.service.channels.sms.settings import REAL_BRIDGES
from bot.service.clock import machine_now
from bot.service.settings import Settings
from bot.shared.codebook import Channel


class Pace:
    """Tokens for one second at most, so that what was idle for long sends no faster than the provider takes."""

    def __init__(self, rate: Rate | None = None) -> None:
        self.rate = rate
        self._latest = self._filled_at = self._held_until = machine_now()
        self._tokens = self._most()
        self._rested_at: dict[int, datetime] = {}  # by conversation: when it may be written to again
        self._pauses: dict[int, datetime] = {}  # by conversation: until when its provider asked to wait

    def is_open(self) -> bool:
        """Whether anything may be sent now on this channel."""
        now = self._now()
        if self.rate is not None:
            gained = (now - self._filled_at).total_seconds() * self.rate.per_second
            self._tokens, self._filled_at = min(self._most(), self._tokens + gained), now
        return now >= self._held_until and (self.rate is None or self._tokens >= 1)

    def resting(self) -> list[int]:
        """The conversations that were written to so lately that they must wait, while others need not."""
        now = self._now()
        self._rested_at = {address: at for address, at in self._rested_at.items() if at > now}
        return list(self._rested_at)

    def note_try(self, conversation_id: int) -> None:
        """A message goes out to this conversation now, whatever comes of it."""
        now = self._now()
        if self.rate is None:
            return
        self._tokens -= 1
        if self.rate.each is not None:
            self._rested_at[conversation_id] = now + timedelta(seconds=1 / self.rate.each)

    def note_pause(self, conversation_id: int, seconds: float) -> None:
        """The provider asks for a pause. A second address that meets one meanwhile shows that it is meant for all.

        No provider says for whom a 429 is meant. Held up at once, all would wait for one busy chat; never held up, each of
        hundreds of rows would meet the 429 for itself.
        """
        now = self._now()
        self._pauses = {address: until for address, until in self._pauses.items() if until > now}
        self._pauses[conversation_id] = now + timedelta(seconds=seconds)
        if len(self._pauses) > 1:
            self._held_until = max(self._pauses.values())

    def _most(self) -> float:
        return max(1.0, self.rate.per_second) if self.rate else 0.0

    def _now(self) -> datetime:
        now = machine_now()
        if now < self._latest:  # the clock was set back: what was counted by the old time would last for hours
            self._filled_at = self._held_until = now
            self._rested_at.clear()
            self._pauses.clear()
        self._latest = now
        return now


def pace_of(settings: Settings, channel: Channel, sender: Sender) -> Pace:
    """The pace of a channel as this process begins with it; how fast SMS may go stands in the contract with the provider."""
    if channel is Channel.SMS and settings.sms_bridge in REAL_BRIDGES:
        return Pace(Rate(settings.sms_per_second))
    return Pace(sender.rate)
