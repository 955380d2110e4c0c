"""The whole way over Telegram on a bad line: whatever becomes of a call's answer, no citizen gets the same words twice."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.service.channels.telegram import client as telegram_client
from bot.service.channels.telegram.client import BotClient
from bot.service.channels.telegram.outbound import TelegramSender
from bot.service.channels.telegram.polling import poll_once
from bot.service.clock import machine_now
from bot.service.context import Context
from bot.service.message_path import outbox
from bot.service.models import Case, Outbound
from bot.service.models.words import CaseKind, OutboundState
from bot.shared.codebook import Channel
from tests.bot_api_server import TOKEN, BotApiServer, people
from tests.faults.wire import ARRIVES, Fault, Wire, wire_to
from tests.service_fixtures import ENVIRONMENT

pytestmark = [
    pytest.mark.gateway,
    pytest.mark.faults,
    pytest.mark.timeout(90),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),  # the outbox's own tests run on both
]

ANNA = 700100200
NAMED = {"file_id": "s", "file_unique_id": "u", "type": "regular"}
STICKER = NAMED | {"width": 1, "height": 1, "is_animated": False, "is_video": False}
PATIENCE_S = 0.5  # with one answer, instead of 15
ROUNDS = 4  # of sending, with a quarter of an hour of business time between them: more than all retries take
REFUSED = [fault for fault in Fault if fault not in ARRIVES]


@pytest.fixture
def wire(server: BotApiServer) -> Iterator[Wire]:
    with wire_to(server.url) as wire:
        yield wire


@pytest.fixture
def client(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> Iterator[BotClient]:
    monkeypatch.setattr(telegram_client, "READ_S", PATIENCE_S)
    client = BotClient(TOKEN, wire.url)
    yield client
    client.close()


def send_sticker(server: BotApiServer) -> None:
    """What the door answers by itself with an ordinary reply."""
    server.push({"message": {"message_id": 1, **people(ANNA), "date": 1_795_000_000, "sticker": STICKER}})


def seen(server: BotApiServer) -> list[str]:
    """What Anna's phone shows."""
    return [call["text"] for call in server.calls("sendMessage") if int(call["chat_id"]) == ANNA]


def send_for_an_hour(context: Context, client: BotClient) -> None:
    """Send what is due and settle what nobody knows of, again and again, as time goes by."""
    senders = {Channel.TELEGRAM: TelegramSender(client)}
    for _ in range(ROUNDS):
        while (claimed := outbox.claim_next(context, senders)) is not None:
            outbox.send(context, senders, claimed)
        _let_a_minute_pass(context)
        outbox.settle_abandoned(context, senders)
        context.clock.advance(15 * 60)


def kinds(context: Context) -> list[str]:
    with context.database.read() as session:
        return list(session.scalars(select(Case.kind).order_by(Case.id)))


@pytest.mark.parametrize("fault", ARRIVES)
def test_a_reply_whose_answer_is_lost_is_not_said_twice_and_a_human_looks(
    context: Context, server: BotApiServer, client: BotClient, wire: Wire, fault: Fault
) -> None:
    send_sticker(server)
    poll_once(context, client, 0)
    wire.faults = [fault]
    send_for_an_hour(context, client)

    assert len(seen(server)) == 1
    assert kinds(context) == [CaseKind.UBEHANDLET]


@pytest.mark.parametrize("fault", ARRIVES)
@pytest.mark.parametrize("text", ["min far slår mig", "STOP"])
def test_thanks_for_danger_and_the_word_on_stop_are_said_at_most_twice(
    context: Context, server: BotApiServer, client: BotClient, wire: Wire, fault: Fault, text: str
) -> None:
    server.write(ANNA, text)
    poll_once(context, client, 0)
    wire.faults = [fault] * ROUNDS
    send_for_an_hour(context, client)

    assert 1 <= len(seen(server)) <= 2
    assert len(set(seen(server))) == 1


@pytest.mark.parametrize("fault", REFUSED)
def test_a_reply_that_was_refused_for_now_is_said_once(
    context: Context, server: BotApiServer, client: BotClient, wire: Wire, fault: Fault
) -> None:
    send_sticker(server)
    poll_once(context, client, 0)
    wire.faults = [fault, fault]
    send_for_an_hour(context, client)

    assert len(seen(server)) == 1
    assert kinds(context) == []


@pytest.mark.parametrize(("text", "most"), [(None, 1), ("min far slår mig", 2)])
def test_a_worker_killed_while_it_sends_says_nothing_twice_that_may_not_be(
    context: Context, server: BotApiServer, wire: Wire, tmp_path: Path, text: str | None, most: int
) -> None:
    if text is None:
        send_sticker(server)
    else:
        server.write(ANNA, text)
    wire.faults = [Fault.LATE]
    with worker(context, wire, tmp_path) as killed:
        assert wire.holding.wait(30)
        killed.kill()
    _let_a_minute_pass(context)
    with worker(context, wire, tmp_path):
        settled = wait_for(lambda: states(context) in ([OutboundState.UNKNOWN], [OutboundState.HANDED_OVER]))

    assert settled
    assert len(seen(server)) == most
    assert kinds(context) == ([CaseKind.UBEHANDLET] if text is None else [CaseKind.BEKYMRING])
    assert server.state("updates") == [] or poll_again(context, server) == 0


@contextmanager
def worker(context: Context, wire: Wire, home: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker process that fetches and sends by this wire; engine and service are away, which the door does not mind."""
    environment = os.environ | ENVIRONMENT | {
        "GENKLANG_HOME": str(home),
        "GENKLANG_DATABASE": context.settings.database,
        "GENKLANG_ENGINE_URL": "http://127.0.0.1:9",
        "GENKLANG_SERVICE_URL": "http://127.0.0.1:9",
        "GENKLANG_TELEGRAM_TOKEN": TOKEN,
        "GENKLANG_TELEGRAM_API": wire.url,
    }  # fmt: skip
    with (home / "worker.log").open("ab") as log:
        process = subprocess.Popen([sys.executable, "-m", "bot.service", "worker"], env=environment, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


def _let_a_minute_pass(context: Context) -> None:
    """The machine's clock cannot be moved, but what it said can."""
    with context.database.write() as session:
        a_minute_ago = machine_now() - timedelta(minutes=1)
        session.execute(update(Outbound).where(Outbound.sending_since > a_minute_ago).values(sending_since=a_minute_ago))


def states(context: Context) -> list[str]:
    with context.database.read() as session:
        return list(session.scalars(select(Outbound.state)))


def poll_again(context: Context, server: BotApiServer) -> int:
    """How many new messages another fetch would bring: an update that was stored and not confirmed is none."""
    before = len(states(context))
    client = BotClient(TOKEN, server.url)
    poll_once(context, client, 0)
    client.close()
    return len(states(context)) - before


def wait_for(happened: Callable[[], bool]) -> bool:
    """Whether it happens within half a minute."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if happened():
            return True
        time.sleep(0.1)
    return False
