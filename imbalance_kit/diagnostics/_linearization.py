"""Standard errors by linearisation: an estimator as a sum of scores, one per row.

An estimate moves by about z_i when row i comes or goes; the variance is then that of the sum of the
scores of the sample, plus, where the target is a sample too, that of its own scores. Rows are drawn
independently, as R's ``svydesign(ids = ~1)`` takes them; no correction for a finite population.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_Floats = NDArray[np.float64]


class Linearized(NamedTuple):
    """An estimate and what each row adds to its error; `target_scores` None: a census."""

    estimate: float
    scores: _Floats
    target_scores: _Floats | None = None
    n_fitted: int = 1

    @property
    def standard_error(self) -> float:
        """Root of the summed variances; `n_fitted` coefficients are taken off the rows."""
        variance = variance_of_sum(self.scores, self.n_fitted)
        if self.target_scores is not None:
            variance += variance_of_sum(self.target_scores)
        return float(np.sqrt(variance))


def variance_of_sum(scores: _Floats, n_fitted: int = 1) -> float:
    """Return the variance of a sum of independent rows: ``n / (n - p) Σ (z - mean)²``."""
    n = len(scores)
    if n <= n_fitted:
        return float("nan")
    centred = scores - scores.mean()
    return float(n / (n - n_fitted) * np.dot(centred, centred))


def weighted_mean_scores(
    y: _Floats,
    weight: _Floats,
    *,
    design: _Floats | None = None,
    base: _Floats | None = None,
    target_design: _Floats | None = None,
    target_weight: _Floats | None = None,
) -> Linearized:
    """Return the weighted mean of the outcomes that are observed, and its scores.

    With r = 1 where y is observed and N = Σ w r, the mean is ``m = Σ w r y / N`` and its scores are
    ``w r (y - m) / N``. Weights that were calibrated on the columns of `design` have no error in
    what these explain: r (y - m) is replaced by its residual from a regression on them under the
    weights before calibration (Deville and Särndal 1992, section 3). What they explain has the
    error of the target's means instead, where the target is a sample.

    Parameters
    ----------
    y : ndarray of shape (n,)
        Outcomes, NaN where missing.
    weight, base : ndarray of shape (n,)
        Weights after and before calibration.
    design : ndarray of shape (n, p)
        What was calibrated on, with a column of ones.
    target_design, target_weight : ndarray of shape (m, p) and (m,)
        The same columns of a target that is a sample, and its weights.
    """
    observed = ~np.isnan(y)
    total = weight[observed].sum()
    mean = float(np.dot(weight[observed], y[observed]) / total)
    deviation = np.where(observed, y - mean, 0.0)
    if design is None:
        return Linearized(mean, weight * deviation / total)
    coefficient = least_squares(design, deviation, base)
    scores = weight * (deviation - design @ coefficient) / total
    if target_design is None:
        return Linearized(mean, scores)
    explained = target_design @ coefficient * (weight.sum() / total)
    return Linearized(mean, scores, mean_scores(explained, target_weight))


def mean_scores(x: _Floats, weight: _Floats | None) -> _Floats:
    """Return the scores of ``Σ v x / Σ v``."""
    if weight is None:
        weight = np.ones(len(x))
    total = weight.sum()
    scores: _Floats = weight * (x - np.dot(weight, x) / total) / total
    return scores


def least_squares(design: _Floats, y: _Floats, weight: _Floats | None) -> _Floats:
    """Return weighted least-squares coefficients, the shortest where columns are collinear."""
    root = np.ones(len(y)) if weight is None else np.sqrt(weight)
    scale = np.sqrt(np.square(design).mean(axis=0))
    scale[scale == 0] = 1.0
    solution = np.linalg.lstsq(design / scale * root[:, None], y * root, rcond=1e-10)[0]
    coefficient: _Floats = solution / scale
    return coefficient
