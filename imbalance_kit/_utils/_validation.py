"""Checks of what callers hand in, with messages that say the way out."""

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

_UNIT = (1e-60, 1e60)  # of the largest weight: squares of ratios of two such stay finite


def check_sample_weight(
    sample_weight: Any,
    n_samples: int,
    *,
    name: str = "sample_weight",
    negative: Literal["refuse", "allow"] = "refuse",
) -> NDArray[np.float64] | None:
    """Return the weights as float64 of shape (n_samples,), or None where none were given.

    Linear calibration can make weights negative; what only sums them up may allow it.

    Raises
    ------
    ValueError
        If a weight is no number, negative, NaN or infinite, if all are zero, or if the length is
        wrong.
    TypeError
        If it is the name of a column.
    """
    if sample_weight is None:
        return None
    if isinstance(sample_weight, str):
        raise TypeError(
            f"`{name}` must be an array of one weight per row, got the name {sample_weight!r}. "
            f"Hint: pass the column, X[{sample_weight!r}], and leave it out of `X`."
        )
    try:
        weights = np.asarray(sample_weight, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise type(error)(f"`{name}` must hold numbers, one per row: {error}.") from None
    if weights.ndim != 1:
        raise ValueError(
            f"Sample weights must be 1D array or scalar: `{name}` has shape {weights.shape}, "
            f"expected ({n_samples},)."
        )
    if len(weights) != n_samples:
        raise ValueError(
            f"`{name}` has {len(weights)} entries, but there are {n_samples} rows: expected one "
            "weight per row."
        )
    if not np.isfinite(weights).all():
        bad = int(np.flatnonzero(~np.isfinite(weights))[0])
        raise ValueError(
            f"`{name}` contains NaN or infinity (first at row {bad}): weights must be finite. "
            "Hint: drop the rows, or give them weight 0."
        )
    if negative == "allow":
        if not weights.sum() > 0:
            raise ValueError(f"`{name}` sums to {weights.sum()}: the total must be above 0.")
        return weights
    if (weights < 0).any():
        bad = int(np.flatnonzero(weights < 0)[0])
        raise ValueError(
            f"`{name}` contains negative values (first at row {bad}: {weights[bad]}): weights "
            "must be at least 0."
        )
    if not weights.any():
        raise ValueError(f"`{name}` is zero for every row: at least one row must count.")
    return weights


def check_unit(weights: NDArray[np.float64], *, name: str = "sample_weight") -> None:
    """Raise where computing with squares of the weights may leave floating point."""
    largest = float(np.abs(weights).max(initial=0.0))
    if largest and not _UNIT[0] <= largest <= _UNIT[1]:
        raise ValueError(
            f"The largest entry of `{name}` is {largest!r}: expected one between {_UNIT[0]} and "
            f"{_UNIT[1]}, so that squares of weights stay within floating point. Hint: divide the "
            "weights by their mean."
        )


def check_same_length(n_X: int, n_y: int) -> None:
    """Raise unless `X` and `y` have the same number of rows, and at least one."""
    if n_X != n_y:
        raise ValueError(
            "Found input variables with inconsistent numbers of samples: `X` has "
            f"{n_X} rows, `y` has {n_y}."
        )
    if n_X == 0:
        raise ValueError(
            "Found array with 0 sample(s) while a minimum of 1 is required: `X` is empty."
        )


def check_is_table(X: Any, n_columns: int) -> None:
    """Raise where rows to predict for come as one row or one column without its second axis."""
    if getattr(X, "ndim", 2) == 1:
        raise ValueError(
            f"Expected rows with {n_columns} columns, got a 1D array of shape {X.shape}. Reshape "
            "your data: X.reshape(1, -1) is one row, X.reshape(-1, 1) one column."
        )


def check_has_columns(X: Any) -> None:
    """Raise where `X` is a table without columns."""
    shape: Any = getattr(X, "shape", ())
    if len(shape) == 2 and shape[1] == 0:
        raise ValueError(
            f"Found array with 0 feature(s) (shape={tuple(shape)}) while a minimum of 1 is "
            "required: `X` has no columns."
        )
