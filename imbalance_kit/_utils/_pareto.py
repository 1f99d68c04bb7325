"""The tail of the weights: a generalised Pareto fit and its shape k-hat.

A mean weighted by w has a finite variance only if the weights have; the shape k of their tail says
how many moments there are: 1/k. An estimated k above .7 means that a few rows decide the estimate
and that neither it nor its standard error can be relied on (Vehtari et al. 2024).
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_Floats = NDArray[np.float64]
_MIN_TAIL = 5  # fewer values cannot tell a shape


class ParetoTail(NamedTuple):
    """The fitted tail: values above `threshold` follow GPD(k, sigma); k is NaN where unknown."""

    k: float
    sigma: float
    threshold: float
    size: int


def fit_generalized_pareto(excess: _Floats) -> tuple[float, float]:
    """Return shape k and scale sigma of a generalised Pareto distribution.

    Zhang and Stephens (2009), doi:10.1198/tech.2009.08017: an empirical-Bayes average over a grid
    of values of ``theta = -k / sigma``, weighted by their profile likelihood.

    Parameters
    ----------
    excess : ndarray of shape (n,)
        Positive values, ascending, not all equal to the same tiny number.
    """
    n = len(excess)
    grid_size = 30 + int(math.sqrt(n))
    quartile = excess[int(n / 4 + 0.5) - 1]
    position = np.arange(1, grid_size + 1) - 0.5
    theta = 1.0 / excess[-1] + (1.0 - np.sqrt(grid_size / position)) / (3.0 * quartile)
    shape = np.log1p(-theta[:, None] * excess).mean(axis=1)
    likelihood = n * (np.log(-theta / shape) - shape - 1.0)
    weight = np.exp(likelihood - likelihood.max())
    best = float(np.dot(theta, weight) / weight.sum())
    k = float(np.log1p(-best * excess).mean())
    return k, -k / best


def pareto_tail(weights: _Floats) -> ParetoTail:
    """Fit the upper tail of the weights.

    The tail are the ``min(n / 5, 3 sqrt(n))`` largest of the positive weights; k is drawn towards
    .5 as by ten further observations (Vehtari et al. 2024, section 2.3 and appendix C). Equal
    weights have no tail: k is then -inf.
    """
    ordered = np.sort(weights[weights > 0])
    size = math.ceil(min(0.2 * len(ordered), 3.0 * math.sqrt(len(ordered))))
    if size < _MIN_TAIL or size >= len(ordered):
        return ParetoTail(math.nan, math.nan, math.nan, size)
    scale = float(ordered[-1])
    ordered /= scale
    threshold = float(ordered[-size - 1])
    excess = ordered[-size:] - threshold
    if excess[-1] <= 1e-12:  # the largest weights are all equal: bounded
        return ParetoTail(-math.inf, 0.0, threshold * scale, size)
    excess = excess[excess > 1e-15]
    if len(excess) < _MIN_TAIL:
        return ParetoTail(math.nan, math.nan, threshold * scale, size)
    k, sigma = fit_generalized_pareto(excess)
    k = (len(excess) * k + 10 * 0.5) / (len(excess) + 10)
    return ParetoTail(k, sigma * scale, threshold * scale, size)
