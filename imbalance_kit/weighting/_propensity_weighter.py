"""Weights from the odds of being in the target rather than in the sample."""

from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._containers import take_rows
from imbalance_kit._utils._covariates import Covariates
from imbalance_kit.weighting._base_weighter import BaseWeighter, Normalize
from imbalance_kit.weighting._classifier_rows import ClassifierRows
from imbalance_kit.weighting._cross_fitting import Calibration, CrossFit, cross_fit
from imbalance_kit.weighting._logistic_path_estimator import LinearLogRatio, LogisticPath
from imbalance_kit.weighting._overlap import (
    check_overlap,
    warn_of_partial_overlap,
    warn_of_separation,
)
from imbalance_kit.weighting._ratio import LogRatio, RatioEstimator, RatioTask
from imbalance_kit.weighting._task import Solution, Task
from imbalance_kit.weighting._tilting import (
    POPULATIONS,
    Estimand,
    sample_log_factor,
    target_log_factor,
)
from imbalance_kit.weighting._trimming import Trim, check_trimming, learn_trim

Array = NDArray[np.float64]


class PropensityWeighter(BaseWeighter):
    """Weight a sample by the odds that a row like it belongs to the population.

    A model tells the target's rows from the sample's; where it finds a row likelier in the target,
    the row counts more. Use it with many covariates, or where selection is not linear: the weights
    follow the whole density ratio, not chosen means. Where the means of some columns must agree
    exactly use :class:`CalibrationWeighter` or :class:`CBPSWeighter`; where only totals are known,
    :class:`RakingWeighter`. Not where the two hardly overlap: a column that separates them is an
    error.

    Parameters
    ----------
    estimator : LogisticPath, LeastSquaresRatio, KernelMeanMatching or classifier, default=None
        The model; None is ``LogisticPath()``. A classifier with `predict_proba` gets the columns as
        they came in, both sides with the same total weight, and is cross-fitted: `weights_` are
        out-of-fold, ``weights(X)`` uses the mean over the folds. Sample categories of dtype
        category have the levels of both sides, for gradient boosting that takes them.
    estimand : {"odds", "ate", "atc", "overlap", "matching"}, default="odds"
        What both sides are weighted to:

        - "odds": the target, which keeps its weights;
        - "ate": sample and target together;
        - "atc": the sample, which keeps its weights: the target is weighted;
        - "overlap": where they overlap most, ``e (1 - e)``, with bounded weights;
        - "matching": the same with ``min(e, 1 - e)``.

        All but "odds" need a model of probabilities: LogisticPath or a classifier.
    cv : int, default=5
        Folds of the path's cross-validation, of the cross-fitting and of the kernel widths, at
        least 2. They depend on what is in the rows, not on their order.
    calibration : {"sigmoid", "isotonic"}, default=None
        Calibrate a classifier's held-out probabilities; None takes them as they are.
    flattening : float, default=1.0
        Exponent of the factors, in [0, 1]: less variance for more bias. For "odds" alone.
    trimming : "pareto" or dict, default=None
        None leaves the factors alone; ``{"ratio": c}`` caps them at c times their mean,
        ``{"quantile": q}`` at a quantile, both under the design weights and after normalisation;
        "pareto" smooths the tail, whose shape is `pareto_k_`, its length going by the number of
        rows.
    normalize : {"population", "sample", "mean"}, default="population"
        What the weights sum to: the size of the population weighted to, the sum of the design
        weights, or the number of rows.
    random_state : int, RandomState, Generator or None, default=None
        Source of the draws of `fit_resample`; the weights themselves do not depend on chance. A
        classifier has its own.

    Attributes
    ----------
    weights_ : ndarray of shape (n_samples,)
        Weights of the fitted rows.
    target_weights_ : ndarray of shape (n_population,)
        Weights of the target's rows, with the same sum.
    population_ : str
        What both stand for: "target", "combined", "sample", "overlap" or "matching".
    model_ : callable
        The fitted log ratio. Of a LogisticPath: `coef`, `intercept`, `lambda_` and `path`.
    coef_, intercept_ : ndarray of shape (p,), float
        Of a LogisticPath: log odds per unit of the columns ``covariates_.names()``.
    pareto_k_ : float
        With ``trimming="pareto"``: shape of the tail of the factors; above .7 do not trust them.
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
    CBPSWeighter : A propensity fitted so that means agree.
    CalibrationWeighter : Means or totals met exactly.

    Notes
    -----
    ``w_i = d_i e(x_i) / (1 - e(x_i))`` for "odds", in general ``d_i h(x_i) / (1 - e(x_i))`` for the
    sample and ``t_j h(x_j) / e(x_j)`` for the target, with ``e = N_T r / (N_S + N_T r)``, r the
    density ratio and N the totals of the weights. Assumes that selection depends on these columns
    alone, and overlap. Where sample and target overlap in part only, a warning names the column:
    levels that one of them lacks, values of the target beyond the range of the sample, and weight
    on rows beyond the range of the target.

    References
    ----------
    Li, Morgan and Zaslavsky (2018), doi:10.1080/01621459.2016.1260466.
    Shimodaira (2000), doi:10.1016/S0378-3758(00)00115-4.
    Vehtari, Simpson, Gelman, Yao and Gabry (2024), Journal of Machine Learning Research 25, 72.

    Examples
    --------
    >>> import numpy as np
    >>> from imbalance_kit import PropensityWeighter
    >>> rng = np.random.default_rng(0)
    >>> sample, population = rng.normal(size=(2000, 2)), rng.normal(.4, 1, size=(3000, 2))
    >>> weighter = PropensityWeighter(trimming={"ratio": 10})
    >>> w = weighter.fit_weights(sample, target=population)
    >>> bool(np.abs(np.average(sample, weights=w, axis=0) - population.mean(axis=0)).max() < .05)
    True
    >>> bool(np.allclose(weighter.weights(sample), w))
    True
    """

    target_weights_: Array
    population_: str
    model_: Any

    def __init__(
        self,
        estimator: Any = None,
        *,
        estimand: Estimand = "odds",
        cv: int = 5,
        calibration: Calibration | None = None,
        flattening: float = 1.0,
        trimming: Any = None,
        normalize: Normalize = "population",
        random_state: Any = None,
    ) -> None:
        super().__init__(normalize=normalize, random_state=random_state)
        self.estimator = estimator
        self.estimand = estimand
        self.cv = cv
        self.calibration = calibration
        self.flattening = flattening
        self.trimming = trimming

    def _solve(self, task: Task) -> Solution:
        trimming = self._check_parameters()
        for name in ("coef_", "intercept_", "pareto_k_"):  # of an earlier fit
            self.__dict__.pop(name, None)
        kept = task.weights > 0, task.target_weights > 0
        numbers = _ratio_task(task, kept, self.cv)
        check_overlap(numbers)
        self.model_, log_ratio, log_ratio_target = self._fit_model(task, numbers, kept)
        totals = float(numbers.sample_weight.sum()), float(numbers.target_weight.sum())
        base_rate = float(np.log(totals[1] / totals[0]))
        factor = Factor(self.estimand, base_rate, float(self.flattening))
        log_factors = factor(log_ratio)
        top = float(log_factors.max())
        if not np.isfinite(top):
            raise ValueError(
                "The model gives every row of the sample a density ratio of 0: it sees no overlap. "
                "Hint: a larger `width`, fewer columns, or LogisticPath()."
            )
        separated = warn_of_separation((log_ratio, log_ratio_target))
        factors = np.exp(log_factors - top)
        trim = learn_trim(trimming, factors, numbers.sample_weight)
        if trim.pareto_k is not None:
            self.pareto_k_ = trim.pareto_k
        fitted = np.zeros(len(task.weights))
        fitted[kept[0]] = numbers.sample_weight * trim(factors)
        if self.estimand == "odds" and not separated:
            warn_of_partial_overlap(numbers, fitted[kept[0]])
        log_target = target_log_factor(self.estimand, log_ratio_target + base_rate)
        self._weigh_target(task, numbers.target_weight, log_target, kept[1])
        self.population_ = POPULATIONS[self.estimand]
        row_weights = PropensityWeights(task.covariates, self.model_, factor, top, trim)
        return Solution(row_weights, fitted, self.population_)

    def _fit_model(
        self, task: Task, numbers: RatioTask, kept: tuple[NDArray[np.bool_], NDArray[np.bool_]]
    ) -> tuple[LogRatio | CrossFit, Array, Array]:
        """Fit the model of the ratio; return it with the log ratios of both sides."""
        estimator = LogisticPath() if self.estimator is None else self.estimator
        if isinstance(estimator, RatioEstimator):
            model = estimator.fit_ratio(numbers)
            if isinstance(model, LinearLogRatio):
                self.coef_, self.intercept_ = model.coef, model.intercept
            return model, model(numbers.sample), model(numbers.target)
        rows = (task.X, task.target_rows)
        sample, target = (
            table if every.all() else take_rows(table, np.flatnonzero(every))
            for table, every in zip(rows, kept, strict=True)
        )
        weights = numbers.sample_weight, numbers.target_weight
        prepared = ClassifierRows(task.covariates)
        return cross_fit(
            estimator, sample, target, weights, numbers.folds, prepared, self.calibration
        )

    def _weigh_target(
        self, task: Task, given: Array, log_factors: Array, kept: NDArray[np.bool_]
    ) -> None:
        found = np.zeros(len(kept))
        found[kept] = given * np.exp(log_factors - log_factors.max())
        self.target_weights_ = found * (self._total(task) / found.sum())

    def _total(self, task: Task) -> float:
        """Return what the weights are to sum to: the size of the population weighted to."""
        total = super()._total(task)
        if self.normalize != "population" or self.estimand == "odds":
            return total
        own = float(task.weights.sum())
        return own if self.estimand == "atc" else own + total

    def _check_parameters(self) -> tuple[str, float] | None:
        if self.estimand not in POPULATIONS:
            raise ValueError(
                f"`estimand` must be one of {tuple(POPULATIONS)}, got {self.estimand!r}. Hint: "
                "'odds' is the ATT of a study whose treated are the target."
            )
        if not isinstance(self.cv, Integral) or isinstance(self.cv, bool) or self.cv < 2:
            raise ValueError(f"`cv` must be an integer of at least 2, got {self.cv!r}.")
        if self.calibration not in (None, "sigmoid", "isotonic"):
            raise ValueError(
                f"`calibration` must be None, 'sigmoid' or 'isotonic', got {self.calibration!r}."
            )
        if not isinstance(self.flattening, Real) or not 0 <= self.flattening <= 1:
            raise ValueError(f"`flattening` must be in [0, 1], got {self.flattening!r}.")
        if self.flattening != 1 and self.estimand != "odds":
            raise ValueError("`flattening` is for estimand='odds': the others are tilted already.")
        if isinstance(self.estimator, type):
            raise TypeError(
                f"`estimator` must be an instance, got the class {self.estimator.__name__}. Hint: "
                f"{self.estimator.__name__}(...)."
            )
        is_ratio = isinstance(self.estimator, RatioEstimator)
        if self.calibration is not None and (self.estimator is None or is_ratio):
            raise ValueError("`calibration` is for classifiers: the other models are not.")
        if is_ratio and not isinstance(self.estimator, LogisticPath) and self.estimand != "odds":
            raise ValueError(
                f"estimand={self.estimand!r} needs probabilities, which "
                f"{type(self.estimator).__name__} does not give. Hint: LogisticPath()."
            )
        return check_trimming(self.trimming)


