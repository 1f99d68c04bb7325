"""Compute a calibration report from labels and probabilities: check, sum up, estimate."""

import math
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.metrics import brier_score_loss, log_loss

from imbalance_kit._utils._stacklevel import callers_stacklevel
from imbalance_kit._utils._targets import encode_target
from imbalance_kit._utils._validation import check_sample_weight, check_unit
from imbalance_kit.diagnostics._calibration_bins import (
    BinTable,
    bin_predictions,
    decompose_brier,
    share_per_cell,
    tabulate_predictions,
    wilson_interval,
)
from imbalance_kit.diagnostics._calibration_error import (
    calibration_error_interval,
    error_if_calibrated,
    expected_calibration_error,
)
from imbalance_kit.diagnostics._calibration_report import (
    CalibrationBin,
    CalibrationReport,
    ClassCalibration,
)
from imbalance_kit.diagnostics._calibration_slope import fit_recalibration

_Floats = NDArray[np.float64]
_MANY = 20  # rows, of which some should be less than certain
_SUM_TOLERANCE = 1e-5  # what float32 probabilities of many classes may be off by


def compute_calibration(
    y_true: Any,
    proba: Any,
    *,
    sample_weight: Any = None,
    classes: Any = None,
    n_bins: int = 10,
    confidence: float = 0.95,
) -> CalibrationReport:
    """Measure whether predicted probabilities can be taken at their word.

    Use it on rows that the model was not trained on, and that were not resampled: a resampled test
    set has another base rate, against which no honest model looks calibrated. It says nothing about
    how well the classes are told apart: always predicting the base rate is perfectly calibrated.
    With fewer than about 100 rows of the class read the intervals, not the numbers.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        Class labels of any kind.
    proba : array-like of shape (n_samples,), (n_samples, 2) or (n_samples, n_classes)
        Probabilities in [0, 1]; rows of several columns sum to 1. One column, or the second of two,
        is the probability of the positive class, ``classes[1]``. Columns are in the order of
        `classes`.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights, at least 0. A weight of k counts as k equal rows in every estimate. In standard
        errors and intervals a row is one observation whatever its weight, so these do not change
        when all weights are multiplied by the same number.
    classes : array-like of shape (n_classes,), default=None
        Labels in the order of the columns, as in an estimator's `classes_`. None: the sorted labels
        of `y_true`; where one of the classes does not occur in `y_true` they must be given.
    n_bins : int, default=10
        Number of bins, of about equal weight each. Equal predictions are never split, so that fewer
        bins come out where there are many ties.
    confidence : float in (0, 1), default=0.95
        Level of the intervals.

    Returns
    -------
    report : CalibrationReport
        A frozen value object with `to_dict`, `to_frame` and a readable repr.

    Raises
    ------
    ValueError
        If probabilities are missing, outside [0, 1] or do not sum to 1; if the lengths differ; if
        `y_true` is continuous; if it has one class only, or the number of classes is not that of
        the columns, and `classes` is not given; if weights are negative, NaN or all zero.

    Warns
    -----
    UndefinedMetricWarning
        If the slope of a class is not defined and reported as NaN: all predictions are equal, they
        separate the classes perfectly, or one class has no rows.
    UserWarning
        If all probabilities of 20 rows or more are exactly 0 or 1, as labels are.

    See Also
    --------
    CalibrationComparisonDisplay : Draws reliability diagrams of several models.
    sklearn.calibration.calibration_curve : The points of one such diagram.

    Notes
    -----
    With weights w, outcomes y, predictions p, bins b of weight share f_b, their means y_b and p_b,
    and the base rate ȳ:

    - Brier score, exactly as Stephenson, Coelho and Jolliffe (2008) take it apart: reliability
      Σ f_b (p_b - y_b)², minus resolution Σ f_b (y_b - ȳ)², plus uncertainty ȳ (1 - ȳ), plus the
      variance of p within bins, minus twice the covariance of p and y within bins. The last two are
      the price of putting unequal predictions into one bin.
    - ECE = Σ f_b abs(y_b - p_b). Noise only adds to it, so it is above 0 in every sample of a
      calibrated model; `ece_if_calibrated` is its mean then, in closed form (mean absolute
      deviation of binomial counts; Diaconis and Zabell 1991).
    - The interval of the ECE inverts a test: it holds the true errors for which the observed one
      is in neither tail of what samples would show (binomial counts with the effective number of
      rows of each bin, 1,000 draws, always the same stream). True rates are moved away from the
      predictions in the bins that are clearly off for the lower end, in all bins for the upper end,
      so that it covers error in few bins and error spread over all. It is about the error over
      these bins, on average over each of them.
    - Slope and intercept: logit P(y = 1) = intercept + slope logit(p) by maximum likelihood
      (Cox 1958), with Huber and White's standard errors. Probabilities are first clipped to
      [2.2e-16, 1 - 2.2e-16], as in scikit-learn's log loss: a few rows at 0 or 1, log odds of ∓36,
      can decide the slope. `n_clipped` counts them.

    Rows of weight 0 are left out. More than two classes are taken one against the rest; log loss
    and Brier score are also those of all classes together.

    References
    ----------
    Stephenson, Coelho and Jolliffe (2008), Two extra components in the Brier score decomposition,
    doi:10.1175/2007WAF2006116.1.
    Cox (1958), Two further applications of a model for binary regression,
    doi:10.1093/biomet/45.3-4.562.
    Diaconis and Zabell (1991), Closed form summation for classical distributions,
    doi:10.1214/ss/1177011699.
    Roelofs, Cain, Shlens and Mozer (2022), Mitigating bias in calibration error estimation,
    arXiv:2012.08668.
    Van Calster et al. (2019), Calibration: the Achilles heel of predictive analytics,
    doi:10.1186/s12916-019-1466-7.

    Examples
    --------
    >>> import numpy as np
    >>> from imbalance_kit.diagnostics import compute_calibration
    >>> rng = np.random.default_rng(0)
    >>> p = rng.beta(1, 30, 20_000)
    >>> y = rng.random(20_000) < p
    >>> doubled = compute_calibration(y, 2 * p / (1 + p))
    >>> round(doubled.mean_prediction, 3), round(doubled.base_rate, 3), round(doubled.ece, 3)
    (0.061, 0.03, 0.032)
    >>> doubled.ece_interval[0] > doubled.ece_if_calibrated
    True
    """
    _check_options(n_bins, confidence)
    probabilities = _check_proba(proba)
    labels, codes = _check_labels(y_true, classes, probabilities)
    weights = check_sample_weight(sample_weight, len(codes))
    if weights is not None:
        check_unit(weights, name="sample_weight")
    if weights is not None and not weights.all():
        kept = np.flatnonzero(weights)
        probabilities, codes, weights = probabilities[kept], codes[kept], weights[kept]
    columns = (
        {1: probabilities} if probabilities.ndim == 1 else dict(enumerate(probabilities.T.copy()))
    )
    per_class, problems = [], {}
    for k, column in columns.items():
        entry, problem = _calibrate_class(
            labels[k], column, codes == k, weights, n_bins=n_bins, confidence=confidence
        )
        per_class.append(entry)
        if problem is not None:
            problems[labels[k]] = problem
    if problems:
        _warn_undefined(problems)
    loss, brier = _score(codes, probabilities, weights, len(labels))
    extreme = (probabilities == 0.0) | (probabilities == 1.0)
    if len(codes) >= _MANY and extreme.all() and np.ptp(probabilities) > 0:
        _warn_of_labels(len(codes))
    return CalibrationReport(
        classes=tuple(labels),
        n_samples=len(codes),
        weight_total=float(len(codes) if weights is None else weights.sum()),
        n_bins=int(n_bins),
        confidence=float(confidence),
        n_clipped=int(np.count_nonzero(extreme if extreme.ndim == 1 else extreme.any(axis=1))),
        log_loss=loss,
        brier_score=brier,
        per_class=tuple(per_class),
    )


