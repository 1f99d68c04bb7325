"""What is known of a sample without its rows: cells with their weight, or two moments.

Sums of pieces merge into those of the whole, whatever the pieces and their order. Both turn into a
few weighted rows that have the same sums.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._columns import table_of
from imbalance_kit._utils._covariates import learn_covariates
from imbalance_kit._utils._tables import column_names, concat_tables, table_length, take_table_rows

MOST_CELLS = 100_000

Array = NDArray[np.float64]


@dataclass(frozen=True)
class CellSums:
    """Distinct rows, and the weight of each.

    Invariant: no two of `rows` are equal; they are sorted by their levels, column by column.

    Parameters
    ----------
    rows : pandas or polars frame of shape (n_cells, n_features)
        One row of each cell.
    weights : ndarray of shape (n_cells,)
        Sum of the design weights of its rows.
    n_rows : int
        Number of rows in all.
    """

    rows: Any
    weights: Array
    n_rows: int

    def weighted_rows(self) -> tuple[Any, Array]:
        """Return the cells and their weights."""
        return self.rows, self.weights

    def merge(self, other: "CellSums") -> "CellSums":
        """Return the cells of both."""
        weights = np.concatenate([self.weights, other.weights])
        return sum_cells(
            concat_tables([self.rows, other.rows]), weights, self.n_rows + other.n_rows
        )


@dataclass(frozen=True)
class MomentSums:
    """Weight, means and products of deviations from them, of columns of numbers.

    Parameters
    ----------
    frame : type
        What the rows were held by.
    names : tuple of str
        Columns.
    total : float
        Sum of the design weights.
    means : ndarray of shape (p,)
        Weighted means.
    products : ndarray of shape (p, p)
        ``Σ d (x - mean) (x - mean)'``.
    n_rows : int
        Number of rows.
    """

    frame: Any
    names: tuple[str, ...]
    total: float
    means: Array
    products: Array
    n_rows: int

    def weighted_rows(self) -> tuple[Any, Array]:
        """Return 2 p rows of equal weight with the same total, means and covariances.

        They are the mean plus and minus ``sqrt(p)`` times each column of a root of the covariance.
        """
        p = len(self.names)
        covariance = self.products / self.total
        spread = np.sqrt(np.diag(covariance))
        unit = np.where(spread > 0, spread, 1.0)
        values, vectors = np.linalg.eigh(covariance / np.outer(unit, unit))
        steps = (unit[:, None] * vectors * np.sqrt(p * np.maximum(values, 0.0))).T
        steps[:, spread == 0] = 0.0
        rows = np.concatenate([self.means + steps, self.means - steps])
        columns = {name: rows[:, j] for j, name in enumerate(self.names)}
        return self.frame(columns), np.full(2 * p, self.total / (2 * p))

    def merge(self, other: "MomentSums") -> "MomentSums":
        """Return the moments of both."""
        total = self.total + other.total
        share = other.total / total if total else 0.0
        apart = other.means - self.means
        means = self.means + apart * share
        between = np.outer(apart, apart) * (self.total * share)
        products = self.products + other.products + between
        n_rows = self.n_rows + other.n_rows
        return MomentSums(self.frame, self.names, total, means, products, n_rows)


Sums = CellSums | MomentSums


def sum_cells(features: Any, weights: Array, n_rows: int) -> CellSums:
    """Return the distinct rows of a frame with the sums of their weights.

    Raises
    ------
    ValueError
        If there are too many.
    """
    names = column_names(features)
    covariates = learn_covariates(features, categorical=names)
    cells = np.zeros(table_length(features), dtype=np.int64)
    for covariate in covariates.columns:
        codes = covariates.codes(features, covariate.name)
        _, cells = np.unique(cells * len(covariate.levels) + codes, return_inverse=True)
    _, first = np.unique(cells, return_index=True)
    if len(first) > MOST_CELLS:
        many = max(covariates.columns, key=lambda c: len(c.levels)).name
        raise ValueError(
            f"The columns {names!r} have more than {MOST_CELLS:,} distinct rows, the most values "
            f"in {many!r}: their sums are no smaller than the rows. Hint: name fewer columns in "
            "`features`, or round numbers; or fit the weighter on a sample of the rows, and call "
            "again without `target`."
        )
    totals: Array = np.bincount(cells, weights).astype(np.float64, copy=False)
    return CellSums(take_table_rows(features, first), totals, n_rows)


def sum_moments(features: Any, weights: Array) -> MomentSums:
    """Return the moments of a frame of numbers without gaps.

    Raises
    ------
    ValueError
        If a number is missing.
    """
    table = table_of(features)
    columns = [table.numbers(j) for j in range(len(table.names))]
    odd = [n for n, c in zip(table.names, columns, strict=True) if not np.isfinite(c).all()]
    if odd:
        raise ValueError(
            f"The column {odd[0]!r} has missing or infinite values, which moments know nothing of. "
            "Hint: fill them first; or fit the weighter on a sample of the rows, and call again "
            "without `target`."
        )
    X, total = np.column_stack(columns), float(weights.sum())
    means = weights @ X / total if total else X[0]
    apart = X - means
    products = apart.T @ (apart * weights[:, None])
    return MomentSums(type(features), table.names, total, means, products, len(X))


def merge_sums(parts: Iterable[Any]) -> Any:
    """Return the sums of several pieces together."""
    return reduce(lambda a, b: a.merge(b), parts)
