"""Both solvers find the optimum, say when they do not, and see when there is none."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import sparse

from imbalance_kit.correction import _logistic_solvers
from imbalance_kit.correction._logistic_objective import Objective, intercept_start
from imbalance_kit.correction._logistic_solvers import Solution, lbfgs, newton, thinned_start
from tests.correction._logistic_reference import extras, objective_of, rows_with_labels

SOLVERS = pytest.mark.parametrize("solve", [newton, lbfgs])
Solve = Callable[..., Solution]


def _distance(objective: Objective, theta: np.ndarray) -> float:
    """Return how far the optimum is, in standard errors: the root of ``g' H⁻¹ g``."""
    found = objective.evaluate(theta, hessian=True)
    assert found.hessian is not None
    gradient = found.gradient.ravel()
    return float(np.sqrt(gradient @ np.linalg.solve(found.hessian, gradient) / objective.unit))


def _solve(solve: Solve, objective: Objective, *, tol: float = 1e-6, max_iter: int = 1000) -> Any:
    return solve(objective, intercept_start(objective), tol=tol, max_iter=max_iter)


@SOLVERS
@pytest.mark.parametrize("n_classes", [2, 4])
@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
def test_the_optimum_is_as_near_as_asked_at_any_scale_of_weights(
    solve: Solve, n_classes: int, scale: float
) -> None:
    X, codes = rows_with_labels(n_classes)
    options = extras(len(X), n_classes)
    plain = _solve(solve, objective_of(X, codes, n_classes, ridge=0.3, **options))
    options["sample_weight"] *= scale
    objective = objective_of(X, codes, n_classes, ridge=0.3 * scale, **options)
    solution = _solve(solve, objective)
    assert solution.status == "converged"
    assert abs(solution.n_iter - plain.n_iter) <= (0 if solve is newton else 1)  # rounding
    assert solution.loss == pytest.approx(objective.evaluate(solution.theta).loss, rel=1e-10)
    # L-BFGS stops on the largest entry of a scaled gradient: the distance is some times that.
    assert _distance(objective, solution.theta) < (1e-6 if solve is newton else 2e-5)


@SOLVERS
def test_columns_of_any_scale_and_mean(solve: Solve) -> None:
    X, codes = rows_with_labels(2)
    scales = np.array([1e-6, 1e-2, 1e2, 1e6])
    plain = _solve(solve, objective_of(X, codes, 2))
    scaled = _solve(solve, objective_of(X * scales + 1e4 * scales, codes, 2))
    assert scaled.status == "converged"
    assert scaled.n_iter <= plain.n_iter + 1
    # Adding 1e4 times the scale leaves 12 of 16 digits.
    np.testing.assert_allclose(scaled.theta[0, :4] * scales, plain.theta[0, :4], rtol=1e-6)


def _correlated() -> Objective:
    rng = np.random.default_rng(0)
    mixing = rng.normal(size=(30, 30)) * np.logspace(0, -4, 30)
    X = rng.normal(size=(2000, 30)) @ mixing
    y = (rng.random(2000) < 1 / (1 + np.exp(-X[:, 0]))).astype(int)
    return objective_of(X, y, 2)


def test_lbfgs_whitens_columns_that_scaling_leaves_correlated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    objective = _correlated()
    solution = _solve(lbfgs, objective)
    assert solution.status == "converged"
    assert 100 < solution.n_iter < 150
    assert _distance(objective, solution.theta) < 2e-5
    monkeypatch.setattr(_logistic_solvers, "_MAX_WHITENED", 0)
    assert _solve(lbfgs, objective).n_iter > solution.n_iter + 50


@SOLVERS
def test_too_few_iterations_are_reported(solve: Solve) -> None:
    solution = _solve(solve, _correlated(), max_iter=2)
    assert (solution.status, solution.n_iter) == ("limit", 2)


@SOLVERS
def test_all_the_iterations_allowed_are_taken(solve: Solve) -> None:
    X, codes = rows_with_labels(2)
    objective = objective_of(X, codes, 2, ridge=0.5)
    needed = _solve(solve, objective).n_iter
    assert needed > 3
    for allowed, status in ((needed, "converged"), (needed - 1, "limit")):
        solution = _solve(solve, objective, max_iter=allowed)
        assert (solution.status, solution.n_iter) == (status, allowed)


