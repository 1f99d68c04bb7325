"""What a calibration report holds and how it is read; nothing here is computed from rows."""

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

from imbalance_kit._utils._optional import import_optional
from imbalance_kit._utils._plain_values import to_plain
from imbalance_kit._utils._shorten import shorten

_MAX_CLASSES_SHOWN = 20


@dataclass(frozen=True)
class CalibrationBin:
    """One bin of a reliability diagram: what was predicted in it and what happened.

    Read it to see where on the scale predictions fail. A single bin outside its interval means
    little: one in twenty is, at 95 %, where every prediction is right.

    Attributes
    ----------
    lower, upper : float in [0, 1]
        Smallest and largest prediction in the bin, both included.
    mean_predicted : float in [0, 1]
        Weighted mean of the predictions.
    observed_rate : float in [0, 1]
        Weighted share of the rows that are of the class.
    observed_low, observed_high : float in [0, 1]
        Wilson's interval of the observed rate at the report's `confidence`.
    weight : float
        Sum of the weights; the number of rows where there are none.
    count : int
        Number of rows.

    See Also
    --------
    ClassCalibration : Holds the bins of a class.

    Notes
    -----
    Wilson's interval is used with the effective number of rows W / ((1 - r) a + r b), where W is
    the weight in the bin, r its observed rate, and a and b are the typical weights of the rows of
    the class and of the others (their mean, weighted by themselves; one row of usual weight is
    added to each). This is the number of rows without weights, and stays sharp where one class was
    thinned out and is weighted up. Every row should be one independent observation.

    References
    ----------
    Wilson (1927), Probable inference, the law of succession, and statistical inference,
    doi:10.1080/01621459.1927.10502953.
    Franco, Little, Louis and Slud (2019), Comparative study of confidence intervals for
    proportions in complex sample surveys, doi:10.1093/jssam/smy019.

    Examples
    --------
    >>> from imbalance_kit.diagnostics import compute_calibration
    >>> report = compute_calibration([0, 0, 1, 0], [.1, .2, .4, .8], n_bins=2)
    >>> first, second = report.per_class[0].bins
    >>> first.count, round(second.mean_predicted, 3), second.observed_rate
    (2, 0.6, 0.5)
    """

    lower: float
    upper: float
    mean_predicted: float
    observed_rate: float
    observed_low: float
    observed_high: float
    weight: float
    count: int


@dataclass(frozen=True)
class ClassCalibration:
    """Calibration of the probability of one class against all others.

    The unit of a :class:`CalibrationReport`: binary reports hold one, of the positive class,
    multiclass reports hold one per class.

    Attributes
    ----------
    label : object
        The class, as a plain Python value.
    base_rate : float in [0, 1]
        Weighted share of the rows that are of the class.
    mean_prediction : float in [0, 1]
        Weighted mean of the predictions.
    brier_score : float in [0, 1]
        Weighted mean of ``(prediction - outcome)**2``.
    reliability, resolution, uncertainty, within_bin_variance, within_bin_covariance : float
        Parts of the Brier score: it is, up to rounding, reliability - resolution + uncertainty +
        within_bin_variance - within_bin_covariance.
    ece : float in [0, 1]
        Expected calibration error over the bins.
    ece_interval : tuple of (float, float)
        Interval at the report's `confidence` for the error in the population. Starts at 0 where
        perfect calibration is not rejected.
    ece_if_calibrated : float in [0, 1]
        Mean of `ece` were every prediction right: what noise alone makes at this number of rows.
    slope, slope_se : float
        Slope of the logistic recalibration, 1 where calibrated, below 1 where the predictions are
        too extreme; its standard error. NaN where it is not defined.
    intercept, intercept_se : float
        Intercept beside that slope, 0 where calibrated: the log odds at a prediction of 0.5, which
        is far outside the data where the class is rare; its standard error.
    calibration_in_the_large, calibration_in_the_large_se : float
        Intercept with the slope held at 1, in log odds: above 0 where predictions are too low; its
        standard error.
    bins : tuple of CalibrationBin
        Bins of about equal weight, ascending; fewer than asked for where there are many ties.
    histogram : tuple of float
        Share of the weight in each cell of a fixed, fine grid, for drawing the distribution of the
        predictions. Not part of `to_dict`.

    See Also
    --------
    compute_calibration : Computes it, and has the definitions.

    Notes
    -----
    Invariant: the bins are ascending, do not overlap, and hold all rows of positive weight.

    Examples
    --------
    >>> from imbalance_kit.diagnostics import compute_calibration
    >>> report = compute_calibration(["a", "b", "b", "a"], [.1, .6, .8, .7])
    >>> report.per_class[0].label, report.per_class[0].mean_prediction
    ('b', 0.55)
    """

    label: Any
    base_rate: float
    mean_prediction: float
    brier_score: float
    reliability: float
    resolution: float
    uncertainty: float
    within_bin_variance: float
    within_bin_covariance: float
    ece: float
    ece_interval: tuple[float, float]
    ece_if_calibrated: float
    slope: float
    slope_se: float
    intercept: float
    intercept_se: float
    calibration_in_the_large: float
    calibration_in_the_large_se: float
    bins: tuple[CalibrationBin, ...] = dataclasses.field(repr=False)
    histogram: tuple[float, ...] = dataclasses.field(repr=False)


