"""Calibrate: weights as near to the design weights as the population's totals allow.

The dual of ``min Σ d G(w/d)`` subject to ``Σ w u_j = τ_j`` is smooth, convex and small:

    min over λ   Σ d ∫F(λ_0 + u'λ) - λ_0 - τ'λ  +  ½ ridge |λ|²  +  Σ slack_j |λ_j|

with shares d that sum to one, and u the covariates centred and scaled in the sample. `ridge` lets
totals be missed at a price, `slack` within limits. One sweep over blocks of rows gives the value,
one more the gradient and the Hessian; nothing of the size of the rows is kept but two vectors.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve

from imbalance_kit.weighting._calibration_distances import DualDistance
from imbalance_kit.weighting._l1_quadratics import minimise_l1_quadratics

Array = NDArray[np.float64]

_BLOCK = 2048  # rows at a time: their design stays in cache
_MAX_ITER = 200
_TOLERANCE = 1e-12  # of a mean in standard deviations; one Newton step more squares it
_RUNAWAY = 1e6  # per standard deviation: no such log weight is an answer
_GROWTH = 10.0  # times the multipliers so far that one step may go
_COLLINEAR = 1e-11  # eigenvalue of a correlation matrix that is rounding error
_CONTRADICTION = 1e-7  # standard deviations by which collinear targets may disagree, as rounding


class InfeasibleError(ValueError):
    """No weights meet the targets; `against` holds the pull of each column against the others."""

    def __init__(self, against: Array, reason: str) -> None:
        super().__init__(reason)
        self.against = against


@dataclass(frozen=True)
class Problem:
    """What is to be calibrated.

    Invariant: `shares` sum to one; `scale` is above 0; `target` holds the population means, less
    `centre`, over `scale`.

    Parameters
    ----------
    rows : ndarray of shape (n, p)
        The covariates as they are.
    shares : ndarray of shape (n,)
        Design weights.
    centre, scale, target : ndarray of shape (p,)
        Sample mean and standard deviation, and where the mean is to be.
    distance : DualDistance
        Which weights are near.
    ridge : float
        Price of a miss: one is ``ridge · λ_j`` standard deviations.
    slack : ndarray of shape (p,)
        Misses that cost nothing, in standard deviations.
    """

    rows: Array
    shares: Array
    centre: Array
    scale: Array
    target: Array
    distance: DualDistance
    ridge: float
    slack: Array


def calibrate(problem: Problem) -> Array:
    """Return λ_0 and λ of the calibrated weights, shape (p + 1,).

    Raises
    ------
    InfeasibleError
        If collinear covariates have contradicting targets, or no weights can be found.
    """
    λ = np.zeros(problem.rows.shape[1] + 1)
    u, value = _value(problem, λ)
    total, hessian = _derivatives(problem, u)  # F(0) = F'(0) = 1: also moments of the sample
    basis = None if problem.slack.any() else _independent(problem, hessian)
    for _ in range(_MAX_ITER):
        gradient = total + _pull(problem, λ)
        miss = _miss(problem, λ, gradient, basis)
        if miss == 0:
            return λ
        close = miss <= _TOLERANCE * (1 + np.abs(problem.target).max(initial=0.0))
        step = _step(problem, λ, gradient, hessian, basis)
        moved = _search(problem, λ, value, step, gradient)
        if close:
            return λ if moved is None else moved[0]
        if moved is None and miss <= 1e3 * _TOLERANCE:  # nothing but rounding is left
            return λ
        if moved is None or np.abs(moved[0]).max() > _RUNAWAY:
            break
        λ, u, value = moved
        total, hessian = _derivatives(problem, u)
    raise InfeasibleError((λ + step)[1:], "no weights were found that meet all of them at once")


def linear_predictor(rows: Array, centre: Array, scale: Array, λ: Array) -> Array:
    """Return ``λ_0 + u'λ`` of each row."""
    out = np.empty(len(rows))
    slopes = λ[1:] / scale
    for start in range(0, len(rows), _BLOCK):
        block = slice(start, start + _BLOCK)
        out[block] = (rows[block] - centre) @ slopes
    out += λ[0]
    return out


def _value(problem: Problem, λ: Array) -> tuple[Array, float]:
    u = linear_predictor(problem.rows, problem.centre, problem.scale, λ)
    with np.errstate(over="ignore", invalid="ignore"):
        value = problem.shares @ problem.distance.integral(u) - λ[0] - problem.target @ λ[1:]
    value += 0.5 * problem.ridge * (λ[1:] @ λ[1:]) + problem.slack @ np.abs(λ[1:])
    return u, float(value)


