"""The phone simulator under /phone stands in for the SMS bridge, in development mode only."""

import json
import logging
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request, Response

from bot.service.channels.base import Inbound
from bot.service.channels.sms.numbers import read_number
from bot.service.channels.sms.simulator import read
from bot.service.channels.webchat.browser import HEADERS, Pages, answer, comes_from_here, small_body
from bot.service.context import Context
from bot.service.errors import UnreadableMessageError
from bot.service.message_path import door
from bot.service.phone_simulator.thread import known_numbers, thread_of

log = logging.getLogger(__name__)


def phone_router(context: Context) -> APIRouter:
    """Every route of the simulator; outside development mode each answers 404."""
    phone = PhoneSimulator(context)
    router = APIRouter(prefix="/phone", include_in_schema=False, dependencies=[Depends(phone.check_mode)])
    router.add_api_route("", phone.show, methods=["GET"])
    router.add_api_route("/static/{name}", phone.show_file, methods=["GET"])
    router.add_api_route("/api/numre", phone.tell_numbers, methods=["GET"])
    router.add_api_route("/api/beskeder", phone.tell_thread, methods=["GET"])
    router.add_api_route("/api/beskeder", phone.take, methods=["POST"])
    return router


class PhoneSimulator:
    """The page and what it asks for."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._pages = Pages(Path(__file__).parent, municipality=context.settings.municipality)

    def check_mode(self) -> None:
        """404 unless this is a development instance."""
        if not self._context.settings.development:
            raise HTTPException(404, headers=HEADERS)

    def show(self) -> Response:
        """The phone."""
        return self._pages.show("phone.html")

    def show_file(self, name: str) -> Response:
        """A style sheet or script."""
        return self._pages.file(name)

    def tell_numbers(self) -> Response:
        """`{"numbers": [...]}`: every number that was ever written to or registered, the latest first."""
        with self._context.database.read() as session:
            return answer({"numbers": known_numbers(session)})

    def tell_thread(self, nummer: str = "") -> Response:
        """`{"number", "messages"}`: all SMS with this number, oldest first."""
        try:
            number = read_number(nummer)
        except UnreadableMessageError as error:
            return answer({"error": str(error)}, status=422)
        with self._context.database.read() as session:
            return answer({"number": number, "messages": thread_of(session, self._context, number)})

    def take(self, request: Request, body: Annotated[bytes, Depends(small_body)]) -> Response:
        """An SMS from the phone; 200 only once it is durably stored."""
        if not comes_from_here(request, self._context.settings.public_url):
            return answer({"error": "only the simulator's own page may write"}, status=403)
        try:
            message = _read_json(body)
        except UnreadableMessageError as error:
            return answer({"error": str(error)}, status=422)
        try:
            door.receive(self._context, message)
        except OSError as error:
            log.error("an SMS could not be stored: %s", type(error).__name__)
            return answer({"error": "away"}, status=503)
        return answer({"stored": True})


def _read_json(body: bytes) -> Inbound:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnreadableMessageError("the body is not JSON") from error
    if not isinstance(content, dict):
        raise UnreadableMessageError("the body is not an object")
    return read(content)
