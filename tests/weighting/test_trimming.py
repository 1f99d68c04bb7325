"""Caps that hold after normalisation, and Pareto smoothing."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imbalance_kit._utils._pareto import pareto_tail
from imbalance_kit.weighting._trimming import check_trimming, learn_trim

FACTORS = np.random.default_rng(0).pareto(1.5, size=500) + 0.1
ONES = np.ones(500)


@given(
    factors=st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=30),
    ratio=st.floats(1.01, 20),
    seed=st.integers(0, 99),
)
def test_ratio_is_a_cap_in_multiples_of_the_mean_after_trimming(
    factors: list[float], ratio: float, seed: int
) -> None:
    f = np.array(factors)
    d = np.random.default_rng(seed).exponential(size=len(f))
    trimmed = learn_trim(("ratio", ratio), f, d)(f)
    mean = np.average(trimmed, weights=d)
    assert trimmed.max() <= ratio * mean * (1 + 1e-9)
    changed = trimmed != f
    # It trims no more than it must: what is trimmed sits at the cap.
    np.testing.assert_allclose(trimmed[changed], ratio * mean, rtol=1e-9)


@pytest.mark.parametrize("level", [0.5, 0.9, 0.999])
def test_quantile_caps_at_the_quantile(level: float) -> None:
    trimmed = learn_trim(("quantile", level), FACTORS, ONES)(FACTORS)
    expected = np.quantile(FACTORS, level, method="inverted_cdf")
    np.testing.assert_array_equal(trimmed, np.minimum(FACTORS, expected))


@pytest.mark.parametrize("trimming", [("ratio", 3.0), ("quantile", 0.8)])
def test_a_design_weight_counts_as_repetition(trimming: tuple[str, float]) -> None:
    d = np.random.default_rng(1).integers(1, 4, size=500)
    by_weight = learn_trim(trimming, FACTORS, d.astype(float))(FACTORS)
    copies = np.repeat(FACTORS, d)
    by_rows = learn_trim(trimming, copies, np.ones(len(copies)))(copies)
    np.testing.assert_allclose(np.repeat(by_weight, d), by_rows)


def test_pareto_replaces_the_tail_by_expected_order_statistics() -> None:
    trim = learn_trim(("pareto", 0.0), FACTORS, ONES)
    tail = pareto_tail(FACTORS)
    smooth = np.sort(trim(FACTORS))
    np.testing.assert_array_equal(smooth[: -tail.size], np.sort(FACTORS)[: -tail.size])
    position = (np.arange(tail.size) + 0.5) / tail.size
    expected = tail.threshold + tail.sigma / tail.k * ((1 - position) ** -tail.k - 1)
    np.testing.assert_allclose(smooth[-tail.size :], np.minimum(expected, FACTORS.max()))
    assert trim.pareto_k == tail.k
    assert 0.4 < tail.k < 0.95  # the shape of a Pareto(1.5) is 2/3, its standard error about .13
    order = np.argsort(FACTORS)
    assert (np.diff(trim(FACTORS)[order]) >= 0).all()


def test_pareto_treats_equal_factors_alike() -> None:
    ties = np.repeat(FACTORS[:100], 5)
    trimmed = learn_trim(("pareto", 0.0), ties, np.ones(500))(ties).reshape(100, 5)
    np.testing.assert_array_equal(trimmed, trimmed[:, :1] * np.ones(5))


def test_equal_factors_are_left_alone() -> None:
    for trimming in (None, ("ratio", 2.0), ("quantile", 0.9), ("pareto", 0.0)):
        np.testing.assert_array_equal(learn_trim(trimming, ONES, ONES)(ONES), ONES)


@pytest.mark.parametrize(
    "trimming", ["clip", {"ratio": 1.0}, {"quantile": 1.0}, {"ratio": 2, "quantile": 0.9}, 3.0]
)
def test_bad_trimming(trimming: Any) -> None:
    with pytest.raises(ValueError, match="`trimming` must be None, 'pareto', "):
        check_trimming(trimming)
