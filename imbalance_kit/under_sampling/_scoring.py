"""Score every row by the pilot that has not seen it, a block at a time."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from imbalance_kit._utils._containers import take_rows
from imbalance_kit._utils._targets import EncodedTarget
from imbalance_kit.shift import LinearPilot
from imbalance_kit.shift._inclusion_shift import Criterion, check_scores, row_scores

_BLOCK = 1 << 16  # rows at a time: bounds the memory of the pilot's own copies
_LINEAR_BLOCK = 1 << 13  # a product this small stays in the cache, and in one thread


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
        One, or one per fold; none where no score is needed.
    folds : ndarray of shape (n_samples,) or None
        Which pilot scores which row.
    criterion, metric
        As for `row_scores`.
    """
    n = len(target.codes)
    if sparse.issparse(X):
        X = X.tocsr()  # other formats cannot be cut into blocks of rows
    elif not hasattr(X, "__getitem__"):
        X = np.asarray(X)
    scores = np.empty(n)
    classes = list(range(target.n_classes))
    linear = _stacked(pilots) if criterion in ("probability", "local_case_control") else None
    size = _BLOCK if linear is None else _LINEAR_BLOCK
    for start in range(0, n, size):
        block = slice(start, min(start + size, n))
        rows = _slice(X, block)
        codes = target.codes[block]
        fold_of = None if folds is None or len(pilots) == 1 else folds[block]
        if linear is not None:
            scores[block] = _linear_scores(rows, codes, fold_of, *linear)
            continue
        for fold, pilot in enumerate(pilots or (None,)):
            index = np.arange(len(codes)) if fold_of is None else np.flatnonzero(fold_of == fold)
            chosen = rows if fold_of is None else take_rows(rows, index)
            if len(index):
                own = row_scores(chosen, pilot, classes, criterion, metric)
                scores[start + index] = own[np.arange(len(index)), codes[index]]
    return scores


def _stacked(
    pilots: tuple[Any, ...],
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Return coefficients and intercepts of all pilots, where all are linear in two classes."""
    if not pilots or not all(isinstance(p, LinearPilot) and len(p.coef) == 1 for p in pilots):
        return None
    coef = np.concatenate([p.coef for p in pilots])
    return coef, np.concatenate([p.intercept for p in pilots])


def _linear_scores(
    rows: Any,
    codes: NDArray[np.intp],
    fold_of: NDArray[np.int8] | None,
    coef: NDArray[np.float64],
    intercept: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Score by all pilots in one product, then keep that of the own fold: the surprise at y."""
    margins = LinearPilot(coef, intercept).margins(rows)
    own = margins[:, 0] if fold_of is None else margins[np.arange(len(codes)), fold_of]
    with np.errstate(over="ignore"):
        surprise: NDArray[np.float64] = 1 / (1 + np.exp(np.where(codes == 1, own, -own)))
    check_scores(surprise)
    return surprise


def _slice(X: Any, block: slice) -> Any:
    if hasattr(X, "iloc"):
        return X.iloc[block]
    if hasattr(X, "__array_namespace__"):  # whose arrays may want a slice for every axis
        X = np.asarray(X)
    return X[block]