def _calibrate_class(
    label: Any,
    predicted: _Floats,
    positive: NDArray[np.bool_],
    weights: _Floats | None,
    *,
    n_bins: int,
    confidence: float,
) -> tuple[ClassCalibration, str | None]:
    """Return the calibration of one class and, where there is no slope, the reason."""
    table = tabulate_predictions(predicted, positive, weights)
    bins = bin_predictions(table, n_bins)
    brier, fit = decompose_brier(bins), fit_recalibration(table)
    return ClassCalibration(
        label=label,
        base_rate=float(table.positive.sum()) / table.total,
        mean_prediction=float((table.weight * table.value).sum()) / table.total,
        brier_score=brier.score,
        reliability=brier.reliability,
        resolution=brier.resolution,
        uncertainty=brier.uncertainty,
        within_bin_variance=brier.within_bin_variance,
        within_bin_covariance=brier.within_bin_covariance,
        ece=expected_calibration_error(bins),
        ece_interval=calibration_error_interval(bins, confidence),
        ece_if_calibrated=error_if_calibrated(bins),
        slope=fit.slope,
        slope_se=fit.slope_se,
        intercept=fit.intercept,
        intercept_se=fit.intercept_se,
        calibration_in_the_large=fit.in_the_large,
        calibration_in_the_large_se=fit.in_the_large_se,
        bins=_bin_records(bins, confidence),
        histogram=tuple(share_per_cell(table).tolist()),
    ), fit.problem


