"""The call guides of call_guides.yml, checked when they are read."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.service.errors import ConfigurationError
from bot.service.models import Case
from bot.service.models.words import CaseKind
from bot.shared.codebook import Role

GUIDES_FILE = Path(__file__).with_name("call_guides.yml")
ADULT = 18  # years
_BY_KIND = {CaseKind.KLAGE: "klage", CaseKind.OPKALD: "opkald", CaseKind.BEKYMRING: "fare"}
_CALLS = {CaseKind.KLAGE, CaseKind.OPKALD}


@dataclass(frozen=True)
class Step:
    """One step of a guide."""

    id: str  # stands in CaseNote.guide_step
    title: str
    advice: str
    takes_note: bool


@dataclass(frozen=True)
class Guide:
    """What a handler is led through."""

    name: str
    steps: tuple[Step, ...]


class CallGuides:
    """All guides of the file."""

    def __init__(self, guides: dict[str, Guide]) -> None:
        self._guides = guides

    @classmethod
    @cache
    def load(cls, path: Path = GUIDES_FILE) -> "CallGuides":
        """Read the file; raises ConfigurationError for a guide that a case could need and that is missing or half."""
        loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
        try:
            guides = {key: _guide(entry) for key, entry in loaded.items()}
            missing = {*_BY_KIND.values(), "barn", "laes"} - guides.keys()
        except (KeyError, TypeError, AttributeError) as error:
            raise ConfigurationError(f"{path.name}: a step needs id, titel and raad ({error})") from error
        if missing:
            raise ConfigurationError(f"{path.name}: add the guide {', '.join(sorted(missing))}")
        return cls(guides)

    def for_case(self, case: Case) -> Guide:
        """A child is spoken with by the child's guide, in danger by danger's."""
        kind = CaseKind(case.kind)
        if kind in _CALLS and is_child(case):
            return self._guides["barn"]
        return self._guides[_BY_KIND.get(kind, "laes")]

    def noted_steps(self) -> set[str]:
        """The ids of all steps that take a note."""
        return {step.id for guide in self._guides.values() for step in guide.steps if step.takes_note}

    def title_of(self, step_id: str) -> str | None:
        """The title of a step of any guide."""
        titles = (step.title for guide in self._guides.values() for step in guide.steps if step.id == step_id)
        return next(titles, None)


def is_child(case: Case) -> bool:
    """Whether the person is, as far as is known, under 18."""
    return case.role == Role.BARN and (case.age is None or case.age < ADULT)


def _guide(entry: dict[str, Any]) -> Guide:
    steps = tuple(
        Step(step["id"], step["titel"], step["raad"], takes_note=bool(step.get("notat", False)))
        for step in entry["trin"]
    )
    return Guide(entry["navn"], steps)
