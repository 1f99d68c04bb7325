"""Minimise the logistic objective: damped Newton for few columns, L-BFGS for many.

Both measure how far they are from the minimum in units that do not depend on the scale of the
columns or of the weights: standard errors. Without a penalty both look out for classes that a
linear combination of the columns separates, where there is no minimum.
"""

from collections import deque
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve, cholesky, eigh, solve_triangular
from scipy.optimize import minimize

from imbalance_kit.correction._logistic_design import Array
from imbalance_kit.correction._logistic_objective import Objective

Status = Literal["converged", "limit", "separated"]

_DEPENDENT = 1e-12  # eigenvalue, relative to the largest, of a combination of columns that is zero
_ROUNDING = 1e-12  # relative error of the objective, which sums over the rows
_STALLED = 1e-14  # the same where a line search has given up twice
_MAX_HALVINGS = 40
_THINNING = 16
_THINNED_ROWS, _THINNED_CLASS = 100, 5  # rows for each parameter: in all, and of each class
_MAX_WHITENED = 2_000  # columns for which L-BFGS may factor their Gram matrix
_DIAGONAL_ITERATIONS = 100


@dataclass(frozen=True)
class Solution:
    """Where a solver stopped, after how many iterations, and why."""

    theta: Array
    loss: float
    n_iter: int
    status: Status


def newton(objective: Objective, start: Array, *, tol: float, max_iter: int) -> Solution:
    """Minimise by Newton's method with the exact Hessian, halving steps that do not descend.

    With the step ``d`` and ``λ² = g' H⁻¹ g``, the Hessian changes along ``d`` by a factor of at
    most ``exp(δ)``, δ being the largest change of a row's log odds. So ``λ δ`` bounds the distance
    to the minimum after the step, and the step is the last one where that is below `tol`.

    Parameters
    ----------
    objective : Objective
        What to minimise.
    start : ndarray of shape (n_outputs, n_columns)
        Where to begin.
    tol : float
        Distance to the minimum, in standard errors of any combination of the coefficients.
    max_iter : int
        Steps at the most.
    """
    theta, unit = start, np.sqrt(objective.unit)
    here = objective.evaluate(theta, hessian=True)
    for iteration in range(1, max_iter + 1):
        assert here.hessian is not None
        step = _solve(here.hessian, here.gradient.ravel()).reshape(theta.shape)
        decrement = max(float(np.vdot(step, here.gradient)), 0.0)
        distance = np.sqrt(decrement) / unit
        # Without a penalty some row changes by 2 λ / sqrt(rows) or more: no need to look while that
        # is too much; with one it costs a step in the end, at worst.
        if 2 * distance**2 / np.sqrt(objective.design.n_rows) <= tol:
            change = _largest_change(objective, step)
            if change <= 0.01 and distance * change <= tol:
                return Solution(theta - step, here.loss - decrement / 2, iteration, "converged")
            far = distance <= 0.01 and change > 0.3 and _recedes(objective, -step, 0.01)
            if far and _still_falls(objective, theta, -step):
                return Solution(theta - step, here.loss - decrement / 2, iteration, "separated")
        size = 1.0
        for _ in range(_MAX_HALVINGS):
            there = objective.evaluate(theta - size * step, hessian=True)
            wanted = here.loss - 1e-4 * size * decrement
            if there.loss <= wanted + _ROUNDING * abs(here.loss):
                break
            size /= 2
        theta, here = theta - size * step, there
    return Solution(theta, here.loss, max_iter, "limit")


def thinned_start(objective: Objective, start: Array) -> Array:
    """Return the optimum for every sixteenth row, where these are enough; `start` otherwise.

    It lies within a few standard errors of the optimum for all rows, which Newton's method then
    reaches in half the passes over them.
    """
    codes, size = objective.codes[::_THINNING], start.size
    counts = np.bincount(codes, minlength=objective.n_classes)
    if len(codes) < _THINNED_ROWS * size or counts.min() < _THINNED_CLASS * size:
        return start
    thinned = objective.every(_THINNING)
    solution = newton(thinned, start, tol=0.01, max_iter=20)
    return solution.theta if solution.status == "converged" else start


