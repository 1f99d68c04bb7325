"""Tame the largest factors: caps that hold after normalisation, and Pareto smoothing.

A factor is a weight over its design weight. Weights are scaled afterwards, which scales all factors
alike, so that a cap in multiples of their mean, or a quantile, still holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._pareto import pareto_tail

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Trim:
    """A map of factors to factors, increasing, fixed at fit.

    Invariant: factors at `knots` become `values`, those between are interpolated, those beyond the
    last are capped at its value; below the first nothing changes. No knots: nothing at all.
    """

    knots: Array = field(default_factory=lambda: np.empty(0))
    values: Array = field(default_factory=lambda: np.empty(0))
    pareto_k: float | None = None

    def __call__(self, factors: Array) -> Array:
        """Return the trimmed factors."""
        if not len(self.knots):
            return factors
        high = factors > self.knots[0]
        trimmed = factors.copy()
        trimmed[high] = np.interp(factors[high], self.knots, self.values)
        return trimmed


def check_trimming(trimming: Any) -> tuple[str, float] | None:
    """Return kind and level, or raise."""
    if trimming is None:
        return None
    if isinstance(trimming, str) and trimming == "pareto":
        return "pareto", 0.0
    if isinstance(trimming, Mapping) and len(trimming) == 1:
        ((kind, level),) = trimming.items()
        number = isinstance(level, Real) and not isinstance(level, bool)
        if kind == "ratio" and number and float(level) > 1:
            return "ratio", float(level)
        if kind == "quantile" and number and 0 < float(level) < 1:
            return "quantile", float(level)
    raise ValueError(
        "`trimming` must be None, 'pareto', {'ratio': cap} with a cap above 1 in multiples of the "
        f"mean factor, or {{'quantile': q}} with q in (0, 1), got {trimming!r}."
    )


def learn_trim(trimming: tuple[str, float] | None, factors: Array, design: Array) -> Trim:
    """Learn the map from the fitted rows.

    Parameters
    ----------
    trimming : tuple or None
        What `check_trimming` returned.
    factors : ndarray of shape (n_samples,)
        Weights over design weights, at least 0.
    design : ndarray of shape (n_samples,)
        Design weights; a row counts in means and quantiles as often as they say.
    """
    if trimming is None:
        return Trim()
    kind, level = trimming
    if kind == "pareto":
        return _pareto(factors)
    cap = _ratio_cap(factors, design, level) if kind == "ratio" else None
    if kind == "quantile":
        cap = _quantile(factors, design, level)
    if cap is None or cap >= factors.max():
        return Trim()
    return Trim(np.array([cap]), np.array([cap]))


def _ratio_cap(factors: Array, design: Array, ratio: float) -> float:
    """Return c with ``c = ratio · mean(min(factors, c))``, means under the design weights.

    With the k largest factors at c: ``c (D - ratio D_k) = ratio Σ_rest d f``. The k wanted is the
    smallest for which the next factor is at most c.
    """
    order = np.argsort(-factors, kind="stable")
    f, d = factors[order], design[order]
    capped = np.concatenate([[0.0], np.cumsum(d)])
    rest = (d @ f) - np.concatenate([[0.0], np.cumsum(d * f)])
    room = d.sum() - ratio * capped
    with np.errstate(divide="ignore", invalid="ignore"):
        caps = np.where(room > 0, ratio * np.maximum(rest, 0) / room, np.inf)
    holds = caps >= np.append(f, 0.0)
    return float(caps[np.argmax(holds)])


def _quantile(factors: Array, design: Array, level: float) -> float:
    order = np.argsort(factors, kind="stable")
    below = np.cumsum(design[order])
    place = int(np.searchsorted(below, level * below[-1], side="left"))
    return float(factors[order[min(place, len(factors) - 1)]])


def _pareto(factors: Array) -> Trim:
    """Replace the tail by expected order statistics of the fitted Pareto distribution."""
    tail = pareto_tail(factors)
    if not np.isfinite(tail.k) or not np.isfinite(tail.threshold):
        return Trim(pareto_k=tail.k)
    largest = np.sort(factors)[-tail.size :]
    position = (np.arange(tail.size) + 0.5) / tail.size
    if abs(tail.k) < 1e-12:
        excess = -np.log1p(-position)
    else:
        excess = np.expm1(-tail.k * np.log1p(-position)) / tail.k
    smooth = np.minimum(tail.threshold + tail.sigma * excess, largest[-1])
    knots, group = np.unique(largest, return_inverse=True)  # equal factors stay equal
    values = np.bincount(group, smooth) / np.bincount(group)
    return Trim(
        np.concatenate([[tail.threshold], knots[knots > tail.threshold]]),
        np.concatenate([[tail.threshold], values[knots > tail.threshold]]),
        tail.k,
    )
