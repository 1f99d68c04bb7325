"""CBPS: optima that no search can better, and errors that repeated draws confirm."""

import numpy as np
import pytest
from scipy.optimize import minimize

from imbalance_kit.weighting._basis_rows import BasisRows, orthonormal_rows
from imbalance_kit.weighting._cbps import solve_exact, solve_over
from imbalance_kit.weighting._cbps_moments import moment_weight, moments
from imbalance_kit.weighting._newton_fits import NoSolutionError, maximum_likelihood
from tests.weighting._cbps_rows import example
from tests.weighting._populations import mean_under, two_normals


def in_basis(rows: BasisRows, coef: np.ndarray) -> np.ndarray:
    return np.linalg.lstsq(rows.basis, coef, rcond=None)[0]


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
