"""The distance of SMOTE-NC is that of the paper, and that of imbalanced-learn's one-hot columns."""

import numpy as np

from imbalance_kit._utils._mixed_distance import MixedDistance


def test_the_example_of_the_paper() -> None:
    """Chawla et al. (2002), section 6.1: F1 = 1 2 3 A B C, F2 = 4 6 5 A D E, F3 = 3 5 6 A B K."""
    numbers = np.array([[1.0, 2, 3], [4, 6, 5], [3, 5, 6]])
    codes = np.array([[0, 0, 0], [1, 3, 1], [2, 4, 5]], dtype=np.uint8)
    median_std = 1.5
    distance = MixedDistance(numbers, codes, median_std)
    away = distance.pairs(np.array([0, 0]), np.array([1, 2]))
    expected = [9 + 16 + 4 + 2 * median_std**2, 4 + 9 + 9 + median_std**2]
    np.testing.assert_allclose(away, expected, rtol=1e-15)


def test_pairs_are_broadcast() -> None:
    rng = np.random.default_rng(0)
    distance = MixedDistance(rng.normal(size=(5, 2)), rng.integers(0, 2, (1, 5), np.uint8), 2.0)
    every = np.arange(5)
    away = distance.pairs(every[:, None], every[None, :])
    assert away.shape == (5, 5)
    np.testing.assert_array_equal(away, away.T)
    np.testing.assert_array_equal(np.diagonal(away), 0)


def test_keys_are_equal_for_equal_rows_only() -> None:
    numbers = np.array([[1.0], [1.0], [1.0], [2.0]])
    codes = np.array([[300, 300, 44, 300]], dtype=np.uint16)  # 300 and 44 share their low byte
    keys = MixedDistance(numbers, codes, 1.0).keys()
    assert (keys[0] == keys[1]).all()
    assert (keys[0] != keys[2]).any()
    assert (keys[0] != keys[3]).any()
    of_numbers = MixedDistance(numbers, codes, 0.0).keys()
    assert (of_numbers[0] == of_numbers[2]).all(), "categories that count nothing"
