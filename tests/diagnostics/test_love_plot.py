"""The love plot: what it draws, from what, and its messages."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib import pyplot as plt

from imbalance_kit import LovePlotDisplay, Margins, compute_balance


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture
def case():
    rng = np.random.default_rng(0)
    X = rng.normal([0.2, 0.6, 0.4], 1, (200, 3))
    return X, rng.normal(0, 1, (300, 3)), np.exp(-X.sum(axis=1) / 2)


def test_points_are_the_numbers_of_the_report_largest_first(case) -> None:
    X, T, w = case
    report = compute_balance(X, T, sample_weight=w)
    display = LovePlotDisplay.from_report(report)
    rows = sorted(report.rows, key=lambda row: -abs(row.difference_before))
    assert display.names == [row.name for row in rows]
    assert display.points_["before"].get_xdata().tolist() == display.before.tolist()
    after = [abs(row.difference_after) for row in rows]
    assert display.points_["after"].get_xdata().tolist() == display.after["after"].tolist() == after
    assert display.ax_.get_ylim()[0] > display.ax_.get_ylim()[1]  # the first on top
    assert any(line.get_xdata()[0] == 0.1 for line in display.ax_.lines)
    display.figure_.canvas.draw()


def test_several_weightings_and_few_rows(case) -> None:
    X, T, w = case
    reports = {str(p): compute_balance(X, T, sample_weight=w**p) for p in (0.5, 1.0)}
    display = LovePlotDisplay.from_report(reports, max_rows=2)
    assert set(display.points_) == {"before", "0.5", "1.0"}
    assert len(display.points_["0.5"].get_xdata()) == 2
    assert "2 of 3" in display.ax_.get_title()


def test_before_alone_and_margins_and_given_axes(case) -> None:
    X, _, _ = case
    _, ax = plt.subplots()
    report = compute_balance(X, Margins({"x0": 0.0, "x1": 0.0}, size=10))
    display = LovePlotDisplay.from_report(report, ax=ax)
    assert display.after == {}
    assert display.ax_ is ax
    assert ax.get_legend() is None


def test_infinite_differences_are_drawn_at_the_edge() -> None:
    X, T = np.array([[5.0, 1.0], [6.0, 2.0]]), np.array([[5.0, 1.0], [5.0, 3.0]])
    display = LovePlotDisplay.from_report(compute_balance(X, T))
    assert display.before[0] == math.inf
    assert np.isfinite(display.points_["before"].get_xdata()).all()
    display.figure_.canvas.draw()


def test_from_estimator_takes_the_weights_of_the_rows(case) -> None:
    X, T, w = case
    weighter = SimpleNamespace(weights=lambda rows, sample_weight=None: w)
    display = LovePlotDisplay.from_estimator({"mine": weighter}, X, T)
    expected = compute_balance(X, T, sample_weight=w)
    assert display.reports["mine"].to_dict() == expected.to_dict()


def test_messages(case) -> None:
    X, T, _ = case
    with pytest.raises(TypeError, match="must be a BalanceReport or a dict"):
        LovePlotDisplay([1.0])
    with pytest.raises(TypeError, match=r"`reports`\['a'\] must be a BalanceReport"):
        LovePlotDisplay({"a": 1.0})
    with pytest.raises(ValueError, match="is empty"):
        LovePlotDisplay({})
    with pytest.raises(ValueError, match="different rows"):
        LovePlotDisplay({"a": compute_balance(X, T), "b": compute_balance(X[:, :2], T[:, :2])})
