"""Recalibration on log odds, through scikit-learn's calibration.

A logistic curve fitted to rare raw probabilities bends the true ones; fitted to their log odds it
contains the identity. scikit-learn's calibrators take what `decision_function` returns, so the log
odds are handed to them as those of a classifier that returns its input. With more than two classes
each is calibrated against the rest, on its log odds against the rest.
"""

from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV

from imbalance_kit.correction._log_odds import LIMIT, Scores, from_proba, to_decision

CALIBRATORS = ("sigmoid", "isotonic", "temperature")


class _GivenLogOdds(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A classifier whose input already is its decision."""

    # With metadata routing on: the weights of the curve may be handed on; they change nothing here.
    __metadata_request__fit: ClassVar = {"sample_weight": True}

    def fit(self, X: NDArray[np.float64], y: NDArray[np.intp], sample_weight: Any = None) -> Self:
        self.classes_ = np.unique(y)
        return self

    def predict(self, X: NDArray[np.float64]) -> NDArray[Any]:
        raise NotImplementedError("Only decision_function is asked for.")

    def decision_function(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        return X[:, 0] if X.shape[1] == 1 else X


class LogOddsCalibrator:
    """A map from scores to calibrated scores, learned on rows the model has not seen.

    Parameters
    ----------
    method : {"sigmoid", "isotonic", "temperature"}
        The curve: logistic, monotone, or one slope through the origin.
    """

    def __init__(self, method: str) -> None:
        self.method = method

    def fit(
        self, scores: Scores, codes: NDArray[np.intp], weights: NDArray[np.float64] | None
    ) -> Self:
        """Learn the curve from scores, class codes and weights of the same rows."""
        self.bounds_ = _bounds(scores)
        columns = self._columns(scores)
        rows = np.arange(len(codes))
        if weights is not None:
            weights = _at_least_one(weights, codes)
        self.calibrated_ = CalibratedClassifierCV(
            _GivenLogOdds(), method=self.method, cv=[(rows, rows)], ensemble=False
        ).fit(columns, codes, sample_weight=weights)
        self.floor_ = np.zeros(1)
        if self.method == "isotonic":
            proba = self.calibrated_.predict_proba(columns)
            self.floor_ = _empty_step_probability(proba, weights)
        return self

    def predict(self, scores: Scores) -> Scores:
        """Return calibrated scores."""
        proba = self.calibrated_.predict_proba(self._columns(scores))
        if self.method == "isotonic":
            proba = np.maximum(proba, self.floor_)  # scores need no sum of 1
        return from_proba(proba)

    def _columns(self, scores: Scores) -> NDArray[np.float64]:
        bounded = np.clip(scores, *self.bounds_)
        if bounded.ndim == 1:
            return bounded[:, None]
        return bounded if self.method == "temperature" else to_decision(bounded)


def _bounds(scores: Scores) -> tuple[float, float]:
    """What stands for infinite scores: a probability of 0 is half of the smallest one seen."""
    finite = scores[np.isfinite(scores)]
    if not len(finite):
        finite = np.zeros(1)
    return (
        float(finite.min() - np.log(2)) if np.isneginf(scores).any() else -LIMIT,
        float(finite.max() + np.log(2)) if np.isposinf(scores).any() else LIMIT,
    )


def _at_least_one(weights: NDArray[np.float64], codes: NDArray[np.intp]) -> NDArray[np.float64]:
    """Scale weights up until every class counts at least its rows.

    Platt's curve adds a row of weight 1 to each class. Weights that sum to 1, or a class far below
    1, would drown in it.
    """
    rows = np.bincount(codes, weights > 0)
    totals = np.bincount(codes, weights)
    present = totals > 0
    return weights * max(1.0, float((rows[present] / totals[present]).max()))


def _empty_step_probability(
    proba: NDArray[np.float64], weights: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    """Probability to give, per class, where a step of the isotonic curve saw no row of the class.

    Jeffreys' estimate .5 / (n + 1) for 0 out of n rows (their weight, where there are weights): the
    curve itself says 0, which no number of rows can support and which costs infinite log loss when
    it is wrong. Never above the next step of the curve.
    """
    empty = proba <= 0
    n = empty.sum(axis=0) if weights is None else weights @ empty
    next_step = np.where(empty, 1.0, proba).min(axis=0)
    floor: NDArray[np.float64] = np.minimum(0.5 / (n + 1), next_step)
    return floor
