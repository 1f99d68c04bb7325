"""Minimise several quadratics with an L1 penalty at once: the inner problem of the logistic path.

For each row c of `linear` (m of them, one Hessian H for all)

    minimise over b   ½ b' H b - c' b + Σ_j λ_j |b_j|

by a primal active set: solve for the coefficients whose sign is fixed, stop at the first one that
crosses zero and let it go, take up those whose gradient exceeds their λ. Exact after a few solves,
warm started. Coefficients with λ_j = 0 are always in.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_EXCESS = 1e-10  # of a gradient over its λ, relative, before a coefficient is taken up
_HASTE = 6  # rounds in which all such coefficients are taken up at once, then one at a time
_MAX_ROUNDS = 1_000


def minimise_l1_quadratics(hessian: Array, linear: Array, penalty: Array, start: Array) -> Array:
    """Return the minimisers, one per row of `linear`.

    Parameters
    ----------
    hessian : ndarray of shape (p, p)
        H, positive definite.
    linear : ndarray of shape (m, p)
        c of each problem.
    penalty : ndarray of shape (p,)
        λ, at least 0.
    start : ndarray of shape (m, p)
        Where to begin.
    """
    if not penalty.any():
        return np.asarray(np.linalg.solve(hessian, linear.T).T)
    found = start.copy()
    free = penalty == 0
    signs = np.sign(found)
    todo = np.arange(len(linear))
    for round_ in range(_MAX_ROUNDS):
        b, s, c = found[todo], signs[todo], linear[todo]
        active = free | (s != 0)
        goal = _solve_active(hessian, c - penalty * np.where(free, 0.0, s), active)
        crossing = active & ~free & (goal * s <= 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            steps = np.where(crossing, b / (b - goal), 1.0)
        steps = np.where(np.isfinite(steps), steps, 0.0)
        step = steps.min(axis=1)
        whole = ~crossing.any(axis=1)
        b = np.where(whole[:, None], goal, b + step[:, None] * (goal - b))
        leaving = crossing & (steps <= step[:, None])
        b[leaving] = 0.0
        s[leaving] = 0.0
        slope = c - b @ hessian
        excess = np.abs(slope) - penalty * (1 + _EXCESS)
        excess[active | ~whole[:, None]] = -1.0
        entering = excess > 0
        if round_ >= _HASTE:
            entering &= excess >= excess.max(axis=1, keepdims=True)
        s[entering] = np.sign(slope[entering])
        found[todo], signs[todo] = b, s
        todo = todo[~whole | entering.any(axis=1)]
        if not len(todo):
            break
    return found


def _solve_active(hessian: Array, right: Array, active: NDArray[np.bool_]) -> Array:
    """Solve ``H b = right`` over the active coefficients of each row, the others zero."""
    if active.all():
        return np.asarray(np.linalg.solve(hessian, right.T).T)
    if len(hessian) <= 40:
        pairs = active[:, :, None] & active[:, None, :]
        systems = np.where(pairs, hessian, np.eye(len(hessian)))
        right = np.where(active, right, 0.0)
        return np.asarray(np.linalg.solve(systems, right[:, :, None])[:, :, 0])
    solved = np.zeros_like(right)
    for row, members in enumerate(active):
        index = np.flatnonzero(members)
        solved[row, index] = np.linalg.solve(hessian[np.ix_(index, index)], right[row, index])
    return solved
