"""The address to which Telegram brings its updates: secret, message stored, then 200."""

import hmac
import json
import logging
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import JSONResponse

from bot.service.channels.base import Inbound
from bot.service.channels.telegram.client import BotClient, make_client, uses_webhook
from bot.service.channels.telegram.inbound import READ, Arrived, read_json
from bot.service.channels.telegram.outbound import settle_press
from bot.service.clock import machine_now
from bot.service.context import Context
from bot.service.errors import UnreadableMessageError
from bot.service.message_path import door
from bot.service.message_path.spool import Spool

PATH = "/telegram/webhook"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of the header, not what it holds
MAX_BODY_BYTES = 256 * 1024  # 4,096 emoji and the message they answer, each written as \uXXXX\uXXXX, with room to spare
CONNECTIONS = 10  # at once; Telegram brings the updates of one chat one after the other

logger = logging.getLogger(__name__)


def telegram_router(context: Context, client: BotClient | None = None) -> APIRouter:
    """The webhook's route; 404 where Telegram is off or we fetch the updates ourselves."""
    settings = context.settings
    client = client or (make_client(settings) if uses_webhook(settings) else None)
    router = APIRouter(include_in_schema=False)

    async def checked_body(request: Request) -> bytes:
        if not uses_webhook(settings):
            raise HTTPException(404)
        if not _has_secret(request, settings.telegram_secret or ""):
            logger.warning("a webhook call without Telegram's secret was refused")
            raise HTTPException(403)
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


async def _read_body(request: Request) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BODY_BYTES:
            raise HTTPException(413)
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
