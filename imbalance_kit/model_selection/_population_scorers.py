"""Scorers for cross-validation on a sample that is not its population."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import get_config
from sklearn.metrics import check_scoring
from sklearn.pipeline import Pipeline

from imbalance_kit._utils._weight_statistics import design_effect
from imbalance_kit.diagnostics import compute_balance

_OVER_THE_CAP = 1000.0  # worse than any balance, and the worse the further beyond


class PopulationScorer:
    """Score predictions on held-out rows as the population would be scored.

    Made by :func:`make_population_scorer`.

    Parameters
    ----------
    scoring : str or callable
        A metric that takes `sample_weight`, as scikit-learn names it.

    Examples
    --------
    >>> from imbalance_kit.model_selection import PopulationScorer
    >>> PopulationScorer("neg_log_loss")
    PopulationScorer('neg_log_loss')
    """

    def __init__(self, scoring: Any) -> None:
        self.scoring = scoring

    def __call__(self, estimator: Any, X: Any, y: Any) -> float:
        """Return the score under the weights that the estimator's weighter gives these rows.

        Parameters
        ----------
        estimator : object
            Fitted, with a weighter inside.
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Held-out rows.
        y : array-like of shape (n_samples,)
            Their labels or outcomes.

        Returns
        -------
        score : float
            Greater is better.
        """
        score = check_scoring(estimator, self.scoring)
        if get_config()["enable_metadata_routing"] and hasattr(score, "set_score_request"):
            score = score.set_score_request(sample_weight=True)
        return float(score(estimator, X, y, sample_weight=weights_of_rows(estimator, X)))

    def __repr__(self) -> str:
        return f"PopulationScorer({self.scoring!r})"


class BalanceScorer:
    """Score a weighter by the balance it reaches on held-out rows.

    Made by :func:`make_balance_scorer`.

    Parameters
    ----------
    target : rows, Population or Margins
        The population.
    max_design_effect : float or None
        Largest design effect of the fitted weights.

    Examples
    --------
    >>> from imbalance_kit import Margins
    >>> from imbalance_kit.model_selection import BalanceScorer
    >>> BalanceScorer(Margins({"x": {"a": 1, "b": 2}}), None).max_design_effect
    """

    def __init__(self, target: Any, max_design_effect: float | None) -> None:
        self.target = target
        self.max_design_effect = max_design_effect

    def __call__(self, estimator: Any, X: Any, y: Any = None) -> float:
        """Return minus the mean absolute standardised difference, or what is below all of those.

        Parameters
        ----------
        estimator : object
            A fitted weighter, or an estimator with one inside.
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Held-out rows.
        y : array-like of shape (n_samples,), default=None
            Not used.

        Returns
        -------
        score : float
            At most 0; greater is better. Beyond the cap -1000 less the design effect.
        """
        weighter, rows = _weighter_of(estimator, X)
        effect = float(design_effect(weighter.weights_))
        if self.max_design_effect is not None and effect > self.max_design_effect:
            return -_OVER_THE_CAP - effect
        report = compute_balance(rows, self.target, sample_weight=weighter.weights(rows))
        return -float(report.mean_difference_after)


def make_population_scorer(scoring: Any) -> PopulationScorer:
    """Return a scorer whose mean over folds estimates the population's score, not the sample's.

    Use it in GridSearchCV and cross_val_score around a classifier or regressor that is trained
    under weights towards a population: the weighter of each fold weights the rows held out of it.
    Without it a search picks what is best for the sample. Its estimates vary more than plain ones,
    the more the larger the design effect.

    Parameters
    ----------
    scoring : str or callable
        A metric that takes `sample_weight`: "neg_log_loss", "neg_mean_squared_error", or a scorer
        by scikit-learn's make_scorer.

    Returns
    -------
    scorer : PopulationScorer
        Called with estimator, X and y.

    References
    ----------
    .. [1] M. Sugiyama, M. Krauledat and K.-R. Müller, "Covariate shift adaptation by importance
       weighted cross validation", Journal of Machine Learning Research 8, 2007, 985-1005.
       https://www.jmlr.org/papers/v8/sugiyama07a.html

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import Ridge
    >>> from sklearn.model_selection import GridSearchCV
    >>> from imbalance_kit import CalibrationWeighter, Population, WeightedRegressor
    >>> from imbalance_kit.model_selection import make_population_scorer
    >>> rng = np.random.default_rng(0)
    >>> X, target = rng.normal(0, 1, (300, 2)), rng.normal(0.5, 1, (300, 2))
    >>> model = WeightedRegressor(Ridge(), CalibrationWeighter(distance="raking"))
    >>> scorer = make_population_scorer("neg_mean_squared_error")
    >>> search = GridSearchCV(model, {"estimator__alpha": [1, 100]}, scoring=scorer)
    >>> search.fit(X, X[:, 0] ** 2, target=Population(target)).best_params_
    {'estimator__alpha': 1}
    """
    return PopulationScorer(scoring)


def make_balance_scorer(target: Any, *, max_design_effect: float | None = None) -> BalanceScorer:
    """Return a scorer that prefers the weighter with the smallest differences to the population.

    Use it in a grid search over the parameters of a weighter, alone or inside a classifier. Balance
    is measured on rows held out, so that a weighter which fits its own rows to the last digit is
    not preferred for that.

    Parameters
    ----------
    target : rows, Population or Margins
        The population; the same as is given to `fit`.
    max_design_effect : float, default=None
        Settings whose fitted weights have a larger design effect rank behind all that have not.

    Returns
    -------
    scorer : BalanceScorer
        Called with estimator, X and y.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.model_selection import GridSearchCV
    >>> from imbalance_kit import CalibrationWeighter, Population
    >>> from imbalance_kit.model_selection import make_balance_scorer
    >>> rng = np.random.default_rng(0)
    >>> X, target = rng.normal(0, 1, (300, 2)), Population(rng.normal(0.5, 1, (300, 2)))
    >>> search = GridSearchCV(
    ...     CalibrationWeighter(distance="raking"),
    ...     {"normalize": ["population", "mean"]},
    ...     scoring=make_balance_scorer(target, max_design_effect=3),
    ... )
    >>> bool(-0.3 < search.fit(X, target=target).best_score_ < 0)
    True
    """
    if max_design_effect is not None and not max_design_effect >= 1:
        raise ValueError(
            f"`max_design_effect` must be at least 1, that of equal weights, got "
            f"{max_design_effect!r}."
        )
    return BalanceScorer(target, max_design_effect)


def weights_of_rows(estimator: Any, X: Any) -> NDArray[np.float64]:
    """Return the weights of rows by the weighter inside a fitted estimator."""
    weighter, rows = _weighter_of(estimator, X)
    weights: NDArray[np.float64] = weighter.weights(rows)
    return weights


def _weighter_of(estimator: Any, X: Any) -> tuple[Any, Any]:
    """Return the fitted weighter and the rows as it sees them, behind the steps of a Pipeline."""
    if isinstance(estimator, Pipeline):
        front = estimator[:-1]
        return _weighter_of(estimator[-1], front.transform(X) if len(front) else X)
    for found in (estimator, getattr(estimator, "sampler_", None)):
        if hasattr(found, "weights_") and hasattr(found, "weights"):
            return found, X
    weighter = getattr(estimator, "weighter_", None)
    if weighter is None:
        raise TypeError(
            f"{type(estimator).__name__} has no fitted weighter towards a population. Hint: "
            "CorrectedClassifier(estimator, weighter) or WeightedRegressor(estimator, weighter)."
        )
    return weighter, X