@dataclass(frozen=True, repr=False)
class CalibrationReport:
    """Whether predicted probabilities can be taken at their word.

    Made by :func:`compute_calibration`. The attributes without a class are those of the positive
    class in a binary report, and plain means over the classes in a multiclass one; `per_class` has
    everything.

    Attributes
    ----------
    classes : tuple
        Labels in the order of the columns of the probabilities; binary: (negative, positive).
    n_samples : int
        Number of rows with positive weight.
    weight_total : float
        Sum of the weights; `n_samples` where there are none.
    n_bins : int
        Number of bins asked for.
    confidence : float in (0, 1)
        Level of all intervals.
    n_clipped : int
        Number of rows with a probability of exactly 0 or 1, which the log loss and the slope
        replace by 2.2e-16 and its complement.
    log_loss : float
        Mean of -log(probability of the true class), natural logarithm.
    brier_score : float
        In [0, 1], binary; in [0, 2], multiclass: the sum over the classes.
    per_class : tuple of ClassCalibration
        The positive class (binary) or every class, in the order of `classes`.
    base_rate, mean_prediction, reliability, resolution, uncertainty : float
        See :class:`ClassCalibration`.
    ece, ece_if_calibrated, slope, intercept, calibration_in_the_large : float
        See :class:`ClassCalibration`. NaN where one of the classes has no value.
    ece_interval : tuple of (float, float)
        See :class:`ClassCalibration`; (nan, nan) in a multiclass report.
    slope_se, intercept_se, calibration_in_the_large_se : float
        See :class:`ClassCalibration`; NaN in a multiclass report: the estimates of the classes
        depend on each other, so that a mean of them has no error that follows from theirs.

    See Also
    --------
    compute_calibration : Computes it, and has the definitions.
    CalibrationComparisonDisplay : Draws the reports of several models.

    Notes
    -----
    Invariant: a value object; equal data give equal reports, as long as nothing in them is NaN.

    Examples
    --------
    >>> from imbalance_kit.diagnostics import compute_calibration
    >>> report = compute_calibration([0, 0, 1, 0], [.1, .2, .4, .8])
    >>> report.base_rate, round(report.log_loss, 3)
    (0.25, 0.714)
    >>> report.to_dict()["per_class"][0]["bins"][0]["count"]
    1
    """

    classes: tuple[Any, ...]
    n_samples: int
    weight_total: float
    n_bins: int
    confidence: float
    n_clipped: int
    log_loss: float
    brier_score: float
    per_class: tuple[ClassCalibration, ...]

    def _mean(self, name: str) -> float:
        return math.fsum(getattr(c, name) for c in self.per_class) / len(self.per_class)

    def _of_one_class(self, name: str) -> float:
        return float(getattr(self.per_class[0], name)) if len(self.per_class) == 1 else math.nan

    @property
    def base_rate(self) -> float:
        """Share of the positive class, or the mean over the classes."""
        return self._mean("base_rate")

    @property
    def mean_prediction(self) -> float:
        """Mean prediction of the positive class, or the mean over the classes."""
        return self._mean("mean_prediction")

    @property
    def reliability(self) -> float:
        """Part of the Brier score that recalibration could remove."""
        return self._mean("reliability")

    @property
    def resolution(self) -> float:
        """Part of the Brier score that telling the bins apart earns."""
        return self._mean("resolution")

    @property
    def uncertainty(self) -> float:
        """Brier score of always predicting the base rate."""
        return self._mean("uncertainty")

    @property
    def ece(self) -> float:
        """Expected calibration error."""
        return self._mean("ece")

    @property
    def ece_interval(self) -> tuple[float, float]:
        """Interval of the expected calibration error; (nan, nan) in a multiclass report."""
        return self.per_class[0].ece_interval if len(self.per_class) == 1 else (math.nan, math.nan)

    @property
    def ece_if_calibrated(self) -> float:
        """Expected calibration error that noise alone would make."""
        return self._mean("ece_if_calibrated")

    @property
    def slope(self) -> float:
        """Slope of the logistic recalibration."""
        return self._mean("slope")

    @property
    def slope_se(self) -> float:
        """Standard error of `slope`; NaN in a multiclass report."""
        return self._of_one_class("slope_se")

    @property
    def intercept(self) -> float:
        """Intercept of the logistic recalibration."""
        return self._mean("intercept")

    @property
    def intercept_se(self) -> float:
        """Standard error of `intercept`; NaN in a multiclass report."""
        return self._of_one_class("intercept_se")

    @property
    def calibration_in_the_large(self) -> float:
        """Intercept of the logistic recalibration with the slope held at 1."""
        return self._mean("calibration_in_the_large")

    @property
    def calibration_in_the_large_se(self) -> float:
        """Standard error of `calibration_in_the_large`; NaN in a multiclass report."""
        return self._of_one_class("calibration_in_the_large_se")

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain Python values, ready for JSON.

        Returns
        -------
        report : dict
            The fields of this class; `per_class` is a list of dicts with the fields of
            :class:`ClassCalibration` except `histogram`; in them `bins` is a list of dicts with the
            fields of :class:`CalibrationBin`. NaN and infinity are None, as JSON has neither.
        """
        report = dataclasses.asdict(self)
        for entry in report["per_class"]:
            del entry["histogram"]
        plain: dict[str, Any] = to_plain(report)
        return plain

    def to_frame(self) -> Any:
        """Return the bins of all classes as a table, one row per bin.

        Returns
        -------
        frame : pandas.DataFrame
            Columns: class, bin (from 0), lower, upper, mean_predicted, observed_rate, observed_low,
            observed_high, weight, count; see :class:`CalibrationBin`.

        Raises
        ------
        ImportError
            If pandas is not installed (extra "frame").
        """
        pandas = import_optional("pandas", extra="frame", purpose="CalibrationReport.to_frame")
        return pandas.DataFrame(
            [
                {"class": entry.label, "bin": number, **dataclasses.asdict(one)}
                for entry in self.per_class
                for number, one in enumerate(entry.bins)
            ]
        )

    def __repr__(self) -> str:
        body = self._lines_binary() if len(self.per_class) == 1 else self._lines_multiclass()
        if self.n_clipped:
            body.append(f"  {self.n_clipped:,} rows have a probability of exactly 0 or 1 (clipped)")
        return "\n".join(line.rstrip() for line in body)

    def _lines_binary(self) -> list[str]:
        one = self.per_class[0]
        within = one.within_bin_variance - one.within_bin_covariance
        low, high = (_number(end).strip() for end in one.ece_interval)
        return [
            f"CalibrationReport: {self._size()}, positive class {shorten(repr(one.label), 20)}",
            f"  base rate     {_number(one.base_rate)}  mean prediction "
            f"{_number(one.mean_prediction)}",
            f"  log loss      {_number(self.log_loss)}",
            f"  Brier score   {_number(self.brier_score)}= reliability "
            f"{_number(one.reliability)} - resolution {_number(one.resolution)}",
            f"{'':25}+ uncertainty {_number(one.uncertainty)} + within bins {_number(within)}",
            f"  ECE           {_number(one.ece)}  {self.confidence:.4g} interval {low} to {high}",
            f"{'':27}were it calibrated, noise would show {_number(one.ece_if_calibrated)}",
            f"  slope         {_estimate(one.slope, one.slope_se)}"
            f"  intercept {_estimate(one.intercept, one.intercept_se)}",
            "  in the large  "
            f"{_estimate(one.calibration_in_the_large, one.calibration_in_the_large_se)}"
            "  log odds to add on average",
        ]

    def _lines_multiclass(self) -> list[str]:
        lines = [
            f"CalibrationReport: {self._size()}, {len(self.classes)} classes",
            f"  log loss      {_number(self.log_loss)}",
            f"  Brier score   {_number(self.brier_score)}   (sum over the classes, 0 to 2)",
            "  class      base rate  predicted        ECE  calibrated     slope  in the large",
        ]
        shown = self.per_class[:_MAX_CLASSES_SHOWN]
        lines += [_class_line(shorten(repr(entry.label), 9), entry) for entry in shown]
        if len(shown) < len(self.per_class):
            lines.append(f"  ... {len(self.per_class) - len(shown)} more")
        return [*lines, _class_line("(mean)", self)]

    def _size(self) -> str:
        weight = ""
        if self.weight_total != self.n_samples:
            weight = f" of weight {self.weight_total:.6g}"
        return f"{self.n_samples:,} rows{weight}"


def _number(value: float) -> str:
    """Four significant figures in nine characters."""
    return f"{value:<9.1e}" if 0.0 < abs(value) < 1e-4 else f"{value:<9.4g}"


def _class_line(name: str, entry: ClassCalibration | CalibrationReport) -> str:
    return (
        f"  {name:<9}{_number(entry.base_rate).strip():>11}"
        f"{_number(entry.mean_prediction).strip():>11}{_number(entry.ece).strip():>11}"
        f"{_number(entry.ece_if_calibrated).strip():>12}{entry.slope:>10.3f}"
        f"{entry.calibration_in_the_large:>+14.3f}"
    )


def _estimate(value: float, error: float) -> str:
    return "not defined" if math.isnan(value) else f"{value:.3f} (SE {error:.3f})"
