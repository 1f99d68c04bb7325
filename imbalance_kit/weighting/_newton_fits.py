"""Two fits by Newton's method: logistic maximum likelihood, and exponential tilting."""

from contextlib import suppress

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import LinAlgError, cho_factor, cho_solve
from scipy.special import expit

from imbalance_kit.weighting._basis_rows import BasisRows, weighted_gram

Array = NDArray[np.float64]

MAX_ITER = 200
MAX_HALVINGS = 60
STEEP = 30.0  # log odds that a step may change at most
_LAST_STEP = 1e-12  # decrease of the log loss at which a Newton step is the last, to rounding
_ENDLESS = 500.0  # log odds that say there is no solution
_THINNING, _MANY = 16, 10  # rows per coefficient, of either side, that a thinned start needs


class NoSolutionError(Exception):
    """The iterations went off to infinity, or did not arrive."""


def maximum_likelihood(rows: BasisRows, tol: float) -> tuple[Array, int]:
    """Minimise the weighted log loss of target against sample; return β and the steps taken.

    It begins at the optimum for every sixteenth row where these are many.
    """
    start = np.zeros(rows.sample.shape[1])
    start[0] = np.log(rows.target_total / rows.sample_weight.sum())
    if min(len(rows.sample), len(rows.target)) >= _MANY * _THINNING * len(start):
        with suppress(NoSolutionError):  # all rows may have one
            start, _ = _logistic(rows.every(_THINNING), start, 1e-3)
    return _logistic(rows, start, tol)


def _logistic(rows: BasisRows, beta: Array, tol: float) -> tuple[Array, int]:
    d, t, n = rows.sample_weight, rows.target_weight, rows.total

    def loss(scores: tuple[Array, Array]) -> float:
        return float(d @ np.logaddexp(0, scores[0]) + t @ np.logaddexp(0, -scores[1])) / n

    scores = rows.sample @ beta, rows.target @ beta
    value = loss(scores)
    for n_iter in range(1, MAX_ITER + 1):
        of_sample, of_target = expit(scores[0]), expit(scores[1])
        gradient = ((d * of_sample) @ rows.sample - (t * (1 - of_target)) @ rows.target) / n
        square = weighted_gram(rows.sample, d * of_sample * (1 - of_sample))
        square += weighted_gram(rows.target, t * of_target * (1 - of_target))
        step = newton_step(square / n, square / n + 1e-12 * np.eye(len(beta)), gradient)
        decrement = float(step @ gradient)
        if decrement <= max(tol, _LAST_STEP):  # it squares with the step
            return beta - step, n_iter
        size = 1.0
        for _ in range(MAX_HALVINGS):
            scores = rows.sample @ (beta - size * step), rows.target @ (beta - size * step)
            found = loss(scores)
            if found <= value - 1e-4 * size * decrement + 1e-15:
                break
            size /= 2
        beta, value = beta - size * step, found
        if value < 1e-6 or np.abs(scores[0]).max() > _ENDLESS:
            break
    raise NoSolutionError("sample and target are separated")


def exponential_tilt(rows: BasisRows, tol: float) -> tuple[Array, int]:
    """Minimise ``log Σ_S d exp(x'β) - x̄_T'β`` over the slopes; the constant sets the total.

    Returns β and the steps taken. The gradient is the difference of the means, at most `tol` in the
    end.
    """
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
    for n_iter in range(1, MAX_ITER + 1):
        mean = shares @ x
        gradient = mean - wanted
        if np.abs(gradient).max(initial=0.0) <= tol:
            return np.concatenate([[np.log(rows.target_total) - log_total], beta]), n_iter
        square = weighted_gram(x, shares) - np.outer(mean, mean)
        step = newton_step(square, square + 1e-12 * np.eye(len(beta)), gradient)
        change = float(np.abs(x @ step).max())
        size = min(1.0, STEEP / max(change, STEEP))
        for _ in range(MAX_HALVINGS):
            found = evaluate(beta - size * step)
            if found[0] <= value - 1e-4 * size * float(step @ gradient) + 1e-15 * abs(value):
                break
            size /= 2
        beta = beta - size * step
        value, shares, log_total = found
        if np.abs(x @ beta).max() > _ENDLESS:
            raise NoSolutionError("the odds grow without end")
    raise NoSolutionError(f"{MAX_ITER} Newton steps did not suffice")


def newton_step(hessian: Array, safe: Array, gradient: Array) -> Array:
    """Solve for Newton's step; with `safe` where the Hessian is not positive definite."""
    for square in (hessian, safe, safe + 1e-8 * np.trace(safe) * np.eye(len(safe))):
        try:
            return np.asarray(cho_solve(cho_factor(square), gradient))
        except LinAlgError:
            continue
    return np.asarray(np.linalg.lstsq(safe, gradient, rcond=None)[0])
