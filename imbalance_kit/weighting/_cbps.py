"""The covariate balancing propensity score towards a target: its equations, solved by Newton.

Rows i of the sample S with weights d_i, rows j of the target T with weights t_j, columns x with a
constant, ``π = 1 / (1 + exp(-x'β))`` the probability of the target and ``r = π / (1 - π)`` the
odds. With N = Σ d + Σ t and N_T = Σ t:

    score    s(β) = (Σ_T t_j (1 - π_j) x_j - Σ_S d_i π_i x_i) / N
    balance  b(β) = (Σ_T t_j x_j - Σ_S d_i r_i x_i) / N_T

"exact" solves b(β) = 0, the gradient of a convex function; "over" minimises ``g' W g``, with
``g = (s, b)`` and W the inverse of the covariance of g under the model, at the maximum likelihood
fit: the two-step generalised method of moments (Imai and Ratkovic 2014).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imbalance_kit.weighting._basis_rows import BasisRows, weighted_gram
from imbalance_kit.weighting._cbps_moments import (
    Curvature,
    curvature,
    gmm_covariance,
    moment_weight,
    moments,
    sandwich,
)
from imbalance_kit.weighting._newton_fits import (
    MAX_HALVINGS,
    MAX_ITER,
    STEEP,
    NoSolutionError,
    exponential_tilt,
    maximum_likelihood,
    newton_step,
)

Array = NDArray[np.float64]

_LAST_STEP = 1e-12  # relative decrease of the objective at which a Newton step is the last
_STEADY = 0.1  # decrease of the decrement by a step at which the Hessian is kept
_ROUNDING = 1e-10  # relative error of the objective, in which large terms cancel


@dataclass(frozen=True)
class CbpsSolution:
    """Coefficients, their covariance, and how well the equations are met.

    Invariant: the constant comes first. A column that is a combination of earlier ones has the
    coefficient 0 and a covariance of NaN. `objective` is ``g' W g``, zero for the exact solution.
    """

    coef: Array
    covariance: Array
    objective: float
    n_iter: int


def solve_exact(rows: BasisRows, *, tol: float) -> CbpsSolution:
    """Solve the balance conditions, to `tol` in standard deviations of the columns."""
    beta, n_iter = exponential_tilt(rows, tol)
    odds = np.exp(rows.sample @ beta)
    own = rows.sample_weight * odds
    slope = weighted_gram(rows.sample, own)
    meat = weighted_gram(rows.sample, own**2) + weighted_gram(rows.target, rows.target_weight**2)
    inverse = np.linalg.inv(slope)
    return _solution(rows, beta, sandwich(inverse, meat), 0.0, n_iter)


def solve_over(rows: BasisRows, *, tol: float) -> CbpsSolution:
    """Minimise the two-step objective by Newton's method from the maximum likelihood fit."""
    start, first = maximum_likelihood(rows, tol)
    weight = moment_weight(rows, start)
    beta, then, value, bent = _minimise(rows, start, weight, tol)
    covariance = gmm_covariance(rows, beta, weight, bent.jacobian)
    return _solution(rows, beta, covariance, value, first + then)


def _minimise(
    rows: BasisRows, beta: Array, weight: Array, tol: float
) -> tuple[Array, int, float, Curvature]:
    """Minimise ``g' W g``; return β, the steps taken, the minimum, and the curvature close by.

    Newton steps where it is convex, Gauss-Newton ones elsewhere. The curvature, which costs most,
    is kept and corrected by what each step shows of it (Broyden, Fletcher, Goldfarb, Shanno), as
    long as the decrement falls fast.
    """
    here, bent = moments(rows, beta, weight), curvature(rows, beta, weight)
    hessian, before = bent.hessian, np.inf
    for n_iter in range(1, MAX_ITER + 1):
        step = newton_step(hessian, bent.gauss_newton, here.gradient)
        decrement = float(step @ here.gradient)
        if decrement > _STEADY * before:
            bent = curvature(rows, beta, weight)
            hessian = bent.hessian
            step = newton_step(hessian, bent.gauss_newton, here.gradient)
            decrement = float(step @ here.gradient)
        if decrement <= max(tol**2, _LAST_STEP) * max(here.value, 1e-8):
            return beta - step, n_iter, here.value, bent
        change = float(np.abs(rows.sample @ step).max())
        size = min(1.0, STEEP / max(change, STEEP))
        for _ in range(MAX_HALVINGS):
            there = moments(rows, beta - size * step, weight)
            if there.value <= here.value * (1 + _ROUNDING) - 1e-4 * size * decrement:
                break
            size /= 2
        else:
            raise NoSolutionError("no step descends")
        hessian = _corrected(hessian, -size * step, there.gradient - here.gradient)
        beta, here, before = beta - size * step, there, decrement
    raise NoSolutionError(f"{MAX_ITER} Newton steps did not suffice")


def _corrected(hessian: Array, step: Array, change: Array) -> Array:
    """Return the Hessian so that it explains the change of the gradient along a step."""
    bent = hessian @ step
    seen, expected = float(change @ step), float(bent @ step)
    if min(seen, expected) <= 0:
        return hessian
    return hessian + np.outer(change, change) / seen - np.outer(bent, bent) / expected


def _solution(
    rows: BasisRows, beta: Array, covariance: Array, objective: float, n_iter: int
) -> CbpsSolution:
    found = rows.basis @ covariance @ rows.basis.T
    redundant = ~rows.basis.any(axis=1)
    found[redundant], found[:, redundant] = np.nan, np.nan
    return CbpsSolution(rows.basis @ beta, found, objective, n_iter)
