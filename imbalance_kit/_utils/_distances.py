"""How far two weighted distributions of one variable are from each other.

Weights are shares here: each side is divided by its total, so that scaling changes nothing, and
levels are compared as sets, so that neither their names nor their order matter.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_Floats = NDArray[np.float64]


def shares(weight: _Floats | None, n: int) -> _Floats:
    """Return weights that sum to 1."""
    return np.full(n, 1.0 / n) if weight is None else weight / weight.sum()


class EcdfComparison(NamedTuple):
    """A sample under several weightings beside its target.

    Attributes
    ----------
    statistics : list of float in [0, 1]
        Per weighting, Kolmogorov and Smirnov's: the largest difference of the distribution
        functions.
    areas : list of float
        Per weighting, the area between the distribution functions, in the unit of x
        (Wasserstein's distance of order 1); at least the difference of the means.
    quantiles : list of ndarray of shape (n_probabilities,)
        Per weighting, and last of the target: the smallest values at which the distribution
        function reaches the probabilities.
    """

    statistics: list[float]
    areas: list[float]
    quantiles: list[_Floats]


def compare_ecdfs(
    x: _Floats,
    target: _Floats,
    weights: list[_Floats],
    target_share: _Floats,
    probabilities: _Floats,
) -> EcdfComparison:
    """Compare one sample under several weightings with the target, in one sort.

    Parameters
    ----------
    x, target : ndarray of shape (n,) and (m,)
        Values of the sample and of the target, without missing ones.
    weights : list of ndarray of shape (n,)
        Weightings of the sample, each summing to 1.
    target_share : ndarray of shape (m,)
        Weights of the target, summing to 1.
    probabilities : ndarray of shape (n_probabilities,)
        For the quantiles, in (0, 1).
    """
    both = np.concatenate([x, target])
    order = np.argsort(both)
    ordered = both[order]
    last = np.flatnonzero(np.append(ordered[1:] > ordered[:-1], True))  # of each distinct value
    values = ordered[last]
    width = np.diff(values)

    def ecdf(share: _Floats, start: int) -> _Floats:
        spread = np.zeros(len(both))
        spread[start : start + len(share)] = share
        reached: _Floats = np.cumsum(spread[order])[last]
        return reached

    def quantiles(reached: _Floats) -> _Floats:
        # Negative weights make it fall at places; what is reached but for rounding is reached.
        highest = np.maximum.accumulate(reached)
        place = np.searchsorted(highest, probabilities * (1.0 - 1e-12), side="left")
        found: _Floats = values[np.minimum(place, len(values) - 1)]
        return found

    population = ecdf(target_share, len(x))
    found = EcdfComparison([], [], [])
    for share in weights:
        own = ecdf(share, 0)
        difference = np.abs(own - population)[:-1]
        found.statistics.append(float(difference.max(initial=0.0)))
        found.areas.append(float(np.dot(difference, width)))
        found.quantiles.append(quantiles(own))
    found.quantiles.append(quantiles(population))
    return found


def total_variation(share: _Floats, target_share: _Floats) -> float:
    """Return half the summed differences of the shares per level, in [0, 1].

    The share of the weight that would have to change its level.
    """
    return float(np.abs(share - target_share).sum() / 2.0)
