"""Weights and lengths: what is taken, and what each message says."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from imbalance_kit._utils._validation import (
    check_is_table,
    check_same_length,
    check_sample_weight,
    check_unit,
)


def test_weights_come_back_as_float64() -> None:
    assert check_sample_weight(None, 3) is None
    for given in ([1, 0, 2], (1, 0, 2), np.array([1, 0, 2], np.float32), pd.Series([1, 0, 2])):
        weights = check_sample_weight(given, 3)
        assert weights is not None
        assert weights.dtype == np.float64
        assert weights.tolist() == [1, 0, 2]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([1, 2], "`w` has 2 entries, but there are 3 rows: expected one weight per row"),
        ([[1], [2], [3]], r"must be 1D array or scalar: `w` has shape \(3, 1\), expected \(3,\)"),
        (1.0, r"must be 1D array or scalar: `w` has shape \(\)"),
        ([1, np.nan, 1], r"`w` contains NaN or infinity \(first at row 1\).*Hint: drop the rows"),
        ([1, 1, np.inf], r"`w` contains NaN or infinity \(first at row 2\)"),
        ([1, 1, None], r"`w` contains NaN or infinity \(first at row 2\)"),
        ([1, -0.5, -2], r"`w` contains negative values \(first at row 1: -0.5\)"),
        ([0, 0, 0], "`w` is zero for every row: at least one row must count"),
    ],
)
def test_what_is_no_weight(given: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_sample_weight(given, 3, name="w")


def test_lengths() -> None:
    check_same_length(1, 1)
    with pytest.raises(
        ValueError, match=r"inconsistent numbers of samples: `X` has 3 rows, `y` ha"
    ):
        check_same_length(3, 2)
    with pytest.raises(ValueError, match=r"0 sample\(s\) while a minimum of 1 is required: `X` is"):
        check_same_length(0, 0)


def test_negative_weights_where_they_are_allowed() -> None:
    given = [-0.5, 2.0]
    assert check_sample_weight(given, 2, negative="allow").tolist() == given
    with pytest.raises(ValueError, match="the total must be above 0"):
        check_sample_weight([-2.0, 2.0], 2, negative="allow")


def test_one_dimension_is_no_table() -> None:
    check_is_table(np.zeros((2, 3)), 3)
    check_is_table([[1, 2, 3]], 3)
    with pytest.raises(ValueError, match=r"got a 1D array of shape \(2,\)\. Reshape"):
        check_is_table(np.zeros(2), 3)


@pytest.mark.parametrize("largest", [5e-324, 1e-61, 1e61, 1e300])
def test_a_unit_of_weights_whose_squares_leave_floating_point(largest: float) -> None:
    with pytest.raises(ValueError, match=r"largest entry of `w` is .* Hint: divide the weights by"):
        check_unit(np.array([0.0, largest]), name="w")


def test_a_unit_is_that_of_the_largest_weight() -> None:
    for weights in ([1e-60], [5e-324, 1.0], [0.0, 1e60], [0.0], [-1e60, 1.0]):
        check_unit(np.array(weights))


@pytest.mark.parametrize(("given", "error"), [(["a", 1], ValueError), ([{}, 1], TypeError)])
def test_what_is_no_number_is_named(given: list[Any], error: type[Exception]) -> None:
    with pytest.raises(error, match="`w` must hold numbers, one per row: "):
        check_sample_weight(given, 2, name="w")


def test_the_name_of_a_column_is_no_weight() -> None:
    with pytest.raises(TypeError, match=r"got the name 'd'. Hint: pass the column, X\['d'\]"):
        check_sample_weight("d", 3)
