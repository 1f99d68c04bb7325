"""Score every row by the pilot that has not seen it, a block at a time."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._containers import n_rows, take_rows
from imbalance_kit._utils._targets import EncodedTarget
from imbalance_kit.shift import LinearPilot
from imbalance_kit.shift._inclusion_shift import Criterion, row_scores

_BLOCK = 1 << 16  # rows at a time: bounds the memory of the pilot's own copies


def own_class_scores(
    X: Any,
    target: EncodedTarget,
    pilots: tuple[Any, ...],
    folds: NDArray[np.int8] | None,
    criterion: Criterion,
    metric: NDArray[np.float64] | None,
) -> NDArray[np.float64]:
    """Return the score of each row as a member of its own class.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Rows.
    target : EncodedTarget
        Their labels.
    pilots : tuple of objects with predict_proba
        One, or one per fold.
    folds : ndarray of shape (n_samples,) or None
        Which pilot scores which row.
    criterion, metric
        As for `row_scores`.
    """
    n = len(target.codes)
    scores = np.empty(n)
    classes = list(range(target.n_classes))
    for start in range(0, n, _BLOCK):
        block = slice(start, min(start + _BLOCK, n))
        rows = _slice(X, block)
        codes = target.codes[block]
        for fold, pilot in enumerate(pilots):
            chosen = None if folds is None or len(pilots) == 1 else folds[block] == fold
            if chosen is None or isinstance(pilot, LinearPilot):
                # A linear score costs less than copying the rows that need it.
                own = row_scores(rows, pilot, classes, criterion, metric)
                own = own[np.arange(len(codes)), codes]
                np.copyto(scores[block], own, where=True if chosen is None else chosen)
            else:
                index = np.flatnonzero(chosen)
                own = row_scores(take_rows(rows, index), pilot, classes, criterion, metric)
                scores[start + index] = own[np.arange(len(index)), codes[index]]
    return scores


def _slice(X: Any, block: slice) -> Any:
    if hasattr(X, "iloc"):
        return X.iloc[block]
    if isinstance(X, (list, tuple)) or hasattr(X, "__getitem__"):
        return X[block]
    return take_rows(X, np.arange(block.start, min(block.stop, n_rows(X))))
