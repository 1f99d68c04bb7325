"""What comes with the rows: each mistake has a message that says the way out."""

from typing import Any

import numpy as np
import pytest
from sklearn.exceptions import DataConversionWarning

from imbalance_kit import OffsetLogisticRegression
from imbalance_kit.correction._logistic_inputs import (
    check_class_totals,
    check_labels,
    check_offset,
)

TWO = check_labels(["no", "yes", "no"], 3)
THREE = check_labels([0, 1, 2], 3)


def test_offset_has_one_row_per_predictor() -> None:
    assert check_offset(None, TWO) is None
    found = check_offset([0, 1.5, -2], TWO)
    assert found is not None
    np.testing.assert_array_equal(found, [[0, 1.5, -2]])
    given = np.array([[1.0, 2, 3], [4, 4, 4], [0, -1, 1e300]])
    found = check_offset(given, THREE)
    assert found is not None
    assert found.flags.c_contiguous
    np.testing.assert_array_equal(found.T, given - given.max(axis=1, keepdims=True))


@pytest.mark.parametrize(
    ("offset", "target", "message"),
    [
        (
            [0.0, 1.0],
            TWO,
            r"shape \(3,\) for 3 rows of 2 classes, got \(2,\).*Hint: give one",
        ),
        (1.0, TWO, r"got \(\)"),
        (np.zeros((3, 1)), TWO, r"got \(3, 1\)"),
        (np.zeros((3, 2)), TWO, r"got \(3, 2\).*log a_1 - log a_0"),
        (np.zeros(3), THREE, r"shape \(3, 3\).*got \(3,\).*log factor of each class"),
        ([0, np.inf, np.nan], TWO, "NaN or infinity .first at row 1: inf.*Hint: .*floor"),
        ([[0, 0, 0], [0, 0, 0], [0, np.nan, 0]], THREE, r"row 2: \[0.0, nan, 0.0\]"),
        (["a", "b", "c"], TWO, "must hold numbers"),
    ],
)
def test_bad_offsets(offset: Any, target: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_offset(offset, target)


def test_labels() -> None:
    assert TWO.classes.tolist() == ["no", "yes"]
    assert TWO.codes.tolist() == [0, 1, 0]
    with pytest.warns(DataConversionWarning):
        assert check_labels([[0], [1]], 2).n_classes == 2


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (["a", "a", "a"], "at least 2 classes, got one class only: 'a'"),
        ([0, 1], "inconsistent numbers of samples"),
        ([[1, 0], [0, 1], [0, 1]], "Multilabel and multioutput"),
        (None, "requires y to be passed"),
        ([0.5, 1.5, 0.1], "continuous"),
    ],
)
def test_bad_labels(y: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_labels(y, 3)


def test_a_class_without_weight() -> None:
    check_class_totals(TWO, None)
    check_class_totals(TWO, np.array([0.0, 1.0, 1.0]))
    with pytest.raises(ValueError, match=r"zero for every row of class 'yes'.*Hint: drop its"):
        check_class_totals(TWO, np.array([1.0, 0.0, 1.0]))


def test_texts_are_sent_to_an_encoder() -> None:
    X = np.array([["red", 1], ["blue", 2]], dtype=object)
    with pytest.raises(
        ValueError, match=r"`X` must hold numbers: .*'red'. Hint: encode categories"
    ):
        OffsetLogisticRegression().fit(X, [0, 1])
