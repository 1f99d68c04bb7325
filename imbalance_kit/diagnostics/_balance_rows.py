"""The rows of a balance table, one covariate at a time, from arrays."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._distances import compare_ecdfs, shares, total_variation
from imbalance_kit._utils._moments import weighted_mean, weighted_variance
from imbalance_kit.diagnostics._balance_report import PROBABILITIES, BalanceRow

_Floats = NDArray[np.float64]
_Triple = tuple[float, float, float]  # of the target, before, after
_Pair = tuple[float, float]  # before, after
LevelShares = tuple[_Floats, _Floats, _Floats | None]
"""Of the target, before, and after (None: not adjusted), one entry per level."""
_NAN = float("nan")
_UNKNOWN: _Pair = (_NAN, _NAN)


class Weightings(NamedTuple):
    """Weights that sum to 1: of the sample before and after (None: not adjusted), and the target.

    The target's are None where it is margins.
    """

    before: _Floats
    after: _Floats | None
    target: _Floats | None


@dataclass(frozen=True)
class Scale:
    """What mean differences are divided by."""

    denominator: str
    binary: str

    def unit(self, before: float, target: float) -> float:
        """Return the standard deviation from the variances of the two sides."""
        variance = {"population": target, "sample": before, "pooled": (before + target) / 2.0}
        return float(np.sqrt(variance[self.denominator]))

    def unit_of_share(self, before: float, target: float) -> float:
        """Return what a difference of shares is divided by."""
        if self.binary == "raw":
            return 1.0
        return self.unit(before * (1.0 - before), target * (1.0 - target))


def number_rows(
    name: str, x: _Floats, target: _Floats, weights: Weightings, scale: Scale
) -> Iterator[BalanceRow]:
    """Yield the row of a numeric covariate and, where values are missing, that of missing ones."""
    assert weights.target is not None
    missing, missing_target = np.isnan(x), np.isnan(target)
    any_missing = bool(missing.any() or missing_target.any())
    absent = _per_side(missing, missing_target, weights)
    if any_missing:
        seen, seen_target = ~missing, ~missing_target
        x, target = x[seen], target[seen_target]
        weights = _restrict(weights, seen, seen_target)
    if not len(x) or not len(target) or not _has_weight(weights):
        yield _row(name, None, "numeric", (_NAN, _NAN, _NAN), _UNKNOWN, absent)
    elif _is_binary(x) and _is_binary(target):
        means = _per_side(x, target, weights)
        apart = abs(means[1] - means[0]), abs(means[2] - means[0])
        yield _share_row(name, None, "binary", means, scale, variation=apart, missing=absent)
    else:
        yield _numeric_row(name, x, target, weights, scale, absent)
    if any_missing:
        yield _share_row(name, None, "missing", absent, scale, missing=absent)


def _numeric_row(
    name: str,
    x: _Floats,
    target: _Floats,
    weights: Weightings,
    scale: Scale,
    absent: _Triple,
) -> BalanceRow:
    assert weights.target is not None
    both = [weights.before] if weights.after is None else [weights.before, weights.after]
    ecdfs = compare_ecdfs(x, target, both, weights.target, np.array(PROBABILITIES))
    quantiles = [tuple(values.tolist()) for values in ecdfs.quantiles]
    means = _per_side(x, target, weights)
    spread = weighted_variance(target, weights.target)
    variances = [weighted_variance(x, w) for w in both]
    unit = scale.unit(variances[0], spread)
    return _row(
        name,
        None,
        "numeric",
        means,
        _differences(means, unit),
        absent,
        variance_ratio=_pair([_ratio(v, spread) for v in variances]),
        ks=_pair(ecdfs.statistics),
        ecdf_area=_pair([_ratio(area, unit) for area in ecdfs.areas]),
        quantiles=(quantiles[-1], quantiles[0], quantiles[1] if len(both) > 1 else ()),
    )


def level_rows(
    name: str,
    levels: tuple[Any, ...],
    table: LevelShares,
    scale: Scale,
) -> Iterator[BalanceRow]:
    """Yield one row per level of a categorical covariate; the level None is the missing one.

    Parameters
    ----------
    name : str
        Name of the column.
    levels : tuple
        Its levels.
    table : tuple of ndarray of shape (n_levels,)
        Shares of the levels in the target, before, and after (None: not adjusted).
    scale : Scale
        What differences are divided by.
    """
    target, before, after = table
    variation = _pair([total_variation(s, target) for s in (before, after) if s is not None])
    shown_after = np.full(len(levels), _NAN) if after is None else after
    missing = np.array([level is None for level in levels])
    absent = (
        float(target[missing].sum()),
        float(before[missing].sum()),
        _NAN if after is None else float(after[missing].sum()),
    )
    for k, level in enumerate(levels):
        means = float(target[k]), float(before[k]), float(shown_after[k])
        kind = "missing" if level is None else "level"
        yield _share_row(name, level, kind, means, scale, variation=variation, missing=absent)


def mean_row(
    name: str, x: _Floats, target_mean: float, weights: Weightings, scale: Scale
) -> BalanceRow:
    """Return the row of a numeric covariate of which only the target's mean is known."""
    missing = np.isnan(x)
    absent = (_NAN, *_per_side(missing, np.zeros(1), weights)[1:])
    seen = _restrict(weights, ~missing, None)
    x = x[~missing]
    _, before, after = _per_side(x, np.zeros(1), seen)
    unit = scale.unit(weighted_variance(x, seen.before), _NAN)
    if scale.binary == "raw" and _is_binary(x):
        unit = 1.0
    means = target_mean, before, after
    kind = "binary" if _is_binary(x) else "numeric"
    return _row(name, None, kind, means, _differences(means, unit), absent)