@SOLVERS
def test_a_start_at_the_optimum_stays_there(solve: Solve) -> None:
    X, codes = rows_with_labels(3)
    objective = objective_of(X, codes, 3)
    first = _solve(solve, objective, tol=1e-8)
    again = solve(objective, first.theta, tol=1e-6, max_iter=10)
    assert (again.status, again.n_iter) == ("converged", 1)
    np.testing.assert_allclose(again.theta, first.theta, atol=1e-8)


def test_newton_halves_steps_that_overshoot() -> None:
    """From log odds of 40 on the wrong side a full step goes to astronomical coefficients."""
    X, codes = rows_with_labels(2)
    objective = objective_of(X, codes, 2, ridge=1e-3)
    far = np.zeros((1, 5))
    far[0, 1] = -40 / np.abs(X).max()
    solution = newton(objective, far, tol=1e-6, max_iter=100)
    assert solution.status == "converged"
    np.testing.assert_allclose(solution.theta, _solve(newton, objective).theta, atol=1e-7)


# Separation ---------------------------------------------------------------------------------------


def _separated(kind: str) -> tuple[np.ndarray, np.ndarray, int]:
    X, codes = rows_with_labels(2, n=500)
    rng = np.random.default_rng(2)
    if kind == "complete":
        return X, (X[:, 0] > 0).astype(int), 2
    if kind == "more columns than rows":
        return rng.normal(size=(30, 40)), np.arange(30) % 2, 2
    flag = (rng.random(500) < 0.1) & (codes == 0)  # a level that only ever goes with class 0
    if kind == "a level of one class":
        return np.column_stack([X, flag]), codes, 2
    return X, np.where(X[:, 1] > 4, 2, codes), 3  # one class of three


KINDS = ["complete", "more columns than rows", "a level of one class", "one class of three"]


@SOLVERS
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("make", [np.asarray, sparse.csr_array])
def test_separation_is_seen(solve: Solve, kind: str, make: Any) -> None:
    X, codes, n_classes = _separated(kind)
    rows = make(X.astype(np.float64))
    solution = _solve(solve, objective_of(rows, codes, n_classes))
    assert solution.status == "separated"
    assert 1 < solution.n_iter < 100
    # A penalty, however weak, makes an optimum.
    weak = objective_of(rows, codes, n_classes, ridge=1e-6)
    assert _solve(solve, weak).status == "converged"


@pytest.mark.parametrize("n_classes", [2, 3])
def test_receding_by_brute_force(n_classes: int) -> None:
    """Along a direction every row's own class must gain on each other class, but for the slack."""
    rng, rows = np.random.default_rng(3), np.arange(60)
    X, codes = rows_with_labels(n_classes, n=60)
    weights = (rng.random(60) < 0.9).astype(float)
    directions = rng.normal(size=(12, n_classes - 1, X.shape[1] + 1))

    def scores(objective: Objective, direction: np.ndarray) -> np.ndarray:
        changes = objective.score_changes(direction)
        return np.vstack([0 * changes, changes]).T if n_classes == 2 else changes.T.copy()

    mixed = objective_of(X, codes, n_classes, sample_weight=weights)
    labels = scores(mixed, directions[0]).argmax(axis=1)  # that direction separates them
    separated = objective_of(X, labels, n_classes, sample_weight=weights)
    for objective, own, best in ((mixed, codes, False), (separated, labels, True)):
        for direction in directions:
            each = scores(objective, direction)
            others = np.where(np.eye(n_classes, dtype=bool)[own], -np.inf, each).max(axis=1)
            gains = (each[rows, own] - others)[weights > 0]
            expected = gains.min() >= -0.01 * gains.max()
            assert _logistic_solvers._recedes(objective, direction, 0.01) == expected
        assert _logistic_solvers._recedes(objective, directions[0], 0.01) is best


