"""Webhooks as the network brings them: the same one many times at once, later ones before earlier ones, an old one again."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from sqlalchemy import select

from bot.service.app import make_app
from bot.service.channels.telegram.webhook import PATH, SECRET_HEADER
from bot.service.context import Context
from bot.service.message_path import feed_back
from bot.service.models import Case, Inbound
from bot.service.models.words import CaseKind
from bot.service.settings import read_settings
from tests.bot_api_server import TOKEN, free_port, people
from tests.service_fixtures import ENVIRONMENT

pytestmark = [pytest.mark.faults, pytest.mark.timeout(60)]

SECRET = "invented-secret-of-the-test-bot"
ANNA = 700100200
NUMBER = "+4500000012"
AT_ONCE = 8


@pytest.fixture
def service(context: Context, tmp_path: Path) -> Iterator[str]:
    """The whole service behind a real server; its address. Telegram itself is not reachable."""
    port = free_port()
    settings = read_settings(
        ENVIRONMENT
        | {
            "GENKLANG_HOME": str(tmp_path),
            "GENKLANG_PORT": str(port),
            "GENKLANG_DATABASE": context.settings.database,
            "GENKLANG_TELEGRAM_TOKEN": TOKEN,
            "GENKLANG_TELEGRAM_SECRET": SECRET,
            "GENKLANG_TELEGRAM_API": "http://127.0.0.1:9",
        }
    )
    server = uvicorn.Server(uvicorn.Config(make_app(settings), host="127.0.0.1", port=port, log_config=None, ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    until = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < until, "the service did not start"
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


def sms(service: str, message_id: str, text: str) -> int:
    """An SMS comes in; the status."""
    body = {"id": message_id, "from": NUMBER, "text": text}
    return httpx.post(f"{service}/phone/api/beskeder", json=body, headers={"Origin": service}, trust_env=False).status_code


def update(service: str, update_id: int, message_id: int, text: str, *, edited_at: int | None = None) -> int:
    """Telegram brings an update; the status."""
    message: dict[str, Any] = {"message_id": message_id, **people(ANNA), "date": 1_795_000_000, "text": text}
    content = {"message": message} if edited_at is None else {"edited_message": message | {"edit_date": edited_at}}
    headers = {SECRET_HEADER: SECRET}
    return httpx.post(f"{service}{PATH}", json={"update_id": update_id, **content}, headers=headers, trust_env=False).status_code


def stored(context: Context) -> list[str]:
    """All messages in their order; what a busy database sent to the spool is fed back first."""
    feed_back.feed_spool(context)
    with context.database.read() as session:
        return [row.original for row in session.scalars(select(Inbound).order_by(Inbound.arrived_at, Inbound.id))]


def kinds(context: Context) -> list[str]:
    with context.database.read() as session:
        return list(session.scalars(select(Case.kind).order_by(Case.id)))


def test_one_sms_brought_many_times_at_once_is_one_message_and_one_case(context: Context, service: str) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        statuses = list(pool.map(lambda _: sms(service, "m1", "jeg vil klage"), range(AT_ONCE)))

    assert (statuses, stored(context), kinds(context)) == ([200] * AT_ONCE, ["jeg vil klage"], [CaseKind.KLAGE])


def test_one_update_brought_many_times_at_once_is_one_message_and_one_case(context: Context, service: str) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        statuses = list(pool.map(lambda _: update(service, 1, 1, "min far slår mig"), range(AT_ONCE)))

    assert (statuses, stored(context), kinds(context)) == ([200] * AT_ONCE, ["min far slår mig"], [CaseKind.BEKYMRING])


def test_two_complaints_of_one_person_at_once_are_one_case(context: Context, service: str) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        statuses = list(pool.map(lambda number: sms(service, f"m{number}", "jeg vil klage"), range(AT_ONCE)))

    assert (statuses, len(stored(context)), kinds(context)) == ([200] * AT_ONCE, AT_ONCE, [CaseKind.KLAGE])


def test_updates_out_of_order_are_all_kept_in_the_order_in_which_they_came(context: Context, service: str) -> None:
    statuses = [update(service, number, number, f"besked {number}") for number in (3, 1, 2, 1, 3)]

    assert (statuses, stored(context)) == ([200] * 5, ["besked 3", "besked 1", "besked 2"])


def test_an_edit_that_comes_before_what_it_edits_loses_neither(context: Context, service: str) -> None:
    statuses = [
        update(service, 2, 1, "min far slår mig", edited_at=1_795_000_060),
        update(service, 1, 1, "der er ikke noget"),
    ]

    assert (statuses, stored(context)) == ([200, 200], ["min far slår mig", "der er ikke noget"])
    assert kinds(context) == [CaseKind.BEKYMRING]


def test_what_was_answered_long_ago_and_comes_again_is_no_news(context: Context, service: str, tmp_path: Path) -> None:
    first = sms(service, "m1", "STOP")
    (tmp_path / "clock").write_text(str(3 * 86400))
    again = sms(service, "m1", "STOP")

    assert (first, again, stored(context)) == (200, 200, ["STOP"])
