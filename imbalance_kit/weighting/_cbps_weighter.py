"""A propensity score fitted so that the covariates balance."""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._covariates import Covariates
from imbalance_kit.weighting._base_weighter import BaseWeighter, Normalize
from imbalance_kit.weighting._basis_rows import orthonormal_rows
from imbalance_kit.weighting._cbps import solve_exact, solve_over
from imbalance_kit.weighting._newton_fits import NoSolutionError
from imbalance_kit.weighting._task import Solution, Task

Array = NDArray[np.float64]


class CBPSWeighter(BaseWeighter):
    """Weight a sample to a population by a logistic propensity score that balances the covariates.

    Use it for a handful to some dozens of covariates where the means should agree, and the weights
    come with a model: coefficients and their standard errors. "exact" makes the means of all
    columns agree; it is entropy balancing, :class:`CalibrationWeighter` with distance="raking",
    seen as a propensity score. "over" gives up some balance for a better fit of the score. Not for
    hundreds of columns, or for a target whose means the sample cannot reach: there
    :class:`PropensityWeighter`, with a penalty.

    Parameters
    ----------
    method : {"over", "exact"}, default="over"
        "over": score and balance conditions together, by the two-step generalised method of
        moments; "exact": the balance conditions alone.
    tol : float, default=1e-10
        Largest difference of a mean that counts as balance, in standard deviations, for "exact";
        for "over" the last step, in units of the square root of the objective. Above 0.
    normalize : {"population", "sample", "mean"}, default="population"
        What the weights sum to: the size of the population, the sum of the design weights, or the
        number of rows.
    random_state : int, RandomState, Generator or None, default=None
        Source of the draws of `fit_resample`; the weights do not depend on chance.

    Attributes
    ----------
    weights_ : ndarray of shape (n_samples,)
        Weights of the fitted rows.
    coef_ : ndarray of shape (p,)
        Log odds of the target per unit of the columns ``covariates_.names(drop_first=True)``; 0 for
        a column that is constant, or a combination of earlier ones.
    intercept_ : float
        Log odds where all columns are 0.
    coef_std_error_, intercept_std_error_ : ndarray of shape (p,), float
        Their standard errors; NaN for redundant columns.
    covariance_ : ndarray of shape (p + 1, p + 1)
        Covariance of (intercept, coefficients).
    objective_ : float
        ``g' W g`` at the solution; times the total weight, about chi-squared with p + 1 degrees of
        freedom where the model holds and all weights are one. 0 for "exact".
    n_iter_ : int
        Newton steps.
    row_weights_, scale_ : callable, float
        The weights of rows as a function, and the unit of it.
    covariates_ : Covariates
        How rows became numbers.
    shift_ : CovariateShift
        Not to be undone: the population is what is wanted.
    sample_indices_, synthetic_mask_, carried_weight_, sample_weight_ : ndarray
        After `fit_resample`, one entry per output row: its source row; all False; ones, because the
        draw has used up the weights; weights under which the output stands for the input.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of str of shape (n_features_in_,)
        Column names of X, where they are all strings.

    See Also
    --------
    CalibrationWeighter : Balance with bounds, tolerances, or totals as target.
    PropensityWeighter : Penalised, or with any classifier.

    Notes
    -----
    With the odds ``r = exp(b + x'β)`` and ``π = r / (1 + r)`` the weights are ``d r``, and

    - score: ``s = (Σ_T t (1 - π) x - Σ_S d π x) / (Σ d + Σ t)``,
    - balance: ``g = (Σ_T t x - Σ_S d r x) / Σ t``,

    x with a constant. "exact" solves ``g = 0``; "over" minimises ``(s, g)' W (s, g)``, W the
    inverse covariance of (s, g) under the model at the maximum likelihood fit. Derivatives are
    analytic. Other implementations fix W at a rescaled maximum likelihood fit, which moves "over" a
    little. In "over" the totals of the weights say how much each side counts in the score. Standard
    errors are sandwich ones, rows drawn independently; that of the intercept takes sample and
    target as one draw. A level that was not there at fit gets the geometric mean of the factors of
    its column's levels, with a warning.

    References
    ----------
    Imai and Ratkovic (2014), doi:10.1111/rssb.12027.

    Examples
    --------
    >>> import numpy as np
    >>> from imbalance_kit import CBPSWeighter
    >>> rng = np.random.default_rng(0)
    >>> sample, population = rng.normal(size=(500, 2)), rng.normal(.4, 1, size=(900, 2))
    >>> weighter = CBPSWeighter("exact").fit(sample, target=population)
    >>> mean = np.average(sample, weights=weighter.weights_, axis=0)
    >>> bool(np.allclose(mean, population.mean(axis=0)))
    True
    >>> weighter.coef_std_error_.round(2)
    array([0.07, 0.07])
    """

    _sums_over_rows: ClassVar[bool] = True
    coef_: Array
    intercept_: float
    coef_std_error_: Array
    intercept_std_error_: float
    covariance_: Array
    objective_: float
    n_iter_: int

    def __init__(
        self,
        method: Literal["over", "exact"] = "over",
        *,
        tol: float = 1e-10,
        normalize: Normalize = "population",
        random_state: Any = None,
    ) -> None:
        super().__init__(normalize=normalize, random_state=random_state)
        self.method = method
        self.tol = tol

    def _solve(self, task: Task) -> Solution:
        if self.method not in ("over", "exact"):
            raise ValueError(f"`method` must be 'over' or 'exact', got {self.method!r}.")
        if not self.tol > 0:
            raise ValueError(f"`tol` must be above 0, got {self.tol!r}.")
        numbers = task.covariates.encode(task.table)
        target = task.covariates.encode(task.target_table)
        _check_reach(
            numbers[task.weights > 0],
            (task.target_weights / task.target_weights.sum()) @ target,
            task.covariates.names(),
        )
        sample, target = (_without_first(task.covariates, rows) for rows in (numbers, target))
        rows = orthonormal_rows(sample, target, task.weights, task.target_weights)
        solve = solve_exact if self.method == "exact" else solve_over
        try:
            found = solve(rows, tol=self.tol)
        except NoSolutionError as error:
            raise ValueError(
                f"No propensity score balances the columns ({error}): the target's means lie at or "
                "beyond the edge of what weights on the sample can reach, or a combination of "
                "columns separates the two. Hint: fewer columns, merged levels, or "
                "PropensityWeighter, which has a penalty."
            ) from None
        self.intercept_, self.coef_ = float(found.coef[0]), found.coef[1:]
        self.covariance_, self.objective_ = found.covariance, found.objective
        errors = np.sqrt(np.diag(found.covariance))
        self.intercept_std_error_, self.coef_std_error_ = float(errors[0]), errors[1:]
        self.n_iter_ = found.n_iter
        coef, constant = _of_all_levels(task.covariates, self.coef_)
        top = float((sample @ self.coef_).max())
        weigh = CbpsWeights(task.covariates, coef, constant - top)
        return Solution(weigh, weigh.of_numbers(numbers, task.weights))


