"""Figures by hand and against the calibration report; weights as repeated rows."""

import math

import numpy as np
import pytest

from imbalance_kit import compute_calibration
from imbalance_kit.model_selection._metrics import (
    Held,
    list_metrics,
    precision_and_recall,
    score_decisions,
    score_probabilities,
    score_tuned,
)


def _held(codes: list[int], positive: int | None = 1, weights: list[float] | None = None) -> Held:
    w = None if weights is None else np.array(weights, dtype=float)
    return Held(np.array(codes), w, max(codes) + 1, positive)


def test_probabilities_by_hand() -> None:
    p = np.array([0.1, 0.6, 0.4, 0.8])
    figures = score_probabilities(_held([0, 0, 1, 1]), np.column_stack([1 - p, p]), p)
    assert figures["roc_auc"] == 0.75  # three of four pairs in order
    assert figures["average_precision"] == pytest.approx(1 / 2 * 1 + 1 / 2 * 2 / 3)
    assert figures["brier_score"] == pytest.approx((0.01 + 0.36 + 0.36 + 0.04) / 4)
    assert figures["log_loss"] == pytest.approx(
        -(math.log(0.9) + math.log(0.4) + math.log(0.4) + math.log(0.8)) / 4
    )


def test_decisions_by_hand() -> None:
    held, decided = _held([0, 0, 0, 1, 1]), np.array([0, 1, 0, 1, 0])
    figures = score_decisions(held, decided)
    assert figures["balanced_accuracy"] == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert figures["f1"] == pytest.approx(0.5)
    assert figures["mcc"] == pytest.approx((1 * 2 - 1 * 1) / math.sqrt(2 * 2 * 3 * 3))
    np.testing.assert_allclose(precision_and_recall(held, decided), [[2 / 3, 2 / 3], [0.5, 0.5]])


def test_the_first_class_can_be_the_positive_one() -> None:
    codes, decided = [0, 0, 1, 1, 1], np.array([0, 1, 1, 1, 0])
    swapped = score_decisions(_held([1 - c for c in codes]), 1 - decided)
    assert score_decisions(_held(codes, positive=0), decided) == swapped


def test_a_class_never_predicted_has_precision_and_f1_zero() -> None:
    held, decided = _held([0, 0, 1]), np.zeros(3, dtype=int)
    assert score_decisions(held, decided) == {"balanced_accuracy": 0.5, "mcc": 0.0, "f1": 0.0}
    assert precision_and_recall(held, decided)[1].tolist() == [0.0, 0.0]


def test_each_tuned_metric_has_its_own_decisions() -> None:
    held = _held([0, 0, 1, 1])
    right, wrong = np.array([0, 0, 1, 1]), np.array([1, 1, 0, 0])
    figures = score_tuned(held, {"balanced_accuracy": right, "mcc": wrong, "f1": right})
    assert figures == {"balanced_accuracy_tuned": 1.0, "mcc_tuned": -1.0, "f1_tuned": 1.0}


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("weighted", [False, True])
def test_probability_figures_are_those_of_the_calibration_report(
    n_classes: int, weighted: bool
) -> None:
    rng = np.random.default_rng(0)
    codes, proba = rng.integers(0, n_classes, 300), rng.dirichlet(np.ones(n_classes), 300)
    weights = rng.integers(0, 3, 300).astype(float) if weighted else None
    held = Held(codes, weights, n_classes, 1 if n_classes == 2 else None)
    figures = score_probabilities(held, proba, proba[:, 1] if n_classes == 2 else proba)
    report = compute_calibration(codes, proba, sample_weight=weights)
    assert figures["ece"] == pytest.approx(report.ece, rel=1e-10)
    assert figures["log_loss"] == pytest.approx(report.log_loss, rel=1e-10)
    assert figures["brier_score"] == pytest.approx(report.brier_score, rel=1e-10)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_weight_k_is_the_row_k_times(n_classes: int) -> None:
    rng = np.random.default_rng(1)
    codes, proba = rng.integers(0, n_classes, 80), rng.dirichlet(np.ones(n_classes), 80)
    decided, times = rng.integers(0, n_classes, 80), rng.integers(1, 4, 80)
    positive = 1 if n_classes == 2 else None

    def figures(rows: np.ndarray, weights: np.ndarray | None) -> dict[str, float]:
        held = Held(codes[rows], weights, n_classes, positive)
        p = proba[rows]
        return score_probabilities(held, p, p[:, 1] if n_classes == 2 else p) | score_decisions(
            held, decided[rows]
        )

    weighted = figures(np.arange(80), times.astype(float))
    assert weighted == pytest.approx(figures(np.repeat(np.arange(80), times), None), rel=1e-10)


def test_more_classes_are_averaged_plainly() -> None:
    rng = np.random.default_rng(2)
    codes, proba = rng.integers(0, 3, 200), rng.dirichlet(np.ones(3), 200)
    together = score_probabilities(Held(codes, None, 3, None), proba, proba)
    single = []
    for k in range(3):
        p = proba[:, k]
        held = Held((codes == k).astype(int), None, 2, 1)
        single.append(score_probabilities(held, np.column_stack([1 - p, p]), p))
    for name in ("average_precision", "roc_auc", "ece"):
        assert together[name] == pytest.approx(np.mean([one[name] for one in single]), rel=1e-10)


def test_what_is_listed_is_what_is_computed() -> None:
    binary, many = list_metrics((0, 1), 1), list_metrics(("a", "b", "c"), None)
    p = np.array([[0.5, 0.5], [0.4, 0.6]])
    held = _held([0, 1])
    decided = {name: np.array([0, 1]) for name in ("balanced_accuracy", "mcc", "f1")}
    computed = (
        score_probabilities(held, p, p[:, 1])
        | score_decisions(held, np.array([0, 1]))
        | score_tuned(held, decided)
    )
    assert [metric.name for metric in binary] == list(computed)
    assert [metric.name for metric in many] == list(computed)[:8]
    assert "macro" in many[0].averaging
    assert "class 1" in binary[0].averaging
    assert {m.name for m in binary if not m.greater_is_better} == {"log_loss", "brier_score", "ece"}
