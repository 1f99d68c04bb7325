"""The value difference metric is imbalanced-learn's, from small tables instead of all pairs."""

import numpy as np
import pytest
from imblearn.metrics.pairwise import ValueDifferenceMetric

from imbalance_kit._utils._mixed_search import nearest_rows
from imbalance_kit._utils._value_difference import ValueDifference, value_differences


def between(X: np.ndarray, y: np.ndarray, members: np.ndarray) -> ValueDifference:
    n_classes = int(y.max()) + 1
    parts = [value_differences(column, y, n_classes, members) for column in X.T]
    return ValueDifference(np.array([kinds for kinds, _ in parts]), [table for _, table in parts])


def example(n: int, levels: int, n_classes: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    X = rng.integers(0, levels, (n, 4))
    y = (rng.random(n) * n_classes * (0.5 + 0.5 * (X[:, 0] % 2))).astype(int)
    return X, y


# imbalanced-learn calls what SciPy 1.18 deprecates.
@pytest.mark.filterwarnings(
    "ignore:.* is deprecated in favor of `scipy.spatial.distance:DeprecationWarning"
)
@pytest.mark.parametrize("levels", [2, 7, 300])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_imbalanced_learn_measures_the_same(levels: int, n_classes: int) -> None:
    X, y = example(400, levels, n_classes)
    members = np.flatnonzero(y == 1)
    peer = ValueDifferenceMetric().fit(X, y).pairwise(X[members])
    every = np.arange(len(members))
    away = between(X, y, members).pairs(every[:, None], every[None, :])
    np.testing.assert_allclose(away, peer, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("levels", [2, 7, 300])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_brute_force_finds_the_same_neighbours(levels: int, n_classes: int) -> None:
    X, y = example(3000, levels, n_classes)
    members = np.flatnonzero(y == 1)
    distance, every = between(X, y, members), np.arange(len(members))
    assert len(members) > 500  # more than are measured directly
    away = distance.pairs(every[:, None], every[None, :])
    np.fill_diagonal(away, np.inf)
    expected = np.argsort(away, axis=1, kind="stable")[:, :5]
    np.testing.assert_array_equal(nearest_rows(distance, 5), expected)


def test_levels_that_nothing_tells_apart_are_one_kind() -> None:
    """Levels 0 and 1 go with the classes in the same shares, 2 does not; 3 is not in the class."""
    column = np.array([0, 0, 1, 1, 2, 2, 2, 3])
    y = np.array([0, 1, 0, 1, 1, 1, 0, 0])
    members = np.flatnonzero(y == 1)
    kinds, table = value_differences(column, y, 2, members)
    assert kinds[0] == kinds[1] != kinds[2]
    assert table.shape == (2, 2)
    np.testing.assert_allclose(table[kinds[0], kinds[2]], (2 * (2 / 3 - 1 / 2)) ** 2)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_scores_are_off_by_no_more_than_they_say(dtype: type) -> None:
    X, y = example(600, 20, 3)
    members = np.flatnonzero(y == 0)
    distance, every = between(X, y, members), np.arange(len(members))
    kernel = distance.kernel(every, every, dtype)
    scores = np.empty((len(every), len(every)), dtype=dtype)
    kernel.fill(slice(0, len(every)), slice(0, len(every)), scores)
    off = np.abs(scores + distance.pairs(every[:, None], every[None, :]))
    assert (off <= kernel.error).all()
