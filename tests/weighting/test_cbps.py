"""The equations of CBPS: derivatives by differences, optima that no search can better."""

import numpy as np
import pytest
from scipy.optimize import approx_fprime, minimize
from sklearn.linear_model import LogisticRegression

from imbalance_kit.weighting._basis_rows import BasisRows, orthonormal_rows
from imbalance_kit.weighting._cbps import solve_exact, solve_over
from imbalance_kit.weighting._cbps_moments import moment_weight, moments
from imbalance_kit.weighting._newton_fits import NoSolutionError, maximum_likelihood
from tests.weighting._populations import cbps_example, mean_under, two_normals


def basis_rows(seed: int = 0, p: int = 3) -> BasisRows:
    sample, target = two_normals(300, 200, p, seed)
    rng = np.random.default_rng(seed)
    return orthonormal_rows(
        sample * 7 + 100, target * 7 + 100, rng.exponential(size=300), rng.exponential(size=200)
    )


def example() -> tuple[BasisRows, np.ndarray, np.ndarray]:
    sample, target, _ = cbps_example()
    rows = orthonormal_rows(sample, target, np.ones(len(sample)), np.ones(len(target)))
    return rows, sample, target


def in_basis(rows: BasisRows, coef: np.ndarray) -> np.ndarray:
    return np.linalg.lstsq(rows.basis, coef, rcond=None)[0]


def test_basis_is_orthonormal_and_leads_back() -> None:
    rows = basis_rows()
    n = rows.total
    gram = (rows.sample.T * rows.sample_weight) @ rows.sample
    gram += (rows.target.T * rows.target_weight) @ rows.target
    np.testing.assert_allclose(gram / n, np.eye(4), atol=1e-12)
    sample, _ = two_normals(300, 200, 3)
    with_constant = np.column_stack([np.ones(300), sample * 7 + 100])
    np.testing.assert_allclose(with_constant @ rows.basis, rows.sample, atol=1e-10)


def test_maximum_likelihood_is_that_of_scikit_learn() -> None:
    sample, target = two_normals(300, 200, 3)
    rows = orthonormal_rows(sample, target, np.ones(300), np.ones(200))
    coef = rows.basis @ maximum_likelihood(rows, 1e-10)[0]
    model = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000)
    model.fit(np.concatenate([sample, target]), np.repeat([0, 1], [300, 200]))
    np.testing.assert_allclose(coef[1:], model.coef_[0], atol=1e-5)
    assert coef[0] == pytest.approx(model.intercept_[0], abs=1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_derivatives_are_those_of_differences(seed: int) -> None:
    rows = basis_rows(seed)
    weight = moment_weight(rows, maximum_likelihood(rows, 1e-8)[0])
    beta = np.random.default_rng(seed).normal(size=4) * 0.3
    found = moments(rows, beta, weight)
    gradient = approx_fprime(beta, lambda b: moments(rows, b, weight).value, 1e-7)
    np.testing.assert_allclose(found.gradient, gradient, rtol=1e-4, atol=1e-5)
    hessian = approx_fprime(beta, lambda b: moments(rows, b, weight).gradient, 1e-7)
    np.testing.assert_allclose(found.hessian, hessian, rtol=1e-4, atol=1e-4)


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


def test_published_example_exact() -> None:
    rows, sample, target = example()
    found = solve_exact(rows, tol=1e-10)
    weights = np.exp(sample @ found.coef[1:] + found.coef[0])
    apart = np.abs(mean_under(weights, sample) - target.mean(axis=0)) / target.std(axis=0)
    assert apart.max() < 1e-8
    assert weights.sum() == pytest.approx(len(target), rel=1e-10)


def test_published_example_over_has_no_better_neighbour() -> None:
    rows, _, _ = example()
    found = solve_over(rows, tol=1e-10)
    start = maximum_likelihood(rows, 1e-10)[0]
    weight = moment_weight(rows, start)

    def objective(beta: np.ndarray) -> float:
        return moments(rows, beta, weight).value

    beta = in_basis(rows, found.coef)
    assert objective(beta) == pytest.approx(found.objective, rel=1e-9)
    options = {"xatol": 1e-10, "fatol": 1e-15, "maxiter": 5000, "maxfev": 5000}
    polished = minimize(objective, beta, method="Nelder-Mead", options=options)
    assert found.objective <= polished.fun + 1e-13
    # The same minimum from other places.
    for seed in range(3):
        away = start + np.random.default_rng(seed).normal(size=len(start)) * 0.2
        other = minimize(objective, away, method="BFGS", options={"gtol": 1e-9})
        assert found.objective <= other.fun + 1e-12


def test_published_example_agrees_with_another_implementation() -> None:
    # balance 0.23 on these rows: exact to the 1e-4 of its optimiser; over with W fixed at a
    # maximum likelihood fit shrunk by about .95, hence the wider tolerance.
    rows, sample, _ = example()
    scale = np.append(1.0, sample.std(axis=0))
    exact = np.array([-5.33407708, -1.888396, 0.621459337, 6.23571234, -3.34831659e-4])
    over = np.array([-4.65888703, -1.49026143, 0.638687417, -0.318602141, 1.26282647e-4])
    found = solve_exact(rows, tol=1e-10).coef
    np.testing.assert_allclose((found * scale)[1:], (exact * scale)[1:], atol=1e-4)
    found = solve_over(rows, tol=1e-10).coef
    np.testing.assert_allclose((found * scale)[1:], (over * scale)[1:], atol=0.02)


@pytest.mark.parametrize("solve", [solve_exact, solve_over])
def test_standard_errors_are_those_of_repeated_draws(solve: object) -> None:
    # 300 draws: the standard deviation of an estimate has a standard error of 1 / sqrt(600) of
    # itself; 4 of them, and 5 % for the sandwich's own small-sample bias.
    estimates, errors = [], []
    for seed in range(300):
        sample, target = two_normals(300, 300, 2, seed)
        rows = orthonormal_rows(sample, target, np.ones(300), np.ones(300))
        found = solve(rows, tol=1e-8)  # type: ignore[operator]
        estimates.append(found.coef[1:])
        errors.append(np.sqrt(np.diag(found.covariance))[1:])
    spread = np.std(estimates, axis=0, ddof=1)
    ratio = np.mean(errors, axis=0) / spread
    assert (np.abs(ratio - 1) < 4 / np.sqrt(600) + 0.05).all(), ratio


def test_redundant_columns_have_no_coefficient() -> None:
    sample, target = two_normals(300, 200, 2)
    wide = [np.column_stack([x, x[:, 0] - x[:, 1], np.ones(len(x))]) for x in (sample, target)]
    ones = np.ones(300), np.ones(200)
    for solve in (solve_exact, solve_over):
        found = solve(orthonormal_rows(*wide, *ones), tol=1e-10)
        expected = solve(orthonormal_rows(sample, target, *ones), tol=1e-10)
        np.testing.assert_allclose(found.coef[:3], expected.coef, atol=1e-8)
        assert not found.coef[3:].any()
        assert np.isnan(np.diag(found.covariance)[3:]).all()
        np.testing.assert_allclose(
            np.diag(found.covariance)[:3], np.diag(expected.covariance), rtol=1e-6
        )


@pytest.mark.parametrize("solve", [solve_exact, solve_over])
def test_separated_sides_have_no_solution(solve: object) -> None:
    sample, target = two_normals(50, 50, 2)
    rows = orthonormal_rows(sample, target + 20, np.ones(50), np.ones(50))
    with pytest.raises(NoSolutionError):
        solve(rows, tol=1e-10)  # type: ignore[operator]
