"""The business clock and how development moves it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.service import clock as clock_module
from bot.service.clock import COPENHAGEN, Clock, machine_now

NOON = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock_module, "machine_now", lambda: NOON)


def test_machine_time_is_aware() -> None:
    assert machine_now().tzinfo is UTC


@pytest.mark.usefixtures("still")
def test_without_an_offset_business_time_is_machine_time(tmp_path: Path) -> None:
    assert (Clock().now(), Clock(tmp_path / "clock").now()) == (NOON, NOON)


@pytest.mark.usefixtures("still")
def test_steps_add_up_for_every_process_that_shares_the_file(tmp_path: Path) -> None:
    mine, yours = Clock(tmp_path / "clock"), Clock(tmp_path / "clock")
    mine.advance(3600)
    yours.advance(0.5)

    assert mine.now() == yours.now() == NOON + timedelta(seconds=3600.5)


def test_a_production_clock_cannot_be_moved() -> None:
    with pytest.raises(ValueError, match="only a development clock"):
        Clock().advance(1)


def test_no_clock_goes_back(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="only forwards"):
        Clock(tmp_path / "clock").advance(-1)
    assert not (tmp_path / "clock").exists()


@pytest.mark.parametrize(("day", "hours"), [("2026-10-25", 25), ("2027-03-28", 23), ("2026-11-18", 24)])
def test_copenhagen_has_days_of_23_and_25_hours(day: str, hours: int) -> None:
    midnight = datetime.fromisoformat(day).replace(tzinfo=COPENHAGEN)
    next_midnight = midnight + timedelta(days=1)

    assert next_midnight.astimezone(UTC) - midnight.astimezone(UTC) == timedelta(hours=hours)
