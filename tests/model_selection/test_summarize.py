"""Rows of the report: their order, what is left out, and figures by hand."""

from dataclasses import replace

import numpy as np
import pytest

from imbalance_kit.model_selection._strategies import Strategy
from imbalance_kit.model_selection._summarize import Row, collect_rows, reference_row
from tests.model_selection._reports import N_FOLDS, nothing, report_of, row


def _run(*rows: Row) -> list[list[object]]:
    return [[made.folds[k] for made in rows] for k in range(N_FOLDS)]


PLAIN = nothing()
MOVED = row("moved", "threshold", "as is")
CURVE = row("nothing", "nothing", "corrected", correction="sigmoid")
INVERSE = row("nothing", "nothing", "corrected", correction="shift")
RAW, SHIFTED = row("x"), row("x", variant="corrected", correction="shift")
RECALIBRATED = row("x", variant="corrected", correction="sigmoid")
STRATEGIES = [Strategy("x", "sampler"), Strategy("nothing", "nothing"), Strategy("m", "threshold")]


def _collect(idle: tuple[Row, ...], other: tuple[Row, ...]) -> list[tuple[str, str, str]]:
    idle_run = _run(*idle, MOVED)
    rows = collect_rows(STRATEGIES, {"x": _run(*other), "nothing": idle_run, "m": idle_run})
    return [(r.strategy.name, r.variant, r.correction) for r in rows]


def test_order_is_that_of_the_strategies_then_raw_before_corrected() -> None:
    assert _collect((PLAIN,), (SHIFTED, RAW)) == [
        ("x", "raw", ""), ("x", "corrected", "shift"), ("nothing", "as is", ""), ("m", "as is", ""),
    ]  # fmt: skip


def test_nothing_recalibrated_stands_beside_others_recalibrated() -> None:
    curve = ("nothing", "corrected", "sigmoid")
    assert curve in _collect((PLAIN, CURVE), (RAW, RECALIBRATED))
    assert curve not in _collect((PLAIN, CURVE), (RAW, SHIFTED))


def test_class_weights_of_the_learner_undone_stay_in_their_place() -> None:
    closed, curve = ("nothing", "corrected", "shift"), ("nothing", "corrected", "sigmoid")
    both = (PLAIN, INVERSE, CURVE)
    found = _collect(both, (RAW, SHIFTED))
    assert closed in found
    assert curve not in found
    found = _collect(both, (RAW, RECALIBRATED))
    assert closed not in found
    assert curve in found
    assert closed in _collect((PLAIN, INVERSE), (RAW, RECALIBRATED))


def test_a_learner_with_margins_has_its_calibrated_variant_only() -> None:
    assert ("nothing", "corrected", "sigmoid") in _collect((CURVE,), (RECALIBRATED,))


def test_reference_is_as_it_is_else_corrected() -> None:
    assert reference_row([RAW, PLAIN, CURVE], "nothing") is PLAIN
    assert reference_row([RAW, SHIFTED], "x") is SHIFTED
    assert reference_row([RAW], "x") is RAW


def test_estimates_by_hand() -> None:
    report = report_of(nothing(), row("x", log_loss=0.3, noise=1), row("y", log_loss=0.2, noise=2))
    estimate = report.results[1].scores["log_loss"]
    folds = np.array(estimate.folds)
    error = np.sqrt(folds.var(ddof=1) * (1 / 5 + 1 / 4))
    assert estimate.mean == pytest.approx(folds.mean())
    assert estimate.standard_error == pytest.approx(error)
    assert estimate.difference == pytest.approx(folds.mean() - 0.2)
    assert estimate.difference_se == pytest.approx(error)  # the reference is constant here
    assert estimate.low == pytest.approx(estimate.difference - 2.7764451 * error, rel=1e-6)
    assert estimate.verdict == "worse"
    assert report.results[2].scores["log_loss"].verdict == "no difference"
    assert report.results[0].scores["log_loss"].verdict == "reference"
    assert report.results[0].scores["log_loss"].p_value == 1.0


def test_p_values_are_adjusted_for_the_number_of_strategies() -> None:
    x = row("x", f1=0.302, noise=3)
    alone = report_of(nothing(), x).results[1].scores["f1"].p_value
    crowd = [row(f"s{k}", noise=k) for k in range(4, 9)]
    assert report_of(nothing(), x, *crowd).results[1].scores["f1"].p_value == pytest.approx(
        min(6 * alone, 1.0)
    )


def test_greater_is_not_always_better() -> None:
    up = row("up", log_loss=0.3, average_precision=0.5, noise=1)
    scores = report_of(nothing(), up).results[1].scores
    assert scores["log_loss"].verdict == "worse"
    assert scores["average_precision"].verdict == "better"


def test_predictions_are_pooled_in_the_order_of_the_rows() -> None:
    made = row("x")
    folds = tuple(
        replace(fold, proba=np.full((20, 2), k / 10)) for k, fold in enumerate(made.folds)
    )
    predictions = report_of(nothing(), replace(made, folds=folds)).results[1].predictions
    np.testing.assert_array_equal(predictions.row, np.arange(100))
    np.testing.assert_array_equal(predictions.fold, np.arange(100) % 5)
    np.testing.assert_allclose(predictions.proba[:, 0], np.arange(100) % 5 / 10)
    assert predictions.y_true[:60].tolist() == ["yes"] * 60
