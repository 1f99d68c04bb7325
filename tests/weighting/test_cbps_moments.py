"""The conditions of CBPS: derivatives by differences, their covariance by simulation."""

import numpy as np
import pytest
from scipy.optimize import approx_fprime

from imbalance_kit.weighting._basis_rows import BasisRows
from imbalance_kit.weighting._cbps_moments import curvature, moment_weight, moments, sandwich
from imbalance_kit.weighting._newton_fits import maximum_likelihood
from tests.weighting._cbps_rows import basis_rows


@pytest.mark.parametrize("seed", range(3))
def test_derivatives_are_those_of_differences(seed: int) -> None:
    rows = basis_rows(seed)
    weight = moment_weight(rows, maximum_likelihood(rows, 1e-8)[0])
    beta = np.random.default_rng(seed).normal(size=4) * 0.3
    found = moments(rows, beta, weight)
    gradient = approx_fprime(beta, lambda b: moments(rows, b, weight).value, 1e-7)
    np.testing.assert_allclose(found.gradient, gradient, rtol=1e-4, atol=1e-5)
    hessian = approx_fprime(beta, lambda b: moments(rows, b, weight).gradient, 1e-7)
    bent = curvature(rows, beta, weight)
    np.testing.assert_allclose(bent.hessian, hessian, rtol=1e-4, atol=1e-4)


def test_weight_is_the_inverse_covariance_of_the_conditions() -> None:
    # Sides drawn anew under the model for fixed columns: 4 standard errors of a covariance, which
    # is below 3 / sqrt(draws) of the product of the standard deviations.
    rng = np.random.default_rng(0)
    x = np.column_stack([np.ones(200), rng.normal(size=(200, 2))])
    beta = np.array([0.2, 0.5, -0.3])
    probability = 1 / (1 + np.exp(-x @ beta))
    n_target = probability.sum()
    draws = rng.random((20_000, 200)) < probability
    score = (draws - probability) @ x / 200
    odds = probability / (1 - probability)
    balance = np.where(draws, 1.0, -odds) @ x / n_target
    covariance = np.cov(np.column_stack([score, balance]).T) * 200
    # Every row is on both sides with half of its weight, but for the target's total.
    half = BasisRows(x, x, np.full(200, 0.5), np.full(200, 0.5), np.eye(3))
    expected = np.linalg.inv(moment_weight(half, beta))
    rescaled = np.repeat([1.0, 100 / n_target], 3)  # its target total is 100
    expected *= np.outer(rescaled, rescaled)
    scale = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
    assert np.abs((covariance - expected) / scale).max() < 4 * 3 / np.sqrt(20_000)


def test_a_sandwich_has_no_variance_below_zero() -> None:
    """Multiplied out it had, by rounding, where columns are nearly redundant; errors were NaN."""
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(3, 50))
    meat = rows.T @ rows
    bread = np.linalg.inv(meat + 1e-13 * np.eye(50))
    bread += bread.T
    assert (np.diag(sandwich(bread, meat)) >= 0).all()
    plain = rng.normal(size=(50, 4))
    gram = plain.T @ plain
    np.testing.assert_allclose(sandwich(gram, gram), gram @ gram @ gram, rtol=1e-10)
