"""Calibration: the smallest change of the design weights that meets the population's totals."""

import warnings
from dataclasses import dataclass
from numbers import Real
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._moments import means_and_spreads
from imbalance_kit._utils._stacklevel import callers_stacklevel
from imbalance_kit.weighting._base_weighter import BaseWeighter, Normalize
from imbalance_kit.weighting._calibrate import (
    InfeasibleError,
    Problem,
    calibrate,
    linear_predictor,
)
from imbalance_kit.weighting._calibration_distances import Distance, DualDistance, dual_distance
from imbalance_kit.weighting._cells import absent_message
from imbalance_kit.weighting._constraints import Constraints, make_constraints
from imbalance_kit.weighting._task import Solution, Task

Array = NDArray[np.float64]
_NAMED = 5  # columns in the message of contradicting targets
_UNITS = "In Margins a number column has its total, with kind='share' its mean."
_EXACT = 1e-9  # relative difference of means of a constant column that is rounding


class CalibrationWeighter(BaseWeighter):
    """Weight a sample so that its means are exactly those of the population.

    The weights are as close to the design weights as the totals allow, in one of four distances.
    Use it where the covariates that decided who is in the sample are known, as rows or as totals,
    and balance on their means is wanted exactly: "linear" is the GREG estimator of survey
    sampling, "raking" is entropy balancing, "truncated" with ``bounds=(0, inf)`` and a `tolerance`
    gives stable balancing weights. Not for margins with thousands of levels
    (:class:`RakingWeighter`), and not where sample and population hardly overlap: means can then be
    met by a few rows with huge weights, which the effective sample size shows. Only means are
    balanced: add squares or products as columns where more matters.

    Parameters
    ----------
    distance : {"linear", "raking", "logit", "truncated"}, default="linear"
        What keeps weights near the design weights:

        - "linear": least squares; closed form, but weights can be negative (a warning says so);
        - "raking": relative entropy; weights are positive and unbounded;
        - "logit": between `bounds`, smoothly;
        - "truncated": least squares between `bounds`, many weights at the bounds.
    bounds : tuple of (float, float), default=None
        Lower and upper bound of w / d, for "logit" and "truncated" only, with d scaled to the
        population size; lower < 1 < upper. The upper one may be infinite for "truncated".
    tolerance : float, default=0.0
        Largest difference of means allowed, in standard deviations of the population (of the sample
        for a numeric margin, whose spread is not known): weights that vary less, for balance that
        is good enough.
    ridge : float, default=0.0
        Softens all constraints: each mean is missed in proportion to the strain it causes,
        ``ridge · λ_j`` standard deviations of the sample. 0.0 meets them exactly.
    normalize : {"population", "sample", "mean"}, default="population"
        What the weights sum to: the population size, the sum of the design weights (the number of
        rows without), or the number of rows.
    random_state : int, RandomState, Generator or None, default=None
        Source of the draws of `fit_resample`. The global random state is never used.

    Attributes
    ----------
    weights_ : ndarray of shape (n_samples,)
        Weights of the fitted rows.
    shift_ : CovariateShift
        The weighted rows stand for the target; nothing is to be undone in predictions.
    covariates_ : Covariates
        Columns, levels and imputed values.
    constraints_ : Constraints
        The columns that are balanced, and their means in the population.
    row_weights_, scale_ : callable, float
        The function of rows and design weights that gives weights, and the factor that normalises.
    sample_indices_, synthetic_mask_, carried_weight_, sample_weight_ : ndarray
        After `fit_resample`, one entry per output row: its source row; all False; ones, because the
        draw has used up the weights; weights under which the output stands for the sample.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of str of shape (n_features_in_,)
        Column names of X, where they are all strings.

    Raises
    ------
    ValueError
        If no weights meet the targets: the message names the column.

    See Also
    --------
    RakingWeighter : Categorical margins by iterative proportional fitting.
    PostStratificationWeighter : Cells.

    Notes
    -----
    ``min Σ d G(w/d)`` subject to ``Σ w x = t`` and ``Σ w = N`` has the solution ``w = d F(x'λ)``
    [1]_ with F(u) = 1 + u (linear), e^u (raking, which with rows as target is entropy balancing
    [2]_), or between bounds. λ is found by Newton's method on the dual; collinear columns are no
    obstacle. Categories enter with all their levels, missing numbers as an indicator beside the
    mean. A level that was not there at fit counts as none of the levels, with a warning.

    References
    ----------
    .. [1] Deville and Särndal (1992). Calibration estimators in survey sampling. JASA 87, 376-382.
       doi:10.1080/01621459.1992.10475217
    .. [2] Hainmueller (2012). Entropy balancing for causal effects. Political Analysis 20, 25-46.
       doi:10.1093/pan/mpr025
    .. [3] Zubizarreta (2015). Stable weights that balance covariates for estimation with incomplete
       outcome data. JASA 110, 910-922. doi:10.1080/01621459.2015.1023805

    Examples
    --------
    >>> import pandas as pd
    >>> from imbalance_kit import CalibrationWeighter, Margins
    >>> sample = pd.DataFrame({"sex": ["f", "f", "f", "m"], "age": [20, 30, 40, 50]})
    >>> margins = Margins({"sex": {"f": 50, "m": 50}, "age": 4100})
    >>> weights = CalibrationWeighter("raking").fit_weights(sample, target=margins)
    >>> weights.round(2)
    array([11.92, 16.16, 21.92, 50.  ])
    """

    _takes_margins: ClassVar[bool] = True
    _sums_over_rows: ClassVar[bool] = True

    def __init__(
        self,
        distance: Distance = "linear",
        *,
        bounds: tuple[float, float] | None = None,
        tolerance: float = 0.0,
        ridge: float = 0.0,
        normalize: Normalize = "population",
        random_state: Any = None,
    ) -> None:
        super().__init__(normalize=normalize, random_state=random_state)
        self.distance = distance
        self.bounds = bounds
        self.tolerance = tolerance
        self.ridge = ridge

    def sufficient_statistics(self) -> Literal["rows", "cells", "moments"]:
        """Return what the weights are a function of, for data that do not fit.

        Returns
        -------
        kind : {"cells", "moments"}
            "moments" for the linear distance: of total, means and covariances, where all columns
            are numbers. "cells" otherwise: of distinct rows and the sums of their weights.
        """
        return "moments" if self.distance == "linear" else "cells"

    def _solve(self, task: Task) -> Solution:
        distance = dual_distance(self.distance, self.bounds)
        for name, value in (("tolerance", self.tolerance), ("ridge", self.ridge)):
            if not isinstance(value, Real) or not 0 <= value < np.inf:
                raise ValueError(f"`{name}` must be a finite number of at least 0, got {value!r}.")
        constraints = make_constraints(task)
        self.constraints_ = constraints
        rows = constraints.design(task.table)
        if task.margins is None:
            _warn_of_absent(constraints, rows, task.weights)
        problem = _problem(
            constraints,
            rows,
            task.weights / task.weights.sum(),
            distance,
            float(self.tolerance),
            float(self.ridge),
        )
        try:
            λ = calibrate(problem)
        except InfeasibleError as error:
            raise ValueError(_say_why(error, problem, constraints)) from None
        found = CalibratedRows(constraints, problem.centre, problem.scale, λ, distance)
        weights = found.of_design(rows, task.weights)
        n_negative = int((weights < 0).sum())
        if n_negative:
            warnings.warn(
                f"{n_negative} of {len(weights)} weights are negative, which most learners refuse. "
                f"{_beyond_the_sample(constraints, rows, task.weights)}"
                "Hint: distance='raking', or 'truncated' with bounds=(0, inf).",
                UserWarning,
                stacklevel=callers_stacklevel(),
            )
        return Solution(found, weights)


