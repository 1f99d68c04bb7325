"""Train the pilot: a rough model of the classes that says which rows are informative.

It is trained on a balanced subsample, and its probabilities are put back on the population's scale.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.base import clone
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.exceptions import NotFittedError
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler, OneHotEncoder, StandardScaler
from sklearn.utils.validation import check_is_fitted, has_fit_parameter

from imbalance_kit._utils._containers import is_dataframe, take_rows
from imbalance_kit._utils._targets import EncodedTarget
from imbalance_kit.shift import ClassShift, LinearPilot


@dataclass(frozen=True)
class ScaledPilot:
    """A classifier trained on a known subsample, speaking for the population.

    Invariant: `predict_proba` has one column per label, in sorted order.
    """

    model: Any
    labels: tuple[Any, ...]
    shift: ClassShift | None

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Return probabilities of shape (n_samples, n_classes), checked."""
        if hasattr(self.model, "predict_proba"):
            proba = np.asarray(self.model.predict_proba(X), dtype=np.float64)
        else:
            margin = np.asarray(self.model.decision_function(X), dtype=np.float64)
            if margin.ndim != 1:
                raise ValueError(
                    f"The pilot {type(self.model).__name__} has no predict_proba and more than two "
                    "classes. Hint: use a pilot with predict_proba."
                )
            proba = LinearPilot(np.ones((1, 1)), np.zeros(1)).predict_proba(margin[:, None])
        if proba.ndim != 2 or proba.shape[1] != len(self.labels):
            raise ValueError(
                f"The pilot {type(self.model).__name__} returns scores of shape {proba.shape}, "
                f"expected one column for each of the classes {list(self.labels)!r}."
            )
        if not np.isfinite(proba).all():
            raise ValueError(
                f"The pilot {type(self.model).__name__} returns NaN or infinite probabilities: "
                "rows cannot be ranked by them."
            )
        return proba if self.shift is None else np.asarray(self.shift.undo(proba), np.float64)


@dataclass(frozen=True)
class MeanPilot:
    """The mean of cross-fitted pilots."""

    pilots: tuple[Any, ...]

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Return probabilities of shape (n_samples, n_classes)."""
        mean: NDArray[np.float64] = np.mean([p.predict_proba(X) for p in self.pilots], axis=0)
        return mean


def is_fitted(pilot: Any) -> bool:
    """Whether a pilot was fitted by the caller."""
    try:
        check_is_fitted(pilot)
    except NotFittedError:
        return False
    except TypeError:  # not an estimator of scikit-learn's kind: take it as it is
        return True
    return True


def given_pilot(pilot: Any, labels: tuple[Any, ...]) -> ScaledPilot:
    """Return a fitted pilot as it is, once its classes have been checked."""
    if not (hasattr(pilot, "predict_proba") or hasattr(pilot, "decision_function")):
        raise TypeError(
            f"`pilot` must have predict_proba or decision_function, got {pilot!r}: it has to score "
            "rows."
        )
    known = getattr(pilot, "classes_", None)
    if known is not None and np.asarray(known).tolist() != list(labels):
        raise ValueError(
            f"The pilot knows the classes {np.asarray(known).tolist()!r}, but `y` has "
            f"{list(labels)!r}. Hint: fit the pilot on the same labels."
        )
    return ScaledPilot(pilot, labels, None)


def train_pilot(
    pilot: Any,
    X: Any,
    target: EncodedTarget,
    weights: NDArray[np.float64] | None,
    rows: NDArray[np.intp],
    rates: Mapping[Any, float],
) -> Any:
    """Fit a clone of `pilot` (None: logistic regression) on some rows.

    Parameters
    ----------
    pilot : classifier or None
        Not fitted.
    X : array-like of shape (n_samples, n_features)
        All rows.
    target : EncodedTarget
        All labels.
    weights : ndarray of shape (n_samples,) or None
        All weights.
    rows : ndarray
        The pilot's rows.
    rates : mapping of {label: float}
        Share of each class that they are.
    """
    labels = tuple(target.classes.tolist())
    X_pilot, y_pilot = take_rows(X, rows), target.classes[target.codes[rows]]
    model = default_pilot(X_pilot) if pilot is None else clone(pilot)
    if weights is None:
        model.fit(X_pilot, y_pilot)
    elif has_fit_parameter(model, "sample_weight"):
        model.fit(X_pilot, y_pilot, sample_weight=weights[rows])
    elif hasattr(model, "steps"):
        model.fit(X_pilot, y_pilot, **{f"{model.steps[-1][0]}__sample_weight": weights[rows]})
    else:
        model.fit(X_pilot, y_pilot)
    shift = ClassShift(rates)
    linear = _as_linear(model, shift) if pilot is None else None
    given_pilot(model, labels)
    return linear or ScaledPilot(model, labels, shift)


def default_pilot(X: Any) -> Any:
    """Return a logistic regression behind the scaling, encoding and imputing the columns need."""
    learner = LogisticRegression(max_iter=1000)
    if is_dataframe(X):
        numeric = make_pipeline(SimpleImputer(add_indicator=True), StandardScaler())
        categories = OneHotEncoder(handle_unknown="infrequent_if_exist", max_categories=100)
        encode = make_column_transformer(
            (numeric, make_column_selector(dtype_include=np.number)),
            (categories, make_column_selector(dtype_exclude=np.number)),
        )
        return make_pipeline(encode, learner)
    if sparse.issparse(X):
        return make_pipeline(MaxAbsScaler(), learner)
    if np.isnan(np.asarray(X, dtype=np.float64)).any():
        return make_pipeline(SimpleImputer(add_indicator=True), StandardScaler(), learner)
    return make_pipeline(StandardScaler(), learner)


def _as_linear(model: Any, shift: ClassShift) -> LinearPilot | None:
    """Fold scaler and population scale into plain coefficients, where there is nothing else."""
    *front, learner = [step for _, step in model.steps]
    if len(front) != 1 or not isinstance(front[0], (StandardScaler, MaxAbsScaler)):
        return None
    coef = learner.coef_ / front[0].scale_
    centre = getattr(front[0], "mean_", None)
    intercept = learner.intercept_ if centre is None else learner.intercept_ - coef @ centre
    logs = shift.log_factors(None, learner.classes_)[0]
    change = logs if len(intercept) > 1 else logs[1:] - logs[:1]
    return LinearPilot(np.asarray(coef, dtype=np.float64), np.asarray(intercept - change))
