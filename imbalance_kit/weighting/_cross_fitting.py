"""Any classifier as a model of the density ratio: cross-fitted, so that no row scores itself."""

import warnings
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit
from sklearn.base import clone
from sklearn.isotonic import IsotonicRegression
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import has_fit_parameter

from imbalance_kit._utils._containers import concat_rows, n_rows, take_rows
from imbalance_kit._utils._stacklevel import callers_stacklevel
from imbalance_kit.weighting._basis_rows import orthonormal_rows
from imbalance_kit.weighting._classifier_rows import ClassifierRows
from imbalance_kit.weighting._newton_fits import maximum_likelihood

Array = NDArray[np.float64]
Calibration = Literal["sigmoid", "isotonic"]
_CERTAIN = 1e-12  # a probability as close to 0 or 1 as this is a claim to know


@dataclass(frozen=True)
class CrossFit:
    """Models of the folds, and what calibrates the mean of their probabilities.

    Invariant: each model was fitted without its fold; `shifts` are added to their log odds, so that
    they are log density ratios; no log odds exceed `most`.
    """

    rows: ClassifierRows
    models: tuple[Any, ...]
    shifts: tuple[float, ...]
    most: float
    calibrator: "Sigmoid | Isotonic | None" = None

    def __call__(self, X: Any) -> Array:
        """Return the log ratio of any rows: the mean over the folds, calibrated."""
        prepared = self.rows.prepare(X)
        shares = [
            expit(np.minimum(_log_odds(model, prepared), self.most) + shift)
            for model, shift in zip(self.models, self.shifts, strict=True)
        ]
        scores: Array = logit(np.mean(shares, axis=0))
        return scores if self.calibrator is None else self.calibrator(scores)


@dataclass(frozen=True)
class Sigmoid:
    """``a + b · log odds``."""

    intercept: float
    slope: float

    def __call__(self, scores: Array) -> Array:
        """Return calibrated log odds."""
        return self.intercept + self.slope * scores


@dataclass(frozen=True)
class Isotonic:
    """An increasing step function, its odds bounded by those met in the calibration."""

    model: Any
    low: float
    high: float

    def __call__(self, scores: Array) -> Array:
        """Return calibrated log odds."""
        bounded: Array = logit(np.clip(self.model.predict(scores), self.low, self.high))
        return bounded


def cross_fit(
    estimator: Any,
    sample: Any,
    target: Any,
    weights: tuple[Array, Array],
    folds: tuple[NDArray[np.intp], NDArray[np.intp]],
    rows: ClassifierRows,
    calibration: Calibration | None,
) -> tuple[CrossFit, Array, Array]:
    """Fit a classifier without each fold; return them, and the held-out log ratios of both sides.

    Parameters
    ----------
    estimator : classifier
        With `predict_proba`; clones of it are fitted.
    sample, target : {array-like, sparse matrix, DataFrame}
        Rows.
    weights : pair of ndarray
        Their weights, above 0.
    folds : pair of ndarray
        Their folds.
    rows : ClassifierRows
        How rows are handed to the classifier.
    calibration : {"sigmoid", "isotonic"} or None
        How the held-out log odds are calibrated.
    """
    if not hasattr(estimator, "predict_proba"):
        raise TypeError(
            "`estimator` must be None, a classifier with predict_proba, LogisticPath, "
            f"LeastSquaresRatio or KernelMeanMatching, got {estimator!r}."
        )
    X = concat_rows(rows.prepare(sample), rows.prepare(target))
    n = n_rows(sample)
    side = np.repeat([0, 1], [n, n_rows(target)])
    of_row = np.concatenate(folds)
    balanced = np.concatenate([w / w.mean() / len(w) for w in weights]) * (len(side) / 2)
    scores, shift_of = np.empty(len(side)), np.empty(len(side))
    models, shifts = [], []
    for fold in range(int(of_row.max()) + 1):
        train, held_out = np.flatnonzero(of_row != fold), np.flatnonzero(of_row == fold)
        model, shift = _fit(estimator, X, side, train, balanced, weights)
        scores[held_out] = _log_odds(model, take_rows(X, held_out))
        shift_of[held_out] = shift
        models.append(model)
        shifts.append(shift)
    most = _most(scores)
    if calibration is None:
        _warn_of_certainty(int(np.count_nonzero(scores[:n] > most)), most)
    scores = np.minimum(scores, most) + shift_of
    calibrator = None
    if calibration is not None:
        calibrator = _calibrate(calibration, scores, side, balanced)
        scores = calibrator(scores)
    return CrossFit(rows, tuple(models), tuple(shifts), most, calibrator), scores[:n], scores[n:]


