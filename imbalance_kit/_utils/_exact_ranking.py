"""Rank pairs of rows by their distance: exactly, and ties by the row number."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

_BLOCK = 1 << 18  # numbers gathered at a time: small enough to stay in cache


def squared_distances(
    X: Any, first: NDArray[np.intp], second: NDArray[np.intp], unit: float = 1.0
) -> NDArray[np.float64]:
    """Return ``|X[first] - X[second]|²`` pair by pair, from the differences, in float64.

    Products such as ``|a|² - 2 a·b + |b|²`` lose the distance of close rows far from the origin;
    differences do not. They are multiplied by `unit`, a power of two, before they are squared.
    """
    squares = np.empty(len(first))
    step = max(1, _BLOCK // max(1, X.shape[1]))
    if sparse.issparse(X):
        step = _BLOCK
    for start in range(0, len(first), step):
        block = slice(start, start + step)
        if sparse.issparse(X):
            moved = (X[first[block]] - X[second[block]]).astype(np.float64)
            squares[block] = np.asarray((moved * unit).power(2).sum(axis=1)).ravel()
            continue
        apart = np.take(X, first[block], axis=0).astype(np.float64, copy=False)
        apart -= np.take(X, second[block], axis=0)
        if unit != 1.0:
            apart *= unit
        np.einsum("ij,ij->i", apart, apart, out=squares[block])
    return squares


def rank_within(
    group: NDArray[np.intp], squares: NDArray[np.float64], k: int
) -> NDArray[np.intp]:
    """Return the places of the `k` smallest squares of each group, smallest first.

    `group` ascends from 0, below 65,536; within a group equal squares keep their order.
    """
    order = np.argsort(squares, kind="stable")
    small = group.astype(np.uint16)  # which numpy sorts by radix
    order = order[np.argsort(small[order], kind="stable")]
    counts = np.bincount(group)
    rank = np.arange(len(group)) - np.repeat(np.cumsum(counts) - counts, counts)
    return order[rank < k]
