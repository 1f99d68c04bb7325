"""The comparison display: what it draws, from what, and its messages."""

import subprocess
import sys

import numpy as np
import pytest
from matplotlib import pyplot as plt
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from imbalance_kit.diagnostics import CalibrationComparisonDisplay, compute_calibration

SCALES = ["linear", "logit", "log"]


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture
def rare():
    rng = np.random.default_rng(0)
    p = rng.beta(1, 30, 2000)
    return rng.random(2000) < p, {"honest": p, "over-sampled": 30 * p / (1 + 29 * p)}


@pytest.mark.parametrize("scale", SCALES)
def test_curves_are_the_numbers_of_the_reports(rare, scale: str) -> None:
    y, predictions = rare
    display = CalibrationComparisonDisplay.from_predictions(y, predictions, scale=scale)
    assert len(display.lines_) == len(display.intervals_) == 2
    for line, (name, proba) in zip(display.lines_, predictions.items(), strict=True):
        bins = compute_calibration(y, proba).per_class[0].bins
        assert line.get_xdata().tolist() == [b.mean_predicted for b in bins]
        assert line.get_ydata().tolist() == [b.observed_rate for b in bins]
        assert line.get_label().startswith(f"{name}: ECE ")
    assert display.ax_.get_xscale() == display.ax_histogram_.get_xscale() == scale
    assert display.ax_.get_xlim() == display.ax_.get_ylim() == display.ax_histogram_.get_xlim()
    assert display.ax_.get_legend() is not None
    assert display.figure_ is display.ax_.figure
    display.figure_.canvas.draw()


def test_intervals_are_those_of_the_bins(rare) -> None:
    y, predictions = rare
    display = CalibrationComparisonDisplay.from_predictions(y, predictions)
    bins = display.curves["honest"].bins
    ends = np.array([path.vertices[:, 1] for path in display.intervals_[0].get_paths()])
    np.testing.assert_allclose(ends[:, 0], [b.observed_low for b in bins])
    np.testing.assert_allclose(ends[:, 1], [b.observed_high for b in bins])


@pytest.mark.parametrize("scale", ["logit", "log"])
def test_a_rate_of_zero_is_marked_at_the_edge(scale: str) -> None:
    p = np.linspace(0.001, 0.05, 100)
    y = np.zeros(100, dtype=int)
    y[[55, 97]] = 1
    display = CalibrationComparisonDisplay.from_predictions(y, {"m": p}, n_bins=5, scale=scale)
    low = display.ax_.get_ylim()[0]
    marks = [line for line in display.ax_.lines if line.get_marker() == "v"]
    assert len(marks) == 1
    assert (np.asarray(marks[0].get_ydata()) == low).all()
    assert len(marks[0].get_xdata()) == sum(b.observed_rate == 0 for b in display.curves["m"].bins)


def test_from_estimator_takes_the_order_of_the_classes() -> None:
    rng = np.random.default_rng(1)
    X = rng.normal(size=(600, 2))
    y = np.where(rng.random(600) < 1 / (1 + np.exp(2 - X[:, 0])), "yes", "no")
    models = {"weak": LogisticRegression(C=1e-3).fit(X, y), "free": LogisticRegression().fit(X, y)}
    display = CalibrationComparisonDisplay.from_estimator(models, X, y, n_bins=4)
    for name, model in models.items():
        expected = compute_calibration(y, model.predict_proba(X)[:, 1], n_bins=4)
        assert display.reports[name].per_class == expected.per_class
    assert "class yes" in display.ax_histogram_.get_xlabel()


def test_multiclass_draws_the_class_asked_for() -> None:
    rng = np.random.default_rng(2)
    proba = rng.dirichlet([1, 2, 3], 600)
    y = (proba.cumsum(axis=1) > rng.random((600, 1))).argmax(axis=1)
    report = compute_calibration(y, proba)
    display = CalibrationComparisonDisplay.from_report({"m": report}, label=2, scale="logit")
    assert display.curves["m"] is report.per_class[2]
    with pytest.raises(ValueError, match=r"has 3 classes: one must be chosen. Hint: give `label`"):
        CalibrationComparisonDisplay.from_report({"m": report})
    with pytest.raises(ValueError, match=r"no class 7, only \[0, 1, 2\]"):
        CalibrationComparisonDisplay.from_report({"m": report}, label=7)


