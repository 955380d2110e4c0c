"""Signature, body, stored, 200; and what happens where one of them fails."""

import json
import logging
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from bot.service.channels.sms.gatewayapi import routes
from bot.service.channels.sms.gatewayapi.routes import MAX_BODY_BYTES, PATH, REFUSALS, gatewayapi_router
from bot.service.channels.sms.gatewayapi.settings import GatewayApiSettings
from bot.service.channels.sms.gatewayapi.signature import HEADER
from bot.service.context import Context
from bot.service.logic import conversations
from bot.service.message_path import door
from bot.service.message_path.spool import Spool
from bot.service.models import Inbound, Outbound
from bot.service.models.words import OutboundState
from bot.shared.codebook import Channel
from tests.gatewayapi_server import SECRET, message, sign

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # starlette would like httpx2, which nothing else here needs
    from fastapi.testclient import TestClient

NUMBER = "+4500000012"
MESSAGE = message(2_000_001, NUMBER, "Hej æøå 🙂")
AWAY = OperationalError("BEGIN", {}, Exception("away"))

Post = Callable[..., int]


@pytest.fixture
def post(context: Context) -> Iterator[Post]:
    """Posts claims with their signature; body, token and content type may be others. The status."""
    app = FastAPI()
    app.include_router(gatewayapi_router(context, GatewayApiSettings("invented-token", SECRET, "https://eksempel.dk")))
    with TestClient(app, raise_server_exceptions=False) as client:

        def send(claims: Any, *, body: Any = None, token: str | None = None, content_type: str = "application/json") -> int:
            content = body if isinstance(body, bytes) else json.dumps(claims if body is None else body).encode()
            headers = {HEADER: sign(claims, SECRET) if token is None else token, "Content-Type": content_type}
            return client.post(PATH, content=content, headers=headers).status_code

        yield send


def texts(context: Context) -> list[str]:
    with context.database.read() as session:
        return [inbound.original for inbound in session.scalars(select(Inbound).order_by(Inbound.id))]


def hand_over(context: Context) -> int:
    """A message of ours that the provider has taken as 1000001; its id."""
    with context.database.write() as session:
        conversation = conversations.find_or_start(session, context, Channel.SMS, NUMBER)
        now = context.clock.now()
        row = Outbound(
            conversation_id=conversation.id,
            kind="svar",
            text="Tak",
            state=OutboundState.HANDED_OVER,
            attempts=1,
            provider_id="1000001",
            created_at=now,
            next_try_at=now,
            handed_over_at=now,
        )
        session.add(row)
        session.flush()
        return row.id


def status(outbound_id: int, state: str = "DELIVERED", **claims: Any) -> dict[str, Any]:
    report = {"id": 1_000_001, "msisdn": 4500000012, "time": 1_795_000_100, "status": state, "userref": f"genklang:{outbound_id}"}
    return report | claims


def state_of(context: Context, outbound_id: int) -> str:
    with context.database.read() as session:
        return session.get_one(Outbound, outbound_id).state


# --- Messages


def test_message_is_stored_before_the_200(context: Context, post: Post) -> None:
    assert post(MESSAGE) == 200
    assert texts(context) == ["Hej æøå 🙂"]


def test_same_message_again_is_no_second_one(context: Context, post: Post) -> None:
    assert [post(MESSAGE), post(MESSAGE), post(MESSAGE | {"webhook_label": "another"})] == [200, 200, 200]
    assert len(texts(context)) == 1


def test_longest_message_fits_into_the_signature(context: Context, post: Post) -> None:
    text = "🙂" * 670  # ten parts

    assert post(MESSAGE | {"message": text}) == 200
    assert texts(context) == [text]


@pytest.mark.parametrize(
    "claims",
    [
        {"msisdn": 46701740605},
        {"msisdn": 1204},
        {"msisdn": 0, "sender": "Eksempel"},
        {"msisdn": None},
        {"id": None},
        {"message": None, "payload": "cGF5bG9hZA=="},
        {"message": "\ud83d"},
        {"message": "nul \x00 tegn"},
        {"message": ""},
        {"senttime": "i går"},
    ],
)
def test_whatever_a_citizen_may_have_sent_is_kept(context: Context, post: Post, claims: dict[str, Any]) -> None:
    assert post(MESSAGE | claims) == 200
    assert (len(texts(context)), Spool(context).files()) == (1, [])


def test_message_goes_to_the_spool_while_the_database_is_away(
    context: Context, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "store", raising(AWAY))

    assert post(MESSAGE) == 200
    assert len(Spool(context).files()) == 1


def test_nothing_is_acknowledged_that_neither_database_nor_spool_takes(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "store", raising(AWAY))
    monkeypatch.setattr(Spool, "put", raising(OSError("disk full")))

    assert post(MESSAGE) == 503


