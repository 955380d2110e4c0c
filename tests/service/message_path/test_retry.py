"""The one table of pauses."""

from datetime import timedelta

import pytest

from bot.service.message_path.retry import pause_after

TABLE = [(1, timedelta(minutes=5)), (2, timedelta(minutes=10)), (3, None), (4, None)]


@pytest.mark.parametrize(("attempts", "pause"), TABLE)
def test_the_pause_after_so_many_failed_tries(attempts: int, pause: timedelta | None) -> None:
    assert pause_after(attempts) == pause
