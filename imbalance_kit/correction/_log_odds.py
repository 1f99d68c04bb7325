"""Predictions on the scale where corrections are additions.

Scores are log odds of shape (n,) for two classes, ``log p_1 - log p_0``, and log probabilities of
shape (n, K) for more. A shift adds to them, a calibrator maps them, and probabilities of exactly 0
and 1 are -inf and inf.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbalance_kit.shift._bayes import as_log_odds

Scores = NDArray[np.float64]

LIMIT = -float(np.log(np.finfo(np.float64).tiny))  # about 708: stands for infinite log odds


def from_proba(proba: NDArray[Any]) -> Scores:
    """Return the scores of probabilities of shape (n_samples, n_classes)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logs: Scores = np.log(proba, dtype=np.float64)
        if proba.shape[1] != 2:
            return logs
        odds: Scores = logs[:, 1] - logs[:, 0]
    return odds


def to_proba(scores: Scores) -> NDArray[np.float64]:
    """Return probabilities of shape (n_samples, n_classes)."""
    with np.errstate(over="ignore"):
        if scores.ndim == 1:
            both = np.empty((len(scores), 2))
            both[:, 0] = 1 / (1 + np.exp(scores))
            both[:, 1] = 1 / (1 + np.exp(-scores))
            return both
        proba: NDArray[np.float64] = np.exp(scores - scores.max(axis=1, keepdims=True))
    proba /= proba.sum(axis=1, keepdims=True)
    return proba


def add_log_factors(scores: Scores, log_factors: NDArray[np.float64]) -> Scores:
    """Multiply the class probabilities by factors, given as (1 or n_samples, n_classes) logs."""
    return scores + as_log_odds(log_factors)


def check_finite_offset(offset: NDArray[np.float64]) -> None:
    """Raise where an offset, of shape (n,) or (n, K), is NaN or infinite."""
    finite = np.isfinite(offset) if offset.ndim == 1 else np.isfinite(offset).all(axis=1)
    if not finite.all():
        bad = int(np.flatnonzero(~finite)[0])
        raise ValueError(
            f"`offset` contains NaN or infinity (first at row {bad}: {offset[bad].tolist()!r}): it "
            "must be finite. Hint: an infinite one stands for an inclusion probability of 0, with "
            "which no row can have been drawn; sample with a floor."
        )


def to_decision(scores: Scores) -> NDArray[np.float64]:
    """Return finite log odds: (n,) for two classes, else (n, K), each class against the rest."""
    if scores.ndim == 1:
        return np.clip(scores, -LIMIT, LIMIT)
    proba = to_proba(scores)
    rest = proba @ (1 - np.eye(proba.shape[1]))  # a sum of the others: 1 - p would cancel
    with np.errstate(divide="ignore"):
        odds: NDArray[np.float64] = np.log(proba) - np.log(rest)
    return np.clip(odds, -LIMIT, LIMIT, out=odds)
