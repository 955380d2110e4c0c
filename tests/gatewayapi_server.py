"""GatewayAPI as a process of its own: as much of it as we speak, written from its documentation.

What it keeps to: POST /rest/mtsms takes one message as JSON under a token and answers with its id; webhooks are signed with an
HS256 JWT without expiry whose claims are the body; whatever gets no 2xx within 15 s is brought again after 60 s, 2, 6 and 24
minutes, 2 and 12 hours, then dropped. `scale` shortens these pauses. Under /test it plays the citizens, the mobile network and
the provider's bad days.
"""

import asyncio
import base64
import hashlib
import hmac
import itertools
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from tests.bot_api_server import START_WITHIN_S, free_port

TOKEN = "invented-token-of-the-test-account"
SECRET = "invented-secret-of-the-test-webhook-1"
ROOT = Path(__file__).parents[1]
REPEATED_AFTER_S = (60, 120, 360, 24 * 60, 2 * 3600, 12 * 3600)
ANSWER_WITHIN_S = 15.0
FINAL = {"DELIVERED", "EXPIRED", "DELETED", "UNDELIVERABLE", "ACCEPTED", "REJECTED", "SKIPPED"}
USAGE = {"countries": {"DK": 1}, "currency": "DKK", "total_cost": 0.3}


class Refused(Exception):
    """The answer to a call is an error."""

    def __init__(self, status: int, code: str, message: str) -> None:
        self.status = status
        self.body = {"code": code, "incident_uuid": "d8127429-fa0c-4316-b1f2-e610c3958f43", "message": message}


@dataclass
class Delivery:
    """One event on its way to the webhook; `answers` are the status codes so far, 0 for none in time."""

    body: dict[str, Any]
    answers: list[int] = field(default_factory=list)
    done: bool = False


@dataclass
class Gateway:
    """What the provider knows of one account."""

    webhook: str = ""
    scale: float = 0.001
    answer_within_s: float = ANSWER_WITHIN_S
    taken: list[dict[str, Any]] = field(default_factory=list)  # messages, each with its `id`
    failures: list[dict[str, Any]] = field(default_factory=list)  # for the next calls
    deliveries: list[Delivery] = field(default_factory=list)
    connections: int = 0
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(1_000_001))
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def take(self, authorization: str, content: Any) -> dict[str, Any]:
        if authorization != f"Token {TOKEN}":
            raise Refused(401, "0x0211", "Invalid API key or signature")
        check(content)
        message_id = next(self.ids)
        self.taken.append({"id": message_id, **content})
        return {"ids": [message_id], "usage": USAGE}

    def bring(self, body: dict[str, Any]) -> None:
        """Start bringing an event to the webhook."""
        delivery = Delivery(body)
        self.deliveries.append(delivery)
        task = asyncio.create_task(self._bring(delivery))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _bring(self, delivery: Delivery) -> None:
        content = json.dumps(delivery.body).encode()
        headers = {"Content-Type": "application/json", "X-Gwapi-Signature": sign(delivery.body, SECRET)}
        for pause in (*REPEATED_AFTER_S, None):
            delivery.answers.append(await self._post(content, headers))
            if 200 <= delivery.answers[-1] < 300 or pause is None:
                break
            await asyncio.sleep(pause * self.scale)
        delivery.done = True

    async def _post(self, content: bytes, headers: dict[str, str]) -> int:
        async with httpx.AsyncClient(timeout=self.answer_within_s, trust_env=False) as client:
            try:
                return (await client.post(self.webhook, content=content, headers=headers)).status_code
            except httpx.HTTPError:
                return 0


def check(content: Any) -> None:
    """Refuse what the documentation does not allow."""
    if not isinstance(content, dict):
        raise Refused(422, "0x0308", "Invalid json request body")
    for name, kind in {"message": str, "sender": str, "userref": str, "recipients": list, "validity_period": int}.items():
        if not isinstance(content.get(name), kind):
            raise Refused(400, "0x0222", f"Missing required parameter {name}")
    sender, recipients = content["sender"], content["recipients"]
    if len(sender) > (15 if sender.isdecimal() else 11) or content.get("encoding", "UTF8") not in ("UTF8", "UCS2"):
        raise Refused(400, "0x0308", "Invalid argument")
    if not content["message"] or content["validity_period"] < 60 or len(recipients) != 1:
        raise Refused(400, "0x0308", "Invalid argument")
    number = recipients[0].get("msisdn")
    if not isinstance(number, int) or not 7 <= len(str(number)) <= 15:
        raise Refused(400, "0x0308", "Invalid argument: msisdn")


