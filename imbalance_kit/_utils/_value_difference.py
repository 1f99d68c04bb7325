"""The value difference metric: categories are close where they go with the same classes.

Source: C. Stanfill and D. Waltz (1986), https://doi.org/10.1145/7902.7906, in the form of SMOTE-N
(N. V. Chawla et al. 2002, section 6.2, https://doi.org/10.1613/jair.953). Two levels v and w of a
column differ by ``δ(v, w) = sum_c |p(c | v) - p(c | w)|``, c the classes, two rows by the sum of
``δ²`` over their columns.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._mixed_search import Indices


def value_differences(
    column: NDArray[np.integer[Any]],
    labels: NDArray[np.integer[Any]],
    n_classes: int,
    members: Indices,
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return the kinds of level that occur in one column of a class, and their squared differences.

    Levels that go with the classes in the same shares are one kind: nothing tells them apart. So
    the table stays small however many levels there are.

    Parameters
    ----------
    column : ndarray of int of shape (n_samples,)
        Level of each row, from 0.
    labels : ndarray of int of shape (n_samples,)
        Class of each row, from 0.
    n_classes : int
        Number of classes.
    members : ndarray of shape (n_members,)
        Rows between which distances are wanted.

    Returns
    -------
    kinds : ndarray of shape (n_members,)
        Kind of each member's level.
    table : ndarray of shape (n_kinds, n_kinds)
        ``δ²`` between kinds.
    """
    n_levels = int(column.max()) + 1
    pairs = column.astype(np.int64) * n_classes + labels
    counts = np.bincount(pairs, minlength=n_levels * n_classes).reshape(n_levels, n_classes)
    levels, level_of = np.unique(column[members], return_inverse=True)
    shares = counts[levels] / counts[levels].sum(axis=1, keepdims=True)
    distinct, kind_of = np.unique(shares, axis=0, return_inverse=True)
    table = np.zeros((len(distinct), len(distinct)))
    for share in distinct.T:
        table += np.abs(share[:, None] - share[None, :])
    return kind_of[level_of], table**2


@dataclass(frozen=True)
class ValueDifference:
    """Value difference metric between the rows of one class.

    Invariant: `kinds` has shape (n_columns, n_rows); entry r of row f is a row and a column of
    ``tables[f]``, which is symmetric with zeros on its diagonal only.
    """

    kinds: NDArray[np.intp]
    tables: Sequence[NDArray[np.float64]]

    def keys(self) -> NDArray[np.uint8]:
        """Return the rows as bytes."""
        return np.ascontiguousarray(self.kinds.T).view(np.uint8)

    def pairs(self, one: Indices, other: Indices) -> NDArray[np.float64]:
        """Return the distances of pairs of rows."""
        away = np.zeros(np.broadcast_shapes(one.shape, other.shape))
        for kinds, table in zip(self.kinds, self.tables, strict=True):
            away += table[kinds[one], kinds[other]]
        return away

    def kernel(
        self, rows: Indices, queries: Indices, dtype: type[np.floating[Any]]
    ) -> "ValueDifferenceKernel":
        """Return the scores between these rows and queries."""
        return ValueDifferenceKernel(self, rows, queries, dtype)


class ValueDifferenceKernel:
    """Scores: minus the distance, summed from tables of the block's queries.

    A sum of F rounded terms of at least 0 is off by at most ``F u`` of it, u the unit roundoff.
    """

    def __init__(
        self,
        distance: ValueDifference,
        rows: Indices,
        queries: Indices,
        dtype: type[np.floating[Any]],
    ) -> None:
        self.dtype = dtype
        self._rows = distance.kinds[:, rows]
        self._queries = distance.kinds[:, queries]
        self._tables = [-table.astype(dtype) for table in distance.tables]
        farthest = sum(float(table.max()) for table in distance.tables)
        unit = np.finfo(dtype).eps / 2
        self.error = np.full(len(queries), 1.01 * (len(self._tables) + 1) * unit * farthest)

    def fill(self, rows: slice, queries: slice, out: NDArray[Any]) -> None:
        """Write the scores into `out`, of shape (rows, queries)."""
        term = np.empty_like(out)
        for number, table in enumerate(self._tables):
            asked = np.take(table, self._queries[number, queries], axis=1)
            target = term if number else out
            np.take(asked, self._rows[number, rows], axis=0, out=target, mode="clip")
            if number:
                out += term
