"""Asks the engine (Rasa) about one turn. What it answers is never a reply and proves nothing; the turn row does."""

import logging
import re
from dataclasses import dataclass
from typing import Any

import httpx

from bot.shared.codebook import Concern

logger = logging.getLogger(__name__)

TIMEOUT_S = 12.0  # a text takes some 30 ms; an engine that needs longer is as good as down
HEALTH_TIMEOUT_S = 1.0
LONGEST_TEXT = 10_000  # characters; the engine's own limit
SLASHES = re.compile(r"\A[\s/]+")  # every kind of blank, for Rasa strips them all before it looks for a slash


@dataclass(frozen=True)
class Question:
    """One attempt at one turn, in the words of the engine's contract (docs/architecture.md)."""

    turn_id: int
    attempt: int
    channel: str
    text: str  # redacted
    act: str | None  # set for a press: the engine then reads no text
    awaits: str
    expects: str
    question: str | None
    role: str | None
    age: int | None
    net_danger: Concern
    net_stop: bool
    net_complaint: bool

    def as_json(self) -> dict[str, Any]:
        """The body of the engine's own input channel."""
        said = {"act": self.act} if self.act else {"text": self.readable_text()}
        metadata = {
            "turn": self.turn_id,
            "attempt": self.attempt,
            "venter_paa": str(self.awaits),
            "forventer": str(self.expects),
            "spoergsmaal": self.question,
            "role": self.role,
            "age": self.age,
            "net": {"bekymring": str(self.net_danger), "stop": self.net_stop, "klage": self.net_complaint},
        }
        sender = f"{self.turn_id}-{self.attempt}"
        return {"sender": sender, "message_id": str(self.turn_id), "channel": self.channel, **said, "metadata": metadata}

    def readable_text(self) -> str:
        """What the engine takes: no leading slash (Rasa would run it as a command), of very long texts both ends."""
        text = SLASHES.sub("", self.text) or "."
        if len(text) <= LONGEST_TEXT:
            return text
        return f"{text[: LONGEST_TEXT - 2001]} {text[-2000:]}"


class EngineClient:
    """A pool of connections to one engine."""

    def __init__(self, url: str, token: str, service_url: str | None = None) -> None:
        self._service_url = service_url
        self._client = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=httpx.Timeout(TIMEOUT_S, connect=2.0),
            trust_env=False,
        )
        self._service = httpx.Client(timeout=HEALTH_TIMEOUT_S, trust_env=False)  # the engine's token is not for the service

    def ask(self, question: Question) -> None:
        """Post one attempt. An error is logged and otherwise ignored: the caller looks at the turn row."""
        try:
            answer = self._client.post("/webhooks/engine/message", json=question.as_json())
        except httpx.HTTPError as error:
            logger.warning("the engine did not answer", extra=_about(question, type(error).__name__))
            return
        if answer.status_code != httpx.codes.OK:
            logger.error("the engine refused a turn", extra=_about(question, str(answer.status_code)))

    def is_healthy(self) -> bool:
        """Whether the engine answers at all."""
        return _answers(self._client, "/")

    def can_act(self) -> bool:
        """Whether engine and service both answer: without the service no action can run, however well the engine is."""
        return self.is_healthy() and (
            self._service_url is None or _answers(self._service, f"{self._service_url}/health/live")
        )

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()
        self._service.close()


def _answers(client: httpx.Client, url: str) -> bool:
    try:
        return client.get(url, timeout=HEALTH_TIMEOUT_S).is_success
    except httpx.HTTPError:
        return False


def _about(question: Question, error: str) -> dict[str, object]:
    return {"turn": question.turn_id, "attempt": question.attempt, "error": error}
