"""Rows of the balance table from arrays: what is left of one covariate in odd cases."""

import math

import numpy as np
import pytest

from imbalance_kit.diagnostics._balance_rows import (
    Scale,
    level_rows,
    mean_row,
    number_rows,
    share_of_levels,
    weightings,
)

SCALE = Scale("population", "raw")


def test_weights_become_shares() -> None:
    weights = weightings(2, None, np.array([1.0, 3.0]), 4, None)
    assert weights.before.tolist() == [0.5, 0.5]
    assert weights.after.tolist() == [0.25, 0.75]
    assert weights.target.tolist() == [0.25] * 4
    assert weightings(2, None, None, 0, None)[1:] == (None, None)


def test_rows_observed_that_have_no_weight() -> None:
    """The only observed value has weight 0 after: there is no mean, and no division by zero."""
    weights = weightings(2, None, np.array([0.0, 1.0]), 2, None)
    first, missing = number_rows("x", np.array([1.0, np.nan]), np.array([1.0, 2.0]), weights, SCALE)
    assert math.isnan(first.difference_after)
    assert missing.mean_after == 1


def test_missing_level_is_named_as_such() -> None:
    table = np.array([0.5, 0.5]), np.array([0.8, 0.2]), None
    rows = list(level_rows("c", ("a", None), table, SCALE))
    assert [row.kind for row in rows] == ["level", "missing"]
    assert rows[0].missing_before == pytest.approx(0.2)
    assert math.isnan(rows[0].missing_after)


def test_mean_row_of_a_binary_column() -> None:
    weights = weightings(4, None, None, 0, None)
    row = mean_row("b", np.array([0.0, 1.0, 1.0, np.nan]), 0.5, weights, Scale("sample", "raw"))
    assert row.kind == "binary"
    assert row.difference_before == pytest.approx(2 / 3 - 0.5)
    assert row.missing_before == 0.25


def test_share_of_levels_counts_weight() -> None:
    codes, weight = np.array([0, 2, 2]), np.array([0.2, 0.3, 0.5])
    np.testing.assert_allclose(share_of_levels(codes, weight, 4), [0.2, 0, 0.8, 0])
