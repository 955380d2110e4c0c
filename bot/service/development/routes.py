"""The development endpoints. Without the token, or in production mode, each of them is a 404."""

import hmac
import time
from collections.abc import Callable
from typing import Any

import httpx
from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import JSONResponse

from bot.service.channels.base import Inbound
from bot.service.channels.sms import simulator
from bot.service.channels.webchat import inbound as webchat
from bot.service.context import Context
from bot.service.development import state
from bot.service.development.registering import register_meeting
from bot.service.development.requests import ClockStep, NewMeeting, NewMessage, ProcessOrder
from bot.service.errors import BadRequestError, UnknownCodeError, UnreadableMessageError
from bot.service.message_path import door
from bot.shared.codebook import Channel

LONGEST_WAIT_S = 120.0
LOOK_EVERY_S = 0.1


def development_router(context: Context) -> APIRouter:
    """All routes under /dev."""
    router = APIRouter(prefix="/dev", include_in_schema=False, dependencies=[Depends(_token_check(context))])

    @router.post("/meetings")
    def meetings(body: NewMeeting) -> dict[str, Any]:
        try:
            return register_meeting(context, body)
        except (BadRequestError, LookupError) as error:
            raise HTTPException(422, str(error)) from error

    @router.post("/messages")
    def post_message(body: NewMessage) -> dict[str, Any]:
        try:
            receipt = door.receive(context, _read(context, body))
        except UnknownCodeError as error:
            raise HTTPException(404, str(error)) from error
        except UnreadableMessageError as error:
            raise HTTPException(422, str(error)) from error
        except OSError as error:
            raise HTTPException(503, "neither database nor spool takes the message") from error
        return {"stored": True, "duplicate": receipt.duplicate, "spooled": receipt.spooled}

    @router.get("/messages")
    def sent_messages(address: str) -> list[dict[str, Any]]:
        with context.database.read() as session:
            return state.messages_to(session, context, address)

    @router.get("/idle")
    def idle(wait_s: float = Query(0.0, ge=0, le=LONGEST_WAIT_S)) -> JSONResponse:
        return _wait_until_idle(context, wait_s)

    @router.get("/clock")
    def look_at_clock() -> dict[str, Any]:
        return {"now": context.clock.now(), "offset_s": context.clock.offset()}

    @router.post("/clock")
    def move_clock(body: ClockStep) -> dict[str, Any]:
        return {"now": context.clock.advance(body.advance_s), "offset_s": context.clock.offset()}

    @router.post("/processes")
    def order_process(body: ProcessOrder) -> JSONResponse:
        return _forward(context, "POST", body.model_dump())

    @router.get("/processes")
    def list_processes() -> JSONResponse:
        return _forward(context, "GET", None)

    for name, view in state.VIEWS.items():
        router.add_api_route(f"/{name}", _view_route(context, view), methods=["GET"])
    return router


def _token_check(context: Context) -> Callable[[Request], None]:
    expected = f"Bearer {context.settings.dev_token}".encode()

    def check(request: Request) -> None:
        given = request.headers.get("authorization", "").encode()
        if not context.settings.development or not hmac.compare_digest(given, expected):
            raise HTTPException(404)

    return check


def _view_route(
    context: Context, view: Callable[[Any, Context], list[dict[str, Any]]]
) -> Callable[[], list[dict[str, Any]]]:
    def route() -> list[dict[str, Any]]:
        with context.database.read() as session:
            return view(session, context)

    return route


def _read(context: Context, body: NewMessage) -> Inbound:
    """The message by its channel's own reader."""
    if body.channel is Channel.WEBCHAT:
        said = {"text": body.text} if body.press is None else {"press": _press_of(context, body)}
        return webchat.read({"id": body.id, **said}, body.address)
    if body.channel is Channel.SMS:
        return simulator.read({"id": body.id, "from": body.address, "text": body.text})
    raise UnreadableMessageError(f"the channel {body.channel} is not switched on")


def _press_of(context: Context, body: NewMessage) -> str:
    """A button's `press` value, also where its words were given: the newest button that says so."""
    assert body.press is not None
    with context.database.read() as session:
        for message in reversed(state.messages_to(session, context, body.address)):
            for button in message["buttons"]:
                if button["text"] == body.press:
                    return str(button["press"])
    return body.press


def _wait_until_idle(context: Context, wait_s: float) -> JSONResponse:
    until = time.monotonic() + wait_s
    while True:
        with context.database.read() as session:
            left = state.left_to_do(session, context)
        if not left:
            return JSONResponse({"idle": True})
        if time.monotonic() >= until:
            return JSONResponse({"idle": False, "left": left}, 503)
        time.sleep(LOOK_EVERY_S)


def _forward(context: Context, method: str, body: dict[str, Any] | None) -> JSONResponse:
    """Pass an order on to the supervisor, which alone may touch processes."""
    if not context.settings.control_url:
        return JSONResponse({"error": "this instance runs without a supervisor"}, 409)
    headers = {"Authorization": f"Bearer {context.settings.dev_token}"}
    url = f"{context.settings.control_url}/processes"
    try:
        answer = httpx.request(method, url, json=body, headers=headers, timeout=30, trust_env=False)
    except httpx.HTTPError as error:
        return JSONResponse({"error": f"the supervisor does not answer ({type(error).__name__})"}, 502)
    return JSONResponse(answer.json(), answer.status_code)
