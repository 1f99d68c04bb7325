import numpy as np
import pytest

from imbalance_kit._utils._neighbor_search import NeighborSearch
from imbalance_kit.over_sampling._danger import in_danger, is_noise, share_of_others
from tests.over_sampling._clouds import SHAPES, clouds, others_by_brute_force


@pytest.mark.parametrize(("sizes", "n_features", "distance"), SHAPES)
def test_share_of_others(sizes: tuple[int, ...], n_features: int, distance: float) -> None:
    X, y = clouds(sizes, n_features, distance)
    search = NeighborSearch(X)
    for label in range(len(sizes)):
        shares = share_of_others(search, (6, None), np.flatnonzero(y == label), y, label)
        np.testing.assert_allclose(shares, others_by_brute_force(X, y, label, 6))


def test_danger_is_from_a_half_to_all_and_noise_is_all() -> None:
    others = np.array([0, 2, 2.5, 3, 4, 5]) / 5
    np.testing.assert_array_equal(in_danger(others), [False, False, True, True, True, False])
    np.testing.assert_array_equal(is_noise(others), [False] * 5 + [True])


@pytest.mark.parametrize("m", [1, 3, 7, 10, 30])
def test_shares_of_all_are_exactly_one(m: int) -> None:
    """So that a share computed by division can be compared."""
    counts = np.arange(m + 1)
    assert is_noise(counts / m).tolist() == (counts == m).tolist()
    assert in_danger(counts / m).tolist() == ((2 * counts >= m) & (counts < m)).tolist()
