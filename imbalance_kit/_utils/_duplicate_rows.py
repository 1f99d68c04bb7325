"""Rows that are there many times: search among the distinct ones, then deal out the copies."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._exact_ranking import rank_within, squared_distances

_SAMPLE = 2048
_PAIRS = 1 << 18  # candidates ranked at a time


def has_many_duplicates(X: NDArray[Any]) -> bool:
    """Whether so many rows of a sample are the same that most rows of X must have several copies.

    A sample of m rows of which each has c copies among n shows about ``m² c / 2 n`` pairs.
    """
    sample = X[:: max(1, len(X) // _SAMPLE)]
    return len(np.unique(_hash_rows(sample))) < 0.97 * len(sample)


@dataclass(frozen=True)
class DistinctRows:
    """The distinct rows of a matrix.

    Invariant: `code` holds the distinct row of each row; `members` the row numbers sorted by code,
    then number; those of code c start at ``starts[c]``.
    """

    code: NDArray[np.intp]
    members: NDArray[np.intp]
    starts: NDArray[np.intp]

    @property
    def first(self) -> NDArray[np.intp]:
        """Smallest row number of each distinct row."""
        return self.members[self.starts[:-1]]


def distinct_rows(X: NDArray[Any]) -> DistinctRows | None:
    """Group equal rows; None should two different ones share a hash."""
    code = np.unique(_hash_rows(X), return_inverse=True)[1]
    members = np.argsort(code, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(code))])
    groups = DistinctRows(code, members, starts)
    return groups if (X[groups.first[code]] == X).all() else None


def _hash_rows(X: NDArray[Any]) -> NDArray[np.uint64]:
    """Return the bits of the columns times odd numbers, summed modulo 2⁶⁴: equal for equal rows."""
    bits = np.add(X, 0.0, dtype=np.float64).view(np.uint64)  # adding 0 makes -0 into 0
    bits ^= bits >> np.uint64(32)  # the low bits of short numbers are all 0
    multipliers = np.random.default_rng(0).integers(2**63, size=X.shape[1], dtype=np.uint64)
    return np.asarray((bits * (2 * multipliers + np.uint64(1))).sum(axis=1, dtype=np.uint64))


def nearest_of_copies(
    X: NDArray[Any],
    groups: DistinctRows,
    search: Callable[[NDArray[np.intp], NDArray[np.intp], int], NDArray[np.intp]],
    base: NDArray[np.intp],
    queries: NDArray[np.intp],
    k: int,
) -> NDArray[np.intp]:
    """Return the `k` rows of `base` nearest to each query, by a `search` among distinct rows.

    The k nearest distinct rows have the k nearest rows among their first k members each: any other
    is preceded by one member of each of those.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Rows.
    groups : DistinctRows
        Which of them are the same.
    search : callable
        Takes rows to search among, queries and k, as row numbers; returns row numbers.
    base : ndarray of shape (n_base,)
        Rows to search among, ascending.
    queries : ndarray of shape (n_queries,)
        Rows whose neighbours are wanted.
    k : int
        How many, at most n_base.
    """
    sizes = np.bincount(groups.code[base], minlength=len(groups.starts) - 1)
    members = base[np.argsort(groups.code[base], kind="stable")]
    starts = np.cumsum(sizes) - sizes
    present = np.flatnonzero(sizes)
    asked, which = np.unique(groups.code[queries], return_inverse=True)
    n_groups = min(k, len(present))
    near = search(np.sort(members[starts[present]]), groups.first[asked], n_groups)
    found = np.empty((len(asked), k), dtype=np.intp)
    step = max(1, min(1 << 16, _PAIRS // (n_groups * k)))
    for start in range(0, len(asked), step):
        block = slice(start, start + step)
        reached = near[block]
        squares = squared_distances(
            X, np.repeat(groups.first[asked[block]], n_groups), reached.ravel()
        )
        code = groups.code[reached.ravel()]
        taken = np.minimum(sizes[code], k)
        pair = np.repeat(np.arange(len(code)), taken)
        within = np.arange(len(pair)) - np.repeat(np.cumsum(taken) - taken, taken)
        rows, query = members[starts[code[pair]] + within], pair // n_groups
        order = np.lexsort((rows, query))
        best = order[rank_within(query[order], squares[pair][order], k)]
        found[block] = rows[best].reshape(-1, k)
    return found[which]
