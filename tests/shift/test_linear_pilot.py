"""The same probabilities as scikit-learn's, in every container, and through JSON."""

import json
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from imbalance_kit.shift import LinearPilot

X = np.random.default_rng(0).normal(size=(60, 3))
Y = np.arange(60) % 3


def pilot_and_model(n_classes: int) -> tuple[LinearPilot, LogisticRegression]:
    y = np.minimum(Y, n_classes - 1)
    model = LogisticRegression().fit(X + y[:, None], y)
    return LinearPilot(model.coef_, model.intercept_), model


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize(
    "container",
    [
        np.asarray,
        np.asfortranarray,
        np.ndarray.tolist,
        sparse.csr_array,
        sparse.csc_matrix,
        sparse.coo_array,
        pd.DataFrame,
        pl.DataFrame,
        lambda X: X.astype(object),
    ],
    ids=lambda make: getattr(make, "__qualname__", "").strip("<>"),
)
def test_probabilities(n_classes: int, container: Any) -> None:
    pilot, model = pilot_and_model(n_classes)
    given = container(X)
    proba = pilot.predict_proba(given)
    assert proba.shape == (60, n_classes)
    assert proba.dtype == np.float64
    np.testing.assert_allclose(proba, model.predict_proba(X), rtol=1e-12)
    np.testing.assert_array_equal(proba, pilot.predict_proba(container(X)))


def test_float32_stays_float32_until_the_sum() -> None:
    pilot, model = pilot_and_model(2)
    proba = pilot.predict_proba(X.astype(np.float32))
    np.testing.assert_allclose(proba, model.predict_proba(X), rtol=1e-5)
    integers = np.round(X * 10).astype(np.int32)
    np.testing.assert_allclose(
        pilot.predict_proba(integers), model.predict_proba(integers * 1.0), atol=1e-15
    )


@pytest.mark.parametrize("margin", [-1e4, -800.0, -700.0, 0.0, 700.0, 800.0, 1e4])
def test_extreme_margins(margin: float) -> None:
    two = LinearPilot(np.array([[1.0]]), np.zeros(1)).predict_proba([[margin]])
    three = LinearPilot(np.array([[0.0], [1.0], [0.0]]), np.zeros(3)).predict_proba([[margin]])
    assert np.isfinite([*two[0], *three[0]]).all()
    np.testing.assert_allclose([two.sum(), three.sum()], 1)
    if abs(margin) == 700:  # the smaller probability is no rounding error of the larger
        np.testing.assert_allclose(two.min(), np.exp(-700.0), rtol=1e-12)


def test_a_row_of_large_margins_does_not_touch_the_others() -> None:
    pilot = LinearPilot(np.array([[0.0], [1.0], [0.5]]), np.zeros(3))
    both = pilot.predict_proba([[2.0], [2000.0]])
    np.testing.assert_array_equal(both[:1], pilot.predict_proba([[2.0]]))
    np.testing.assert_array_equal(both[1], [0, 1, 0])


@pytest.mark.parametrize("n_classes", [2, 3])
def test_json_bit_by_bit(n_classes: int) -> None:
    pilot, _ = pilot_and_model(n_classes)
    back = LinearPilot._from_content(json.loads(json.dumps(pilot._to_content())))
    assert back == pilot
    assert hash(back) == hash(pilot)
    np.testing.assert_array_equal(back.predict_proba(X), pilot.predict_proba(X))


def test_equality_is_by_content() -> None:
    pilot, _ = pilot_and_model(2)
    assert pilot == LinearPilot(pilot.coef.copy(), pilot.intercept.copy())
    assert pilot != LinearPilot(pilot.coef + 1, pilot.intercept)
    assert pilot != LinearPilot(pilot.coef, pilot.intercept + 1)
    assert pilot != "pilot"
