"""Reads the labels that a training example carries in its metadata, as the codebook defines them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.shared.codebook import Complaint, Concern, Polarity, Role, Theme, Wish

LABEL_KEYS = frozenset({"themes", "klage", "bekymring", "oensker", "svar", "lang"})
WRITER_KEYS = frozenset({"role", "age", "channel", "question"})


class LabelError(ValueError):
    """The metadata of an example holds a key or a value that the codebook does not know."""


@dataclass(frozen=True)
class Labels:
    """What a person has said an answer means; a label left out has the default given here."""

    themes: Mapping[Theme, Polarity] = field(default_factory=dict)
    complaint: Complaint = Complaint.NEJ
    concern: Concern = Concern.NEJ
    wishes: frozenset[Wish] = frozenset()
    answers: bool = True  # codebook: `svar`
    language: str = "da"
    role: Role | None = None
    age: int | None = None
    question: str | None = None


def read_labels(metadata: Mapping[str, Any] | None) -> Labels:
    """Turns an example's metadata into labels; raises LabelError that names the offending key."""
    data = dict(metadata or {})
    unknown = set(data) - LABEL_KEYS - WRITER_KEYS
    if unknown:
        raise LabelError(f"unknown keys: {', '.join(sorted(map(str, unknown)))}")
    themes = data.get("themes") or {}
    return Labels(
        themes={_value(Theme, "themes", t): _value(Polarity, f"themes.{t}", p) for t, p in themes.items()},
        complaint=_value(Complaint, "klage", data.get("klage", "nej")),
        concern=_value(Concern, "bekymring", data.get("bekymring", "nej")),
        wishes=frozenset(_value(Wish, "oensker", wish) for wish in data.get("oensker") or ()),
        answers=_yes_or_no("svar", data.get("svar", "ja")),
        language=str(data.get("lang", "da")),
        role=_value(Role, "role", data["role"]) if data.get("role") else None,
        age=data.get("age"),
        question=data.get("question"),
    )


def _value(choices: Any, key: str, value: Any) -> Any:
    try:
        return choices(value)
    except ValueError as error:
        raise LabelError(f"{key}: {value!r} is not in the codebook") from error


def _yes_or_no(key: str, value: Any) -> bool:
    if value not in ("ja", "nej"):
        raise LabelError(f"{key}: {value!r} is neither ja nor nej")
    return bool(value == "ja")