@SOLVERS
def test_a_row_without_weight_separates_nothing_and_joins_nothing(solve: Solve) -> None:
    X, codes, _ = _separated("a level of one class")
    X = X.astype(np.float64)
    rows = np.vstack([X, X[X[:, -1] == 1][:1]])
    labels = np.append(codes, 1)  # one row of the level in class 1: no separation
    for weight, status in ((0.0, "separated"), (1e-9, "converged"), (1.0, "converged")):
        weights = np.append(np.ones(len(codes)), weight)
        objective = objective_of(rows, labels, 2, sample_weight=weights)
        assert _solve(solve, objective).status == status


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("sign", [-1, 1])
def test_a_row_far_from_all_others_is_no_separation(n_classes: int, sign: int) -> None:
    """A step of .002 standard errors moves its log odds by about 1, and all others hardly."""
    X, codes = rows_with_labels(n_classes, n=2000)
    others = objective_of(X[1:], codes[1:], n_classes)
    X[0] = [sign * 1e4, 0, 0, 0]
    gains = _solve(newton, others).theta[:, 0]
    gains = np.append(0, gains) if n_classes == 2 else others.contrasts @ gains
    codes[0] = (sign * gains).argmax()  # as it would be predicted
    objective = objective_of(X, codes, n_classes)
    best = newton(objective, intercept_start(objective), tol=1e-9, max_iter=50)
    assert best.status == "converged"
    for part in (-1e-4, 1e-4):
        raw = objective.design.to_raw(best.theta)
        raw[0, 0] += part
        near = objective.design.to_centred(raw)
        assert _distance(objective, near) < 0.003
        solution = newton(objective, near, tol=1e-6, max_iter=10)
        assert solution.status == "converged"
        np.testing.assert_allclose(solution.theta, best.theta, atol=1e-9)


@pytest.mark.parametrize("n_classes", [2, 4])
@pytest.mark.parametrize("weighted", [False, True])
def test_the_largest_change_is_that_between_any_two_classes(n_classes: int, weighted: bool) -> None:
    X, codes = rows_with_labels(n_classes, n=50)
    weights = (np.arange(50) % 3 > 0).astype(float)
    objective = objective_of(X, codes, n_classes, sample_weight=weights if weighted else None)
    rows = np.column_stack([X - objective.design.center, np.ones(50)])
    rows = rows[weights > 0] if weighted else rows
    for direction in np.random.default_rng(0).normal(size=(5, n_classes - 1, 5)):
        scores = direction if n_classes == 2 else objective.contrasts @ direction
        moves = np.vstack([0 * scores[0], scores]) if n_classes == 2 else scores
        pairs = (moves[:, None] - moves[None]).reshape(-1, 5) @ rows.T
        found = _logistic_solvers._largest_change(objective, direction)
        assert found == pytest.approx(pairs.max(), rel=1e-12)


@SOLVERS
@pytest.mark.parametrize("extra", ["copy", "sum", "constant", "zero"])
def test_dependent_columns_are_no_separation(solve: Solve, extra: str) -> None:
    X, codes = rows_with_labels(2)
    column = {
        "copy": X[:, 0],
        "sum": X.sum(axis=1),
        "constant": np.full(len(X), 0.1),
        "zero": np.zeros(len(X)),
    }[extra]
    plain = _solve(solve, objective_of(X, codes, 2))
    wide = objective_of(np.column_stack([X, column]), codes, 2)
    solution = _solve(solve, wide)
    assert solution.status == "converged"
    assert solution.loss == pytest.approx(plain.loss, rel=1e-10)
    assert np.abs(solution.theta).max() < 10


# Thinned start ------------------------------------------------------------------------------------


def test_a_thinned_start_is_near_and_saves_passes_over_all_rows() -> None:
    X, codes = rows_with_labels(2, n=20_000)
    objective = objective_of(X, codes, 2, ridge=1.0, **extras(len(X), 2))
    cold = intercept_start(objective)
    start = thinned_start(objective, cold)
    # A sixteenth of the rows: 4 standard errors for each of 5 parameters, at 3 of their deviations.
    assert 0.1 < _distance(objective, start) < 4 * np.sqrt(5) * 3
    near, far = (newton(objective, t, tol=1e-6, max_iter=50) for t in (start, cold))
    assert near.n_iter <= far.n_iter - 2
    np.testing.assert_allclose(near.theta, far.theta, atol=1e-7)


def test_too_few_rows_are_not_thinned() -> None:
    X, codes = rows_with_labels(2, n=1000)
    objective = objective_of(X, codes, 2)
    cold = intercept_start(objective)
    assert thinned_start(objective, cold) is cold
    rare = np.zeros(50_000, dtype=np.intp)
    rare[:200] = 1
    many = objective_of(np.random.default_rng(0).normal(size=(50_000, 2)), rare, 2)
    assert thinned_start(many, cold) is cold
