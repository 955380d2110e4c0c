"""Wishes (to be called, to be left alone, to be answered, to have an interpreter) and whether a text answers at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.engine.understanding.features import Rows
from bot.engine.understanding.heads import Heads, Verdict
from bot.engine.understanding.labels import Labels
from bot.engine.understanding.thresholds import Goal
from bot.engine.understanding.training import Examples, fit_heads
from bot.shared.codebook import Wish

NO_ANSWER = "svar_nej"


@dataclass(frozen=True)
class WishModel:
    """One head per wish and one for `svar: nej`."""

    heads: Heads

    def wishes(self, rows: Rows) -> list[Verdict]:
        """The wishes above their thresholds; `name` is the wish's id."""
        return [v for name, v in self.heads.judge(rows).items() if v.found and name != NO_ANSWER]

    def answers(self, rows: Rows) -> tuple[bool, float]:
        """Whether the text answers in any way, and how sure that is. A blank text does not."""
        if not rows.reading.text:
            return False, 1.0
        verdict = self.heads.judge(rows)[NO_ANSWER]
        return (False, verdict.score) if verdict.found else (True, 1.0 - verdict.score)

    def save(self, folder: Path) -> None:
        """Writes into an existing folder."""
        self.heads.save(folder, "wishes")

    @classmethod
    def load(cls, folder: Path) -> "WishModel":
        """Raises DamagedModel."""
        return cls(Heads.load(folder, "wishes"))


def train_wishes(messages: Sequence[Rows], labels: Sequence[Labels]) -> WishModel:
    """Fits the five heads."""
    truth = {str(w): np.array([w in each.wishes for each in labels]) for w in Wish}
    truth[NO_ANSWER] = np.array([not each.answers for each in labels])
    return WishModel(fit_heads(Examples.stack(messages), truth, {name: Goal() for name in truth}))
