"""The histogram of weights: what it draws, from what."""

from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib import pyplot as plt

from imbalance_kit import WeightDisplay, compute_weight_summary


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def test_bars_are_the_histogram_of_the_summary() -> None:
    w = np.random.default_rng(0).lognormal(size=1000)
    summary = compute_weight_summary(w)
    display = WeightDisplay.from_report(summary)
    values, edges, _ = display.bars_["weights"].get_data()
    assert tuple(values) == summary.counts
    assert tuple(edges) == summary.edges
    (text,) = [t.get_text() for t in display.ax_.get_legend().get_texts()]
    assert f"ESS {summary.effective_sample_size:,.0f} of 1,000" in text
    assert "Pareto k" in text
    assert display.ax_.get_yscale() == "log"
    display.figure_.canvas.draw()


def test_several_weightings_in_given_axes() -> None:
    _, ax = plt.subplots()
    display = WeightDisplay.from_weights({"a": [1, 2, 3], "b": np.ones(5)}, ax=ax)
    assert list(display.bars_) == ["a", "b"]
    assert display.ax_ is ax
    assert ax.get_yscale() == "linear"
    texts = [t.get_text() for t in ax.get_legend().get_texts()]
    assert [text[:2] for text in texts] == ["a:", "b:"]


def test_several_weightings_are_drawn_to_one_scale() -> None:
    narrow = np.random.default_rng(0).uniform(0.5, 1.5, 10_000)
    wide = np.append(narrow, 30.0)  # the same rows, but for one that makes its cells wide
    display = WeightDisplay.from_weights({"narrow": narrow, "wide": wide})
    areas = []
    for bars in display.bars_.values():
        rows, edges, _ = bars.get_data()
        areas.append((rows * np.diff(edges)).sum())
    assert areas[1] / areas[0] == pytest.approx(10_001 / 10_000)
    assert display.bars_["narrow"].get_data()[0].sum() == pytest.approx(10_000)
    low = display.ax_.get_ylim()[0]
    assert 0 < low < display.bars_["wide"].get_data()[0][-1]
    assert display.ax_.get_ylabel().startswith("Rows per 0.0")


def test_from_estimator_draws_the_fitted_weights() -> None:
    weighter = SimpleNamespace(weights_=np.array([1.0, 3.0]))
    display = WeightDisplay.from_estimator(weighter)
    assert display.summaries["weights"].design_effect == pytest.approx(1.25)


def test_messages() -> None:
    with pytest.raises(TypeError, match="must be a WeightSummary or a dict"):
        WeightDisplay([1.0, 2.0])
