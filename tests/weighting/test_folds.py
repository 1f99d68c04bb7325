"""Folds depend on the rows, not on where they are."""

import numpy as np

from imbalance_kit.weighting._folds import content_folds, content_hash


def test_a_permutation_of_rows_permutes_the_folds() -> None:
    rng = np.random.default_rng(0)
    X, order = rng.normal(size=(101, 3)), rng.permutation(101)
    folds = content_folds(X, None, 5)
    np.testing.assert_array_equal(content_folds(X[order], None, 5), folds[order])
    assert set(np.bincount(folds)) == {20, 21}


def test_equal_rows_are_dealt_out() -> None:
    folds = content_folds(np.zeros((10, 2)), np.arange(10.0), 5)
    np.testing.assert_array_equal(np.bincount(folds), [2] * 5)


def test_memory_layout_and_the_sign_of_zero_do_not_matter() -> None:
    X = np.array([[0.0, 1.0], [-0.0, 1.0], [2.0, 3.0]])
    key = content_hash(X)
    assert key[0] == key[1] != key[2]
    np.testing.assert_array_equal(content_hash(np.asfortranarray(X)), key)


def test_neighbouring_integers_fall_where_they_may() -> None:
    # 4 standard errors of a share of one half among 4,000.
    key = content_hash(np.arange(4000.0)[:, None])
    order = np.argsort(key)
    assert abs((order[:2000] % 2).mean() - 0.5) < 4 * 0.5 / np.sqrt(2000)
    assert len(np.unique(key)) == 4000