@dataclass(frozen=True)
class Factor:
    """The log ratio of a row to the log of its factor."""

    estimand: str
    base_rate: float
    flattening: float

    def __call__(self, log_ratio: Array) -> Array:
        """Return the log factors of rows of the sample."""
        if self.flattening == 0:
            return np.zeros_like(log_ratio)
        return sample_log_factor(self.estimand, log_ratio + self.base_rate) * self.flattening


@dataclass(frozen=True)
class PropensityWeights:
    """Rows and their design weights to weights, fixed at fit."""

    covariates: Covariates
    model: Any
    factor: Factor
    top: float
    trim: Trim

    def __call__(self, X: Any, weights: Array) -> Array:
        """Return weights, in the unit of the fit."""
        rows = X if isinstance(self.model, CrossFit) else self.covariates.encode(X)
        return weights * self.trim(np.exp(self.factor(self.model(rows)) - self.top))


def _ratio_task(
    task: Task, kept: tuple[NDArray[np.bool_], NDArray[np.bool_]], cv: int
) -> RatioTask:
    """Return both sides as numbers, without the rows of weight zero."""
    weights = (task.weights, task.target_weights)
    counts = [int(np.count_nonzero(every)) for every in kept]
    if min(counts) < 2:
        raise ValueError(
            f"Found {counts[0]} sample(s) and {counts[1]} row(s) of the target with a weight above "
            "0: at least 2 of each are needed to cross-validate, not 1 sample."
        )
    encoded = (task.covariates.encode(X) for X in (task.table, task.target_table))
    sample, target = (
        rows if every.all() else rows[every] for rows, every in zip(encoded, kept, strict=True)
    )
    of_sample, of_target = (w[every] for w, every in zip(weights, kept, strict=True))
    names = task.covariates.names()
    return RatioTask(sample, target, of_sample, of_target, names, min(cv, *counts))
