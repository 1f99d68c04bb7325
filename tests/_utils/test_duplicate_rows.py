"""Tests of grouping equal rows, and of dealing their neighbours out again."""

from typing import Any

import numpy as np
import pytest

from imbalance_kit._utils._duplicate_rows import (
    distinct_rows,
    has_many_duplicates,
    nearest_of_copies,
)
from imbalance_kit._utils._tree_search import TreeSearch


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_groups_are_those_of_numpy(dtype: Any) -> None:
    X = np.random.default_rng(0).integers(-2, 3, size=(500, 3)).astype(dtype)
    X[::2] *= -1  # zeros of both signs are the same
    groups = distinct_rows(X)
    assert groups is not None
    _, first, code = np.unique(X + 0.0, axis=0, return_index=True, return_inverse=True)
    np.testing.assert_array_equal(np.sort(groups.first), np.sort(first))
    np.testing.assert_array_equal(groups.first[groups.code], first[code.ravel()])


def test_many_duplicates_are_noticed() -> None:
    rng = np.random.default_rng(0)
    assert not has_many_duplicates(rng.normal(size=(5000, 2)))
    assert has_many_duplicates(rng.integers(0, 20, size=(5000, 2)).astype(float))


def test_neighbours_are_those_of_all_rows() -> None:
    rng = np.random.default_rng(0)
    X = rng.integers(0, 6, size=(900, 2)).astype(float)
    groups = distinct_rows(X)
    assert groups is not None
    base, of = np.sort(rng.permutation(900)[:700]), rng.permutation(900)[:200]

    def search(base: Any, of: Any, k: int) -> Any:
        return TreeSearch(X, base).nearest(of, k, 1)

    for k in (1, 5, 60):
        found = nearest_of_copies(X, groups, search, base, of, k)
        np.testing.assert_array_equal(found, search(base, of, k))