def _bin_records(bins: BinTable, confidence: float) -> tuple[CalibrationBin, ...]:
    rate = bins.observed_rate
    low, high = wilson_interval(rate, bins.effective_size(rate), confidence)
    columns = (
        bins.lower, bins.upper, bins.mean_predicted, rate, low, high, bins.weight, bins.count
    )  # fmt: skip
    return tuple(map(CalibrationBin, *(column.tolist() for column in columns)))


def _score(
    codes: NDArray[np.intp], probabilities: _Floats, weights: _Floats | None, n_classes: int
) -> tuple[float, float]:
    """Log loss and Brier score of all classes together."""
    every = list(range(n_classes))
    loss = float(log_loss(codes, probabilities, labels=every, sample_weight=weights))
    if probabilities.ndim == 1:
        brier = brier_score_loss(codes, probabilities, pos_label=1, sample_weight=weights)
    else:
        brier = brier_score_loss(codes, probabilities, labels=every, sample_weight=weights)
    return loss, float(brier)


def _warn_undefined(problems: dict[Any, str]) -> None:
    reasons = "; ".join(f"{label!r}: {problem}" for label, problem in list(problems.items())[:5])
    warnings.warn(
        f"The calibration slope is not defined and reported as NaN for {len(problems)} class(es): "
        f"{reasons}. Hint: look at the bins instead, or give more rows.",
        UndefinedMetricWarning,
        stacklevel=callers_stacklevel(),
    )


def _warn_of_labels(n: int) -> None:
    warnings.warn(
        f"All {n:,} rows of `proba` are exactly 0 or 1, as predicted labels are: calibration is "
        "about probabilities between. Hint: predict_proba instead of predict; a classifier that is "
        "always certain, such as a fully grown tree, has no others (min_samples_leaf).",
        UserWarning,
        stacklevel=callers_stacklevel(),
    )


# Checks -------------------------------------------------------------------------------------------