@dataclass(frozen=True)
class CbpsWeights:
    """Rows and their design weights to weights, fixed at fit."""

    covariates: Covariates
    coef: Array
    constant: float

    def __call__(self, X: Any, weights: Array) -> Array:
        """Return weights, in the unit of the fit."""
        return self.of_numbers(self.covariates.encode(X), weights)

    def of_numbers(self, rows: Array, weights: Array) -> Array:
        """Return weights of rows that are numbers already."""
        return weights * np.exp(rows @ self.coef + self.constant)


def _without_first(covariates: Covariates, rows: Array) -> Array:
    """Return encoded rows without the first level of each category."""
    groups = covariates.groups()
    is_first = np.diff(groups, prepend=-1) > 0
    dropped = is_first & np.array([c.kind == "categorical" for c in covariates.columns])[groups]
    return rows[:, ~dropped] if dropped.any() else rows


def _of_all_levels(covariates: Covariates, coef: Array) -> tuple[Array, float]:
    """Return coefficients of all levels, which sum to 0 within a covariate, and the constant.

    Without its columns a level that was not learned would be taken for the first one, which is
    first by its name alone.
    """
    sizes = [len(c.names(drop_first=True)) for c in covariates.columns]
    parts, constant = [], 0.0
    for covariate, own in zip(
        covariates.columns, np.split(coef, np.cumsum(sizes)[:-1]), strict=True
    ):
        part = own
        if covariate.kind == "categorical":
            part = np.concatenate([[0.0], own])
            constant += float(part.mean())
            part = part - part.mean()
        parts.append(part)
    return np.concatenate(parts), constant


def _check_reach(sample: Array, wanted: Array, names: tuple[str, ...]) -> None:
    """Raise where a mean of the target is not inside the range of the sample."""
    low, high = sample.min(axis=0), sample.max(axis=0)
    slack = 1e-12 * np.maximum(np.abs(low), np.abs(high))
    beyond = (wanted > high + slack) | (wanted < low - slack)
    edge = ((wanted >= high - slack) | (wanted <= low + slack)) & (high > low)
    if not (beyond | edge).any():
        return
    j = int(np.flatnonzero(beyond | edge)[0])
    gap = " Or fill the gaps first." if names[j].endswith("[missing]") else ""
    raise ValueError(
        f"The target's mean of {names[j]!r} is {wanted[j]:.6g}, and the sample's values go from "
        f"{low[j]:.6g} to {high[j]:.6g}: no weights can balance it. Hint: drop the column, or "
        f"restrict the target to what the sample covers.{gap}"
    )
