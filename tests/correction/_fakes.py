"""Learners whose answers are known, and data whose truth is known."""

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB


class Log(list[Any]):
    """A list that `clone` does not copy, so that all clones write into the same one."""

    def __deepcopy__(self, memo: Any) -> Self:
        return self


class GivenProba(ClassifierMixin, BaseEstimator):
    """Predicts the probabilities that X holds, and writes down what it is given."""

    def __init__(self, log: Log | None = None) -> None:
        self.log = log

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        self.classes_ = np.unique(y)
        if self.log is not None:
            self.log.append(("fit", np.array(X), np.array(y), sample_weight))
        return self

    def predict_proba(self, X: Any) -> NDArray[Any]:
        if self.log is not None:
            self.log.append(("predict", np.array(X)))
        return np.asarray(X)[:, : len(self.classes_)]


class SpyLogistic(LogisticRegression):
    """A logistic regression on all columns but the first, which numbers the rows."""

    def __init__(self, log: Log | None = None) -> None:
        super().__init__()
        self.log = log

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        self.log.append(("fit", X[:, 0].astype(int)))
        return super().fit(X[:, 1:], y, sample_weight)

    def predict_proba(self, X: Any) -> NDArray[Any]:
        self.log.append(("predict", X[:, 0].astype(int)))
        return super().predict_proba(X[:, 1:])


class PositiveWeightNB(GaussianNB):
    """Naive Bayes with the parameter by which boosting libraries weight the second class."""

    def __init__(self, scale_pos_weight: float | None = None) -> None:
        super().__init__()
        self.scale_pos_weight = scale_pos_weight

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        weights = np.ones(len(y)) if sample_weight is None else np.array(sample_weight)
        weights[np.asarray(y) == np.unique(y)[-1]] *= self.scale_pos_weight or 1
        return super().fit(X, y, weights)


class ClassWeightsNB(GaussianNB):
    """Naive Bayes with a list or dict of weights per class, as in CatBoost."""

    def __init__(self, class_weights: Any = None, auto_class_weights: str = "None") -> None:
        super().__init__()
        self.class_weights = class_weights
        self.auto_class_weights = auto_class_weights

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        weights = np.ones(len(y)) if sample_weight is None else np.array(sample_weight)
        classes, codes = np.unique(y, return_inverse=True)
        given = self.class_weights
        if isinstance(given, dict):
            given = [given.get(label, 1) for label in classes.tolist()]
        return super().fit(X, y, weights if given is None else weights * np.array(given)[codes])


def gaussians(
    counts: tuple[int, ...], *, seed: int = 0, distance: float = 1.5
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return rows of one normal cloud per class in three dimensions, shuffled, and their codes."""
    rng = np.random.default_rng(seed)
    codes = rng.permutation(np.repeat(np.arange(len(counts)), counts))
    centres = distance * rng.standard_normal((len(counts), 3))
    return centres[codes] + rng.standard_normal((len(codes), 3)), codes


def logistic_population(
    n: int, *, intercept: float = -3.0, slope: float = 1.5, seed: int = 0
) -> tuple[NDArray[np.float64], NDArray[np.intp], NDArray[np.float64]]:
    """Return X of one column, labels, and the true probabilities of a logistic population."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(n)
    p = 1 / (1 + np.exp(-(intercept + slope * x)))
    return x[:, None], (rng.random(n) < p).astype(np.intp), p


def named(codes: NDArray[np.intp], labels: list[Any]) -> NDArray[Any]:
    """Return the labels of the codes."""
    return np.array(labels)[codes]
