"""Whether a theme that was found worked (+), did not (-), or neither or both (0).

Two kinds of evidence: heads that know nothing of the theme and read the clause that carried it beside the whole text, and
a pair of heads for each theme ("ventetid was praised", "ventetid was blamed"). What each is worth is learnt on messages
that none of them has seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, vstack

from bot.engine.understanding.damaged import DamagedModel
from bot.engine.understanding.features import Floats, Rows
from bot.engine.understanding.solver import apply, fit_logistic
from bot.shared.codebook import Polarity, Theme

SIGNED = (Polarity.PLUS, Polarity.MINUS)
POLARITIES = tuple(Polarity)
THEMES = tuple(Theme)
EVIDENCE = len(POLARITIES) + 3 * len(SIGNED)


@dataclass(frozen=True)
class Case:
    """A theme in a message, the place of the clause that carried it, and its polarity where a person has said so."""

    rows: Rows
    theme: Theme
    clause: int
    polarity: Polarity = Polarity.NEUTRAL


@dataclass(frozen=True)
class PolarityModel:
    """Weights as fit_logistic gives them, and what the evidence is worth."""

    common: Floats  # (features + 1, polarities)
    signed: Floats  # (features + 1, 2 x themes): praised and blamed, theme by theme
    worth: Floats  # (polarities, EVIDENCE + 1), the last column a constant

    def of(self, case: Case) -> Polarity:
        """The likeliest polarity."""
        evidence = np.append(self.evidence(case), np.float32(1.0))
        return POLARITIES[int(np.argmax(self.worth @ evidence))]

    def evidence(self, case: Case) -> Floats:
        """(EVIDENCE,): the common heads on clause and whole, the theme's own on whole, clause and strongest clause."""
        pair = slice(len(SIGNED) * THEMES.index(case.theme), len(SIGNED) * (THEMES.index(case.theme) + 1))
        own = apply(self.signed[:, pair], case.rows.dense, case.rows.sparse)
        clauses = own[case.rows.first_clause :]
        common = apply(self.common, *mixed(case))[0]
        return np.concatenate([common, own[0], clauses[case.clause], clauses.max(axis=0)])

    def save(self, folder: Path) -> None:
        """Writes into an existing folder."""
        np.savez(folder / "polarity.npz", common=self.common, signed=self.signed, worth=self.worth)

    @classmethod
    def load(cls, folder: Path) -> "PolarityModel":
        """Raises DamagedModel."""
        try:
            with np.load(folder / "polarity.npz", allow_pickle=False) as kept:
                found = cls(kept["common"], kept["signed"], kept["worth"])
        except Exception as error:  # zip, numpy and the file system each fail in their own ways
            raise DamagedModel(f"polarity: {type(error).__name__}: {error}") from error
        shapes = (found.common.shape[1:], found.signed.shape[1:], found.worth.shape)
        if shapes != ((len(POLARITIES),), (len(SIGNED) * len(THEMES),), (len(POLARITIES), EVIDENCE + 1)):
            raise DamagedModel("polarity: the parts do not fit together")
        if not all(np.isfinite(part).all() for part in (found.common, found.signed, found.worth)):
            raise DamagedModel("polarity: not every weight is a number")
        return found


def mixed(case: Case) -> tuple[Floats, csr_matrix]:
    """One row: the clause that carried the theme and the whole text, in equal parts."""
    both = [0, case.rows.first_clause + case.clause]
    sparse = csr_matrix(case.rows.sparse[both].mean(axis=0), dtype=np.float32)
    return case.rows.dense[both].mean(axis=0, keepdims=True), sparse


def train_polarity(cases: Sequence[Case], unseen: npt.NDArray[np.bool_]) -> PolarityModel:
    """Fits the heads without the unseen cases, learns on those what the evidence is worth, then fits on all."""
    if not cases:
        return _indifferent()
    pairs = [mixed(case) for case in cases]
    dense, sparse = np.concatenate([d for d, _ in pairs]), vstack([s for _, s in pairs]).tocsr()
    wanted = np.array([[case.polarity is p for p in POLARITIES] for case in cases], dtype=np.float32)
    seen = ~unseen if unseen.any() and not unseen.all() else np.ones(len(cases), dtype=bool)
    first = PolarityModel(
        fit_logistic(dense[seen], sparse[seen], wanted[seen]),
        _fit_signed([case for case, is_seen in zip(cases, seen, strict=True) if is_seen], None),
        _common_alone(),
    )
    return PolarityModel(
        fit_logistic(dense, sparse, wanted, first.common),
        _fit_signed(cases, first.signed),
        _worth(first, [case for case, is_seen in zip(cases, seen, strict=True) if not is_seen]),
    )


def _fit_signed(cases: Sequence[Case], start: Floats | None) -> Floats:
    """Each theme's pair against all messages: rows of one message count once, whatever it speaks of."""
    place = {id(case.rows): at for at, case in enumerate(cases)}
    order = {key: at for at, key in enumerate(place)}
    wanted = np.zeros((len(order), len(SIGNED) * len(THEMES)), dtype=np.float32)
    for case in cases:
        if case.polarity in SIGNED:
            wanted[order[id(case.rows)], len(SIGNED) * THEMES.index(case.theme) + SIGNED.index(case.polarity)] = 1.0
    whole = [cases[at].rows for at in place.values()]
    dense, sparse = np.stack([rows.dense[0] for rows in whole]), vstack([rows.sparse[0] for rows in whole]).tocsr()
    return fit_logistic(dense, sparse, wanted, start)


def _worth(model: PolarityModel, cases: Sequence[Case]) -> Floats:
    # Imported here: scikit-learn takes a second to load and is needed for training alone.
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    wanted = np.array([POLARITIES.index(case.polarity) for case in cases])
    if len(set(wanted)) < len(POLARITIES):
        return _common_alone()
    evidence = np.stack([model.evidence(case) for case in cases])
    fitted = LogisticRegression(max_iter=1000).fit(evidence, wanted)
    return np.asarray(np.column_stack([fitted.coef_, fitted.intercept_]), dtype=np.float32)


def _common_alone() -> Floats:
    return np.eye(len(POLARITIES), EVIDENCE + 1, dtype=np.float32)


def _indifferent() -> PolarityModel:
    """Where no theme was ever labelled: none will be found, so no polarity is asked for."""
    common = np.zeros((1, len(POLARITIES)), dtype=np.float32)
    return PolarityModel(common, np.zeros((1, len(SIGNED) * len(THEMES)), dtype=np.float32), _common_alone())
