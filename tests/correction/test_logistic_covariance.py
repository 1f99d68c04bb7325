"""Covariances, against inverses of numeric Hessians, other parametrisations, and simulation."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import sparse

from imbalance_kit.correction._logistic_covariance import _of_raw_columns, covariance
from imbalance_kit.correction._logistic_objective import Objective, intercept_start
from imbalance_kit.correction._logistic_solvers import newton
from tests.correction._logistic_reference import (
    extras,
    naive_loss,
    numeric_gradient,
    objective_of,
    rows_with_labels,
)


def _fitted(X: Any, codes: np.ndarray, n_classes: int, **options: Any) -> tuple[Objective, Any]:
    objective = objective_of(X, codes, n_classes, **options)
    solution = newton(objective, intercept_start(objective), tol=1e-8, max_iter=50)
    assert solution.status == "converged"
    return objective, solution.theta


@pytest.mark.parametrize("make", [np.asarray, sparse.csr_array])
@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize("ridge", [0.0, 2.0])
def test_two_classes_have_the_inverse_of_the_numeric_hessian(
    make: Any, intercept: bool, ridge: float
) -> None:
    X, codes = rows_with_labels(2)
    options = extras(len(X), 2) | {"ridge": ridge}
    objective, theta = _fitted(make(X), codes, 2, intercept=intercept, **options)
    raw = objective.design.to_raw(theta)[0]

    def gradient(raw: np.ndarray) -> np.ndarray:
        coef, level = (raw[:4], raw[4:]) if intercept else (raw, np.zeros(1))
        scores = X @ coef + level.sum() + options["offset"]
        residuals = options["sample_weight"] * (1 / (1 + np.exp(-scores)) - codes)
        slopes = residuals @ X + ridge * coef
        return np.append(slopes, residuals.sum()) if intercept else slopes

    # The solver's gradient is zero there, and the numeric Hessian right to eight digits or so.
    np.testing.assert_allclose(gradient(raw), 0, atol=1e-6)
    expected = np.linalg.inv(numeric_gradient(gradient, raw))
    found = covariance(objective, theta, "model")
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize("kind", ["model", "sandwich"])
def test_more_classes_have_the_variances_of_their_differences(kind: str) -> None:
    """With the last class as the reference, the parameters are differences and free."""
    X, codes = rows_with_labels(3)
    options = extras(len(X), 3)
    objective, theta = _fitted(X, codes, 3, **options)
    assert objective.contrasts is not None
    raw = objective.contrasts @ objective.design.to_raw(theta)
    free = (raw[:2] - raw[2]).ravel()
    rows = np.column_stack([X, np.ones(len(X))])

    def residuals(free: np.ndarray) -> np.ndarray:
        scores = np.column_stack([rows @ free.reshape(2, 5).T, np.zeros(len(X))])
        scores = np.exp(scores + options["offset"])
        proba = scores / scores.sum(axis=1, keepdims=True)
        return options["sample_weight"][:, None] * (proba - np.eye(3)[codes])[:, :2]

    def by_row(free: np.ndarray) -> np.ndarray:
        return np.einsum("ia,ij->iaj", residuals(free), rows).reshape(len(X), -1)

    bends = numeric_gradient(by_row, free)
    hessian = bends.sum(axis=0)
    expected = np.linalg.inv(hessian)
    if kind == "sandwich":  # each row left out: one Newton step on the others
        moves = np.linalg.solve(hessian - bends, by_row(free)[:, :, None])[:, :, 0]
        expected = moves.T @ moves
    found = covariance(objective, theta, kind)
    differences = np.kron(np.array([[1, 0, -1], [0, 1, -1]]), np.eye(5))
    np.testing.assert_allclose(differences @ found @ differences.T, expected, rtol=1e-5, atol=1e-8)
    # The classes sum to zero, without any variance.
    sums = np.kron(np.ones((1, 3)), np.eye(5))
    np.testing.assert_allclose(sums @ found @ sums.T, 0, atol=1e-10)


@pytest.mark.parametrize("make", [np.asarray, sparse.csr_array])
@pytest.mark.parametrize("ridge", [0.0, 2.0])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_the_sandwich_is_the_jackknife_of_one_newton_step(
    make: Any, ridge: float, n_classes: int
) -> None:
    """Leave out each row in turn, the penalty staying what it is: derivation and code in one."""
    X, codes = rows_with_labels(n_classes, n=60)
    options = extras(len(X), n_classes) | {"ridge": ridge}
    options["sample_weight"][:3] = 20.0  # rows that pull the fit to themselves
    objective, theta = _fitted(make(X), codes, n_classes, **options)
    total = objective.evaluate(theta, hessian=True).hessian
    assert total is not None
    moves, leverage = [], []
    for i in range(len(X)):
        weight = options["sample_weight"].copy()
        weight[i] = 0.0
        others = replace(objective, weights=weight).evaluate(theta, hessian=True)
        moves.append(np.linalg.solve(others.hessian, others.gradient.ravel()))
        leverage.append(1 - np.linalg.det(others.hessian) / np.linalg.det(total))
    assert max(leverage) > 0.3  # where the correction counts
    # As the intercept of centred columns has its raw counterpart, so has its covariance.
    wanted = _of_raw_columns(
        objective, np.array(moves).T @ np.array(moves), np.zeros(X.shape[1] + 1, dtype=bool)
    )
    # The gradient at the optimum is 1e-8 standard errors, the least share left to a row 1e-9.
    found = covariance(objective, theta, "sandwich")
    np.testing.assert_allclose(found, wanted, rtol=1e-6, atol=1e-9)


def test_naive_loss_is_flat_at_the_optimum() -> None:
    X, codes = rows_with_labels(3)
    options = extras(len(X), 3) | {"ridge": 1.0}
    objective, theta = _fitted(X, codes, 3, **options)
    assert objective.contrasts is not None
    raw = objective.contrasts @ objective.design.to_raw(theta)
    slope = numeric_gradient(lambda r: naive_loss(r[:, :4], r[:, 4], X, codes, **options), raw)
    np.testing.assert_allclose(slope, 0, atol=1e-5)


def test_a_weight_of_three_is_three_rows_for_the_model_and_not_for_the_sandwich() -> None:
    X, codes = rows_with_labels(2)
    weighted = _fitted(X, codes, 2, sample_weight=np.full(len(X), 3.0))
    repeated = _fitted(np.repeat(X, 3, axis=0), np.repeat(codes, 3), 2)
    plain = _fitted(X, codes, 2)
    # The optima agree within 1e-8 standard errors, hence the curvatures to about as much.
    np.testing.assert_allclose(
        covariance(*weighted, "model"), covariance(*repeated, "model"), rtol=1e-6, atol=1e-10
    )
    np.testing.assert_allclose(
        covariance(*weighted, "sandwich"), covariance(*plain, "sandwich"), rtol=1e-6, atol=1e-10
    )


def test_scale_and_mean_of_columns_move_the_covariance_as_they_must() -> None:
    X, codes = rows_with_labels(2)
    scales, shift = np.array([1e-5, 1.0, 1e3, 1e5]), np.array([0.0, 1e4, 0, 1])
    move = np.eye(5)
    move[:4, :4] /= scales
    move[4, :4] = -shift / scales
    expected = move @ covariance(*_fitted(X, codes, 2), "model") @ move.T
    found = covariance(*_fitted(X * scales + shift, codes, 2), "model")
    np.testing.assert_allclose(found, expected, rtol=1e-5)


@pytest.mark.parametrize("make", [np.asarray, sparse.csr_array])
def test_what_the_data_do_not_determine_has_infinite_variance(make: Any) -> None:
    X, codes = rows_with_labels(2)
    X[:, 2] -= X[:, 2].mean()  # so that its copy below says nothing about the intercept either
    known = covariance(*_fitted(X, codes, 2), "model")
    copied = covariance(*_fitted(make(np.column_stack([X, X[:, 2]])), codes, 2), "model")
    lost = np.isinf(np.diag(copied))
    assert lost.tolist() == [False, False, True, False, True, False]
    kept = [0, 1, 3, 5]
    np.testing.assert_allclose(
        copied[np.ix_(kept, kept)], known[np.ix_([0, 1, 3, 4], [0, 1, 3, 4])], rtol=1e-6
    )
    assert np.isnan(copied[2, 0])
    twice = covariance(*_fitted(make(np.column_stack([X, X[:, 2], X[:, 2]])), codes, 2), "model")
    assert np.flatnonzero(np.isinf(np.diag(twice))).tolist() == [2, 4, 5]
    # A constant column cannot be told from the intercept.
    constant = covariance(
        *_fitted(make(np.column_stack([X, np.full(len(X), 0.1)])), codes, 2), "model"
    )
    assert np.isinf(np.diag(constant)).tolist() == [False] * 4 + [True, True]
    np.testing.assert_allclose(constant[:4, :4], known[:4, :4], rtol=1e-6)
