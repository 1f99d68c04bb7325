"""Reliability diagrams of several models on one axis, and what they predict how often below it."""

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._optional import import_optional
from imbalance_kit.diagnostics._calibration import compute_calibration
from imbalance_kit.diagnostics._calibration_axes import (
    SCALES,
    bars,
    limits,
    points,
    tick_text,
    ticks,
)
from imbalance_kit.diagnostics._calibration_report import CalibrationReport, ClassCalibration

_Floats = NDArray[np.float64]
_MARKERS = "os^DvPX*"
_PURPOSE = "Drawing a reliability diagram"


class CalibrationComparisonDisplay:
    """Reliability diagrams of several models on one axis, with the histogram of the predictions.

    Use it to see where on the scale a model can be taken at its word. With a rare class take
    ``scale="logit"`` (or "log"): on the linear scale everything crowds into the lower left corner.
    Do not judge how well a model tells the classes apart by it.

    Make one with `from_report`, `from_predictions` or `from_estimator`, which draw at once, as the
    displays of scikit-learn do; the constructor only keeps the numbers.

    Parameters
    ----------
    reports : dict of {str: CalibrationReport}
        What to draw, by name of the model.
    label : object, default=None
        Class whose probability is drawn. None: the positive class; in multiclass reports the class
        must be named.

    Attributes
    ----------
    reports : dict of {str: CalibrationReport}
        As given.
    curves : dict of {str: ClassCalibration}
        The numbers that are drawn.
    figure_ : matplotlib Figure
        After `plot`: the figure.
    ax_, ax_histogram_ : matplotlib Axes
        After `plot`: the axes of the diagram and of the histogram.
    lines_ : list of matplotlib Line2D
        After `plot`: one curve per model, in the order of `reports`.
    intervals_ : list of matplotlib LineCollection
        After `plot`: the intervals of the observed rates, likewise.

    See Also
    --------
    compute_calibration : Computes the reports.
    sklearn.calibration.CalibrationDisplay : One model at a time, without intervals.

    Notes
    -----
    Each point is a bin of about equal weight: its mean prediction and its observed rate, with
    Wilson's interval. On the diagonal predictions come true. Where an observed rate cannot be shown
    on the scale (0 or 1) or lies outside, an open triangle at the edge stands for it. The axes
    leave out at most .5 % of a model's predictions at either end.

    References
    ----------
    Bröcker and Smith (2007), Increasing the reliability of reliability diagrams,
    doi:10.1175/WAF993.1.

    Examples
    --------
    >>> import numpy as np
    >>> from imbalance_kit.diagnostics import CalibrationComparisonDisplay
    >>> rng = np.random.default_rng(0)
    >>> p = rng.beta(1, 30, 5_000)
    >>> y = rng.random(5_000) < p
    >>> display = CalibrationComparisonDisplay.from_predictions(
    ...     y, {"honest": p, "over-sampled": 30 * p / (1 + 29 * p)}, scale="logit"
    ... )
    >>> [line.get_label() for line in display.lines_]
    ['honest: ECE 0.0067, slope 0.99', 'over-sampled: ECE 0.37, slope 0.99']
    """

    def __init__(self, reports: Mapping[str, CalibrationReport], *, label: Any = None) -> None:
        _check_named(reports, "reports", "CalibrationReport")
        self.reports = dict(reports)
        self.curves = {name: _curve(name, report, label) for name, report in reports.items()}

    @classmethod
    def from_report(
        cls,
        reports: Mapping[str, CalibrationReport],
        *,
        label: Any = None,
        ax: Any = None,
        scale: str = "linear",
    ) -> Self:
        """Draw reports that are already computed.

        Parameters
        ----------
        reports : dict of {str: CalibrationReport}
            By name of the model.
        label : object, default=None
            Class whose probability is drawn. None: the positive class.
        ax : matplotlib Axes or pair of Axes, default=None
            See `plot`.
        scale : {"linear", "logit", "log"}, default="linear"
            See `plot`.

        Returns
        -------
        display : CalibrationComparisonDisplay
            The drawn display.
        """
        return cls(reports, label=label).plot(ax, scale=scale)

    @classmethod
    def from_predictions(
        cls,
        y_true: Any,
        predictions: Mapping[str, Any],
        *,
        sample_weight: Any = None,
        classes: Any = None,
        n_bins: int = 10,
        confidence: float = 0.95,
        label: Any = None,
        ax: Any = None,
        scale: str = "linear",
    ) -> Self:
        """Compute and draw the calibration of predicted probabilities.

        Parameters
        ----------
        y_true : array-like of shape (n_samples,)
            Class labels.
        predictions : dict of {str: array-like}
            Probabilities by name of the model, each of shape (n_samples,), (n_samples, 2) or
            (n_samples, n_classes).
        sample_weight : array-like of shape (n_samples,), default=None
            See :func:`compute_calibration`, also for the next three.
        classes : array-like of shape (n_classes,), default=None
            Labels in the order of the columns.
        n_bins : int, default=10
            Number of bins of about equal weight.
        confidence : float in (0, 1), default=0.95
            Level of the intervals.
        label : object, default=None
            Class whose probability is drawn. None: the positive class.
        ax : matplotlib Axes or pair of Axes, default=None
            See `plot`.
        scale : {"linear", "logit", "log"}, default="linear"
            See `plot`.

        Returns
        -------
        display : CalibrationComparisonDisplay
            The drawn display.
        """
        _check_named(predictions, "predictions", "array of probabilities")
        reports = {
            name: compute_calibration(
                y_true,
                proba,
                sample_weight=sample_weight,
                classes=classes,
                n_bins=n_bins,
                confidence=confidence,
            )
            for name, proba in predictions.items()
        }
        return cls.from_report(reports, label=label, ax=ax, scale=scale)

    @classmethod
    def from_estimator(
        cls,
        estimators: Mapping[str, Any],
        X: Any,
        y: Any,
        *,
        sample_weight: Any = None,
        n_bins: int = 10,
        confidence: float = 0.95,
        label: Any = None,
        ax: Any = None,
        scale: str = "linear",
    ) -> Self:
        """Predict with fitted classifiers, and compute and draw their calibration.

        Parameters
        ----------
        estimators : dict of {str: estimator}
            Fitted classifiers with `predict_proba`, by name.
        X : array-like or DataFrame of shape (n_samples, n_features)
            Rows that no estimator was trained on.
        y : array-like of shape (n_samples,)
            Their class labels.
        sample_weight : array-like of shape (n_samples,), default=None
            See :func:`compute_calibration`, also for the next two.
        n_bins : int, default=10
            Number of bins of about equal weight.
        confidence : float in (0, 1), default=0.95
            Level of the intervals.
        label : object, default=None
            Class whose probability is drawn. None: the positive class.
        ax : matplotlib Axes or pair of Axes, default=None
            See `plot`.
        scale : {"linear", "logit", "log"}, default="linear"
            See `plot`.

        Returns
        -------
        display : CalibrationComparisonDisplay
            The drawn display.
        """
        _check_named(estimators, "estimators", "fitted classifier")
        reports = {}
        for name, estimator in estimators.items():
            if not hasattr(estimator, "predict_proba"):
                raise TypeError(
                    f"The estimator {name!r}, {estimator!r}, has no `predict_proba`. Hint: wrap it "
                    "in CalibratedClassifierCV of scikit-learn."
                )
            reports[name] = compute_calibration(
                y,
                estimator.predict_proba(X),
                sample_weight=sample_weight,
                classes=estimator.classes_,
                n_bins=n_bins,
                confidence=confidence,
            )
        return cls.from_report(reports, label=label, ax=ax, scale=scale)

    def plot(self, ax: Any = None, *, scale: str = "linear") -> Self:
        """Draw the diagram and the histogram.

        Parameters
        ----------
        ax : matplotlib Axes or pair of Axes, default=None
            A pair is used for diagram and histogram; of one Axes the lower part is taken for the
            histogram. None: a new figure.
        scale : {"linear", "logit", "log"}, default="linear"
            Scale of predictions and rates: probability, log odds or logarithm. The bars of the
            histogram are of equal width on it.

        Returns
        -------
        self : CalibrationComparisonDisplay
            With `figure_`, `ax_`, `ax_histogram_`, `lines_` and `intervals_`.

        Raises
        ------
        ImportError
            If matplotlib is not installed (extra "plot").
        """
        if scale not in SCALES:
            raise ValueError(
                f"`scale` must be 'linear', 'logit' or 'log', got {scale!r}. Hint: 'logit' shows "
                "rare and common events alike."
            )
        self.ax_, self.ax_histogram_ = _make_axes(ax)
        self.figure_ = self.ax_.figure
        low, high = limits(list(self.curves.values()), scale)
        self._set_axes(scale, low, high)
        self.ax_.plot([low, high], [low, high], linestyle="--", color="0.5", linewidth=1, zorder=1)
        self.lines_: list[Any] = []
        self.intervals_: list[Any] = []
        for number, (name, curve) in enumerate(self.curves.items()):
            color, marker = f"C{number % 10}", _MARKERS[number % len(_MARKERS)]
            self._draw_curve(name, curve, low, high, color=color, marker=marker)
            self._draw_histogram(self.reports[name], curve, scale, low, high, color=color)
        self.ax_.legend(loc="upper left", fontsize="small", frameon=False)
        return self

    def _draw_curve(
        self, name: str, curve: ClassCalibration, low: float, high: float, **style: Any
    ) -> None:
        x, rate, rate_low, rate_high = points(curve)
        shown = np.clip(x, low, high)
        self.intervals_.append(
            self.ax_.vlines(
                shown,
                np.clip(rate_low, low, high),
                np.clip(rate_high, low, high),
                color=style["color"],
                alpha=0.45,
                linewidth=2.5,
            )
        )
        (line,) = self.ax_.plot(
            x, rate, label=_legend_label(name, curve), linewidth=1, markersize=5, **style
        )
        self.lines_.append(line)
        for outside, edge, marker in ((rate < low, low, "v"), (rate > high, high, "^")):
            if outside.any():
                (edge_line,) = self.ax_.plot(
                    shown[outside],
                    np.full(np.count_nonzero(outside), edge),
                    linestyle="none",
                    marker=marker,
                    markersize=7,
                    markerfacecolor="white",
                    color=style["color"],
                    clip_on=False,
                    zorder=3,
                )
                edge_line.set_in_layout(False)

    def _draw_histogram(
        self,
        report: CalibrationReport,
        curve: ClassCalibration,
        scale: str,
        low: float,
        high: float,
        *,
        color: str,
    ) -> None:
        edges, share = bars(curve, scale, low, high)
        weight = share * report.weight_total
        inside = np.clip(edges, low, high)
        self.ax_histogram_.stairs(weight, inside, color=color, linewidth=1.2)
        self.ax_histogram_.stairs(weight, inside, color=color, alpha=0.12, fill=True)

    def _set_axes(self, scale: str, low: float, high: float) -> None:
        label, first = _same_label(self.curves), next(iter(self.reports.values()))
        ticker = import_optional("matplotlib.ticker", extra="plot", purpose=_PURPOSE)
        self.ax_.set(xscale=scale, yscale=scale, xlim=(low, high), ylim=(low, high))
        self.ax_histogram_.set(xscale=scale, yscale="log", xlim=(low, high))
        # In so low a panel the numbers between two powers of ten lie on top of each other.
        self.ax_histogram_.yaxis.set_minor_formatter(ticker.NullFormatter())
        if scale != "linear":
            for axis in (self.ax_.xaxis, self.ax_.yaxis, self.ax_histogram_.xaxis):
                axis.set_major_locator(ticker.FixedLocator(ticks(scale, low, high)))
                axis.set_major_formatter(ticker.FuncFormatter(lambda value, _: tick_text(value)))
                axis.set_minor_locator(ticker.NullLocator())
        self.ax_.tick_params(labelbottom=False)
        for axes in (self.ax_, self.ax_histogram_):
            axes.grid(alpha=0.25, linewidth=0.6)
            axes.set_axisbelow(True)
        self.ax_.set_ylabel(f"Observed rate of {label} ({100 * first.confidence:g} % interval)")
        self.ax_histogram_.set_xlabel(f"Predicted probability of {label}")
        weighted = any(r.weight_total != r.n_samples for r in self.reports.values())
        self.ax_histogram_.set_ylabel("Weight" if weighted else "Rows")


