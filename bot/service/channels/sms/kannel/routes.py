"""The addresses to which Kannel brings messages and receipts: known caller, stored, then an empty 202.

Kannel repeats a call until it gets 200 or 202, as long as its configuration says, and would send the body to the citizen.
"""

import logging
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from sqlalchemy.exc import SQLAlchemyError

from bot.service.channels.sms.kannel.gate import Gate
from bot.service.channels.sms.kannel.inbound import Call, read_message, read_receipt
from bot.service.channels.sms.kannel.paths import MESSAGE, RECEIPT
from bot.service.channels.sms.kannel.settings import KannelSettings
from bot.service.context import Context
from bot.service.errors import UnreadableMessageError
from bot.service.message_path import door, receipts

MAX_BODY_BYTES = 64 * 1024  # 255 parts of an SMS are 39,015 characters

logger = logging.getLogger(__name__)


def kannel_router(context: Context, settings: KannelSettings) -> APIRouter:
    """The routes of the bridge."""
    router = APIRouter(include_in_schema=False)
    gate = Gate(settings)

    async def checked_call(request: Request) -> Call:
        gate.check(request)
        body = await _read_body(request)
        sender, content_type = (request.headers.get(name, "") for name in ("x-kannel-from", "content-type"))
        return Call(request.query_params, sender, content_type, body)

    @router.post(MESSAGE)
    def take_message(call: Annotated[Call, Depends(checked_call)]) -> Response:
        try:
            door.receive(context, read_message(call))
        except UnreadableMessageError as error:
            logger.error("a call of Kannel's cannot be read", extra={"reason": str(error)})
            return _answer(400)
        except OSError:
            return _answer(503)
        return _answer(202)

    @router.get(RECEIPT, dependencies=[Depends(gate.check)])
    def take_receipt(request: Request) -> Response:
        try:
            known = receipts.note(context, read_receipt(request.query_params))
        except UnreadableMessageError as error:
            logger.warning("a receipt of Kannel's cannot be read", extra={"reason": str(error)})
            return _answer(400)
        except SQLAlchemyError:
            logger.exception("a receipt was not stored; Kannel brings it again")
            return _answer(503)
        if not known:
            logger.info("a receipt is of no message that we know")
        return _answer(202)

    return router


def _answer(status: int) -> Response:
    return Response(status_code=status, media_type="text/plain")


async def _read_body(request: Request) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BODY_BYTES:
            logger.warning("a call is larger than any SMS")
            raise HTTPException(413)
    return bytes(body)
