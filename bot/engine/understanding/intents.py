"""Which dialogue act a text looks like by itself: our own logistic regression, one head per act."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.engine.understanding.features import Rows
from bot.engine.understanding.heads import Heads
from bot.engine.understanding.training import Examples, fit_ranking
from bot.shared.codebook import DialogueAct


@dataclass(frozen=True)
class IntentModel:
    """One head per dialogue act. Not calibrated: of an act with a dozen examples calibration would leave next to nothing."""

    heads: Heads

    def rank(self, rows: Rows) -> dict[DialogueAct, float]:
        """Every act with its share, likeliest first. A blank text is `udenfor`."""
        if not rows.reading.text:
            return {DialogueAct.UDENFOR: 1.0}
        logits = self.heads.logits(rows)[0].astype(np.float64)
        shares = np.exp(logits - logits.max())
        shares /= shares.sum()
        ranked = np.argsort(-shares, kind="stable")
        return {DialogueAct(self.heads.names[i]): float(shares[i]) for i in ranked}

    def save(self, folder: Path) -> None:
        """Writes into an existing folder."""
        self.heads.save(folder, "intents")

    @classmethod
    def load(cls, folder: Path) -> "IntentModel":
        """Raises DamagedModel."""
        return cls(Heads.load(folder, "intents", tuple(DialogueAct)))


def train_intents(messages: Sequence[Rows], acts: Sequence[str]) -> IntentModel:
    """Fits one head per act of the codebook; an act without examples never wins."""
    truth: Mapping[str, np.ndarray] = {str(act): np.array([each == act for each in acts]) for act in DialogueAct}
    return IntentModel(fit_ranking(Examples.stack(messages), truth))
