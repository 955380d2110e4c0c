"""Rasa's action webhook: the engine alone may call it, and no call can do more than its turn."""

import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from actions.endpoint import LARGEST_BODY, actions_router
from bot.service.context import Context
from bot.service.models import Outbound, Turn
from bot.service.models.words import TurnState
from tests.service.driver import Citizen

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # starlette would like httpx2, which nothing else here needs
    from fastapi.testclient import TestClient

TOKEN = {"Authorization": "Bearer action-token"}
WRONG_TOKENS = {
    "none": {},
    "empty": {"Authorization": ""},
    "another": {"Authorization": "Bearer engine-token"},
    "no scheme": {"Authorization": "action-token"},
    "longer": {"Authorization": "Bearer action-tokens"},
    "basic": {"Authorization": "Basic action-token"},
    "no letters": {"Authorization": b"Bearer \xe6\xf8\xe5"},
}


@pytest.fixture
def client(context: Context) -> Iterator[TestClient]:
    app = FastAPI()
    app.include_router(actions_router(context))
    with TestClient(app) as client:
        yield client


@pytest.fixture
def asked(context: Context, parent: Citizen) -> Citizen:
    """A parent whose *ja* the engine is being asked about: turn 1, attempt 1."""
    parent.engine.poison = True
    parent.receive("ja")
    parent.work()
    with context.database.write() as session:
        session.get_one(Turn, 1).state = TurnState.ASKED
    return parent


def call(action: str = "action_samtykke", *, turn: object = 1, attempt: object = 1) -> dict[str, Any]:
    """As Rasa calls the webhook."""
    message = {"text": "ja", "intent": {"name": "bekraeft"}, "metadata": {"turn": turn, "attempt": attempt}}
    tracker = {"sender_id": "1-1", "slots": {}, "latest_message": message, "events": [], "active_loop": {}}
    return {"next_action": action, "sender_id": "1-1", "tracker": tracker, "domain": {}, "version": "3.6.21"}


def rows(context: Context) -> int:
    with context.database.read() as session:
        return len(session.scalars(select(Outbound.id)).all())


@pytest.mark.parametrize("headers", WRONG_TOKENS.values(), ids=WRONG_TOKENS)
def test_without_its_token_nothing_is_done(client: TestClient, context: Context, asked: Citizen, headers: dict[str, str]) -> None:
    before = rows(context)
    answer = client.post("/actions/webhook", json=call(), headers=headers)

    assert (answer.status_code, answer.json()) == (401, {"error": "a bearer token is needed"})
    assert rows(context) == before


def test_the_token_is_asked_for_before_the_body_is_read(client: TestClient) -> None:
    assert client.post("/actions/webhook", content=b"x" * (LARGEST_BODY + 1)).status_code == 401


def test_a_turn_is_worked_and_what_was_said_goes_to_the_dispatcher(client: TestClient, context: Context, asked: Citizen) -> None:
    before = rows(context)
    answer = client.post("/actions/webhook", json=call(), headers=TOKEN)

    assert (answer.status_code, answer.json()["events"], len(answer.json()["responses"])) == (200, [], 2)
    assert rows(context) - before == 2


def test_the_same_call_twice_does_its_deed_once(client: TestClient, context: Context, asked: Citizen) -> None:
    client.post("/actions/webhook", json=call(), headers=TOKEN)
    before = rows(context)
    answer = client.post("/actions/webhook", json=call(), headers=TOKEN)

    assert (answer.status_code, answer.json()["responses"], rows(context) - before) == (200, [], 0)


@pytest.mark.parametrize(("turn", "attempt"), [(99, 1), (1, 2), (1, 0), (-1, 1), (2**40, 1)])
def test_a_turn_or_attempt_that_does_not_exist_does_nothing(
    client: TestClient, context: Context, asked: Citizen, turn: int, attempt: int
) -> None:
    before = rows(context)
    answer = client.post("/actions/webhook", json=call(turn=turn, attempt=attempt), headers=TOKEN)

    assert (answer.status_code, answer.json()["responses"], rows(context)) == (200, [], before)
    with context.database.read() as session:
        assert session.get_one(Turn, 1).state == TurnState.ASKED


def test_without_a_turn_the_demo_set_speaks_and_nothing_is_written(client: TestClient, context: Context) -> None:
    shell = call()
    del shell["tracker"]["latest_message"]["metadata"]
    answer = client.post("/actions/webhook", json=shell, headers=TOKEN)

    assert (answer.status_code, len(answer.json()["responses"]), rows(context)) == (200, 1, 0)


def test_an_unknown_action_is_named(client: TestClient) -> None:
    answer = client.post("/actions/webhook", json=call("action_findes_ikke"), headers=TOKEN)

    assert (answer.status_code, answer.json()["action_name"]) == (404, "action_findes_ikke")


def test_a_body_that_is_too_large_is_refused(client: TestClient) -> None:
    answer = client.post("/actions/webhook", content=b"x" * (LARGEST_BODY + 1), headers=TOKEN)

    assert answer.status_code == 413


@pytest.mark.parametrize("body", [b"", b"no json", b"\xff", b"{"])
def test_a_body_that_is_no_json_is_refused(client: TestClient, body: bytes) -> None:
    assert client.post("/actions/webhook", content=body, headers=TOKEN).status_code == 400


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_only_post_is_answered(client: TestClient, method: str) -> None:
    assert client.request(method, "/actions/webhook", headers=TOKEN).status_code == 405


@pytest.mark.parametrize("body", [b"[]", b"null", b'{"next_action": "action_svar"}', b'"action_svar"'])
def test_json_that_is_no_action_call_is_refused(client: TestClient, body: bytes) -> None:
    assert client.post("/actions/webhook", content=body, headers=TOKEN).status_code == 400


def test_a_body_that_hides_its_length_is_refused_too(client: TestClient) -> None:
    pieces = (b"x" * 100_000 for _ in range(LARGEST_BODY // 100_000 + 1))

    assert client.post("/actions/webhook", content=pieces, headers=TOKEN).status_code == 413


def test_a_length_that_is_no_number_is_refused(client: TestClient) -> None:
    assert client.post("/actions/webhook", content=b"{}", headers=TOKEN | {"content-length": "mange"}).status_code in (400, 413)
