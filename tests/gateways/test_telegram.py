"""Telegram through the real library against a Bot API server of its own process."""

import dataclasses
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import select

from bot.service.channels.base import Button, SendError, Sending
from bot.service.channels.telegram import polling
from bot.service.channels.telegram.client import BotClient
from bot.service.channels.telegram.outbound import TelegramSender
from bot.service.channels.telegram.polling import poll_once
from bot.service.channels.telegram.webhook import PATH, SECRET_HEADER, announce, telegram_router
from bot.service.context import Context
from bot.service.message_path import outbox
from bot.service.models import Conversation, Inbound, Interview, OptOut, Outbound, Participant
from bot.service.models.words import Disposition, InboundKind, OutboundState
from bot.shared.codebook import AwaitedStep, Channel
from tests.bot_api_server import ROOT, TOKEN, BotApiServer, free_port
from tests.factories import make_interview
from tests.gateways.poller import BEFORE_THE_COMMIT, BEFORE_THE_CONFIRMATION, NEVER
from tests.service_fixtures import ENVIRONMENT

pytestmark = [pytest.mark.gateway, pytest.mark.timeout(60)]

ANNA, KARLA = 700100200, 700100300
SECRET = "invented-secret"


@pytest.fixture
def sender(client: BotClient) -> TelegramSender:
    return TelegramSender(client)


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "PAUSE_S", 0.05)


def poll(context: Context, client: BotClient, wait_s: int = 0) -> int:
    return poll_once(context, client, wait_s)


def texts(context: Context) -> list[str]:
    with context.database.read() as session:
        return [inbound.original for inbound in session.scalars(select(Inbound).order_by(Inbound.id))]


