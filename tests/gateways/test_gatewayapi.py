"""SMS through GatewayAPI: our whole application behind a real server, the provider as a process of its own."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from sqlalchemy import select

from bot.service.app import make_app
from bot.service.bootstrap import make_context, make_senders
from bot.service.channels.base import SendError, Sending
from bot.service.channels.sms.gatewayapi import outbound
from bot.service.channels.sms.gatewayapi.outbound import GatewayApiSender
from bot.service.channels.sms.gatewayapi.routes import PATH
from bot.service.channels.sms.gatewayapi.signature import HEADER
from bot.service.context import Context
from bot.service.logic import conversations
from bot.service.message_path import outbox
from bot.service.models import Inbound, Outbound
from bot.service.models.words import OutboundKind, OutboundState
from bot.service.settings import Settings, read_settings
from bot.shared.codebook import Channel
from tests.bot_api_server import free_port
from tests.gatewayapi_server import FINAL, SECRET, TOKEN, GatewayApiServer, gatewayapi_server, message, sign
from tests.service_fixtures import ENVIRONMENT

# What the databases do differently is tested below the routes.
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
pytestmark = [pytest.mark.gateway, pytest.mark.timeout(60), ON_SQLITE]

ANNA, KARLA = "+4500000012", "+4500000013"
OUR_NUMBER = "4560575797"


@pytest.fixture(scope="module")
def server_process() -> Iterator[GatewayApiServer]:
    with gatewayapi_server() as server:
        yield server


@pytest.fixture
def server(server_process: GatewayApiServer) -> GatewayApiServer:
    server_process.reset()
    return server_process


@pytest.fixture
def settings(database_url: str, tmp_path: Path, server: GatewayApiServer) -> Settings:
    """As all tests have them, with the bridge switched on."""
    bridge = {
        "GENKLANG_SMS_BRIDGE": "gatewayapi",
        "GENKLANG_SMS_SENDER": OUR_NUMBER,
        "GENKLANG_GATEWAYAPI_URL": server.url,
        "GENKLANG_GATEWAYAPI_TOKEN": TOKEN,
        "GENKLANG_GATEWAYAPI_SECRET": SECRET,
    }
    return read_settings(ENVIRONMENT | bridge | {"GENKLANG_HOME": str(tmp_path), "GENKLANG_DATABASE": database_url})


@pytest.fixture
def context(settings: Settings) -> Iterator[Context]:
    """As a process has it: the application under test is another, so both go by the machine's time."""
    context = make_context(settings)
    yield context
    context.database.close()


@pytest.fixture
def sender(settings: Settings) -> Iterator[GatewayApiSender]:
    assert settings.gatewayapi is not None
    sender = GatewayApiSender(settings.gatewayapi, settings.sms_sender)
    yield sender
    sender.close()


@pytest.fixture
def served(settings: Settings, server: GatewayApiServer) -> Callable[[], Any]:
    """Our application on an address that stays the same when it is started again."""
    port = free_port()
    server.set(webhook=f"http://127.0.0.1:{port}{PATH}")

    @contextmanager
    def serve() -> Iterator[str]:
        config = uvicorn.Config(make_app(settings), host="127.0.0.1", port=port, log_level="error", ws="none")
        service = uvicorn.Server(config)
        thread = threading.Thread(target=service.run)
        thread.start()
        wait_for(lambda: service.started)
        yield f"http://127.0.0.1:{port}{PATH}"
        service.should_exit = True
        thread.join()

    return serve


