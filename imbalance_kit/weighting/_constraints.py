"""What calibration holds fixed: columns of numbers, and their means in the population."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._covariates import Covariates
from imbalance_kit._utils._moments import means_and_spreads
from imbalance_kit.weighting._cells import Cells, cells_of_margin
from imbalance_kit.weighting._task import Task

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Constraints:
    """The columns whose means are to be those of the population.

    Invariant: `names`, `means` and `spreads` have one entry per column of `design`.

    Parameters
    ----------
    covariates : Covariates
        How rows become numbers.
    terms : tuple of (str or Cells), or None
        Numeric covariates by name, and cells, one column each; None takes every covariate.
    names : tuple of str
        Names of the columns.
    means : ndarray of shape (p,)
        Means in the population.
    spreads : ndarray of shape (p,)
        Standard deviations in the population, 0 where unknown.
    """

    covariates: Covariates
    terms: tuple[Any, ...] | None
    names: tuple[str, ...]
    means: Array
    spreads: Array

    def design(self, X: Any) -> Array:
        """Return the columns for any rows, shape (n_samples, p); to be read only."""
        if self.terms is None:
            return self.covariates.encode(X)
        parts = []
        for term in self.terms:
            if isinstance(term, Cells):
                codes = term.codes(self.covariates, X)
                parts.append((codes[:, None] == np.arange(len(term.labels))).astype(np.float64))
            else:
                parts.append(_only(self.covariates, term).encode(X))
        return np.hstack(parts)


def make_constraints(task: Task) -> Constraints:
    """Return the constraints that a task asks for."""
    if task.margins is not None:
        return _from_margins(task)
    design = task.covariates.encode(task.target_table)
    means, spreads = means_and_spreads(design, task.target_weights / task.target_weights.sum())
    return Constraints(task.covariates, None, task.covariates.names(), means, spreads)


def _from_margins(task: Task) -> Constraints:
    terms: list[Any] = []
    names: list[str] = []
    means: list[float] = []
    spreads: list[float] = []
    shares = task.margins.totals(1.0)  # type: ignore[union-attr]
    for column, total in shares.items():
        if isinstance(total, dict):
            cells, wanted = cells_of_margin(task, column, total)
            terms.append(cells)
            names += [f"{cells.name}={label}" for label in cells.labels]
            means += wanted.tolist()
            spreads += np.sqrt(wanted * (1 - wanted)).tolist()
        else:
            if _only(task.covariates, column).columns[0].has_missing:
                raise ValueError(
                    f"Column {column!r} has missing values, and its margin says nothing of those "
                    "in the population. Hint: impute them, or pass rows as `target`."
                )
            terms.append(column)
            names.append(column)
            means.append(total)
            spreads.append(0.0)
    return Constraints(
        task.covariates, tuple(terms), tuple(names), np.array(means), np.array(spreads)
    )


def _only(covariates: Covariates, name: str) -> Covariates:
    return replace(covariates, columns=tuple(c for c in covariates.columns if c.name == name))
