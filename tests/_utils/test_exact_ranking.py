"""Tests of distances from differences, and of ranking them."""

import numpy as np
from scipy import sparse

from imbalance_kit._utils._exact_ranking import rank_within, squared_distances, without_self


def test_distances_survive_a_large_offset() -> None:
    X = np.array([[1e8, 1.0], [1e8 + 3, 5.0], [1e8, 1.0]])
    first, second = np.array([0, 0, 1]), np.array([1, 2, 2])
    np.testing.assert_array_equal(squared_distances(X, first, second), [25, 0, 25])
    np.testing.assert_array_equal(
        squared_distances(sparse.csr_array(X), first, second), [25, 0, 25]
    )


def test_float32_rows_are_subtracted_in_float64() -> None:
    X = np.array([[1.0], [1e-9]], dtype=np.float32)
    expected = (1 - float(X[1, 0])) ** 2
    assert squared_distances(X, np.array([0]), np.array([1]))[0] == expected


def test_ties_keep_their_order() -> None:
    group = np.array([0, 0, 0, 1, 1, 1, 1])
    squares = np.array([2.0, 1.0, 1.0, 5.0, 5.0, 4.0, 5.0])
    np.testing.assert_array_equal(rank_within(group, squares, 2), [1, 2, 5, 3])


def test_the_row_itself_is_left_out_wherever_it_is() -> None:
    found = np.array([[0, 4, 5], [2, 1, 3], [7, 8, 9]])
    np.testing.assert_array_equal(
        without_self(found, np.array([0, 1, 2]), 2), [[4, 5], [2, 3], [7, 8]]
    )
    np.testing.assert_array_equal(without_self(found, np.array([6, 6, 6]), 3), found)
