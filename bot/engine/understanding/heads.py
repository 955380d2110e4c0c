"""Linear one-against-rest heads with calibrated scores: how they decide, how they are kept (npz, json)."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.engine.understanding.features import Rows

FORMAT = 1
Floats = npt.NDArray[np.float32]


class DamagedModel(Exception):
    """The kept weights cannot be read or do not fit together."""


@dataclass(frozen=True)
class Verdict:
    """What one head says of one message."""

    name: str
    score: float  # calibrated, 0-1
    found: bool  # the score reaches the head's threshold
    clause: int  # the row of Rows.clauses that speaks most for it


@dataclass(frozen=True)
class Heads:
    """One head per name. Its logit is weights @ row + bias, its score a logistic of whole and best clause."""

    names: tuple[str, ...]
    weights: Floats  # (heads, features)
    bias: Floats  # (heads,)
    calibration: Floats  # (heads, 3): factor of the whole's logit, factor of the best clause's logit, constant
    thresholds: Floats  # (heads,)

    def judge(self, rows: Rows) -> dict[str, Verdict]:
        """A verdict per head, in the order of the names."""
        whole = self.logits(rows)[0]
        clauses = rows.clauses @ self.weights.T + self.bias
        best = np.argmax(clauses, axis=0)
        scores = self.score(whole, clauses[best, np.arange(len(self.names))])
        return {
            name: Verdict(name, float(scores[i]), bool(scores[i] >= self.thresholds[i]), int(best[i]))
            for i, name in enumerate(self.names)
        }

    def logits(self, rows: Rows) -> Floats:
        """(rows, heads), uncalibrated."""
        return np.asarray(rows.matrix @ self.weights.T + self.bias, dtype=np.float32)

    def score(self, whole: Floats, best_clause: Floats) -> Floats:
        """The calibrated scores of one message's logits, each (heads,)."""
        sums = self.calibration[:, 0] * whole + self.calibration[:, 1] * best_clause + self.calibration[:, 2]
        return np.asarray(1 / (1 + np.exp(-np.clip(sums, -30, 30))), dtype=np.float32)

    def save(self, folder: Path, stem: str) -> None:
        """Writes <stem>.npz and <stem>.json into an existing folder."""
        arrays = {"weights": self.weights, "bias": self.bias}
        np.savez(folder / f"{stem}.npz", calibration=self.calibration, thresholds=self.thresholds, **arrays)
        (folder / f"{stem}.json").write_text(json.dumps({"format": FORMAT, "names": list(self.names)}), "utf-8")

    @classmethod
    def load(cls, folder: Path, stem: str) -> "Heads":
        """Reads what save wrote; raises DamagedModel rather than answer from half a model."""
        try:
            described = json.loads((folder / f"{stem}.json").read_text("utf-8"))
            with np.load(folder / f"{stem}.npz", allow_pickle=False) as kept:
                arrays = {key: kept[key] for key in ("weights", "bias", "calibration", "thresholds")}
        except Exception as error:  # zip, json, numpy and the file system each fail in their own ways
            raise DamagedModel(f"{stem}: {type(error).__name__}: {error}") from error
        if described.get("format") != FORMAT or {len(a) for a in arrays.values()} != {len(described["names"])}:
            raise DamagedModel(f"{stem}: names and weights do not fit together, or the format is another")
        return cls(names=tuple(described["names"]), **arrays)
