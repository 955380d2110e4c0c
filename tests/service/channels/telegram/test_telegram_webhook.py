"""Secret, body, stored, 200; and what happens where one of them fails."""

import asyncio
import dataclasses
import json
import warnings
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from bot.service.channels.telegram import webhook
from bot.service.channels.telegram.webhook import MAX_BODY_BYTES, REFUSALS, SECRET_HEADER, telegram_router
from bot.service.context import Context
from bot.service.message_path import door
from bot.service.message_path.spool import Spool
from bot.service.models import Inbound, Media
from tests.service.channels.telegram import recorded

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # starlette would like httpx2, which nothing else here needs
    from fastapi.testclient import TestClient

SECRET = "invented-secret"


class FakeClient:
    """Remembers what was asked of Telegram."""

    class Bot:
        async def answer_callback_query(self, callback_id: str) -> None: ...

        async def edit_message_reply_markup(self, **_: Any) -> None: ...

    def __init__(self) -> None:
        self.bot = self.Bot()
        self.started: list[str] = []

    def start(self, call: Coroutine[Any, Any, None]) -> None:
        self.started.append(call.__name__)
        call.close()


@pytest.fixture
def telegram() -> FakeClient:
    return FakeClient()


@pytest.fixture
def post(context: Context, telegram: FakeClient) -> Iterator[Callable[..., int]]:
    """Posts a body (an update, or bytes) with a secret, ours unless said otherwise; the status."""
    settings = dataclasses.replace(context.settings, telegram_token="110000000:invented", telegram_secret=SECRET)
    app = FastAPI()
    app.include_router(telegram_router(dataclasses.replace(context, settings=settings), telegram))  # type: ignore[arg-type]
    with TestClient(app, raise_server_exceptions=False) as client:

        def send(content: Any, secret: str | bytes | None = SECRET, kind: str = "application/json") -> int:
            body = content if isinstance(content, bytes) else json.dumps(content).encode()
            headers = {"Content-Type": kind} | ({SECRET_HEADER: secret} if secret is not None else {})
            return client.post("/telegram/webhook", content=body, headers=headers).status_code  # type: ignore[arg-type]

        yield send


def texts(context: Context) -> list[str]:
    with context.database.read() as session:
        return [inbound.original for inbound in session.scalars(select(Inbound).order_by(Inbound.id))]


def test_message_is_stored_before_the_200(context: Context, post: Callable[..., int]) -> None:
    assert post(recorded.TEXT) == 200
    assert texts(context) == ["Hun lyttede til mig 🙂"]


def test_same_update_again_is_no_second_message(context: Context, post: Callable[..., int]) -> None:
    assert [post(recorded.TEXT), post(recorded.TEXT)] == [200, 200]
    assert len(texts(context)) == 1


@pytest.mark.parametrize("secret", [None, "", "invented-secreT", "invented", "hemmelig-æøå".encode()])
def test_wrong_secret_is_refused(context: Context, post: Callable[..., int], secret: Any) -> None:
    assert post(recorded.TEXT, secret) == 403
    assert texts(context) == []


def test_who_guesses_on_is_held_off_in_silence_and_telegram_is_not(
    context: Context, post: Callable[..., int], caplog: pytest.LogCaptureFixture
) -> None:
    statuses = [post(recorded.TEXT, "guess") for _ in range(REFUSALS + 2)]

    assert statuses == [403] * REFUSALS + [429] * 2
    assert caplog.messages.count("a webhook call without Telegram's secret was refused") == REFUSALS
    assert (post(recorded.TEXT), len(texts(context))) == (200, 1)


