"""Rasa's action webhook, mounted by bot/service/app.py alone: one JSON POST with a bearer token."""

import hmac
import json
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

from actions.registry import make_executor
from bot.service.context import Context

LARGEST_BODY = 2_000_000  # bytes; a tracker of one turn has some 10,000


def _call(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict) or not isinstance(body.get("next_action"), str):
        raise ValueError("no action is named")
    return body


async def read_limited(request: Request) -> bytes | None:
    """The body, chunk by chunk, whatever length it claims; None as soon as it is too large."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            return None
    return bytes(body)


def actions_router(context: Context) -> APIRouter:
    """`POST /actions/webhook`, for the engine only."""
    router = APIRouter()
    executor = make_executor(context)
    expected = f"Bearer {context.settings.action_token}".encode()

    @router.post("/actions/webhook", include_in_schema=False)
    async def webhook(request: Request) -> JSONResponse:
        given = request.headers.get("authorization", "").encode()
        if not hmac.compare_digest(given, expected):
            return JSONResponse({"error": "a bearer token is needed"}, 401)
        body = await read_limited(request)
        if body is None:
            return JSONResponse({"error": "the body is too large"}, 413)
        try:
            result = await executor.run(_call(json.loads(body)))
        except ActionExecutionRejection as error:
            return JSONResponse({"error": error.message, "action_name": error.action_name}, 400)
        except ActionNotFoundException as error:
            return JSONResponse({"error": error.message, "action_name": error.action_name}, 404)
        except (ValueError, KeyError, AttributeError, TypeError):
            return JSONResponse({"error": "the body is no action call"}, 400)
        return JSONResponse(result.model_dump() if result else None)

    return router
