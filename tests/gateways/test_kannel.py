"""SMS through Debian's Kannel, from phone to table and back; only the SMS centre behind it is ours (tests/smpp)."""

import dataclasses
import ipaddress
import itertools
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
import uvicorn
from sqlalchemy import select, update

from bot.service.app import make_app
from bot.service.channels.base import SendError, Sending
from bot.service.channels.sms.gsm7 import segments
from bot.service.channels.sms.kannel.outbound import MOST_SEGMENTS, KannelSender
from bot.service.channels.sms.kannel.paths import MESSAGE, RECEIPT
from bot.service.channels.sms.kannel.settings import KannelSettings
from bot.service.clock import Clock
from bot.service.context import Context
from bot.service.message_path import outbox
from bot.service.message_path.feed_back import feed_spool
from bot.service.message_path.spool import Spool
from bot.service.models import Case, Conversation, Delivery, Inbound, OptOut, Outbound
from bot.service.models.words import InboundKind, OutboundState
from bot.shared.codebook import Channel
from tests.kannel_server import ALPHANUMERIC, BINARY, OUR_NUMBER, PASSWORD, SECRET, UCS2, USER, Kannel, kannel_server
from tests.postgres import MissingServer

pytestmark = [
    pytest.mark.gateway,
    pytest.mark.timeout(120),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

ANNA, KARLA = "4500000012", "4500000013"
HERE = (ipaddress.ip_network("127.0.0.1/32"),)
SUBMIT_FAILED, THROTTLED = 0x45, 0x58  # SMPP statuses: for good, for now

Scope = dict[str, Any]

references = itertools.count(1000)  # no two tests have the same: a receipt of one may come while the next is running


@pytest.fixture(scope="module")
def kannel_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kannel]:
    try:
        with kannel_server(tmp_path_factory.mktemp("kannel")) as kannel:
            yield kannel
    except MissingServer as missing:
        pytest.skip(str(missing))


@pytest.fixture
def kannel(kannel_process: Kannel) -> Kannel:
    kannel_process.reset()
    return kannel_process


@pytest.fixture
def ours(context: Context, kannel: Kannel) -> Context:
    """The context of a service that Kannel can call, by the real clock."""
    return with_kannel(context, kannel)


def with_kannel(context: Context, kannel: Kannel) -> Context:
    settings = dataclasses.replace(
        context.settings,
        sms_bridge="kannel",
        sms_sender=OUR_NUMBER,
        kannel=KannelSettings(kannel.url, USER, PASSWORD, SECRET, HERE),
        port=kannel.service_port,
        service_url=f"http://127.0.0.1:{kannel.service_port}",
    )
    return dataclasses.replace(context, settings=settings, clock=Clock())


@pytest.fixture
def sender(ours: Context) -> Iterator[KannelSender]:
    assert ours.settings.kannel is not None
    sender = KannelSender(ours.settings.kannel, ours.settings.sms_sender, ours.settings.service_url)
    yield sender
    sender.close()


class Doorman:
    """The real application, of which the first answers about messages get lost on their way to Kannel."""

    def __init__(self, context: Context, lose: int) -> None:
        self._app = make_app(context.settings)
        self._lose = lose
        self.ids: list[str] = []  # of each call, in order

    async def __call__(self, scope: Scope, receive: Callable[[], Any], send: Callable[[Scope], Awaitable[None]]) -> None:
        if scope["type"] != "http" or scope["path"] != MESSAGE:
            await self._app(scope, receive, send)
            return
        self.ids += parse_qs(scope["query_string"].decode()).get("id", ["none"])
        lost = len(self.ids) <= self._lose

        async def answer(event: Scope) -> None:
            await send(event | {"status": 503} if lost and "status" in event else event)

        await self._app(scope, receive, answer)


