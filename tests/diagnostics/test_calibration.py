"""compute_calibration: against hand computation, scikit-learn and theory; weights; bad input."""

import json
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.special import expit, logit
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.metrics import brier_score_loss, log_loss

from imbalance_kit.diagnostics import CalibrationReport, compute_calibration


def _binary(n: int = 2000, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    p = rng.beta(1, 12, n)
    return (rng.random(n) < p).astype(int), p


def _multiclass(n: int = 2000, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    proba = rng.dirichlet([4, 2, 0.5], n)
    codes = (proba.cumsum(axis=1) > rng.random((n, 1))).argmax(axis=1)
    return np.array(["a", "b", "c"])[codes], proba


# Values -------------------------------------------------------------------------------------------


def test_by_hand() -> None:
    with pytest.warns(UndefinedMetricWarning, match="separate"):
        report = compute_calibration([0, 1, 0, 0], [0.1, 0.1, 0.5, 0.5], n_bins=2)
    assert (report.n_samples, report.weight_total, report.n_clipped) == (4, 4.0, 0)
    assert report.classes == (0, 1)
    assert report.base_rate == 0.25
    assert report.mean_prediction == pytest.approx(0.3)
    assert report.log_loss == pytest.approx(-np.log([0.9, 0.1, 0.5, 0.5]).mean())
    assert report.brier_score == pytest.approx(np.mean([0.01, 0.81, 0.25, 0.25]))
    assert report.ece == pytest.approx((0.4 + 0.5) / 2)
    assert report.reliability == pytest.approx((0.16 + 0.25) / 2)
    assert report.resolution == pytest.approx(0.0625)
    assert report.uncertainty == pytest.approx(0.1875)
    first, second = report.per_class[0].bins
    assert (first.count, first.lower, first.upper, first.observed_rate) == (2, 0.1, 0.1, 0.5)
    assert (second.weight, second.observed_rate, second.observed_low) == (2.0, 0.0, 0.0)


@pytest.mark.parametrize("weighted", [False, True])
def test_scores_are_those_of_scikit_learn(weighted: bool) -> None:
    weights = np.random.default_rng(1).exponential(size=2000) if weighted else None
    for y, proba in (_binary(), _multiclass()):
        report = compute_calibration(y, proba, sample_weight=weights)
        assert report.log_loss == pytest.approx(log_loss(y, proba, sample_weight=weights))
        brier = brier_score_loss(y, proba, sample_weight=weights)
        assert report.brier_score == pytest.approx(brier, rel=1e-12)
        # One against the rest adds up to the score of all classes.
        parts = [one.brier_score for one in report.per_class]
        assert sum(parts) == pytest.approx(brier, rel=1e-12)


def test_parts_of_the_brier_score_add_up() -> None:
    for y, proba in (_binary(), _multiclass()):
        for one in compute_calibration(y, proba).per_class:
            total = one.reliability - one.resolution + one.uncertainty
            total += one.within_bin_variance - one.within_bin_covariance
            assert total == pytest.approx(one.brier_score, rel=1e-14)


def test_calibrated_and_distorted_predictions() -> None:
    y, p = _binary(20_000)
    one = compute_calibration(y, p).per_class[0]
    assert abs(one.slope - 1) < 4 * one.slope_se
    assert abs(one.intercept) < 4 * one.intercept_se
    assert one.ece_interval[0] == 0.0
    far = compute_calibration(y, expit(2 * logit(p) + 1)).per_class[0]
    assert far.slope == pytest.approx(one.slope / 2, rel=1e-9)
    assert far.ece_interval[0] > one.ece_interval[1]


def test_forms_of_binary_probabilities() -> None:
    y, p = _binary(300)
    report = compute_calibration(y, p)
    two = np.column_stack([1 - p, p])
    for same in (p.tolist(), p[:, None], two, pd.Series(p), pd.DataFrame(two), pl.DataFrame(two)):
        assert compute_calibration(y, same) == report
    assert compute_calibration(pd.Series(y), pl.Series(p)) == report


@pytest.mark.parametrize("labels", [[0, 1], [-1, 1], [False, True], ["healthy", "ill"], [2.0, 3.0]])
def test_labels_of_any_kind(labels: list) -> None:
    y, p = _binary(300)
    report = compute_calibration(np.array(labels)[y], p)
    assert report.classes == tuple(labels)
    assert report.per_class[0].label == labels[1]
    assert type(report.per_class[0].label) is type(labels[1])
    assert report.ece == compute_calibration(y, p).ece


def test_classes_give_the_order_of_the_columns() -> None:
    y, proba = _multiclass()
    report = compute_calibration(y, proba)
    turned = compute_calibration(y, proba[:, [2, 0, 1]], classes=["c", "a", "b"])
    assert turned.classes == ("c", "a", "b")
    assert {c.label: c for c in turned.per_class} == {c.label: c for c in report.per_class}
    assert turned.log_loss == pytest.approx(report.log_loss, rel=1e-12)
    assert turned.brier_score == pytest.approx(report.brier_score, rel=1e-12)

    codes, p = _binary(300)
    swapped = compute_calibration(codes, 1 - p, classes=[1, 0])
    assert swapped.per_class[0].label == 0
    assert swapped.base_rate == pytest.approx(1 - codes.mean())
    assert swapped.log_loss == pytest.approx(compute_calibration(codes, p).log_loss)


def test_multiclass_is_one_against_the_rest() -> None:
    y, proba = _multiclass()
    report = compute_calibration(y, proba)
    for k, label in enumerate("abc"):
        single = compute_calibration(y == label, proba[:, k]).per_class[0]
        for name in ("ece", "slope", "reliability", "bins", "ece_interval", "histogram"):
            assert getattr(report.per_class[k], name) == getattr(single, name)
    assert report.ece == pytest.approx(np.mean([one.ece for one in report.per_class]))
    assert np.isnan(report.ece_interval).all()


def test_absent_class_with_classes_given() -> None:
    y, proba = _multiclass(300)
    keep = y != "c"
    y, proba = y[keep], proba[keep]
    with pytest.warns(UndefinedMetricWarning, match=r"1 class.*'c': the rows are all of the class"):
        report = compute_calibration(y, proba, classes=["a", "b", "c"])
    assert report.per_class[2].base_rate == 0.0
    assert np.isnan(report.per_class[2].slope)
    assert np.isnan(report.slope)
    assert np.isfinite([report.ece, report.log_loss, report.reliability]).all()


def test_separated_predictions_warn_and_give_nan() -> None:
    with pytest.warns(UndefinedMetricWarning, match="separate the class from the others.*Hint"):
        report = compute_calibration([0, 0, 1], [0.1, 0.2, 0.9])
    assert np.isnan(report.slope)
    assert np.isfinite(report.calibration_in_the_large)
    assert report.to_dict()["per_class"][0]["slope"] is None
    assert "not defined" in repr(report)


def test_probabilities_of_zero_and_one() -> None:
    y, p = _binary(500)
    p = np.where(p < 0.02, 0.0, p)
    report = compute_calibration(y, p)
    assert report.n_clipped == np.count_nonzero(p == 0)
    assert report.log_loss == pytest.approx(log_loss(y, p))
    assert np.isfinite([report.slope, report.intercept]).all()
    assert "exactly 0 or 1" in repr(report)


def test_float32_rows_that_sum_to_one_only_nearly() -> None:
    y, proba = _multiclass()
    single = compute_calibration(y, proba.astype(np.float32))
    assert single.log_loss == pytest.approx(compute_calibration(y, proba).log_loss, rel=1e-5)


# Laws ---------------------------------------------------------------------------------------------

POINT_ESTIMATES = (
    "base_rate", "mean_prediction", "brier_score", "reliability", "resolution", "uncertainty",
    "within_bin_variance", "within_bin_covariance", "ece", "slope", "intercept",
    "calibration_in_the_large", "histogram",
)  # fmt: skip
BIN_ESTIMATES = ("lower", "upper", "mean_predicted", "observed_rate", "weight")


@pytest.mark.parametrize("decimals", [2, 16])
@pytest.mark.parametrize("make", [_binary, _multiclass])
def test_weight_k_is_the_row_repeated_k_times(make, decimals: int) -> None:
    """Exactly, bit for bit, also with weights of 0; scikit-learn's scores up to rounding."""
    y, proba = make(700)
    if proba.ndim == 1:
        proba = proba.round(decimals)
    k = np.random.default_rng(2).integers(0, 4, len(y))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UndefinedMetricWarning)
        weighted = compute_calibration(y, proba, sample_weight=k)
        repeated = compute_calibration(np.repeat(y, k), np.repeat(proba, k, axis=0))
    assert weighted.n_samples == np.count_nonzero(k)
    assert weighted.weight_total == repeated.weight_total == k.sum()
    for one, other in zip(weighted.per_class, repeated.per_class, strict=True):
        for name in POINT_ESTIMATES:
            assert getattr(one, name) == getattr(other, name), name
        for bin_, other_bin in zip(one.bins, other.bins, strict=True):
            for name in BIN_ESTIMATES:
                assert getattr(bin_, name) == getattr(other_bin, name), name
    assert weighted.log_loss == pytest.approx(repeated.log_loss, rel=1e-13)
    assert weighted.brier_score == pytest.approx(repeated.brier_score, rel=1e-13)


def test_equal_weights_are_no_weights() -> None:
    y, p = _binary()
    plain, weighted = (
        compute_calibration(y, p, sample_weight=w).to_dict() for w in (None, np.ones(len(y)))
    )
    assert plain == weighted


def test_order_of_the_rows_does_not_matter() -> None:
    y, p = _binary()
    order = np.random.default_rng(3).permutation(len(y))
    one, other = compute_calibration(y, p), compute_calibration(y[order], p[order])
    assert one.per_class == other.per_class


def test_input_is_not_modified_and_results_are_reproducible() -> None:
    y, proba = _multiclass()
    weights = np.random.default_rng(4).integers(0, 3, len(y)).astype(float)
    for array in (y, proba, weights):
        array.flags.writeable = False
    first = compute_calibration(y, proba, sample_weight=weights)
    assert first == compute_calibration(y, proba, sample_weight=weights)


def test_json_frame_and_frozen() -> None:
    y, p = _binary()
    report = compute_calibration(y, p, n_bins=5)
    assert isinstance(report, CalibrationReport)
    assert json.loads(json.dumps(report.to_dict(), allow_nan=False)) == report.to_dict()
    assert len(report.to_frame()) == 5
    with pytest.raises(AttributeError):
        report.ece = 0.0  # type: ignore[misc]


# Bad input ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("y", "proba", "match"),
    [
        ([0, 1], [0.5, 1.2], r"must lie in \[0, 1\], got values from 0.5 to 1.2.*Hint"),
        ([0, 1], [-3.0, 0.5], r"must lie in \[0, 1\]"),
        ([0, 1], [0.5, np.nan], r"contains NaN \(first at row 1\)"),
        ([0, 1], [[0.5, 0.5], [0.7, 0.7]], r"sum to 1, but row 1 sums to 1.4.*Hint"),
        ([0, 1], [0.5, 0.5, 0.5], "`y_true` has 2 rows, but `proba` has 3"),
        ([0, 1], [[[0.5, 0.5]]], r"got shape \(1, 1, 2\)"),
        ([], [], "at least one row"),
        ([0, 1], [], "at least one row"),
        ([0.3, 1.7, 0.2], [0.5, 0.5, 0.5], "[Cc]ontinuous"),
        ([[0.3, 0.7], [0.1, 0.9]], [0, 1], "must be class labels: .* Hint: the labels come first"),
        ([0.0, np.nan], [0.5, 0.5], "NaN"),
        ([1, 1], [0.5, 0.5], r"has 1 class \(1\), but `proba` is for 2.*give `classes`"),
        ([0, 1, 2], [0.5, 0.5, 0.5], r"has 3 classes \(0, 1, 2\), but `proba` is for 2"),
        ([0, 1], [[0.2, 0.3, 0.5]] * 2, r"has 2 classes .* for 3.*Hint: give `classes`"),
    ],
)
def test_bad_labels_and_probabilities(y: list, proba: list, match: str) -> None:
    with pytest.raises(ValueError, match=f"(?s){match}"):
        compute_calibration(y, proba)


