import numpy as np
import pytest

from imbalance_kit._utils._interpolate import Pairs
from imbalance_kit._utils._neighbor_search import NeighborSearch
from imbalance_kit.over_sampling._parents import (
    ClassToFill,
    as_draw,
    fewer_neighbors,
    nearest_partners,
)

X = np.arange(20.0)[:, None] ** 2


def _part(n_new: int) -> ClassToFill:
    return ClassToFill(1, "a", np.arange(20), n_new, np.random.default_rng(0))


def test_neighbours_are_sought_for_the_chosen_only() -> None:
    asked = []

    class Recorded(NeighborSearch):
        def nearest(self, k, *, of=None, among=None, backend=None):  # type: ignore[no-untyped-def]
            asked.append(of)
            return super().nearest(k, of=of, among=among, backend=backend)

    candidates, chosen = np.array([2, 5, 7, 11]), np.array([3, 1, 1, 3])
    seeds, partners = nearest_partners(
        Recorded(X), (1, None), _part(4), candidates, chosen, np.array([2, 5, 7, 11, 12])
    )
    np.testing.assert_array_equal(asked, [[5, 11]])
    np.testing.assert_array_equal(seeds, [11, 5, 5, 11])
    np.testing.assert_array_equal(partners, [12, 2, 2, 12])


def test_partners_among_all_rows() -> None:
    seeds, partners = nearest_partners(
        NeighborSearch(X), (1, None), _part(2), np.array([5, 9]), np.array([0, 1]), None
    )
    np.testing.assert_array_equal(seeds, [5, 9])
    np.testing.assert_array_equal(partners, [4, 8])


def test_a_draw_lists_the_classes_one_after_the_other() -> None:
    one = Pairs(np.array([1, 2]), np.array([3, 4]), np.array([0.1, 0.2]))
    other = Pairs(np.array([5]), np.array([6]), np.array([0.3]))
    draw = as_draw({2: one, 0: other})
    assert list(draw.added) == [2, 0]
    np.testing.assert_array_equal(draw.neighbors, [3, 4, 6])
    np.testing.assert_array_equal(draw.steps, [0.1, 0.2, 0.3])
    assert not draw.is_copied
    empty = as_draw({})
    assert empty.neighbors is not None
    assert len(empty.neighbors) == 0


def test_fewer_neighbours() -> None:
    assert fewer_neighbors((5, None), 6, "a") == (5, None)
    with pytest.warns(UserWarning, match=r"Class 'a' .* among 5 rows: 4 of them are used, not the"):
        assert fewer_neighbors((5, None), 5, "a") == (4, None)