@contextmanager
def served(context: Context, *, lose: int = 0) -> Iterator[Doorman]:
    """The service behind a real HTTP server, where Kannel looks for it."""
    doorman = Doorman(context, lose)
    config = uvicorn.Config(doorman, host="127.0.0.1", port=context.settings.port, log_level="error", ws="none")
    service = uvicorn.Server(config)
    thread = threading.Thread(target=service.run)
    thread.start()
    wait_for(lambda: service.started)
    try:
        yield doorman
    finally:
        service.should_exit = True
        thread.join()


def wait_for(found: Callable[[], bool], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)


def texts(context: Context) -> list[str]:
    with context.database.read() as session:
        return [inbound.original for inbound in session.scalars(select(Inbound).order_by(Inbound.id))]


def states(context: Context) -> list[str]:
    with context.database.read() as session:
        return list(session.scalars(select(Outbound.state).order_by(Outbound.id)))


def told(context: Context) -> list[str]:
    """What receipts have said, in the order in which they came."""
    with context.database.read() as session:
        return list(session.scalars(select(Delivery.state).order_by(Delivery.id)))


def say(context: Context, text: str, *, to: str = ANNA) -> None:
    """Put a message of ours into the outbox, to a person whom it makes known."""
    with context.database.write() as session:
        conversation = session.scalar(select(Conversation).where(Conversation.channel == Channel.SMS))
        if conversation is None:
            address = f"+{to}"
            conversation = Conversation(channel="sms", address=address, address_hash=context.address_hash("sms", address))
            session.add(conversation)
            session.flush()
        now = context.clock.now()
        row = {"id": next(references), "kind": "svar", "text": text, "created_at": now, "next_try_at": now}
        session.add(Outbound(conversation_id=conversation.id, **row))


def send_all(context: Context, sender: Any) -> None:
    senders = {Channel.SMS: sender}
    while (claimed := outbox.claim_next(context, senders)) is not None:
        outbox.send(context, senders, claimed)


def on_the_phone(kannel: Kannel) -> list[str]:
    """The texts that reached the SMS centre, their parts joined as a phone does: Kannel may cut an emoji in two."""
    joined = ["".join(part["text"] for part in parts) for _, parts in messages(kannel)]
    return [text.encode("utf-16", "surrogatepass").decode("utf-16") for text in joined]


def messages(kannel: Kannel) -> list[tuple[int, list[dict[str, Any]]]]:
    """The messages at the SMS centre: how many parts each says it has, and its parts."""
    found: list[tuple[int, list[dict[str, Any]]]] = []
    for part in kannel.taken():
        count, number = part["part"]
        if number == 1:
            found.append((count, []))
        found[-1][1].append(part)
    return found


# --- From the phone


@pytest.mark.parametrize(
    ("text", "coding"),
    [
        ("Hej æøå ÆØÅ é ü € {x} [y] ~ | ^ \\ @ £ §", 0),
        ("", 0),
        ("jeg er ked af det 😢 ж", UCS2),
        ("a" * 160, 0),
    ],
)
def test_text_arrives_as_it_was_written(ours: Context, kannel: Kannel, text: str, coding: int) -> None:
    with served(ours):
        kannel.write(ANNA, text, coding=coding)
        wait_for(lambda: texts(ours) != [])

    assert texts(ours) == [text]
    with ours.database.read() as session:
        assert session.scalars(select(Conversation.address)).one() == f"+{ANNA}"
        inbound = session.scalars(select(Inbound)).one()
        assert (inbound.kind, inbound.sent_at is None) == (InboundKind.TEXT, False)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)], ids=str)
def test_parts_in_any_order_are_one_message(ours: Context, kannel: Kannel, order: tuple[int, ...]) -> None:
    pieces = ["Første del æ. ", "Anden del €. ", "Sidste del."]
    with served(ours):
        kannel.write_in_parts(ANNA, pieces, order)
        wait_for(lambda: texts(ours) != [])

    assert texts(ours) == ["".join(pieces)]


