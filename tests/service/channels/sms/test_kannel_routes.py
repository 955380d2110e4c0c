"""Who may call, what is stored, and what Kannel is told, so that it repeats what must be repeated and no more."""

import dataclasses
import ipaddress
import logging
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from bot.service.app import make_app
from bot.service.channels.sms.kannel.gate import REFUSALS
from bot.service.channels.sms.kannel.paths import MESSAGE, RECEIPT
from bot.service.channels.sms.kannel.routes import MAX_BODY_BYTES, kannel_router
from bot.service.channels.sms.kannel.settings import KannelSettings
from bot.service.context import Context
from bot.service.message_path import door, receipts
from bot.service.message_path.spool import Spool
from bot.service.models import Case, Conversation, Inbound, Outbound
from bot.service.models.words import InboundKind, OutboundState

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # starlette would like httpx2, which nothing else here needs
    from fastapi.testclient import TestClient

SECRET = "invented-kannel-secret"
KANNEL = KannelSettings(
    "http://127.0.0.1:9/",
    "genklang",
    "invented-password",
    SECRET,
    (ipaddress.ip_network("127.0.0.1/32"), ipaddress.ip_network("192.0.2.0/24")),
)
HEADERS = {"Content-Type": 'text/plain; charset="UTF-8"', "X-Kannel-From": "+4500000012"}
QUERY = {"id": "3e7d1af0-7fb3-4d77-b62e-940ec5d6aa5e", "ts": "1795337202"}
AWAY = OperationalError("BEGIN", {}, Exception("away"))


def client_of(context: Context, peer: str = "127.0.0.1") -> TestClient:
    app = FastAPI()
    app.include_router(kannel_router(context, KANNEL))
    return TestClient(app, client=(peer, 50000), raise_server_exceptions=False)


@pytest.fixture
def client(context: Context) -> Iterator[TestClient]:
    with client_of(context) as client:
        yield client


def post(client: TestClient, text: str | bytes = "JA", auth: Any = ("kannel", SECRET), **query: str) -> int:
    return client.post(MESSAGE, content=text, params=QUERY | query, headers=HEADERS, auth=auth).status_code


def stored(context: Context) -> list[tuple[str, str]]:
    with context.database.read() as session:
        rows = session.execute(
            select(Conversation.address, Inbound.original).join_from(Inbound, Conversation).order_by(Inbound.id)
        )
        return [(address, text) for address, text in rows]


def test_message_is_stored_before_an_empty_202(context: Context, client: TestClient) -> None:
    answer = client.post(MESSAGE, content="Hej æøå", params=QUERY, headers=HEADERS, auth=("kannel", SECRET))

    assert (answer.status_code, answer.content) == (202, b"")
    assert stored(context) == [("+4500000012", "Hej æøå")]


def test_same_call_again_is_no_second_message_and_another_id_is(context: Context, client: TestClient) -> None:
    assert [post(client), post(client), post(client, id="another")] == [202, 202, 202]
    assert len(stored(context)) == 2


@pytest.mark.parametrize(
    "auth",
    [None, ("kannel", ""), ("kannel", SECRET[:-1]), ("kannel", SECRET.upper()), ("other", SECRET), ("kannel", "hemmelig-æøå")],
)
def test_wrong_secret_is_refused(context: Context, client: TestClient, auth: Any) -> None:
    assert post(client, auth=auth) == 403
    assert client.get(RECEIPT, params={"ref": "1", "type": "1"}, auth=auth).status_code == 403
    assert stored(context) == []


@pytest.mark.parametrize("header", ["", "Basic", "Basic ====", "Bearer a2FubmVsOmludmVudGVkLWthbm5lbC1zZWNyZXQ=", "\xe6"])
def test_odd_authorization_is_refused(client: TestClient, header: str) -> None:
    headers = HEADERS | {"Authorization": header.encode("latin-1")}

    assert client.post(MESSAGE, content="JA", params=QUERY, headers=headers).status_code == 403


@pytest.mark.parametrize(
    ("peer", "status"),
    [
        ("127.0.0.1", 202),
        ("192.0.2.77", 202),
        ("::ffff:127.0.0.1", 202),
        ("127.0.0.2", 403),
        ("198.51.100.1", 403),
        ("::1", 403),
        ("testclient", 403),
    ],
)
def test_only_kannels_network_may_call(context: Context, peer: str, status: int) -> None:
    with client_of(context, peer) as client:
        assert post(client) == status
        assert client.get(RECEIPT, params={"ref": "1", "type": "1"}, auth=("kannel", SECRET)).status_code == status


