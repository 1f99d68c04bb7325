"""Checks of what comes with the rows of a likelihood with an offset: labels, weights, offset."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._targets import EncodedTarget, encode_target, one_label_per_row
from imbalance_kit._utils._validation import check_same_length
from imbalance_kit.correction._log_odds import check_finite_offset


@contextmanager
def say_how_to_encode() -> Iterator[None]:
    """Put the way out to the error of a column of texts."""
    try:
        yield
    except ValueError as error:
        if "could not convert string to float" not in str(error):
            raise
        raise ValueError(
            f"`X` must hold numbers: {error}. Hint: encode categories first, as by a "
            "OneHotEncoder in a Pipeline, whose last step CorrectedClassifier hands the offset."
        ) from None


def check_labels(y: Any, n_samples: int) -> EncodedTarget:
    """Return the labels as codes; raise unless there is one per row, and two different ones."""
    target = encode_target(y if y is None else one_label_per_row(y))
    check_same_length(n_samples, len(target.codes))
    if target.n_classes < 2:
        raise ValueError(
            f"Expected labels of at least 2 classes, got one class only: {target.label(0)!r}. "
            "Hint: the sample must hold rows of each class."
        )
    return target


def check_class_totals(target: EncodedTarget, weights: NDArray[np.float64] | None) -> None:
    """Raise where all the rows of a class have weight 0."""
    totals = target.totals(weights)
    if not totals.all():
        raise ValueError(
            f"`sample_weight` is zero for every row of class {target.label(int(totals.argmin()))!r}"
            ": each class must count. Hint: drop its rows."
        )


def check_offset(offset: Any, target: EncodedTarget) -> NDArray[np.float64] | None:
    """Return an offset with one row per linear predictor, or None where none was given.

    Parameters
    ----------
    offset : array-like of shape (n_samples,) or (n_samples, n_classes), or None
        One dimension for two classes, two for more.
    target : EncodedTarget
        The labels of the rows.

    Returns
    -------
    offset : ndarray of shape (1, n_samples) or (n_classes, n_samples), or None
        For more than two classes the largest of a row is 0.

    Raises
    ------
    ValueError
        If the shape is another one, or a number is not finite.
    """
    if offset is None:
        return None
    n_samples, binary = len(target.codes), target.n_classes == 2
    try:
        values = np.asarray(offset, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"`offset` must hold numbers: {error}.") from None
    expected = (n_samples,) if binary else (n_samples, target.n_classes)
    if values.shape != expected:
        hint = (
            "Hint: give one number per row, log a_1 - log a_0 of classes_[1] against classes_[0]."
            if binary
            else "Hint: give the log factor of each class, columns in the order of classes_."
        )
        raise ValueError(
            f"`offset` must have shape {expected} for {n_samples} rows of {target.n_classes} "
            f"classes, got {values.shape}. {hint}"
        )
    check_finite_offset(values)
    if binary:
        return values[None]
    return np.ascontiguousarray((values - values.max(axis=1, keepdims=True)).T)
