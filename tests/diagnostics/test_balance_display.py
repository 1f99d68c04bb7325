"""The display of distributions: what it draws, from what."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from imbalance_kit import BalanceDisplay, Margins


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture
def case():
    rng = np.random.default_rng(0)

    def make(n, shift):
        return pd.DataFrame({"x": rng.normal(shift, 1, n), "c": rng.choice(list("abc"), n)})

    X = make(200, 0.5)
    return X, make(300, 0), np.exp(-X["x"].to_numpy())


@pytest.mark.parametrize("kind", ["density", "ecdf"])
def test_one_panel_per_covariate(case, kind: str) -> None:
    X, T, w = case
    display = BalanceDisplay.from_weights(X, T, sample_weight=w, kind=kind)
    assert [ax.get_title() for ax in display.axes_] == ["x", "c"]
    bars = display.axes_[1].containers
    assert [bar.get_label() for bar in bars] == ["population", "before", "after"]
    heights = [patch.get_height() for patch in bars[2].patches]
    assert heights == display.distributions[1].after.tolist()
    display.figure_.canvas.draw()


def test_no_after_and_given_axes(case) -> None:
    X, T, _ = case
    _, axes = plt.subplots(1, 2)
    display = BalanceDisplay.from_weights(X, T, axes=axes)
    assert display.axes_ == axes.tolist()
    assert len(display.axes_[1].containers) == 2


def test_from_estimator_and_many_levels(case) -> None:
    X, T, w = case
    weighter = SimpleNamespace(weights=lambda rows, sample_weight=None: w)
    display = BalanceDisplay.from_estimator(weighter, X, T, columns=["x"])
    np.testing.assert_allclose(display.distributions[0].after[-1], 1, atol=0.02)
    many = pd.DataFrame({"c": [f"a long level {k}" for k in range(40)]})
    shown = BalanceDisplay.from_weights(many, many).axes_[0]
    assert len(shown.get_xticks()) == 12
    wide = pd.DataFrame(np.random.default_rng(1).normal(size=(20, 15)))
    assert len(BalanceDisplay.from_weights(wide, wide).axes_) == 12


def test_messages(case) -> None:
    X, T, _ = case
    with pytest.raises(ValueError, match="'density' or 'ecdf'"):
        BalanceDisplay.from_weights(X, T, kind="bars")
    with pytest.raises(ValueError, match="no distribution to draw"):
        BalanceDisplay.from_weights(X, Margins({"x": 1.0}, size=2))