# --- Delivery states


def test_state_reaches_the_row(context: Context, post: Post) -> None:
    outbound_id = hand_over(context)

    assert post(status(outbound_id)) == 200
    assert state_of(context, outbound_id) == OutboundState.DELIVERED


def test_state_that_comes_late_or_twice_changes_nothing(context: Context, post: Post) -> None:
    outbound_id = hand_over(context)

    answers = [post(status(outbound_id, state)) for state in ("DELIVERED", "ENROUTE", "DELIVERED", "EXPIRED", "BUFFERED")]

    assert (answers, state_of(context, outbound_id)) == ([200] * 5, OutboundState.DELIVERED)


@pytest.mark.parametrize(
    "claims", [{"userref": "17"}, {"userref": None}, {"userref": "genklang:999999"}, {"status": "TELEPORTED"}, {"status": None}]
)
def test_state_that_is_not_ours_is_acknowledged(context: Context, post: Post, claims: dict[str, Any]) -> None:
    outbound_id = hand_over(context)

    assert post(status(outbound_id) | {"id": 5} | claims) == 200
    assert state_of(context, outbound_id) == OutboundState.HANDED_OVER


def test_state_comes_again_while_the_database_is_away(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes.receipts, "note", raising(AWAY))

    assert post(status(17)) == 503


def test_call_of_another_kind_is_acknowledged(context: Context, post: Post) -> None:
    assert post({"id": 1, "msisdn": 4500000012, "roaming": False}) == 200
    assert texts(context) == []


# --- Bad input


@pytest.mark.parametrize("token", ["", "hej", sign(MESSAGE, SECRET)[:-5], sign(MESSAGE, "x" * 32), "a.b.c"])
def test_forged_call_is_refused(context: Context, post: Post, token: str) -> None:
    assert post(MESSAGE, token=token) == 403
    assert texts(context) == []


@pytest.mark.parametrize("body", [MESSAGE | {"message": "Stop"}, MESSAGE | {"msisdn": 4500000013}, {}, [], "hej", None, 5])
def test_captured_signature_covers_no_other_body(context: Context, post: Post, body: Any) -> None:
    assert post(MESSAGE, body=json.dumps(body).encode()) == 403
    assert texts(context) == []


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", json.dumps(MESSAGE).encode()[:-9], b"[" * 100_000])
def test_body_that_cannot_be_read_costs_no_citizen_their_message(context: Context, post: Post, body: bytes) -> None:
    assert post(MESSAGE, body=body) == 200
    assert texts(context) == ["Hej æøå 🙂"]


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonp"])
def test_other_content_type_is_415(context: Context, post: Post, content_type: str) -> None:
    assert post(MESSAGE, content_type=content_type) == 415
    assert texts(context) == []


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON"])
def test_content_type_may_be_written_in_full(post: Post, content_type: str) -> None:
    assert post(MESSAGE, content_type=content_type) == 200


def test_too_large_a_body_is_413(context: Context, post: Post) -> None:
    assert post(MESSAGE, body=b" " * (MAX_BODY_BYTES + 1)) == 413
    assert post(MESSAGE, body=b" " * MAX_BODY_BYTES) == 200


def test_flood_of_forged_calls_neither_fills_the_log_nor_keeps_the_provider_out(
    context: Context, post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    answers = [post(MESSAGE, token="forged") for _ in range(REFUSALS + 5)]

    assert (answers[: REFUSALS + 1], answers[-1]) == ([403] * REFUSALS + [429], 429)
    assert len([record for record in caplog.records if record.name == routes.__name__]) == REFUSALS
    assert (post(MESSAGE), texts(context)) == (200, ["Hej æøå 🙂"])


@pytest.mark.parametrize(
    "call",
    [
        {"token": "forged"},
        {"body": MESSAGE | {"message": "Stop"}},
        {"body": b"{"},
        {"content_type": "text/plain"},
        {"body": b" " * (MAX_BODY_BYTES + 1)},
    ],
    ids=["forged", "another body", "malformed", "type", "size"],
)
def test_what_is_odd_is_one_line_in_the_log_without_personal_data(
    post: Post, caplog: pytest.LogCaptureFixture, call: dict[str, Any]
) -> None:
    caplog.set_level(logging.INFO)

    post(MESSAGE, **call)

    [line] = [record for record in caplog.records if record.name == routes.__name__]
    said = json.dumps(line.__dict__, default=str)
    assert [word for word in ("00000012", "Hej", "Stop", SECRET) if word in said] == []


def raising(error: Exception) -> Any:
    def fail(*_: Any) -> None:
        raise error

    return fail
