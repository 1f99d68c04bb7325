"""The interface of the weighters towards a population, around one abstract solution."""

import warnings
from abc import abstractmethod
from collections.abc import Collection
from numbers import Integral
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, OneToOneFeatureMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from imbalance_kit._utils._containers import n_rows, take_rows
from imbalance_kit._utils._covariates import Covariates
from imbalance_kit._utils._random import class_stream, draw_seed
from imbalance_kit._utils._stacklevel import callers_stacklevel
from imbalance_kit._utils._validation import (
    check_has_columns,
    check_same_length,
    check_sample_weight,
)
from imbalance_kit.shift import CovariateShift
from imbalance_kit.weighting._systematic import systematic
from imbalance_kit.weighting._task import (
    RowWeights,
    Solution,
    Task,
    check_target_given,
    make_task,
)

Normalize = Literal["population", "sample", "mean"]
_SHARES = {1.0: "shares", 100.0: "percentages"}
_ROUNDED = 0.005  # relative: what rounding may add to the sum of shares, or take from it


class BaseWeighter(OneToOneFeatureMixin, BaseEstimator):  # type: ignore[misc]
    """Base class of the weighters towards a population.

    A subclass stores `normalize` and `random_state` with its own parameters, implements `_solve`,
    and says in `_takes_margins` whether totals will do as target, in `_sums_over_rows` whether rows
    enter only through sums, so that k equal rows are one of weight k. Everything else is here:
    checks, covariates, the scale, new rows, importance resampling.

    Parameters
    ----------
    normalize : {"population", "sample", "mean"}, default="population"
        What the weights sum to: the size of the population, the sum of the design weights (the
        number of rows without), or the number of rows.
    random_state : int, RandomState, Generator or None, default=None
        Source of the draws.

    Attributes
    ----------
    weights_ : ndarray of shape (n_samples,)
        Weights of the fitted rows.
    covariates_ : Covariates
        How rows become numbers.
    shift_ : CovariateShift
        Not to be undone.
    """

    _takes_margins: ClassVar[bool] = False
    _numbers_are_levels: ClassVar[bool] = False
    _sums_over_rows: ClassVar[bool] = False
    weights_: NDArray[np.float64]
    covariates_: Covariates
    shift_: CovariateShift
    row_weights_: RowWeights
    scale_: float

    def __init__(self, *, normalize: Normalize = "population", random_state: Any = None) -> None:
        self.normalize = normalize
        self.random_state = random_state

    @abstractmethod
    def _solve(self, task: Task) -> Solution:
        """Find the weights, in any unit, and the function that gives them for new rows."""

    def _columns(self) -> Collection[str] | None:
        """Return the names of the columns that matter, None for all."""
        return None

    def fit(
        self,
        X: Any,
        y: Any = None,
        *,
        target: Any = None,
        sample_weight: Any = None,
        target_weight: Any = None,
    ) -> Self:
        """Find the weights of these rows.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            The sample: numbers, categories, missing values.
        y : array-like of shape (n_samples,), default=None
            Not used: weights towards a population are functions of the covariates.
        target : rows, Population or Margins, default=None
            The population; needed.
        sample_weight : array-like of shape (n_samples,), default=None
            Design weights, at least 0.
        target_weight : array-like of shape (n_population,), default=None
            Weights of the target's rows, at least 0.

        Returns
        -------
        self : object
            With `weights_` and `shift_`.
        """
        check_target_given(target, type(self).__name__, second=y)
        n = n_rows(X)
        check_same_length(n, n if y is None else n_rows(y))
        check_has_columns(X)
        if self.normalize not in ("population", "sample", "mean"):
            raise ValueError(
                f"`normalize` must be 'population', 'sample' or 'mean', got {self.normalize!r}."
            )
        validate_data(self, X, skip_check_array=True)
        task = make_task(
            X,
            target,
            sample_weight,
            target_weight,
            name=type(self).__name__,
            takes_margins=self._takes_margins,
            columns=self._columns(),
            numbers_are_levels=self._numbers_are_levels,
        )
        self.covariates_ = task.covariates
        solution = self._solve(task)
        fitted = solution.fitted
        if fitted is None:
            fitted = solution.row_weights(X, task.weights)
        self.row_weights_ = solution.row_weights
        self.scale_ = self._total(task) / float(fitted.sum())
        self.weights_ = fitted * self.scale_
        self.shift_ = CovariateShift(solution.population)
        return self

    def fit_weights(
        self,
        X: Any,
        y: Any = None,
        *,
        target: Any = None,
        sample_weight: Any = None,
        target_weight: Any = None,
    ) -> NDArray[np.float64]:
        """Fit and return the weights of these rows.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            The sample.
        y : array-like of shape (n_samples,), default=None
            Not used.
        target : rows, Population or Margins, default=None
            The population; needed.
        sample_weight : array-like of shape (n_samples,), default=None
            Design weights, at least 0.
        target_weight : array-like of shape (n_population,), default=None
            Weights of the target's rows, at least 0.

        Returns
        -------
        weights : ndarray of shape (n_samples,)
            Also kept as `weights_`.
        """
        return self.fit(
            X, y, target=target, sample_weight=sample_weight, target_weight=target_weight
        ).weights_

    def sufficient_statistics(self) -> Literal["rows", "cells", "moments"]:
        """Return what the weights are a function of, for data that do not fit.

        Returns
        -------
        kind : {"rows", "cells", "moments"}
            "rows": of single rows, as where they are dealt into folds. "cells": of distinct rows
            and the sums of their weights. "moments": of total, means and covariances, where all
            columns are numbers; of cells otherwise.
        """
        return "cells" if self._sums_over_rows else "rows"

    def fit_cells(
        self,
        X: Any,
        *,
        cell_weight: Any,
        n_rows: int,
        target: Any = None,
        target_weight: Any = None,
    ) -> Self:
        """Find the weights of many rows from few that stand for them.

        Parameters
        ----------
        X : DataFrame of shape (n_cells, n_features)
            Rows with the sums that `sufficient_statistics` names.
        cell_weight : array-like of shape (n_cells,)
            Sum of the design weights of the rows that each stands for, at least 0.
        n_rows : int
            How many rows there are in all.
        target : rows, Population or Margins, default=None
            The population; needed.
        target_weight : array-like of shape (n_population,), default=None
            Weights of the target's rows, at least 0.

        Returns
        -------
        self : object
            `weights` gives what a fit on all rows gives; `weights_` are those of `X`.
        """
        with warnings.catch_warnings():
            if self.sufficient_statistics() == "moments":  # these rows are no rows of the sample
                warnings.filterwarnings("ignore", ".* weights are negative", UserWarning)
            self.fit(X, target=target, sample_weight=cell_weight, target_weight=target_weight)
        if self.normalize == "mean":
            factor = n_rows / len(self.weights_)
            self.scale_, self.weights_ = self.scale_ * factor, self.weights_ * factor
        return self

    def weights(self, X: Any, *, sample_weight: Any = None) -> NDArray[np.float64]:
        """Return weights for new rows; scale, caps and levels are those of fit.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Rows with the columns of fit.
        sample_weight : array-like of shape (n_samples,), default=None
            Their design weights, at least 0.

        Returns
        -------
        weights : ndarray of shape (n_samples,)
            Equal to `weights_` on the rows of fit, unless these are cross-fitted.
        """
        check_is_fitted(self)
        validate_data(self, X, reset=False, skip_check_array=True)
        given = check_sample_weight(sample_weight, n_rows(X))
        return self.row_weights_(X, np.ones(n_rows(X)) if given is None else given) * self.scale_

    def fit_resample(
        self,
        X: Any,
        y: Any = None,
        *,
        n_samples: int | None = None,
        target: Any = None,
        sample_weight: Any = None,
        target_weight: Any = None,
    ) -> tuple[Any, Any]:
        """Draw rows in proportion to their weights, for learners that take none.

        Systematic sampling of the rows in random order: a row is copied its expected number of
        times, rounded up or down.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            The sample.
        y : array-like of shape (n_samples,), default=None
            Labels or outcomes, drawn along.
        n_samples : int, default=None
            Rows to draw; None draws as many as came in.
        target : rows, Population or Margins, default=None
            The population; needed.
        sample_weight : array-like of shape (n_samples,), default=None
            Design weights, at least 0.
        target_weight : array-like of shape (n_population,), default=None
            Weights of the target's rows, at least 0.

        Returns
        -------
        X_res : same container as X, of shape (n_samples, n_features)
            The rows drawn, in the order of the input.
        y_res : same container as y, of n_samples entries, or None
            Theirs.
        """
        given = check_sample_weight(sample_weight, n_rows(X))
        self.fit(X, y, target=target, sample_weight=given, target_weight=target_weight)
        size = n_rows(X) if n_samples is None else n_samples
        if not isinstance(size, Integral) or isinstance(size, bool) or size < 1:
            raise ValueError(f"`n_samples` must be an integer of at least 1, got {n_samples!r}.")
        if self.weights_.min() < 0:
            raise ValueError(
                "Some weights are negative, and rows cannot be drawn a negative number of times. "
                "Hint: bounds, or distance='raking'."
            )
        stream = class_stream(draw_seed(self.random_state), type(self).__name__)
        self.sample_indices_ = np.sort(
            systematic(np.arange(len(self.weights_)), self.weights_, int(size), stream)
        )
        self.synthetic_mask_ = np.zeros(size, dtype=bool)
        self.carried_weight_ = np.ones(size)
        drawn = self.weights_[self.sample_indices_] * (size / self.weights_.sum())
        self.sample_weight_ = (1.0 if given is None else given[self.sample_indices_]) / drawn
        y_res = None if y is None else take_rows(y, self.sample_indices_)
        return take_rows(X, self.sample_indices_), y_res

    def _total(self, task: Task) -> float:
        """Return what the weights are to sum to."""
        if self.normalize == "mean":
            return float(len(task.weights))
        if self.normalize == "sample":
            return float(task.weights.sum())
        if task.size is None:
            raise ValueError(
                "normalize='population' needs the population's size, and Margins of shares were "
                "given without one. Hint: Margins(..., size=...), or normalize='sample'."
            )
        _warn_of_shares(task)
        return task.size

    def __sklearn_tags__(self) -> Any:
        """Describe the input that is taken: mixed tables, missing values."""
        tags = super().__sklearn_tags__()
        tags.estimator_type = "weighter"
        tags.target_tags.required = False
        tags.input_tags.sparse = True
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        return tags


def _warn_of_shares(task: Task) -> None:
    """Warn where totals look like shares: the sample cannot be larger than the population."""
    margins = task.margins
    if margins is None or margins.kind == "share" or margins.size is None:
        return
    for whole, name in _SHARES.items():
        if abs(margins.size - whole) <= _ROUNDED * whole and task.weights.sum() > 2 * whole:
            warnings.warn(
                f"The totals of the margins sum to {margins.size:.6g}, as {name} do, and so will "
                f"the weights, while the sample stands for {task.weights.sum():.6g}. Hint: "
                "Margins(..., kind='share', size=...) takes shares, which sum to 1, and the "
                "population size; or normalize='sample'.",
                UserWarning,
                stacklevel=callers_stacklevel(),
            )