def test_emoji_that_is_cut_by_the_end_of_a_part_is_whole_again(ours: Context, kannel: Kannel) -> None:
    units = ("x" * 66 + "😢 hjælp").encode("utf-16-be")
    with served(ours):
        kannel.write_in_parts(ANNA, [units[:134], units[134:]], [1, 0], coding=UCS2)
        wait_for(lambda: texts(ours) != [])

    assert texts(ours) == ["x" * 66 + "😢 hjælp"]


def test_part_that_never_comes_does_not_hold_back_the_others(ours: Context, kannel: Kannel) -> None:
    with served(ours):
        kannel.write_in_parts(ANNA, ["Første. ", "Anden. ", "Sidste."], [0, 2])
        wait_for(lambda: len(texts(ours)) == 2)

    assert sorted(texts(ours)) == ["Første. ", "Sidste."]


def test_what_is_no_text_goes_before_a_human(ours: Context, kannel: Kannel) -> None:
    with served(ours):
        kannel.write(ANNA, b"\xff\x06\x10", coding=BINARY)
        wait_for(lambda: texts(ours) != [])

    with ours.database.read() as session:
        assert session.scalars(select(Inbound.kind)).one() == InboundKind.MEDIA
        assert session.scalars(select(Case.kind)).one() == "ubehandlet"


@pytest.mark.parametrize(("name", "ton"), [("BANKEN", ALPHANUMERIC), ("1212", 0)])
def test_what_no_phone_has_written_is_read_but_never_answered(
    ours: Context, kannel: Kannel, sender: KannelSender, name: str, ton: int
) -> None:
    with served(ours):
        kannel.write(name, "", ton=ton)
        wait_for(lambda: texts(ours) != [])
        send_all(ours, sender)

    assert (states(ours), kannel.taken()) == ([OutboundState.FAILED], [])
    with ours.database.read() as session:
        assert session.scalars(select(Conversation.address)).one() == name
        assert session.scalars(select(Case.kind)).one() == "ubehandlet"


def test_stop_is_confirmed_on_the_phone_once(ours: Context, kannel: Kannel, sender: KannelSender) -> None:
    with served(ours):
        kannel.write(ANNA, "Stop")
        kannel.write(ANNA, "STOP!")
        wait_for(lambda: len(texts(ours)) == 2)
        send_all(ours, sender)

    [confirmation] = kannel.taken()
    assert (confirmation["to"], confirmation["from"], confirmation["part"]) == (ANNA, OUR_NUMBER, [1, 1])
    with ours.database.read() as session:
        assert len(session.scalars(select(OptOut)).all()) == 1


# --- Kannel tries again


def test_answer_that_got_lost_brings_the_same_id_and_no_second_message(ours: Context, kannel: Kannel) -> None:
    with served(ours, lose=2) as doorman:
        kannel.write(ANNA, "ja")
        wait_for(lambda: len(doorman.ids) == 3)
        kannel.write(ANNA, "ja")
        wait_for(lambda: len(texts(ours)) == 2)

    assert [doorman.ids.count(one) for one in dict.fromkeys(doorman.ids)] == [3, 1]
    assert texts(ours) == ["ja", "ja"]


def test_messages_wait_while_we_are_down(ours: Context, kannel: Kannel) -> None:
    with served(ours):
        kannel.write(ANNA, "1")
        wait_for(lambda: texts(ours) == ["1"])
    kannel.write(ANNA, "2")
    kannel.write(KARLA, "3")

    with served(ours) as doorman:
        wait_for(lambda: len(texts(ours)) == 3)

    assert (sorted(texts(ours)), len(doorman.ids)) == (["1", "2", "3"], 2)
    assert kannel.taken() == []


def test_messages_wait_in_our_spool_while_the_database_is_away(ours: Context, kannel: Kannel) -> None:
    with served(ours) as doorman:
        with ours.database.write() as session:
            session.execute(update(Conversation).values(asked_again=0))  # SQLite: nobody else can write
            kannel.write(ANNA, "ja")
            wait_for(lambda: len(Spool(ours).files()) == 1)
        feed_spool(ours)

    assert (texts(ours), len(doorman.ids)) == (["ja"], 1)


