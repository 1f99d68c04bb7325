"""Exact nearest neighbours of rows of one matrix: the way is chosen by its shape."""

from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from imbalance_kit._utils._blocked_search import (
    N_QUERIES,
    N_ROWS,
    Scores,
    blocked_nearest,
    n_sampled,
    strided,
)
from imbalance_kit._utils._dense_scores import DenseScores
from imbalance_kit._utils._duplicate_rows import (
    DistinctRows,
    distinct_rows,
    has_many_duplicates,
    nearest_of_copies,
)
from imbalance_kit._utils._exact_ranking import squared_distances, without_self
from imbalance_kit._utils._neighbor_backend import ask_backend
from imbalance_kit._utils._sparse_scores import SparseScores
from imbalance_kit._utils._threads import check_n_jobs, count_threads
from imbalance_kit._utils._tree_search import TreeSearch

# Measured: up to 5 columns (4 with one block of rows) a tree is faster than blocks; up to 9 from so
# many rows on.
_TREE_FROM = {6: 10_000, 7: 50_000, 8: 300_000, 9: 2_000_000}
_TREE_BELOW = 2_500  # numbers in all: a tree is ready sooner than the blocks are prepared
_THREADS_FROM = 1 << 20  # pairs of rows: starting threads costs as much as a few blocks
_DUPLICATES_FROM = 512  # rows: fewer are searched sooner than grouped
_SPREAD_OUT = 1 << 22  # numbers: sparse rows that take so little room are searched as dense ones
_DENSE = 4  # and so are those of which every fourth number is not 0
_EXTREME = 2.0**400  # beyond this, or its inverse, squares would leave the range of float64