def lbfgs(objective: Objective, start: Array, *, tol: float, max_iter: int) -> Solution:
    """Minimise by L-BFGS on scaled coefficients, whitened ones where scaling does not do.

    Parameters
    ----------
    objective : Objective
        What to minimise.
    start : ndarray of shape (n_outputs, n_columns)
        Where to begin.
    tol : float
        Largest entry of the gradient at the minimum, each in units of its standard deviation.
    max_iter : int
        Iterations at the most.
    """
    scaling = _Scaling(np.sqrt(_positive(objective.hessian_diagonal(start))))
    whiten = objective.design.n_columns <= _MAX_WHITENED
    first = min(max_iter, _DIAGONAL_ITERATIONS) if whiten else max_iter
    solution = _lbfgs(objective, start, scaling, tol=tol, max_iter=first)
    if solution.status != "limit" or first == max_iter:
        return solution
    whitening = _Whitening(_factor(objective.mean_hessian(solution.theta)))
    rest = _lbfgs(objective, solution.theta, whitening, tol=tol, max_iter=max_iter - first)
    return replace(rest, n_iter=solution.n_iter + rest.n_iter)


@dataclass(frozen=True)
class _Scaling:
    """Coordinates ``z = scale · theta``, in which the curvature is about 1 in every direction."""

    scale: Array

    def coordinates(self, theta: Array) -> Array:
        return (theta * self.scale).ravel()

    def theta(self, coordinates: Array) -> Array:
        return coordinates.reshape(self.scale.shape) / self.scale

    def gradient(self, gradient: Array) -> Array:
        return (gradient / self.scale).ravel()


@dataclass(frozen=True)
class _Whitening:
    """Coordinates ``z = theta @ factor``, the factor times its transpose being the mean Hessian."""

    factor: Array

    def coordinates(self, theta: Array) -> Array:
        return (theta @ self.factor).ravel()

    def theta(self, coordinates: Array) -> Array:
        rows = coordinates.reshape(-1, len(self.factor))
        return np.asarray(solve_triangular(self.factor, rows.T, lower=True, trans=1).T)

    def gradient(self, gradient: Array) -> Array:
        return np.asarray(solve_triangular(self.factor, gradient.T, lower=True).T).ravel()


@dataclass(frozen=True)
class _Scaled:
    """The objective less its value at `first`, over `size` squared, in coordinates over `size`."""

    objective: Objective
    scaling: _Scaling | _Whitening
    size: float
    level: float
    first: Array
    first_gradient: Array

    def __call__(self, z: Array) -> tuple[float, Array]:
        if np.array_equal(z, self.first):
            return 0.0, self.first_gradient
        found = self.objective.evaluate(self.scaling.theta(z * self.size))
        return (
            (found.loss - self.level) / self.size**2,
            self.scaling.gradient(found.gradient) / self.size,
        )


def _lbfgs(
    objective: Objective,
    start: Array,
    scaling: _Scaling | _Whitening,
    *,
    tol: float,
    max_iter: int,
) -> Solution:
    """Run scipy's L-BFGS in the coordinates of `scaling`; start it anew where rounding stops it."""
    theta, done, best = start, 0, np.inf
    goal = tol * np.sqrt(objective.unit)
    recent: deque[Array] = deque(maxlen=4)
    while True:
        here = objective.evaluate(theta)
        gradient = scaling.gradient(here.gradient)
        # With a gradient of length 1 the first trial step is a whole one.
        size = max(float(np.linalg.norm(gradient)), goal)
        first = scaling.coordinates(theta) / size
        scaled = _Scaled(objective, scaling, size, here.loss, first, gradient / size)
        result = minimize(
            scaled,
            first,
            jac=True,
            method="L-BFGS-B",
            callback=lambda z, size=size: recent.append(scaling.theta(z * size)),
            options={
                "gtol": goal / size,
                "ftol": 0.0,
                "maxiter": max_iter - done,
                "maxfun": 20 * max_iter,
            },
        )
        theta, done = scaling.theta(result.x * size), done + int(result.nit)
        loss = here.loss + float(result.fun) * size**2
        left = float(np.abs(result.jac).max()) * size
        stalled = left > 0.5 * best
        if left <= goal or (stalled and left <= np.sqrt(_STALLED * abs(loss))):
            status: Status = "separated" if _separated(objective, recent) else "converged"
            return Solution(theta, loss, max(done, 1), status)
        if done >= max_iter or stalled:
            return Solution(theta, loss, max(done, 1), "limit")
        best = left


