"""Probabilities on the population's scale, whatever the model; and what cannot score is refused."""

import json
from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from imbalance_kit.shift import ClassShift, LinearPilot
from imbalance_kit.shift._scaled_pilot import MeanPilot, ScaledPilot, models_of

X = np.random.default_rng(0).normal(size=(90, 2))
Y = np.where(X[:, 0] + np.random.default_rng(1).normal(size=90) > 0, "yes", "no")
LABELS = ("no", "yes")
THINNED = ClassShift.from_rates({"no": 0.01, "yes": 1})


class Returns:
    """A model that returns the same scores whatever the rows."""

    def __init__(self, proba: Any) -> None:
        self.proba = proba

    def predict_proba(self, X: Any) -> Any:
        return self.proba


def test_a_model_of_the_population_speaks_for_itself() -> None:
    model = LogisticRegression().fit(X, Y)
    proba = ScaledPilot(model, LABELS, None).predict_proba(X)
    np.testing.assert_array_equal(proba, model.predict_proba(X))


def test_the_subsample_is_undone() -> None:
    model = LogisticRegression().fit(X, Y)
    proba = ScaledPilot(model, LABELS, THINNED).predict_proba(X)
    np.testing.assert_allclose(proba, THINNED.undo(model.predict_proba(X)), rtol=1e-15)
    np.testing.assert_allclose(
        np.log(proba[:, 1] / proba[:, 0]), model.decision_function(X) + np.log(0.01), rtol=1e-9
    )


def test_margins_are_log_odds() -> None:
    model = LinearSVC().fit(X, Y)
    proba = ScaledPilot(model, LABELS, None).predict_proba(X)
    margin = model.decision_function(X)
    np.testing.assert_allclose(np.log(proba[:, 1] / proba[:, 0]), margin, atol=1e-12)
    scaled = ScaledPilot(model, LABELS, THINNED).predict_proba(X)
    np.testing.assert_allclose(scaled, THINNED.undo(proba), rtol=1e-12)


def test_certain_probabilities_stay_certain() -> None:
    certain = np.array([[0.0, 1.0], [1.0, 0.0], [0.5, 0.5]], dtype=np.float32)
    proba = ScaledPilot(Returns(certain), LABELS, THINNED).predict_proba(X[:3])
    np.testing.assert_allclose(proba, [[0, 1], [1, 0], [1 / 1.01, 0.01 / 1.01]], rtol=1e-12)
    assert proba.dtype == np.float64


@pytest.mark.parametrize(
    ("proba", "message"),
    [
        (np.full((3, 3), 1 / 3), r"got \(3, 3\)"),
        (np.full(3, 0.5), r"scores of shape \(3,\), expected one column for each of \['no'"),
        (np.full((3, 1), 0.5), r"got \(3, 1\)"),
        (np.array([[0.5, np.nan]] * 3), "NaN in 3 of 3 rows"),
        (np.array([[-2.0, -0.1]] * 3), "got values from -2.0 to -0.1"),
        (np.array([[0.0, 7.0]] * 3), "got values from 0.0 to 7.0"),
        (np.array([[0.0, 0.0]] * 3), "zero for every class in row 0"),
    ],
)
def test_what_are_no_probabilities(proba: Any, message: str) -> None:
    with pytest.raises(ValueError, match=f"The pilot Returns .*{message}"):
        ScaledPilot(Returns(proba), LABELS, None).predict_proba(X[:3])


def test_margins_of_three_classes_are_refused() -> None:
    model = LinearSVC().fit(X, np.arange(90) % 3)
    with pytest.raises(ValueError, match=r"LinearSVC has no predict_proba.*\(90, 3\).*Hint: use"):
        ScaledPilot(model, (0, 1, 2), None).predict_proba(X)


def test_the_mean_of_pilots() -> None:
    low, high = Returns(np.array([[0.9, 0.1]])), Returns(np.array([[0.5, 0.5]]))
    np.testing.assert_allclose(MeanPilot((low, high)).predict_proba(X[:1]), [[0.7, 0.3]])
    one, other = (LinearPilot(np.array([[1.0, k]]), np.zeros(1)) for k in (0.0, 2.0))
    half = (one.predict_proba(X) + other.predict_proba(X)) / 2
    np.testing.assert_allclose(MeanPilot((one, other)).predict_proba(X), half)


@pytest.mark.parametrize("rates", [None, THINNED])
def test_json(rates: Any) -> None:
    model = HistGradientBoostingClassifier(max_iter=3, min_samples_leaf=5).fit(X, Y)
    pilot = ScaledPilot(model, LABELS, rates)
    content = json.loads(json.dumps(pilot._to_content()))
    back = ScaledPilot._from_content(content, LABELS, model)
    np.testing.assert_array_equal(back.predict_proba(X), pilot.predict_proba(X))
    other = HistGradientBoostingClassifier(max_iter=4, min_samples_leaf=5).fit(X, Y)
    with pytest.raises(ValueError, match=r"HistGradientBoostingClassifier\) is not the one .*got"):
        ScaledPilot._from_content(content, LABELS, other)


def test_models_of_what_a_caller_gives() -> None:
    one, other = Returns(1), Returns(2)
    linear = LinearPilot(np.ones((1, 2)), np.zeros(1))
    wrapped = ScaledPilot(one, LABELS, None)
    assert models_of(None) == models_of([]) == models_of(linear) == []
    assert models_of(one) == models_of(wrapped) == models_of([one]) == [one]
    assert models_of(MeanPilot((wrapped, other))) == models_of((wrapped, [other])) == [one, other]
    assert models_of(MeanPilot((linear, wrapped))) == [one]
