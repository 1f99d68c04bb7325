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
from scipy.linalg import LinAlgError, cho_factor, cho_solve

Array = NDArray[np.float64]

_BLOCK = 8192
_MAX_ITER = 200
_MAX_HALVINGS = 60
_STEEP = 30.0  # log odds that a first step may change at most
_REDUNDANT = 1e-10


class NoSolutionError(Exception):
    """The iterations went off to infinity, or did not arrive."""


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


@dataclass(frozen=True)
class CbpsRows:
    """The rows in an orthonormal basis: ``basis`` maps coefficients in it to those of (1, x).

    Invariant: `sample` and `target` have a constant first and, over both with their weights, the
    identity as mean square.
    """

    sample: Array
    target: Array
    sample_weight: Array
    target_weight: Array
    basis: Array

    @property
    def total(self) -> float:
        """N, the total weight."""
        return float(self.sample_weight.sum() + self.target_weight.sum())

    @property
    def target_total(self) -> float:
        """N_T, the total weight of the target."""
        return float(self.target_weight.sum())


def orthonormal_rows(
    sample: Array, target: Array, sample_weight: Array, target_weight: Array
) -> CbpsRows:
    """Add the constant, drop redundant columns, and turn the others into an orthonormal basis."""
    total = sample_weight.sum() + target_weight.sum()
    centre = (sample_weight @ sample + target_weight @ target) / total
    gram = np.zeros((len(centre), len(centre)))
    for rows, weights in ((sample, sample_weight), (target, target_weight)):
        for start in range(0, len(rows), _BLOCK):
            apart = rows[start : start + _BLOCK] - centre
            gram += apart.T @ (apart * (weights[start : start + _BLOCK, None] / total))
    size = np.maximum(np.abs(sample).max(axis=0), np.abs(target).max(axis=0))
    kept, factor = _independent(gram, size)
    slopes = np.zeros((len(centre), len(kept)))
    slopes[kept] = np.linalg.inv(factor).T
    basis = np.zeros((len(centre) + 1, len(kept) + 1))
    basis[0, 0] = 1.0
    basis[1:, 1:] = slopes
    basis[0, 1:] = -centre @ slopes

    def turned(rows: Array) -> Array:
        out = np.empty((len(rows), len(kept) + 1))
        out[:, 0] = 1.0
        for start in range(0, len(rows), _BLOCK):
            out[start : start + _BLOCK, 1:] = (rows[start : start + _BLOCK] - centre) @ slopes
        return out

    return CbpsRows(turned(sample), turned(target), sample_weight, target_weight, basis)


def solve_exact(rows: CbpsRows, *, tol: float) -> CbpsSolution:
    """Solve the balance conditions, to `tol` in standard deviations of the columns."""
    beta, n_iter = _tilt(rows, tol)
    odds = np.exp(rows.sample @ beta)
    own = rows.sample_weight * odds
    slope = _gram(rows.sample, own)
    meat = _gram(rows.sample, own**2) + _gram(rows.target, rows.target_weight**2)
    inverse = np.linalg.inv(slope)
    return _solution(rows, beta, inverse @ meat @ inverse, 0.0, n_iter)


def solve_over(rows: CbpsRows, *, tol: float) -> CbpsSolution:
    """Minimise the two-step objective by Newton's method from the maximum likelihood fit."""
    beta, first = _maximum_likelihood(rows, tol)
    weight = _moment_weight(rows, beta)
    here = _moments(rows, beta, weight)
    for n_iter in range(1, _MAX_ITER + 1):
        step = _descent(here.hessian, here.gauss_newton, here.gradient)
        decrement = float(step @ here.gradient)
        if decrement <= max(tol**2, 1e-14) * max(here.value, 1e-8):
            beta = beta - step
            break
        change = float(np.abs(rows.sample @ step).max(initial=0.0))
        size = min(1.0, _STEEP / max(change, _STEEP))
        for _ in range(_MAX_HALVINGS):
            there = _moments(rows, beta - size * step, weight)
            if there.value <= here.value - 1e-4 * size * decrement:
                break
            size /= 2
        else:
            break  # the objective is flat to rounding
        beta, here = beta - size * step, there
    else:
        raise NoSolutionError(f"{_MAX_ITER} Newton steps")
    last = _moments(rows, beta, weight)
    covariance = _over_covariance(rows, beta, weight, last.jacobian)
    return _solution(rows, beta, covariance, last.value, first + n_iter)


def two_step_objective(rows: CbpsRows, coef: Array, start: Array) -> float:
    """Return ``g' W g`` at `coef`, W fixed at `start`; both in the orthonormal basis."""
    return _moments(rows, coef, _moment_weight(rows, start)).value


def maximum_likelihood(rows: CbpsRows, *, tol: float) -> Array:
    """Return the logistic fit, in the orthonormal basis."""
    return _maximum_likelihood(rows, tol)[0]


