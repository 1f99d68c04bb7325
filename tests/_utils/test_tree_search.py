"""Tests of the tree: ties go by row number, however many there are."""

import numpy as np

from imbalance_kit._utils._tree_search import TreeSearch
from tests._utils._nearest import assert_nearest


def test_ties_go_by_row_number_among_some_rows() -> None:
    rng = np.random.default_rng(0)
    X = rng.integers(0, 5, size=(600, 2)).astype(float)
    base, of = (
        np.sort(rng.permutation(600)[:400]),
        np.setdiff1d(np.arange(600), np.arange(0, 600, 2)),
    )
    of = np.setdiff1d(of, base)
    found = TreeSearch(X, base).nearest(of, 5, 1)
    assert_nearest(found, X, 5, of, base)


def test_all_rows_may_be_asked_for() -> None:
    X = np.zeros((50, 3))
    found = TreeSearch(X, np.arange(50)).nearest(np.arange(50), 50, 1)
    np.testing.assert_array_equal(found, np.tile(np.arange(50), (50, 1)))


def test_distances_that_differ_by_rounding_only_are_ranked_exactly() -> None:
    X = np.array([0.0, 1 + 2e-16, 1.0, -1.0, 5.0])[:, None]
    found = TreeSearch(X, np.arange(5)).nearest(np.array([0]), 4, 1)
    np.testing.assert_array_equal(found, [[0, 2, 3, 1]])
