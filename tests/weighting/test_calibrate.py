"""Calibration against a general solver of the primal problem, and its optimality conditions."""

from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog, minimize

from imbalance_kit._utils._moments import means_and_spreads
from imbalance_kit.weighting._calibrate import (
    InfeasibleError,
    Problem,
    calibrate,
    linear_predictor,
)
from imbalance_kit.weighting._calibration_distances import dual_distance

RNG = np.random.default_rng(0)
N = 60
X = np.column_stack([RNG.normal(size=N), RNG.random(N) < 0.4, 1e6 + RNG.exponential(size=N)])
D = RNG.exponential(size=N) + 0.2
MEANS = np.average(X, axis=0, weights=D * np.exp(0.4 * X[:, 0] - 0.5 * X[:, 1]))


def problem(
    rows: Any = X,
    means: Any = MEANS,
    distance: Any = "linear",
    bounds: Any = None,
    ridge: float = 0.0,
    slack: float = 0.0,
) -> Problem:
    shares = D[: len(rows)] / D[: len(rows)].sum()
    centre, scale = means_and_spreads(rows, shares)
    target = (means - centre) / scale
    slacks = np.full(rows.shape[1], slack)
    return Problem(
        rows, shares, centre, scale, target, dual_distance(distance, bounds), ridge, slacks
    )


def solve(p: Problem) -> np.ndarray:
    λ = calibrate(p)
    u = linear_predictor(p.rows, p.centre, p.scale, λ)
    return np.asarray(p.shares * p.distance.ratio(u))


CASES = [
    ("linear", None, lambda g: (g - 1) ** 2 / 2),
    ("raking", None, lambda g: g * np.log(g) - g + 1),
    ("truncated", (0.6, 1.8), lambda g: (g - 1) ** 2 / 2),
    (
        "logit",
        (0.4, 2.5),
        lambda g: (
            ((g - 0.4) * np.log((g - 0.4) / 0.6) + (2.5 - g) * np.log((2.5 - g) / 1.5))
            * (0.6 * 1.5 / 2.1)
        ),
    ),
]


@pytest.mark.parametrize(("distance", "bounds", "cost"), CASES)
# scipy 1.12 says when its own search, the reference here, steps over a bound and back.
@pytest.mark.filterwarnings("ignore:Values in x were outside bounds:RuntimeWarning")
def test_it_is_the_minimum_of_the_primal(distance: str, bounds: Any, cost: Any) -> None:
    """A general solver with constraints finds no smaller distance."""
    p = problem(distance=distance, bounds=bounds)
    w = solve(p)
    assert abs(w.sum() - 1) < 1e-13
    np.testing.assert_allclose(w @ X, MEANS, rtol=1e-13)
    design = np.column_stack([np.ones(N), (X - p.centre) / p.scale])
    wanted = np.concatenate([[1], p.target])
    limits = bounds or (1e-3 if distance == "raking" else -10, 10)
    found = minimize(
        lambda g: p.shares @ cost(g),
        np.ones(N),
        method="SLSQP",
        bounds=[(limits[0] + 1e-9, limits[1] - 1e-9)] * N,
        constraints={"type": "eq", "fun": lambda g: design.T @ (p.shares * g) - wanted},
        options={"maxiter": 500, "ftol": 1e-13},
    )
    assert found.success
    assert p.shares @ cost(w / p.shares) <= found.fun + 1e-9
    np.testing.assert_allclose(w / p.shares, found.x, atol=1e-4)


@pytest.mark.parametrize(("distance", "bounds"), [case[:2] for case in CASES])
def test_slack_is_used_where_it_pays_and_no_further(distance: str, bounds: Any) -> None:
    p = problem(distance=distance, bounds=bounds, slack=0.1)
    λ = calibrate(p)
    w = p.shares * p.distance.ratio(linear_predictor(p.rows, p.centre, p.scale, λ))
    miss = w @ ((X - p.centre) / p.scale) - p.target
    assert (np.abs(miss) <= 0.1 + 1e-9).all()
    assert abs(w.sum() - 1) < 1e-12
    # Complementary slackness: a multiplier only where the limit is reached, against the miss.
    active = λ[1:] != 0
    assert active.any()
    np.testing.assert_allclose(miss[active], -0.1 * np.sign(λ[1:][active]), atol=1e-9)


