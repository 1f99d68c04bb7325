"""The weight summary against its definitions, and what must not change it."""

import json
import math

import numpy as np
import pytest

from imbalance_kit import compute_weight_summary, design_effect, effective_sample_size


def test_against_the_definitions() -> None:
    w = np.random.default_rng(0).lognormal(size=2000)
    summary = compute_weight_summary(w)
    assert summary.design_effect == pytest.approx(design_effect(w))
    assert summary.effective_sample_size == pytest.approx(effective_sample_size(w))
    assert summary.top_share == pytest.approx(np.sort(w)[-20:].sum() / w.sum())
    assert summary.max_over_mean == pytest.approx(w.max() / w.mean())
    assert summary.pareto_k_threshold == pytest.approx(1 - 1 / math.log10(2000))
    for p, value in summary.quantiles.items():
        expected = np.quantile(w / w.mean(), p, method="inverted_cdf")
        assert value == pytest.approx(expected)
    assert sum(summary.counts) == 2000
    assert len(summary.edges) == len(summary.counts) + 1


def test_scale_and_order_change_nothing_but_the_total() -> None:
    w = np.random.default_rng(1).lognormal(size=500)
    one, other = (
        compute_weight_summary(w).to_dict(),
        compute_weight_summary(1e6 * w[::-1]).to_dict(),
    )
    assert other.pop("total") == pytest.approx(1e6 * one.pop("total"))
    quantiles = one.pop("quantiles"), other.pop("quantiles")
    assert quantiles[1] == pytest.approx(quantiles[0])
    assert other == pytest.approx(one)


def test_zero_negative_and_equal_weights() -> None:
    summary = compute_weight_summary([0, -1, 2, 3])
    assert (summary.n_zero, summary.n_negative, summary.total) == (1, 1, 4)
    assert sum(summary.counts) == 4
    assert "1 of weight 0, 1 of negative weight" in repr(summary)
    equal = compute_weight_summary(np.ones(100))
    assert equal.design_effect == 1
    assert equal.pareto_k == -math.inf
    assert sum(equal.counts) == 100
    assert math.isnan(compute_weight_summary([1.0, 2.0]).pareto_k)


def test_json_table_and_text() -> None:
    summary = compute_weight_summary(np.random.default_rng(2).pareto(1.0, 3000))
    assert json.loads(json.dumps(summary.to_dict(), allow_nan=False)) == summary.to_dict()
    assert summary.to_frame().shape == (9, 2)
    assert "not reliable" in repr(summary)
    assert "too few rows" in repr(compute_weight_summary([1.0, 2.0]))


@pytest.mark.parametrize(
    ("weights", "message"), [([1, np.nan], "NaN"), ([[1.0]], "1D"), ([1, -2], "sums to")]
)
def test_bad_weights(weights, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        compute_weight_summary(weights)


def test_no_weights() -> None:
    with pytest.raises(TypeError, match="got None"):
        compute_weight_summary(None)


@pytest.mark.parametrize("unit", [5e-324, 1e-300, 1e300])
def test_the_unit_of_the_weights_changes_nothing_but_the_total(unit: float) -> None:
    """The mean of the smallest number and zeros is zero: it was divided by."""
    w = np.tile([0.0, 0.0, 1.0], 20)
    summary, scaled = compute_weight_summary(w), compute_weight_summary(w * unit)
    assert scaled.total == pytest.approx(20 * unit)
    assert scaled.design_effect == pytest.approx(summary.design_effect)
    assert scaled.quantiles == pytest.approx(summary.quantiles)
    assert scaled.counts == summary.counts


def test_equal_largest_weights_have_no_tail() -> None:
    summary = compute_weight_summary(np.repeat([1.0, 2.0], 100))
    assert summary.pareto_k == -np.inf
    assert "Pareto k               no tail: the largest weights are all equal" in repr(summary)
