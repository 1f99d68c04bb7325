"""Out-of-fold scores: every row once, by a model that has not seen it or its group."""

from typing import Any

import numpy as np
import pytest
from sklearn.model_selection import GroupKFold, ShuffleSplit, StratifiedKFold

from imbalance_kit._utils._targets import encode_target
from imbalance_kit.correction._out_of_fold import check_every_class, out_of_fold_scores

Y = np.array([0] * 40 + [1] * 10)
GROUPS = np.arange(50) // 2


def run(y: np.ndarray = Y, **changes: Any) -> tuple[np.ndarray, np.ndarray, list[Any]]:
    folds = []

    def fit_and_score(train: np.ndarray, held: np.ndarray) -> np.ndarray:
        folds.append((train, held))
        return held * 1.0

    given = {"cv": None, "groups": None, "n_jobs": None, **changes}
    rows, scores = out_of_fold_scores(fit_and_score, y, encode_target(y), **given)
    return rows, scores, folds


@pytest.mark.parametrize("cv", [None, 3, StratifiedKFold(4), list(StratifiedKFold(5).split(Y, Y))])
def test_every_row_is_scored_once_by_a_model_that_has_not_seen_it(cv: Any) -> None:
    rows, scores, folds = run(cv=cv)
    np.testing.assert_array_equal(np.sort(rows), np.arange(len(Y)))
    np.testing.assert_array_equal(scores, rows)
    for train, held in folds:
        assert not set(train) & set(held)
        assert len(train) + len(held) == len(Y)


@pytest.mark.parametrize(("rarest", "n_folds"), [(2, 2), (4, 4), (5, 5), (12, 5)])
def test_number_of_folds_follows_the_rarest_class(rarest: int, n_folds: int) -> None:
    y = np.array(["a"] * 30 + ["b"] * rarest)
    *_, folds = run(y)
    assert len(folds) == n_folds
    for train, held in folds:
        assert {"a", "b"} == set(y[train]) == set(y[held])


@pytest.mark.parametrize(("cv", "n_folds"), [(None, 5), (3, 3), (GroupKFold(4), 4)])
def test_groups_are_held_out_whole(cv: Any, n_folds: int) -> None:
    rng = np.random.default_rng(0)
    y = rng.permutation(Y)
    rows, _, folds = run(y, cv=cv, groups=GROUPS)
    assert len(folds) == n_folds
    assert len(rows) == len(y)
    for train, held in folds:
        assert not set(GROUPS[train]) & set(GROUPS[held])


def test_no_more_folds_than_groups() -> None:
    *_, folds = run(np.tile([0, 1], 25), groups=np.arange(50) % 3)
    assert len(folds) == 3


def test_as_many_folds_as_asked_for_or_an_error() -> None:
    with pytest.raises(ValueError, match=r"`cv`=5 asks for more .* `groups`, 3\. Hint"):
        run(cv=5, groups=np.arange(50) % 3)


def test_rows_may_be_held_out_twice_or_never() -> None:
    rows, scores, _ = run(cv=ShuffleSplit(3, test_size=0.5, random_state=0))
    assert len(rows) == 75
    np.testing.assert_array_equal(scores, rows)


def test_several_jobs_give_the_same_scores_in_the_same_order() -> None:
    rows, scores = out_of_fold_scores(
        lambda train, held: held * 1.0, Y, encode_target(Y), cv=None, groups=None, n_jobs=2
    )
    np.testing.assert_array_equal(rows, run()[0])
    np.testing.assert_array_equal(scores, rows)


def test_too_few_rows() -> None:
    with pytest.raises(ValueError, match=r"at least 2 rows of every class .* class 'b' has 1\."):
        run(np.array(["a"] * 9 + ["b"]))


def test_a_class_missing_where_a_model_learns() -> None:
    y, groups = np.repeat([0, 1, 2], 20), np.arange(60) // 20
    with pytest.raises(ValueError, match="The training part of a fold has no row of class 2 that"):
        run(y, cv=GroupKFold(3), groups=groups)


def test_a_class_missing_among_rows() -> None:
    target = encode_target(np.array(["a", "b", "c"]))
    check_every_class(target, np.arange(3), "It")
    with pytest.raises(
        ValueError, match=r"It has no row of class 'b' that counts.*Hint: pass a `cv`"
    ):
        check_every_class(target, np.array([0, 2]), "It")
