"""Scores of rows that the model scoring them has not seen, for calibrators to learn from."""

from collections.abc import Callable
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold, check_cv
from sklearn.utils.parallel import Parallel, delayed

from imbalance_kit._utils._targets import EncodedTarget
from imbalance_kit.correction._log_odds import Scores

_FOLDS = 5

FitAndScore = Callable[[NDArray[np.intp], NDArray[np.intp]], Scores]


def out_of_fold_scores(
    fit_and_score: FitAndScore,
    y: NDArray[Any],
    target: EncodedTarget,
    *,
    cv: Any,
    groups: Any,
    n_jobs: int | None,
) -> tuple[NDArray[np.intp], Scores]:
    """Return row indices and their out-of-fold scores.

    Parameters
    ----------
    fit_and_score : callable
        Takes the indices of the training rows and of the held-out rows; returns the scores of the
        latter.
    y : ndarray of shape (n_samples,)
        Labels, for the splitter.
    target : EncodedTarget
        The labels as codes.
    cv : int, splitter, iterable or None
        None: five stratified folds, fewer where the rarest class has fewer rows. Grouped, as an
        int is, where there are groups.
    groups : array-like of shape (n_samples,) or None
        Rows of a group stay together.
    n_jobs : int or None
        Folds at a time.
    """
    splitter = _splitter(cv, y, target, groups)
    folds = list(splitter.split(np.zeros(len(y)), y, groups))
    for train, _ in folds:
        check_every_class(target, train, "The training part of a fold")
    scores = Parallel(n_jobs=n_jobs)(delayed(fit_and_score)(train, held) for train, held in folds)
    return np.concatenate([held for _, held in folds]), np.concatenate(scores)


def check_every_class(target: EncodedTarget, rows: NDArray[np.intp], what: str) -> None:
    """Raise where a class does not occur among the rows."""
    missing = np.bincount(target.codes[rows], minlength=target.n_classes) == 0
    if missing.any():
        raise ValueError(
            f"{what} has no row of class {target.label(int(np.argmax(missing)))!r} that counts, so "
            "that nothing can be learned about its probability. Hint: pass a `cv` that stratifies, "
            "rows of every class, or correction='shift'."
        )


def _splitter(cv: Any, y: NDArray[Any], target: EncodedTarget, groups: Any) -> Any:
    if cv is not None and not (groups is not None and isinstance(cv, Integral)):
        return check_cv(cv, y, classifier=True)
    rarest = int(target.counts.min())
    if rarest < 2:
        label = target.label(int(np.argmin(target.counts)))
        raise ValueError(
            f"Recalibration needs at least 2 rows of every class to hold some out, and class "
            f"{label!r} has {rarest}. Hint: correction='shift' or 'none'."
        )
    n_folds = min(_FOLDS, rarest) if cv is None else int(cv)
    if groups is None:
        return StratifiedKFold(n_folds)
    n_groups = len(np.unique(groups))
    if cv is not None and n_folds > n_groups:  # before scikit-learn 1.9 some folds would be empty
        raise ValueError(
            f"`cv`={n_folds} asks for more folds than there are `groups`, {n_groups}. Hint: "
            "cv=None takes as many as there can be."
        )
    return StratifiedGroupKFold(min(n_folds, n_groups))
