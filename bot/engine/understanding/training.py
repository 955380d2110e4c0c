"""Fits Heads: logistic regressions, calibration and thresholds on scores of messages not trained on."""

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from zlib import crc32

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, vstack

from bot.engine.understanding.features import Floats, Rows
from bot.engine.understanding.heads import Heads
from bot.engine.understanding.solver import apply, fit_logistic
from bot.engine.understanding.thresholds import Goal, Truth, choose_threshold

FOLDS = 5
# Never shown to the embedding when it is adapted (`make adapt`). On the others the vectors know the labels already, so
# calibration and thresholds taken from them would promise too much.
UNSEEN_FOLD = FOLDS - 1
FEWEST = 3  # positive cases below which a head says no to everything: it could only repeat them
NEVER = -20.0  # the logit of such a head


@dataclass(frozen=True)
class Examples:
    """The rows of all training messages, stacked; `owner` names the message of each clause row, and never falls."""

    whole: Floats
    whole_ngrams: csr_matrix
    clauses: Floats
    clause_ngrams: csr_matrix
    owner: npt.NDArray[np.int64]
    fold: npt.NDArray[np.int64]

    @classmethod
    def stack(cls, messages: Sequence[Rows]) -> "Examples":
        """Stacks at least one message."""
        counts = [len(m.dense) - m.first_clause for m in messages]
        return cls(
            whole=np.stack([m.dense[0] for m in messages]),
            whole_ngrams=vstack([m.sparse[0] for m in messages]).tocsr(),
            clauses=np.concatenate([m.dense[m.first_clause :] for m in messages]),
            clause_ngrams=vstack([m.sparse[m.first_clause :] for m in messages]).tocsr(),
            owner=np.repeat(np.arange(len(messages)), counts),
            fold=np.array([fold_of(m.reading.text) for m in messages]),
        )

    def logits(self, weights: Floats, chosen: Truth) -> tuple[Floats, Floats]:
        """The logits (messages, heads) of the chosen messages: of the whole texts, and of each one's best clause."""
        whole = apply(weights, self.whole[chosen], self.whole_ngrams[chosen])
        mine = chosen[self.owner]
        clauses = apply(weights, self.clauses[mine], self.clause_ngrams[mine])
        starts = np.unique(self.owner[mine], return_index=True)[1]
        return whole, np.maximum.reduceat(clauses, starts, axis=0)


def fold_of(text: str) -> int:
    """The fold of a text: the same on every machine, and the same for texts with the same set of words."""
    words = sorted(set("".join(c if c.isalnum() else " " for c in unicodedata.normalize("NFKC", text).lower()).split()))
    return crc32(" ".join(words).encode("utf-8", "surrogatepass")) % FOLDS


def fit_heads(
    examples: Examples,
    truth: Mapping[str, Truth],
    goals: Mapping[str, Goal],
    judged: Collection[int] = (UNSEEN_FOLD,),
    *,
    alone: bool = False,
) -> Heads:
    """One head per name of `truth` (a yes or no per message), its threshold chosen for goals[name].

    Every fold of `judged` is scored by heads that were fitted without it; calibration and thresholds come from those
    scores. The weights that are kept are then fitted on all examples. `alone`: see Heads.
    """
    names = tuple(truth)
    targets = np.stack([truth[name] for name in names], axis=1)
    wholes, clauses, wanted, weights = [], [], [], None
    for fold in judged:
        held = examples.fold == fold
        if not held.any() or held.all():
            continue
        weights = _fit(examples, targets, ~held, weights)
        whole, clause = examples.logits(weights, held)
        wholes.append(whole)
        clauses.append(clause)
        wanted.append(targets[held])
    weights = _fit(examples, targets, np.ones(len(targets), dtype=bool), weights)
    empty = np.zeros((0, len(names)), dtype=np.float32)
    unseen = tuple(np.concatenate(parts) if parts else empty for parts in (wholes, clauses, wanted))
    return _calibrated(Heads(names, weights, np.zeros((0, 3)), np.zeros(0), alone), *unseen, goals)


def fit_ranking(examples: Examples, truth: Mapping[str, Truth]) -> Heads:
    """Heads that are only compared with each other, by their logits on the whole text: no calibration, no thresholds."""
    targets = np.stack(list(truth.values()), axis=1)
    weights = _fit(examples, targets, np.ones(len(targets), dtype=bool), None)
    calibration = np.tile(np.array([1.0, 0.0, 0.0], dtype=np.float32), (len(truth), 1))
    return Heads(tuple(truth), weights, calibration, np.full(len(truth), 0.5, dtype=np.float32))


def _fit(examples: Examples, targets: Truth, chosen: Truth, start: Floats | None) -> Floats:
    """Weights fitted on the chosen messages; a head without enough of either kind says the same to all."""
    wanted = targets[chosen].astype(np.float32)
    weights = fit_logistic(examples.whole[chosen], examples.whole_ngrams[chosen], wanted, start)
    for head in range(wanted.shape[1]):
        if wanted[:, head].sum() < FEWEST or wanted[:, head].all():
            weights[:, head] = 0.0
            weights[-1, head] = -NEVER if wanted[:, head].all() else NEVER
    return weights


def _calibrated(bare: Heads, whole: Floats, clause: Floats, wanted: Truth, goals: Mapping[str, Goal]) -> Heads:
    calibration = np.stack([_calibrate(whole[:, i], clause[:, i], wanted[:, i]) for i in range(len(bare.names))])
    heads = replace(bare, calibration=calibration)
    scores = heads.score(whole, clause).astype(np.float64)
    chosen = [choose_threshold(scores[:, i], wanted[:, i].astype(bool), goals[name]) for i, name in enumerate(bare.names)]
    return replace(heads, thresholds=np.array(chosen, dtype=np.float32))


def _calibrate(whole: Floats, clause: Floats, target: Truth) -> Floats:
    """Factors that make of the two logits a share of true cases; without enough cases, the logit itself."""
    if target.sum() < FEWEST or target.all():
        return np.array([1.0, 0.0, 0.0], dtype=np.float32)
    # Imported here: scikit-learn takes a second to load and is needed for training alone.
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    model = LogisticRegression(C=1.0, solver="lbfgs").fit(np.stack([whole, clause], axis=1), target)
    factors = np.maximum(model.coef_[0], 0.0)  # more evidence never lowers a score
    return np.array([*factors, model.intercept_[0]], dtype=np.float32)
