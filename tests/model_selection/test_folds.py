"""Folds: stratified, grouped, repeated, repeatable; and what is refused."""

import numpy as np
import pytest
from sklearn.model_selection import (
    GroupKFold,
    KFold,
    RepeatedStratifiedKFold,
    StratifiedGroupKFold,
    StratifiedKFold,
)

from imbalance_kit._utils._targets import encode_target
from imbalance_kit.model_selection._folds import (
    first_repeat,
    inner_splitter,
    least_rows_inside,
    make_folds,
)

_Y = encode_target([0] * 80 + [1] * 20)


def test_folds_are_stratified_repeated_and_repeatable() -> None:
    folds = make_folds(5, 3, _Y, None, None, 0)
    again = make_folds(5, 3, _Y, None, None, 0)
    assert [fold.number for fold in folds] == list(range(15))
    for fold, same in zip(folds, again, strict=True):
        assert np.bincount(_Y.codes[fold.test]).tolist() == [16, 4]
        assert len(fold.train) + len(fold.test) == 100
        np.testing.assert_array_equal(fold.test, same.test)
    assert first_repeat(folds, 100) == 5
    assert len({tuple(fold.test) for fold in folds}) == 15  # every repeat is shuffled anew


def test_groups_stay_together() -> None:
    groups = np.arange(100) // 4
    for fold in make_folds(5, 2, _Y, None, groups, 0):
        assert not set(groups[fold.train]) & set(groups[fold.test])


def test_splitters_and_iterables_are_taken() -> None:
    splitter = RepeatedStratifiedKFold(n_splits=2, n_repeats=2, random_state=0)
    assert len(make_folds(splitter, 1, _Y, None, None, 0)) == 4
    parts = list(StratifiedKFold(4).split(np.zeros(100), _Y.codes))
    folds = make_folds(iter(parts), 1, _Y, None, None, 0)
    np.testing.assert_array_equal(folds[3].test, parts[3][1])
    assert first_repeat(folds, 100) == 4


def test_inner_folds_are_those_of_the_correction_and_fewer_where_rows_or_groups_are_few() -> None:
    assert isinstance(inner_splitter(_Y, None), StratifiedKFold)
    assert inner_splitter(_Y, None).get_n_splits() == 5
    assert inner_splitter(encode_target([0, 0, 0, 1, 1, 1]), None).get_n_splits() == 3
    grouped = inner_splitter(_Y, np.arange(100) % 3)
    assert isinstance(grouped, StratifiedGroupKFold)
    assert grouped.get_n_splits() == 3


@pytest.mark.parametrize(("n_rows", "least"), [(50, 40), (6, 4), (4, 3), (2, 1)])
def test_rows_left_inside(n_rows: int, least: int) -> None:
    target = encode_target([0] * n_rows + [1] * 100)
    splits = inner_splitter(target, None).split(np.zeros(len(target.codes)), target.codes)
    assert min(int((target.codes[train] == 0).sum()) for train, _ in splits) == least
    assert least_rows_inside(n_rows) == least


@pytest.mark.parametrize(
    ("cv", "n_repeats", "groups", "message"),
    [
        (1, 1, None, "`cv` must be at least 2 folds, got 1"),
        (21, 1, None, r"Class 1 has 20 rows, too few for cv=21.*Hint: use fewer folds"),
        (5, 0, None, "`n_repeats` must be an int of at least 1, got 0"),
        (5, 1.5, None, "`n_repeats` must be an int of at least 1, got 1.5"),
        (KFold(5), 2, None, "`n_repeats` is for an int as `cv`.*RepeatedStratifiedKFold"),
        (5, 1, np.arange(100) // 25, "`groups` names 4 groups, too few for cv=5"),
        (
            KFold(5),
            1,
            None,
            r"training rows of fold 5 hold 0 rows of class 1|held-out rows of fold",
        ),
        (GroupKFold(5), 1, np.arange(100) // 20, "hold 0 rows"),
        (
            KFold(5, shuffle=True, random_state=0),
            1,
            np.arange(100) // 4,
            "splits group 0 between training and held-out rows. Hint: pass a splitter",
        ),
        ([(np.arange(100), np.arange(100))] * 2, 1, None, "100 rows both to train on and to score"),
        ([(np.arange(0, 100, 2), np.arange(1, 100, 2))], 1, None, "makes 1 fold"),
    ],
)
@pytest.mark.filterwarnings("ignore:The groups parameter is ignored:UserWarning")
def test_folds_that_would_not_measure(
    cv: object, n_repeats: int, groups: np.ndarray | None, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        make_folds(cv, n_repeats, _Y, None, groups, 0)


def test_rows_of_weight_zero_do_not_count() -> None:
    weights = np.ones(100)
    weights[81:] = 0
    with pytest.raises(ValueError, match="rows of positive weight of class 1"):
        make_folds(5, 1, _Y, weights, None, 0)
