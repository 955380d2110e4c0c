"""What the service says about a message beside its text: awaited step, what it expects, the safety net's findings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.shared.codebook import AwaitedStep, Concern, Expects


class ContextError(ValueError):
    """A key of the metadata holds a value that the contract does not know."""


@dataclass(frozen=True)
class Context:
    """Every key may be missing: `rasa shell` sends none."""

    step: AwaitedStep = AwaitedStep.INTET
    expects: Expects = Expects.INTET
    net_concern: Concern = Concern.NEJ
    net_stop: bool = False
    net_complaint: bool = False


def read_context(metadata: Mapping[str, Any] | None) -> Context:
    """Reads a message's metadata; raises ContextError that names the offending key."""
    data = metadata or {}
    net = data.get("net") or {}
    if not isinstance(net, Mapping):
        raise ContextError("net is not an object")
    return Context(
        step=_choice(AwaitedStep, "venter_paa", data),
        expects=_choice(Expects, "forventer", data),
        net_concern=_choice(Concern, "bekymring", net, default="nej"),
        net_stop=net.get("stop") is True,
        net_complaint=net.get("klage") is True,
    )


def _choice(choices: Any, key: str, data: Mapping[str, Any], default: str = "intet") -> Any:
    value = data.get(key)
    try:
        return choices(default if value is None else value)
    except ValueError as error:
        raise ContextError(f"{key} is none of {', '.join(choices)}") from error