class NeighborSearch:
    """Exact nearest rows of one matrix; prepared once, asked often.

    Few columns are searched by a k-d tree, more by blocks of products in float32 that bound what
    rounding does, sparse rows by blocks of sparse products. Each way ends with distances computed
    from differences in float64, so that the result does not depend on it: nearest first, ties by
    the smaller row number. Memory beside the result is that of the matrix in float32, or of the
    tree, and a few megabytes per thread.

    Parameters
    ----------
    X : ndarray or scipy sparse matrix of shape (n_samples, n_features)
        Finite numbers; float32 and float64 are taken as they are, others become float64.
    n_jobs : int or None, default=None
        Threads. None uses as many as the linear algebra library may: all cores, unless
        threadpoolctl, joblib or an environment variable limits it.
    """

    def __init__(self, X: Any, *, n_jobs: int | None = None) -> None:
        check_n_jobs(n_jobs)
        self.n_jobs = n_jobs
        self._kept: dict[Any, Scores] = {}
        if sparse.issparse(X):
            X = sparse.csr_array(X)
            self._X: Any = X if X.dtype.kind == "f" else X.astype(np.float64)
            if X.shape[0] * X.shape[1] > max(_SPREAD_OUT, _DENSE * X.nnz):
                return
            X = X.toarray()
        X = np.asarray(X)
        X = np.ascontiguousarray(X, dtype=X.dtype if X.dtype == np.float32 else np.float64)
        largest = float(np.abs([X.min(initial=0), X.max(initial=0)]).max())
        if largest > _EXTREME or 0 < largest < 1 / _EXTREME:
            X = np.ldexp(X, -int(np.frexp(largest)[1]))
        self._X = X

    def nearest(
        self,
        k: int,
        *,
        of: NDArray[np.intp] | None = None,
        among: NDArray[np.intp] | None = None,
        backend: Any = None,
    ) -> NDArray[np.intp]:
        """Return the numbers of the nearest rows.

        Parameters
        ----------
        k : int
            Neighbours per row; at least 1. A row is never its own neighbour, its copies are.
        of : ndarray of shape (n_queries,), default=None
            Numbers of the rows whose neighbours are wanted; None for all.
        among : ndarray of shape (n_base,), default=None
            Numbers of the rows they may be, each once; None for all.
        backend : object with fit and kneighbors, default=None
            Index to ask instead of this one; a clone of it is fitted.

        Returns
        -------
        neighbors : ndarray of shape (n_queries, k)
            Row numbers, nearest first, ties by the smaller number.
        """
        n = self._X.shape[0]
        of = np.arange(n) if of is None else np.asarray(of, dtype=np.intp)
        if among is not None:
            among = np.sort(np.asarray(among, dtype=np.intp))
        base = np.arange(n) if among is None else among
        if k > len(base) or (k == len(base) and np.isin(of, base).any()):
            raise ValueError(
                f"{k} neighbours were asked for, but there are only {len(base)} rows to choose "
                "from, the row itself included."
            )
        if backend is not None:
            return ask_backend(backend, self._X, k, of, base)
        n_found = min(k + 1, len(base))  # one more, in case the row itself is among them
        groups = self._groups
        if groups is None:
            found = self._search(base, of, n_found, whole=among is None)
        else:
            search = partial(self._search, whole=False)
            found = nearest_of_copies(self._X, groups, search, base, of, n_found)
        return without_self(found, of, k)

    def _search(
        self, base: NDArray[np.intp], of: NDArray[np.intp], k: int, *, whole: bool
    ) -> NDArray[np.intp]:
        """Search among `base`, ascending; `whole` says that these are all rows, for re-use."""
        X = self._X
        n, d = len(base), X.shape[1]
        n_threads = count_threads(self.n_jobs) if n * len(of) >= _THREADS_FROM else 1
        if not sparse.issparse(X) and (
            d <= (4 if n <= N_ROWS else 5) or n * d <= _TREE_BELOW or n >= _TREE_FROM.get(d, np.inf)
        ):
            tree = self._tree if whole else TreeSearch(X, base)
            return tree.nearest(of, k, n_threads)
        spread = base[strided(n)]
        tiers = [partial(self._scores, spread, np.float64, n_sampled(k), whole)]
        if not sparse.issparse(X):
            tiers.insert(0, partial(self._scores, spread, np.float32, n_sampled(k), whole))
        size = N_QUERIES if not sparse.issparse(X) else max(1, min(N_QUERIES, _SPREAD_OUT // d))
        if n < N_ROWS:  # a block of few rows has room for more queries
            size = min(N_ROWS, size * N_ROWS // n)
        distances = partial(squared_distances, X)
        return blocked_nearest(tiers, distances, spread, of, k, n_threads, size)

    @cached_property
    def _tree(self) -> TreeSearch:
        return TreeSearch(self._X, np.arange(len(self._X)))

    @cached_property
    def _groups(self) -> DistinctRows | None:
        """Groups of equal rows, where most rows have copies."""
        X = self._X
        if sparse.issparse(X) or len(X) < _DUPLICATES_FROM or not has_many_duplicates(X):
            return None
        groups = distinct_rows(X)
        return groups if groups and 2 * len(groups.first) <= len(X) else None

    @cached_property
    def _centre(self) -> NDArray[np.float64]:
        """A point amid the rows, whatever outliers there are."""
        X = self._X
        some = np.sort(X[:: max(1, len(X) // 63)].T.copy(), axis=1)
        centre: NDArray[np.float64] = some[:, some.shape[1] // 2].astype(np.float64)
        return centre

    @cached_property
    def _reach(self) -> float:
        """Distance from the centre that no row exceeds."""
        low, high = self._X.min(axis=0), self._X.max(axis=0)
        return float(np.linalg.norm(np.maximum(high - self._centre, self._centre - low)))

    def _scores(
        self, base: NDArray[np.intp], dtype: type[np.floating[Any]], n_sample: int, whole: bool
    ) -> Scores:
        """Prepare scores of `base`; those of all rows are kept for the next time."""
        scores = self._kept.get((dtype, n_sample)) if whole else None
        if scores is None and sparse.issparse(self._X):
            scores = SparseScores(self._X, base, n_sample, N_ROWS)
        elif scores is None:
            scores = DenseScores(self._X, base, self._centre, self._reach, dtype, n_sample)
        if whole:
            self._kept[dtype, n_sample] = scores
        return scores
