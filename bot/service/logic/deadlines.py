"""When a human must have acted. All times in and out are aware UTC; hours of the day are Europe/Copenhagen.

Sources: the design's section 5 (24 hours in elapsed time; calling hours; bands of danger) and section 3 (three working days).
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path

import yaml

from bot.service.clock import COPENHAGEN
from bot.service.errors import ConfigurationError
from bot.service.models.words import CaseKind
from bot.service.settings import Settings
from bot.shared.codebook import Concern, Role

ALARM_MINUTES = 15
READ_FIRST_HOURS = 2
READ_FIRST_FROM, READ_FIRST_UNTIL = 7, 22  # outside: by 8
READ_FIRST_MORNING = 8
QUESTION_WORKING_DAYS = 3
OFFICE_CLOSES = 16
CLOSED_DAYS_FILE = Path(__file__).with_name("closed_days.yml")


@dataclass(frozen=True)
class Deadline:
    """`due_at` is the promise; `ring_senest` the last moment within calling hours not after it; `policy` the rule's version."""

    due_at: datetime
    ring_senest: datetime
    policy: str


def deadline_for(
    kind: CaseKind, band: Concern, role: Role | None, received_at: datetime, settings: Settings
) -> Deadline:
    """The deadline of a new case; stored with it and never computed again."""
    if band is not Concern.NEJ:
        due = alarm_due(received_at) if band is Concern.AKUT else read_first_due(received_at)
        return Deadline(due, due, f"band-{band}")
    if kind is CaseKind.SPOERGSMAAL:
        due = working_days_later(received_at, QUESTION_WORKING_DAYS)
        return Deadline(due, due, f"{QUESTION_WORKING_DAYS}-hverdage")
    if kind is CaseKind.UBEHANDLET and role is Role.BARN:
        due = read_first_due(received_at)
        return Deadline(due, due, "band-ja")
    hours = settings.complaint_hours
    due = received_at + timedelta(hours=hours)
    return Deadline(due, last_calling_moment(due, settings.calling_from, settings.calling_until), f"{hours}-timer")


def alarm_due(received_at: datetime) -> datetime:
    """A named human within 15 minutes at any hour."""
    return received_at + timedelta(minutes=ALARM_MINUTES)


def read_first_due(received_at: datetime) -> datetime:
    """Within 2 hours between 7 and 22, else by 8."""
    local = received_at.astimezone(COPENHAGEN)
    if READ_FIRST_FROM <= local.hour < READ_FIRST_UNTIL:
        return received_at + timedelta(hours=READ_FIRST_HOURS)
    day = local.date() if local.hour < READ_FIRST_FROM else local.date() + timedelta(days=1)
    return _local(day, time(READ_FIRST_MORNING))


def last_calling_moment(due_at: datetime, calling_from: int, calling_until: int) -> datetime:
    """The last moment within calling hours (whole hours, every day) that is not after `due_at`."""
    local = due_at.astimezone(COPENHAGEN)
    opens = _local(local.date(), time(calling_from))
    closes = _closing(local.date(), calling_until)
    if due_at < opens:
        return _closing(local.date() - timedelta(days=1), calling_until)
    return min(due_at, closes)


def working_days_later(received_at: datetime, days: int) -> datetime:
    """The office's closing hour on the `days`-th working day after the day of `received_at`."""
    day = received_at.astimezone(COPENHAGEN).date()
    while days > 0:
        day += timedelta(days=1)
        days -= is_working_day(day)
    return _local(day, time(OFFICE_CLOSES))


def is_working_day(day: date) -> bool:
    """Whether offices are open: no Saturday, Sunday or day of closed_days.yml."""
    return day.weekday() < 5 and day not in closed_days()


@cache
def closed_days() -> frozenset[date]:
    """The public holidays and office closing days of closed_days.yml.

    Raises:
        ConfigurationError: where the list holds something that is no date.
    """
    days = yaml.safe_load(CLOSED_DAYS_FILE.read_text(encoding="utf-8"))["closed"]
    if not all(type(day) is date for day in days):
        raise ConfigurationError(f"{CLOSED_DAYS_FILE.name}: every entry must be a date such as 2026-12-24")
    return frozenset(days)


def _closing(day: date, hour: int) -> datetime:
    return _local(day + timedelta(days=1), time(0)) if hour == 24 else _local(day, time(hour))


def _local(day: date, at: time) -> datetime:
    return datetime.combine(day, at, tzinfo=COPENHAGEN).astimezone(UTC)
