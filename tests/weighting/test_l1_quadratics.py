"""The inner problem against its optimality conditions and against scikit-learn's lasso."""

import numpy as np
import pytest
from sklearn.linear_model import Lasso

from imbalance_kit.weighting._l1_quadratics import minimise_l1_quadratics


def problem(p: int, m: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(3 * p, p)) + rng.normal(size=(3 * p, 1))
    return root.T @ root / (3 * p), rng.normal(size=(m, p)), rng.normal(size=(m, p))


@pytest.mark.parametrize(("p", "m"), [(1, 1), (6, 4), (60, 3)])
@pytest.mark.parametrize("seed", range(5))
def test_optimality_conditions_hold_from_any_start(p: int, m: int, seed: int) -> None:
    hessian, linear, start = problem(p, m, seed)
    penalty = np.full(p, 0.3)
    penalty[-1] = 0.0
    found = minimise_l1_quadratics(hessian, linear, penalty, start)
    slope = linear - found @ hessian
    active = np.abs(slope - penalty * np.sign(found))
    idle = np.maximum(np.abs(slope) - penalty, 0)
    excess = np.where((found != 0) | (penalty == 0), active, idle)
    assert excess.max() < 1e-9
    again = minimise_l1_quadratics(hessian, linear, penalty, np.zeros_like(start))
    np.testing.assert_allclose(again, found, atol=1e-9)


def test_lasso_of_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(80, 12)), rng.normal(size=80)
    expected = Lasso(alpha=0.1, fit_intercept=False, tol=1e-12, max_iter=100_000).fit(X, y).coef_
    found = minimise_l1_quadratics(
        X.T @ X / 80, (y @ X / 80)[None], np.full(12, 0.1), np.zeros((1, 12))
    )
    np.testing.assert_allclose(found[0], expected, atol=1e-8)


def test_without_a_penalty_it_is_a_linear_system() -> None:
    hessian, linear, start = problem(5, 2, 0)
    found = minimise_l1_quadratics(hessian, linear, np.zeros(5), start)
    np.testing.assert_allclose(found @ hessian, linear, atol=1e-10)
