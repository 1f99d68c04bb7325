"""How far calibrated weights may move from the design weights: the four distances.

A distance G between w / d and 1 enters only by its dual: ``w = d F(u)`` with u linear in
the covariates, ``F = (G')⁻¹``, ``F(0) = F'(0) = 1``.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Distance = Literal["linear", "raking", "logit", "truncated"]
Array = NDArray[np.float64]


@dataclass(frozen=True)
class DualDistance:
    """F of one distance, its integral and its derivative.

    Invariant: ``lower < 1 < upper``, and F lies between them; infinite where there is no bound.
    """

    name: Distance
    lower: float
    upper: float

    def ratio(self, u: Array) -> Array:
        """Return F(u), the weight over the design weight."""
        if self.name == "raking":
            with np.errstate(over="ignore"):
                return np.asarray(np.exp(u))
        if self.name == "logit":
            return self.lower + (self.upper - self.lower) * self._share(u)
        return np.clip(1 + u, self.lower, self.upper)

    def slope(self, u: Array) -> Array:
        """Return F'(u), at least 0."""
        if self.name == "raking":
            return self.ratio(u)
        if self.name == "logit":
            share = self._share(u)
            slope: Array = (self.upper - self.lower) * self._steepness * share * (1 - share)
            return slope
        return ((1 + u >= self.lower) & (1 + u <= self.upper)).astype(np.float64)

    def integral(self, u: Array) -> Array:
        """Return the integral of F from 0 to u, infinite where it overflows."""
        if self.name == "raking":
            with np.errstate(over="ignore"):
                return np.asarray(np.expm1(u))
        if self.name == "logit":
            ahead = self._steepness * u + self._offset
            both = np.logaddexp(0, ahead) - np.logaddexp(0, self._offset)
            integral: Array = self.lower * u + (self.upper - self.lower) / self._steepness * both
            return integral
        inside = np.clip(u, self.lower - 1, self.upper - 1)
        return inside + inside**2 / 2 + (1 + inside) * (u - inside)

    @property
    def _steepness(self) -> float:
        return (self.upper - self.lower) / ((1 - self.lower) * (self.upper - 1))

    @property
    def _offset(self) -> float:
        return float(np.log((1 - self.lower) / (self.upper - 1)))

    def _share(self, u: Array) -> Array:
        """Return how far F is from the lower to the upper bound, in (0, 1)."""
        ahead = self._steepness * u + self._offset
        return np.asarray(0.5 * (1 + np.tanh(0.5 * ahead)))


def dual_distance(distance: Distance, bounds: tuple[float, float] | None) -> DualDistance:
    """Return the distance, with its bounds checked.

    Parameters
    ----------
    distance : {"linear", "raking", "logit", "truncated"}
        Which one.
    bounds : tuple of (float, float) or None
        Lower and upper bound of w / d, for the last two.
    """
    if distance not in ("linear", "raking", "logit", "truncated"):
        raise ValueError(
            f"`distance` must be 'linear', 'raking', 'logit' or 'truncated', got {distance!r}."
        )
    if distance in ("linear", "raking"):
        if bounds is not None:
            other = "truncated" if distance == "linear" else "logit"
            raise ValueError(
                f"distance={distance!r} takes no bounds, got {bounds!r}. Hint: "
                f"distance={other!r} is its bounded form."
            )
        return DualDistance(distance, 0.0 if distance == "raking" else -np.inf, np.inf)
    try:
        lower, upper = (float(bound) for bound in bounds or ())
    except (TypeError, ValueError):
        raise ValueError(
            f"distance={distance!r} needs bounds=(lower, upper) of w / d, got {bounds!r}."
        ) from None
    finite = np.isfinite([lower, upper]).all() or distance == "truncated"
    if not (lower < 1 < upper and finite):
        raise ValueError(
            f"`bounds` must be lower < 1 < upper, finite for the logit distance, got {bounds!r}."
        )
    return DualDistance(distance, lower, upper)
