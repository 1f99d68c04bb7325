"""From the sizes asked for to inclusion rules that meet them in expectation."""

import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from imbalance_kit._base import SamplingInput
from imbalance_kit._utils._sampling_strategy import plan_classes
from imbalance_kit._utils._stacklevel import callers_stacklevel
from imbalance_kit._utils._targets import EncodedTarget
from imbalance_kit.shift import InclusionRule

_TOLERANCE = 1e-12  # of a rate: nearer to 1 there is nothing to choose
_LARGEST = 600.0  # logarithm of a scale that makes any score certain, and overflows for none
_PRECISION = 1e-11  # of a scale: what is promised of the size is 1e-6
_BLOCK = 1 << 16  # rows at a time


def kept_class(pos_label: Any, target: EncodedTarget, totals: NDArray[np.float64]) -> int:
    """Return the code of the class that is kept whole: `pos_label`, or the rarest where None."""
    if pos_label is None:
        return int(np.argmin(totals))
    labels = target.classes.tolist()
    if pos_label not in labels:
        raise ValueError(
            f"`pos_label` {pos_label!r} is not present in the data; the classes of `y` are "
            f"{labels!r}."
        )
    return int(labels.index(pos_label))


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
        if strategy > 1 and totals[kept] == totals.min():
            warnings.warn(
                f"`sampling_strategy`={strategy:g} keeps fewer rows of each other class than there "
                f"are of class {target.label(kept)!r}, the rarest: a number is kept rows per "
                f"sampled row. Hint: 1/{strategy:g} keeps {strategy:g} per row of the rarest; "
                "Ratios ask for fewer without this warning.",
                UserWarning,
                stacklevel=callers_stacklevel(),
            )
        size = float(totals[kept] / strategy)
        others = [k for k in range(len(totals)) if k != kept]
        larger = [k for k in others if totals[k] > size]  # the rarer ones are simply kept
        sizes = dict.fromkeys(larger or others, size)
    else:
        plan = plan_classes(strategy, target, totals, "weighting")
        sizes = {k: float(plan.factors[k] * totals[k]) for k in plan.touched}
    if kept in sizes:
        raise ValueError(
            f"`sampling_strategy` names class {target.label(kept)!r}, which is kept whole. Hint: "
            "name the other classes, or choose another `pos_label`."
        )
    too_many = [k for k, size in sizes.items() if size > totals[k] * (1 + 1e-9)]
    if too_many:
        asked = ", ".join(
            f"{sizes[k]:.6g} of class {target.label(k)!r}, which has {totals[k]:.6g}"
            for k in too_many
        )
        warnings.warn(
            f"`sampling_strategy` asks for {asked}: all of it is kept.",
            UserWarning,
            stacklevel=callers_stacklevel(),
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
        rule = class_rule(scores, budget, float(totals.sum()), floor, weights)
        return dict.fromkeys(target.classes.tolist(), rule)
    rules = {}
    for k, size in sizes.items():
        members = target.codes == k  # a mask: positions would take eight times the memory
        if 2 * target.counts[k] > len(scores):  # nor is there room for a copy of most scores
            own, given = scores, members if weights is None else members * weights
        else:
            own, given = scores[members], None if weights is None else weights[members]
        rules[target.label(k)] = class_rule(own, size, float(totals[k]), floor, given)
    return rules


def apply_rules(
    scores: NDArray[np.float64], target: EncodedTarget, rules: Mapping[Any, InclusionRule]
) -> None:
    """Turn the scores of rows into inclusion probabilities, in place; 1 for classes kept whole."""
    for block in row_blocks(len(scores)):
        codes, part = target.codes[block], scores[block]
        for k, label in enumerate(target.classes.tolist()):
            members = codes == k
            part[members] = rules[label](part[members]) if label in rules else 1.0


def row_blocks(n: int) -> Iterator[slice]:
    """Cut n rows into slices that stay in the cache and bound the memory of what is computed."""
    return (slice(start, min(start + _BLOCK, n)) for start in range(0, n, _BLOCK))


def class_rule(
    scores: NDArray[np.float64],
    budget: float,
    total: float,
    floor: float,
    weights: NDArray[Any] | None,
) -> InclusionRule:
    """Return the rule for scores of which `budget` of `total` is to be kept.

    Parameters
    ----------
    scores : ndarray of shape (n,)
        At least 0.
    budget, total : float
        Weight to expect, and weight there is.
    floor : float
        Smallest probability, as a share of ``budget / total``.
    weights : ndarray of shape (n,) or None
        Weights of the scores.
    """
    rate = budget / total
    if rate > 1 - _TOLERANCE or floor > 1 - _TOLERANCE:
        return InclusionRule(0.0, min(rate, 1.0))
    return solve_rule(scores, budget, floor * rate, weights)


def solve_rule(
    scores: NDArray[np.float64],
    budget: float,
    floor: float,
    weights: NDArray[Any] | None = None,
) -> InclusionRule:
    """Return the rule with ``Σ w_i min(max(λ s_i, floor), 1) = budget``.

    The sum is continuous and does not decrease in λ, so that a bracket and Brent's method on the
    logarithm find it in about ten passes over the scores. Where even certainty for all rows that
    have a score leaves part of the budget, the rows of score zero share it: the floor is raised.

    Parameters
    ----------
    scores : ndarray of shape (n,)
        At least 0.
    budget : float
        Expected total, between ``floor * Σ w`` and ``Σ w``.
    floor : float
        Smallest probability, in (0, 1].
    weights : ndarray of shape (n,), default=None
        Weights of the rows, or a mask of those that count.
    """

    def total(of: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> float:
        sums = 0.0
        for block in row_blocks(len(scores)):
            values = of(scores[block])
            if weights is None:
                sums += float(values.sum())
            else:  # `values @ weights` would wait for threads that have nothing to do
                sums += float(np.einsum("i,i->", values, weights[block]))
        return sums

    def excess(log_scale: float, log_floor: float) -> float:
        return total(InclusionRule(np.exp(log_scale), np.exp(log_floor))) - budget

    log_scale, log_floor = _LARGEST, float(np.log(floor))
    if excess(log_scale, log_floor) < 0:
        log_floor = brentq(lambda log_floor: excess(_LARGEST, log_floor), log_floor, 0.0)
    else:
        start = np.log(budget / total(lambda scores: scores))
        bracket = _bracket(lambda log_scale: excess(log_scale, log_floor), float(start))
        log_scale = brentq(excess, *bracket, args=(log_floor,), xtol=_PRECISION)
    return InclusionRule(float(np.exp(log_scale)), float(np.exp(log_floor)))


def _bracket(excess: Callable[[float], float], start: float) -> tuple[float, float]:
    """Return two points around the root of a function that does not decrease."""
    low = high = start
    step = 0.5
    while excess(high) < 0:
        low, high, step = high, min(high + step, _LARGEST), 2 * step
    while excess(low) > 0:
        low, high, step = low - step, low, 2 * step
    return low, high
