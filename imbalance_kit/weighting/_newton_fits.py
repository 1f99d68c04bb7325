"""Two fits by Newton's method: logistic maximum likelihood, and exponential tilting."""

from contextlib import suppress

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from imbalance_kit.weighting._basis_rows import BasisRows, weighted_gram

Array = NDArray[np.float64]

MAX_ITER = 200
MAX_HALVINGS = 60
STEEP = 30.0  # log odds that a step may change at most
_LAST_STEP = 1e-12  # decrease of the log loss at which a Newton step is the last, to rounding
_ENDLESS = 500.0  # log odds that say there is no solution
_THINNING, _MANY = 16, 10  # most; rows per coefficient, of either side, that a thinned start needs
_STEADY = 0.01  # decrease of the decrement by a step at which the Hessian is kept for the next


class NoSolutionError(Exception):
    """The iterations went off to infinity, or did not arrive."""


def maximum_likelihood(rows: BasisRows, tol: float) -> tuple[Array, int]:
    """Minimise the weighted log loss of target against sample; return β and the steps taken.

    It begins at the optimum for up to every sixteenth row where these are many.
    """
    start = np.zeros(rows.sample.shape[1])
    start[0] = np.log(rows.target_total / rows.sample_weight.sum())
    few = thinned(rows)
    if few is not None:
        with suppress(NoSolutionError):  # all rows may have one
            start, _ = _logistic(few, start, 1e-3)
    return _logistic(rows, start, tol)


def thinned(rows: BasisRows) -> BasisRows | None:
    """Return as many rows as are enough to begin with; None where all are needed."""
    fewest = min(len(rows.sample), len(rows.target))
    step = min(_THINNING, fewest // (_MANY * rows.sample.shape[1]))
    return rows.every(step) if step > 1 else None


def _logistic(rows: BasisRows, beta: Array, tol: float) -> tuple[Array, int]:
    d, t, n = rows.sample_weight, rows.target_weight, rows.total

    def evaluate(beta: Array) -> tuple[float, Array, Array, float]:
        scores = rows.sample @ beta
        of_sample, costs = _share_and_cost(scores)
        not_target, others = _share_and_cost(-(rows.target @ beta))
        top = float(np.abs(scores).max(initial=0.0))
        return float(d @ costs + t @ others) / n, of_sample, not_target, top

    def curvature(of_sample: Array, not_target: Array) -> Array:
        square = weighted_gram(rows.sample, d * of_sample * (1 - of_sample))
        return (square + weighted_gram(rows.target, t * not_target * (1 - not_target))) / n

    value, of_sample, not_target, top = evaluate(beta)
    square, before, small = curvature(of_sample, not_target), np.inf, 1e-12 * np.eye(len(beta))
    for n_iter in range(1, MAX_ITER + 1):
        gradient = ((d * of_sample) @ rows.sample - (t * not_target) @ rows.target) / n
        step = newton_step(square, square + small, gradient)
        decrement = float(step @ gradient)
        fresh = n_iter == 1
        if decrement > _STEADY * before:
            square, fresh = curvature(of_sample, not_target), True
            step = newton_step(square, square + small, gradient)
            decrement = float(step @ gradient)
        # It squares with a fresh step, and falls by a factor with another.
        if decrement <= max(tol, _LAST_STEP) ** (1 if fresh else 2):
            return beta - step, n_iter
        size = 1.0
        for _ in range(MAX_HALVINGS):
            found = evaluate(beta - size * step)
            if found[0] <= value - 1e-4 * size * decrement + 1e-15:
                break
            size /= 2
        beta, before = beta - size * step, decrement
        value, of_sample, not_target, top = found
        if value < 1e-6 or top > _ENDLESS:
            break
    raise NoSolutionError("sample and target are separated")


def _share_and_cost(scores: Array) -> tuple[Array, Array]:
    """Return ``1 / (1 + exp(-s))`` and ``log(1 + exp(s))``, from one exponential."""
    small = np.exp(-np.abs(scores))
    share = np.where(scores >= 0, 1.0, small) / (1 + small)
    return share, np.maximum(scores, 0) + np.log1p(small)


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
