"""At which hours we write to people who have not just written to us. Hours are Europe/Copenhagen, times aware UTC."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.service.clock import COPENHAGEN
from bot.service.logic.deadlines import is_working_day
from bot.service.settings import Settings
from bot.shared.codebook import Audience, Channel

WITHOUT_WINDOW = frozenset({Channel.WEBCHAT})  # nothing rings: the words wait for whoever opens the page


@dataclass(frozen=True)
class Window:
    """Whole hours of the day, on working days unless `every_day`."""

    opens: int
    closes: int  # 24 is midnight
    every_day: bool = False

    def is_open(self, at: datetime) -> bool:
        """Whether this moment is inside."""
        local = at.astimezone(COPENHAGEN)
        return self._is_open_on(local.date()) and self.opens <= local.hour < self.closes

    def next_opening(self, at: datetime) -> datetime:
        """The first opening after this moment."""
        day = at.astimezone(COPENHAGEN).date()
        while not self._is_open_on(day) or _opening(day, self.opens) <= at:
            day += timedelta(days=1)
        return _opening(day, self.opens)

    def _is_open_on(self, day: date) -> bool:
        return self.every_day or is_working_day(day)


def window_of(settings: Settings, channel: Channel, audience: Audience) -> Window | None:
    """When invitations and reminders go out to these people on this channel; None: at any time."""
    if channel in WITHOUT_WINDOW:
        return None
    opens, closes = settings.sending_hours[audience]
    return Window(opens, closes)


def calling_hours(settings: Settings) -> Window:
    """When people may be rung or asked about it. Every day: the 24 hours of a complaint run on through holidays."""
    return Window(settings.calling_from, settings.calling_until, every_day=True)


def _opening(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=COPENHAGEN).astimezone(UTC)
