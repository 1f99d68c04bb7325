"""What a weighter has to solve: a sample with design weights, and the population."""

import warnings
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from numbers import Number
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from imbalance_kit._utils._columns import Table, table_of
from imbalance_kit._utils._containers import is_dataframe, n_rows
from imbalance_kit._utils._covariates import Covariates, learn_covariates
from imbalance_kit._utils._stacklevel import callers_stacklevel
from imbalance_kit._utils._validation import check_sample_weight, check_unit
from imbalance_kit.weighting._margins import Margins
from imbalance_kit.weighting._population import Population

_FAR = 100  # standard deviations between the means of sample and target that no bias explains

RowWeights = Callable[[Any, NDArray[np.float64]], NDArray[np.float64]]
"""Rows and their design weights to weights, at least 0, in one unit fixed at fit."""


@dataclass(frozen=True)
class Task:
    """A sample and the population it is to stand for.

    Invariant: the target is rows (`target_rows` and `target_weights`) or `margins`, never both;
    `covariates` were learned from the sample and the target's rows, or from the sample's columns
    that the margins name.

    Parameters
    ----------
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
        The sample.
    weights : ndarray of shape (n_samples,)
        Design weights, at least 0; ones where none were given.
    covariates : Covariates
        How rows become numbers.
    table : Table
        The sample, opened; what was learned of its columns is kept there.
    target_rows : {array-like, sparse matrix, DataFrame} or None
        Rows of the population.
    target_weights : ndarray of shape (n_population,)
        Their weights; ones where none were given; empty where there are no rows.
    target_table : Table or None
        The rows, opened.
    margins : Margins or None
        Totals of the population.
    """

    X: Any
    weights: NDArray[np.float64]
    covariates: Covariates
    table: Table
    target_rows: Any = None
    target_weights: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    target_table: Table | None = None
    margins: Margins | None = None

    @property
    def size(self) -> float | None:
        """Population size, None where margins are shares without one."""
        if self.margins is not None:
            return self.margins.size
        return float(self.target_weights.sum())


@dataclass(frozen=True)
class Solution:
    """What a weighter found.

    Parameters
    ----------
    row_weights : callable
        Takes rows and their design weights, gives weights: a function fixed at fit, a top-level
        class or bound method so that it can be pickled. The unit is free: the base scales.
    fitted : ndarray of shape (n_samples,) or None, default=None
        Weights of the fitted rows in the same unit; None takes ``row_weights(X, weights)``. They
        differ where rows are cross-fitted.
    population : str, default="target"
        Name of the population that the weighted rows stand for.
    """

    row_weights: RowWeights
    fitted: NDArray[np.float64] | None = None
    population: str = "target"


def make_task(
    X: Any,
    target: Any,
    sample_weight: Any,
    target_weight: Any,
    *,
    name: str,
    takes_margins: bool = False,
    columns: Collection[str] | None = None,
    numbers_are_levels: bool = False,
) -> Task:
    """Check what a weighter is given, and learn the covariates.

    Parameters
    ----------
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
        The sample.
    target : rows, Population or Margins
        The population.
    sample_weight : array-like of shape (n_samples,) or None
        Design weights.
    target_weight : array-like of shape (n_population,) or None
        Weights of the target's rows.
    name : str
        Name of the weighter, for messages.
    takes_margins : bool
        Whether it can weight towards totals.
    columns : collection of str, default=None
        Columns that matter; None: all of them, or those that have margins.
    numbers_are_levels : bool, default=False
        Whether every column is categorical.
    """
    weights = _weights(sample_weight, n_rows(X), "sample_weight")
    if isinstance(target, Margins):
        return _with_margins(X, weights, target, target_weight, name, takes_margins)
    rows, given = _target_rows(target, target_weight, name)
    if n_rows(rows) == 0:
        raise ValueError("`target` has no rows: expected at least one row of the population.")
    target_weights = _weights(given, n_rows(rows), "target_weight")
    table, target_table = table_of(X), table_of(rows)
    names = table.names
    absent = [column for column in columns or () if column not in names]
    if absent:
        raise ValueError(f"The sample has no columns {absent!r}, only {list(names)!r}.")
    levels = names if numbers_are_levels else ()
    covariates = learn_covariates(
        table,
        target_table,
        weights=(weights, target_weights),
        columns=columns,
        categorical=levels,
    )
    task = Task(X, weights, covariates, table, rows, target_weights, target_table)
    _warn_of_scales(task)
    return task


