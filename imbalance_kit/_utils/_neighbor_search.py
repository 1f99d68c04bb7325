"""Exact nearest neighbours of rows of one matrix."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.neighbors import NearestNeighbors

from imbalance_kit._utils._neighbor_backend import ask_backend


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
        self._rows = X.tocsr() if sparse.issparse(X) else np.asarray(X)
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
        everything = np.arange(self._rows.shape[0])
        of = everything if of is None else np.asarray(of, dtype=np.intp)
        among = everything if among is None else np.sort(np.asarray(among, dtype=np.intp))
        if backend is None:
            backend = NearestNeighbors(n_jobs=self.n_jobs)
        return ask_backend(backend, self._rows, k, of, among)