def _pull(problem: Problem, λ: Array) -> Array:
    """Return the gradient of everything but the sum over rows and the slack."""
    return np.concatenate([[-1.0], problem.ridge * λ[1:] - problem.target])


def _derivatives(problem: Problem, u: Array) -> tuple[Array, Array]:
    """Return ``Σ d F (1, u)`` and ``Σ d F' (1, u)(1, u)'``, ridge included."""
    p = problem.rows.shape[1]
    first, second = np.zeros(p + 1), np.zeros((p + 1, p + 1))
    inverse = 1 / problem.scale
    design = np.empty((min(_BLOCK, len(u)), p + 1))
    for start in range(0, len(u), _BLOCK):
        block = slice(start, start + _BLOCK)
        shares = problem.shares[block]
        z = design[: len(shares)]
        z[:, 0] = 1.0
        np.subtract(problem.rows[block], problem.centre, out=z[:, 1:])
        z[:, 1:] *= inverse
        first += (shares * problem.distance.ratio(u[block])) @ z
        slope = shares * problem.distance.slope(u[block])
        z *= np.sqrt(slope)[:, None]
        second += z.T @ z
    second.flat[p + 2 :: p + 2] += problem.ridge
    return first, second


def _independent(problem: Problem, gram: Array) -> Array:
    """Return a basis of the directions in which the sample varies, of shape (p + 1, rank).

    In the others the target must not differ from the sample, or nothing can meet it.
    """
    if problem.ridge > 0:
        return np.eye(len(gram))
    values, vectors = np.linalg.eigh(gram[1:, 1:])
    varies = values > _COLLINEAR * max(1.0, values.max(initial=1.0))
    flat = vectors[:, ~varies]
    gap = flat @ (flat.T @ problem.target)
    if np.abs(gap).max(initial=0.0) > _CONTRADICTION * (1 + np.abs(problem.target).max(initial=0)):
        raise InfeasibleError(gap, "these columns determine each other in the sample")
    rank = int(varies.sum())
    basis = np.zeros((len(gram), rank + 1))
    basis[0, 0] = 1.0
    basis[1:, 1:] = vectors[:, varies] / np.sqrt(values[varies])
    return basis


def _step(
    problem: Problem, λ: Array, gradient: Array, hessian: Array, basis: Array | None
) -> Array:
    """Return the Newton step; where the Hessian is flat, a little damped."""
    if basis is not None:
        inner, right = basis.T @ hessian @ basis, -(basis.T @ gradient)
        size = max(float(np.trace(inner)) / len(inner), 1e-12)
        for damping in (0.0, 1e-10, 1e-6, 1e-3):
            try:
                factor = cho_factor(inner + damping * size * np.eye(len(inner)))
            except np.linalg.LinAlgError:
                continue
            return np.asarray(basis @ cho_solve(factor, right))
        return np.asarray(basis @ right)
    damped = hessian + 1e-9 * np.eye(len(hessian)) * max(1.0, np.trace(hessian) / len(hessian))
    penalty = np.concatenate([[0.0], problem.slack])
    linear = (damped @ λ - gradient)[None]
    found: Array = minimise_l1_quadratics(damped, linear, penalty, λ[None].copy())[0]
    return found - λ


def _miss(problem: Problem, λ: Array, gradient: Array, basis: Array | None) -> float:
    """Return by how much the conditions of the optimum are violated, in standard deviations."""
    if basis is not None:
        return float(np.abs(gradient).max())
    away = gradient[1:] + problem.slack * np.sign(λ[1:])
    beyond = np.maximum(np.abs(gradient[1:]) - problem.slack, 0.0)
    each = np.where(λ[1:] != 0, np.abs(away), beyond)
    return float(max(abs(gradient[0]), each.max(initial=0.0)))


def _search(
    problem: Problem, λ: Array, value: float, step: Array, gradient: Array
) -> tuple[Array, Array, float] | None:
    """Halve the step until the dual falls; near the end its changes drown in rounding."""
    descent = float(gradient @ step)
    descent += float(problem.slack @ (np.abs(λ[1:] + step[1:]) - np.abs(λ[1:])))
    rounding = 1e-13 * (1 + abs(value))
    # Where few rows are between the bounds the Hessian is singular, and the step without measure.
    longest = _GROWTH * (1 + np.abs(λ).max()) / max(float(np.abs(step).max()), 1e-300)
    for halvings in range(40):
        size = min(1.0, longest) * 0.5**halvings
        u, new = _value(problem, λ + size * step)
        if new <= value + 1e-4 * size * descent + rounding:
            return λ + size * step, u, new
    return None
