"""Solve for the factor that makes Poisson sampling meet its budget."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

_TOLERANCE = 1e-10
_BLOCK = 1 << 16  # scores at a time: stays in the cache and needs no second copy of them


def solve_scale(
    scores: NDArray[np.float64],
    budget: float,
    floor: float,
    weights: NDArray[np.float64] | None = None,
) -> float:
    """Return λ with ``Σ w_i min(max(λ s_i, floor), 1) = budget``.

    The sum is continuous and does not decrease in λ, so a bracketed secant (Illinois) on the log
    scale finds it in a few passes over the scores.

    Parameters
    ----------
    scores : ndarray of shape (n,)
        At least 0.
    budget : float
        Expected total, between ``floor * Σ w`` and ``Σ w``.
    floor : float
        Smallest probability, in (0, 1].
    weights : ndarray of shape (n,), default=None
        Weights of the rows.
    """

    def excess(log_scale: float) -> float:
        total = -budget
        for start in range(0, len(scores), _BLOCK):
            pi = np.multiply(scores[start : start + _BLOCK], np.exp(log_scale))
            np.clip(pi, floor, 1.0, out=pi)
            total += float(pi.sum() if weights is None else pi @ weights[start : start + _BLOCK])
        return total

    positive = scores[scores > 0]
    if not len(positive):
        return 0.0  # nothing to tell the rows apart: the floor is all there is
    total = float(scores.sum() if weights is None else scores @ weights)
    low, high = _bracket(excess, float(np.log(budget / total)))
    return float(np.exp(_illinois(excess, low, high, _TOLERANCE * budget)))


def _bracket(excess: Callable[[float], float], start: float) -> tuple[float, float]:
    """Return two points around the root of a function that does not decrease."""
    low = high = start
    step = 0.5
    while excess(high) < 0 and step < 1e3:
        low, high, step = high, high + step, 2 * step
    while excess(low) > 0 and step < 1e3:
        low, high, step = low - step, low, 2 * step
    return low, high


def _illinois(excess: Callable[[float], float], low: float, high: float, tolerance: float) -> float:
    """Return the root between two points: regula falsi that halves a value that got stuck."""
    f_low, f_high = excess(low), excess(high)
    middle = low
    for _ in range(200):
        if f_high <= f_low:
            return high
        middle = (low * f_high - high * f_low) / (f_high - f_low)
        f_middle = excess(middle)
        if abs(f_middle) <= tolerance or not low < middle < high:
            return middle
        if f_middle < 0:
            low, f_low, f_high = middle, f_middle, f_high / 2
        else:
            high, f_high, f_low = middle, f_middle, f_low / 2
    return middle