def share_of_levels(codes: NDArray[np.intp], weight: _Floats, n_levels: int) -> _Floats:
    """Return the share of the weight in each level."""
    return np.bincount(codes, weights=weight, minlength=n_levels).astype(np.float64, copy=False)


def level_shares(codes: NDArray[np.intp], weights: Weightings, target: _Floats) -> LevelShares:
    """Return the shares of the levels: those of the target, as given, and the sample's."""
    size, after = len(target), weights.after
    return (
        target,
        share_of_levels(codes, weights.before, size),
        None if after is None else share_of_levels(codes, after, size),
    )


def weightings(
    n: int, before: _Floats | None, after: _Floats | None, n_target: int, target: _Floats | None
) -> Weightings:
    """Return all weights as shares; `n_target` 0 is for margins."""
    return Weightings(
        shares(before, n),
        None if after is None else shares(after, n),
        shares(target, n_target) if n_target else None,
    )


def _share_row(
    name: str,
    level: Any,
    kind: str,
    means: _Triple,
    scale: Scale,
    *,
    missing: _Triple,
    variation: _Pair = _UNKNOWN,
) -> BalanceRow:
    differences = _differences(means, scale.unit_of_share(means[1], means[0]))
    return _row(name, level, kind, means, differences, missing, total_variation=variation)


def _row(
    name: str,
    level: Any,
    kind: str,
    means: _Triple,
    differences: _Pair,
    missing: _Triple,
    *,
    variance_ratio: _Pair = _UNKNOWN,
    ks: _Pair = _UNKNOWN,
    ecdf_area: _Pair = _UNKNOWN,
    total_variation: _Pair = _UNKNOWN,
    quantiles: tuple[tuple[float, ...], ...] = ((), (), ()),
) -> BalanceRow:
    """Put a row together from triples (target, before, after) and pairs (before, after)."""
    return BalanceRow(
        name, level, kind, *means, *differences, *variance_ratio, *ks, *ecdf_area,
        *total_variation, *missing, *quantiles,
    )  # fmt: skip


def _per_side(x: NDArray[Any], target: NDArray[Any], weights: Weightings) -> _Triple:
    """Return the means of the target, before and after."""
    return (
        _NAN if weights.target is None else weighted_mean(target, weights.target),
        weighted_mean(x, weights.before),
        _NAN if weights.after is None else weighted_mean(x, weights.after),
    )


def _differences(means: _Triple, unit: float) -> _Pair:
    target, before, after = means
    return _difference(before, target, unit), _difference(after, target, unit)


def _difference(mean: float, target: float, unit: float) -> float:
    """Return the difference in units; of a constant column, rounding is no difference."""
    if unit == 0.0 and math.isclose(mean, target, rel_tol=1e-12):
        return 0.0
    return _ratio(mean - target, unit)


def _ratio(value: float, unit: float) -> float:
    """Return value / unit; 0 / 0 is no difference, and what is not known stays so."""
    if unit == 0.0:
        known = value != 0.0 and not math.isnan(value)
        return math.copysign(math.inf, value) if known else value
    return value / unit


def _pair(values: list[float]) -> _Pair:
    return values[0], values[1] if len(values) > 1 else _NAN


def _restrict(
    weights: Weightings, seen: NDArray[np.bool_], seen_target: NDArray[np.bool_] | None
) -> Weightings:
    """Return the weights of the rows seen, again as shares."""
    return Weightings(
        _renormalized(weights.before[seen]),
        None if weights.after is None else _renormalized(weights.after[seen]),
        None
        if weights.target is None or seen_target is None
        else _renormalized(weights.target[seen_target]),
    )


def _renormalized(weight: _Floats) -> _Floats:
    total = weight.sum()
    return weight / total if total else weight


def _has_weight(weights: Weightings) -> bool:
    return all(w is None or w.any() for w in weights)


def _is_binary(x: _Floats) -> bool:
    return bool(((x == 0.0) | (x == 1.0)).all())
