"""Bayes' rule in log space: multiply class probabilities by factors and normalise.

    p(y=k | x)  ∝  exp(log_factor_k(x)) · q(y=k | x)

Logarithms keep it sound at probabilities of 0 and 1, which stay what they are, and at factors as
small as 1e-300.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

_SLACK = 1e-6  # float32 probabilities may exceed 1 by rounding


def multiply_odds(proba: Any, log_factors: NDArray[np.float64]) -> NDArray[np.floating[Any]]:
    """Multiply class probabilities by factors and normalise.

    Parameters
    ----------
    proba : array-like of shape (n_samples, n_classes), or (n_samples,) for two classes
        Probabilities in [0, 1]; one dimension means the probability of the second class.
    log_factors : ndarray broadcastable to (n_samples, n_classes)
        Natural logarithm of the factors, up to a constant per row.

    Returns
    -------
    proba : ndarray of the shape and float dtype of `proba`
        Probabilities that sum to one over the classes.
    """
    q = check_proba(proba, n_classes=log_factors.shape[-1])
    factors = np.atleast_2d(log_factors)
    if len(factors) not in (1, len(q)):
        raise ValueError(
            f"`proba` has {len(q)} rows, but the change is known for {len(factors)}: expected a "
            "probability for each of these rows."
        )
    with np.errstate(divide="ignore", under="ignore"):
        if q.ndim == 1 or q.shape[1] == 2:
            return _two_classes(q, factors[:, 1] - factors[:, 0])
        # One row per class: sums and maxima over the classes then run along the memory.
        p: NDArray[np.float64] = np.log(q.T, dtype=np.float64, order="C")
        p += factors.T
        p -= p.max(axis=0)
        np.exp(p, out=p)
        p /= p.sum(axis=0)
    return p.T.astype(q.dtype, order="C")


def _two_classes(
    q: NDArray[np.floating[Any]], log_odds_change: NDArray[np.float64]
) -> NDArray[np.floating[Any]]:
    q0, q1 = (1.0 - q.astype(np.float64), q) if q.ndim == 1 else (q[:, 0], q[:, 1])
    odds = np.log(q1, dtype=np.float64)
    odds -= np.log(q0, dtype=np.float64)
    odds += log_odds_change
    likely = odds > 0
    lower = np.exp(-np.abs(odds, out=odds))  # never overflows, and keeps the smallest numbers
    upper = 1 / (1 + lower)
    lower *= upper
    second: NDArray[np.float64] = np.where(likely, upper, lower)
    if q.ndim == 1:
        return second.astype(q.dtype, copy=False)
    p = np.empty_like(q)
    p[:, 0] = np.where(likely, lower, upper)
    p[:, 1] = second
    return p


def as_log_odds(log_factors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what factors add to the log odds: (n,) for two classes, else the (n, K) themselves."""
    if log_factors.shape[1] == 2:
        return log_factors[:, 1] - log_factors[:, 0]
    return log_factors


def check_proba(proba: Any, *, n_classes: int) -> NDArray[np.floating[Any]]:
    """Return probabilities as a float array, or raise where they cannot be such."""
    array = np.asarray(proba)
    if array.dtype.kind != "f":
        try:
            array = array.astype(np.float64)
        except (TypeError, ValueError) as error:
            raise type(error)(f"`proba` must hold probabilities in [0, 1]: {error}.") from None
    if array.ndim == 1 and n_classes != 2:
        raise ValueError(
            f"`proba` has one dimension, which means two classes, but there are {n_classes}: "
            f"expected shape (n_samples, {n_classes}), got {array.shape}."
        )
    if array.ndim not in (1, 2) or (array.ndim == 2 and array.shape[1] != n_classes):
        raise ValueError(
            f"`proba` must have one column per class, shape (n_samples, {n_classes})"
            f"{', or (n_samples,) for the second class' if n_classes == 2 else ''}, got "
            f"{array.shape}."
        )
    low, high = (array.min(), array.max()) if array.size else (0, 0)
    if np.isnan(low):
        missing = int(np.isnan(array.reshape(len(array), -1)).any(axis=1).sum())
        raise ValueError(
            f"`proba` is NaN in {missing} of {len(array)} rows: expected probabilities in [0, 1]. "
            "Hint: are there missing values that the model does not take?"
        )
    if not (low >= 0 and high <= 1 + _SLACK):
        raise ValueError(
            f"`proba` must hold probabilities in [0, 1], got values from {low} to {high}. Hint: "
            "scores need calibration first."
        )
    if array.ndim == 2 and not (totals := array @ np.ones(n_classes, dtype=array.dtype)).all():
        raise ValueError(
            f"`proba` is zero for every class in row {int(np.argmin(totals))}: expected rows that "
            "sum to 1."
        )
    return np.minimum(array, 1) if high > 1 else array
