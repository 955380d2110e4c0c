"""The address to which Telegram brings its updates: secret, message stored, then 200."""

import asyncio
import hmac
import json
import logging
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import JSONResponse

from bot.service.channels.base import Inbound
from bot.service.channels.telegram.client import BotClient, make_client, uses_webhook
from bot.service.channels.telegram.inbound import READ, Arrived, read_json
from bot.service.channels.telegram.outbound import settle_press
from bot.service.channels.webchat.limits import RateLimit, network_of
from bot.service.clock import machine_now
from bot.service.context import Context
from bot.service.errors import UnreadableMessageError
from bot.service.message_path import door
from bot.service.message_path.spool import Spool

PATH = "/telegram/webhook"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of the header, not what it holds
MAX_BODY_BYTES = 256 * 1024  # 4,096 emoji and the message they answer, each written as \uXXXX\uXXXX, with room to spare
BODY_WITHIN_S = 10.0  # who brings it slower keeps a connection busy
REFUSALS, REFUSALS_WITHIN = 30, timedelta(minutes=1)  # per network; beyond them nothing is logged
CONNECTIONS = 10  # at once; Telegram brings the updates of one chat one after the other

logger = logging.getLogger(__name__)


def telegram_router(context: Context, client: BotClient | None = None) -> APIRouter:
    """The webhook's route; 404 where Telegram is off or we fetch the updates ourselves."""
    settings = context.settings
    client = client or (make_client(settings) if uses_webhook(settings) else None)
    router = APIRouter(include_in_schema=False)
    refusals = RateLimit(most=REFUSALS, window=REFUSALS_WITHIN)

    async def checked_body(request: Request) -> bytes:
        if not uses_webhook(settings):
            raise HTTPException(404)
        if not _has_secret(request, settings.telegram_secret or ""):
            raise _refusal(request, refusals)
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            raise _unread(415)
        return await _read_body(request)

    @router.post(PATH)
    def take(body: Annotated[bytes, Depends(checked_body)]) -> JSONResponse:
        try:
            arrived = _read(body)
        except UnreadableMessageError as error:
            logger.warning("a webhook call cannot be read")
            return JSONResponse({"error": str(error)}, 400)
        if arrived.message is not None and not _store(context, arrived.message, arrived.update_id):
            return JSONResponse({"error": "not stored"}, 503)
        if arrived.press is not None and client is not None:
            settle_press(client, arrived.press)
        return JSONResponse({"ok": True})

    return router


def announce(context: Context, client: BotClient) -> int:
    """Tell Telegram where to bring the updates; saying it again changes nothing.

    Raises:
        TelegramError: it was not heard.
    """
    settings = context.settings
    call = client.bot.set_webhook(
        f"{settings.public_url}{PATH}",
        secret_token=settings.telegram_secret,
        allowed_updates=READ,
        max_connections=CONNECTIONS,
        drop_pending_updates=False,
    )
    client.run(call)
    return 1


def _has_secret(request: Request, secret: str) -> bool:
    given = request.headers.get(SECRET_HEADER, "")
    return bool(secret) and hmac.compare_digest(given.encode(), secret.encode())


def _refusal(request: Request, refusals: RateLimit) -> HTTPException:
    """403, or 429 without a line in the log once too many came. Calls with the secret are never counted: they are Telegram's."""
    if not refusals.take(network_of(request.client.host if request.client else "")):
        return HTTPException(429, headers={"Retry-After": str(int(REFUSALS_WITHIN.total_seconds()))})
    logger.warning("a webhook call without Telegram's secret was refused")
    return HTTPException(403)


def _unread(status: int) -> HTTPException:
    """A call with the secret that is not as Telegram makes them; Telegram itself would bring its update again."""
    logger.warning("a webhook call was not read", extra={"status": status})
    return HTTPException(status)


async def _read_body(request: Request) -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_WITHIN_S):
            async for piece in request.stream():
                body += piece
                if len(body) > MAX_BODY_BYTES:
                    raise _unread(413)
    except TimeoutError as error:
        raise _unread(408) from error
    return bytes(body)


def _read(body: bytes) -> Arrived:
    try:
        return read_json(json.loads(body))
    except (ValueError, RecursionError) as error:
        raise UnreadableMessageError("the body is not JSON") from error


def _store(context: Context, message: Inbound, update_id: int) -> bool:
    """Whether the message is safe. Telegram brings again what is not, and holds the chat's later messages back until then."""
    try:
        door.receive(context, message)
    except OSError:
        return False
    except Exception:  # a fault of our own must not hold back what the citizen writes next; the spool's feeder sees to it
        logger.exception("an update was not stored; its message goes to the spool", extra={"update": update_id})
        return _spool(context, message)
    return True


def _spool(context: Context, message: Inbound) -> bool:
    try:
        Spool(context).put(message, context.clock.now(), machine_now())
    except OSError:
        return False
    return True
