"""Rank pairs of rows by their distance: exactly, and ties by the row number."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

_BLOCK = 1 << 15  # numbers gathered at a time: few enough to stay in cache


def squared_distances(
    X: Any, first: NDArray[np.intp], second: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return ``|X[first] - X[second]|²`` pair by pair, from the differences, in float64.

    Products such as ``|a|² - 2 a·b + |b|²`` lose the distance of close rows that are far from the
    origin; differences do not.
    """
    squares = np.empty(len(first))
    if sparse.issparse(X):
        for start in range(0, len(first), _BLOCK):
            block = slice(start, start + _BLOCK)
            apart = X[first[block]].astype(np.float64) - X[second[block]].astype(np.float64)
            squares[block] = np.asarray(apart.power(2).sum(axis=1)).ravel()
        return squares
    step = max(1, min(len(first), _BLOCK // max(1, X.shape[1])))
    rows, others = (np.empty((step, X.shape[1]), dtype=X.dtype) for _ in range(2))
    for start in range(0, len(first), step):
        block = slice(start, start + step)
        n = len(squares[block])
        # All numbers are valid: clipping changes none, and lets numpy write into the buffer.
        np.take(X, first[block], axis=0, out=rows[:n], mode="clip")
        np.take(X, second[block], axis=0, out=others[:n], mode="clip")
        apart = np.subtract(rows[:n], others[:n], dtype=np.float64)
        np.einsum("ij,ij->i", apart, apart, out=squares[block])
    return squares


def rank_within(group: NDArray[np.intp], squares: NDArray[np.float64], k: int) -> NDArray[np.intp]:
    """Return the places of the `k` smallest squares of each group, smallest first.

    `group` ascends from 0, below 65,536; within a group equal squares keep their order.
    """
    order = np.argsort(squares, kind="stable")
    small = group.astype(np.uint16)  # which numpy sorts by radix
    order = order[np.argsort(small[order], kind="stable")]
    counts = np.bincount(group)
    rank = np.arange(len(group)) - np.repeat(np.cumsum(counts) - counts, counts)
    return order[rank < k]


def without_self(found: NDArray[np.intp], of: NDArray[np.intp], k: int) -> NDArray[np.intp]:
    """Return the first `k` entries of each row of `found` that are not the row of `of` itself."""
    itself = found == of[:, None]
    n_kept = found.shape[1] - 1
    if n_kept < k:  # there is no entry to spare, so no row is among its own
        return found
    # Without a self the last entry goes, so that every row loses one, and what is left lines up.
    itself[~itself.any(axis=1), -1] = True
    others: NDArray[np.intp] = found[~itself].reshape(len(found), n_kept)[:, :k]
    return others
