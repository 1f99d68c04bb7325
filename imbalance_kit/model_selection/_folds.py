"""Split the rows into training and held-out parts, and refuse splits that would not measure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold, check_cv

from imbalance_kit._utils._targets import EncodedTarget

_INNER_FOLDS = 5
_ROWS_TO_TRAIN = 2  # of a class: an inner split must be able to hold one out


@dataclass(frozen=True)
class Fold:
    """Rows to train on and rows to score, as positions; the two are disjoint."""

    number: int
    train: NDArray[np.intp]
    test: NDArray[np.intp]


def make_folds(
    cv: Any,
    n_repeats: int,
    target: EncodedTarget,
    weights: NDArray[np.float64] | None,
    groups: NDArray[Any] | None,
    seed: int,
) -> tuple[Fold, ...]:
    """Return the folds, repeat after repeat, each one checked.

    Parameters
    ----------
    cv : int, splitter or iterable
        Folds per repeat, stratified and shuffled; or what makes the folds.
    n_repeats : int
        How often an int is carried out, each time shuffled anew.
    target : EncodedTarget
        The labels.
    weights : ndarray of shape (n_samples,) or None
        Weights of the rows.
    groups : ndarray of shape (n_samples,) or None
        Rows of a group stay together.
    seed : int
        What the shuffling derives from.
    """
    if isinstance(n_repeats, bool) or not isinstance(n_repeats, (int, np.integer)) or n_repeats < 1:
        raise ValueError(f"`n_repeats` must be an int of at least 1, got {n_repeats!r}.")
    y = target.classes[target.codes]
    n_splits = cv if isinstance(cv, (int, np.integer)) and not isinstance(cv, bool) else None
    if n_splits is None:
        if n_repeats != 1:
            raise ValueError(
                f"`n_repeats` is for an int as `cv`, got n_repeats={n_repeats!r} with {cv!r}. "
                "Hint: pass RepeatedStratifiedKFold as `cv`."
            )
        splitters = [check_cv(cv, y, classifier=True)]
    else:
        _check_n_splits(int(n_splits), target, groups)
        kind = StratifiedKFold if groups is None else StratifiedGroupKFold
        seeds = np.random.SeedSequence(seed).generate_state(n_repeats) >> 1
        splitters = [kind(int(n_splits), shuffle=True, random_state=int(s)) for s in seeds]
    rows = np.zeros((len(y), 1))
    parts = [part for splitter in splitters for part in splitter.split(rows, y, groups)]
    if len(parts) < 2:
        raise ValueError(
            f"`cv` makes {len(parts)} fold(s): at least 2 are needed to tell a difference from "
            "chance. Hint: cv=5."
        )
    folds = tuple(
        Fold(number, np.asarray(train, dtype=np.intp), np.asarray(test, dtype=np.intp))
        for number, (train, test) in enumerate(parts)
    )
    for fold in folds:
        _check_fold(fold, target, weights, groups)
    return folds


def inner_splitter(target: EncodedTarget, groups: NDArray[Any] | None) -> Any:
    """Return how training rows are held out for thresholds and calibration curves.

    As in `CorrectedClassifier`: five stratified folds, fewer where the rarest class has fewer rows,
    grouped where there are groups (and then fewer where there are fewer groups).
    """
    n_splits = min(_INNER_FOLDS, int(target.counts.min()))
    if groups is None:
        return StratifiedKFold(n_splits)
    return StratifiedGroupKFold(min(n_splits, len(np.unique(groups))))


def least_rows_inside(n_rows: int) -> int:
    """Return how many of `n_rows` rows of a class the smallest inner training set holds."""
    return n_rows - math.ceil(n_rows / min(_INNER_FOLDS, n_rows))


def first_repeat(folds: Sequence[Fold], n_samples: int) -> int:
    """Return how many folds, from the first, hold out no row twice."""
    seen = np.zeros(n_samples, dtype=bool)
    for number, fold in enumerate(folds):
        if seen[fold.test].any():
            return number
        seen[fold.test] = True
    return len(folds)


def _check_n_splits(n_splits: int, target: EncodedTarget, groups: NDArray[Any] | None) -> None:
    if n_splits < 2:
        raise ValueError(f"`cv` must be at least 2 folds, got {n_splits!r}.")
    rarest = int(np.argmin(target.counts))
    if target.counts[rarest] < n_splits:
        raise ValueError(
            f"Class {target.label(rarest)!r} has {target.counts[rarest]} rows, too few for "
            f"cv={n_splits}: every fold has to hold one out. Hint: use fewer folds, or gather more "
            "rows of that class."
        )
    n_groups = n_splits if groups is None else len(np.unique(groups))
    if n_groups < n_splits:
        raise ValueError(
            f"`groups` names {n_groups} groups, too few for cv={n_splits}. Hint: use fewer folds."
        )


def _check_fold(
    fold: Fold,
    target: EncodedTarget,
    weights: NDArray[np.float64] | None,
    groups: NDArray[Any] | None,
) -> None:
    shared = np.intersect1d(fold.train, fold.test)
    if len(shared):
        raise ValueError(
            f"Fold {fold.number + 1} of `cv` holds {len(shared)} rows both to train on and to "
            f"score (the first is row {shared[0]}): its scores would be too good."
        )
    if groups is not None:
        both = np.intersect1d(groups[fold.train], groups[fold.test])
        if len(both):
            raise ValueError(
                f"Fold {fold.number + 1} of `cv` splits group {both.tolist()[0]!r} between "
                "training and held-out rows. Hint: pass a splitter that respects `groups`, such as "
                "StratifiedGroupKFold, or an int as `cv`."
            )
    for part, rows, least in (("training", fold.train, _ROWS_TO_TRAIN), ("held-out", fold.test, 1)):
        counting = rows if weights is None else rows[weights[rows] > 0]
        counts = np.bincount(target.codes[counting], minlength=target.n_classes)
        if counts.min() < least:
            scarce = int(np.argmin(counts))
            raise ValueError(
                f"The {part} rows of fold {fold.number + 1} hold {counts[scarce]} rows "
                f"{'' if weights is None else 'of positive weight '}of class "
                f"{target.label(scarce)!r}, and {least} are needed. Hint: use fewer folds, a "
                "stratified splitter, or larger groups of classes."
            )
