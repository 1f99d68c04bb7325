"""Recalibration on log odds, through scikit-learn's calibration.

A logistic curve fitted to rare raw probabilities bends the true ones; fitted to their log odds it
contains the identity. scikit-learn's calibrators take what `decision_function` returns, so the log
odds are handed to them as those of a classifier that returns its input.
"""

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator

from imbalance_kit.correction._log_odds import Scores, from_proba, to_decision

CALIBRATORS = ("sigmoid", "isotonic", "temperature")


class _GivenLogOdds(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A fitted classifier whose input already is its decision."""

    def fit(self, X: NDArray[np.float64], y: NDArray[np.intp]) -> Self:
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
        finite = scores[np.isfinite(scores)]
        if not len(finite):
            finite = np.zeros(1)
        # A probability of exactly 0 is "less than half of the smallest one seen", not -inf.
        self.bounds_ = finite.min() - np.log(2), finite.max() + np.log(2)
        columns = self._columns(scores)
        rows = np.arange(len(codes))
        self.calibrated_ = CalibratedClassifierCV(
            FrozenEstimator(_GivenLogOdds().fit(columns, codes)),
            method=self.method,
            cv=[(rows, rows)],
        ).fit(columns, codes, sample_weight=weights)
        self.floor_ = np.zeros(1)
        if self.method == "isotonic":
            self.floor_ = _empty_step_probability(self.calibrated_.predict_proba(columns))
        return self

    def predict(self, scores: Scores) -> Scores:
        """Return calibrated scores."""
        proba = self.calibrated_.predict_proba(self._columns(scores))
        if self.method == "isotonic":
            proba = np.maximum(proba, self.floor_)
            proba /= proba.sum(axis=1, keepdims=True)
        return from_proba(proba)

    def _columns(self, scores: Scores) -> NDArray[np.float64]:
        bounded = np.clip(scores, *self.bounds_)
        if bounded.ndim == 1:
            return bounded[:, None]
        return bounded if self.method == "temperature" else to_decision(bounded)


def _empty_step_probability(proba: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probability to give, per class, where a step of the isotonic curve saw no row of the class.

    Jeffreys' estimate .5 / (n + 1) for 0 out of n rows: the curve itself says 0, which no number of
    rows can support and which costs infinite log loss when it is wrong.
    """
    empty_rows = (proba <= 0).sum(axis=0)
    return np.asarray(0.5 / (empty_rows + 1), dtype=np.float64)
