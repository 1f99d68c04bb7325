"""Exact nearest rows by a k-d tree: the fast way in few dimensions."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from imbalance_kit._utils._exact_ranking import rank_within, squared_distances

_ROUNDING = 1e-12  # relative difference of two distances below which they may be a tie
_BLOCK = 1 << 18  # neighbours examined at a time
_FEW_QUERIES = 1 << 12  # are answered while further threads would still be starting


class TreeSearch:
    """A tree over the rows `base` of `X`, given in ascending order."""

    def __init__(self, X: NDArray[Any], base: NDArray[np.intp]) -> None:
        self._X, self._base = X, base
        rows = X if len(base) == len(X) else X[base]
        # Balancing takes longer than it saves in so few dimensions.
        self._tree = cKDTree(rows.astype(np.float64), balanced_tree=False, compact_nodes=False)

    def nearest(self, queries: NDArray[np.intp], k: int, n_threads: int) -> NDArray[np.intp]:
        """Return the `k` rows nearest to each query, nearest first, ties by row number.

        One more is asked for than needed: where it is as near as the last, there may be others as
        near with smaller numbers, and twice as many are asked for until the last stands alone.
        """
        order = self._spatial_order(queries)
        queries, n_base = queries[order], len(self._base)
        n_threads = n_threads if len(queries) > _FEW_QUERIES else 1
        found = np.empty((len(queries), k), dtype=np.intp)
        open_, n_asked = np.arange(len(queries)), min(k + 1, n_base)
        while len(open_):
            unsure = []
            step = max(1, (_BLOCK if n_asked > k + 1 else 1 << 22) // n_asked)
            for start in range(0, len(open_), step):
                block = open_[start : start + step]
                distances, places = self._tree.query(
                    self._X[queries[block]], k=range(1, n_asked + 1), workers=n_threads
                )
                found[block] = places[:, :k]
                tied = distances[:, 1:] <= distances[:, :-1] * (1 + _ROUNDING)
                (ties,) = tied.any(axis=1).nonzero()
                if n_asked < n_base:
                    cut = distances[ties, -1] <= distances[ties, k - 1] * (1 + _ROUNDING)
                    unsure.append(block[ties[cut]])
                    ties = ties[~cut]
                found[block[ties]] = self._ranked(queries[block[ties]], places[ties], k)
            open_ = np.concatenate(unsure) if unsure else open_[:0]
            n_asked = min(2 * n_asked, n_base)
        nearest = np.empty_like(found)
        nearest[order] = self._base[found] if len(self._base) < len(self._X) else found
        return nearest

    def _spatial_order(self, queries: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return an order in which queries near each other follow each other.

        They visit the same leaves, which then are in the cache: twice as fast for many of them.
        """
        rows = self._X[queries]
        order: NDArray[np.intp] = cKDTree(rows, balanced_tree=False, compact_nodes=False).indices
        return order

    def _ranked(
        self, queries: NDArray[np.intp], places: NDArray[np.intp], k: int
    ) -> NDArray[np.intp]:
        """Return the first `k` of each row of `places` by distance, then by number."""
        best = np.empty((len(queries), k), dtype=np.intp)
        n_asked = places.shape[1]
        step = max(1, min(1 << 16, _BLOCK // n_asked))
        for start in range(0, len(queries), step):
            block = slice(start, start + step)
            flat = np.sort(places[block], axis=1).ravel()
            group = np.repeat(np.arange(len(flat) // n_asked), n_asked)
            squares = squared_distances(self._X, queries[block][group], self._base[flat])
            best[block] = flat[rank_within(group, squares, k)].reshape(-1, k)
        return best