@dataclass(frozen=True)
class _Evaluation:
    value: float
    gradient: Array
    hessian: Array
    gauss_newton: Array
    jacobian: Array


def _moments(rows: CbpsRows, beta: Array, weight: Array) -> _Evaluation:
    """Return ``g' W g`` with its first two derivatives."""
    p = len(beta)
    with np.errstate(over="ignore"):
        odds = np.exp(rows.sample @ beta)
    if not np.isfinite(odds).all():
        empty = np.empty((0, 0))
        return _Evaluation(np.inf, empty, empty, empty, empty)
    of_sample, of_target = odds / (1 + odds), _expit(rows.target @ beta)
    d, t = rows.sample_weight, rows.target_weight
    n, n_target = rows.total, rows.target_total
    g = np.concatenate(
        [
            ((t * (1 - of_target)) @ rows.target - (d * of_sample) @ rows.sample) / n,
            (t @ rows.target - (d * odds) @ rows.sample) / n_target,
        ]
    )
    tilted = weight @ g
    variance = d * of_sample * (1 - of_sample), t * of_target * (1 - of_target)
    jacobian = -np.concatenate(
        [
            (_gram(rows.sample, variance[0]) + _gram(rows.target, variance[1])) / n,
            _gram(rows.sample, d * odds) / n_target,
        ]
    )
    gauss_newton = 2 * jacobian.T @ weight @ jacobian
    a, b = tilted[:p] / n, tilted[p:] / n_target
    bend_sample = variance[0] * (1 - 2 * of_sample) * (rows.sample @ a) + d * odds * (
        rows.sample @ b
    )
    bend_target = variance[1] * (1 - 2 * of_target) * (rows.target @ a)
    bend = _gram(rows.sample, bend_sample) + _gram(rows.target, bend_target)
    return _Evaluation(
        float(g @ tilted), 2 * jacobian.T @ tilted, gauss_newton - 2 * bend, gauss_newton, jacobian
    )


def _moment_weight(rows: CbpsRows, beta: Array) -> Array:
    """Return W: the inverse of the covariance of (s, b) where π is the probability of the target.

    Under the model a row with x is in the target with probability π, so that
    ``Var s = E π(1-π) x x'``, ``Cov(s, b) = (N/N_T) E π x x'``, ``Var b = (N/N_T)² E r x x'``, the
    expectations over all rows.
    """
    ratio = rows.total / rows.target_total
    scores = rows.sample @ beta, rows.target @ beta
    d, t, n = rows.sample_weight, rows.target_weight, rows.total

    def mean(function: "type[np.ufunc] | object") -> Array:
        values = [function(score) for score in scores]  # type: ignore[operator]
        return (_gram(rows.sample, d * values[0]) + _gram(rows.target, t * values[1])) / n

    first = mean(lambda s: _expit(s) * _expit(-s))
    cross = ratio * mean(_expit)
    second = ratio**2 * mean(np.exp)
    return np.linalg.pinv(np.block([[first, cross], [cross, second]]), hermitian=True)


def _over_covariance(rows: CbpsRows, beta: Array, weight: Array, jacobian: Array) -> Array:
    """Sandwich of the generalised method of moments, rows drawn with their weights."""
    odds, of_target = np.exp(rows.sample @ beta), _expit(rows.target @ beta)
    of_sample = odds / (1 + odds)
    n, n_target = rows.total, rows.target_total
    d, t = rows.sample_weight, rows.target_weight
    parts = (
        (rows.sample, -d * of_sample / n, -d * odds / n_target),
        (rows.target, t * (1 - of_target) / n, t / n_target),
    )
    meat = sum(
        np.block(
            [
                [_gram(x, s * s), _gram(x, s * b)],
                [_gram(x, s * b), _gram(x, b * b)],
            ]
        )
        for x, s, b in parts
    )
    half = weight @ jacobian
    bread = np.linalg.pinv(jacobian.T @ half, hermitian=True)
    found: Array = bread @ (half.T @ meat @ half) @ bread
    return found


