"""When invitations and reminders go out: hours by audience, closed days, changes of clock."""

from datetime import UTC, datetime

import pytest

from bot.service.clock import COPENHAGEN
from bot.service.logic.sending_windows import Window, calling_hours, window_of
from bot.service.settings import read_settings
from bot.shared.codebook import Audience, Channel
from tests.service_fixtures import ENVIRONMENT

USUAL = Window(9, 20)


def local(words: str) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=COPENHAGEN).astimezone(UTC)


OPENINGS = [
    ("2026-11-18 08:59:59", "2026-11-18 09:00"),  # a Wednesday, before it opens
    ("2026-11-18 09:00:00", "2026-11-19 09:00"),
    ("2026-11-18 22:10:00", "2026-11-19 09:00"),
    ("2026-11-20 20:00:00", "2026-11-23 09:00"),  # Friday evening: Monday
    ("2026-10-23 20:00:00", "2026-10-26 09:00"),  # over the night on which summer time ends
    ("2027-03-24 20:00:00", "2027-03-30 09:00"),  # over Easter, and the night on which summer time begins
    ("2026-12-23 20:00:00", "2026-12-28 09:00"),  # over Christmas
    ("2026-12-30 20:00:00", "2027-01-04 09:00"),  # over New Year and a weekend
    ("2026-06-04 20:00:00", "2026-06-08 09:00"),  # Friday is 5 June
]


@pytest.mark.parametrize(("moment", "opening"), OPENINGS)
def test_a_window_opens_next(moment: str, opening: str) -> None:
    assert USUAL.next_opening(local(moment)) == local(opening)


@pytest.mark.parametrize(("moment", "opening"), OPENINGS)
def test_at_its_opening_a_window_is_open(moment: str, opening: str) -> None:
    assert USUAL.is_open(USUAL.next_opening(local(moment)))


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-21 07:59:59", False),  # a Saturday
        ("2026-11-21 08:00:00", True),
        ("2026-12-24 19:59:59", True),
        ("2026-12-24 20:00:00", False),
    ],
)
def test_calling_hours_are_those_of_every_day(moment: str, *, is_open: bool) -> None:
    assert calling_hours(read_settings(ENVIRONMENT)).is_open(local(moment)) is is_open


def test_calling_hours_open_on_a_holiday() -> None:
    assert calling_hours(read_settings(ENVIRONMENT)).next_opening(local("2026-12-24 22:00:00")) == local("2026-12-25 08:00")


def test_a_window_may_last_until_midnight() -> None:
    assert Window(9, 24).is_open(local("2026-11-18 23:59:59"))


def test_some_have_hours_of_their_own() -> None:
    settings = read_settings(ENVIRONMENT | {"GENKLANG_SENDING_HOURS": "10-19 fagperson=8-16 barn_7_12=14-18"})
    windows = [window_of(settings, Channel.SMS, audience) for audience in Audience]

    assert windows == [Window(14, 18), *[Window(10, 19)] * 4, Window(8, 16)]


@pytest.mark.parametrize("audience", list(Audience))
def test_everybody_has_a_window_but_in_the_web_chat(audience: Audience) -> None:
    settings = read_settings(ENVIRONMENT)

    assert [window_of(settings, channel, audience) for channel in (Channel.SMS, Channel.TELEGRAM, Channel.WEBCHAT)] == [
        USUAL,
        USUAL,
        None,
    ]
