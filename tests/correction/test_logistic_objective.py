"""Value, gradient and Hessian, against the naive likelihood and its differences."""

from typing import Any

import numpy as np
import pytest
from scipy import sparse

from imbalance_kit.correction._logistic_objective import (
    Objective,
    binary_terms,
    intercept_start,
)
from tests.correction._logistic_reference import (
    dense_rows,
    extras,
    naive_loss,
    numeric_gradient,
    objective_of,
    rows_with_labels,
)

CASES = [
    pytest.param(n_classes, make, intercept, id=f"{n_classes} classes, {name}, {intercept=}")
    for n_classes in (2, 3, 5)
    for name, make in {"dense": np.asarray, "sparse": sparse.csr_array}.items()
    for intercept in (True, False)
]


def _case(n_classes: int, make: Any, intercept: bool) -> tuple[Objective, np.ndarray, Any]:
    X, codes = rows_with_labels(n_classes)
    options = extras(len(X), n_classes) | {"ridge": 0.7}
    objective = objective_of(make(X), codes, n_classes, intercept=intercept, **options)
    shape = (objective.n_outputs, objective.design.n_columns)
    theta = np.random.default_rng(5).normal(size=shape) / 5

    def naive(theta: np.ndarray) -> float:
        raw = objective.design.to_raw(theta)
        if objective.contrasts is not None:
            raw = objective.contrasts @ raw
        coef, level = (raw[:, :-1], raw[:, -1]) if intercept else (raw, np.zeros(len(raw)))
        return naive_loss(coef, level, X, codes, **options)

    return objective, theta, naive


@pytest.mark.parametrize(("n_classes", "make", "intercept"), CASES)
def test_derivatives_are_those_of_the_naive_loss(
    n_classes: int, make: Any, intercept: bool
) -> None:
    objective, theta, naive = _case(n_classes, make, intercept)
    found = objective.evaluate(theta, hessian=True)
    assert found.hessian is not None
    np.testing.assert_allclose(found.loss, naive(theta), rtol=1e-12)
    # Differences with a step of 1e-5: the truncation is 1e-10 times third derivatives of about 1e3,
    # the rounding 1e-16 times a loss of 1e3 over the step.
    gradient = numeric_gradient(naive, theta)
    np.testing.assert_allclose(found.gradient.ravel(), gradient, atol=1e-5)
    hessian = numeric_gradient(lambda t: objective.evaluate(t).gradient.ravel(), theta)
    np.testing.assert_allclose(found.hessian, hessian, atol=1e-4)
    np.testing.assert_allclose(
        objective.hessian_diagonal(theta).ravel(), np.diag(found.hessian), atol=1e-8
    )


@pytest.mark.parametrize(("n_classes", "make", "intercept"), CASES)
def test_score_products_are_summed_row_by_row(n_classes: int, make: Any, intercept: bool) -> None:
    objective, theta, _ = _case(n_classes, make, intercept)
    rows = dense_rows(objective.design)
    contrasts = objective.contrasts
    scores = objective.offset + (theta if contrasts is None else contrasts @ theta) @ rows.T
    inverse = np.linalg.inv(objective.evaluate(theta, hessian=True).hessian)
    by_row = []
    for i, x in enumerate(rows):
        if contrasts is None:
            share = 1 / (1 + np.exp(-scores[:, i]))
            residual, bend = share - (objective.codes[i] == 1), np.diag(share * (1 - share))
        else:
            share = np.exp(scores[:, i]) / np.exp(scores[:, i]).sum()
            residual = contrasts.T @ (share - np.eye(n_classes)[objective.codes[i]])
            bend = contrasts.T @ (np.diag(share) - np.outer(share, share)) @ contrasts
        out = np.kron(np.eye(len(theta)), x[:, None])  # I ⊗ x
        leverage = objective.weights[i] * bend @ (out.T @ inverse @ out)
        kept = np.linalg.solve(np.eye(len(theta)) - leverage, objective.weights[i] * residual)
        by_row.append(out @ kept)
    found = objective.score_products(theta, inverse)
    # Besides rounding: the least share that is left to a row, 1e-9.
    np.testing.assert_allclose(found, np.array(by_row).T @ np.array(by_row), rtol=1e-7, atol=1e-7)


def test_mean_hessian_is_the_mean_over_the_predictors() -> None:
    objective, theta, _ = _case(3, np.asarray, True)
    hessian = objective.evaluate(theta, hessian=True).hessian
    assert hessian is not None
    n = objective.design.n_columns
    np.testing.assert_allclose(
        objective.mean_hessian(theta), (hessian[:n, :n] + hessian[n:, n:]) / 2, atol=1e-9
    )


def test_predictors_of_any_size_overflow_nothing() -> None:
    predictor = np.array([0.0, 30.0, -30.0, 1e4, -1e4])
    terms = binary_terms(predictor, np.ones(5), None)
    expected = np.log(2) + (np.exp(-30) + 30 + np.exp(-30)) + 1e4
    assert terms.loss == pytest.approx(expected, rel=1e-15)
    tiny = np.exp(-30) / (1 + np.exp(-30))
    expected_residuals = [-0.5, -tiny, -(1 - tiny), 0.0, -1.0]
    np.testing.assert_allclose(terms.residuals[0], expected_residuals, rtol=1e-14)
    np.testing.assert_allclose(terms.variances, [0.25, tiny, tiny, 0, 0], rtol=1e-12)


@pytest.mark.parametrize("n_classes", [2, 4])
def test_intercepts_start_at_the_class_shares(n_classes: int) -> None:
    X, codes = rows_with_labels(n_classes)
    plain = objective_of(X, codes, n_classes)
    theta = intercept_start(plain)
    assert not theta[:, :-1].any()
    # Exact: the gradient in the intercepts is zero, up to rounding of sums of 300 terms.
    np.testing.assert_allclose(plain.evaluate(theta).gradient[:, -1], 0, atol=1e-11)
    # With an offset nearly so: what is left is a small part of what it is at zero.
    offset = objective_of(X, codes, n_classes, **extras(len(X), n_classes))
    start = intercept_start(offset)
    before, after = (
        np.abs(offset.evaluate(t).gradient[:, -1]).max() for t in (np.zeros_like(start), start)
    )
    assert after < 0.05 * before


def test_every_third_row() -> None:
    X, codes = rows_with_labels(3)
    options = extras(len(X), 3)
    part = {name: value[::3] for name, value in options.items()}
    theta = np.random.default_rng(0).normal(size=(2, 5)) / 5
    found = objective_of(X, codes, 3, ridge=3.0, **options).every(3)
    expected = objective_of(X[::3], codes[::3], 3, ridge=1.0, **part)
    raw = found.design.to_raw(theta)
    assert found.evaluate(theta).loss == pytest.approx(
        expected.evaluate(expected.design.to_centred(raw)).loss, rel=1e-12
    )
