"""Cells: the levels of a column, or the combinations of levels of several, and their totals."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._covariates import Covariates
from imbalance_kit._utils._stacklevel import callers_stacklevel
from imbalance_kit.weighting._task import Task

Array = NDArray[np.float64]
_MAX_KEY = 1 << 62
_SHOWN = 10  # cells named in a message


@dataclass(frozen=True)
class Cells:
    """The cells that some columns form.

    Invariant: `keys` is sorted and has one entry per cell, the level codes of its columns in mixed
    radix; `labels` names the cells in the same order: a level, or a tuple of levels.

    Parameters
    ----------
    columns : tuple of str
        One or more categorical covariates.
    keys : ndarray of shape (n_cells,)
        What a cell is found by.
    labels : tuple
        What a cell is called.
    """

    columns: tuple[str, ...]
    keys: NDArray[np.int64]
    labels: tuple[Any, ...]

    @property
    def name(self) -> str:
        """Name of the margin."""
        return " x ".join(self.columns)

    def codes(self, covariates: Covariates, X: Any) -> NDArray[np.intp]:
        """Return the cell of each row, -1 where it is none of these."""
        keys = _row_keys(covariates, self.columns, X)
        return self.find(keys)

    def find(self, keys: NDArray[np.int64]) -> NDArray[np.intp]:
        """Return the position of each key, -1 where it is none of these."""
        if len(self.keys) and self.keys[-1] == len(self.keys) - 1:  # all that can be, in order
            return np.where(keys < len(self.keys), keys, -1).astype(np.intp, copy=False)
        found = np.minimum(np.searchsorted(self.keys, keys), max(len(self.keys) - 1, 0))
        return np.where(self.keys[found] == keys, found, -1)

    def show(self, which: NDArray[np.intp]) -> str:
        """Return the names of some cells, for a message."""
        names = [repr(self.labels[k]) for k in which[:_SHOWN].tolist()]
        more = f" and {len(which) - _SHOWN} more" if len(which) > _SHOWN else ""
        return f"{', '.join(names)}{more} of {self.name!r}"


def cells_of_rows(task: Task, columns: Sequence[str]) -> tuple[Cells, Array]:
    """Return the cells that occur in the sample or the target's rows, and the target's shares."""
    names = tuple(columns)
    keys = _row_keys(task.covariates, names, task.target_table)
    known = np.union1d(keys, _row_keys(task.covariates, names, task.table))
    cells = Cells(names, known, _labels(task.covariates, names, known))
    totals = np.bincount(cells.find(keys), task.target_weights, minlength=len(known))
    return cells, totals / totals.sum()


def cells_of_margin(
    task: Task, column: str | tuple[str, ...], totals: Mapping[Any, float]
) -> tuple[Cells, Array]:
    """Return the cells that a margin names, and their shares.

    Raises
    ------
    ValueError
        If the sample has a cell that the margin does not name.
    """
    names = column if isinstance(column, tuple) else (column,)
    levels = [_levels(task.covariates, name) for name in names]
    position = [{level: k for k, level in enumerate(known)} for known in levels]
    sizes = [len(known) for known in levels]
    keys = [
        _key(
            [where[part] for where, part in zip(position, _parts(column, label), strict=True)],
            sizes,
        )
        for label in totals
    ]
    order = np.argsort(keys)
    labels = list(totals)
    cells = Cells(
        names, np.array(keys, dtype=np.int64)[order], tuple(labels[k] for k in order.tolist())
    )
    _check_all_named(task, cells)
    shares = np.array(list(totals.values()))[order]
    return cells, shares / shares.sum()


def absent_message(cells: str) -> str:
    """Return what is said of cells that only the population has."""
    return (
        f"The population has {cells}, and the sample has no row of it with a weight: no weights "
        "can stand for it. Hint: merge it with another level in both, or leave it out of the "
        "target."
    )


def warn_of_zeros(cells: Cells, which: NDArray[np.intp], task: Task) -> None:
    """Warn of cells of the sample that the rows of the target do not have."""
    if len(which) and task.margins is None:
        warnings.warn(
            f"The population has no row of {cells.show(which)}: the rows of the sample that are "
            "there weigh 0.",
            UserWarning,
            stacklevel=callers_stacklevel(),
        )


def hint_at_numbers(task: Task, cells: Cells) -> str:
    """Return the way out where a column of numbers was taken as one of levels, else nothing."""
    tables = [table for table in (task.table, task.target_table) if table is not None]
    kinds = {
        name: {table.kind(table.names.index(name)) for table in tables} for name in cells.columns
    }
    mixed = [name for name, found in kinds.items() if len(found) > 1]
    if mixed:
        return f" {mixed!r} holds numbers in one of the two only: 1 is not '1', convert it in both."
    numeric = [name for name, found in kinds.items() if found == {"numeric"}]
    if not numeric:
        return ""
    return (
        f" Every number of {numeric!r} counts as a level here: cut numbers into classes first, or "
        "take CalibrationWeighter."
    )


def _parts(column: str | tuple[str, ...], label: Any) -> tuple[Any, ...]:
    return label if isinstance(column, tuple) else (label,)


def _check_all_named(task: Task, cells: Cells) -> None:
    keys = _row_keys(task.covariates, cells.columns, task.table)
    unnamed = np.unique(keys[(cells.find(keys) < 0) & (task.weights > 0)])
    if len(unnamed):
        found = Cells(cells.columns, unnamed, _labels(task.covariates, cells.columns, unnamed))
        raise ValueError(
            f"The sample has {found.show(np.arange(len(unnamed)))}, which its margin does not "
            f"name: expected only {cells.labels[:_SHOWN]!r}. Hint: spell and type the levels alike "
            "in both; or give it a total, 0 for none."
        )


def _levels(covariates: Covariates, name: str) -> tuple[Any, ...]:
    return next(c.levels for c in covariates.columns if c.name == name)


def _row_keys(covariates: Covariates, names: tuple[str, ...], X: Any) -> NDArray[np.int64]:
    """Return the mixed-radix key of each row, the largest integer where a level is unknown."""
    sizes = [len(_levels(covariates, name)) for name in names]
    if np.prod(sizes, dtype=object) > _MAX_KEY:
        raise ValueError(f"The columns {list(names)!r} form too many cells to count: {sizes!r}.")
    total: Any = 0
    known: Any = True
    for name, size in zip(names, sizes, strict=True):
        codes = covariates.codes(X, name)
        total = total * size + codes
        if codes.size and codes.min() < 0:
            known = known & (codes >= 0)
    keys: NDArray[np.int64] = total if known is True else np.where(known, total, 2 * _MAX_KEY - 1)
    return keys.astype(np.int64, copy=False)


def _key(codes: Sequence[int], sizes: Sequence[int]) -> int:
    total = 0
    for code, size in zip(codes, sizes, strict=True):
        total = total * size + code
    return total


def _labels(
    covariates: Covariates, names: tuple[str, ...], keys: NDArray[np.int64]
) -> tuple[Any, ...]:
    levels = [_levels(covariates, name) for name in names]
    codes = np.unravel_index(keys, [len(known) for known in levels])
    parts = [[known[c] for c in code.tolist()] for known, code in zip(levels, codes, strict=True)]
    return tuple(parts[0]) if len(names) == 1 else tuple(zip(*parts, strict=True))