def test_body_that_trickles_in_is_given_up(context: Context, telegram: FakeClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Told from a connection of its own: the test client sends a body in one piece."""
    monkeypatch.setattr(webhook, "BODY_WITHIN_S", 0.05)
    settings = dataclasses.replace(context.settings, telegram_token="110000000:invented", telegram_secret=SECRET)
    app = FastAPI()
    app.include_router(telegram_router(dataclasses.replace(context, settings=settings), telegram))  # type: ignore[arg-type]
    statuses: list[int] = []

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(0.01)
        return {"type": "http.request", "body": b" ", "more_body": True}

    async def send(message: Any) -> None:
        statuses.append(message.get("status"))

    scope = {"type": "http", "method": "POST", "path": webhook.PATH, "raw_path": webhook.PATH.encode(), "query_string": b""}
    headers = [(SECRET_HEADER.lower().encode(), SECRET.encode()), (b"content-type", b"application/json")]
    asyncio.run(app({**scope, "headers": headers, "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80)}, receive, send))

    assert statuses[0] == 408


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[]", b"{}", b'{"update_id": "1"}', b"[" * 100_000])
def test_what_is_no_update_is_400(context: Context, post: Callable[..., int], body: bytes) -> None:
    assert post(body) == 400


def test_too_large_a_body_is_413(post: Callable[..., int]) -> None:
    assert post(b" " * (MAX_BODY_BYTES + 1)) == 413


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonp"])
def test_what_is_not_json_by_its_own_account_is_415(
    context: Context, post: Callable[..., int], caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    assert post(recorded.TEXT, kind=kind) == 415
    assert (texts(context), caplog.messages) == ([], ["a webhook call was not read"])


def test_json_may_say_its_charset(context: Context, post: Callable[..., int]) -> None:
    assert post(recorded.TEXT, kind="Application/JSON; charset=utf-8") == 200


def test_attachment_is_stored_with_its_message(context: Context, post: Callable[..., int]) -> None:
    assert post(recorded.VOICE) == 200
    with context.database.read() as session:
        assert session.execute(select(Media.kind, Media.remote_id)).all() == [("tale", recorded.FILE["file_id"])]


@pytest.mark.parametrize("update", [recorded.IN_A_GROUP, recorded.CHANNEL_POST, recorded.OF_A_LATER_KIND])
def test_what_no_citizen_said_is_acknowledged(context: Context, post: Callable[..., int], update: Any) -> None:
    assert post(update) == 200
    assert texts(context) == []


def test_press_is_stored_and_then_settled(context: Context, post: Callable[..., int], telegram: FakeClient) -> None:
    assert post(recorded.press("17:ja")) == 200
    assert (texts(context), telegram.started) == (["17:ja"], ["answer_press", "remove_keyboard"])


def test_message_goes_to_the_spool_while_the_database_is_away(
    context: Context, post: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "store", raising(OperationalError("BEGIN", {}, Exception("away"))))

    assert post(recorded.TEXT) == 200
    assert len(Spool(context).files()) == 1


def test_message_that_trips_our_own_code_goes_to_the_spool(
    context: Context, post: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "store", raising(ZeroDivisionError()))

    assert post(recorded.TEXT) == 200
    assert len(Spool(context).files()) == 1


@pytest.mark.parametrize("error", [OperationalError("BEGIN", {}, Exception("away")), ZeroDivisionError()], ids=["away", "fault"])
def test_nothing_is_acknowledged_that_neither_database_nor_spool_takes(
    post: Callable[..., int], telegram: FakeClient, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(door, "store", raising(error))
    monkeypatch.setattr(Spool, "put", raising(OSError("disk full")))

    assert post(recorded.press()) == 503
    assert telegram.started == []


@pytest.mark.parametrize("given", [{}, {"telegram_token": "110000000:invented"}, {"telegram_secret": SECRET}])
def test_webhook_is_not_there_unless_token_and_secret_are_set(context: Context, given: dict[str, str]) -> None:
    app = FastAPI()
    settings = dataclasses.replace(context.settings, **given)
    app.include_router(telegram_router(dataclasses.replace(context, settings=settings)))

    with TestClient(app) as client:
        answer = client.post("/telegram/webhook", json=recorded.TEXT, headers={SECRET_HEADER: SECRET})

    assert answer.status_code == 404


def raising(error: Exception) -> Any:
    def fail(*_: Any) -> None:
        raise error

    return fail
