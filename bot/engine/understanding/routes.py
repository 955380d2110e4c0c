"""The routes of a message: is it a complaint, is somebody in danger. Recall first, at the cost stated in GOALS."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.engine.understanding.features import Rows
from bot.engine.understanding.heads import Heads, Verdicts
from bot.engine.understanding.labels import Labels
from bot.engine.understanding.thresholds import Goal
from bot.engine.understanding.training import Examples, fit_heads
from bot.shared.codebook import Complaint, Concern

# The heads: `klage` is ja against the rest, `utilfreds` ja or maaske, `fare` akut or ja, `akut` akut alone.
GOALS = {
    "klage": Goal(recall=0.95, false_hits=0.055),
    "utilfreds": Goal(),
    "fare": Goal(recall=0.98, false_hits=0.055),
    "akut": Goal(recall=0.95, false_hits=0.01),
}


@dataclass(frozen=True)
class Route:
    """A route's value, the score of its first head, and the clause that carried it (None for the value nej)."""

    value: Complaint | Concern
    score: float
    clause: str | None


@dataclass(frozen=True)
class Routes:
    """Both routes of one message."""

    complaint: Route
    concern: Route


@dataclass(frozen=True)
class RouteModel:
    """The four heads behind the two routes."""

    heads: Heads

    def judge(self, rows: Rows) -> Verdicts:
        """A verdict per head."""
        return self.heads.judge(rows)

    def find(self, rows: Rows, verdicts: Verdicts) -> Routes:
        """Reads both routes. Either head of danger suffices to be read first; an alarm needs both."""
        klage, utilfreds, fare, akut = (verdicts[name] for name in GOALS)
        complaint = Complaint.JA if klage.found else Complaint.MAASKE if utilfreds.found else Complaint.NEJ
        concern = Concern.AKUT if fare.found and akut.found else Concern.JA if fare.found or akut.found else Concern.NEJ
        danger = fare if fare.found else akut
        said = {Complaint.NEJ: None, Complaint.MAASKE: utilfreds.clause, Complaint.JA: klage.clause}[complaint]
        return Routes(
            Route(complaint, klage.score, None if said is None else rows.clause(said)),
            Route(concern, fare.score, None if concern is Concern.NEJ else rows.clause(danger.clause)),
        )

    def save(self, folder: Path) -> None:
        """Writes into an existing folder."""
        self.heads.save(folder, "routes")

    @classmethod
    def load(cls, folder: Path) -> "RouteModel":
        """Raises DamagedModel."""
        return cls(Heads.load(folder, "routes", GOALS))


def train_routes(messages: Sequence[Rows], labels: Sequence[Labels]) -> RouteModel:
    """Fits the four heads."""
    complaints, concerns = [each.complaint for each in labels], [each.concern for each in labels]
    truth = {
        "klage": np.array([c is Complaint.JA for c in complaints]),
        "utilfreds": np.array([c is not Complaint.NEJ for c in complaints]),
        "fare": np.array([c is not Concern.NEJ for c in concerns]),
        "akut": np.array([c is Concern.AKUT for c in concerns]),
    }
    return RouteModel(fit_heads(Examples.stack(messages), truth, GOALS, alone=True))