def test_the_first_of_two_classes_can_be_drawn_as_the_message_says(rare) -> None:
    y, predictions = rare
    names, p_a = np.where(y, "a", "b"), predictions["honest"]  # the rare class sorts first
    both = {"m": np.column_stack([p_a, 1 - p_a])}
    with pytest.raises(ValueError, match=r"no class 'a'.*Hint: .*the order \[other, 'a'\]"):
        CalibrationComparisonDisplay.from_predictions(names, both, label="a")
    display = CalibrationComparisonDisplay.from_predictions(
        names, {"m": p_a}, classes=["b", "a"], label="a"
    )
    assert display.curves["m"].base_rate == y.mean()


def test_numbers_first_and_drawing_on_axes_of_the_caller(rare) -> None:
    y, predictions = rare
    reports = {name: compute_calibration(y, p) for name, p in predictions.items()}
    display = CalibrationComparisonDisplay(reports)
    assert not hasattr(display, "figure_")
    figure, axes = plt.subplots(2, 2)
    assert display.plot(axes[0, 0], scale="log") is display
    assert display.ax_ is axes[0, 0]
    assert display.ax_histogram_.figure is figure
    display.plot((axes[0, 1], axes[1, 1]))
    assert display.ax_histogram_ is axes[1, 1]
    assert len(display.lines_) == 2
    assert plt.get_fignums() == [figure.number]
    figure.canvas.draw()
    with pytest.raises(ValueError, match="one Axes or a pair of them, got 3"):
        display.plot((1, 2, 3))


def test_weights_are_named(rare) -> None:
    y, predictions = rare
    display = CalibrationComparisonDisplay.from_predictions(
        y, predictions, sample_weight=np.full(len(y), 3.0)
    )
    assert display.ax_histogram_.get_ylabel() == "Weight"


def test_bad_input(rare) -> None:
    y, predictions = rare
    with pytest.raises(ValueError, match="`scale` must be 'linear', 'logit' or 'log', got 'cube'"):
        CalibrationComparisonDisplay.from_predictions(y, predictions, scale="cube")
    with pytest.raises(TypeError, match=r"`predictions` must be a dict.*Hint"):
        CalibrationComparisonDisplay.from_predictions(y, predictions["honest"])
    with pytest.raises(ValueError, match="`reports` is empty"):
        CalibrationComparisonDisplay.from_report({})
    with pytest.raises(TypeError, match=r"must be a CalibrationReport.*Hint: use `from_pred"):
        CalibrationComparisonDisplay.from_report(predictions)
    svm = LinearSVC().fit(predictions["honest"][:, None], y)
    with pytest.raises(TypeError, match=r"'svm'.*has no `predict_proba`. Hint"):
        CalibrationComparisonDisplay.from_estimator({"svm": svm}, [[0.0]], [0])


def test_matplotlib_is_imported_late_and_named_where_missing() -> None:
    code = """
import sys
from imbalance_kit.diagnostics import CalibrationComparisonDisplay, compute_calibration
assert "matplotlib" not in sys.modules
report = compute_calibration([0, 0, 1, 0], [.1, .2, .4, .8])
display = CalibrationComparisonDisplay({"m": report})
sys.modules["matplotlib"] = None
try:
    display.plot()
except ImportError as error:
    assert "imbalance-kit[plot]" in str(error), error
else:
    raise AssertionError("no error")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_low_panel_has_no_numbers_between_powers_of_ten() -> None:
    p = np.linspace(0.1, 0.9, 1_000)
    figure, ax = plt.subplots(figsize=(5, 3))
    display = CalibrationComparisonDisplay.from_predictions(np.arange(1_000) % 2, {"m": p}, ax=ax)
    figure.canvas.draw()
    axis = display.ax_histogram_.yaxis
    assert len(axis.get_minorticklocs()) > 0
    assert not any(label.get_text() for label in axis.get_minorticklabels())
