"""How sparse a class is in each cluster, in memory that does not grow with its rows squared."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics.pairwise import euclidean_distances

_BLOCK_ROWS = 512  # two such blocks and their distances stay in the cache


def cluster_weights(
    numbers: Any, clusters: list[NDArray[np.intp]], density_exponent: Any
) -> NDArray[np.float64]:
    """Return the weight of each cluster, ``mean_distance ** exponent / n``, summing to 1.

    Parameters
    ----------
    numbers : {ndarray, csr matrix} of shape (n_samples, n_features)
        Rows, as floats.
    clusters : list of ndarray
        Rows of each cluster, at least two.
    density_exponent : "auto" or float
        The exponent; "auto" is ``.16 * log(n, 1.6) ** 1.8``.
    """
    if len(clusters) == 1:
        return np.ones(1)
    logs = np.empty(len(clusters))
    for number, rows in enumerate(clusters):
        mean, n = mean_distance(numbers[rows]), len(rows)
        power = math.log(n, 1.6) ** 1.8 * 0.16 if density_exponent == "auto" else density_exponent
        # In logarithms: the power of a large cluster overflows.
        logs[number] = (power * math.log(mean) if mean else -math.inf) - math.log(n)
    if logs.max() == -math.inf:  # copies of one row in every cluster
        return np.full(len(clusters), 1 / len(clusters))
    weights: NDArray[np.float64] = np.exp(logs - logs.max())
    weights /= weights.sum()
    return weights


def mean_distance(rows: Any) -> float:
    """Return the mean Euclidean distance over pairs of different rows."""
    n: int = rows.shape[0]
    total = 0.0
    for i in range(0, n, _BLOCK_ROWS):
        block = rows[i : i + _BLOCK_ROWS]
        own = euclidean_distances(block)
        np.fill_diagonal(own, 0.0)
        total += float(own.sum(dtype=np.float64)) / 2
        for j in range(i + _BLOCK_ROWS, n, _BLOCK_ROWS):
            between = euclidean_distances(block, rows[j : j + _BLOCK_ROWS])
            total += float(between.sum(dtype=np.float64))
    return total / (n * (n - 1) / 2)
