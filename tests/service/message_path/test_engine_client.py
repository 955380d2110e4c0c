"""The engine's HTTP contract from our side: what is posted, and that no answer of it can do harm."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from bot.service.message_path.engine_client import EngineClient, Question
from bot.shared.codebook import Concern

QUESTION = Question(
    turn_id=12,
    attempt=2,
    channel="sms",
    text="det var fint",
    act=None,
    awaits="spoergsmaal",
    expects="skala",
    question="Blev der lyttet til dig?",
    role="barn",
    age=12,
    net_danger=Concern.JA,
    net_stop=False,
    net_complaint=True,
)


class StandIn(HTTPServer):
    """An engine that answers with `status` and keeps what it was sent."""

    status = 200
    received: list[tuple[str, str | None, Any]]
    asked: list[tuple[str, str | None]]  # by GET: path and authorization


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers["authorization"]))  # type: ignore[attr-defined]
        self._answer()

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.received.append((self.path, self.headers["authorization"], body))  # type: ignore[attr-defined]
        self._answer()

    def _answer(self) -> None:
        self.send_response(self.server.status)  # type: ignore[attr-defined]
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"[]")

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    server = StandIn(("127.0.0.1", 0), Handler)
    server.received, server.asked = [], []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def client(stand_in: StandIn) -> Iterator[EngineClient]:
    client = EngineClient(f"http://127.0.0.1:{stand_in.server_port}", "the token")
    yield client
    client.close()


def test_a_turn_is_posted_by_the_contract(stand_in: StandIn, client: EngineClient) -> None:
    client.ask(QUESTION)

    [(path, authorization, body)] = stand_in.received
    assert (path, authorization) == ("/webhooks/engine/message", "Bearer the token")
    assert body == {
        "sender": "12-2",
        "message_id": "12",
        "channel": "sms",
        "text": "det var fint",
        "metadata": {
            "turn": 12,
            "attempt": 2,
            "venter_paa": "spoergsmaal",
            "forventer": "skala",
            "spoergsmaal": "Blev der lyttet til dig?",
            "role": "barn",
            "age": 12,
            "net": {"bekymring": "ja", "stop": False, "klage": True},
        },
    }


def test_a_press_is_an_act_without_text() -> None:
    body = replace(QUESTION, act="bekraeft", text="").as_json()

    assert body["act"] == "bekraeft"
    assert "text" not in body


@pytest.mark.parametrize(
    ("text", "readable"),
    [
        ("/restart", "restart"),
        (" / /restart", "restart"),
        ("\x0c/restart", "restart"),
        ("\u2028/\x1crestart", "restart"),
        ("ja/nej", "ja/nej"),
        ("///", "."),
        ("", "."),
        ("a" * 10_000, "a" * 10_000),
        ("a" * 10_000 + "b" * 2000, "a" * 7999 + " " + "b" * 2000),
    ],
)
def test_the_engine_gets_a_text_that_it_takes(text: str, readable: str) -> None:
    assert replace(QUESTION, text=text).readable_text() == readable


@pytest.mark.parametrize("status", [401, 422, 500, 503])
def test_a_refusal_is_logged_without_a_word_of_the_citizen(
    stand_in: StandIn, client: EngineClient, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    stand_in.status = status
    client.ask(QUESTION)

    [record] = [record for record in caplog.records if record.name.endswith("engine_client")]
    assert (record.turn, record.attempt, record.error) == (12, 2, str(status))  # type: ignore[attr-defined]
    assert "fint" not in str(record.__dict__)


def test_an_engine_that_is_away_is_no_error(stand_in: StandIn) -> None:
    client = EngineClient("http://127.0.0.1:9", "the token")
    client.ask(QUESTION)

    assert not client.is_healthy()
    client.close()


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (204, True), (404, False), (500, False)])
def test_an_engine_is_healthy_if_it_answers_well(stand_in: StandIn, client: EngineClient, status: int, healthy: bool) -> None:
    stand_in.status = status

    assert client.is_healthy() is healthy


def test_without_the_service_no_action_can_run(stand_in: StandIn) -> None:
    """The engine is well, but its actions run in the service."""
    client = EngineClient(f"http://127.0.0.1:{stand_in.server_port}", "the token", "http://127.0.0.1:9")
    found = (client.is_healthy(), client.can_act())
    client.close()

    assert found == (True, False)


def test_the_service_is_not_told_the_engines_token(stand_in: StandIn) -> None:
    """Whoever listens at a wrong address of the service must not learn it."""
    url = f"http://127.0.0.1:{stand_in.server_port}"
    client = EngineClient(url, "the token", url)
    can_act = client.can_act()
    client.close()

    assert (can_act, stand_in.asked) == (True, [("/", "Bearer the token"), ("/health/live", None)])