@dataclass(frozen=True)
class CalibratedRows:
    """Weights of any rows by the multipliers found: ``d F(λ_0 + u'λ)``.

    Invariant: fixed at fit.
    """

    constraints: Constraints
    centre: Array
    scale: Array
    multipliers: Array
    distance: DualDistance

    def __call__(self, X: Any, design_weights: Array) -> Array:
        """Return weights of rows."""
        return self.of_design(self.constraints.design(X), design_weights)

    def of_design(self, rows: Array, design_weights: Array) -> Array:
        """Return weights of rows that are numbers already."""
        u = linear_predictor(rows, self.centre, self.scale, self.multipliers)
        return design_weights * self.distance.ratio(u)


def _warn_of_absent(constraints: Constraints, rows: Array, weights: Array) -> None:
    """Warn of rows that can only weigh 0 in all: they have what no row of the population has."""
    never = np.flatnonzero((constraints.means == 0) & (constraints.spreads == 0))
    held = rows[:, never][weights > 0]  # a few columns at the most
    alone = (held.min(axis=0) == 0) & (held.max(axis=0) > 0)
    if not alone.any():
        return
    n_alone = int((held[:, alone] > 0).any(axis=1).sum())
    names = [constraints.names[j] for j in never[alone].tolist()]
    gaps = any(name.endswith("[missing]") for name in names)
    warnings.warn(
        f"No row of the population has {', '.join(map(repr, names))}, and {n_alone} of "
        f"{len(held)} rows of the sample do: their weights sum to 0. Hint: to keep these rows, "
        f"{'fill the gaps, ' if gaps else ''}merge levels or leave the column out.",
        UserWarning,
        stacklevel=callers_stacklevel(),
    )