@pytest.mark.parametrize("bearerbox_too", [False, True], ids=["smsbox", "both"])
def test_messages_wait_in_bearerbox_under_their_ids_while_smsbox_is_down(
    ours: Context, kannel: Kannel, *, bearerbox_too: bool
) -> None:
    kannel.kill_smsbox()
    kannel.write(ANNA, "mens I var væk")
    wait_for(lambda: len(kannel.stored_ids()) == 1)
    kept = kannel.stored_ids()
    if bearerbox_too:
        kannel.kill_bearerbox()
        kannel.start_bearerbox()

    with served(ours) as doorman:
        kannel.start_smsbox()
        wait_for(lambda: texts(ours) != [])

    assert (texts(ours), doorman.ids) == (["mens I var væk"], kept)


def test_citizen_hears_nothing_from_kannel_itself(context: Context, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Also when it gives up: then it would send a sentence of its own, were it allowed to."""
    with kannel_server(tmp_path_factory.mktemp("kannel"), {"http-request-retry = 259200": "http-request-retry = 1"}) as kannel:
        with served(with_kannel(context, kannel), lose=2) as doorman:
            kannel.write(ANNA, "ja")
            wait_for(lambda: len(doorman.ids) == 2)
            kannel.write(ANNA, "nej")
            wait_for(lambda: len(doorman.ids) == 3)
        said = kannel.taken()

    assert said == []


def test_kannels_logs_name_nobody(ours: Context, kannel: Kannel, sender: KannelSender) -> None:
    kannel.write(ANNA, "en hemmelighed")
    sender.send(Sending(str(next(references)), f"+{KARLA}", "en anden hemmelighed"))
    wait_for(lambda: kannel.taken() != [])
    wait_for(lambda: f"Couldn't fetch <http://kannel:{SECRET}" in kannel.said())  # errors are told, our secret with them
    with served(ours):
        wait_for(lambda: texts(ours) != [])

    assert [word for word in (ANNA, KARLA, "hemmelighed", PASSWORD) if word in kannel.said()] == []


# --- To the phone


@pytest.mark.parametrize(
    "text",
    [
        "Hej æøå ÆØÅ é ü € {x} [y] ~ | ^ \\ @ £ §",
        "a" * 160,
        "a" * 161,
        "€" * 80,
        "€" * 81,
        "a" * 152 + "€" + "a" * 152,
        "å" * 306,
        "jeg hører dig 😢 ж",
        "ж" * 70,
        "ж" * 71,
        "😢" * 35,
        "😢" * 36,
        "ord " * 382,
    ],
    ids=lambda text: f"{text[:6]}-{len(text)}",
)
def test_text_reaches_the_phone_whole_in_as_many_sms_as_we_count(kannel: Kannel, sender: KannelSender, text: str) -> None:
    sender.send(Sending(str(next(references)), f"+{ANNA}", text))

    wait_for(lambda: bool(kannel.taken()) and len(kannel.taken()) == kannel.taken()[0]["part"][0])
    [(count, _)] = messages(kannel)
    assert (count, on_the_phone(kannel)) == (segments(text), [text])


def test_longest_text_is_not_cut(kannel: Kannel, sender: KannelSender) -> None:
    text = "a" * (153 * MOST_SEGMENTS - 1) + "z"

    sender.send(Sending(str(next(references)), f"+{ANNA}", text))

    wait_for(lambda: len(kannel.taken()) == MOST_SEGMENTS)
    assert on_the_phone(kannel) == [text]


def test_receipts_come_from_accepted_to_delivered(ours: Context, kannel: Kannel, sender: KannelSender) -> None:
    say(ours, "Hej")
    with served(ours):
        send_all(ours, sender)
        wait_for(lambda: told(ours) == ["accepted"])
        assert states(ours) == [OutboundState.HANDED_OVER]
        kannel.receipt(kannel.taken()[0]["id"], "DELIVRD")
        wait_for(lambda: len(told(ours)) == 2)

    assert (states(ours), told(ours)) == ([OutboundState.DELIVERED], ["accepted", "delivered"])


def test_receipt_that_overtakes_our_own_bookkeeping_counts(ours: Context, kannel: Kannel, sender: KannelSender) -> None:
    class Slow:
        """The phone has the message before we have noted that we handed it over."""

        def __getattr__(self, name: str) -> Any:
            return getattr(sender, name)

        def send(self, sending: Sending) -> None:
            sender.send(sending)
            wait_for(lambda: kannel.taken() != [])
            kannel.receipt(kannel.taken()[0]["id"], "DELIVRD")
            wait_for(lambda: "delivered" in told(ours))

    say(ours, "Hej")
    with served(ours):
        send_all(ours, Slow())

    assert states(ours) == [OutboundState.DELIVERED]


def test_doubled_receipt_changes_nothing(ours: Context, kannel: Kannel, sender: KannelSender) -> None:
    say(ours, "Hej")
    with served(ours):
        send_all(ours, sender)
        wait_for(lambda: told(ours) == ["accepted"])
        for stat in ("DELIVRD", "DELIVRD", "UNDELIV"):
            kannel.receipt(kannel.taken()[0]["id"], stat)
        wait_for(lambda: "delivered" in told(ours))

    assert states(ours) == [OutboundState.DELIVERED]


@pytest.mark.parametrize("stat", ["UNDELIV", "EXPIRED", "REJECTD"])
def test_message_that_never_reached_the_phone_has_failed(ours: Context, kannel: Kannel, sender: KannelSender, stat: str) -> None:
    say(ours, "Hej")
    with served(ours):
        send_all(ours, sender)
        wait_for(lambda: told(ours) == ["accepted"])
        kannel.receipt(kannel.taken()[0]["id"], stat)
        wait_for(lambda: len(told(ours)) == 2)

    assert (states(ours), told(ours)) == ([OutboundState.FAILED], ["accepted", "failed"])


def test_receipt_comes_again_after_we_were_down(ours: Context, kannel: Kannel, sender: KannelSender) -> None:
    say(ours, "Hej")
    send_all(ours, sender)
    wait_for(lambda: kannel.taken() != [])
    kannel.receipt(kannel.taken()[0]["id"], "DELIVRD")
    assert states(ours) == [OutboundState.HANDED_OVER]

    with served(ours):
        wait_for(lambda: len(told(ours)) == 2)

    assert (states(ours), sorted(told(ours))) == ([OutboundState.DELIVERED], ["accepted", "delivered"])


def test_lost_receipt_leaves_the_message_handed_over(ours: Context, kannel: Kannel, sender: KannelSender) -> None:
    say(ours, "1")
    say(ours, "2")
    with served(ours):
        send_all(ours, sender)
        wait_for(lambda: len(kannel.taken()) == 2)
        kannel.receipt(kannel.taken()[1]["id"], "DELIVRD")
        wait_for(lambda: "delivered" in told(ours))

    assert states(ours) == [OutboundState.HANDED_OVER, OutboundState.DELIVERED]


def test_message_that_the_sms_centre_refuses_has_failed(ours: Context, kannel: Kannel, sender: KannelSender) -> None:
    kannel.refuse(SUBMIT_FAILED)
    say(ours, "Hej")
    with served(ours):
        send_all(ours, sender)
        wait_for(lambda: told(ours) == ["failed"])

    assert (states(ours), kannel.taken()) == ([OutboundState.FAILED], [])


def test_message_that_the_sms_centre_takes_later_arrives_once(ours: Context, kannel: Kannel, sender: KannelSender) -> None:
    kannel.refuse(THROTTLED)
    say(ours, "Hej")
    with served(ours):
        send_all(ours, sender)
        wait_for(lambda: told(ours) == ["accepted"])

    assert (states(ours), on_the_phone(kannel)) == ([OutboundState.HANDED_OVER], ["Hej"])


def test_wrong_password_is_not_the_citizens_fault(ours: Context, kannel: Kannel) -> None:
    assert ours.settings.kannel is not None
    forgetful = KannelSender(dataclasses.replace(ours.settings.kannel, password="another"), OUR_NUMBER, "http://127.0.0.1:9")

    with pytest.raises(SendError) as refused:
        forgetful.send(Sending(str(next(references)), f"+{ANNA}", "Hej"))
    forgetful.close()

    assert (refused.value.permanent, refused.value.unknown, kannel.taken()) == (False, False, [])


def test_wrong_url_is_not_the_citizens_fault(ours: Context, kannel: Kannel) -> None:
    assert ours.settings.kannel is not None
    lost = KannelSender(dataclasses.replace(ours.settings.kannel, url=f"{kannel.url}x"), OUR_NUMBER, "http://127.0.0.1:9")

    with pytest.raises(SendError) as refused:
        lost.send(Sending(str(next(references)), f"+{ANNA}", "Hej"))
    lost.close()

    assert (refused.value.permanent, refused.value.unknown) == (False, False)


def test_message_waits_while_smsbox_is_down(ours: Context, kannel: Kannel, sender: KannelSender) -> None:
    kannel.kill_smsbox()
    say(ours, "Hej")
    send_all(ours, sender)
    assert states(ours) == [OutboundState.WAITING]
    with ours.database.write() as session:
        session.scalars(select(Outbound)).one().next_try_at = ours.clock.now()
    kannel.start_smsbox()

    with served(ours):
        send_all(ours, sender)
        wait_for(lambda: told(ours) == ["accepted"])

    assert (states(ours), on_the_phone(kannel)) == ([OutboundState.HANDED_OVER], ["Hej"])


# --- Who is not Kannel


def test_forged_and_odd_calls_are_refused(ours: Context) -> None:
    right = ("kannel", SECRET)
    query = {"id": "1", "ts": "1795337202"}
    with served(ours), httpx.Client(base_url=ours.settings.service_url, trust_env=False) as client:

        def post(auth: Any, content: Any, **parameters: str) -> int:
            return client.post(MESSAGE, params=parameters, content=content, auth=auth).status_code

        statuses = {
            "no secret": post(None, "hej", **query),
            "wrong secret": post(("kannel", "guessed"), "hej", **query),
            "forged receipt": client.get(RECEIPT, params={"ref": "1", "type": "1"}, auth=("kannel", "guessed")).status_code,
            "no id": post(right, "hej"),
            "5 MB": post(right, b"a" * 5_000_000, **query),
            "5 MB in pieces": post(right, (b"a" * 50_000 for _ in range(100)), **query),
            "a form": client.post(MESSAGE, params=query, data={"from": ANNA, "text": "hej"}, auth=right).status_code,
            "get": client.get(MESSAGE, params=query, auth=right).status_code,
            "from elsewhere": client.post(
                MESSAGE, params=query, content="hej", auth=right, headers={"X-Forwarded-For": "127.0.0.1, 198.51.100.1"}
            ).status_code,
            "odd receipt": client.get(RECEIPT, params={"ref": "1 OR 1", "type": "1"}, auth=right).status_code,
        }

    assert statuses == {
        "no secret": 403,
        "wrong secret": 403,
        "forged receipt": 403,
        "no id": 400,
        "5 MB": 413,
        "5 MB in pieces": 413,
        "a form": 202,  # from a known caller: kept for a human, whatever it is
        "get": 405,
        "from elsewhere": 403,  # as a reverse proxy before us tells it
        "odd receipt": 400,
    }
    assert texts(ours) == ["from=4500000012&text=hej"]
