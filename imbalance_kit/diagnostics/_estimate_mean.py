"""Estimate the mean of an outcome in a population: check, choose the method, put together."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, t

from imbalance_kit._utils._columns import Table, table_of
from imbalance_kit._utils._containers import n_rows, take_rows
from imbalance_kit._utils._covariates import learn_covariates
from imbalance_kit._utils._moments import weighted_mean
from imbalance_kit._utils._random import draw_seed
from imbalance_kit._utils._threads import check_n_jobs
from imbalance_kit._utils._validation import check_sample_weight, check_unit
from imbalance_kit.diagnostics._linearization import Linearized, weighted_mean_scores
from imbalance_kit.diagnostics._mean_estimate import MeanEstimate
from imbalance_kit.diagnostics._mean_inputs import (
    REPLICATES,
    MeanInputs,
    check_needs,
    check_options,
    check_outcome,
    target_kind_of,
)
from imbalance_kit.diagnostics._regression_estimates import AipwFit, aipw_estimate, greg_estimate
from imbalance_kit.diagnostics._replicates import (
    ReweightedMean,
    bootstrap_standard_error,
    jackknife_standard_error,
)
from imbalance_kit.diagnostics._target import (
    check_is_covariates,
    margin_covariates,
    target_rows,
)

_Floats = NDArray[np.float64]
_N_FOLDS = 5


def estimate_mean(
    y: Any,
    X: Any = None,
    *,
    target: Any = None,
    sample_weight: Any = None,
    base_weight: Any = None,
    target_weight: Any = None,
    method: str = "weighted",
    target_kind: str | None = None,
    weighter: Any = None,
    estimator: Any = None,
    n_replicates: int | None = None,
    confidence: float = 0.95,
    random_state: Any = None,
    n_jobs: int | None = None,
) -> MeanEstimate:
    """Estimate the mean of an outcome in the population that a sample was weighted to.

    Start with the default: the weighted mean of what was observed, with a standard error by
    formula. Pass as `X` what the weights were calibrated on, or the interval is too wide. Where the
    weights come from a model, "bootstrap" or "jackknife" fit them again in every replicate. "greg"
    and "aipw" predict the outcome for the population's rows: more precise where covariates explain
    it, and "aipw" is right if either its regressor or its weights are. None of them can repair a
    sample whose selection depends on the outcome itself.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        Outcome as numbers (0 and 1 for a share), NaN where it was not observed. Missing outcomes
        are left out, never counted as 0.
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features), default=None
        Covariates. "weighted": those the weights were calibrated on (by CalibrationWeighter,
        RakingWeighter or PostStratificationWeighter), if they were; of cells of several columns
        one column that names the cell, or margins as `target`. Needed otherwise.
    target : rows, Population or Margins, default=None
        The population. "weighted": needed where it is a sample with an error of its own; margins
        say which columns of `X` were calibrated on. "greg" and "aipw" need its rows.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights after adjustment, for "weighted" and "aipw"; negative ones, as linear calibration
        can make, are taken. None: `base_weight`.
    base_weight : array-like of shape (n_samples,), default=None
        Weights before adjustment: design weights, above 0. None: all equal.
    target_weight : array-like of shape (n_target,), default=None
        Weights of the target's rows.
    method : {"weighted", "bootstrap", "jackknife", "greg", "aipw"}, default="weighted"
        How to estimate the mean and its error; see Notes.
    target_kind : {"census", "sample"}, default=None
        Whether the target's numbers are exact or come from a sample, whose variance then counts.
        None: margins are a census, rows are a sample (the wider interval).
    weighter : weighter, default=None
        For "bootstrap" and "jackknife", and for "aipw" unless `sample_weight` is given: any object
        with `fit_weights` (and for "aipw" `fit` and `weights`); it is cloned.
    estimator : regressor or classifier, default=None
        Outcome model of "aipw", fitted to encoded covariates. A classifier predicts the mean by its
        probabilities. None: ridge regression with the penalty chosen by leave-one-out.
    n_replicates : int, default=None
        Bootstrap samples (None: 200) or jackknife groups (None: 50, or the number of rows).
    confidence : float in (0, 1), default=0.95
        Level of the interval.
    random_state : int, RandomState, Generator or None, default=None
        Source of replicates and folds.
    n_jobs : int, default=None
        Replicates or folds at a time; None is one, -1 all processors.

    Returns
    -------
    estimate : MeanEstimate
        Frozen: estimate, standard error, interval, missing share, and what kind of target it is
        about.

    Raises
    ------
    ValueError
        If no outcome is observed, lengths differ, something the method needs is missing or
        something it does not use is given, "greg" or "aipw" is given margins, or margins speak of
        columns that `X` does not have.

    See Also
    --------
    compute_balance : Whether the weights balance the covariates, which comes first.
    effective_sample_size : The precision lost, without regard to the outcome.

    Notes
    -----
    With weights w, base weights d, covariates x (and 1), target rows with weights v:

    - "weighted": ``m = Σ w y / Σ w`` over observed outcomes. Scores ``w (y - m) / Σ w``, or, given
      `X`, w times the residual of y - m from a regression on x under d, as R's survey does for
      calibrated weights. Variance ``n / (n - 1) Σ (z - mean z)²``: rows drawn independently with
      replacement, so that large sampling fractions make it too wide. So do weights far from d with
      an outcome that is not linear in x: "bootstrap" is sharper there.
    - "bootstrap": Rao and Wu's rescaled bootstrap; "jackknife": random groups left out in turn;
      both refit `weighter`, and draw a target that is a sample anew as well.
    - "greg": ``x̄_T b + Σ d (y - x b) / Σ d`` with a linear regression b; the same as linear
      calibration on x.
    - "aipw": ``mean_T m(x) + Σ w (y - m(x)) / Σ w`` with five-fold cross-fitting of m and, given
      `weighter`, of w.

    "greg" and "aipw" leave out rows whose outcome is missing before anything is fitted, which is
    right where it is missing at random given x; "weighted" and the replicates take the observed
    outcomes to stand for the missing ones under the weights. Intervals use the normal distribution,
    the jackknife t with one degree of freedom less than groups.

    References
    ----------
    Deville and Särndal (1992), Calibration estimators in survey sampling,
    doi:10.1080/01621459.1992.10475217.
    Rao and Wu (1988), Resampling inference with complex survey data,
    doi:10.1080/01621459.1988.10478591.
    Robins, Rotnitzky and Zhao (1994), Estimation of regression coefficients when some regressors
    are not always observed, doi:10.1080/01621459.1994.10476818.
    Chernozhukov et al. (2018), Double/debiased machine learning, doi:10.1111/ectj.12097.

    Examples
    --------
    >>> import numpy as np
    >>> from imbalance_kit import estimate_mean
    >>> rng = np.random.default_rng(0)
    >>> people = rng.normal(0, 1, (5000, 1))             # the population's mean outcome is 1
    >>> X = rng.normal(1, 1, (400, 1))                   # the sample is off by 1
    >>> y = 1 + 2 * X[:, 0] + rng.normal(0, 1, 400)
    >>> estimate_mean(y, X, target=people, method="greg", target_kind="census")
    MeanEstimate: 1.022 (SE 0.06821), 95 % interval 0.888 to 1.155
      unadjusted  2.934
      method      greg
      target      a census: its own numbers are taken as exact
      rows        400
    """
    check_options(method, target_kind, confidence, n_replicates)
    check_n_jobs(n_jobs)
    outcome = check_outcome(y)
    n = len(outcome)
    if X is not None:
        check_is_covariates(X, name="X")
    if X is not None and n_rows(X) != n:
        raise ValueError(f"`X` has {n_rows(X)} rows, `y` has {n}: expected one outcome per row.")
    given = MeanInputs(
        y=outcome,
        X=X,
        target=target,
        target_weight=target_weight,
        rows=None if target is None else target_rows(target, target_weight),
        weight=_weights(sample_weight, n, "sample_weight", negative="allow"),
        base=_weights(base_weight, n, "base_weight"),
        weighter=weighter,
        estimator=estimator,
    )
    check_needs(given, method)
    kind = target_kind_of(given, target_kind)
    observed = ~np.isnan(outcome)
    n_used = 0
    if method in REPLICATES:
        estimate, error, n_used = _replicate(
            given, method, kind, n_replicates, random_state, n_jobs
        )
    else:
        linear = _linearize(given, method, kind, random_state, n_jobs)
        estimate, error = linear.estimate, linear.standard_error
    alpha = (1.0 + confidence) / 2.0
    width = error * float(t.ppf(alpha, n_used - 1) if method == "jackknife" else norm.ppf(alpha))
    weight = given.weight if method == "weighted" and given.weight is not None else given.base
    return MeanEstimate(
        estimate=estimate,
        standard_error=error,
        interval=(estimate - width, estimate + width),
        confidence=float(confidence),
        unadjusted=weighted_mean(
            outcome[observed], None if given.base is None else given.base[observed]
        ),
        n_samples=n,
        n_observed=int(np.count_nonzero(observed)),
        missing_share=weighted_mean((~observed).astype(np.float64), weight),
        method=method,
        target_kind=kind,
        n_replicates=n_used,
    )


def _weights(given: Any, n: int, name: str, **options: Any) -> NDArray[np.float64] | None:
    """Return weights whose squares, in variances, are numbers."""
    weights = check_sample_weight(given, n, name=name, **options)
    if weights is not None:
        check_unit(weights, name=name)
    return weights


def _linearize(
    given: MeanInputs, method: str, kind: str | None, random_state: Any, n_jobs: int | None
) -> Linearized:
    """Return the estimates whose error has a formula."""
    if method == "weighted":
        return _weighted(given, kind)
    observed = np.flatnonzero(~np.isnan(given.y))
    rows = given.rows
    assert rows is not None
    X = given.X if len(observed) == len(given.y) else take_rows(given.X, observed)
    y = given.y[observed]
    base, weight = (None if w is None else w[observed] for w in (given.base, given.weight))
    sides = table_of(X), table_of(rows.rows)  # what is learned of a column is kept there
    covariates = learn_covariates(*sides, weights=[base, rows.weight])
    design, target_design = (covariates.encode(side, drop_first=True) for side in sides)
    sample = kind == "sample"
    if method == "greg":
        return greg_estimate(
            y,
            _with_ones(design),
            np.ones(len(y)) if base is None else base,
            _with_ones(target_design),
            rows.weight,
            target_is_sample=sample,
        )
    if len(y) < _N_FOLDS:
        raise ValueError(
            f"method='aipw' needs at least {_N_FOLDS} observed outcomes to hold some out, got "
            f"{len(y)}."
        )
    fit = AipwFit(X, y, design, base, weight, given.weighter, given.estimator, rows, target_design)
    return aipw_estimate(
        fit,
        n_folds=_N_FOLDS,
        seed=draw_seed(random_state),
        target_is_sample=sample,
        n_jobs=n_jobs,
    )


def _weighted(given: MeanInputs, kind: str | None) -> Linearized:
    base = np.ones(len(given.y)) if given.base is None else given.base
    weight = base if given.weight is None else given.weight
    if given.X is None:
        return weighted_mean_scores(given.y, weight)
    if given.target is not None and given.rows is None:
        design = _margin_design(table_of(given.X), given.target)
        return weighted_mean_scores(given.y, weight, base=base, design=design)
    rows = given.rows if kind == "sample" else None
    sides = [table_of(given.X), *([] if rows is None else [table_of(rows.rows)])]
    covariates = learn_covariates(*sides)
    designs = [_with_ones(covariates.encode(side, drop_first=True)) for side in sides]
    return weighted_mean_scores(
        given.y,
        weight,
        base=base,
        design=designs[0],
        target_design=None if rows is None else designs[1],
        target_weight=None if rows is None else rows.weight,
    )


def _margin_design(X: Table, margins: Any) -> _Floats:
    """Return the columns whose totals the margins fix; of a joint margin one per cell."""
    blocks = [np.ones((X.n_rows, 1))]
    covariates = margin_covariates(X, margins)
    for column in margins.margins:
        names = column if isinstance(column, tuple) else (column,)
        own = replace(covariates, columns=tuple(c for c in covariates.columns if c.name in names))
        if len(names) == 1:
            blocks.append(own.encode(X, drop_first=True))
            continue
        levels = [len(c.levels) for c in own.columns]
        cells = np.ravel_multi_index([own.codes(X, c.name) for c in own.columns], levels)
        blocks.append((cells[:, None] == np.unique(cells)[1:]).astype(np.float64))
    return np.hstack(blocks)


def _replicate(
    given: MeanInputs,
    method: str,
    kind: str | None,
    n_replicates: int | None,
    random_state: Any,
    n_jobs: int | None,
) -> tuple[float, float, int]:
    """Return estimate, standard error and number of replicates."""
    mean = ReweightedMean(
        X=given.X,
        y=given.y,
        base=given.base,
        weighter=given.weighter,
        target=given.target,
        target_weight=given.target_weight,
        target_rows=given.rows if kind == "sample" else None,
    )
    wanted = REPLICATES[method] if n_replicates is None else int(n_replicates)
    if method == "jackknife":
        wanted = min(wanted, len(given.y))
    spread = bootstrap_standard_error if method == "bootstrap" else jackknife_standard_error
    error = spread(mean, n_replicates=wanted, seed=draw_seed(random_state), n_jobs=n_jobs)
    return mean.estimate(), error, wanted


def _with_ones(design: _Floats) -> _Floats:
    return np.column_stack([np.ones(len(design)), design])