def _beyond_the_sample(constraints: Constraints, rows: Array, weights: Array) -> str:
    """Say which means lie outside the sample's values, which only negative weights can reach."""
    rows = rows if weights.all() else rows[weights > 0]
    low, high = rows.min(axis=0), rows.max(axis=0)
    slack = _EXACT * np.maximum(np.abs(low), np.abs(high))
    outside = (constraints.means < low - slack) | (constraints.means > high + slack)
    if not outside.any():
        return ""
    j = int(np.flatnonzero(outside)[0])
    return (
        f"The population's mean of {constraints.names[j]!r}, {constraints.means[j]:.6g}, lies "
        f"outside the sample's values, {low[j]:.6g} to {high[j]:.6g}: are the units alike? "
        f"{_UNITS} "
    )


def _problem(
    constraints: Constraints,
    rows: Array,
    shares: Array,
    distance: DualDistance,
    tolerance: float,
    ridge: float,
) -> Problem:
    centre, scale = means_and_spreads(rows, shares)
    spread = np.where(constraints.spreads > 0, constraints.spreads, scale)
    gap = constraints.means - centre
    fixed = scale == 0
    rounding = _EXACT * np.maximum(np.abs(constraints.means), np.abs(centre))
    beyond = np.flatnonzero(fixed & (np.abs(gap) > tolerance * spread + rounding))
    if len(beyond):
        absent = [j for j in beyond.tolist() if centre[j] == 0 and "=" in constraints.names[j]]
        j = absent[0] if absent else int(beyond[0])
        name, constant, wanted = constraints.names[j], centre[j], constraints.means[j]
        if absent:
            raise ValueError(absent_message(f"{name!r} (share {wanted:.4g})"))
        raise ValueError(
            f"Column {name!r} is constant in the sample ({constant:.6g}), and its mean in the "
            f"population is {wanted:.6g}: no weights can reach that. Hint: leave the column out."
        )
    scale = np.where(fixed, 1.0, scale)
    target = np.where(fixed, 0.0, gap / scale)
    slack = np.where(fixed, 0.0, tolerance * spread / scale)
    return Problem(rows, shares, centre, scale, target, distance, ridge, slack)


def _say_why(error: InfeasibleError, problem: Problem, constraints: Constraints) -> str:
    """Name the column that cannot be met: alone, or together with the others."""
    lower, upper = problem.distance.lower, problem.distance.upper
    for j, name in enumerate(constraints.names):
        low, high = _reach(problem.rows[:, j], problem.shares, lower, upper)
        allowed = problem.slack[j] * problem.scale[j]
        wanted = constraints.means[j]
        if not low - allowed < wanted < high + allowed and problem.target[j] != 0:
            values = problem.rows[problem.shares > 0, j]
            hint = (
                "wider bounds, a tolerance, or another distance; or merge or drop what the "
                "population does not share with the sample."
                if values.min() <= wanted <= values.max()
                else f"are the units alike? {_UNITS} Else a tolerance, or leave the column out."
            )
            return (
                f"The target of {name!r} cannot be met: its mean in the population is "
                f"{wanted:.6g}, and weights of distance={problem.distance.name!r} within "
                f"{(lower, upper)!r} of the design weights reach means between {low:.6g} and "
                f"{high:.6g} only. Hint: {hint}"
            )
    pull = np.abs(error.against)
    hardest = [j for j in np.argsort(-pull)[:_NAMED].tolist() if pull[j] > 0.1 * pull.max()]
    means = ", ".join(f"{constraints.names[j]!r} ({constraints.means[j]:.6g})" for j in hardest)
    return (
        f"The targets cannot be met together: {error}. Those that contradict each other most are "
        f"the means of {means}. Hint: check them, drop columns, allow a tolerance or a ridge, or "
        "widen the bounds."
    )


def _reach(values: Array, shares: Array, lower: float, upper: float) -> tuple[float, float]:
    """Return the smallest and largest mean under ratios between bounds whose mean is one."""
    if not np.isfinite(lower):
        return -np.inf, np.inf
    counted = shares > 0
    values, shares = values[counted], shares[counted]
    order = np.argsort(values, kind="stable")
    ends = []
    for ranked in (order, order[::-1]):
        if np.isfinite(upper):
            # The mass that may be moved, to the most extreme rows first.
            movable = (1 - lower) / (upper - lower)
            before = np.cumsum(shares[ranked]) - shares[ranked]
            taken = np.clip(movable - before, 0.0, shares[ranked])
            extreme = float(taken @ values[ranked]) / movable
        else:
            extreme = float(values[ranked[0]])
        ends.append(lower * float(shares @ values) + (1 - lower) * extreme)
    return ends[0], ends[1]