@pytest.mark.parametrize(
    ("weights", "match"),
    [
        ([1.0, -1.0], "negative"),
        ([1.0, np.nan], "NaN"),
        ([0.0, 0.0], "zero for every row"),
        ([1.0], "1 entries, but there are 2 rows"),
    ],
)
def test_bad_weights(weights: list[float], match: str) -> None:
    with pytest.raises(ValueError, match=match):
        compute_calibration([0, 1], [0.2, 0.7], sample_weight=weights)


@pytest.mark.parametrize(
    ("classes", "match"),
    [
        (["a"], "must be 2 different labels"),
        (["a", "a"], "must be 2 different labels"),
        ("ab", "must be 2 different labels"),
        (["a", "c"], r"has labels \['b'\], which are not among `classes`"),
    ],
)
def test_bad_classes(classes, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        compute_calibration(["a", "b"], [0.2, 0.7], classes=classes)


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"n_bins": 0}, ValueError, "`n_bins` must be at least 1, got 0"),
        ({"n_bins": 2.5}, TypeError, "`n_bins` must be an int"),
        ({"n_bins": True}, TypeError, "`n_bins` must be an int"),
        ({"confidence": 95.0}, ValueError, r"in \(0, 1\), got 95.0. Hint"),
        ({"confidence": "high"}, TypeError, "`confidence` must be a float"),
    ],
)
def test_bad_options(options: dict, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        compute_calibration([0, 1], [0.2, 0.7], **options)


@pytest.mark.parametrize("kind", [int, bool, float])
def test_labels_in_the_place_of_probabilities_warn(kind: type) -> None:
    y = np.arange(20) % 3 == 0
    labels = (np.arange(20) % 4 == 0).astype(kind)
    with pytest.warns(UserWarning, match="All 20 rows of `proba` are exactly 0 or 1.* predict_pr"):
        report = compute_calibration(y, labels)
    assert (report.n_clipped, report.brier_score) == (20, np.mean(y != labels))
    with pytest.warns(UserWarning, match="All 20 rows"):
        compute_calibration(y, np.column_stack([1.0 - labels, labels]))
    compute_calibration(y[:19], labels[:19])  # few rows can all be certain
    compute_calibration(y, np.append(labels[:19], 0.5))


def test_weights_in_an_absurd_unit() -> None:
    """Their squares overflowed, and the message was one of the random generator."""
    y, p = np.arange(40) % 3 == 0, np.linspace(0.1, 0.9, 40)
    with pytest.raises(ValueError, match=r"largest entry of `sample_weight` is 1e\+300"):
        compute_calibration(y, p, sample_weight=np.full(40, 1e300))
