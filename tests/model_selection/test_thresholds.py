"""Thresholds against brute force over every split of the scores."""

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, f1_score, matthews_corrcoef

from imbalance_kit.model_selection._thresholds import CRITERIA, tune_thresholds

_SCORES = {
    "balanced_accuracy": balanced_accuracy_score,
    "mcc": matthews_corrcoef,
    "f1": f1_score,
}


def test_the_criteria_are_the_metrics() -> None:
    assert set(CRITERIA) == set(_SCORES)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("decimals", [1, 6])  # with and without ties
def test_no_other_threshold_is_better(weighted: bool, decimals: int) -> None:
    rng = np.random.default_rng(0)
    for _ in range(3):
        positive = rng.random(60) < 0.2
        positive[:2] = True, False
        scores = np.round(rng.normal(size=60) + positive, decimals)
        weights = rng.uniform(0.1, 3, 60) if weighted else None
        edges = np.sort(np.append(np.unique(scores), [-np.inf]))
        for name, threshold in tune_thresholds(scores, positive, weights).items():
            metric = _SCORES[name]
            reached = metric(positive, scores >= threshold, sample_weight=weights)
            tried = [metric(positive, scores > e, sample_weight=weights) for e in edges[:-1]]
            assert reached == pytest.approx(max(tried), abs=1e-12)


def test_a_threshold_lies_half_way() -> None:
    thresholds = tune_thresholds(np.array([-3.0, -1, 1, 2]), np.array([0, 0, 1, 1]) > 0, None)
    assert thresholds == {"balanced_accuracy": 0.0, "mcc": 0.0, "f1": 0.0}


def test_useless_scores_may_call_everything_positive() -> None:
    thresholds = tune_thresholds(np.zeros(4), np.array([True, False, False, True]), None)
    assert thresholds["f1"] == -np.inf


def test_weight_k_is_the_row_k_times() -> None:
    rng = np.random.default_rng(1)
    scores, positive = rng.normal(size=40), rng.random(40) < 0.3
    times = rng.integers(1, 4, 40)
    weighted = tune_thresholds(scores, positive, times.astype(float))
    assert weighted == tune_thresholds(np.repeat(scores, times), np.repeat(positive, times), None)
