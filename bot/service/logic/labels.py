"""Labels as cases and answers keep them: what was found, by whom, and which clause carried it."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bot.service.logic.reading import Reading
from bot.service.models import Inbound
from bot.service.models.words import READABLE, LabelSource
from bot.shared.codebook import Complaint, Concern, Wish

KLAGE, BEKYMRING = "klage", "bekymring"
JA = "ja"  # the value of every wish


@dataclass(frozen=True)
class Label:
    """A theme, route or wish that was found; `nej` of a route is no label."""

    id: str  # Theme, `klage`, `bekymring` or Wish
    value: str  # Polarity, Complaint, Concern, or `ja` of a wish
    score: float  # 0–1; 1 where a rule found it
    clause: str | None  # the citizen's words that carried it; None where a rule found it
    source: LabelSource


def find_labels(reading: Reading, inbounds: Sequence[Inbound]) -> list[Label]:
    """The routes and wishes that the engine found in these messages, and the net's of the door where it saw more."""
    return [*_labels_of_engine(reading), *(label for label in labels_of_net(inbounds) if _says_more(label, reading))]


def labels_of_net(inbounds: Iterable[Inbound]) -> list[Label]:
    """What the safety net's rules found at the door."""
    written = [inbound for inbound in inbounds if inbound.kind in READABLE]
    band = max((Concern(inbound.net_danger) for inbound in written), default=Concern.NEJ, key=lambda band: band.weight)
    found: list[tuple[str, str]] = []
    if any(inbound.net_complaint for inbound in written):
        found.append((KLAGE, str(Complaint.JA)))
    if band is not Concern.NEJ:
        found.append((BEKYMRING, str(band)))
    if any(inbound.net_stop for inbound in written):
        found.append((str(Wish.STOP), JA))
    return [Label(an_id, value, 1.0, None, LabelSource.RULE) for an_id, value in found]


def as_rows(labels: Iterable[Label]) -> list[dict[str, Any]]:
    """The labels as JSON."""
    return [asdict(label) | {"source": str(label.source)} for label in labels]


def rows_of_message(rows: Iterable[dict[str, Any]], inbound: Inbound, turn: Sequence[Inbound]) -> list[dict[str, Any]]:
    """Those of a turn's labels that one of its messages carried; a label that no single message carried belongs to all."""
    return [row for row in rows if _carries(inbound, row) or not any(_carries(other, row) for other in turn)]


def _carries(inbound: Inbound, row: dict[str, Any]) -> bool:
    if row["clause"] is not None:
        return str(row["clause"]).strip() in inbound.redacted
    return any(label.id == row["id"] for label in labels_of_net([inbound]))


def _labels_of_engine(reading: Reading) -> list[Label]:
    routes = ((KLAGE, reading.klage), (BEKYMRING, reading.bekymring))
    found = [Label(name, route.value, route.score, route.clause, route.source) for name, route in routes if route.value != "nej"]
    return found + [Label(str(wish.wish), JA, wish.score, wish.clause, wish.source) for wish in reading.wishes]


def _says_more(label: Label, reading: Reading) -> bool:
    """Whether the net's label goes beyond what the engine found: both then stand, each with who found it."""
    if label.id == KLAGE:
        return reading.complaint is not Complaint.JA
    if label.id == BEKYMRING:
        return Concern(label.value).weight > reading.danger.weight
    return not reading.wants(Wish(label.id))
