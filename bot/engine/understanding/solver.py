"""Fits many logistic regressions at once on the same rows: one pass over the n-grams serves all heads.

scikit-learn's one-against-rest fits head after head, and took four minutes for what takes some twenty seconds here.
"""

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from bot.engine.understanding.features import Floats

C = 1.0  # inverse regularisation
STEPS = 60  # beyond which no figure in cross-validation moved
CLOSE = 2e-5  # a step that lowers the loss by a smaller share is the last


def fit_logistic(dense: Floats, sparse: csr_matrix, targets: Floats, start: Floats | None = None) -> Floats:
    """Weights (dense columns + sparse columns + 1, heads), the last row the bias, by L-BFGS from `start` or from nought.

    `targets` (rows, heads) holds ones and zeros. The positive and the negative cases of a head weigh the same in sum, as
    scikit-learn's class_weight="balanced"; weights are held small (L2), biases are not.
    """
    columns, heads = dense.shape[1] + sparse.shape[1], targets.shape[1]
    share = targets.mean(axis=0).clip(1e-6, 1 - 1e-6)
    weight = np.where(targets > 0, 0.5 / share, 0.5 / (1 - share)).astype(np.float32)
    sign = (2 * targets - 1).astype(np.float32)
    transposed = sparse.T.tocsr()

    def loss_and_slope(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights = flat.reshape(columns + 1, heads).astype(np.float32)
        margin = sign * apply(weights, dense, sparse)
        held = float(np.square(weights[:-1], dtype=np.float64).sum()) / (2 * C)
        loss = float(np.sum(weight * np.logaddexp(0, -margin), dtype=np.float64)) + held
        push = -weight * sign / (1 + np.exp(np.clip(margin, -30, 30)))
        slope = np.concatenate([dense.T @ push, transposed @ push, push.sum(axis=0, keepdims=True)])
        slope[:-1] += weights[:-1] / C
        return loss, slope.ravel().astype(np.float64)

    first = np.zeros((columns + 1, heads)) if start is None else start.astype(np.float64)
    found = minimize(loss_and_slope, first.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": STEPS, "ftol": CLOSE})
    return np.asarray(found.x.reshape(columns + 1, heads), dtype=np.float32)


def apply(weights: Floats, dense: Floats, sparse: csr_matrix) -> Floats:
    """The logits (rows, heads) of rows under weights as fit_logistic gives them."""
    border = dense.shape[1]
    return np.asarray(dense @ weights[:border] + sparse @ weights[border:-1] + weights[-1], dtype=np.float32)