def wait_for(found: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not found():
        assert time.monotonic() < until, "waited twenty seconds in vain"
        time.sleep(0.02)


def all_brought(server: GatewayApiServer) -> bool:
    return all(delivery["done"] for delivery in server.deliveries())


def texts(context: Context) -> list[str]:
    with context.database.read() as session:
        return [inbound.original for inbound in session.scalars(select(Inbound).order_by(Inbound.id))]


def say(context: Context, text: str, number: str = ANNA, kind: OutboundKind = OutboundKind.REPLY) -> int:
    """Put a message of ours into the outbox; its id."""
    with context.database.write() as session:
        conversation = conversations.find_or_start(session, context, Channel.SMS, number)
        now = context.clock.now()
        row = Outbound(conversation_id=conversation.id, kind=kind, text=text, created_at=now, next_try_at=now)
        session.add(row)
        session.flush()
        return row.id


def send_all(context: Context) -> None:
    with senders_of(context) as senders:
        while (claimed := outbox.claim_next(context, senders)) is not None:
            outbox.send(context, senders, claimed)


@contextmanager
def senders_of(context: Context) -> Iterator[outbox.Senders]:
    """The senders as the worker has them."""
    senders = make_senders(context)
    yield senders
    sms = senders[Channel.SMS]
    assert isinstance(sms, GatewayApiSender)
    sms.close()


def row(context: Context, outbound_id: int) -> Outbound:
    with context.database.read() as session:
        return session.get_one(Outbound, outbound_id)


# --- Sending


def test_message_of_the_outbox_reaches_the_provider(context: Context, server: GatewayApiServer) -> None:
    outbound_id = say(context, "Blev du hørt? Svar 1-5. Tak, æøå")

    send_all(context)

    [taken] = server.taken()
    assert (taken["sender"], taken["message"], taken["encoding"]) == (OUR_NUMBER, "Blev du hørt? Svar 1-5. Tak, æøå", "UTF8")
    assert (taken["recipients"], taken["userref"]) == ([{"msisdn": 4500000012}], f"genklang:{outbound_id}")
    sent = row(context, outbound_id)
    assert (sent.state, sent.provider_id) == (OutboundState.HANDED_OVER, str(taken["id"]))


def test_emoji_go_out_as_ucs2(sender: GatewayApiSender, server: GatewayApiServer) -> None:
    sender.send(Sending("1", ANNA, "Tak 🙂"))

    assert [(taken["message"], taken["encoding"]) for taken in server.taken()] == [("Tak 🙂", "UCS2")]


@pytest.mark.parametrize(
    ("status", "body", "permanent", "unknown"),
    [
        (400, '{"code": "0x0308", "message": "Invalid argument"}', True, False),
        (422, "", True, False),
        (500, '{"message": "Exception"}', False, False),
        (503, "", False, False),
        (401, '{"code": "0x0211"}', False, False),
        (403, '{"code": "0x0216", "message": "Insufficient credit"}', False, False),
        (502, "<html>Bad Gateway</html>", False, True),
        (200, "<html>Welcome to the hotel's network</html>", False, True),
        (200, "{}", False, True),
        (200, '{"ids": []}', False, True),
        (200, '{"ids": [null]}', False, True),
        (204, "", False, True),
    ],
)
def test_bad_answer_is_final_or_not_or_nobody_knows(
    sender: GatewayApiSender, server: GatewayApiServer, status: int, body: str, *, permanent: bool, unknown: bool
) -> None:
    server.fail(status, body)

    with pytest.raises(SendError) as refused:
        sender.send(Sending("1", ANNA, "Hej"))

    assert (refused.value.permanent, refused.value.unknown, refused.value.retry_after_s) == (permanent, unknown, None)
    assert sender.send(Sending("1", ANNA, "Hej")) == "1000001"


def test_wrong_token_may_be_mended(settings: Settings, server: GatewayApiServer) -> None:
    assert settings.gatewayapi is not None
    wrong = GatewayApiSender(type(settings.gatewayapi)("wrong", SECRET, server.url), OUR_NUMBER)

    with pytest.raises(SendError, match="401") as refused:
        wrong.send(Sending("1", ANNA, "Hej"))
    wrong.close()

    assert (refused.value.permanent, server.taken()) == (False, [])


def test_what_the_provider_does_not_take_is_final(settings: Settings, server: GatewayApiServer) -> None:
    assert settings.gatewayapi is not None
    wrong = GatewayApiSender(settings.gatewayapi, "Twelve chars")

    with pytest.raises(SendError, match="400") as refused:
        wrong.send(Sending("1", ANNA, "Hej"))
    wrong.close()

    assert refused.value.permanent


def test_pause_that_the_provider_asks_for_holds_the_row(context: Context, server: GatewayApiServer) -> None:
    outbound_id = say(context, "Hej")
    server.fail(429, **{"Retry-After": "90"})

    send_all(context)

    waiting = row(context, outbound_id)
    assert (waiting.state, waiting.attempts) == (OutboundState.WAITING, 0)
    assert 60 < (waiting.next_try_at - context.clock.now()).total_seconds() <= 90


def test_provider_that_is_not_there_may_be_tried_again(settings: Settings) -> None:
    assert settings.gatewayapi is not None
    nobody = GatewayApiSender(type(settings.gatewayapi)(TOKEN, SECRET, f"http://127.0.0.1:{free_port()}"), OUR_NUMBER)

    with pytest.raises(SendError) as refused:
        nobody.send(Sending("1", ANNA, "Hej"))
    nobody.close()

    assert (refused.value.permanent, refused.value.unknown) == (False, False)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "TIMEOUT", httpx.Timeout(0.3))


@pytest.mark.usefixtures("impatient")
def test_answer_that_comes_too_late_leaves_the_outcome_open(settings: Settings, server: GatewayApiServer) -> None:
    assert settings.gatewayapi is not None
    sender = GatewayApiSender(settings.gatewayapi, OUR_NUMBER)
    server.fail(200, "{}", takes=True, after_s=2)

    with pytest.raises(SendError) as lost:
        sender.send(Sending("1", ANNA, "Hej"))
    sender.close()

    assert (lost.value.unknown, lost.value.permanent) == (True, False)
    assert [taken["message"] for taken in server.taken()] == ["Hej"]


