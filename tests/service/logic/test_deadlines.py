"""When a human must have acted: both sides of every border by a second, with the weekday written out."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.service.clock import COPENHAGEN
from bot.service.errors import ConfigurationError
from bot.service.logic import deadlines
from bot.service.logic.deadlines import (
    closed_days,
    deadline_for,
    is_working_day,
    last_calling_moment,
    read_first_due,
    working_days_later,
)
from bot.service.models.words import CaseKind
from bot.service.settings import Settings, read_settings
from bot.shared.codebook import Concern, Role
from tests.service_fixtures import ENVIRONMENT

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@pytest.fixture
def settings() -> Settings:
    return read_settings(ENVIRONMENT)


def at(words: str) -> datetime:
    """`Wed 2026-11-18 06:59:59` of Copenhagen in UTC; `(2)` behind it is the second time of an hour that comes twice."""
    weekday, day, time, *second = words.split()
    local = datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=COPENHAGEN, fold=len(second))
    assert WEEKDAYS[local.weekday()] == weekday, f"{day} is a {WEEKDAYS[local.weekday()]}"
    return local.astimezone(UTC)


READ_FIRST = [
    ("Wed 2026-11-18 00:00:00", "Wed 2026-11-18 08:00:00"),
    ("Wed 2026-11-18 06:59:59", "Wed 2026-11-18 08:00:00"),
    ("Wed 2026-11-18 07:00:00", "Wed 2026-11-18 09:00:00"),
    ("Wed 2026-11-18 21:59:59", "Wed 2026-11-18 23:59:59"),
    ("Wed 2026-11-18 22:00:00", "Thu 2026-11-19 08:00:00"),
    ("Wed 2026-11-18 23:59:59", "Thu 2026-11-19 08:00:00"),
    ("Thu 2026-12-24 22:00:00", "Fri 2026-12-25 08:00:00"),
    # Clocks go back at 3:00: the night is an hour longer.
    ("Sat 2026-10-24 22:00:00", "Sun 2026-10-25 08:00:00"),
    ("Sun 2026-10-25 02:30:00", "Sun 2026-10-25 08:00:00"),
    ("Sun 2026-10-25 02:30:00 (2)", "Sun 2026-10-25 08:00:00"),
    # Clocks go forward at 2:00.
    ("Sat 2027-03-27 22:00:00", "Sun 2027-03-28 08:00:00"),
    ("Sun 2027-03-28 01:59:59", "Sun 2027-03-28 08:00:00"),
    ("Sun 2027-03-28 03:00:00", "Sun 2027-03-28 08:00:00"),
]


@pytest.mark.parametrize(("received", "due"), READ_FIRST)
def test_read_first_is_due_within_two_hours_of_the_day_else_by_eight(received: str, due: str) -> None:
    assert read_first_due(at(received)) == at(due)


CALLING = [
    ("Wed 2026-11-18 07:59:59", "Tue 2026-11-17 20:00:00"),
    ("Wed 2026-11-18 08:00:00", "Wed 2026-11-18 08:00:00"),
    ("Wed 2026-11-18 12:34:56", "Wed 2026-11-18 12:34:56"),
    ("Wed 2026-11-18 20:00:00", "Wed 2026-11-18 20:00:00"),
    ("Wed 2026-11-18 20:00:01", "Wed 2026-11-18 20:00:00"),
    ("Thu 2026-11-19 00:00:00", "Wed 2026-11-18 20:00:00"),
    ("Sun 2026-11-22 10:00:00", "Sun 2026-11-22 10:00:00"),  # every day
    ("Thu 2026-12-24 21:00:00", "Thu 2026-12-24 20:00:00"),
    ("Sun 2026-10-25 07:59:59", "Sat 2026-10-24 20:00:00"),
    ("Sun 2027-03-28 07:59:59", "Sat 2027-03-27 20:00:00"),
]


@pytest.mark.parametrize(("due", "calls_until"), CALLING)
def test_the_last_calling_moment_is_within_eight_and_twenty(due: str, calls_until: str) -> None:
    assert last_calling_moment(at(due), 8, 20) == at(calls_until)


@pytest.mark.parametrize(
    ("due", "calls_until"),
    [("Wed 2026-11-18 23:59:59", "Wed 2026-11-18 23:59:59"), ("Wed 2026-11-18 07:00:00", "Wed 2026-11-18 00:00:00")],
)
def test_calling_hours_may_end_at_midnight(due: str, calls_until: str) -> None:
    assert last_calling_moment(at(due), 8, 24) == at(calls_until)


COMPLAINTS = [
    ("Wed 2026-11-18 12:00:00", "Thu 2026-11-19 12:00:00", "Thu 2026-11-19 12:00:00"),
    ("Wed 2026-11-18 20:00:01", "Thu 2026-11-19 20:00:01", "Thu 2026-11-19 20:00:00"),
    ("Wed 2026-11-18 07:59:59", "Thu 2026-11-19 07:59:59", "Wed 2026-11-18 20:00:00"),
    ("Fri 2026-11-20 15:00:00", "Sat 2026-11-21 15:00:00", "Sat 2026-11-21 15:00:00"),
    ("Wed 2026-12-23 12:00:00", "Thu 2026-12-24 12:00:00", "Thu 2026-12-24 12:00:00"),
    # 24 hours have passed an hour earlier, or later, by the clock on the wall.
    ("Sat 2026-10-24 12:00:00", "Sun 2026-10-25 11:00:00", "Sun 2026-10-25 11:00:00"),
    ("Sun 2026-10-25 02:30:00", "Mon 2026-10-26 01:30:00", "Sun 2026-10-25 20:00:00"),
    ("Sat 2027-03-27 12:00:00", "Sun 2027-03-28 13:00:00", "Sun 2027-03-28 13:00:00"),
    ("Sat 2027-03-27 19:30:00", "Sun 2027-03-28 20:30:00", "Sun 2027-03-28 20:00:00"),
]


@pytest.mark.parametrize(("received", "due", "ring"), COMPLAINTS)
def test_a_complaint_is_due_in_exactly_24_hours(settings: Settings, received: str, due: str, ring: str) -> None:
    deadline = deadline_for(CaseKind.KLAGE, Concern.NEJ, None, at(received), settings)

    assert deadline.due_at - at(received) == timedelta(hours=24)
    assert (deadline.due_at, deadline.ring_senest, deadline.policy) == (at(due), at(ring), "24-timer")


def test_a_shorter_promise_is_kept_by_name() -> None:
    settings = read_settings(ENVIRONMENT | {"GENKLANG_COMPLAINT_HOURS": "12"})
    deadline = deadline_for(CaseKind.KLAGE, Concern.NEJ, None, at("Wed 2026-11-18 09:00:00"), settings)

    assert (deadline.due_at, deadline.policy) == (at("Wed 2026-11-18 21:00:00"), "12-timer")
    assert deadline.ring_senest == at("Wed 2026-11-18 20:00:00")


WORKING_DAYS = [
    ("Wed 2026-11-18 12:00:00", "Mon 2026-11-23 16:00:00"),
    ("Mon 2026-11-16 23:59:59", "Thu 2026-11-19 16:00:00"),
    ("Tue 2026-11-17 00:00:00", "Fri 2026-11-20 16:00:00"),
    ("Sat 2026-11-21 10:00:00", "Wed 2026-11-25 16:00:00"),
    ("Wed 2026-04-01 09:00:00", "Thu 2026-04-09 16:00:00"),  # Easter: 2, 3 and 6 April are closed
    ("Thu 2026-04-02 09:00:00", "Thu 2026-04-09 16:00:00"),
    ("Wed 2027-03-24 09:00:00", "Thu 2027-04-01 16:00:00"),  # Easter Sunday is the night of the clocks
    ("Tue 2026-12-22 09:00:00", "Tue 2026-12-29 16:00:00"),  # Christmas: 24 to 26 December are closed
    ("Wed 2026-12-30 09:00:00", "Wed 2027-01-06 16:00:00"),  # New Year
    ("Wed 2026-05-13 09:00:00", "Tue 2026-05-19 16:00:00"),  # Ascension
    ("Thu 2026-06-04 09:00:00", "Wed 2026-06-10 16:00:00"),  # 5 June
]


@pytest.mark.parametrize(("received", "due"), WORKING_DAYS)
def test_a_question_is_due_on_the_third_working_day(settings: Settings, received: str, due: str) -> None:
    deadline = deadline_for(CaseKind.SPOERGSMAAL, Concern.NEJ, None, at(received), settings)

    assert (deadline.due_at, deadline.ring_senest, deadline.policy) == (at(due), at(due), "3-hverdage")


def test_no_working_day_is_today() -> None:
    assert working_days_later(at("Wed 2026-11-18 12:00:00"), 1) == at("Thu 2026-11-19 16:00:00")


@pytest.mark.parametrize("received", ["Wed 2026-11-18 03:00:00", "Sun 2026-10-25 02:50:00", "Sun 2027-03-28 01:50:00"])
def test_an_alarm_is_due_in_fifteen_minutes_at_any_hour(settings: Settings, received: str) -> None:
    deadline = deadline_for(CaseKind.BEKYMRING, Concern.AKUT, None, at(received), settings)

    assert deadline.due_at - at(received) == timedelta(minutes=15)
    assert (deadline.ring_senest, deadline.policy) == (deadline.due_at, "band-akut")


@pytest.mark.parametrize("kind", CaseKind)
def test_a_band_goes_before_the_kind(settings: Settings, kind: CaseKind) -> None:
    deadline = deadline_for(kind, Concern.JA, None, at("Wed 2026-11-18 12:00:00"), settings)

    assert (deadline.due_at, deadline.policy) == (at("Wed 2026-11-18 14:00:00"), "band-ja")


@pytest.mark.parametrize(
    ("role", "due"),
    [
        (Role.BARN, "Wed 2026-11-18 14:00:00"),
        (Role.FORAELDER, "Thu 2026-11-19 12:00:00"),
        (None, "Thu 2026-11-19 12:00:00"),
    ],
)
def test_what_a_child_wrote_and_nobody_could_work_is_read_first(settings: Settings, role: Role | None, due: str) -> None:
    assert deadline_for(CaseKind.UBEHANDLET, Concern.NEJ, role, at("Wed 2026-11-18 12:00:00"), settings).due_at == at(due)


@pytest.mark.parametrize(
    ("day", "open_"),
    [
        ("2026-11-18", True),
        ("2026-11-21", False),
        ("2026-11-22", False),
        ("2026-05-01", True),  # Store bededag fell on it, and is none since 2024
        ("2026-06-05", False),
        ("2026-12-23", True),
        ("2026-12-24", False),
        ("2026-12-31", False),
    ],
)
def test_when_offices_are_open(day: str, open_: bool) -> None:
    assert is_working_day(date.fromisoformat(day)) is open_


def test_the_list_of_closed_days_has_a_year_left() -> None:
    assert max(closed_days()) >= datetime.now(COPENHAGEN).date() + timedelta(days=365), "add the next years to closed_days.yml"


def easter_sunday(year: int) -> date:
    """The Gregorian computus (Meeus, Jones and Butcher)."""
    golden, century, rest = year % 19, year // 100, year % 100
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    month, day = divmod(epact + weekday - 7 * ((golden + 11 * epact + 22 * weekday) // 451) + 114, 31)
    return date(year, month, day + 1)


@pytest.mark.parametrize("year", sorted({day.year for day in closed_days()}))
def test_every_listed_year_is_complete(year: int) -> None:
    easter = easter_sunday(year)
    movable = {easter + timedelta(days=days) for days in (-3, -2, 1, 39, 50)}
    fixed = {date(year, *day) for day in ((1, 1), (6, 5), (12, 24), (12, 25), (12, 26), (12, 31))}

    assert {day for day in closed_days() if day.year == year} == movable | fixed


def test_the_listed_years_have_no_gap() -> None:
    years = sorted({day.year for day in closed_days()})

    assert years == list(range(years[0], years[-1] + 1))


def test_a_list_with_something_else_than_dates_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = tmp_path / "closed_days.yml"
    wrong.write_text("closed: [2026-12-24, juleaften]")
    monkeypatch.setattr(deadlines, "CLOSED_DAYS_FILE", wrong)

    with pytest.raises(ConfigurationError, match="every entry must be a date"):
        closed_days.__wrapped__()
