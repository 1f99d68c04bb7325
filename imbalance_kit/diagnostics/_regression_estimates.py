"""Means by a model of the outcome: GREG (linear) and cross-fitted AIPW (any regressor).

Both predict the outcome for every row of the target and add the weighted mean of what the model
misses in the sample.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone, is_classifier
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.parallel import Parallel, delayed
from sklearn.utils.validation import has_fit_parameter

from imbalance_kit._utils._containers import take_rows
from imbalance_kit._utils._moments import weighted_mean
from imbalance_kit.diagnostics._linearization import Linearized, least_squares, mean_scores
from imbalance_kit.diagnostics._target import TargetRows

_Floats = NDArray[np.float64]


def greg_estimate(
    y: _Floats,
    design: _Floats,
    base: _Floats,
    target_design: _Floats,
    target_weight: _Floats | None,
    *,
    target_is_sample: bool,
) -> Linearized:
    """Return the generalised regression estimate (Särndal, Swensson and Wretman 1992, chapter 6).

    ``x̄_T b + Σ d e / Σ d`` with b from a regression under the base weights d and its residuals e;
    its scores are ``g d e / Σ d`` with the weights g that calibrate d to x̄_T.

    Parameters
    ----------
    y, base : ndarray of shape (n,)
        Outcomes without missing ones, and weights.
    design, target_design : ndarray of shape (n, p) and (m, p)
        Covariates with a column of ones.
    target_weight : ndarray of shape (m,) or None
        Weights of the target.
    target_is_sample : bool
        Whether the target's means have an error of their own.
    """
    share = base / base.sum()
    means = _column_means(target_design, target_weight)
    centre = target_design.mean(axis=0)
    scale = target_design.std(axis=0) + design.std(axis=0)
    centre[scale == 0], scale[scale == 0] = 0.0, 1.0
    scaled = (design - centre) / scale
    gap = (means - share @ design) / scale
    inverse = np.linalg.pinv((scaled.T * share) @ scaled, rcond=1e-10, hermitian=True)
    calibration = 1.0 + (scaled - share @ scaled) @ (inverse @ gap)
    coefficient = least_squares(design, y, base)
    residual = y - design @ coefficient
    predicted = target_design @ coefficient
    return Linearized(
        estimate=weighted_mean(predicted, target_weight) + float(np.dot(share, residual)),
        scores=calibration * share * residual,
        target_scores=mean_scores(predicted, target_weight) if target_is_sample else None,
        n_fitted=int(np.linalg.matrix_rank(inverse, hermitian=True)),
    )


@dataclass(frozen=True)
class AipwFit:
    """What cross-fitting needs: the rows as they are for the weighter, encoded for the regressor.

    Invariant: `y` has no missing values; exactly one of `weight` and `weighter` is not None.
    """

    X: Any
    y: _Floats
    design: _Floats
    base: _Floats | None
    weight: _Floats | None
    weighter: Any
    estimator: Any
    target: TargetRows
    target_design: _Floats

    def fold(
        self, train: NDArray[np.intp], held: NDArray[np.intp]
    ) -> tuple[_Floats, _Floats, _Floats]:
        """Train on some rows; return predictions and weights of the others, and for the target."""
        model = default_regressor() if self.estimator is None else clone(self.estimator)
        options = {}
        if self.base is not None and has_fit_parameter(model, "sample_weight"):
            options["sample_weight"] = self.base[train]
        model.fit(self.design[train], self.y[train], **options)
        if self.weight is not None:
            weight = self.weight[held]
        else:
            base = (None, None) if self.base is None else (self.base[train], self.base[held])
            weighter = clone(self.weighter).fit(
                take_rows(self.X, train),
                target=self.target.rows,
                sample_weight=base[0],
                target_weight=self.target.weight,
            )
            weight = weighter.weights(take_rows(self.X, held), sample_weight=base[1])
        return (
            predict_mean(model, self.design[held]),
            weight,
            predict_mean(model, self.target_design),
        )


def aipw_estimate(
    fit: AipwFit, *, n_folds: int, seed: int, target_is_sample: bool, n_jobs: int | None
) -> Linearized:
    """Return the augmented inverse-probability-weighted estimate, every row scored by others' fit.

    ``Σ v m(x) / Σ v + Σ w (y - m(x)) / Σ w``: the mean of the predictions over the target, and the
    weighted mean of what they miss in the sample. It is right if either the model or the weights
    are (Robins, Rotnitzky and Zhao 1994; cross-fitting: Chernozhukov et al. 2018).
    """
    folds = list(KFold(n_folds, shuffle=True, random_state=seed % 2**32).split(fit.y))
    parts = Parallel(n_jobs=n_jobs)(delayed(fit.fold)(train, held) for train, held in folds)
    predicted, weight = np.empty(len(fit.y)), np.empty(len(fit.y))
    for (_, held), (part, part_weight, _) in zip(folds, parts, strict=True):
        predicted[held], weight[held] = part, part_weight
    for_target = np.mean([part[2] for part in parts], axis=0)
    residual = fit.y - predicted
    missed = weighted_mean(residual, weight)
    return Linearized(
        estimate=weighted_mean(for_target, fit.target.weight) + missed,
        scores=mean_scores(residual, weight),
        target_scores=mean_scores(for_target, fit.target.weight) if target_is_sample else None,
    )


def default_regressor() -> Any:
    """Return a ridge regression on standardised columns, its penalty chosen by leave-one-out."""
    return make_pipeline(StandardScaler(), RidgeCV(alphas=np.logspace(-2, 4, 13)))


def predict_mean(model: Any, design: _Floats) -> _Floats:
    """Return the expected outcome: the prediction, or the mean under the class probabilities."""
    if is_classifier(model):
        classes = np.asarray(model.classes_, dtype=np.float64)
        expected: _Floats = model.predict_proba(design) @ classes
        return expected
    return np.asarray(model.predict(design), dtype=np.float64).reshape(len(design))


def _column_means(design: _Floats, weight: _Floats | None) -> _Floats:
    return np.asarray(np.average(design, axis=0, weights=weight))
