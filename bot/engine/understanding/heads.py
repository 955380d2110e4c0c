"""Linear one-against-rest heads with calibrated scores: how they decide, how they are kept (npz, json)."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.engine.understanding.damaged import DamagedModel
from bot.engine.understanding.features import Floats, Rows
from bot.engine.understanding.solver import apply

FORMAT = 2
LONG = 300  # characters; calibration has seen hardly any longer text


@dataclass(frozen=True)
class Verdict:
    """What one head says of one message."""

    name: str
    score: float  # calibrated, 0-1
    found: bool  # the score reaches the head's threshold
    clause: int  # the place of the clause that speaks most for it


Verdicts = Mapping[str, Verdict]


@dataclass(frozen=True)
class Heads:
    """One head per name. Its score is a logistic of its logits on the whole text and on the clause that says most.

    Where `alone`, a clause of a text longer than LONG counts as if it had been the whole: no number of harmless sentences
    around it may hide that somebody is in danger. (In short texts too, it would double the harmless messages that are hit.)
    """

    names: tuple[str, ...]
    weights: Floats  # (features + 1, heads), the last row the bias
    calibration: Floats  # (heads, 3): factor of the whole's logit, factor of the best clause's logit, constant
    thresholds: Floats  # (heads,)
    alone: bool = False

    def judge(self, rows: Rows) -> Verdicts:
        """A verdict per head, in the order of the names."""
        logits = self.logits(rows)
        clauses = logits[rows.first_clause :]
        best = np.argmax(clauses, axis=0)
        most = clauses[best, np.arange(len(self.names))]
        is_long = self.alone and len(rows.reading.text) > LONG
        scores = self.score(np.maximum(logits[0], most) if is_long else logits[0], most)
        return {
            name: Verdict(name, float(scores[i]), bool(scores[i] >= self.thresholds[i]), int(best[i]))
            for i, name in enumerate(self.names)
        }

    def logits(self, rows: Rows) -> Floats:
        """(rows, heads), uncalibrated."""
        return apply(self.weights, rows.dense, rows.sparse)

    def score(self, whole: Floats, best_clause: Floats) -> Floats:
        """The calibrated scores of logits, each (..., heads)."""
        sums = self.calibration[:, 0] * whole + self.calibration[:, 1] * best_clause + self.calibration[:, 2]
        return np.asarray(1 / (1 + np.exp(-np.clip(sums, -30, 30))), dtype=np.float32)

    def save(self, folder: Path, stem: str) -> None:
        """Writes <stem>.npz and <stem>.json into an existing folder."""
        np.savez(folder / f"{stem}.npz", weights=self.weights, calibration=self.calibration, thresholds=self.thresholds)
        described = {"format": FORMAT, "names": list(self.names), "alone": self.alone}
        (folder / f"{stem}.json").write_text(json.dumps(described), "utf-8")

    @classmethod
    def load(cls, folder: Path, stem: str, wanted: Collection[str]) -> "Heads":
        """Reads what save wrote; raises DamagedModel rather than answer from half a model, or from other heads than `wanted`."""
        try:
            described = json.loads((folder / f"{stem}.json").read_text("utf-8"))
            with np.load(folder / f"{stem}.npz", allow_pickle=False) as kept:
                arrays = {key: kept[key] for key in ("weights", "calibration", "thresholds")}
        except Exception as error:  # zip, json, numpy and the file system each fail in their own ways
            raise DamagedModel(f"{stem}: {type(error).__name__}: {error}") from error
        if not isinstance(described, dict) or described.get("format") != FORMAT:
            raise DamagedModel(f"{stem}: the format is another")
        names, shapes = described.get("names", []), [array.shape for array in arrays.values()]
        if set(names) != set(wanted):
            raise DamagedModel(f"{stem}: these are the heads of another version")
        if [shapes[0][1:], *shapes[1:]] != [(len(names),), (len(names), 3), (len(names),)]:
            raise DamagedModel(f"{stem}: names and weights do not fit together")
        if not all(np.isfinite(array).all() for array in arrays.values()):
            raise DamagedModel(f"{stem}: not every weight is a number")
        return cls(names=tuple(names), **arrays, alone=described.get("alone") is True)
