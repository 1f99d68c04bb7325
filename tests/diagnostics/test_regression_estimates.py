"""GREG and AIPW: closed forms, double robustness, and the mean that a classifier predicts."""

import numpy as np
import pytest
from sklearn.dummy import DummyRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression

from imbalance_kit import estimate_mean
from imbalance_kit.diagnostics._regression_estimates import (
    default_regressor,
    greg_estimate,
    predict_mean,
)


def ones_and(x):
    return np.column_stack([np.ones(len(x)), x])


def test_greg_scores_are_calibrated_residuals() -> None:
    rng = np.random.default_rng(0)
    x, t = rng.normal(1, 1, 200), rng.normal(0, 1, 500)
    y, d = 3 * x + rng.normal(size=200), rng.uniform(0.5, 2, 200)
    v = rng.uniform(0.5, 2, 500)
    one = greg_estimate(y, ones_and(x), d, ones_and(t), v, target_is_sample=False)
    D = ones_and(x)
    means = np.average(ones_and(t), axis=0, weights=v)
    w = d * (1 + D @ np.linalg.solve((D.T * d) @ D, d.sum() * means - d @ D))
    b = np.linalg.solve((D.T * d) @ D, (D.T * d) @ y)
    assert one.estimate == pytest.approx(w @ y / w.sum())
    np.testing.assert_allclose(one.scores, w * (y - D @ b) / d.sum(), atol=1e-12)
    assert one.n_fitted == 2


def test_greg_takes_collinear_constant_and_badly_scaled_columns() -> None:
    rng = np.random.default_rng(1)
    x, t = rng.normal(1, 1, 100), rng.normal(0, 1, 100)
    y, d = x + rng.normal(size=100), np.ones(100)
    good = greg_estimate(y, ones_and(x), d, ones_and(t), None, target_is_sample=True)

    def spoil(z):
        return np.column_stack([np.ones(100), z, 1e8 + 1e4 * z, np.full(100, 7.0)])

    bad = greg_estimate(y, spoil(x), d, spoil(t), None, target_is_sample=True)
    assert bad.estimate == pytest.approx(good.estimate, rel=1e-6)
    assert bad.standard_error == pytest.approx(good.standard_error, rel=1e-6)
    assert bad.n_fitted == 2


def test_aipw_is_right_if_either_part_is() -> None:
    """A wrong model with the true weights, a right model with no weights; neither is wrong."""
    rng = np.random.default_rng(2)
    n = 4000
    x, people = rng.normal(1, 1, (n, 1)), rng.normal(0, 1, (n, 1))
    y = 2 * x[:, 0] + rng.normal(size=n)  # the population's mean is 0
    true = np.exp(0.5 - x[:, 0])  # density ratio of the two normals
    options = {"target": people, "method": "aipw", "random_state": 0}
    weights_right = estimate_mean(y, x, sample_weight=true, estimator=DummyRegressor(), **options)
    model_right = estimate_mean(
        y, x, sample_weight=np.ones(n), estimator=LinearRegression(), **options
    )
    wrong = estimate_mean(y, x, sample_weight=np.ones(n), estimator=DummyRegressor(), **options)
    for one in (weights_right, model_right):
        assert abs(one.estimate) < 4 * one.standard_error
    assert wrong.estimate > 1.8


def test_classifiers_predict_their_mean() -> None:
    rng = np.random.default_rng(3)
    X = rng.normal(size=(300, 2))
    y = np.where(rng.random(300) < 1 / (1 + np.exp(-X[:, 0])), 5.0, 2.0)
    model = LogisticRegression().fit(X, y)
    expected = 2 + 3 * model.predict_proba(X)[:, 1]
    np.testing.assert_allclose(predict_mean(model, X), expected)
    regression = LinearRegression().fit(X, y)
    np.testing.assert_array_equal(predict_mean(regression, X), regression.predict(X))


def test_default_regressor_learns_a_line() -> None:
    X = np.random.default_rng(4).normal(size=(200, 3))
    assert default_regressor().fit(X, X @ [1, 2, 3]).score(X, X @ [1, 2, 3]) > 0.999