def _tilt(rows: CbpsRows, tol: float) -> tuple[Array, int]:
    """Minimise ``log Σ_S d exp(x'β) - x̄_T'β`` over the slopes; the constant sets the total."""
    x = rows.sample[:, 1:]
    wanted = (rows.target_weight / rows.target_total) @ rows.target[:, 1:]
    log_d = np.log(np.where(rows.sample_weight > 0, rows.sample_weight, 1.0))
    log_d[rows.sample_weight == 0] = -np.inf
    beta = np.zeros(x.shape[1])

    def evaluate(beta: Array) -> tuple[float, Array, float]:
        scores = x @ beta + log_d
        top = float(scores.max())
        shares = np.exp(scores - top)
        total = float(shares.sum())
        return (
            top + float(np.log(total)) - float(wanted @ beta),
            shares / total,
            top + np.log(total),
        )

    value, shares, log_total = evaluate(beta)
    for n_iter in range(1, _MAX_ITER + 1):
        mean = shares @ x
        gradient = mean - wanted
        if np.abs(gradient).max(initial=0.0) <= tol:
            break
        square = _gram(x, shares) - np.outer(mean, mean)
        step = _descent(square, square + 1e-12 * np.eye(len(beta)), gradient)
        change = float(np.abs(x @ step).max())
        size = min(1.0, _STEEP / max(change, _STEEP))
        for _ in range(_MAX_HALVINGS):
            found = evaluate(beta - size * step)
            if found[0] <= value - 1e-4 * size * float(step @ gradient) + 1e-15 * abs(value):
                break
            size /= 2
        beta = beta - size * step
        value, shares, log_total = found
        if np.abs(x @ beta).max() > 500:
            raise NoSolutionError("the odds grow without end")
    else:
        raise NoSolutionError(f"{_MAX_ITER} Newton steps")
    return np.concatenate([[np.log(rows.target_total) - log_total], beta]), n_iter


def _maximum_likelihood(rows: CbpsRows, tol: float) -> tuple[Array, int]:
    beta = np.zeros(rows.sample.shape[1])
    d, t, n = rows.sample_weight, rows.target_weight, rows.total
    beta[0] = np.log(rows.target_total / d.sum())

    def loss(beta: Array) -> float:
        lost = d @ np.logaddexp(0, rows.sample @ beta) + t @ np.logaddexp(0, -(rows.target @ beta))
        return float(lost) / n

    value = loss(beta)
    for n_iter in range(1, _MAX_ITER + 1):
        of_sample, of_target = _expit(rows.sample @ beta), _expit(rows.target @ beta)
        gradient = ((d * of_sample) @ rows.sample - (t * (1 - of_target)) @ rows.target) / n
        square = _gram(rows.sample, d * of_sample * (1 - of_sample))
        square += _gram(rows.target, t * of_target * (1 - of_target))
        step = _descent(square / n, square / n + 1e-12 * np.eye(len(beta)), gradient)
        decrement = float(step @ gradient)
        if decrement <= max(tol**2, 1e-14):
            return beta - step, n_iter
        size = 1.0
        for _ in range(_MAX_HALVINGS):
            found = loss(beta - size * step)
            if found <= value - 1e-4 * size * decrement:
                break
            size /= 2
        beta, value = beta - size * step, found
        if value < 1e-6 or np.abs(rows.sample @ beta).max() > 500:
            break
    raise NoSolutionError("sample and target are separated")


def _descent(hessian: Array, safe: Array, gradient: Array) -> Array:
    """Solve for Newton's step; with `safe` where the Hessian is not positive definite."""
    for square in (hessian, safe, safe + 1e-8 * np.trace(safe) * np.eye(len(safe))):
        try:
            return np.asarray(cho_solve(cho_factor(square), gradient))
        except LinAlgError:
            continue
    return np.asarray(np.linalg.lstsq(safe, gradient, rcond=None)[0])


def _independent(gram: Array, size: Array) -> tuple[NDArray[np.intp], Array]:
    """Return the columns that are no combination of earlier ones, and the Cholesky factor."""
    scale = np.sqrt(np.diag(gram))
    varies = scale > 1e-12 * size
    kept: list[int] = []
    factor = np.zeros_like(gram)
    for j in np.flatnonzero(varies):
        m = len(kept)
        row = np.linalg.solve(factor[:m, :m], gram[kept, j]) if m else np.empty(0)
        rest = gram[j, j] - float(row @ row)
        if rest > _REDUNDANT * gram[j, j]:
            factor[m, :m], factor[m, m] = row, np.sqrt(rest)
            kept.append(int(j))
    m = len(kept)
    return np.array(kept, dtype=np.intp), factor[:m, :m]


def _solution(
    rows: CbpsRows, beta: Array, covariance: Array, objective: float, n_iter: int
) -> CbpsSolution:
    found = rows.basis @ covariance @ rows.basis.T
    redundant = ~rows.basis.any(axis=1)
    found[redundant], found[:, redundant] = np.nan, np.nan
    return CbpsSolution(rows.basis @ beta, found, objective, n_iter)


def _gram(x: Array, weights: Array) -> Array:
    if len(x) <= 4 * _BLOCK:
        return np.asarray(x.T @ (x * weights[:, None]))
    total = np.zeros((x.shape[1], x.shape[1]))
    for start in range(0, len(x), _BLOCK):
        block = x[start : start + _BLOCK]
        total += block.T @ (block * weights[start : start + _BLOCK, None])
    return total


def _expit(scores: Array) -> Array:
    return np.exp(-np.logaddexp(0, -scores))
