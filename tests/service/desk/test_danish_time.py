from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

import bot.service.desk
from bot.service.desk.danish_time import say_left, say_span, say_time
from bot.service.logic.texts import Names

WORDS = Names(yaml.safe_load((Path(bot.service.desk.__file__).parent / "texts.yml").read_text(encoding="utf-8")))
NOON = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)  # Wednesday 12:00 in Copenhagen, winter time


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (NOON, "i dag kl. 12.00"),
        (datetime(2026, 11, 18, 22, 59, tzinfo=UTC), "i dag kl. 23.59"),
        (datetime(2026, 11, 18, 23, 0, tzinfo=UTC), "i morgen kl. 0.00"),
        (datetime(2026, 11, 17, 22, 59, tzinfo=UTC), "i går kl. 23.59"),
        (datetime(2026, 11, 16, 13, 5, tzinfo=UTC), "mandag den 16. november kl. 14.05"),
        (datetime(2026, 7, 14, 7, 30, tzinfo=UTC), "tirsdag den 14. juli kl. 9.30"),  # summer time
        (datetime(2025, 12, 31, 23, 0, tzinfo=UTC), "torsdag den 1. januar kl. 0.00"),
        (datetime(2025, 12, 31, 22, 0, tzinfo=UTC), "onsdag den 31. december 2025 kl. 23.00"),
        (datetime(2027, 3, 7, 11, 0, tzinfo=UTC), "søndag den 7. marts 2027 kl. 12.00"),
    ],
)
def test_say_time(at: datetime, said: str) -> None:
    assert say_time(WORDS, at, NOON) == said


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(seconds=0), "under 1 minut"),
        (timedelta(seconds=59), "under 1 minut"),
        (timedelta(seconds=60), "1 minut"),
        (timedelta(minutes=59, seconds=59), "59 minutter"),
        (timedelta(hours=1), "1 time"),
        (timedelta(hours=2, minutes=14), "2 timer og 14 minutter"),
        (timedelta(hours=23, minutes=1), "23 timer og 1 minut"),
        (timedelta(days=1), "1 dag"),
        (timedelta(days=1, hours=3, minutes=20), "1 dag og 3 timer"),
        (timedelta(days=2, minutes=20), "2 dage"),
    ],
)
def test_say_span(span: timedelta, said: str) -> None:
    assert say_span(WORDS, span) == said


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (timedelta(seconds=1), "under 1 minut tilbage"),
        (timedelta(0), "under 1 minut over tiden"),
        (timedelta(minutes=-65), "1 time og 5 minutter over tiden"),
    ],
)
def test_say_left(left: timedelta, said: str) -> None:
    assert say_left(WORDS, left) == said