def _check_options(n_bins: Any, confidence: Any) -> None:
    if isinstance(n_bins, bool) or not isinstance(n_bins, (int, np.integer)):
        raise TypeError(f"`n_bins` must be an int of at least 1, got {n_bins!r}.")
    if n_bins < 1:
        raise ValueError(f"`n_bins` must be at least 1, got {n_bins!r}.")
    if isinstance(confidence, bool) or not isinstance(confidence, (float, np.floating)):
        raise TypeError(f"`confidence` must be a float in (0, 1), got {confidence!r}.")
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"`confidence` must be in (0, 1), got {confidence!r}. Hint: .95 is 95 %.")


def _check_proba(proba: Any) -> _Floats:
    """Return the probabilities of the positive class, or of all classes where they are over two."""
    values = np.asarray(proba, dtype=np.float64)
    if values.ndim not in (1, 2) or values.size == 0:
        raise ValueError(
            "`proba` must have shape (n_samples,) or (n_samples, n_classes) and at least one row, "
            f"got shape {values.shape}."
        )
    low, high = float(values.min()), float(values.max())
    if math.isnan(low) or math.isnan(high):
        row = int(np.flatnonzero(np.isnan(values).reshape(len(values), -1).any(axis=1))[0])
        raise ValueError(
            f"`proba` contains NaN (first at row {row}): every row needs a probability."
        )
    if low < 0.0 or high > 1.0:
        raise ValueError(
            f"`proba` must lie in [0, 1], got values from {low!r} to {high!r}. Hint: for the "
            "output of decision_function use predict_proba of a calibrated classifier instead."
        )
    if values.ndim == 1 or values.shape[1] == 1:
        return values.reshape(len(values))
    off = np.abs(values.sum(axis=1) - 1.0)
    row = int(off.argmax())
    if off[row] > _SUM_TOLERANCE:
        raise ValueError(
            "The rows of `proba` must sum to 1, but row "
            f"{row} sums to {float(values[row].sum())!r}. Hint: give one column per class; for "
            "independent probabilities, one report per column."
        )
    if values.shape[1] == 2:
        return values[:, 1].copy()
    return values / values.sum(axis=1, keepdims=True) if off[row] > 1e-9 else values


def _check_labels(
    y_true: Any, classes: Any, probabilities: _Floats
) -> tuple[list[Any], NDArray[np.intp]]:
    """Return the labels in the order of the columns, and the column of each row's label."""
    try:
        target = encode_target(y_true)
    except ValueError as error:
        raise ValueError(
            f"`y_true` must be class labels: {error} Hint: the labels come first, the "
            "probabilities second."
        ) from None
    if len(target.codes) != len(probabilities):
        raise ValueError(
            f"`y_true` has {len(target.codes)} rows, but `proba` has {len(probabilities)}: "
            "expected one probability per label."
        )
    n_columns = 2 if probabilities.ndim == 1 else probabilities.shape[1]
    found = target.classes.tolist()
    if classes is None:
        if len(found) != n_columns:
            raise ValueError(_wrong_number(found, n_columns))
        return found, target.codes
    labels = np.asarray(classes).tolist()
    if not isinstance(labels, list) or len(labels) != n_columns or len(set(labels)) != n_columns:
        raise ValueError(
            f"`classes` must be {n_columns} different labels, one per column of `proba`, got "
            f"{classes!r}."
        )
    position = {label: k for k, label in enumerate(labels)}
    unknown = [label for label in found if label not in position]
    if unknown:
        raise ValueError(
            f"`y_true` has labels {unknown[:5]!r}, which are not among `classes` {labels!r}."
        )
    return labels, np.array([position[label] for label in found], dtype=np.intp)[target.codes]


def _wrong_number(found: list[Any], n_columns: int) -> str:
    names = ", ".join(map(repr, found[:5])) + (", ..." if len(found) > 5 else "")
    problem = (
        f"`y_true` has {len(found)} class{'es' if len(found) != 1 else ''} ({names}), but `proba` "
        f"is for {n_columns}: which column belongs to which label is not known."
    )
    if len(found) < n_columns:
        return problem + " Hint: give `classes`, all labels in the order of the columns."
    return problem + " Hint: give one column per class, or compare a class with the rest."