def sign(claims: Any, secret: str, *, algorithm: str = "HS256", hash_name: str = "sha256") -> str:
    """A JWT by hand, so that ours is not checked by the library that made it."""
    head = _base64(json.dumps({"typ": "JWT", "alg": algorithm}).encode())
    signed = f"{head}.{_base64(json.dumps(claims).encode())}"
    return f"{signed}.{_base64(hmac.digest(secret.encode(), signed.encode(), getattr(hashlib, hash_name)))}"


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def make_app() -> FastAPI:
    app = FastAPI()
    app.state.gateway = Gateway()

    @app.post("/rest/mtsms")
    async def send(request: Request) -> Response:
        gateway: Gateway = app.state.gateway
        failure = gateway.failures.pop(0) if gateway.failures else {}
        try:
            content = await request.json()
        except ValueError:
            content = None
        if failure and not failure["takes"]:
            return as_response(failure)
        try:
            answer = gateway.take(request.headers.get("authorization", ""), content)
        except Refused as refused:
            return JSONResponse(refused.body, refused.status)
        await asyncio.sleep(failure.get("after_s", 0))
        return as_response(failure) if failure else JSONResponse(answer)

    @app.post("/test/set")
    async def change(request: Request) -> None:
        for name, value in (await request.json()).items():
            setattr(app.state.gateway, name, value)

    @app.post("/test/reset")
    async def reset() -> None:
        for task in app.state.gateway.tasks:
            task.cancel()
        app.state.gateway = Gateway()

    @app.post("/test/bring")
    async def bring(request: Request) -> None:
        app.state.gateway.bring(await request.json())

    @app.get("/test/state")
    async def state() -> Any:
        gateway: Gateway = app.state.gateway
        deliveries = [{"body": one.body, "answers": one.answers, "done": one.done} for one in gateway.deliveries]
        return {"taken": gateway.taken, "deliveries": deliveries}

    return app


def as_response(failure: dict[str, Any]) -> Response:
    return Response(failure["body"], failure["status"], failure["headers"], "application/json")


class GatewayApiServer:
    """A test's hand on the server: citizens write, phones receive, the provider fails."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._client = httpx.Client(base_url=url, trust_env=False)
        self._ids = itertools.count(2_000_001)

    def reset(self) -> None:
        """A new account without a webhook."""
        self._client.post("/test/reset").raise_for_status()

    def set(self, **values: Any) -> None:
        self._client.post("/test/set", json=values).raise_for_status()

    def write(self, number: str, text: str, **claims: Any) -> dict[str, Any]:
        """A citizen writes an SMS; returns what is brought to the webhook."""
        return self.bring(message(next(self._ids), number, text) | claims)

    def report(self, taken: dict[str, Any], status: str, at: int = 1_795_000_100) -> dict[str, Any]:
        """The mobile network says what became of a message that the provider took."""
        number = taken["recipients"][0]["msisdn"]
        return self.bring({"id": taken["id"], "msisdn": number, "time": at, "status": status, "userref": taken["userref"]})

    def bring(self, body: dict[str, Any]) -> dict[str, Any]:
        self._client.post("/test/bring", json=body).raise_for_status()
        return body

    def fail(self, status: int, body: str = "", *, takes: bool = False, after_s: float = 0, **headers: str) -> None:
        """Let the next call fail; `takes`: only after the message was taken, and after so many seconds."""
        failure = {"status": status, "body": body, "takes": takes, "after_s": after_s, "headers": headers}
        self.set(failures=[failure])

    def taken(self) -> list[dict[str, Any]]:
        """The messages that were taken."""
        return list(self._state()["taken"])

    def deliveries(self) -> list[dict[str, Any]]:
        """The events and how each was answered."""
        return list(self._state()["deliveries"])

    def _state(self) -> dict[str, Any]:
        return dict(self._client.get("/test/state").json())

    def close(self) -> None:
        self._client.close()


def message(message_id: int, number: str, text: str) -> dict[str, Any]:
    """What the webhook is brought when a citizen writes."""
    return {
        "id": message_id,
        "msisdn": int(number.removeprefix("+")),
        "receiver": 4560575797,
        "message": text,
        "senttime": 1_795_000_000,
        "webhook_label": "test",
        "country_code": "DK",
        "country_prefix": 45,
    }


@contextmanager
def gatewayapi_server() -> Iterator[GatewayApiServer]:
    """Start the server and yield a hand on it."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "tests.gatewayapi_server", str(port)], cwd=ROOT)
    server = GatewayApiServer(f"http://127.0.0.1:{port}")
    try:
        _wait(server, process)
        yield server
    finally:
        server.close()
        process.terminate()
        process.wait(10)


def _wait(server: GatewayApiServer, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + START_WITHIN_S
    while time.monotonic() < until and process.poll() is None:
        try:
            server.taken()
            return
        except httpx.TransportError:
            time.sleep(0.05)
    raise RuntimeError("the GatewayAPI server did not start")


if __name__ == "__main__":
    uvicorn.run(make_app(), host="127.0.0.1", port=int(sys.argv[1]), log_level="error")
