"""Exact nearest neighbours of rows of one matrix: the way is chosen by its shape."""

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from imbalance_kit._utils._blocked_search import blocked_nearest, n_sampled, strided
from imbalance_kit._utils._dense_scores import DenseScores
from imbalance_kit._utils._exact_ranking import squared_distances
from imbalance_kit._utils._neighbor_backend import ask_backend, without_self
from imbalance_kit._utils._threads import count_threads


class NeighborSearch:
    """Exact nearest rows of one matrix; prepared once, asked often.

    Parameters
    ----------
    X : ndarray or scipy sparse matrix of shape (n_samples, n_features)
        Finite numbers.
    n_jobs : int or None, default=None
        Threads.
    """

    def __init__(self, X: Any, *, n_jobs: int | None = None) -> None:
        self._X = X.tocsr() if sparse.issparse(X) else np.asarray(X)
        self.n_jobs = n_jobs

    def nearest(
        self,
        k: int,
        *,
        of: NDArray[np.intp] | None = None,
        among: NDArray[np.intp] | None = None,
        backend: Any = None,
    ) -> NDArray[np.intp]:
        """Return the `k` rows of `among` nearest to each row of `of`, of shape (len(of), k).

        Nearest first, ties by the smaller row number; a row is never its own neighbour.
        """
        X = self._X
        everything = np.arange(X.shape[0])
        of = everything if of is None else np.asarray(of, dtype=np.intp)
        among = everything if among is None else np.sort(np.asarray(among, dtype=np.intp))
        if backend is not None:
            return ask_backend(backend, X, k, of, among)
        base = among[strided(len(among))]
        low, high = X.min(axis=0).astype(float), X.max(axis=0).astype(float)
        centre = np.median(X[:: max(1, len(X) // 255)], axis=0).astype(float)
        reach = np.sqrt((np.maximum(high - centre, centre - low)**2).sum())
        scale = 2.0 ** (40 - np.frexp(reach)[1])
        k1 = min(k + 1, len(among))
        tiers = [partial(DenseScores, X, base, centre, scale, dtype, n_sampled(k1)) for dtype in (np.float32, np.float64)]
        found = blocked_nearest(tiers, lambda a, b: squared_distances(X, a, b), base, of, k1, count_threads(self.n_jobs))
        return without_self(found, of, k)