def wait_for(found: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not found():
        assert time.monotonic() < until, "waited ten seconds in vain"
        time.sleep(0.02)


# --- Sending


def test_message_with_buttons_is_sent(server: BotApiServer, sender: TelegramSender) -> None:
    server.set(known=[ANNA])

    message_id = sender.send(Sending("1", str(ANNA), "Vil du være med?", (Button("Ja", "1:ja"), Button("Nej", "1:nej"))))

    keyboard = [[{"text": "Ja", "callback_data": "1:ja"}, {"text": "Nej", "callback_data": "1:nej"}]]
    assert server.state("keyboards") == {f"{ANNA}:{message_id}": keyboard}
    assert server.calls("sendMessage")[0]["text"] == "Vil du være med?"


def test_longest_message_is_sent(server: BotApiServer, sender: TelegramSender) -> None:
    server.set(known=[ANNA])

    sender.send(Sending("1", str(ANNA), "æ" * 4096))

    assert len(server.calls("sendMessage")) == 1


def test_blocked_bot_counts_as_stop(server: BotApiServer, sender: TelegramSender) -> None:
    server.set(known=[ANNA], blocked=[ANNA])

    with pytest.raises(SendError) as refused:
        sender.send(Sending("1", str(ANNA), "Hej"))

    assert (refused.value.blocked, refused.value.permanent) == (True, True)


def test_pause_that_telegram_asks_for_is_passed_on(server: BotApiServer, sender: TelegramSender) -> None:
    server.set(known=[ANNA])
    server.fail("sendMessage", 429, retry_after=7)

    with pytest.raises(SendError) as refused:
        sender.send(Sending("1", str(ANNA), "Hej"))

    assert (refused.value.retry_after_s, refused.value.permanent) == (7.0, False)
    assert sender.send(Sending("1", str(ANNA), "Hej"))


@pytest.mark.parametrize(("code", "permanent"), [(500, False), (502, False), (504, False), (400, True), (401, True), (404, True)])
def test_error_is_final_or_not(server: BotApiServer, sender: TelegramSender, code: int, *, permanent: bool) -> None:
    server.set(known=[ANNA])
    server.fail("sendMessage", code)

    with pytest.raises(SendError) as refused:
        sender.send(Sending("1", str(ANNA), "Hej"))

    assert (refused.value.permanent, refused.value.blocked) == (permanent, False)


def test_server_that_is_not_there_may_be_tried_again() -> None:
    client = BotClient(TOKEN, f"http://127.0.0.1:{free_port()}")

    with pytest.raises(SendError) as refused:
        TelegramSender(client).send(Sending("1", str(ANNA), "Hej"))
    client.close()

    assert (refused.value.permanent, refused.value.retry_after_s) == (False, None)


def test_outbox_stops_writing_to_who_has_blocked_the_bot(
    context: Context, server: BotApiServer, client: BotClient, sender: TelegramSender
) -> None:
    server.write(ANNA, "hej")
    poll(context, client)
    say(context, "Et svar")
    server.set(blocked=[ANNA])

    send_all(context, sender)

    with context.database.read() as session:
        assert session.scalars(select(Outbound.state).order_by(Outbound.id)).first() == OutboundState.FAILED
        assert [stop.channel for stop in session.scalars(select(OptOut))] == [Channel.TELEGRAM]


def test_citizen_who_blocks_the_bot_is_left_alone(
    context: Context, server: BotApiServer, client: BotClient, sender: TelegramSender
) -> None:
    with context.database.write() as session:
        _, participant, _ = make_interview(session, context, channel=Channel.TELEGRAM)
    server.write(ANNA, f"/start {participant.code}")
    poll(context, client)
    send_all(context, sender)

    server.leave(ANNA)
    server.leave(ANNA)
    poll(context, client)
    say(context, "Et svar")
    send_all(context, sender)

    with context.database.read() as session:
        assert session.scalars(select(Interview.disposition)).all() == [Disposition.STOPPET]
        assert [stop.channel for stop in session.scalars(select(OptOut))] == [Channel.TELEGRAM]


@pytest.fixture
def asked(context: Context, server: BotApiServer, client: BotClient, sender: TelegramSender) -> None:
    """Anna has opened her card and is asked for her yes, with buttons."""
    with context.database.write() as session:
        _, participant, _ = make_interview(session, context, channel=Channel.TELEGRAM)
    server.write(ANNA, f"/start {participant.code}")
    poll(context, client)
    send_all(context, sender)
    assert len(server.state("keyboards")) == 1


@pytest.mark.usefixtures("asked")
def test_keyboard_of_a_question_answered_in_words_goes_with_the_next_message(
    context: Context, server: BotApiServer, sender: TelegramSender
) -> None:
    with context.database.write() as session:  # what an answer in words does
        session.scalars(select(Conversation)).one().awaits = AwaitedStep.INTET
    say(context, "Tak for dit svar")
    send_all(context, sender)

    wait_for(lambda: server.state("keyboards") == {})


@pytest.mark.usefixtures("asked")
def test_keyboard_of_an_open_question_stays(
    context: Context, server: BotApiServer, client: BotClient, sender: TelegramSender
) -> None:
    server.send_voice(ANNA, b"OggS")
    poll(context, client)
    send_all(context, sender)

    assert len(server.calls("sendMessage")) == 2
    assert server.calls("editMessageReplyMarkup") == []


@pytest.mark.usefixtures("asked")
def test_keyboard_that_cannot_be_taken_away_holds_nothing_up(
    context: Context, server: BotApiServer, sender: TelegramSender
) -> None:
    with context.database.write() as session:
        session.scalars(select(Conversation)).one().awaits = AwaitedStep.INTET
    server.fail("editMessageReplyMarkup", 500, times=9)
    say(context, "Tak")
    send_all(context, sender)
    say(context, "Igen tak")
    send_all(context, sender)

    assert [call["text"] for call in server.calls("sendMessage")][-2:] == ["Tak", "Igen tak"]


# --- Fetching


def test_updates_are_fetched_stored_and_only_then_confirmed(context: Context, server: BotApiServer, client: BotClient) -> None:
    server.write(ANNA, "hej")
    server.write(KARLA, "hallo 🙂")

    assert poll(context, client) == 2
    assert (texts(context), len(server.state("updates"))) == (["hej", "hallo 🙂"], 2)
    assert poll(context, client) == 0
    assert server.state("updates") == []


def test_poll_waits_for_the_first_update(context: Context, server: BotApiServer, client: BotClient) -> None:
    later = threading.Timer(0.3, server.write, (ANNA, "hej"))
    later.start()

    fetched = poll(context, client, wait_s=5)

    later.join()
    assert (fetched, texts(context)) == (1, ["hej"])


def test_crash_and_restart_lose_and_double_nothing(
    context: Context, server: BotApiServer, client: BotClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.write(ANNA, "1")
    poll(context, client)
    server.write(ANNA, "2")
    with monkeypatch.context() as crash, suppress(KeyboardInterrupt):
        crash.setattr(polling, "_write_offset", raise_interrupt)
        poll(context, client)
    server.write(ANNA, "3")
    restarted = BotClient(TOKEN, server.url)

    fetched = [poll(context, restarted) for _ in range(2)]

    restarted.close()
    assert (fetched, texts(context)) == ([2, 0], ["1", "2", "3"])


@pytest.mark.parametrize(("moment", "stored_by_then"), [(BEFORE_THE_COMMIT, []), (BEFORE_THE_CONFIRMATION, ["1", "2", "🙂"])])
def test_killed_poller_loses_and_doubles_nothing(
    context: Context, server: BotApiServer, moment: str, stored_by_then: list[str]
) -> None:
    for number in ("1", "2", "🙂"):
        server.write(ANNA, number)

    killed = run_poller(context, server, moment)
    found, still_there = texts(context), len(server.state("updates"))
    server.write(ANNA, "4")
    ended = run_poller(context, server, NEVER)

    assert (killed, found, still_there) == (-signal.SIGKILL, stored_by_then, 3)
    assert (ended, texts(context), server.state("updates")) == (0, ["1", "2", "🙂", "4"], [])


def test_more_than_one_batch_comes_in_order(context: Context, server: BotApiServer, client: BotClient) -> None:
    for number in range(30):
        server.write(ANNA if number % 2 else KARLA, str(number))

    assert [poll(context, client) for _ in range(3)] == [25, 5, 0]
    assert texts(context) == [str(number) for number in range(30)]


def test_numbers_that_start_anew_are_followed(context: Context, server: BotApiServer, client: BotClient) -> None:
    server.write(ANNA, "1")
    poll(context, client)
    server.set(updates=[], next_update=7_000)

    server.write(ANNA, "2")
    fetched = [poll(context, client) for _ in range(2)]

    assert (fetched, texts(context), server.state("updates")) == ([1, 0], ["1", "2"], [])


def test_edit_arrives_as_an_amendment(context: Context, server: BotApiServer, client: BotClient) -> None:
    message_id = server.write(ANNA, "Hun lyttede")
    server.write(ANNA, "Hun lyttede ikke", message_id=message_id, edited_at=1_795_000_060)
    poll(context, client)

    with context.database.read() as session:
        first, second = session.scalars(select(Inbound).order_by(Inbound.id))
        assert (first.edits, second.edits) == (None, first.provider_id)


def test_press_is_stored_answered_and_its_keyboard_taken_away(
    context: Context, server: BotApiServer, client: BotClient, sender: TelegramSender
) -> None:
    server.set(known=[ANNA])
    message_id = int(sender.send(Sending("1", str(ANNA), "Vil du?", (Button("Ja", "1:ja"),))))

    server.press(ANNA, message_id, "1:ja", "press-1")
    poll(context, client)

    assert texts(context) == ["1:ja"]
    wait_for(lambda: bool(server.calls("answerCallbackQuery")) and server.state("keyboards") == {})


def test_press_that_telegram_no_longer_knows_harms_nobody(context: Context, server: BotApiServer, client: BotClient) -> None:
    server.fail("answerCallbackQuery", 400)
    server.press(ANNA, 40, "1:ja", "press-1")
    server.press(ANNA, 40, "1:ja", "press-1")

    assert poll(context, client) == 2
    assert texts(context) == ["1:ja"]
    wait_for(lambda: len(server.calls("answerCallbackQuery")) == 2)


@pytest.mark.parametrize("code", [429, 500, 502])
def test_bad_days_of_telegram_are_waited_for(context: Context, server: BotApiServer, client: BotClient, code: int) -> None:
    server.write(ANNA, "hej")
    server.fail("getUpdates", code)

    assert [poll(context, client), poll(context, client)] == [0, 1]
    assert texts(context) == ["hej"]


def test_webhook_that_is_still_set_gives_way(context: Context, server: BotApiServer, client: BotClient) -> None:
    server.set(webhook={"url": "http://127.0.0.1:9/telegram/webhook"})
    server.write(ANNA, "hej")

    assert [poll(context, client), poll(context, client)] == [0, 1]
    assert texts(context) == ["hej"]


def test_of_two_pollers_one_is_told_to_wait(context: Context, server: BotApiServer, client: BotClient) -> None:
    other = BotClient(TOKEN, server.url)
    fetched: list[int] = []
    earlier = threading.Thread(target=lambda: fetched.append(poll(context, other, wait_s=5)))
    earlier.start()
    time.sleep(0.5)

    server_gave = poll(context, client, wait_s=0)

    earlier.join()
    other.close()
    assert (fetched, server_gave) == ([0], 0)


def test_start_with_a_code_binds_the_chat_and_invites(
    context: Context, server: BotApiServer, client: BotClient, sender: TelegramSender
) -> None:
    with context.database.write() as session:
        _, participant, _ = make_interview(session, context, channel=Channel.TELEGRAM)
        code = participant.code

    server.write(ANNA, f"/start {code}")
    poll(context, client)
    send_all(context, sender)

    with context.database.read() as session:
        conversation = session.scalars(select(Conversation)).one()
        assert (conversation.address, session.get_one(Participant, conversation.participant_id).code) == (str(ANNA), code)
    assert [int(call["chat_id"]) for call in server.calls("sendMessage")] == [ANNA]
    assert len(server.state("keyboards")) == 1


# --- Webhook


@contextmanager
def served(context: Context, client: BotClient, server: BotApiServer) -> Iterator[Context]:
    """Our webhook behind a real HTTP server; the context with its address."""
    port = free_port()
    settings = dataclasses.replace(
        context.settings,
        telegram_token=TOKEN,
        telegram_secret=SECRET,
        telegram_api=server.url,
        public_url=f"http://127.0.0.1:{port}",
    )
    context = dataclasses.replace(context, settings=settings)
    app = FastAPI()
    app.include_router(telegram_router(context, client))
    service = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", ws="none"))
    thread = threading.Thread(target=service.run)
    thread.start()
    wait_for(lambda: service.started)
    yield context
    service.should_exit = True
    thread.join()


def test_webhook_takes_what_telegram_brings_and_goes_on_after_a_restart(
    context: Context, server: BotApiServer, client: BotClient
) -> None:
    with served(context, client, server) as ours:
        announce(ours, client)
        server.write(ANNA, "1")
        wait_for(lambda: texts(context) == ["1"])
    server.write(ANNA, "2")
    wait_for(lambda: 0 in server.state("refused_deliveries"))

    with served(context, client, server) as ours:
        announce(ours, client)
        server.write(ANNA, "3")
        wait_for(lambda: server.state("updates") == [])

    assert texts(context) == ["1", "2", "3"]
    announced = server.state("webhook")
    assert (announced["url"], announced["secret_token"]) == (f"{ours.settings.public_url}{PATH}", SECRET)


def test_webhook_settles_a_press(context: Context, server: BotApiServer, client: BotClient, sender: TelegramSender) -> None:
    server.set(known=[ANNA])
    message_id = int(sender.send(Sending("1", str(ANNA), "Vil du?", (Button("Ja", "1:ja"),))))
    with served(context, client, server) as ours:
        announce(ours, client)

        server.press(ANNA, message_id, "1:ja", "press-1")
        wait_for(lambda: server.state("keyboards") == {})

    with context.database.read() as session:
        assert [row.kind for row in session.scalars(select(Inbound))] == [InboundKind.PRESS]


def test_forged_webhook_call_is_refused(context: Context, server: BotApiServer, client: BotClient) -> None:
    update = {"update_id": 1, "message": {"message_id": 1, "chat": {"id": ANNA, "type": "private"}, "date": 1, "text": "hej"}}
    with served(context, client, server) as ours:
        url = f"{ours.settings.public_url}{PATH}"
        statuses = [
            httpx.post(url, json=update, headers=headers, trust_env=False).status_code
            for headers in ({}, {SECRET_HEADER: "another"}, {SECRET_HEADER: SECRET})
        ]

    assert (statuses, texts(context)) == ([403, 403, 200], ["hej"])


def say(context: Context, text: str) -> None:
    """Put a message of ours before all that waits in the one conversation."""
    with context.database.write() as session:
        conversation = session.scalars(select(Conversation)).one()
        now = context.clock.now()
        session.add(Outbound(conversation_id=conversation.id, kind="svar", text=text, created_at=now, next_try_at=now))


def send_all(context: Context, sender: TelegramSender) -> None:
    senders = {Channel.TELEGRAM: sender}
    while (claimed := outbox.claim_next(context, senders)) is not None:
        outbox.send(context, senders, claimed)


def raise_interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def run_poller(context: Context, server: BotApiServer, moment: str) -> int:
    """A poller in a process of its own, which ends when there is nothing more, or is killed; its status."""
    ours = {
        "GENKLANG_HOME": str(context.settings.home),
        "GENKLANG_DATABASE": context.settings.database,
        "GENKLANG_TELEGRAM_TOKEN": TOKEN,
        "GENKLANG_TELEGRAM_API": server.url,
    }
    command = [sys.executable, "-m", "tests.gateways.poller", moment]
    return subprocess.run(command, env=os.environ | ENVIRONMENT | ours, cwd=ROOT, check=False, timeout=40).returncode
