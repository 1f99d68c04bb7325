"""How far two weighted distributions of one variable are from each other.

Weights are shares here: each side is divided by its total, so that scaling changes nothing, and
levels are compared as sets, so that neither their names nor their order matter.
"""

import numpy as np
from numpy.typing import NDArray

_Floats = NDArray[np.float64]


def shares(weight: _Floats | None, n: int) -> _Floats:
    """Return weights that sum to 1."""
    return np.full(n, 1.0 / n) if weight is None else weight / weight.sum()


def ecdf_distances(
    x: _Floats, target: _Floats, weights: list[_Floats], target_share: _Floats
) -> tuple[list[float], list[float]]:
    """Compare one sample under several weightings with the target, in one sort.

    Parameters
    ----------
    x, target : ndarray of shape (n,) and (m,)
        Values of the sample and of the target, without missing ones.
    weights : list of ndarray of shape (n,)
        Weightings of the sample, each summing to 1.
    target_share : ndarray of shape (m,)
        Weights of the target, summing to 1.

    Returns
    -------
    statistics : list of float in [0, 1]
        Per weighting, Kolmogorov and Smirnov's: the largest difference of the distribution
        functions.
    areas : list of float
        Per weighting, the area between the distribution functions, in the unit of x
        (Wasserstein's distance of order 1); at least the difference of the means.
    """
    both = np.concatenate([x, target])
    order = np.argsort(both)
    ordered = both[order]
    last = np.flatnonzero(np.append(ordered[1:] > ordered[:-1], True))  # of each distinct value
    width = np.diff(ordered[last])
    statistics, areas = [], []
    for share in weights:
        difference = np.cumsum(np.concatenate([share, -target_share])[order])[last[:-1]]
        np.abs(difference, out=difference)
        statistics.append(float(difference.max(initial=0.0)))
        areas.append(float(np.dot(difference, width)))
    return statistics, areas


def total_variation(share: _Floats, target_share: _Floats) -> float:
    """Return half the summed differences of the shares per level, in [0, 1].

    The share of the weight that would have to change its level.
    """
    return float(np.abs(share - target_share).sum() / 2.0)
