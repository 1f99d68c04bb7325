"""Limits, ticks and bars of the reliability diagram."""

import re

import numpy as np
import pytest

from imbalance_kit.diagnostics import compute_calibration
from imbalance_kit.diagnostics._calibration_axes import (
    SCALES,
    bars,
    limits,
    points,
    tick_text,
    ticks,
)


def _curve(p, y):
    return compute_calibration(y, p).per_class[0]


@pytest.fixture(scope="module")
def rare():
    rng = np.random.default_rng(0)
    p = np.concatenate([rng.beta(1, 60, 2000), rng.beta(20, 2, 20)])
    return p, _curve(p, rng.random(2020) < p)


@pytest.mark.parametrize("scale", SCALES)
def test_points_and_most_predictions_are_inside(rare, scale: str) -> None:
    p, curve = rare
    low, high = limits([curve], scale)
    assert low < high
    if scale == "linear":
        assert low < 0.0
    else:
        assert low > 0.0
        assert high <= 1.0
    x, rate, _, _ = points(curve)
    shown = rate if scale == "linear" else rate[rate > 0]
    assert ((x > low) & (x < high)).all()
    assert ((shown > low) & (shown < high)).all()
    assert np.mean((p < low) | (p > high)) <= 0.01


@pytest.mark.parametrize("scale", SCALES)
def test_bars_hold_the_rows_between_their_edges(rare, scale: str) -> None:
    p, curve = rare
    low, high = limits([curve], scale)
    edges, share = bars(curve, scale, low, high)
    np.testing.assert_allclose(share * len(p), np.histogram(p, edges)[0], atol=1e-8)
    inside = edges[(edges > low) & (edges < high) & (edges > 0) & (edges < 1)]
    widths = np.diff(SCALES[scale].forward(inside))
    np.testing.assert_allclose(widths, widths[0], rtol=1e-6)
    assert len(share) <= 60


@pytest.mark.parametrize("scale", ["logit", "log"])
@pytest.mark.parametrize(
    "ends", [(1e-6, 0.9999), (0.2, 0.4), (0.001, 0.6), (2e-6, 5e-5), (0.031, 0.0345), (0.9, 0.99)]
)
def test_ticks_are_few_and_their_text_is_true(scale: str, ends: tuple[float, float]) -> None:
    values = ticks(scale, *ends)
    assert 2 <= len(values) <= 10
    assert (np.diff(values) > 0).all()
    assert ((values >= ends[0]) & (values <= ends[1])).all()
    for value in values:
        text = tick_text(value)
        power = re.fullmatch(r"\$(?:([\d.]+)\\cdot )?10\^\{(-\d+)\}\$", text)
        said = float(power[1] or 1) * 10.0 ** int(power[2]) if power else float(text)
        assert said == pytest.approx(value, rel=0.05)


def test_degenerate_curves_have_axes() -> None:
    rng = np.random.default_rng(1)
    with pytest.warns(UserWarning, match="slope"):
        curves = [_curve(np.full(50, value), rng.random(50) < 0.5) for value in (0.0, 0.5, 1.0)]
    for scale in SCALES:
        for curve in curves:
            low, high = limits([curve], scale)
            assert low < high
            edges, share = bars(curve, scale, low, high)
            assert len(edges) == len(share) + 1
