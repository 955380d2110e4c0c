"""Fits Heads: folds, logistic regressions, calibration and thresholds on scores of messages not trained on."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, vstack

from bot.engine.understanding.features import Rows
from bot.engine.understanding.heads import Floats, Heads
from bot.engine.understanding.thresholds import Goal, Truth, choose_threshold

FOLDS = 5
FEWEST = 3  # positive cases below which a head says no to everything: it could only repeat them
C = 1.0  # inverse regularisation of the heads


@dataclass(frozen=True)
class Examples:
    """The rows of all training messages, stacked; `owner` names the message of each clause row."""

    whole: csr_matrix
    clauses: csr_matrix
    owner: npt.NDArray[np.int64]
    fold: npt.NDArray[np.int64]

    @classmethod
    def stack(cls, messages: Sequence[Rows]) -> "Examples":
        """Stacks at least one message."""
        owner = np.repeat(np.arange(len(messages)), [m.clauses.shape[0] for m in messages])
        return cls(
            whole=vstack([m.matrix[0] for m in messages]).tocsr(),
            clauses=vstack([m.clauses for m in messages]).tocsr(),
            owner=owner,
            fold=np.array([fold_of(m.reading.text) for m in messages]),
        )

    def best_clause(self, logits: Floats) -> Floats:
        """(messages, heads): the highest logit among each message's clauses, from (clause rows, heads)."""
        starts = np.searchsorted(self.owner, np.arange(self.whole.shape[0]))
        return np.asarray(np.maximum.reduceat(logits, starts, axis=0), dtype=np.float32)


def fold_of(text: str) -> int:
    """The fold of a text: the same on every machine, and the same for texts with the same set of words."""
    words = sorted(set("".join(c if c.isalnum() else " " for c in unicodedata.normalize("NFKC", text).lower()).split()))
    return crc32(" ".join(words).encode("utf-8", "surrogatepass")) % FOLDS


def fit_heads(examples: Examples, truth: Mapping[str, Truth], goals: Mapping[str, Goal]) -> Heads:
    """One head per name of `truth` (a yes or no per message), its threshold chosen for goals[name]."""
    names = tuple(truth)
    targets = np.stack([truth[name] for name in names], axis=1)
    weights, bias = _fit_all(examples.whole, targets)
    whole, clause = _unseen_logits(examples, targets)
    calibration = np.stack([_calibrate(whole[:, i], clause[:, i], targets[:, i]) for i in range(len(names))])
    heads = Heads(names, weights, bias, calibration, np.full(len(names), 0.5, dtype=np.float32))
    scores = np.stack([heads.score(w, c) for w, c in zip(whole, clause, strict=True)]).astype(np.float64)
    thresholds = [choose_threshold(scores[:, i], targets[:, i], goals[name]) for i, name in enumerate(names)]
    return Heads(names, weights, bias, calibration, np.array(thresholds, dtype=np.float32))


def fit_ranking(examples: Examples, truth: Mapping[str, Truth]) -> Heads:
    """Heads that are only compared with each other, by their logits on the whole text: no calibration, no thresholds."""
    weights, bias = _fit_all(examples.whole, np.stack(list(truth.values()), axis=1))
    calibration = np.tile(np.array([1.0, 0.0, 0.0], dtype=np.float32), (len(truth), 1))
    return Heads(tuple(truth), weights, bias, calibration, np.full(len(truth), 0.5, dtype=np.float32))


def _unseen_logits(examples: Examples, targets: Truth) -> tuple[Floats, Floats]:
    """Logits of whole texts and of best clauses, each message judged by heads that were trained without its fold."""
    whole = np.zeros(targets.shape, dtype=np.float32)
    clause = np.zeros(targets.shape, dtype=np.float32)
    for kept, held in _splits(examples.fold):
        weights, bias = _fit_all(examples.whole[kept], targets[kept])
        whole[held] = (examples.whole @ weights.T + bias)[held]
        clause[held] = examples.best_clause(examples.clauses @ weights.T + bias)[held]
    return whole, clause


def _splits(folds: npt.NDArray[np.int64]) -> Iterator[tuple[Truth, Truth]]:
    for fold in np.unique(folds):
        held = folds == fold
        if not held.all():
            yield ~held, held


def _fit_all(rows: csr_matrix, targets: Truth) -> tuple[Floats, Floats]:
    fitted = [_fit_one(rows, targets[:, i]) for i in range(targets.shape[1])]
    return np.stack([w for w, _ in fitted]), np.array([b for _, b in fitted], dtype=np.float32)


def _fit_one(rows: csr_matrix, target: Truth) -> tuple[Floats, float]:
    if target.sum() < FEWEST or target.all():
        return np.zeros(rows.shape[1], dtype=np.float32), 20.0 if target.all() else -20.0
    # Imported here: scikit-learn takes a second to load and is needed for training alone.
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    model = LogisticRegression(C=C, solver="liblinear", class_weight="balanced", random_state=0).fit(rows, target)
    return model.coef_[0].astype(np.float32), float(model.intercept_[0])


def _calibrate(whole: Floats, clause: Floats, target: Truth) -> Floats:
    """Factors that make of the two logits a share of true cases; of a head without cases, the logit itself."""
    if target.sum() < FEWEST or target.all():
        return np.array([1.0, 0.0, 0.0], dtype=np.float32)
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    model = LogisticRegression(C=1.0, solver="lbfgs").fit(np.stack([whole, clause], axis=1), target)
    factors = np.maximum(model.coef_[0], 0.0)  # more evidence never lowers a score
    return np.array([*factors, model.intercept_[0]], dtype=np.float32)