def _separated(objective: Objective, recent: deque[Array]) -> bool:
    """Whether the last iterations moved log odds without end, though the gradient vanished."""
    if objective.ridge > 0 or len(recent) < 2:
        return False
    direction = recent[-1] - recent[0]
    return _largest_change(objective, direction) > 0.05 and _recedes(objective, direction, 0.05)


def _largest_change(objective: Objective, direction: Array) -> float:
    """Return the largest change of a counting row's log odds of one class against another."""
    changes = objective.score_changes(direction)
    spread = np.abs(changes[0]) if len(changes) == 1 else np.ptp(changes, axis=0)
    if objective.weights is not None:
        spread = spread[objective.weights > 0]
    return float(spread.max())


def _recedes(objective: Objective, direction: Array, slack: float) -> bool:
    """Whether the objective falls for ever along a direction: no penalty, no row gets worse.

    That is, every row's own class gains on each other class, up to `slack` times the largest gain.
    """
    if objective.ridge > 0:
        return False
    changes = objective.score_changes(direction)
    if objective.sign is not None:
        gains = changes[0] * objective.sign
    else:
        rows = np.arange(changes.shape[1])
        own = changes[objective.codes, rows].copy()
        changes[objective.codes, rows] = -np.inf
        gains = own - changes.max(axis=0)
    if objective.weights is not None:
        gains = gains[objective.weights > 0]
    return bool(gains.min() >= -slack * gains.max())


def _still_falls(objective: Objective, theta: Array, step: Array) -> bool:
    """Whether the objective falls at the end of a Newton step as it would in the tail of a loss.

    There the slope is 1 / e of that at its start. At a minimum next to nothing is left, even where
    the step seems to recede: a row far from all others gains so much that what these lose is within
    the slack.
    """
    before, after = (
        float(np.vdot(objective.evaluate(at).gradient, step)) for at in (theta, theta + step)
    )
    return after < 0.1 * before


def _solve(hessian: Array, gradient: Array) -> Array:
    """Return ``H⁻¹ g``; where columns are dependent, the shortest solution after scaling."""
    scale = np.sqrt(_positive(np.diag(hessian)))
    scaled = hessian / (scale[:, None] * scale)
    scaled[np.diag_indices_from(scaled)] = 1.0  # also of columns that are zero: they stay at zero
    right = gradient / scale
    try:
        factor, lower = cho_factor(scaled, lower=True, check_finite=False)
    except LinAlgError:
        factor = None
    if factor is not None and np.diag(factor).min() ** 2 > _DEPENDENT:
        return np.asarray(cho_solve((factor, lower), right)) / scale
    values, vectors = eigh(scaled)
    kept = values > _DEPENDENT * values[-1]
    basis = vectors[:, kept]
    return np.asarray(basis @ ((basis.T @ right) / values[kept])) / scale


def _factor(hessian: Array) -> Array:
    """Return a Cholesky factor, of the matrix with a little more diagonal where it must be."""
    diagonal = _positive(np.diag(hessian).copy())
    for extra in (0.0, 1e-12, 1e-9, 1e-6):
        regular = hessian.copy()
        regular[np.diag_indices_from(regular)] = diagonal * (1 + extra)
        try:
            return np.asarray(cholesky(regular, lower=True))
        except LinAlgError:
            continue
    return np.diag(np.sqrt(diagonal))


def _positive(diagonal: Any) -> Array:
    """Return the diagonal of a Hessian with ones for the columns that have no curvature."""
    return np.where(diagonal > 0, diagonal, 1.0)
