"""How sparse a class is in each cluster, in memory that does not grow with its rows squared."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.metrics.pairwise import euclidean_distances

from imbalance_kit._utils._threads import count_threads, run_in_threads

_BLOCK_ROWS = 512  # two such blocks and their distances stay in the cache


def cluster_weights(
    numbers: Any,
    clusters: list[NDArray[np.intp]],
    density_exponent: Any,
    n_jobs: int | None = None,
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
    n_jobs : int or None, default=None
        Threads, as in joblib; None for as many as the linear algebra library may use.
    """
    if len(clusters) == 1:
        return np.ones(1)
    logs, n_threads = np.empty(len(clusters)), count_threads(n_jobs)
    for number, rows in enumerate(clusters):
        mean, n = mean_distance(numbers[rows], n_threads), len(rows)
        power = math.log(n, 1.6) ** 1.8 * 0.16 if density_exponent == "auto" else density_exponent
        # In logarithms: the power of a large cluster overflows.
        logs[number] = (power * math.log(mean) if mean else -math.inf) - math.log(n)
    if logs.max() == -math.inf:  # copies of one row in every cluster
        return np.full(len(clusters), 1 / len(clusters))
    weights: NDArray[np.float64] = np.exp(logs - logs.max())
    weights /= weights.sum()
    return weights


def mean_distance(rows: Any, n_threads: int = 1) -> float:
    """Return the mean Euclidean distance over pairs of different rows.

    Parameters
    ----------
    rows : {ndarray, csr matrix} of shape (n, n_features)
        At least two.
    n_threads : int, default=1
        Threads to use; the result is the same for any number.
    """
    n: int = rows.shape[0]
    if not sparse.issparse(rows):  # far from the origin the products would cancel
        rows = rows - rows.mean(axis=0, dtype=np.float64)
    starts = range(0, n, _BLOCK_ROWS)
    blocks = [(i, j) for i in starts for j in starts if i <= j]
    sums = np.empty(len(blocks))

    def add_up(numbers: Iterator[int]) -> None:
        for number in numbers:
            i, j = blocks[number]
            between = euclidean_distances(rows[i : i + _BLOCK_ROWS], rows[j : j + _BLOCK_ROWS])
            if i == j:
                np.fill_diagonal(between, 0.0)
            sums[number] = between.sum(dtype=np.float64) / (2 if i == j else 1)

    run_in_threads(add_up, range(len(blocks)), n_threads)
    return float(sums.sum()) / (n * (n - 1) / 2)
