"""Rows kept independently: certainty, rates, streams by role."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from imbalance_kit._base import SamplingInput
from imbalance_kit._utils._targets import encode_target
from imbalance_kit.under_sampling._poisson_draw import poisson_draw, stream_roles


def data_of(y: Any, weights: NDArray[np.float64] | None = None) -> SamplingInput:
    target = encode_target(np.asarray(y))
    return SamplingInput(None, None, target, weights, target.totals(weights))


def test_rows_are_kept_at_their_own_rates_across_blocks() -> None:
    """More rows than a block holds; 4 standard deviations of each count, sqrt(n π (1 - π))."""
    n = 200_000
    pi = np.tile([1.0, 0.5, 0.1, 0.01], n // 4)
    rows = poisson_draw(data_of(np.arange(n) < 4), pi, ["sampled", "kept"], 0)
    assert (np.diff(rows) > 0).all()
    for rate in (1.0, 0.5, 0.1, 0.01):
        kept = (pi[rows] == rate).sum()
        assert abs(kept - rate * n / 4) <= 4 * np.sqrt(n / 4 * rate * (1 - rate))


def test_two_classes_draw_by_role_and_more_by_label() -> None:
    """Whatever the two labels and their order, the same rows."""
    y = np.arange(100) < 10
    pi = np.where(y, 1.0, 0.3)
    drawn = []
    for labels, kept in ((y.astype(int), 1), (1 - y, 0), (np.where(y, "a", "b"), 0)):
        data = data_of(labels)
        roles = stream_roles(data.target, kept)
        assert sorted(roles) == ["kept", "sampled"]
        drawn.append(poisson_draw(data, pi, roles, 3))
    np.testing.assert_array_equal(drawn[0], drawn[1])
    np.testing.assert_array_equal(drawn[0], drawn[2])
    assert stream_roles(data_of([3, 5, 4]).target, 0) == [3, 4, 5]


def test_a_class_that_vanishes_is_an_error() -> None:
    y = np.array([0] * 5 + [1] * 2)
    with pytest.raises(ValueError, match=r"class 0 was drawn\. Hint: ask for more rows"):
        poisson_draw(data_of(y), np.where(y == 1, 1.0, 1e-12), ["sampled", "kept"], 0)
    weights = np.array([1.0, 0, 0, 0, 0, 1, 1])
    pi = np.where(weights > 0, 1e-12, 1.0)
    with pytest.raises(ValueError, match=r"of any weight\) of class 0"):
        poisson_draw(data_of(y, weights), np.where(y == 1, 1.0, pi), ["sampled", "kept"], 0)
