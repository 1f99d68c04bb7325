"""Distances of weighted distributions against brute force and scipy on rows repeated."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import wasserstein_distance

from imbalance_kit._utils._distances import compare_ecdfs, shares, total_variation

ROWS = st.lists(st.tuples(st.integers(-3, 3), st.integers(1, 4)), min_size=1, max_size=20)


@given(ROWS, ROWS)
def test_a_weight_of_k_is_k_rows(sample, target) -> None:
    (x, w), (t, v) = np.array(sample, dtype=float).T, np.array(target, dtype=float).T
    weights = [shares(w, len(x)), shares(None, len(x))]
    probabilities = np.array([0.1, 0.25, 0.5, 0.9])
    found = compare_ecdfs(x, t, weights, shares(v, len(t)), probabilities)
    statistics, areas, quantiles = found
    repeated = np.repeat(t, v.astype(int))
    for k, rows in enumerate((np.repeat(x, w.astype(int)), x)):
        largest = max(abs(np.mean(rows <= a) - np.mean(repeated <= a)) for a in range(-3, 4))
        assert statistics[k] == pytest.approx(largest, abs=1e-12)
        assert areas[k] == pytest.approx(wasserstein_distance(rows, repeated), abs=1e-12)
        assert areas[k] >= abs(rows.mean() - repeated.mean()) - 1e-12
        expected = np.quantile(rows, probabilities, method="inverted_cdf")
        assert quantiles[k].tolist() == expected.tolist()
    expected = np.quantile(repeated, probabilities, method="inverted_cdf")
    assert quantiles[-1].tolist() == expected.tolist()


def test_one_distinct_value() -> None:
    one = np.ones(3)
    found = compare_ecdfs(one, one, [shares(None, 3)], shares(None, 3), np.array([0.5]))
    assert (found.statistics, found.areas) == ([0.0], [0.0])
    assert found.quantiles == [[1.0], [1.0]]


def test_total_variation() -> None:
    p, q = np.array([0.5, 0.5, 0.0]), np.array([0.2, 0.2, 0.6])
    assert total_variation(p, q) == pytest.approx(0.6)
    assert total_variation(p[::-1], q[::-1]) == pytest.approx(0.6)
    assert total_variation(p, p) == 0
