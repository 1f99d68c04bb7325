"""Post-stratification: the sample's cells are given the population's sizes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._covariates import Covariates
from imbalance_kit.weighting._base_weighter import BaseWeighter, Normalize
from imbalance_kit.weighting._cells import (
    Cells,
    absent_message,
    cells_of_margin,
    cells_of_rows,
    hint_at_numbers,
    warn_of_zeros,
)
from imbalance_kit.weighting._task import Solution, Task, check_names

Array = NDArray[np.float64]


class PostStratificationWeighter(BaseWeighter):
    """Weight a sample so that every cell of a cross-tabulation has its total of the population.

    Use it where the joint distribution of a few categories is known and every cell has some rows:
    it corrects interactions, which raking of the single columns does not. Not for many columns,
    whose cells run empty: then use :class:`RakingWeighter` or :class:`CalibrationWeighter`.

    Parameters
    ----------
    columns : sequence of str, default=None
        The columns that form the cells of a target of rows; None takes all of them. A distinct
        number is a level. Margins as target hold one categorical margin, usually a joint one.
    collapse : sequence of str, default=None
        What to do with a cell of the population that the sample does not have: merge it with the
        cells that differ from it in the first of these columns only, then in the first two, and so
        on, until there are rows. None is an error that names the cells.
    normalize : {"population", "sample", "mean"}, default="population"
        What the weights sum to: the population size, the sum of the design weights (the number of
        rows without), or the number of rows.
    random_state : int, RandomState, Generator or None, default=None
        Source of the draws of `fit_resample`. The global random state is never used.

    Attributes
    ----------
    weights_ : ndarray of shape (n_samples,)
        Weights of the fitted rows.
    collapsed_ : list of tuple
        The groups of cells that were merged.
    shift_ : CovariateShift
        The weighted rows stand for the target; nothing is to be undone in predictions.
    covariates_ : Covariates
        Columns and levels.
    row_weights_, scale_ : callable, float
        The function of rows and design weights that gives weights, and the factor that normalises.
    sample_indices_, synthetic_mask_, carried_weight_, sample_weight_ : ndarray
        After `fit_resample`, one entry per output row: its source row; all False; ones, because the
        draw has used up the weights; weights under which the output stands for the sample.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of str of shape (n_features_in_,)
        Column names of X, where they are all strings.

    Raises
    ------
    ValueError
        If the population has cells that the sample does not have, and no rule to collapse them.

    See Also
    --------
    RakingWeighter : Single margins.

    Notes
    -----
    ``w_i = d_i N_c / Σ_{j in c} d_j`` for the cell c of row i [1]_; merged cells share theirs.
    Missing values are a level. Rows of a cell that the population does not have weigh 0, with a
    warning where the target is rows. New rows of a cell that was not there at fit get the mean
    factor, with a warning where one of their levels was not there.

    References
    ----------
    .. [1] Holt and Smith (1979). Post stratification. JRSS A 142, 33-46. doi:10.2307/2344652

    Examples
    --------
    >>> import pandas as pd
    >>> from imbalance_kit import PostStratificationWeighter
    >>> sample = pd.DataFrame({"sex": ["f", "f", "m"], "age": ["<40", "40+", "40+"]})
    >>> people = pd.DataFrame({"sex": ["f", "f", "m", "m"], "age": ["<40", "40+", "<40", "40+"]})
    >>> weighter = PostStratificationWeighter(collapse=["age"])
    >>> weighter.fit_weights(sample, target=people)
    array([1., 1., 2.])
    >>> weighter.collapsed_
    [(('m', '40+'), ('m', '<40'))]
    """

    _takes_margins: ClassVar[bool] = True
    _sums_over_rows: ClassVar[bool] = True
    _numbers_are_levels: ClassVar[bool] = True

    def __init__(
        self,
        columns: Sequence[str] | None = None,
        *,
        collapse: Sequence[str] | None = None,
        normalize: Normalize = "population",
        random_state: Any = None,
    ) -> None:
        super().__init__(normalize=normalize, random_state=random_state)
        self.columns = columns
        self.collapse = collapse

    def _columns(self) -> Collection[str] | None:
        check_names(self.columns)
        return None if self.columns is None else list(self.columns)

    def _solve(self, task: Task) -> Solution:
        cells, shares = self._cells(task)
        codes = cells.codes(task.covariates, task.table)
        design = task.weights / task.weights.sum()
        there = codes >= 0
        counted: Any = np.bincount(codes[there], design[there], minlength=len(shares))
        found: Array = counted.astype(np.float64, copy=False)
        groups = _merge(cells, found, shares, self._collapse(cells))
        empty = np.flatnonzero(_empty(groups, found, shares))
        if len(empty):
            hint = "" if self.collapse else " Or say which columns may be merged: collapse=[...]."
            message = absent_message(cells.show(empty)) + hint + hint_at_numbers(task, cells)
            raise ValueError(message)
        self.collapsed_ = [
            tuple(cells.labels[k] for k in np.flatnonzero(groups == g).tolist())
            for g in np.flatnonzero(np.bincount(groups) > 1).tolist()
        ]
        total = np.bincount(groups, shares)[groups]
        base = np.bincount(groups, found)[groups]
        warn_of_zeros(cells, np.flatnonzero((found > 0) & (total == 0)), task)
        factors = np.divide(total, base, out=np.zeros_like(total), where=base > 0)
        # The last entry is found by the code -1 of an unknown cell: the mean factor, which is 1.
        rows = StratifiedRows(task.covariates, cells, np.append(factors, 1.0))
        return Solution(rows, task.weights * rows.factors[codes])

    def _cells(self, task: Task) -> tuple[Cells, Array]:
        if task.margins is None:
            names = self.columns
            if names is None:
                names = [covariate.name for covariate in task.covariates.columns]
            return cells_of_rows(task, names)
        margins = task.margins.totals(1.0)
        (column, total), *others = margins.items()
        if others or not isinstance(total, dict):
            raise ValueError(
                "PostStratificationWeighter takes one categorical margin, such as {('sex', 'age'): "
                f"{{('f', '40+'): 120, ...}}}}, got margins of {list(margins)!r}. Hint: "
                "RakingWeighter takes several."
            )
        return cells_of_margin(task, column, total)

    def _collapse(self, cells: Cells) -> list[int]:
        wanted = [] if self.collapse is None else list(self.collapse)
        wrong = [name for name in wanted if name not in cells.columns]
        if wrong or isinstance(self.collapse, str):
            raise ValueError(
                f"`collapse` must be a list of columns among {list(cells.columns)!r}, got "
                f"{self.collapse!r}."
            )
        return [cells.columns.index(name) for name in wanted]


@dataclass(frozen=True)
class StratifiedRows:
    """Weights of any rows by the factor of their cell.

    Invariant: fixed at fit; the last factor is that of a cell that was not there.
    """

    covariates: Covariates
    cells: Cells
    factors: Array

    def __call__(self, X: Any, design_weights: Array) -> Array:
        """Return weights of rows."""
        weights: Array = design_weights * self.factors[self.cells.codes(self.covariates, X)]
        return weights


def _merge(cells: Cells, found: Array, shares: Array, collapse: Sequence[int]) -> NDArray[np.intp]:
    """Return the group of each cell: its own, or one with cells from other collapsed levels.

    Groups that the columns to collapse cannot fill stay empty.
    """
    groups = np.arange(len(shares))
    for depth in range(1, len(collapse) + 1):
        empty = _empty(groups, found, shares)
        if not empty.any():
            return groups
        kept = [j for j in range(len(cells.columns)) if j not in collapse[:depth]]
        coarse = _coarse(cells, kept)
        merged = np.isin(coarse, coarse[empty])
        # Whole groups only: one that is already merged brings all of its cells.
        first = np.full(coarse.max() + 1, len(groups))
        np.minimum.at(first, coarse, np.arange(len(groups)))
        groups = np.where(merged, first[coarse], groups)
    return groups


def _empty(groups: NDArray[np.intp], found: Array, shares: Array) -> NDArray[np.bool_]:
    """Return which cells are in a group that only the population has."""
    sample = np.bincount(groups, found)[groups]
    population = np.bincount(groups, shares)[groups]
    empty: NDArray[np.bool_] = (sample == 0) & (population > 0)
    return empty


def _coarse(cells: Cells, kept: Sequence[int]) -> NDArray[np.intp]:
    """Return a number per cell that is the same where the kept columns agree."""
    numbers: dict[Any, int] = {}
    return np.array(
        [
            numbers.setdefault(
                tuple(label[j] for j in kept) if isinstance(label, tuple) else (), len(numbers)
            )
            for label in cells.labels
        ],
        dtype=np.intp,
    )
