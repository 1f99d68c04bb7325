"""From the sizes asked for to inclusion rules that meet them in expectation."""

import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._base import SamplingInput
from imbalance_kit._utils._sampling_strategy import plan_classes
from imbalance_kit.shift import InclusionRule

_TOLERANCE = 1e-10
_ROUGH_ROWS = 50_000
_BLOCK = 1 << 16  # scores at a time: stays in the cache and needs no second copy of them


def expected_sizes(strategy: Any, data: SamplingInput, kept: int) -> dict[int, float]:
    """Return the weight total to expect of each sampled class.

    Parameters
    ----------
    strategy : float, dict or Ratios
        As given to the sampler; a callable has been replaced by what it returned.
    data : SamplingInput
        All rows.
    kept : int
        Code of the class that is kept whole.
    """
    target, totals = data.target, data.totals
    if isinstance(strategy, str):
        raise ValueError(
            "`sampling_strategy` must be a float, a dict, a callable or Ratios, got "
            f"{strategy!r}. Hint: 1/3 keeps three negatives per positive."
        )
    if isinstance(strategy, (int, float, np.number)) and not isinstance(strategy, bool):
        if not 0 < strategy < np.inf:
            raise ValueError(
                "`sampling_strategy` as a number is the kept rows per sampled row, above 0: got "
                f"{strategy!r}."
            )
        sizes = {k: float(totals[kept] / strategy) for k in range(len(totals)) if k != kept}
    else:
        plan = plan_classes(strategy, target, totals, "weighting")
        sizes = {k: float(plan.factors[k] * totals[k]) for k in plan.touched}
    if kept in sizes:
        raise ValueError(
            f"`sampling_strategy` names class {target.label(kept)!r}, which is kept whole. Hint: "
            "name the other classes, or choose another `pos_label`."
        )
    for k, size in sizes.items():
        if size > totals[k] * (1 + 1e-9):
            warnings.warn(
                f"`sampling_strategy` asks for {size:.6g} of class {target.label(k)!r}, which has "
                f"{totals[k]:.6g}: all of it is kept.",
                UserWarning,
                stacklevel=5,
            )
    return {k: float(min(size, totals[k])) for k, size in sizes.items()}


def inclusion_rules(
    data: SamplingInput,
    scores: NDArray[np.float64],
    sizes: Mapping[int, float],
    floor: float,
    *,
    together: bool,
) -> dict[Any, InclusionRule]:
    """Return the rule of each sampled class; `together` solves one for all classes at once."""
    target, weights, totals = data.target, data.weights, data.totals
    if together:
        kept = float(totals.sum()) - sum(float(totals[k]) for k in sizes)
        budget = kept + sum(sizes.values())
        rule = _rule(scores, budget, float(totals.sum()), floor, weights)
        return dict.fromkeys(target.classes.tolist(), rule)
    rules = {}
    for k, size in sizes.items():
        members = target.members(k)
        given = None if weights is None else weights[members]
        rules[target.label(k)] = _rule(scores[members], size, float(totals[k]), floor, given)
    return rules


def _rule(
    scores: NDArray[np.float64],
    budget: float,
    total: float,
    floor: float,
    weights: NDArray[np.float64] | None,
) -> InclusionRule:
    if budget >= total * (1 - 1e-12):
        return InclusionRule(0.0, 1.0)
    smallest = floor * budget / total
    return InclusionRule(solve_scale(scores, budget, smallest, weights), smallest)


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
    if not scores.any():
        return 0.0  # nothing to tell the rows apart: the floor is all there is

    def excess(log_scale: float, stride: int = 1) -> float:
        total = 0.0
        for start in range(0, len(scores), _BLOCK * stride):
            block = slice(start, start + _BLOCK * stride, stride)
            pi = np.multiply(scores[block], np.exp(log_scale))
            np.clip(pi, floor, 1.0, out=pi)
            total += float(pi.sum() if weights is None else pi @ weights[block])
        return total * stride - budget

    start = float(np.log(budget / (scores.sum() if weights is None else scores @ weights)))
    stride = max(len(scores) // _ROUGH_ROWS, 1)
    if stride > 1:  # a sample of the scores brings the start near the root
        start = _root(lambda log_scale: excess(log_scale, stride), start, 0.5, 1e-3 * budget)
    return float(np.exp(_root(excess, start, 0.02 if stride > 1 else 0.5, _TOLERANCE * budget)))


def _root(excess: Callable[[float], float], start: float, step: float, tolerance: float) -> float:
    low, high = _bracket(excess, start, step)
    return _illinois(excess, low, high, tolerance)


def _bracket(excess: Callable[[float], float], start: float, step: float) -> tuple[float, float]:
    """Return two points around the root of a function that does not decrease."""
    low = high = start
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