def test_flood_of_forgeries_fills_no_log_and_holds_nobody_up(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    statuses = [post(client, auth=("kannel", "guessed")) for _ in range(REFUSALS + 5)]

    assert statuses == [403] * REFUSALS + [429] * 5
    assert [record.getMessage() for record in caplog.records].count("a call that is not Kannel's was refused") == REFUSALS
    assert post(client) == 202


def test_forgery_costs_one_line_without_what_it_said(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    post(client, "hemmelig tekst", auth=("kannel", "guessed"))

    [record] = caplog.records
    assert (record.levelno, record.__dict__["reason"]) == (logging.WARNING, "secret")
    assert not {"hemmelig", "guessed", "4500000012"} & set(str(record.__dict__).replace("'", " ").split())


def test_too_large_a_body_is_413(context: Context, client: TestClient) -> None:
    assert [post(client, b"a" * MAX_BODY_BYTES), post(client, b"a" * (MAX_BODY_BYTES + 1), id="2")] == [202, 413]
    assert len(stored(context)) == 1


def test_call_without_an_id_is_400(context: Context, client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    answer = client.post(MESSAGE, content="JA", headers=HEADERS, auth=("kannel", SECRET))

    assert (answer.status_code, stored(context)) == (400, [])
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


def test_bytes_that_are_no_text_go_before_a_human(context: Context, client: TestClient) -> None:
    assert post(client, b"hj\xe6lp") == 202

    with context.database.read() as session:
        assert session.scalars(select(Inbound.kind)).one() == InboundKind.MEDIA
        assert session.scalars(select(Case.kind)).one() == "ubehandlet"


def test_short_code_is_read_like_anybody(context: Context, client: TestClient) -> None:
    answer = client.post(
        MESSAGE, content="jeg vil klage", params=QUERY, headers=HEADERS | {"X-Kannel-From": "1212"}, auth=("kannel", SECRET)
    )

    assert (answer.status_code, stored(context)) == (202, [("1212", "jeg vil klage")])
    with context.database.read() as session:
        assert session.scalars(select(Case.kind)).one() == "klage"


def test_message_goes_to_the_spool_while_the_database_is_away(
    context: Context, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "store", raising(AWAY))

    assert post(client) == 202
    assert [Spool(context).read(path).message.provider_id for path in Spool(context).files()] == [QUERY["id"]]


def test_nothing_is_acknowledged_that_neither_database_nor_spool_takes(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "store", raising(AWAY))
    monkeypatch.setattr(Spool, "put", raising(OSError("disk full")))

    assert post(client) == 503


# --- Receipts


def hand_over(context: Context, client: TestClient) -> int:
    """A message of ours that Kannel has taken."""
    post(client)
    with context.database.write() as session:
        conversation = session.scalars(select(Conversation)).one()
        now = context.clock.now()
        row = Outbound(
            conversation_id=conversation.id,
            channel="sms",
            kind="svar",
            text="Hej",
            created_at=now,
            next_try_at=now,
            state=OutboundState.HANDED_OVER,
            attempts=1,
            handed_over_at=now,
        )
        session.add(row)
        session.flush()
        return row.id


def tell(client: TestClient, reference: int, kind: str) -> int:
    query = {"ref": str(reference), "type": kind, "ts": "1795337202"}
    return client.get(RECEIPT, params=query, auth=("kannel", SECRET)).status_code


@pytest.mark.parametrize(
    ("kinds", "state"),
    [
        (["8", "1"], OutboundState.DELIVERED),
        (["1", "8"], OutboundState.DELIVERED),
        (["1", "1", "2"], OutboundState.DELIVERED),
        (["8", "2"], OutboundState.FAILED),
        (["16"], OutboundState.FAILED),
        (["8", "4"], OutboundState.HANDED_OVER),
    ],
)
def test_receipts_move_the_message_in_any_order(context: Context, client: TestClient, kinds: list[str], state: str) -> None:
    outbound_id = hand_over(context, client)

    assert {tell(client, outbound_id, kind) for kind in kinds} == {202}
    with context.database.read() as session:
        assert session.get_one(Outbound, outbound_id).state == state


def test_receipt_of_an_unknown_message_is_not_asked_for_again(client: TestClient) -> None:
    assert tell(client, 999, "1") == 202


@pytest.mark.parametrize("query", [{}, {"ref": "x", "type": "1"}, {"ref": "1", "type": "32"}])
def test_odd_receipt_is_400(client: TestClient, query: dict[str, str]) -> None:
    assert client.get(RECEIPT, params=query, auth=("kannel", SECRET)).status_code == 400


def test_receipt_comes_again_while_the_database_is_away(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receipts, "note", raising(AWAY))

    assert tell(client, 1, "1") == 503


# --- Mounting


@pytest.mark.parametrize(("bridge", "status"), [("kannel", 202), ("simulator", 404), ("none", 404)])
def test_only_the_chosen_bridge_has_a_webhook(context: Context, bridge: str, status: int) -> None:
    settings = dataclasses.replace(context.settings, sms_bridge=bridge, kannel=KANNEL, sms_sender="1212")

    with TestClient(make_app(settings), client=("127.0.0.1", 50000)) as client:
        assert post(client) == status
        assert post(client, b"a" * 5_000_000) == 413


def raising(error: Exception) -> Any:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    return fail
