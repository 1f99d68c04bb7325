"""A penalised logistic regression along a path of penalties, cross-validated in the same sweeps.

For every λ of a falling sequence, and for all rows as well as without each fold,

    minimise   Σ_i w_i log(1 + exp(-margin_i)) / Σ_i w_i
               + λ [ α Σ_j |θ_j| + (1 - α)/2 Σ_j θ_j² ]

over the slopes of standardised columns and a free intercept. Proximal Newton: exact gradients, one
Hessian, that of all rows, shared by all models and renewed when it has aged; the quadratics are
solved exactly (`_l1_quadratics`). A model for which the shared Hessian does not do goes on alone
with its own and a line search.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imbalance_kit.weighting._l1_quadratics import minimise_l1_quadratics
from imbalance_kit.weighting._membership_rows import MembershipRows

Array = NDArray[np.float64]

_ALL_ROWS = -1
_FALL = 1e-4  # last λ over the first of a lasso; 1e-2 with more columns than rows, as in glmnet
_SWEEPS = 12  # at one λ before a model goes on alone
_ALONE = 100  # Newton steps of a model that goes on alone
_AGED = 3  # sweeps at one λ that show the Hessian is too old
_PRECISE, _ROUGH = 1e-11, 1e-9  # decrease of the objective still to be had: all rows, folds
_FLAT = 1e-5  # of the deviance explained so far: the path ends where a step explains no more,
_EXPLAINED = 0.999  # or where so much of it is explained
_SUFFICIENT = 1e-4
_RIDGE_START = 1e-3  # stands in for α in the first λ of a ridge path
_JITTER = 1e-12  # of the mean diagonal, so that collinear columns have a solution


@dataclass(frozen=True)
class Path:
    """The models along the path.

    Invariant: one entry per λ, falling. `theta` (n_lambdas, p + 1) are coefficients of standardised
    columns with the intercept last, fitted to all rows; `deviance` is twice their mean log loss;
    `cv_deviance` (n_lambdas, n_folds) that of the rows of a fold under the model without them (no
    columns where there is one fold); `excess` the largest violation of the optimality conditions.
    """

    lambdas: Array
    theta: Array
    deviance: Array
    cv_deviance: Array
    excess: Array


def logistic_path(
    rows: MembershipRows,
    *,
    l1_ratio: float,
    n_lambdas: int = 50,
    lambdas: Array | None = None,
) -> Path:
    """Fit the path.

    Parameters
    ----------
    rows : MembershipRows
        What to fit; its folds are those of the cross-validation.
    l1_ratio : float
        α in [0, 1].
    n_lambdas : int, default=50
        Length of the sequence, even in log λ, from the first λ at which every slope is zero.
    lambdas : ndarray, default=None
        The sequence itself, falling.
    """
    models = np.arange(_ALL_ROWS, rows.n_folds if rows.n_folds > 1 else 0)
    state = _State(rows, models, l1_ratio)
    if lambdas is None:
        lambdas = _sequence(state, n_lambdas)
    null = _null_deviance(rows)
    theta, deviance, held_out, excess = [], [], [], []
    for lam in lambdas:
        state.solve(float(lam))
        theta.append(state.theta[0].copy())
        deviance.append(2 * state.loss[0])
        held_out.append(2 * state.held_out[1:])
        excess.append(state.excess(float(lam)))
        if len(deviance) > 5 and (
            deviance[-2] - deviance[-1] < _FLAT * (null - deviance[-1])
            or deviance[-1] < (1 - _EXPLAINED) * null
        ):
            break
    return Path(
        np.asarray(lambdas[: len(theta)], dtype=np.float64),
        np.array(theta),
        np.array(deviance),
        np.array(held_out).reshape(len(theta), -1),
        np.array(excess),
    )


def polish(rows: MembershipRows, theta: Array, lam: float, *, l1_ratio: float) -> Array:
    """Return the coefficients of all rows at λ to rounding, from close by."""
    state = _State(rows, np.array([_ALL_ROWS]), l1_ratio)
    state.theta[0] = theta
    state.solve_alone(0, lam)
    polished: Array = state.theta[0]
    return polished


class _State:
    """Where all models are: coefficients, gradients there, and the Hessian they share."""

    def __init__(self, rows: MembershipRows, models: NDArray[np.intp], l1_ratio: float) -> None:
        self.rows, self.models, self.l1_ratio = rows, models, l1_ratio
        n_columns = rows.signed.shape[1]
        self.penalised = np.append(np.ones(n_columns - 1), 0.0)
        self.still = np.append(~rows.varies, False)
        self.theta = np.zeros((len(models), n_columns))
        self.theta[:, -1] = _intercepts(rows, models)
        found = rows.sweep(self.theta, models, hessian=True)
        assert found.hessian is not None
        self.gradient, self.loss, self.held_out = found.gradient, found.loss, found.held_out
        self.hessian = found.hessian

    def solve(self, lam: float) -> None:
        """Bring every model to its optimum at λ."""
        todo, last = np.arange(len(self.models)), np.full(len(self.models), np.inf)
        goal = np.where(self.models == _ALL_ROWS, _PRECISE, _ROUGH)
        for sweep in range(_SWEEPS + 1):
            proposed, decrease = self._propose(lam, todo)
            ready = decrease <= goal[todo]
            lost = (decrease > last[todo]) & (sweep > 1)
            last[todo] = decrease
            for k in todo[~ready & (lost | (sweep == _SWEEPS))]:
                self.solve_alone(int(k), lam)
                last[k] = 0.0
            going = ~ready & (last[todo] > 0)
            todo, proposed = todo[going], proposed[going]
            if not len(todo):
                return
            self.theta[todo] = proposed
            renew = sweep + 1 >= _AGED and todo[0] == 0
            found = self.rows.sweep(proposed, self.models[todo], hessian=renew)
            self.gradient[todo], self.held_out[todo] = found.gradient, found.held_out
            self.loss[todo] = found.loss
            if found.hessian is not None:
                self.hessian = found.hessian

    def excess(self, lam: float) -> float:
        """Return how far the model of all rows is from the optimality conditions, at most."""
        return kkt_excess(self.theta[0], self.gradient[0], self.penalised * lam, self.l1_ratio)

    def _propose(self, lam: float, todo: NDArray[np.intp]) -> tuple[Array, Array]:
        """Minimise the local quadratics; return where, and the decrease they promise."""
        theta, gradient = self.theta[todo], self.gradient[todo]
        l1 = lam * self.l1_ratio * self.penalised
        ridge = lam * (1 - self.l1_ratio) * self.penalised
        square = self.hessian + np.diag(ridge + self.still)
        square[np.diag_indices_from(square)] += _JITTER * np.trace(self.hessian) / len(ridge)
        slope = gradient + ridge * theta
        found = minimise_l1_quadratics(square, theta @ square - slope, l1, theta)
        step = found - theta
        decrease = -(
            (slope * step).sum(axis=1)
            + 0.5 * ((step @ square) * step).sum(axis=1)
            + (np.abs(found) - np.abs(theta)) @ l1
        )
        return found, decrease

    def solve_alone(self, k: int, lam: float) -> None:
        """Proximal Newton with the model's own Hessian, and a line search on its objective."""
        model = int(self.models[k])
        l1 = lam * self.l1_ratio * self.penalised
        ridge = lam * (1 - self.l1_ratio) * self.penalised

        def objective(theta: Array, loss: float) -> float:
            return loss + float(0.5 * (ridge * theta) @ theta + l1 @ np.abs(theta))

        theta = self.theta[k].copy()
        loss, gradient, square = self.rows.alone(theta, model)
        for _ in range(_ALONE):
            full = square + np.diag(ridge + self.still)
            full[np.diag_indices_from(full)] += _JITTER * (1 + np.trace(square) / len(ridge))
            slope = gradient + ridge * theta
            goal = minimise_l1_quadratics(full, (full @ theta - slope)[None], l1, theta[None])[0]
            step = goal - theta
            slack = float(slope @ step + l1 @ (np.abs(goal) - np.abs(theta)))
            if -slack <= _PRECISE:
                break
            size, here = 1.0, objective(theta, loss)
            while True:
                trial = theta + size * step
                loss, gradient, square = self.rows.alone(trial, model)
                if objective(trial, loss) <= here + _SUFFICIENT * size * slack + 1e-15:
                    break
                size /= 2
                if size < 1e-10:
                    trial = theta
                    loss, gradient, square = self.rows.alone(trial, model)
                    break
            theta = trial
            if size < 1e-10:
                break
        self.theta[k], self.gradient[k] = theta, gradient
        found = self.rows.sweep(theta[None], self.models[k : k + 1], hessian=False)
        self.loss[k], self.held_out[k] = found.loss[0], found.held_out[0]