# What to draw -------------------------------------------------------------------------------------


def _legend_label(name: str, curve: ClassCalibration) -> str:
    slope = "" if np.isnan(curve.slope) else f", slope {curve.slope:.2f}"
    return f"{name}: ECE {curve.ece:.2g}{slope}"


def _same_label(curves: Mapping[str, ClassCalibration]) -> str:
    labels = {repr(curve.label): curve.label for curve in curves.values()}
    return f"class {next(iter(labels.values()))}" if len(labels) == 1 else "the class"


def _curve(name: str, report: CalibrationReport, label: Any) -> ClassCalibration:
    """Return the calibration of the class to draw."""
    if not isinstance(report, CalibrationReport):
        raise TypeError(
            f"The report {name!r} must be a CalibrationReport, got {type(report)!r}. Hint: use "
            "`from_predictions` for probabilities and `from_estimator` for models."
        )
    known = [entry.label for entry in report.per_class]
    if label is None:
        if len(known) > 1:
            raise ValueError(
                f"The report {name!r} has {len(known)} classes: one must be chosen. Hint: give "
                f"`label`, one of {known[:5]!r}."
            )
        return report.per_class[0]
    if label not in known:
        hint = (
            " Hint: of two classes a report is about the second; give its probabilities as one "
            f"column, and `classes` in the order [other, {label!r}]."
            if len(known) == 1
            else ""
        )
        raise ValueError(f"The report {name!r} has no class {label!r}, only {known[:5]!r}.{hint}")
    return report.per_class[known.index(label)]


