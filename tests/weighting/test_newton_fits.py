"""Maximum likelihood against scikit-learn; tilting against its conditions."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from imbalance_kit.weighting._basis_rows import orthonormal_rows
from imbalance_kit.weighting._newton_fits import exponential_tilt, maximum_likelihood, newton_step
from tests.weighting._cbps_rows import basis_rows
from tests.weighting._populations import mean_under, two_normals


def test_maximum_likelihood_is_that_of_scikit_learn() -> None:
    sample, target = two_normals(300, 200, 3)
    rows = orthonormal_rows(sample, target, np.ones(300), np.ones(200))
    coef = rows.basis @ maximum_likelihood(rows, 1e-10)[0]
    model = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000)
    model.fit(np.concatenate([sample, target]), np.repeat([0, 1], [300, 200]))
    np.testing.assert_allclose(coef[1:], model.coef_[0], atol=1e-5)
    assert coef[0] == pytest.approx(model.intercept_[0], abs=1e-5)


def test_tilting_makes_the_means_and_the_total_agree() -> None:
    rows = basis_rows()
    beta, n_iter = exponential_tilt(rows, 1e-12)
    weights = rows.sample_weight * np.exp(rows.sample @ beta)
    wanted = mean_under(rows.target_weight, rows.target)
    np.testing.assert_allclose(mean_under(weights, rows.sample), wanted, atol=1e-11)
    assert weights.sum() == pytest.approx(rows.target_total, rel=1e-11)
    assert 1 < n_iter < 10


def test_a_step_where_the_hessian_is_not_positive_definite_uses_the_safe_one() -> None:
    gradient = np.array([1.0, 2.0])
    step = newton_step(np.diag([1.0, -1.0]), np.diag([2.0, 4.0]), gradient)
    np.testing.assert_allclose(step, [0.5, 0.5])
