"""Tests of asking somebody else's index."""

from typing import Any

import numpy as np
from sklearn.neighbors import NearestNeighbors

from imbalance_kit._utils._neighbor_search import NeighborSearch


class Plain:
    """A wrapper as users write them: no scikit-learn base, no n_jobs."""

    def __init__(self, n_neighbors: int) -> None:
        self.n_neighbors = n_neighbors

    def fit(self, X: Any) -> "Plain":
        self._index = NearestNeighbors().fit(X)
        return self

    def kneighbors(self, X: Any, n_neighbors: int, return_distance: bool = True) -> Any:
        assert not return_distance
        return self._index.kneighbors(X, n_neighbors, return_distance=False)


def test_a_clone_is_asked_and_gives_the_same() -> None:
    rng = np.random.default_rng(0)
    X, of, among = rng.normal(size=(200, 4)), np.arange(40), np.arange(20, 200)
    search = NeighborSearch(X)
    expected = search.nearest(3, of=of, among=among)
    for backend in (NearestNeighbors(n_jobs=1), Plain(4)):
        found = search.nearest(3, of=of, among=among, backend=backend)
        np.testing.assert_array_equal(found, expected)
        assert not hasattr(backend, "_index")
        assert not hasattr(backend, "n_samples_fit_")


def test_among_copies_a_row_is_left_out_by_identity() -> None:
    X = np.repeat(np.random.default_rng(0).normal(size=(5, 2)), 6, axis=0)
    rows = np.arange(30)
    found = NeighborSearch(X).nearest(4, backend=NearestNeighbors())
    assert not (found == rows[:, None]).any()
    assert (found // 6 == rows[:, None] // 6).all()
