"""What a comparison measures of a strategy: values only, nothing is computed from rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Verdict = Literal["better", "worse", "no difference", "reference"]
Variant = Literal["raw", "corrected", "as is"]
Kind = Literal["nothing", "threshold", "sampler", "weighter", "classifier"]


@dataclass(frozen=True)
class Metric:
    """One figure of the comparison: what it is called, what it is about, how it is averaged.

    A :class:`ComparisonReport` lists its metrics in `metrics`; they are not built by hand.

    Attributes
    ----------
    name : str
        Key in `StrategyResult.scores`, for example "average_precision". Names that end in "_tuned"
        are decision metrics at the threshold learned for that metric.
    title : str
        Name for people.
    greater_is_better : bool
        False for losses and errors.
    kind : {"ranking", "probability", "decision"}
        What is judged: the order of the rows, the probabilities, or the labels predicted.
    averaging : str
        Which class it is about, or how the classes are averaged.

    Examples
    --------
    >>> from imbalance_kit.model_selection import Metric
    >>> Metric("roc_auc", "ROC AUC", True, "ranking", "of class 1").greater_is_better
    True
    """

    name: str
    title: str
    greater_is_better: bool
    kind: Literal["ranking", "probability", "decision"]
    averaging: str


@dataclass(frozen=True)
class Estimate:
    """A metric of one strategy: its mean over the folds, and how it differs from the reference.

    All errors allow for training sets that overlap; see :func:`compare_strategies`.

    Attributes
    ----------
    mean : float
        Mean over the folds.
    standard_error : float
        Corrected standard error of the mean.
    folds : tuple of float
        The metric in each fold, in the order of the folds.
    difference : float
        Mean difference from the reference, fold by fold; 0 for the reference itself.
    difference_se : float
        Corrected standard error of the difference.
    low, high : float
        95 % confidence interval of the difference, not adjusted for the number of strategies.
    p_value : float in [0, 1]
        Two-sided, by Holm's method adjusted for the number of strategies.
    verdict : {"better", "worse", "no difference", "reference"}
        "better" or "worse" where the adjusted p-value is at most .05.

    Examples
    --------
    >>> from imbalance_kit.model_selection import Estimate
    >>> Estimate(.8, .02, (.79, .81), .1, .01, .08, .12, .001, "better").verdict
    'better'
    """

    mean: float
    standard_error: float
    folds: tuple[float, ...]
    difference: float
    difference_se: float
    low: float
    high: float
    p_value: float
    verdict: Verdict


@dataclass(frozen=True, eq=False)
class OutOfFold:
    """Predictions for rows that the model had not seen, pooled over the folds of one repeat.

    For reliability diagrams, precision-recall curves and the like. Curves of pooled folds mix
    models: figures with errors are in the fold values of :class:`Estimate`.

    Attributes
    ----------
    y_true : ndarray of shape (n_rows,)
        Labels.
    proba : ndarray of shape (n_rows, n_classes)
        Probabilities, columns in the order of the report's `classes`.
    fold : ndarray of int of shape (n_rows,)
        Number of the fold that held the row out, from 0.
    row : ndarray of int of shape (n_rows,)
        Position of the row in X, ascending; every row once where `cv` holds each out once.
    sample_weight : ndarray of shape (n_rows,) or None
        Weights of these rows, where there are weights.

    Examples
    --------
    >>> import numpy as np
    >>> from imbalance_kit.model_selection import OutOfFold
    >>> predictions = OutOfFold(np.array([0, 1]), np.array([[.9, .1], [.4, .6]]),
    ...                         np.array([0, 1]), np.array([0, 1]))
    >>> predictions.proba[:, 1]
    array([0.1, 0.6])
    """

    y_true: NDArray[Any]
    proba: NDArray[np.float64]
    fold: NDArray[np.intp]
    row: NDArray[np.intp]
    sample_weight: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class StrategyResult:
    """One row of the comparison: a strategy, and whether its predictions were corrected.

    A :class:`ComparisonReport` lists them in `results`; they are not built by hand.

    Attributes
    ----------
    name : str
        Name of the strategy.
    variant : {"raw", "corrected", "as is"}
        Whether what the strategy does to the class shares was left in the predictions or undone;
        "as is" where it does nothing to them, or where the strategy is a classifier of its own.
    correction : str
        The correction carried out ("shift", "sigmoid", ...), or "".
    kind : {"nothing", "threshold", "sampler", "weighter", "classifier"}
        What the strategy is.
    scores : dict of {str: Estimate}
        By name of the metric.
    per_class : dict of {label: dict}
        {"precision": float, "recall": float} of the labels predicted, means over the folds.
        Precision is 0 where a class is never predicted.
    fit_seconds : float
        Mean time of one fit: resampling, training, and what thresholds or curves need besides.
    rows_trained : float
        Mean number of rows that the learner was trained on; NaN for a classifier of its own.
    predictions : OutOfFold
        Probabilities of held-out rows.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from sklearn.linear_model import LogisticRegression
    >>> from imbalance_kit import ClassWeighter, compare_strategies
    >>> X, y = make_classification(400, weights=[.8], class_sep=.5, random_state=0)
    >>> report = compare_strategies(LogisticRegression(), {"weights": ClassWeighter()}, X, y)
    >>> [(result.name, result.variant, result.correction) for result in report.results]
    [('nothing', 'as is', ''), ('weights', 'raw', ''), ('weights', 'corrected', 'shift')]
    """

    name: str
    variant: Variant
    correction: str
    kind: Kind
    scores: Mapping[str, Estimate]
    per_class: Mapping[Any, Mapping[str, float]]
    fit_seconds: float
    rows_trained: float
    predictions: OutOfFold
