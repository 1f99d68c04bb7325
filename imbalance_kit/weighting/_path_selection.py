"""Choose the penalty: by cross-validated deviance, by balance, below a cap on the design effect."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from imbalance_kit.weighting._logistic_path import Path

Array = NDArray[np.float64]
Selection = Literal["deviance", "one_se", "balance"]

SELECTIONS = ("deviance", "one_se", "balance")
_BLOCK = 8192


def choose(
    selection: Selection,
    path: Path,
    fold_weights: Array,
    *,
    imbalance: Array | None,
    design_effect: Array | None,
    cap: float | None,
) -> int:
    """Return the position on the path.

    Parameters
    ----------
    selection : {"deviance", "one_se", "balance"}
        The rule: smallest held-out deviance; largest penalty within one standard error of it;
        smallest imbalance.
    path : Path
        Models, the penalty falling.
    fold_weights : ndarray of shape (n_folds,)
        Weight of each fold.
    imbalance, design_effect : ndarray of shape (n_lambdas,) or None
        Of the weights at each penalty; needed by "balance" and by a cap.
    cap : float or None
        Design effect that must not be exceeded: where the rule's choice does, the next larger
        penalty that does not, or the largest one.
    """
    allowed = np.ones(len(path.lambdas), dtype=bool)
    if cap is not None:
        assert design_effect is not None
        allowed = design_effect <= cap * (1 + 1e-9)
        allowed[0] |= not allowed.any()
    if selection == "balance":
        assert imbalance is not None
        return int(np.argmin(np.where(allowed, imbalance, np.inf)))
    mean = np.average(path.cv_deviance, axis=1, weights=fold_weights)
    best = int(np.argmin(mean))
    if selection == "one_se":
        spread = np.average((path.cv_deviance[best] - mean[best]) ** 2, weights=fold_weights)
        error = np.sqrt(spread / (len(fold_weights) - 1))
        best = int(np.flatnonzero(mean <= mean[best] + error)[0])
    before = np.flatnonzero(allowed[: best + 1])
    return int(before[-1]) if len(before) else int(np.flatnonzero(allowed)[0])


def weights_along(
    sample: Array, sample_weight: Array, target_mean: Array, target_scale: Array, coef: Array
) -> tuple[Array, Array]:
    """Return imbalance and design effect of the odds weights of many models, in one pass.

    Parameters
    ----------
    sample : ndarray of shape (n_samples, p)
        Rows.
    sample_weight : ndarray of shape (n_samples,)
        Design weights d.
    target_mean, target_scale : ndarray of shape (p,)
        Means and standard deviations of the target; columns of scale 0 are left out.
    coef : ndarray of shape (p + 1, m)
        Models, the intercept last: weights are ``d exp(x'β)``.

    Returns
    -------
    imbalance : ndarray of shape (m,)
        Mean over the columns of |weighted mean - target mean| / scale.
    design_effect : ndarray of shape (m,)
        Kish's ``n Σw² / (Σw)²``.
    """
    m, p = coef.shape[1], sample.shape[1]
    top = np.full(m, -np.inf)
    total, square, sums = np.zeros(m), np.zeros(m), np.zeros((p, m))
    for start in range(0, len(sample), _BLOCK):
        rows = sample[start : start + _BLOCK]
        scores = rows @ coef[:-1]
        highest = np.maximum(top, scores.max(axis=0))
        shrink = np.exp(top - highest)
        weights = np.exp(scores - highest) * sample_weight[start : start + _BLOCK, None]
        total = total * shrink + weights.sum(axis=0)
        square = square * shrink**2 + (weights * weights).sum(axis=0)
        sums = sums * shrink + rows.T @ weights
        top = highest
    used = target_scale > 0
    apart = np.abs(sums[used] / total - target_mean[used, None]) / target_scale[used, None]
    imbalance = apart.mean(axis=0) if used.any() else np.zeros(m)
    return imbalance, len(sample) * square / total**2