def _fit(
    estimator: Any,
    X: Any,
    side: NDArray[np.intp],
    train: NDArray[np.intp],
    balanced: Array,
    weights: tuple[Array, Array],
) -> tuple[Any, float]:
    """Fit a clone; return it, and what turns its log odds into a log density ratio."""
    model = clone(estimator)
    rows, labels = take_rows(X, train), side[train]
    name = _weight_parameter(model)
    try:
        if name is not None:
            model.fit(rows, labels, **{name: balanced[train]})
            totals = np.bincount(labels, balanced[train])
        elif all((w == w[0]).all() for w in weights):
            model.fit(rows, labels)
            totals = np.bincount(labels).astype(np.float64)
        else:
            raise ValueError(
                f"{type(model).__name__} takes no sample_weight, and weights were given. Hint: "
                "another classifier, or estimator=None."
            )
    except (TypeError, ValueError) as error:
        error.add_note(
            "Hint: the classifier of a PropensityWeighter gets the columns as they came in. Encode "
            "text and missing values in a Pipeline, or convert text to the dtype category for a "
            "classifier that takes it."
        )
        raise
    return model, float(np.log(totals[0] / totals[1]))


def _weight_parameter(model: Any) -> str | None:
    if isinstance(model, Pipeline):
        name, last = model.steps[-1]
        inner = _weight_parameter(last)
        return None if inner is None else f"{name}__{inner}"
    return "sample_weight" if has_fit_parameter(model, "sample_weight") else None


def _log_odds(model: Any, X: Any) -> Array:
    """Return log odds of the target, finite."""
    share = np.asarray(model.predict_proba(X), dtype=np.float64)[:, 1]
    odds: Array = logit(np.clip(share, _CERTAIN, 1 - _CERTAIN))
    return odds


def _most(scores: Array) -> float:
    """Return the largest log odds that are believed.

    A classifier that is certain of some rows counts (trees, neighbours): from n rows it cannot tell
    odds of more than n from any larger ones, and a weight of their size would stand for all others.
    """
    certain = np.abs(scores) >= -logit(2 * _CERTAIN)
    return float(np.log(len(scores))) if certain.any() else np.inf


def _warn_of_certainty(n_certain: int, most: float) -> None:
    if n_certain:
        warnings.warn(
            f"The classifier is certain that {n_certain} rows of the sample belong to the target: "
            f"their weights would be without bound, so their odds are held at {np.exp(most):.0f}. "
            "Hint: calibration='isotonic', `trimming`, or a classifier that is less sure (more "
            "rows per leaf, more neighbours).",
            UserWarning,
            stacklevel=callers_stacklevel(),
        )


def _calibrate(
    kind: Calibration, scores: Array, side: NDArray[np.intp], weights: Array
) -> Sigmoid | Isotonic:
    of_sample, of_target = side == 0, side == 1
    if kind == "sigmoid":
        rows = orthonormal_rows(
            scores[of_sample, None], scores[of_target, None], weights[of_sample], weights[of_target]
        )
        coef = rows.basis @ maximum_likelihood(rows, tol=1e-8)[0]
        return Sigmoid(float(coef[0]), float(coef[1]))
    model = IsotonicRegression(out_of_bounds="clip").fit(scores, side, sample_weight=weights)
    found = model.predict(scores)
    # A row of the sample is in the average of its step, which is therefore below 1; likewise above.
    return Isotonic(model, float(found[of_target].min()), float(found[of_sample].max()))
