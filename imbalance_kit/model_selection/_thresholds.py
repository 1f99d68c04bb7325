"""Where to cut the log odds: thresholds learned from rows that the model has not seen."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import confusion_matrix_at_thresholds

_Floats = NDArray[np.float64]


def _balanced_accuracy(tn: _Floats, fp: _Floats, fn: _Floats, tp: _Floats) -> _Floats:
    rates: _Floats = (tp / (tp + fn) + tn / (tn + fp)) / 2.0
    return rates


def _matthews(tn: _Floats, fp: _Floats, fn: _Floats, tp: _Floats) -> _Floats:
    total = (tn + fp)[-1] + (tp + fn)[-1]
    tn, fp, fn, tp = tn / total, fp / total, fn / total, tp / total  # no overflow of the product
    spread = np.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
    correlation = np.zeros_like(spread)  # 0 where every row is put into one class
    np.divide(tp * tn - fp * fn, spread, out=correlation, where=spread > 0.0)
    return correlation


def _f1(tn: _Floats, fp: _Floats, fn: _Floats, tp: _Floats) -> _Floats:
    score: _Floats = 2.0 * tp / (2.0 * tp + fp + fn)
    return score


CRITERIA: dict[str, Callable[[_Floats, _Floats, _Floats, _Floats], _Floats]] = {
    "balanced_accuracy": _balanced_accuracy,
    "mcc": _matthews,
    "f1": _f1,
}


def tune_thresholds(
    scores: _Floats, positive: NDArray[np.bool_], weights: _Floats | None
) -> dict[str, float]:
    """Return, per criterion, the threshold from which on a row is called positive.

    Every split between two distinct scores is tried, and calling every row positive. A threshold
    lies half way between the scores it splits; of equally good ones the highest is taken.

    Parameters
    ----------
    scores : ndarray of shape (n_samples,)
        Finite log odds of the positive class.
    positive : ndarray of bool of shape (n_samples,)
        The truth; both values occur.
    weights : ndarray of shape (n_samples,) or None
        Weights of the rows.
    """
    tn, fp, fn, tp, at = confusion_matrix_at_thresholds(positive, scores, sample_weight=weights)
    between = np.append((at[:-1] + at[1:]) / 2.0, -np.inf)
    return {
        name: float(between[int(np.argmax(criterion(tn, fp, fn, tp)))])
        for name, criterion in CRITERIA.items()
    }