def _weights(given: Any, n: int, name: str) -> NDArray[np.float64]:
    """Return weights as an array, ones where there are none."""
    weights = check_sample_weight(given, n, name=name)
    if weights is None:
        return np.ones(n)
    check_unit(weights, name=name)
    return weights


def _with_margins(
    X: Any,
    weights: NDArray[np.float64],
    margins: Margins,
    target_weight: Any,
    name: str,
    takes_margins: bool,
) -> Task:
    if not takes_margins:
        raise ValueError(
            f"{name} needs the rows of the population, got Margins. Hint: CalibrationWeighter, "
            "RakingWeighter and PostStratificationWeighter weight to totals."
        )
    if target_weight is not None:
        raise ValueError("`target_weight` goes with rows as `target`; Margins are totals already.")
    table = table_of(X)
    covariates = learn_covariates(
        table, weights=(weights,), columns=margins.columns, categorical=margins.categorical
    )
    covariates = replace(
        covariates, columns=tuple(c.with_levels(margins.levels(c.name)) for c in covariates.columns)
    )
    known = [c.name for c in covariates.columns]
    absent = [column for column in margins.columns if column not in known]
    if absent:
        named = "" if is_dataframe(X) else " (an array's columns are named x0, x1, ...)"
        raise ValueError(
            f"The sample has no columns {absent!r}, which have margins{named}: it has "
            f"{list(table.names)!r}."
        )
    for covariate in covariates.columns:
        if covariate.kind == "categorical" and covariate.name not in margins.categorical:
            raise ValueError(
                f"The margin of column {covariate.name!r} is a number, but the column is "
                "categorical. Hint: give {level: total}."
            )
    return Task(X, weights, covariates, table, margins=margins)


def check_names(columns: Any) -> None:
    """Raise where one name was given for a list of names, which would be read letter by letter."""
    if isinstance(columns, str):
        raise TypeError(
            f"`columns` must be a list of names, got {columns!r}. Hint: columns=[{columns!r}]."
        )


def check_target_given(target: Any, name: str, *, second: Any = None) -> None:
    """Raise where there is no target; `second` is what came in its place, after the sample."""
    if target is None:
        hint = "" if second is None else " Hint: fit(X, target=...); what comes second is `y`."
        raise ValueError(
            f"{name} needs a `target`, the population to weight to: its rows, Population(rows) or "
            f"Margins({{...}}).{hint}"
        )


def _target_rows(target: Any, target_weight: Any, name: str) -> tuple[Any, Any]:
    check_target_given(target, name)
    rows = target.rows if isinstance(target, Population) else target
    # A sparse matrix may be a dict as well.
    no_rows = isinstance(rows, (dict, str, bytes, PathLike, Number)) and not issparse(rows)
    if rows is None or no_rows:
        raise TypeError(
            f"`target` is of type {type(rows).__name__}: expected rows, Population(rows) or "
            "Margins({...})."
            + (" Hint: read the file first." if isinstance(rows, (str, PathLike)) else "")
        )
    if isinstance(target, Population):
        if target.weight is not None and target_weight is not None:
            raise ValueError(
                "`target_weight` was given beside a Population with weights: give one."
            )
        return target.rows, target.weight if target_weight is None else target_weight
    return target, target_weight


def _warn_of_scales(task: Task) -> None:
    """Warn where sample and target cannot be in the same units, as behind a scaler."""
    numeric = [c.name for c in task.covariates.columns if c.kind == "numeric"]
    if not numeric:
        return
    moments = [
        task.covariates.moments(rows, weights)
        for rows, weights in ((task.table, task.weights), (task.target_table, task.target_weights))
    ]
    (mean, spread), (target_mean, target_spread) = moments
    low, high = np.minimum(spread, target_spread), np.maximum(spread, target_spread)
    far = (np.abs(mean - target_mean) > _FAR * high) & (high > 0)
    wide = (high > _FAR * low) & (low > 0)
    odd = [name for name, yes in zip(numeric, (far | wide).tolist(), strict=True) if yes]
    if odd:
        warnings.warn(
            f"Columns {odd!r} are on another scale in the target than in the sample: is one of "
            "them transformed? Hint: inside a Pipeline the target skips the earlier "
            "steps; put the weighter outermost, or list `target` in transform_input.",
            UserWarning,
            stacklevel=callers_stacklevel(),
        )