def _check_named(values: Any, name: str, kind: str) -> None:
    if not isinstance(values, Mapping):
        raise TypeError(
            f"`{name}` must be a dict {{name: {kind}}}, got {type(values)!r}. Hint: give even a "
            "single one a name."
        )
    if not values:
        raise ValueError(f"`{name}` is empty: give at least one {kind}.")


# Axes ---------------------------------------------------------------------------------------------


def _make_axes(ax: Any) -> tuple[Any, Any]:
    """Return the axes of the diagram and of the histogram below it."""
    pyplot = import_optional("matplotlib.pyplot", extra="plot", purpose=_PURPOSE)
    if ax is None:
        figure = pyplot.figure(figsize=(6.4, 7.4), layout="constrained")
        axes = figure.subplots(2, 1, height_ratios=(4, 1))
        return axes[0], axes[1]
    if isinstance(ax, (tuple, list, np.ndarray)):
        if len(ax) != 2:
            raise ValueError(f"`ax` must be one Axes or a pair of them, got {len(ax)}.")
        return ax[0], ax[1]
    toolkit = import_optional("mpl_toolkits.axes_grid1", extra="plot", purpose=_PURPOSE)
    return ax, toolkit.make_axes_locatable(ax).append_axes("bottom", size="25%", pad=0.1)
