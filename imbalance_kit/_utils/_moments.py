"""Weighted means, variances and quantiles of columns; a weight of k counts as k equal rows."""

import numpy as np
from numpy.typing import NDArray

_Floats = NDArray[np.float64]
_ROUNDING = 1e-12  # of the mean: a standard deviation that is none
_BLOCK = 2048  # rows at a time: what is derived from them stays in cache


def weighted_mean(x: _Floats, weight: _Floats | None) -> float:
    """Return ``Σ w x / Σ w``; NaN where nothing has weight."""
    total = len(x) if weight is None else weight.sum()
    if not total:
        return float("nan")
    return float(x.mean() if weight is None else np.dot(weight, x) / total)


def weighted_variance(x: _Floats, weight: _Floats | None) -> float:
    """Return ``Σ w (x - m)² / Σ w``: scaling the weights changes nothing, nor does repeating rows.

    There is no correction for the number of rows, which weights do not know. What is constant but
    for rounding has 0.
    """
    centre = weighted_mean(x, weight)
    centred = x - centre
    variance = weighted_mean(centred * centred, weight)
    return 0.0 if variance <= (_ROUNDING * centre) ** 2 else variance


def means_and_spreads(rows: _Floats, shares: _Floats) -> tuple[_Floats, _Floats]:
    """Return weighted mean and standard deviation of each column, of shape (p,).

    Two passes, so that no digits cancel; a column that is constant but for rounding has 0.

    Parameters
    ----------
    rows : ndarray of shape (n, p)
        Numbers, finite.
    shares : ndarray of shape (n,)
        Weights that sum to one.
    """
    means: _Floats = shares @ rows
    square = np.zeros_like(means)
    for start in range(0, len(rows), _BLOCK):
        block = rows[start : start + _BLOCK] - means
        block *= block
        square += shares[start : start + _BLOCK] @ block
    spreads: _Floats = np.sqrt(square)
    spreads[spreads <= _ROUNDING * np.abs(means)] = 0.0
    return means, spreads


def weighted_quantile(x: _Floats, weight: _Floats | None, probabilities: _Floats) -> _Floats:
    """Return the smallest values whose share of the weight at or below reaches the probabilities.

    The inverse of the weighted distribution function, as numpy's method "inverted_cdf".
    """
    if weight is not None:
        x, weight = x[weight > 0], weight[weight > 0]
    if not len(x):
        return np.full(len(probabilities), np.nan)
    order = np.argsort(x, kind="stable")
    weight = np.ones(len(x)) if weight is None else weight[order]
    reached = np.cumsum(weight)
    # A share that is reached but for rounding is reached.
    wanted = np.asarray(probabilities) * reached[-1] * (1.0 - 1e-12)
    taken = np.minimum(np.searchsorted(reached, wanted, side="left"), len(x) - 1)
    values: _Floats = x[order[taken]]
    return values
