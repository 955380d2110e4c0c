"""What the engine made of a turn, as logic uses it: Rasa's `latest_message`, read once and typed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from bot.service.models.words import LabelSource
from bot.shared.codebook import Complaint, Concern, DialogueAct, Polarity, Theme, Wish

UNDERSTOOD_LANGUAGES = frozenset({"da", "no", "sv", "en"})


@dataclass(frozen=True)
class FoundTheme:
    """A theme with its polarity, score (0–1) and the clause that carried it."""

    theme: Theme
    polarity: Polarity
    score: float
    clause: str | None


@dataclass(frozen=True)
class FoundRoute:
    """The value of a route with its score (0–1), the clause that carried it (None where a rule found it) and who found it."""

    value: str
    score: float
    clause: str | None
    source: LabelSource = LabelSource.MODEL


@dataclass(frozen=True)
class FoundWish:
    """A wish with its score (0–1), the clause that carried it (None where a rule found it) and who found it."""

    wish: Wish
    score: float
    clause: str | None
    source: LabelSource = LabelSource.MODEL


NOTHING = FoundRoute("nej", 0.0, None)


@dataclass(frozen=True)
class Reading:
    """Act and labels of one turn. For a press the labels are empty."""

    act: DialogueAct
    language: str = "da"
    themes: tuple[FoundTheme, ...] = ()
    klage: FoundRoute = NOTHING
    bekymring: FoundRoute = NOTHING
    wishes: tuple[FoundWish, ...] = ()
    answers: bool = True  # the label `svar`

    @classmethod
    def of(cls, latest_message: Mapping[str, Any]) -> Self:
        """Read Rasa's `latest_message` (docs/architecture.md, the engine's contract).

        Raises:
            KeyError, ValueError: where the engine did not keep its contract.
        """
        routes = latest_message.get("routes") or {}
        return cls(
            act=DialogueAct(latest_message["intent"]["name"]),
            language=(latest_message.get("language") or {}).get("id", "da"),
            themes=tuple(_theme(found) for found in latest_message.get("themes") or ()),
            klage=_route(routes.get("klage")),
            bekymring=_route(routes.get("bekymring")),
            wishes=tuple(_wish(found) for found in latest_message.get("wishes") or ()),
            answers=(latest_message.get("svar") or {}).get("value", "ja") == "ja",
        )

    @property
    def danger(self) -> Concern:
        """The band that the engine names."""
        return Concern(self.bekymring.value)

    @property
    def complaint(self) -> Complaint:
        """Whether the engine takes it for a complaint."""
        return Complaint(self.klage.value)

    def wants(self, wish: Wish) -> bool:
        """Whether this wish is among those found."""
        return any(found.wish is wish for found in self.wishes)

    @property
    def foreign(self) -> bool:
        """Whether a human should read it because of its language."""
        return self.language not in UNDERSTOOD_LANGUAGES


def _theme(found: Mapping[str, Any]) -> FoundTheme:
    return FoundTheme(Theme(found["id"]), Polarity(found["polarity"]), float(found["score"]), found.get("clause"))


def _route(found: Mapping[str, Any] | None) -> FoundRoute:
    if found is None:
        return NOTHING
    source = _source(found)
    return FoundRoute(str(found["value"]), _score(found, source), found.get("clause"), source)


def _wish(found: Mapping[str, Any]) -> FoundWish:
    source = _source(found)
    return FoundWish(Wish(found["id"]), _score(found, source), found.get("clause"), source)


def _source(found: Mapping[str, Any]) -> LabelSource:
    return LabelSource(found.get("source") or LabelSource.MODEL)


def _score(found: Mapping[str, Any], source: LabelSource) -> float:
    """A rule is sure; the score that stands beside it is still that of the model, which did not see it."""
    return 1.0 if source is LabelSource.RULE else float(found["score"])