@pytest.mark.usefixtures("impatient")
def test_receipt_settles_what_nobody_knew_and_nothing_is_sent_twice(
    context: Context, server: GatewayApiServer, served: Callable[[], Any]
) -> None:
    outbound_id = say(context, "Hej")
    server.fail(200, "{}", takes=True, after_s=2)
    with served():
        send_all(context)
        [taken] = server.taken()

        server.report(taken, "DELIVERED")
        wait_for(lambda: row(context, outbound_id).state == OutboundState.DELIVERED)
        send_all(context)

    assert len(server.taken()) == 1


# --- What citizens write


def test_message_of_a_citizen_goes_all_the_way(context: Context, server: GatewayApiServer, served: Callable[[], Any]) -> None:
    with served():
        brought = server.write(ANNA, "Hun lyttede æøå 🙂")
        wait_for(lambda: all_brought(server))

    with context.database.read() as session:
        inbound = session.scalars(select(Inbound)).one()
        assert (inbound.original, inbound.provider_id) == ("Hun lyttede æøå 🙂", f"gatewayapi:{brought['id']}")
    assert [delivery["answers"] for delivery in server.deliveries()] == [[200]]


def test_longest_message_of_a_citizen_arrives(context: Context, server: GatewayApiServer, served: Callable[[], Any]) -> None:
    text = "😢" * 670  # ten parts; the signature holds the text as well, which makes a header of 11 kB

    with served():
        server.write(ANNA, text)
        wait_for(lambda: all_brought(server))

    assert texts(context) == [text]


def test_what_comes_while_we_are_down_is_brought_again(
    context: Context, server: GatewayApiServer, served: Callable[[], Any]
) -> None:
    server.set(scale=0.004)  # 0.24 s, 0.48 s, 1.44 s, 5.8 s …
    server.write(ANNA, "1")
    server.write(KARLA, "2")
    wait_for(lambda: all(len(delivery["answers"]) >= 3 for delivery in server.deliveries()))

    with served():
        wait_for(lambda: all_brought(server))

    assert sorted(texts(context)) == ["1", "2"]
    assert [delivery["answers"] for delivery in server.deliveries()] == [[0, 0, 0, 200]] * 2


