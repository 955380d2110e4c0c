"""Idle time begins anew with a deed, never with what a page fetches by itself."""

from datetime import timedelta

import pytest

from bot.service.clock import machine_now
from bot.service.context import Context
from bot.service.models import DeskSession
from tests.service.desk.conftest import Desk


def age(context: Context, **columns: timedelta) -> None:
    with context.database.write() as session:
        row = session.query(DeskSession).one()
        for name, by in columns.items():
            setattr(row, name, machine_now() - by)


def seen_ago(context: Context) -> timedelta:
    with context.database.read() as session:
        return machine_now() - session.query(DeskSession).one().seen_at


@pytest.mark.parametrize(("path", "renewed"), [("", True), ("/koe", False)])
def test_only_a_deed_renews_the_idle_time(context: Context, anna: Desk, path: str, renewed: bool) -> None:
    age(context, seen_at=timedelta(minutes=30))

    assert anna.get(path).status_code == 200

    assert (seen_ago(context) < timedelta(minutes=1)) is renewed


@pytest.mark.parametrize("columns", [{"seen_at": timedelta(minutes=60)}, {"created_at": timedelta(hours=8)}])
def test_a_session_that_has_run_out_leads_to_the_login(
    context: Context, anna: Desk, columns: dict[str, timedelta]
) -> None:
    age(context, **columns)

    assert anna.get("").status_code == 303
    assert anna.get("/koe").status_code == 401
