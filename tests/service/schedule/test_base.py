"""How a task goes through its rows."""

import pytest

from bot.service.context import Context
from bot.service.schedule.base import each


def test_only_what_was_truly_done_is_counted(context: Context) -> None:
    assert each(context, [1, 2, 3], lambda _, row: row != 2) == 2


def test_a_row_that_fails_is_logged_by_number_and_the_rest_goes_on(context: Context, caplog: pytest.LogCaptureFixture) -> None:
    def fail_on_two(_: Context, row: int) -> bool:
        if row == 2:
            raise ValueError("a name that belongs in no log")
        return True

    assert each(context, [1, 2, 3], fail_on_two) == 2
    assert [(record.row, record.getMessage()) for record in caplog.records] == [(2, "a task failed on a row")]  # type: ignore[attr-defined]