def kkt_excess(theta: Array, gradient: Array, penalty: Array, l1_ratio: float) -> float:
    """Return the largest violation of the optimality conditions by any coefficient.

    Zero at the optimum: the gradient of the smooth part is ``-λα sign(θ_j)`` where θ_j is not zero,
    and at most λα in size where it is.
    """
    slope = gradient + (1 - l1_ratio) * penalty * theta
    l1 = l1_ratio * penalty
    active = np.abs(slope + l1 * np.sign(theta))
    idle = np.maximum(np.abs(slope) - l1, 0)
    return float(np.where((theta != 0) | (l1 == 0), active, idle).max())


def _sequence(state: _State, n_lambdas: int) -> Array:
    slopes = np.abs(state.gradient[0, :-1])
    first = float(slopes.max(initial=0.0)) / max(state.l1_ratio, _RIDGE_START)
    n_rows, n_columns = state.rows.signed.shape
    # A ridge path begins far above and ends where the lasso's does.
    fall = (_FALL if n_rows > n_columns else 1e-2) * max(state.l1_ratio, _RIDGE_START)
    return np.geomspace(max(first, 1e-12), max(first, 1e-12) * fall, n_lambdas)


def _intercepts(rows: MembershipRows, models: NDArray[np.intp]) -> Array:
    """Return the log odds of the target's weight, per model."""
    in_target = rows.signed[:, -1] > 0
    of_target = np.add.reduceat(np.where(in_target, rows.weights, 0.0), rows.edges[:-1])
    total = float(of_target.sum())
    left = np.where(models < 0, 0.0, of_target[np.maximum(models, 0)])
    kept = rows.kept_weight(models)
    return np.log((total - left) / (kept - total + left))


def _null_deviance(rows: MembershipRows) -> float:
    share = float(rows.weights[rows.signed[:, -1] > 0].sum())
    return float(-2 * (share * np.log(share) + (1 - share) * np.log(1 - share)))
