"""Tests of the parts of the blocked search; its result is tested in test_neighbor_search.py."""

from functools import partial
from typing import Any

import numpy as np
import pytest

from imbalance_kit._utils import _blocked_search
from imbalance_kit._utils._blocked_search import (
    TooCoarseError,
    _kth_largest,
    _places,
    blocked_nearest,
    n_sampled,
    strided,
)
from imbalance_kit._utils._dense_scores import DenseScores
from imbalance_kit._utils._exact_ranking import squared_distances
from tests._utils._nearest import assert_nearest


@pytest.mark.parametrize("n", [1, 7, 1024, 1025, 5000])
def test_a_beginning_of_the_strided_order_is_spread_over_all(n: int) -> None:
    order = strided(n)
    np.testing.assert_array_equal(np.sort(order), np.arange(n))
    gaps = np.diff(np.sort(order[: n // 2 + 1]))
    assert gaps.max(initial=0) <= 2 * -(-n // 1024)


def test_places_are_those_of_flatnonzero() -> None:
    rng = np.random.default_rng(0)
    for shape in ((8, 16), (3, 5), (1024, 256)):
        for share in (0, 0.01, 0.5, 1):
            mask = rng.random(shape) < share
            np.testing.assert_array_equal(_places(mask), np.flatnonzero(mask))


def test_the_kth_largest_is_rounded_down() -> None:
    rng = np.random.default_rng(0)
    group, values = np.sort(rng.integers(0, 20, 300)), rng.normal(size=300) * 1e3
    found = _kth_largest(group, values, 4, 21)
    for g in range(21):
        own = np.sort(values[group == g])[::-1]
        kth = max(own[3], 0) if len(own) >= 4 else 0
        assert kth * (1 - 1e-6) <= found[g] <= kth


def _nearest(X: Any, k: int, dtypes: list[Any]) -> Any:
    n = len(X)
    order, centre = strided(n), np.median(X, axis=0)
    reach = float(np.linalg.norm(np.abs(X - centre).max(axis=0)))
    tiers = [partial(DenseScores, X, order, centre, reach, dtype, n_sampled(k)) for dtype in dtypes]
    return blocked_nearest(tiers, partial(squared_distances, X), order, np.arange(n), k, 1)


def test_ties_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_blocked_search, "_MANY", 2)
    X = (np.random.default_rng(0).random((2500, 12)) < 0.3).astype(float)
    rows = np.arange(2500)
    found = _nearest(X, 4, [np.float32, np.float64])  # the row itself is found as well
    without = np.array([row[row != i][:3] for i, row in zip(rows, found, strict=True)])
    assert_nearest(without[::50], X, 3, rows[::50], rows)


def test_scores_that_are_too_coarse_give_way_to_finer_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    failed = []
    original = _blocked_search._scan

    def scan(scores: Any, **arguments: Any) -> Any:
        try:
            return original(scores, **arguments)
        except TooCoarseError:
            failed.append(scores.dtype)
            raise

    monkeypatch.setattr(_blocked_search, "_scan", scan)
    rng = np.random.default_rng(0)
    X = 1e-5 * rng.normal(size=(3000, 8)) + rng.integers(0, 2, (3000, 1)) * 1e3
    found = _nearest(X, 4, [np.float32, np.float64])
    assert failed
    assert set(failed) == {np.float32}
    assert len(failed) < 12  # blocks: after a few the coarse scores are not tried again
    rows = np.arange(3000)
    without = np.array([row[row != i][:3] for i, row in zip(rows, found, strict=True)])
    assert_nearest(without[::100], X, 3, rows[::100], rows)
