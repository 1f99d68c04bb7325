"""Tests that NeighborSearch gives the nearest rows of a full sort, whatever the data are like."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.neighbors import NearestNeighbors

from imbalance_kit._utils import _neighbor_search
from imbalance_kit._utils._neighbor_search import NeighborSearch
from tests._utils._nearest import assert_nearest, by_full_sort


def _normal(rng: Any, n: int, d: int) -> Any:
    return rng.normal(size=(n, d))


def _outliers(rng: Any, n: int, d: int) -> Any:
    X = rng.normal(size=(n, d))
    X[n // 2] *= 1e6
    X[n // 3] *= 1e12
    return X


def _denormals(rng: Any, n: int, d: int) -> Any:
    return rng.integers(0, 1000, (n, d)) * 5e-324


DATA = {
    "normal": _normal,
    "float32": lambda rng, n, d: rng.normal(size=(n, d)).astype(np.float32),
    "copies": lambda rng, n, d: np.repeat(rng.normal(size=(n // 6 + 1, d)), 6, axis=0)[:n],
    "half of it one row": lambda rng, n, d: _normal(rng, n, d) * (rng.random((n, 1)) < 0.5),
    "constant": lambda rng, n, d: np.full((n, d), 0.1),
    "integers": lambda rng, n, d: rng.integers(0, 4, (n, d)),
    "binary": lambda rng, n, d: (rng.random((n, d)) < 0.2).astype(np.float32),
    "offset": lambda rng, n, d: 1e8 + 1e-3 * rng.normal(size=(n, d)),
    "offset float32": lambda rng, n, d: (1e4 + rng.normal(size=(n, d))).astype(np.float32),
    "clusters": lambda rng, n, d: 1e-7 * _normal(rng, n, d) + 1e3 * rng.integers(0, 3, (n, 1)),
    "one wide column": lambda rng, n, d: _normal(rng, n, d) * np.r_[1e7, np.ones(d - 1)],
    "outliers": _outliers,
    "tiny": lambda rng, n, d: 1e-200 * rng.normal(size=(n, d)),
    "huge": lambda rng, n, d: 1e300 * rng.normal(size=(n, d)),
    "denormals": _denormals,
    "columns in order": lambda rng, n, d: np.asfortranarray(rng.normal(size=(n, d))),
}


@given(
    kind=st.sampled_from(sorted(DATA)),
    n=st.sampled_from([2, 9, 120, 600]),
    d=st.sampled_from([1, 2, 5, 6, 20, 57, 200]),
    k=st.sampled_from([1, 3, 8, 50]),
    seed=st.integers(0, 100),
    some=st.booleans(),
)
@settings(max_examples=120, deadline=None)
def test_neighbours_are_those_of_a_full_sort(
    kind: str, n: int, d: int, k: int, seed: int, some: bool
) -> None:
    rng = np.random.default_rng(seed)
    X = DATA[kind](rng, n, d)
    before = X.copy()
    of = rng.permutation(n)[:30]
    among = np.sort(rng.permutation(n)[: n - n // 3]) if some else np.arange(n)
    k = min(k, len(among) - 1)
    if k < 1:
        return
    chosen = {"of": of, "among": rng.permutation(among)} if some else {"of": of}
    assert_nearest(NeighborSearch(X, n_jobs=1).nearest(k, **chosen), X, k, of, among)
    np.testing.assert_array_equal(X, before)


@pytest.mark.parametrize("kind", sorted(DATA))
def test_several_blocks_agree_with_a_full_sort(kind: str) -> None:
    rng = np.random.default_rng(0)
    X = DATA[kind](rng, 2500, 7)
    of, among = rng.permutation(2500)[:40], np.arange(2500)
    found = NeighborSearch(X, n_jobs=2).nearest(5)
    assert_nearest(found[of], X, 5, of, among)


@pytest.mark.parametrize("scale", [1, 1000], ids=["numbers", "integers"])
def test_sparse_rows_agree_with_a_full_sort(scale: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_neighbor_search, "_SPREAD_OUT", 1 << 16)
    X = sparse.random(1300, 400, density=0.02, random_state=0, format="csc")
    X = (X * scale).astype(int) if scale > 1 else X
    of = np.arange(0, 1300, 30)
    found = NeighborSearch(X).nearest(4, of=of)
    assert_nearest(found, X, 4, of, np.arange(1300))
    dense = NeighborSearch(X.toarray()).nearest(4, of=of)
    np.testing.assert_array_equal(found, dense)


def test_every_way_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    X = np.random.default_rng(0).integers(0, 9, (1500, 4)).astype(float)  # full of ties
    by_tree = NeighborSearch(X).nearest(6)
    monkeypatch.setattr(_neighbor_search, "_DUPLICATES_FROM", 10**9)
    np.testing.assert_array_equal(NeighborSearch(X).nearest(6), by_tree)
    wide = np.hstack([X, np.zeros((1500, 4))])  # by blocks
    np.testing.assert_array_equal(NeighborSearch(wide).nearest(6), by_tree)


def test_threads_change_nothing() -> None:
    X = np.random.default_rng(0).normal(size=(3000, 8))
    one, two, default = (NeighborSearch(X, n_jobs=n).nearest(3) for n in (1, 2, None))
    np.testing.assert_array_equal(one, two)
    np.testing.assert_array_equal(one, default)


def test_scikit_learn_is_wrong_far_from_the_origin_and_we_are_not() -> None:
    X = 1e8 + np.random.default_rng(0).normal(size=(500, 20))
    theirs = NearestNeighbors(n_neighbors=4).fit(X).kneighbors(return_distance=False)
    ours, exact = NeighborSearch(X).nearest(4), by_full_sort(X, 4, *[np.arange(500)] * 2)
    np.testing.assert_array_equal(ours, exact)
    assert (theirs == exact).mean() < 0.5


def test_a_row_may_be_asked_for_twice_and_need_not_be_in_the_base() -> None:
    X = np.arange(10.0)[:, None]
    found = NeighborSearch(X).nearest(2, of=np.array([9, 9, 0]), among=np.array([3, 1, 2]))
    np.testing.assert_array_equal(found, [[3, 2], [3, 2], [1, 2]])
    every = NeighborSearch(X).nearest(3, of=np.array([9]), among=np.array([3, 1, 2]))
    np.testing.assert_array_equal(every, [[3, 2, 1]])


def test_too_many_neighbours_are_refused() -> None:
    X = np.arange(10.0)[:, None]
    for arguments in ({"k": 10}, {"k": 3, "of": np.arange(3), "among": np.arange(3)}):
        with pytest.raises(ValueError, match="neighbours were asked for"):
            NeighborSearch(X).nearest(**arguments)


def test_nothing_is_asked_for() -> None:
    found = NeighborSearch(np.ones((5, 8))).nearest(2, of=np.empty(0, dtype=np.intp))
    assert found.shape == (0, 2)


def test_all_rows_are_prepared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    prepared = []

    class Counted(_neighbor_search.DenseScores):
        def __init__(self, *arguments: Any) -> None:
            prepared.append(arguments[1])
            super().__init__(*arguments)

    monkeypatch.setattr(_neighbor_search, "DenseScores", Counted)
    X = np.random.default_rng(0).normal(size=(2000, 9))
    search = NeighborSearch(X)
    for k in (3, 5, 3):
        assert_nearest(search.nearest(k, of=np.arange(9)), X, k, np.arange(9), np.arange(2000))
    assert len(prepared) == 1
    search.nearest(3, among=np.arange(1200))
    assert len(prepared) == 2