def test_stable_weights_against_a_general_solver() -> None:
    """Zubizarreta's problem: smallest variance, weights at least 0, differences within δ."""
    p = problem(distance="truncated", bounds=(0.0, np.inf), slack=0.05)
    w = solve(p)
    z = (X - p.centre) / p.scale
    found = minimize(
        lambda g: p.shares @ (g - 1) ** 2,
        np.ones(N),
        method="SLSQP",
        bounds=[(0, None)] * N,
        constraints=[
            {"type": "eq", "fun": lambda g: p.shares @ g - 1},
            {"type": "ineq", "fun": lambda g: 0.05 - ((p.shares * g) @ z - p.target)},
            {"type": "ineq", "fun": lambda g: 0.05 + ((p.shares * g) @ z - p.target)},
        ],
        options={"maxiter": 500, "ftol": 1e-13},
    )
    assert found.success
    np.testing.assert_allclose(w / p.shares, found.x, atol=1e-4)


def test_ridge_misses_in_proportion_to_the_multiplier() -> None:
    p = problem(distance="raking", ridge=0.05)
    λ = calibrate(p)
    w = p.shares * p.distance.ratio(linear_predictor(p.rows, p.centre, p.scale, λ))
    np.testing.assert_allclose(w @ ((X - p.centre) / p.scale) - p.target, -0.05 * λ[1:], atol=1e-12)
    assert abs(w.sum() - 1) < 1e-12


def test_linear_is_the_closed_form() -> None:
    p = problem()
    z = np.column_stack([np.ones(N), (X - p.centre) / p.scale])
    moments = (z.T * p.shares) @ z
    λ = np.linalg.solve(moments, np.concatenate([[0], p.target]))
    np.testing.assert_allclose(solve(p), p.shares * (1 + z @ λ), rtol=1e-8)  # of 1e6


def test_collinear_columns_change_nothing() -> None:
    more = np.column_stack([X, X[:, 0] - 3 * X[:, 1], 1 - X[:, 1]])
    means = np.concatenate([MEANS, [MEANS[0] - 3 * MEANS[1], 1 - MEANS[1]]])
    for distance in ("linear", "raking"):
        plain, collinear = problem(distance=distance), problem(more, means, distance)
        np.testing.assert_allclose(solve(collinear), solve(plain), rtol=1e-8)
    contradiction = problem(more, means + 0.1 * np.eye(5)[4])
    with pytest.raises(InfeasibleError, match="determine each other") as error:
        calibrate(contradiction)
    assert set(np.argsort(-np.abs(error.value.against))[:2]) == {1, 4}


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize(("distance", "bounds"), [case[:2] for case in CASES[1:]])
def test_feasible_or_not_agrees_with_linear_programming(
    distance: str, bounds: Any, seed: int
) -> None:
    """Means drawn around the edge of what can be reached: solved if and only if they can be."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(30, 3))
    means = rng.normal(size=3) * (0.5 if bounds else 1.0)
    p = problem(rows, means, distance, bounds)
    low, high = bounds or (0, None)
    design = np.column_stack([np.ones(30), rows]) * p.shares[:, None]
    reachable = linprog(
        np.zeros(30), A_eq=design.T, b_eq=np.concatenate([[1], means]), bounds=(low, high)
    )
    if reachable.status == 0:
        np.testing.assert_allclose(solve(p) @ rows, means, atol=1e-9)
    else:
        with pytest.raises(InfeasibleError):
            calibrate(p)


@pytest.mark.parametrize("seed", [42, 57, 147])
def test_few_rows_with_a_weight_and_a_singular_hessian(seed: int) -> None:
    """Feasible by construction, long tails: at the solution nearly all weights are 0."""
    rng = np.random.default_rng(seed)
    n, p = int(rng.integers(20, 30)), int(rng.integers(8, 12))
    rows = np.exp(2 * rng.normal(size=(n, p)))
    means = np.average(rows, axis=0, weights=rng.exponential(size=n) ** 3)
    for bounds in ((0.0, np.inf), (0.0, 40.0)):
        found = problem(rows, means, "truncated", bounds)
        try:
            w = solve(found)
        except InfeasibleError:
            assert bounds[1] < np.inf
            continue
        np.testing.assert_allclose(w @ rows, means, rtol=1e-9)
