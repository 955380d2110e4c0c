"""What the assistant makes of one message: what the service would ask the engine, and how net and engine join.

The service cannot be imported here (another Python). Each step names its original there; what the two environments
share is called, not copied.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from bot.shared import safety_net
from bot.shared.codebook import AwaitedStep, Complaint, Concern, Expects, Theme, Wish
from bot.shared.danish import words
from bot.shared.keywords import is_call_wish
from bot.shared.personal_data import redact
from bot.shared.safety_net import NetFindings
from tools.labelling.messages import Message

NO_ANSWER = "svar_nej"
ROUTE_HEADS = ("klage", "utilfreds", "fare", "akut")
SCORES = (*(str(t) for t in Theme), *ROUTE_HEADS, *(str(w) for w in Wish), NO_ANSWER)

LEADING_SLASHES = re.compile(r"\A[\s/]+")  # message_path/door.py, engine_client.py: Rasa would run "/stop" as a command
LONGEST_TEXT = 10_000  # message_path/engine_client.py, as is the length of the end that is kept
KEPT_END = 2_000
MOST_WORDS_OF_A_CALL = 3  # message_path/instructed.py


class ModelError(RuntimeError):
    """The model fails on a message, or says not what docs/architecture.md and this module want of it."""


@dataclass(frozen=True)
class Asked:
    """What the engine is asked about one message, and what the safety net has found in it before."""

    text: str  # redacted
    metadata: Mapping[str, Any]
    net: NetFindings
    wants_call: bool  # no more than "ring til mig": the service acts on it and asks no engine


@dataclass(frozen=True)
class Acted:
    """The labels of one message, the safety net's among them, in the codebook's words."""

    id: str
    lang: str
    themes: dict[str, str]  # theme: polarity
    klage: str
    bekymring: str
    oensker: list[str]
    svar: str
    scores: dict[str, float]  # 0-1 for every name of SCORES; 1 where the net has found it
    by_model: dict[str, float]  # the same without the net

    def as_json(self) -> dict[str, Any]:
        """One line of `make label`."""
        values = asdict(self)
        del values["by_model"]
        return values


def question_for(message: Message) -> Asked:
    """The message as a first and only piece that answers an open question."""
    said = LEADING_SLASHES.sub("", message.text) if message.text.lstrip().startswith("/") else message.text
    net = safety_net.read(said)
    quiet = net.danger is Concern.NEJ and not net.stop and not net.complaint
    metadata = {
        "turn": 0,
        "attempt": 1,
        "venter_paa": str(AwaitedStep.SPOERGSMAAL),
        "forventer": str(Expects.TEKST),
        "spoergsmaal": message.question,
        "role": message.role,
        "age": message.age,
        "net": {"bekymring": str(net.danger), "stop": net.stop, "klage": net.complaint},
    }
    return Asked(
        text=_readable(redact(said).text),
        metadata=metadata,
        net=net,
        wants_call=quiet and is_call_wish(said) and 0 < len(words(said)) <= MOST_WORDS_OF_A_CALL,
    )


def _readable(text: str) -> str:
    """What the engine takes: engine_client.Question.readable_text of what redaction.redact_for has stored."""
    clean = text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8").strip()
    said = LEADING_SLASHES.sub("", clean) or "."
    if len(said) <= LONGEST_TEXT:
        return said
    return f"{said[: LONGEST_TEXT - KEPT_END - 1]} {said[-KEPT_END:]}"


def acted_on(message: Message, asked: Asked, parsed: Mapping[str, Any]) -> Acted:
    """The labels of one message from the engine's parse result.

    Raises:
        ModelError: the result lacks a label, or `scores` is not one number from 0 to 1 for each name of SCORES.
    """
    by_model = _scores(parsed)
    scores = with_net(by_model, asked)
    language = _part(parsed, "language")["id"]
    if asked.wants_call:
        return Acted(message.id, language, {}, "nej", "nej", [str(Wish.OPKALD)], "nej", scores, by_model)
    routes = _part(parsed, "routes")
    return Acted(
        id=message.id,
        lang=language,
        themes={str(Theme(found["id"])): found["polarity"] for found in _part(parsed, "themes")},
        klage=str(Complaint(routes["klage"]["value"])),
        bekymring=str(Concern(routes["bekymring"]["value"])),
        oensker=sorted(str(Wish(found["id"])) for found in _part(parsed, "wishes")),
        svar=_part(parsed, "svar")["value"],
        scores=scores,
        by_model=by_model,
    )


def with_net(scores: Mapping[str, float], asked: Asked) -> dict[str, float]:
    """The scores with 1 for what the net has found: no threshold of the model undoes it."""
    net = asked.net
    found = {
        "fare": net.danger is not Concern.NEJ,
        "akut": net.danger is Concern.AKUT,
        "klage": net.complaint,
        "utilfreds": net.complaint,
        "stop": net.stop,
        "opkald": asked.wants_call,
    }
    return {name: 1.0 if found.get(name) else score for name, score in scores.items()}


def _scores(parsed: Mapping[str, Any]) -> dict[str, float]:
    given = _part(parsed, "scores")
    if not isinstance(given, Mapping) or set(given) != set(SCORES):
        raise ModelError(f"the model's `scores` has not just these names: {', '.join(SCORES)}")
    scores = {name: float(given[name]) for name in SCORES}
    wrong = [name for name, score in scores.items() if not 0.0 <= score <= 1.0]
    if wrong:
        raise ModelError(f"the model's `scores` are not from 0 to 1: {', '.join(wrong)}")
    return {name: round(score, 4) for name, score in scores.items()}


def _part(parsed: Mapping[str, Any], key: str) -> Any:
    if parsed.get(key) is None:
        raise ModelError(f"the model's output has no `{key}`; train again with `make train`")
    return parsed[key]
