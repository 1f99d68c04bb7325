"""The population to compare with or to estimate for: rows and their weights, or margins."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._columns import Table
from imbalance_kit._utils._containers import n_rows
from imbalance_kit._utils._covariates import Covariates, learn_covariates
from imbalance_kit._utils._validation import check_sample_weight

_Floats = NDArray[np.float64]


class TargetRows(NamedTuple):
    """A target as rows and their weights, None: all equal."""

    rows: Any
    weight: _Floats | None


def target_rows(target: Any, target_weight: Any) -> TargetRows | None:
    """Return the rows of a target: bare rows or a `Population`; None for `Margins`.

    The classes live in a sibling folder and are known here by what they have: a Population has
    `rows` and `weight`, Margins have `margins` and no rows.
    """
    if is_margins(target):
        if target_weight is not None:
            raise ValueError(
                "`target_weight` weights the rows of a target, and margins have none. Hint: leave "
                "it out."
            )
        return None
    rows, weight = target, target_weight
    if hasattr(target, "rows") and hasattr(target, "weight"):
        if target_weight is not None and target.weight is not None:
            raise ValueError(
                "Weights of the target are given twice: in the Population and as `target_weight`. "
                "Hint: leave one of them out."
            )
        rows, weight = target.rows, target.weight if target_weight is None else target_weight
    check_is_covariates(rows, name="target")
    count = n_rows(rows)
    if count == 0:
        raise ValueError("`target` has no rows: expected at least one.")
    return TargetRows(rows, check_sample_weight(weight, count, name="target_weight"))


def margin_covariates(X: Table, margins: Any) -> Covariates:
    """Learn the columns of a sample that margins speak of.

    Raises
    ------
    ValueError
        If one is not there, or is a category whose margin is a single number.
    """
    covariates = learn_covariates(X, columns=margins.columns, categorical=margins.categorical)
    kinds = {c.name: c.kind for c in covariates.columns}
    absent = set(margins.columns) - set(kinds)
    if absent:
        raise ValueError(
            f"The margins speak of columns {sorted(absent)!r}, which `X` does not have: its "
            f"columns are {list(X.names)!r}."
        )
    for column, total in margins.margins.items():
        if not isinstance(total, dict) and kinds[column] != "numeric":
            raise ValueError(
                f"The margin of {column!r} is a single number, and the column holds categories. "
                "Hint: give {level: total}."
            )
    return covariates


def check_is_covariates(X: Any, *, name: str) -> None:
    """Raise where weights or one column were given in the place of a table of covariates."""
    shape = X.shape if hasattr(X, "shape") else np.shape(X)
    if len(shape) == 0:
        raise TypeError(f"`{name}` must be a table of covariates, got {X!r}.")
    if len(shape) == 1:
        raise ValueError(
            f"`{name}` must be a table of covariates, of two dimensions, got one of shape "
            f"({n_rows(X)},). Hint: weights are passed as `sample_weight=`, a single covariate as "
            "a table of one column."
        )


def is_margins(target: Any) -> bool:
    """Whether a target is given by totals or shares, without rows."""
    return hasattr(target, "margins") and hasattr(target, "kind")
