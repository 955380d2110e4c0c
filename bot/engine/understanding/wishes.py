"""Wishes (to be called, to be left alone, to be answered, to have an interpreter) and whether a text answers at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.engine.understanding.features import Rows
from bot.engine.understanding.heads import Heads, Verdict, Verdicts
from bot.engine.understanding.labels import Labels
from bot.engine.understanding.thresholds import Goal
from bot.engine.understanding.training import Examples, fit_heads
from bot.shared.codebook import Wish

NO_ANSWER = "svar_nej"
# A wish that is not heard costs more than one heard wrongly: the assistant asks back. Empty talk taken for an answer stands
# in the figures for good, an answer taken for empty talk is asked for once more.
# Asking for a number that nobody offered is a nuisance, though; and `stop` is left to its F-score: the safety net reads the
# plain ones, and nobody should be silenced by a guess.
GOALS = {str(wish): Goal(recall=0.93, false_hits=0.02) for wish in Wish}
GOALS |= {str(Wish.OPKALD): Goal(recall=0.9, false_hits=0.01), str(Wish.STOP): Goal()}
GOALS |= {NO_ANSWER: Goal(recall=0.92, false_hits=0.05)}


@dataclass(frozen=True)
class WishModel:
    """One head per wish and one for `svar: nej`."""

    heads: Heads

    def judge(self, rows: Rows) -> Verdicts:
        """A verdict per head. A blank text is no answer, whatever the head says of it."""
        verdicts = dict(self.heads.judge(rows))
        if not rows.reading.text:
            verdicts[NO_ANSWER] = Verdict(NO_ANSWER, 1.0, found=True, clause=0)
        return verdicts

    @staticmethod
    def wishes(verdicts: Verdicts) -> list[Verdict]:
        """The wishes above their thresholds; `name` is the wish's id."""
        return [v for name, v in verdicts.items() if v.found and name != NO_ANSWER]

    @staticmethod
    def answers(verdicts: Verdicts) -> tuple[bool, float]:
        """Whether the text answers in any way, and how sure that is."""
        verdict = verdicts[NO_ANSWER]
        return (False, verdict.score) if verdict.found else (True, 1.0 - verdict.score)

    def save(self, folder: Path) -> None:
        """Writes into an existing folder."""
        self.heads.save(folder, "wishes")

    @classmethod
    def load(cls, folder: Path) -> "WishModel":
        """Raises DamagedModel."""
        return cls(Heads.load(folder, "wishes", GOALS))


def train_wishes(messages: Sequence[Rows], labels: Sequence[Labels]) -> WishModel:
    """Fits the five heads."""
    truth = {str(w): np.array([w in each.wishes for each in labels]) for w in Wish}
    truth[NO_ANSWER] = np.array([not each.answers for each in labels])
    return WishModel(fit_heads(Examples.stack(messages), truth, GOALS))
