"""The address to which GatewayAPI brings messages and delivery states: signature, stored, then 200.

It repeats what is not answered by a 2xx in time (after 60 s, 2, 6 and 24 minutes, 2 and 12 hours), then gives up.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError

from bot.service.channels.sms.gatewayapi import inbound, signature
from bot.service.channels.sms.gatewayapi.settings import GatewayApiSettings
from bot.service.channels.webchat.limits import RateLimit, network_of
from bot.service.context import Context
from bot.service.message_path import door, receipts

PATH = "/sms/gatewayapi"
MAX_BODY_BYTES = 128 * 1024
REFUSALS, REFUSALS_WITHIN = 30, timedelta(minutes=1)  # per network; beyond them nothing is logged

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Call:
    """A call of the provider: what it signed, and what stands in the body."""

    claims: Mapping[str, Any]
    body: bytes


def gatewayapi_router(context: Context, settings: GatewayApiSettings) -> APIRouter:
    """The webhook's route; one address for messages and states alike."""
    router = APIRouter(include_in_schema=False)
    refusals = RateLimit(most=REFUSALS, window=REFUSALS_WITHIN)

    def refuse(request: Request, reason: str) -> HTTPException:
        """403, or 429 without a line in the log once too many came. Signed calls are never counted: they are the provider's."""
        if not refusals.take(network_of(request.client.host if request.client else "")):
            return HTTPException(429, headers={"Retry-After": str(int(REFUSALS_WITHIN.total_seconds()))})
        logger.warning("a webhook call without GatewayAPI's signature was refused", extra={"reason": reason})
        return HTTPException(403)

    async def signed_call(request: Request) -> Call:
        try:
            claims = signature.read_claims(request.headers.get(signature.HEADER, ""), settings.secret)
        except signature.ForgedError as error:
            raise refuse(request, str(error)) from error
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            logger.warning("a webhook call is not JSON by its own account")
            raise HTTPException(415)
        return Call(claims, await _read_body(request))

    @router.post(PATH)
    def take(request: Request, call: Annotated[Call, Depends(signed_call)]) -> JSONResponse:
        try:
            _compare(call)
        except signature.ForgedError as error:
            raise refuse(request, str(error)) from error
        if inbound.is_message(call.claims):
            return _take_message(context, call.claims)
        return _take_state(context, call.claims)

    return router


def _compare(call: Call) -> None:
    """Compare body and claims; a body that cannot be read proves nothing, and the claims hold all that it should."""
    try:
        body = json.loads(call.body)
    except (ValueError, RecursionError):
        logger.warning("the body of a webhook call cannot be read; what was signed counts")
        return
    if not isinstance(body, dict):
        raise signature.ForgedError("the body is not an object")
    signature.compare(call.claims, body)


def _take_message(context: Context, claims: Mapping[str, Any]) -> JSONResponse:
    """Store what a citizen wrote. The same again is no second message: it is known by its id."""
    try:
        door.receive(context, inbound.read_message(claims))
    except OSError:
        logger.error("a message could be stored nowhere; GatewayAPI brings it again")
        return JSONResponse({"error": "not stored"}, 503)
    return JSONResponse({"stored": True})


def _take_state(context: Context, claims: Mapping[str, Any]) -> JSONResponse:
    """Note a delivery state. What is neither that nor a message is acknowledged: it would come again and again."""
    if "status" not in claims:
        logger.warning("a webhook call is of a kind that is not known")
        return JSONResponse({"noted": False})
    receipt = inbound.read_receipt(claims)
    if receipt is None:
        return JSONResponse({"noted": False})
    try:
        return JSONResponse({"noted": receipts.note(context, receipt)})
    except SQLAlchemyError:
        logger.error("a delivery state could not be stored; GatewayAPI brings it again")
        return JSONResponse({"error": "not stored"}, 503)


async def _read_body(request: Request) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BODY_BYTES:
            logger.warning("the body of a webhook call is too large")
            raise HTTPException(413)
    return bytes(body)
