"""The values of a report: frozen, and predictions compared by identity."""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from imbalance_kit.model_selection import Estimate, Metric, OutOfFold
from tests.model_selection._reports import nothing, report_of


def test_values_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        Metric("a", "A", True, "ranking", "").name = "b"
    with pytest.raises(FrozenInstanceError):
        Estimate(0.1, 0.1, (0.1,), 0.0, 0.0, 0.0, 0.0, 1.0, "reference").mean = 1.0


def test_predictions_hold_arrays_and_are_compared_as_objects() -> None:
    a = OutOfFold(np.zeros(2), np.zeros((2, 2)), np.zeros(2, int), np.arange(2))
    b = OutOfFold(np.zeros(2), np.zeros((2, 2)), np.zeros(2, int), np.arange(2))
    assert {a: 1}[a] == 1
    assert a != b


def test_a_result_holds_the_same_figures_as_its_folds() -> None:
    result = report_of(nothing()).results[0]
    assert result.fit_seconds == 1.5
    assert result.per_class == {
        "no": {"precision": 0.9, "recall": 0.99},
        "yes": {"precision": 0.5, "recall": 0.1},
    }
