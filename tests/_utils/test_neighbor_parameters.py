"""Tests of what samplers take as their number of neighbours."""

from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.neighbors import NearestNeighbors

from imbalance_kit._utils._neighbor_parameters import check_neighbors


def test_a_number_counts_the_others() -> None:
    assert check_neighbors(5, "k_neighbors") == (5, None)
    assert check_neighbors(np.int64(1), "k_neighbors") == (1, None)


def test_an_object_counts_the_row_itself() -> None:
    index = NearestNeighbors(n_neighbors=6)
    assert check_neighbors(index, "k_neighbors") == (5, index)


@pytest.mark.parametrize(
    ("value", "error", "match"),
    [
        (0, ValueError, "`k` must be at least 1, got 0"),
        (-3, ValueError, "at least 1"),
        (2.0, TypeError, "an int, or an object with fit and kneighbors, got 2.0"),
        (True, TypeError, "got True"),
        ("5", TypeError, "Hint"),
        (None, TypeError, "got None"),
        (LinearRegression(), TypeError, "kneighbors"),
        (NearestNeighbors, TypeError, "kneighbors"),
        (NearestNeighbors(n_neighbors=1), ValueError, "at least 2"),
    ],
)
def test_anything_else_is_refused(value: Any, error: Any, match: str) -> None:
    with pytest.raises(error, match=match):
        check_neighbors(value, "k")
