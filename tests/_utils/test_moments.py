"""Weighted moments and quantiles against rows repeated as often as their weight."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imbalance_kit._utils._moments import (
    means_and_spreads,
    weighted_mean,
    weighted_quantile,
    weighted_variance,
)

VALUES = st.lists(st.tuples(st.integers(-5, 5), st.integers(0, 4)), min_size=1, max_size=30)
PROBABILITIES = np.array([0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0])


@given(VALUES)
def test_a_weight_of_k_is_k_rows(pairs) -> None:
    x, w = np.array(pairs, dtype=float).T
    if not w.any():
        assert np.isnan(weighted_mean(x, w))
        assert np.isnan(weighted_quantile(x, w, PROBABILITIES)).all()
        return
    rows = np.repeat(x, w.astype(int))
    assert weighted_mean(x, w) == pytest.approx(rows.mean(), abs=1e-12)
    assert weighted_variance(x, w) == pytest.approx(rows.var(), abs=1e-12)
    expected = np.quantile(rows, PROBABILITIES, method="inverted_cdf")
    for scale in (1.0, 1 / 3, 1e9):
        np.testing.assert_array_equal(weighted_quantile(x, scale * w, PROBABILITIES), expected)


def test_no_weights_are_equal_weights() -> None:
    x = np.random.default_rng(0).normal(size=101)
    assert weighted_mean(x, None) == pytest.approx(x.mean())
    assert weighted_variance(x, None) == pytest.approx(x.var())
    assert weighted_quantile(x, None, np.array([0.5]))[0] == np.median(x)


def test_columns_have_their_means_and_standard_deviations() -> None:
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(5000, 3)) * [1e-6, 1.0, 1e6] + [1.0, 0.0, 1e9]  # more than one block
    shares = rng.exponential(size=5000)
    shares /= shares.sum()
    means, spreads = means_and_spreads(rows, shares)
    for x, mean, spread in zip(rows.T, means, spreads, strict=True):
        assert mean == pytest.approx(weighted_mean(x, shares))
        assert spread == pytest.approx(weighted_variance(x, shares) ** 0.5)


def test_a_constant_has_no_spread() -> None:
    rows = np.column_stack([np.full(10, 1e8), np.zeros(10), np.full(10, 0.1), np.arange(10)])
    spreads = means_and_spreads(rows, np.full(10, 0.1))[1]
    assert (spreads > 0).tolist() == [False, False, False, True]
