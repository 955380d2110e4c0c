"""The arithmetic of the report: shares with intervals, precision and recall, resampling. Knows nothing of labels."""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

Json = dict[str, Any]
Marks = npt.NDArray[np.bool_]  # one per message, or (messages, labels)
Numbers = npt.NDArray[np.float64]

RESAMPLES = 1000
SEED = 20240229
Z_95 = 1.959964  # of the normal distribution: an interval that holds in 95 of 100 cases


def share(hits: int, of: int) -> Json:
    """`hits` of `of` with its 95 % interval; the share is None of nothing."""
    low, high = wilson(hits, of)
    return {"hits": hits, "of": of, "share": hits / of if of else None, "low": low, "high": high}


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share; (0, 1) of nothing."""
    if not of:
        return 0.0, 1.0
    p, z2 = hits / of, Z_95**2
    centre = (p + z2 / (2 * of)) / (1 + z2 / of)
    half = Z_95 * sqrt(p * (1 - p) / of + z2 / (4 * of**2)) / (1 + z2 / of)
    return max(0.0, centre - half), min(1.0, centre + half)


def precision_recall(wanted: Marks, found: Marks) -> Json:
    """Precision, recall and F1 of one yes/no label with counts; each None where it is a share of nothing."""
    hits, of_wanted, of_found = int((wanted & found).sum()), int(wanted.sum()), int(found.sum())
    both = of_wanted + of_found
    return {
        "wanted": of_wanted,
        "found": of_found,
        "hits": hits,
        "precision": share(hits, of_found),
        "recall": share(hits, of_wanted),
        "f1": 2 * hits / both if both else None,
    }


def precision_at(recall: float, wanted: Marks, scores: Numbers) -> "Json | None":
    """The precision at the highest score that reaches the recall, with that score; None where nothing is wanted.

    Messages of one score go together, as they would at any threshold.
    """
    if not wanted.any():
        return None
    for threshold in sorted(set(scores[wanted].tolist()), reverse=True):
        found = scores >= threshold
        hits = int((wanted & found).sum())
        if hits >= recall * int(wanted.sum()) - 1e-9:
            return {"recall": recall, "threshold": threshold, "precision": share(hits, int(found.sum()))}
    raise AssertionError("the lowest score of a wanted message reaches every recall")


@dataclass(frozen=True)
class Interval:
    """A figure with its 95 % interval over resampled messages; all None where it is not defined."""

    value: "float | None"
    low: "float | None"
    high: "float | None"

    def as_json(self) -> Json:
        """For the report."""
        return {"value": self.value, "low": self.low, "high": self.high}


def resampled(figure: Callable[[Numbers], Numbers], messages: int) -> Json:
    """A figure and its interval over RESAMPLES draws of as many messages, with replacement and a fixed seed.

    `figure` takes how often each message counts, (draws, messages), and returns one number a draw, nan if undefined.
    """
    value = float(figure(np.ones((1, messages)))[0])
    drawn = np.random.default_rng(SEED).integers(0, messages, (RESAMPLES, messages))
    times = np.stack([np.bincount(draw, minlength=messages) for draw in drawn]).astype(np.float64)
    values = figure(times)
    defined = values[~np.isnan(values)]
    if np.isnan(value) or not defined.size:
        return Interval(None, None, None).as_json()
    low, high = np.percentile(defined, [2.5, 97.5])
    return Interval(value, float(low), float(high)).as_json()


def macro_f1(wanted: Marks, found: Marks) -> Json:
    """The mean F1 of all labels (columns) that are wanted or found anywhere, resampled over messages (rows)."""
    return resampled(lambda times: _row_mean(_f1_per_label(times, wanted, found)), len(wanted))


def micro_f1(wanted: Marks, found: Marks) -> Json:
    """F1 over all decisions, resampled over messages."""

    def figure(times: Numbers) -> Numbers:
        hits, both = (wanted & found).sum(axis=1), wanted.sum(axis=1) + found.sum(axis=1)
        return _ratio(2 * times @ hits, times @ both)

    return resampled(figure, len(wanted))


def mean_ratio(right: npt.NDArray[np.int64], of: npt.NDArray[np.int64]) -> Json:
    """Sum of `right` by sum of `of`, both per message, resampled over messages."""
    return {**resampled(lambda times: _ratio(times @ right, times @ of), len(of)), "of": int(of.sum())}


def _f1_per_label(times: Numbers, wanted: Marks, found: Marks) -> Numbers:
    hits = times @ (wanted & found)
    return _ratio(2 * hits, times @ wanted + times @ found)


def _ratio(above: Numbers, below: Numbers) -> Numbers:
    return np.divide(above, below, out=np.full_like(above, np.nan, dtype=np.float64), where=below > 0)


def _row_mean(values: Numbers) -> Numbers:
    """As nanmean, which warns of a row that is nan throughout."""
    return _ratio(np.nansum(values, axis=1), (~np.isnan(values)).sum(axis=1).astype(np.float64))