def test_what_comes_while_database_and_spool_are_away_is_brought_again(
    context: Context, settings: Settings, server: GatewayApiServer, served: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.service.message_path import door
    from bot.service.message_path.spool import Spool

    server.set(scale=0.004)
    with served():
        with monkeypatch.context() as away:
            away.setattr(door, "store", raising(OSError("away")))
            away.setattr(Spool, "put", raising(OSError("disk full")))
            server.write(ANNA, "hej")
            wait_for(lambda: server.deliveries()[0]["answers"][:2] == [503, 503])
        wait_for(lambda: all_brought(server))

    assert texts(context) == ["hej"]


def test_answer_that_the_provider_did_not_hear_doubles_nothing(
    context: Context, server: GatewayApiServer, served: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.service.message_path import door

    store = door.store

    def store_slowly(*given: Any) -> Any:
        stored = store(*given)
        time.sleep(0.6 if not server.deliveries()[0]["answers"] else 0)
        return stored

    monkeypatch.setattr(door, "store", store_slowly)
    server.set(answer_within_s=0.3, scale=0.01)
    with served():
        server.write(ANNA, "hej")
        wait_for(lambda: all_brought(server))

    assert server.deliveries()[0]["answers"] == [0, 200]
    assert texts(context) == ["hej"]


def test_same_message_brought_by_many_at_once_is_one(
    context: Context, server: GatewayApiServer, served: Callable[[], Any]
) -> None:
    with served():
        brought = server.write(ANNA, "ja")
        for _ in range(9):
            server.bring(brought)
        server.write(ANNA, "ja")
        wait_for(lambda: all_brought(server))

    assert texts(context) == ["ja", "ja"]
    assert [delivery["answers"] for delivery in server.deliveries()] == [[200]] * 11


def test_danger_that_a_citizen_writes_is_answered_through_the_provider(
    context: Context, server: GatewayApiServer, served: Callable[[], Any]
) -> None:
    with served():
        server.write(ANNA, "han slår mig")
        wait_for(lambda: all_brought(server))
        send_all(context)

        [taken] = server.taken()
        server.report(taken, "DELIVERED")
        wait_for(lambda: all(delivery["done"] for delivery in server.deliveries()))

    assert ("112" in taken["message"], taken["recipients"]) == (True, [{"msisdn": 4500000012}])
    with context.database.read() as session:
        sent = session.scalars(select(Outbound)).one()
        assert (sent.kind, sent.state) == (OutboundKind.SAFETY, OutboundState.DELIVERED)


@pytest.mark.parametrize("sender_of_message", [{"msisdn": 1204}, {"msisdn": 0, "sender": "Eksempel"}])
def test_what_comes_from_no_phone_is_kept_and_never_answered(
    context: Context, server: GatewayApiServer, served: Callable[[], Any], sender_of_message: dict[str, Any]
) -> None:
    with served():
        server.write(ANNA, "han slår mig", **sender_of_message)
        wait_for(lambda: all_brought(server))
    send_all(context)

    assert (texts(context), server.taken()) == (["han slår mig"], [])
    with context.database.read() as session:
        assert {sent.state for sent in session.scalars(select(Outbound))} == {OutboundState.FAILED}


# --- What became of ours


def test_final_state_comes_in_any_order_with_those_before_it(
    context: Context, server: GatewayApiServer, served: Callable[[], Any]
) -> None:
    finals = sorted(FINAL)
    outbound_ids = {final: say(context, final, f"+450000003{number}") for number, final in enumerate(finals)}
    send_all(context)
    taken = {one["message"]: one for one in server.taken()}

    with served():
        for number, status in enumerate(("ENROUTE", None, "BUFFERED", None, "SCHEDULED")):
            for final in finals:
                server.report(taken[final], status or final, at=1_795_000_000 - number)
            wait_for(lambda: all_brought(server))

    assert {final: row(context, outbound_id).state for final, outbound_id in outbound_ids.items()} == {
        "ACCEPTED": OutboundState.HANDED_OVER,
        "DELETED": OutboundState.FAILED,
        "DELIVERED": OutboundState.DELIVERED,
        "EXPIRED": OutboundState.FAILED,
        "REJECTED": OutboundState.FAILED,
        "SKIPPED": OutboundState.FAILED,
        "UNDELIVERABLE": OutboundState.FAILED,
    }
    assert [delivery["answers"] for delivery in server.deliveries()] == [[200]] * 5 * len(finals)


def test_receipt_that_overtakes_the_answer_is_not_lost(
    context: Context, server: GatewayApiServer, served: Callable[[], Any]
) -> None:
    outbound_id = say(context, "Hej")

    with served(), senders_of(context) as senders:
        claimed = outbox.claim_next(context, senders)
        assert claimed is not None
        taken = {"id": 1_000_001, "recipients": [{"msisdn": 4500000012}], "userref": f"genklang:{outbound_id}"}
        server.report(taken, "DELIVERED")
        wait_for(lambda: all_brought(server))
        outbox.send(context, senders, claimed)

    assert row(context, outbound_id).state == OutboundState.DELIVERED


# --- Bad input


def test_forged_calls_are_refused_and_large_ones_not_read(context: Context, served: Callable[[], Any]) -> None:
    claims = message(2_000_001, ANNA, "hej")
    token = sign(claims, SECRET)
    calls: list[tuple[dict[str, str], Any]] = [
        ({}, claims),
        ({HEADER: sign(claims, "x" * 40)}, claims),
        ({HEADER: sign(claims, SECRET, algorithm="none")}, claims),
        ({HEADER: token}, claims | {"message": "stop"}),
    ]
    with served() as url:
        refused = [httpx.post(url, json=body, headers=head, trust_env=False).status_code for head, body in calls]
        headers = {HEADER: token, "Content-Type": "application/json"}
        announced = httpx.post(url, content=b" " * 5_000_000, headers=headers, trust_env=False).status_code
        streamed = httpx.post(url, content=pieces(), headers=headers, trust_env=False).status_code
        form = httpx.post(url, data={"id": "1"}, headers={HEADER: token}, trust_env=False).status_code
        fetched = httpx.get(url, trust_env=False).status_code

    assert refused == [403, 403, 403, 403]
    assert (announced, streamed, form, fetched) == (413, 413, 415, 405)
    assert texts(context) == []


def test_webhook_of_a_bridge_that_is_off_is_not_there(database_url: str, tmp_path: Path) -> None:
    from fastapi.testclient import TestClient

    settings = read_settings(ENVIRONMENT | {"GENKLANG_HOME": str(tmp_path), "GENKLANG_DATABASE": database_url})
    claims = message(2_000_001, ANNA, "hej")

    with TestClient(make_app(settings)) as client:
        answer = client.post(PATH, json=claims, headers={HEADER: sign(claims, SECRET)})

    assert answer.status_code == 404


def pieces() -> Iterator[bytes]:
    for _ in range(50):
        yield b" " * 100_000


def raising(error: Exception) -> Any:
    def fail(*_: Any) -> None:
        raise error

    return fail
