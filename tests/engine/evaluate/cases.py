"""Labelled messages and answers for tests, each about nothing unless it is told otherwise."""

from typing import Any

from tools.evaluate.wanted import Wanted
from tools.labelling.acted_on import SCORES, Acted
from tools.labelling.messages import Message

NOTHING: dict[str, Any] = {"lang": "da", "themes": {}, "klage": "nej", "bekymring": "nej", "svar": "ja"}


def want(message_id: str = "a1", *, text: str = "noget", role: str = "foraelder", **labels: Any) -> Wanted:
    wishes = frozenset(labels.pop("oensker", ()))
    return Wanted(Message(message_id, text, role=role), oensker=wishes, **{**NOTHING, **labels})


def find(message_id: str = "a1", *, scores: "dict[str, float] | None" = None, **labels: Any) -> Acted:
    wishes = list(labels.pop("oensker", ()))
    full = {**dict.fromkeys(SCORES, 0.1), **(scores or {})}
    return Acted(message_id, oensker=wishes, scores=full, by_model=full, **{**NOTHING, **labels})


def find_without_scores(message_id: str = "a1", **labels: Any) -> Acted:
    wishes = list(labels.pop("oensker", ()))
    return Acted(message_id, oensker=wishes, scores={}, by_model={}, **{**NOTHING, **labels})
