"""The one way into the engine: POST /webhooks/engine/message, with a token, from the service.

Rasa's own REST channel ignores the token, answers 200 to its own crash and runs `/intent{...}` written by anybody.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.shared.exceptions import RasaException
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot.engine import action_answers, quiet_log
from bot.engine.understanding.context import ContextError, read_context
from bot.shared.codebook import AwaitedStep, DialogueAct

LONGEST_TEXT = 10_000  # characters
SHORTEST_TOKEN = 16
LONGEST_ID = 100

logger = logging.getLogger(__name__)


class BadMessage(ValueError):
    """The body is not as the contract says; the message names the key and never repeats its value."""


@dataclass(frozen=True)
class Body:
    """A checked request: a citizen's text, or an act that the service has read from a press."""

    sender: str
    message_id: str | None
    channel: str | None
    text: str | None
    act: DialogueAct | None
    step: AwaitedStep
    metadata: dict[str, Any]


class Engine(InputChannel):
    """Rasa's input channel `engine`."""

    @classmethod
    def name(cls) -> str:
        """The part of the address behind /webhooks/."""
        return "engine"

    @classmethod
    def from_credentials(cls, credentials: Mapping[str, Any] | None) -> Engine:
        """Reads `token` of credentials.yml; an engine without a usable token does not start."""
        token = str((credentials or {}).get("token") or "")
        if len(token) < SHORTEST_TOKEN or token.startswith("${"):
            raise RasaException(f"GENKLANG_ENGINE_TOKEN is not set or shorter than {SHORTEST_TOKEN} characters.")
        quiet_log.install()
        action_answers.install()
        return cls(token)

    def __init__(self, token: str) -> None:
        self._authorization = f"Bearer {token}".encode()

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The channel's one route."""
        blueprint = Blueprint("engine_channel", type(self).__name__)

        @blueprint.post("/message")
        async def message(request: Request) -> HTTPResponse:
            if not self.is_authorized(request.headers.get("authorization", "")):
                return json({}, status=401)
            with quiet_log.text_in_hand():
                return await answer(request, on_new_message)

        return blueprint

    def is_authorized(self, header: str) -> bool:
        """Compares in constant time."""
        return hmac.compare_digest(header.encode("utf-8", "surrogateescape"), self._authorization)


def read_body(body: Any) -> Body:
    """Checks a request's JSON against the contract; raises BadMessage."""
    if not isinstance(body, dict):
        raise BadMessage("the body is not a JSON object")
    metadata = body.get("metadata") or {}
    if not isinstance(metadata, dict):
        raise BadMessage("metadata is not an object")
    if ("text" in body) == ("act" in body):
        raise BadMessage("give either text or act")
    try:
        context = read_context(metadata)
    except ContextError as error:
        raise BadMessage(f"metadata: {error}") from error
    return Body(
        sender=_sender(body.get("sender")),
        message_id=None if body.get("message_id") is None else str(body["message_id"])[:LONGEST_ID],
        channel=None if body.get("channel") is None else str(body["channel"])[:LONGEST_ID],
        text=_text(body["text"]) if "text" in body else None,
        act=_act(body["act"]) if "act" in body else None,
        step=context.step,
        metadata=metadata,
    )


def to_user_message(body: Body, output: CollectingOutputChannel) -> UserMessage:
    """Rasa's message. An act comes already parsed, so that no NLU component runs."""
    return UserMessage(
        text=body.text if body.act is None else payload(body.act, body.step),
        output_channel=output,
        sender_id=body.sender,
        parse_data=None if body.act is None else _parsed(body.act, body.step),
        input_channel=body.channel or Engine.name(),
        message_id=body.message_id,
        metadata=body.metadata,
    )


def payload(act: DialogueAct, step: AwaitedStep) -> str:
    """The act as Rasa's short form, which `rasa shell` takes too."""
    return f'/{act}{{"venter_paa": "{step}"}}'


async def answer(request: Request, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> HTTPResponse:
    """200 with the messages, 422 for a bad body, 500 where the engine itself failed."""
    output = CollectingOutputChannel()
    try:
        body = read_body(request.load_json())
    except BadMessage as error:
        return json({"error": str(error)}, status=422)
    except Exception:  # noqa: BLE001 -- Sanic's own error for broken JSON repeats the body in the log
        return json({"error": "the body is not JSON"}, status=422)
    try:
        await on_new_message(to_user_message(body, output))
    except Exception as error:  # noqa: BLE001 -- the log must name the kind only, and the service must hear of it
        logger.error("message of %s failed: %s", body.sender, quiet_log.error_kinds(error))
        return json({"error": type(error).__name__}, status=500)
    return json({"messages": output.messages})


def _sender(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_ID:
        raise BadMessage("sender is not a text of 1 to 100 characters")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_TEXT:
        raise BadMessage(f"text is not a text of 1 to {LONGEST_TEXT} characters")
    if value.strip().startswith("/"):
        raise BadMessage("text begins with a slash")
    return value


def _act(value: Any) -> DialogueAct:
    try:
        return DialogueAct(value)
    except ValueError as error:
        raise BadMessage("act is none of the dialogue acts") from error


def _parsed(act: DialogueAct, step: AwaitedStep) -> dict[str, Any]:
    return {
        "text": payload(act, step),
        "intent": {"name": str(act), "confidence": 1.0},
        "intent_ranking": [{"name": str(act), "confidence": 1.0}],
        "entities": [{"entity": "venter_paa", "value": str(step), "start": 0, "end": 0, "extractor": "Engine"}],
    }
