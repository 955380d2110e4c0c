"""Chooses above which score a label counts, for a stated cost."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

LOWEST, HIGHEST = 0.02, 0.95  # no label at a whisper, and none out of reach however little data there is

Scores = npt.NDArray[np.float64]
Truth = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Goal:
    """What a threshold is chosen for. Without `recall`: the highest threshold whose F-score is at most `slack` below the best.

    Our examples are written to be hard and full of themes, so their best F-score lies at a lower threshold than that of
    everyday answers; where the score hardly changes, the higher threshold is the safer one.

    With it: to miss no more than `recall` leaves and then to be as precise as can be, but never to hit more than the
    share `false_hits` of the other messages, though more is missed then: a route that fires at every fifth harmless
    message is soon believed by nobody.
    """

    recall: float | None = None
    false_hits: float = 1.0
    slack: float = 0.0


def choose_threshold(scores: Scores, truth: Truth, goal: Goal) -> float:
    """The threshold that serves the goal on scores the model has not been trained on; 0.5 without any positive case."""
    if not truth.any():
        return 0.5
    candidates = np.unique(scores[truth])
    if goal.recall is None:
        reached = {t: f_score(scores >= t, truth) for t in candidates}
        best = max(t for t, score in reached.items() if score >= max(reached.values()) - goal.slack)
    else:
        enough = max((t for t in candidates if _share(scores >= t, truth) >= goal.recall), default=LOWEST)
        bearable = min((t for t in np.unique(scores) if _share(scores >= t, ~truth) <= goal.false_hits), default=HIGHEST)
        best = max(enough, bearable)
    return float(np.clip(_between(scores, float(best)), LOWEST, HIGHEST))


def _between(scores: Scores, threshold: float) -> float:
    """Half way down to the next lower score: it decides alike on these scores, and more safely on new ones."""
    lower = scores[scores < threshold]
    return (threshold + float(lower.max())) / 2 if lower.size else threshold


def f_score(found: Truth, truth: Truth) -> float:
    """F1 of a yes/no decision; 0 where nothing is rightly found."""
    hits = float(np.sum(found & truth))
    return 2 * hits / float(np.sum(found) + np.sum(truth)) if hits else 0.0


def _share(found: Truth, among: Truth) -> float:
    """The share of the messages in `among` that are found; 0 of none."""
    return float(np.sum(found & among)) / max(float(np.sum(among)), 1.0)
