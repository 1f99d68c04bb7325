"""Regression under weights towards a population: train where the sample is, for where it is not."""

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, MetaEstimatorMixin, RegressorMixin, clone, is_regressor
from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted, validate_data

from imbalance_kit._utils._containers import n_rows
from imbalance_kit._utils._validation import check_is_table, check_same_length, check_sample_weight
from imbalance_kit.correction._learner import fit_learner, last_step, takes_sample_weight
from imbalance_kit.correction._training_set import carry_out, warn_of_unused_target

_CARRY_OUT = ("auto", "rows", "weights")


class WeightedRegressor(MetaEstimatorMixin, RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Train a regressor on a sample that is weighted to its population.

    Use it where the sample is not the population and the model is too simple to be right
    everywhere: weights let it be right where the population is [1]_. Not where the model is
    flexible enough, or the truth is linear and so is the model: then weights only add variance.
    Selection must depend on the covariates alone.

    Parameters
    ----------
    estimator : regressor
        Any regressor, or a Pipeline that ends in one; weights go to its last step.
    weighter : weighter, default=None
        Weights towards a population, such as :class:`~imbalance_kit.PropensityWeighter` or
        :class:`~imbalance_kit.CalibrationWeighter`. None: the rows as they are.
    carry_out : {"auto", "weights", "rows"}, default="auto"
        "weights", which "auto" is, trains with weights; "rows" draws rows in proportion to them,
        for regressors that take none.

    Attributes
    ----------
    estimator_ : regressor
        Fitted.
    weighter_ : weighter or None
        Fitted; its `weights` scores new rows.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of str of shape (n_features_in_,)
        Column names of X, where they are all strings.

    See Also
    --------
    CorrectedClassifier : The same for classifiers, which undoes changes of the class shares as
        well.
    make_population_scorer : Scores for the population in cross-validation.

    Notes
    -----
    Least squares under ``w(x) ∝ p_T(x) / p_S(x)`` has the population's risk as its expectation,
    ``Σ_S w(x) loss(y, f(x))``, as long as ``p(y | x)`` is the same in both. Nothing is undone in
    the predictions.

    References
    ----------
    .. [1] H. Shimodaira, "Improving predictive inference under covariate shift by weighting the
       log-likelihood function", Journal of Statistical Planning and Inference 90, 2000, 227-244.
       https://doi.org/10.1016/S0378-3758(00)00115-4

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import LinearRegression
    >>> from imbalance_kit import CalibrationWeighter, Population, WeightedRegressor
    >>> rng = np.random.default_rng(0)
    >>> X, target = rng.normal(0, 1, (2000, 1)), rng.normal(1, 0.5, (2000, 1))
    >>> y = X[:, 0] ** 2  # a line is wrong, but where it matters it need not be
    >>> line = WeightedRegressor(LinearRegression(), CalibrationWeighter(distance="raking"))
    >>> line.fit(X, y, target=Population(target)).estimator_.coef_.round(1)
    array([1.8])
    """

    def __init__(self, estimator: Any, weighter: Any = None, *, carry_out: str = "auto") -> None:
        self.estimator = estimator
        self.weighter = weighter
        self.carry_out = carry_out

    def fit(
        self,
        X: Any,
        y: Any,
        *,
        sample_weight: Any = None,
        target: Any = None,
        target_weight: Any = None,
    ) -> Self:
        """Weight the rows to the target and train the regressor.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            The sample; it reaches weighter and regressor untouched.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Outcomes.
        sample_weight : array-like of shape (n_samples,), default=None
            Design weights of the rows, at least 0.
        target : rows, Population or Margins, default=None
            The population, for the weighter; unused, with a warning, where that is None.
        target_weight : array-like of shape (n_population,), default=None
            Weights of the target's rows.

        Returns
        -------
        self : object
            Fitted.
        """
        self._check_parameters()
        if y is None:
            raise ValueError("WeightedRegressor requires y to be passed, but the target y is None.")
        validate_data(self, X, skip_check_array=True)
        outcomes = np.asarray(y)
        check_same_length(n_rows(X), len(outcomes))
        weights = check_sample_weight(sample_weight, len(outcomes))
        options = {"target": target, "target_weight": target_weight}
        warn_of_unused_target(self.weighter, options)
        training = carry_out(
            self.weighter, X, outcomes, weights, how=self.carry_out, options=options
        )
        self.weighter_ = training.sampler
        _check_weights(training.weights, self.weighter)
        self.estimator_ = fit_learner(
            clone(self.estimator), training.X, training.y, sample_weight=training.weights
        )
        return self

    def predict(self, X: Any) -> NDArray[Any]:
        """Predict outcomes.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_outputs)
            What the trained regressor predicts.
        """
        check_is_fitted(self)
        check_is_table(X, self.n_features_in_)
        validate_data(self, X, reset=False, skip_check_array=True)
        return np.asarray(self.estimator_.predict(X))

    def _check_parameters(self) -> None:
        if not hasattr(self.estimator, "fit") or not is_regressor(self.estimator):
            raise TypeError(
                f"`estimator` must be a regressor, got {self.estimator!r}. Hint: "
                "CorrectedClassifier takes classifiers."
            )
        if self.carry_out not in _CARRY_OUT:
            raise ValueError(f"`carry_out` must be one of {_CARRY_OUT}, got {self.carry_out!r}.")
        if self.weighter is None:
            return
        if isinstance(self.weighter, type) or get_tags(self.weighter).estimator_type != "weighter":
            raise TypeError(
                "`weighter` must be a weighter towards a population, such as "
                f"PropensityWeighter(), got {self.weighter!r}."
            )
        if self.carry_out != "rows" and not takes_sample_weight(self.estimator):
            raise ValueError(
                f"{type(last_step(self.estimator)).__name__} takes no sample_weight. Hint: "
                "carry_out='rows' draws rows in proportion to the weights."
            )

    def __sklearn_tags__(self) -> Any:
        """Describe the input that the regressor takes."""
        tags = super().__sklearn_tags__()
        inner = get_tags(self.estimator)
        tags.input_tags = inner.input_tags
        tags.target_tags = inner.target_tags
        if inner.regressor_tags is not None:
            tags.regressor_tags.poor_score = inner.regressor_tags.poor_score
        return tags


def _check_weights(weights: NDArray[np.float64] | None, weighter: Any) -> None:
    if weights is not None and weights.min() < 0:
        raise ValueError(
            f"{type(weighter).__name__} gave {int((weights < 0).sum())} negative weights, which "
            "regressors cannot be trained with. Hint: distance='raking', or bounds."
        )
