"""Logistic recalibration (Cox 1958): how far the log odds must be turned and moved to be right.

``logit P(y = 1) = intercept + slope * logit(p)``, fitted by maximum likelihood. A calibrated model
has intercept 0 and slope 1; with the slope held at 1 the intercept is the calibration in the large.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from imbalance_kit.diagnostics._calibration_bins import PredictionTable

_Floats = NDArray[np.float64]

CLIP = float(np.finfo(np.float64).eps)  # as in scikit-learn's log_loss; log odds of -36 and 36
_MAX_ITERATIONS = 100
_FAR = 1e-2  # a Newton step that promises more than this per row is checked against the likelihood
_DONE = 1e-14  # a Newton step that promises less than this per row is the last one
_BLOCK = 1 << 14  # rows
_ONE_CLASS = "the rows are all of the class, or none is"
_NOT_CONVERGED = "the maximum of the likelihood was not found"


@dataclass(frozen=True)
class Recalibration:
    """Coefficients and standard errors; NaN where they do not exist, `problem` then says why."""

    slope: float = np.nan
    slope_se: float = np.nan
    intercept: float = np.nan
    intercept_se: float = np.nan
    in_the_large: float = np.nan
    in_the_large_se: float = np.nan
    problem: str | None = None


def fit_recalibration(table: PredictionTable) -> Recalibration:
    """Fit the intercept alone, and intercept and slope together."""
    z: _Floats = logit(np.clip(table.value, CLIP, 1.0 - CLIP))
    problem = _why_no_estimate(table, z)
    if problem == _ONE_CLASS:
        return Recalibration(problem=problem)
    rate = table.positive.sum() / table.total
    mean = np.clip((table.weight * table.value).sum() / table.total, CLIP, 1.0 - CLIP)
    large = _fit_logistic(table, z, start=[float(logit(rate) - logit(mean))])
    if large is None:
        return Recalibration(problem=problem or _NOT_CONVERGED)
    (in_the_large,), (in_the_large_se,) = large
    # From slope 0, where every row counts. Where most are at 0 or 1, as labels are, the Hessian at
    # slope 1 is rounding, and so would the coefficients be.
    both = None if problem else _fit_logistic(table, z, start=[float(logit(rate)), 0.0])
    (intercept, slope), (intercept_se, slope_se) = both or ([np.nan] * 2, [np.nan] * 2)
    return Recalibration(
        slope=slope,
        slope_se=slope_se,
        intercept=intercept,
        intercept_se=intercept_se,
        in_the_large=in_the_large,
        in_the_large_se=in_the_large_se,
        problem=problem or (None if both else _NOT_CONVERGED),
    )


def _why_no_estimate(table: PredictionTable, z: _Floats) -> str | None:
    """Say why the slope has no finite, unique estimate, or return None."""
    with_positive, with_negative = z[table.squared_positive > 0], z[table.squared_negative > 0]
    if len(with_positive) == 0 or len(with_negative) == 0:
        return _ONE_CLASS
    if z[0] == z[-1]:
        return "all predictions are equal"
    if with_negative[-1] <= with_positive[0] or with_positive[-1] <= with_negative[0]:
        return "the predictions separate the class from the others perfectly"
    return None


def _fit_logistic(
    table: PredictionTable, z: _Floats, *, start: list[float]
) -> tuple[list[float], list[float]] | None:
    """Return coefficients and standard errors, or None where Newton's method does not arrive.

    `start` is [intercept], the slope then stays at 1, or [intercept, slope].

    The errors are Huber and White's, ``H^-1 (Σ w² (y - μ)² x x') H^-1``: right for any weights, and
    where the true calibration curve is not a straight line in log odds.
    """
    size, total = len(start), table.total
    coefficient = np.array([*start, 1.0][:2])
    for _ in range(_MAX_ITERATIONS):
        sums = _likelihood_sums(table, z, coefficient)
        gradient, hessian, square = (each[:size] for each in sums)
        try:
            inverse = np.linalg.inv(hessian[:, :size])
        except np.linalg.LinAlgError:
            return None
        step = np.zeros(2)
        step[:size] = inverse @ gradient
        promise = float(gradient @ step[:size]) / total
        if not np.isfinite(promise):
            return None
        if promise < _DONE:
            variance = inverse @ square[:, :size] @ inverse
            return (coefficient + step)[:size].tolist(), np.sqrt(np.diag(variance)).tolist()
        if promise > _FAR:
            value = _loss(table, z, coefficient)
            while _loss(table, z, coefficient + step) > value:
                step = step / 2.0
                if np.abs(step).max() < 1e-12:
                    return None
        coefficient = coefficient + step
    return None


def _likelihood_sums(
    table: PredictionTable, z: _Floats, coefficient: _Floats
) -> tuple[_Floats, _Floats, _Floats]:
    """Return gradient, -Hessian and sum of squared scores of the log likelihood.

    Summed in blocks that stay in the processor's cache, which is several times faster.
    """
    gradient, hessian, square = np.zeros(2), np.zeros((2, 2)), np.zeros((2, 2))
    for first in range(0, len(z), _BLOCK):
        block = slice(first, first + _BLOCK)
        x, weight = z[block], table.weight[block]
        mean = expit(coefficient[0] + coefficient[1] * x)
        residual = table.positive[block] - weight * mean
        gradient += residual.sum(), (residual * x).sum()
        hessian += _moments(weight * mean * (1.0 - mean), x)
        square += _moments(
            table.squared_positive[block] * (1.0 - mean) ** 2
            + table.squared_negative[block] * mean**2,
            x,
        )
    return gradient, hessian, square


def _moments(weight: _Floats, x: _Floats) -> _Floats:
    """Return ``Σ weight v v'`` for ``v = (1, x)``.

    By sums, not products of matrices: so thin a product keeps the threads of BLAS waiting.
    """
    first = weight * x
    return np.array([[weight.sum(), first.sum()], [first.sum(), (first * x).sum()]])


def _loss(table: PredictionTable, z: _Floats, coefficient: _Floats) -> float:
    """Negative log likelihood."""
    log_odds = coefficient[0] + coefficient[1] * z
    loss = table.weight * np.logaddexp(0.0, log_odds) - table.positive * log_odds
    return float(loss.sum())
