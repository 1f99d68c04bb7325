"""Kish's numbers against their definition, and what must not change them."""

import numpy as np
import pytest

from imbalance_kit import design_effect, effective_sample_size
from imbalance_kit._utils._weight_statistics import signed_design_effect, top_share


def test_against_the_definitions() -> None:
    w = np.random.default_rng(0).exponential(size=500)
    assert effective_sample_size(w) == pytest.approx(w.sum() ** 2 / (w**2).sum(), rel=1e-12)
    assert design_effect(w) == pytest.approx(1 + w.var() / w.mean() ** 2, rel=1e-12)
    assert effective_sample_size(w) * design_effect(w) == pytest.approx(500, rel=1e-12)


@pytest.mark.parametrize("scale", [1e-300, 1e-3, 7.0, 1e300])
def test_scale_and_order_change_nothing(scale: float) -> None:
    w = np.random.default_rng(1).exponential(size=100) + 0.01
    assert design_effect(scale * w) == pytest.approx(design_effect(w), rel=1e-12)
    assert design_effect(w[::-1]) == pytest.approx(design_effect(w), rel=1e-12)


def test_rows_without_weight_add_nothing_to_the_effective_size() -> None:
    assert effective_sample_size([1, 1, 0, 0]) == 2
    assert design_effect([1, 1, 0, 0]) == 2


def test_top_share_counts_the_heaviest_rows() -> None:
    w = np.ones(200)
    assert top_share(w) == pytest.approx(0.01)
    w[:2] = 99
    assert top_share(w) == pytest.approx(198 / (198 + 198))
    assert top_share(np.array([3.0, 1.0])) == 0.75  # at least one row


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([1, -1], "negative"),
        ([1, np.nan], "NaN or infinity"),
        ([0, 0], "zero for every row"),
        ([[1, 2]], "1D"),
    ],
)
def test_bad_weights(weights, message: str) -> None:
    for function in (effective_sample_size, design_effect):
        with pytest.raises(ValueError, match=message):
            function(weights)


def test_no_weights() -> None:
    with pytest.raises(TypeError, match="got None"):
        effective_sample_size(None)


def test_signed_design_effect_is_the_same_number() -> None:
    w = np.random.default_rng(2).exponential(size=50)
    assert signed_design_effect(w) == pytest.approx(design_effect(w))
    assert signed_design_effect(np.array([-1.0, 3.0])) == pytest.approx(2 * 10 / 4)
