"""Train the pilot: a rough model of the classes that says which rows are informative.

It is trained on a balanced subsample, and its probabilities are put back on the population's scale.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline, make_union
from sklearn.preprocessing import (
    FunctionTransformer,
    OneHotEncoder,
    StandardScaler,
)
from sklearn.utils.validation import check_is_fitted, has_fit_parameter

from imbalance_kit._utils._containers import is_dataframe
from imbalance_kit._utils._numeric import is_numeric
from imbalance_kit.shift import ClassShift, LinearPilot, TablePilot
from imbalance_kit.shift._scaled_pilot import ScaledPilot

_MAX_CATEGORIES = 100  # per column; the rarer ones share one


def check_can_score(pilot: Any) -> None:
    """Raise unless a model, fitted or not, can say how likely each class is."""
    scores = hasattr(pilot, "predict_proba") or hasattr(pilot, "decision_function")
    if isinstance(pilot, type) or not scores:
        raise TypeError(
            f"`pilot` must be a classifier with predict_proba or decision_function, got {pilot!r}: "
            "it has to score rows."
        )


def is_fitted(pilot: Any) -> bool:
    """Whether a pilot was fitted by the caller."""
    try:
        check_is_fitted(pilot)
    except NotFittedError:
        return False
    except TypeError:  # not an estimator of scikit-learn's kind: take it as it is
        return True
    return True


def seeded(pilot: Any, number: int) -> Any:
    """Return a clone that draws from its own generator, not from numpy's global one."""
    model = clone(pilot)
    unset = {
        name: number
        for name, value in model.get_params().items()
        if name.rpartition("__")[2] == "random_state" and value is None
    }
    return model.set_params(**unset)


def given_pilot(
    model: Any, labels: tuple[Any, ...], rates: ClassShift | None = None
) -> LinearPilot | ScaledPilot | TablePilot:
    """Return a fitted model ready to score: as plain coefficients where it is no more than that.

    Parameters
    ----------
    model : classifier
        Fitted.
    labels : tuple
        The classes of `y`, sorted.
    rates : ClassShift, default=None
        What the rows it was trained on are to the population; None where they are the same.
    """
    if isinstance(model, TablePilot) and rates is None:
        return model
    known = getattr(model, "classes_", None)
    if known is not None and np.asarray(known).tolist() != list(labels):
        raise ValueError(
            f"The pilot knows the classes {np.asarray(known).tolist()!r}, but `y` has "
            f"{list(labels)!r}. Hint: fit the pilot on the same labels."
        )
    return _as_linear(model, rates) or ScaledPilot(model, labels, rates)


def train_pilot(
    pilot: Any, X: Any, y: NDArray[Any], weights: NDArray[np.float64] | None, totals: dict[Any, Any]
) -> LinearPilot | ScaledPilot | TablePilot:
    """Fit a pilot and put it on the scale of the population.

    Parameters
    ----------
    pilot : classifier
        Not fitted; it will be.
    X : array-like of shape (n_pilot, n_features)
        The pilot's rows.
    y : ndarray of shape (n_pilot,)
        Their labels.
    weights : ndarray of shape (n_pilot,) or None
        Their weights; a pilot that takes none does without.
    totals : dict of {label: float}
        Weight of each class in the population.
    """
    used = _fit(pilot, X, y, weights)
    rates = ClassShift({k: used[y == k].sum() / total for k, total in totals.items()})
    return given_pilot(pilot, tuple(totals), rates)


def _fit(
    model: Any, X: Any, y: NDArray[Any], weights: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    """Fit, with the weights where the last step takes them; return those it was fitted with."""
    if weights is not None and isinstance(model, Pipeline):
        front, (name, last) = model[:-1], model.steps[-1]
        used = _fit(last, front.fit_transform(X, y) if len(front) else X, y, weights)
        model.steps = [*front.steps, (name, last)]
        return used
    if weights is not None and has_fit_parameter(model, "sample_weight"):
        model.fit(X, y, sample_weight=weights)
        return weights
    model.fit(X, y)
    return np.ones(len(y))


def _as_linear(model: Any, rates: ClassShift | None) -> LinearPilot | None:
    """Fold a StandardScaler, a LogisticRegression and the rates into plain coefficients."""
    if isinstance(model, FrozenEstimator):
        model = model.estimator
    *front, learner = [step for _, step in getattr(model, "steps", [("", model)])]
    if type(learner) is not LogisticRegression or not isinstance(learner.coef_, np.ndarray):
        return None
    coef, intercept = learner.coef_, learner.intercept_
    if front:
        if len(front) > 1 or type(front[0]) is not StandardScaler:
            return None
        if front[0].with_std:
            coef = coef / front[0].scale_
        if front[0].with_mean:
            intercept = intercept - coef @ front[0].mean_
    if rates is not None:
        logs = rates.log_factors(None, learner.classes_)[0]
        intercept = intercept - (logs if len(intercept) > 1 else logs[1:] - logs[:1])
    return LinearPilot(np.asarray(coef, dtype=np.float64), np.asarray(intercept, dtype=np.float64))


# The default pilot --------------------------------------------------------------------------------


def default_pilot(X: Any) -> Any:
    """Return a logistic regression behind the scaling, encoding and imputing the columns need.

    Parameters
    ----------
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
        All rows that are to be scored.
    """
    # Arrays between the steps, whatever container the user wants of transformers of their own.
    return _pilot_for(X).set_output(transform="default")


def _pilot_for(X: Any) -> Pipeline:
    learner = LogisticRegression(tol=1e-6, max_iter=1000)  # the same whatever the container
    # Not SimpleImputer(add_indicator=True): its indicator never hears of `set_output`.
    impute = make_union(
        SimpleImputer(keep_empty_features=True), MissingIndicator(error_on_new=False)
    )
    if is_dataframe(X):
        numeric = make_pipeline(FunctionTransformer(_as_numbers), impute, StandardScaler())
        texts = make_pipeline(
            FunctionTransformer(_as_texts),
            OneHotEncoder(handle_unknown="infrequent_if_exist", max_categories=_MAX_CATEGORIES),
        )
        encode = make_column_transformer((numeric, _numeric_columns), (texts, _other_columns))
        return make_pipeline(encode, learner)
    if sparse.issparse(X):  # the intercept has no penalty, so that the centre makes no difference
        return make_pipeline(StandardScaler(with_mean=False), learner)
    if _has_missing(X):
        return make_pipeline(impute, StandardScaler(), learner)
    return make_pipeline(StandardScaler(), learner)


def _has_missing(X: Any) -> bool:
    values = np.asarray(X)
    if values.dtype.kind not in "iufb":
        try:
            if values.dtype.kind in "SU":  # numbers as text: no array that can be computed with
                raise ValueError(f"they are of dtype {values.dtype}")
            values = values.astype(np.float64)
        except (TypeError, ValueError) as error:
            raise type(error)(
                f"Without a `pilot` the columns of an array must be numbers: {error}. Hint: give a "
                "DataFrame, whose columns of texts are encoded, or a `pilot` that takes them."
            ) from None
    return bool(np.isnan(values.min()))  # no copy as large as X, as np.isnan(X) would make


def _numeric_columns(frame: Any) -> list[int]:
    return [j for j, dtype in enumerate(frame.dtypes) if is_numeric(dtype)]


def _other_columns(frame: Any) -> list[int]:
    return [j for j, dtype in enumerate(frame.dtypes) if not is_numeric(dtype)]


def _as_numbers(frame: Any) -> NDArray[np.float64]:
    """Return numeric columns as a dense array, missing values of any kind as NaN."""
    if hasattr(frame, "iloc"):
        return np.asarray(frame.to_numpy(dtype=np.float64, na_value=np.nan))
    values = frame.to_numpy() if is_dataframe(frame) else frame
    return np.asarray(values, dtype=np.float64)


def _as_texts(frame: Any) -> Any:
    """Return a frame of texts, None where missing: the same from every library's frame."""
    if hasattr(frame, "iloc"):
        return frame.astype(str).astype(object).where(frame.notna(), None)
    if not is_dataframe(frame):
        raise TypeError(
            "The pilot was trained on a DataFrame with columns of texts, and scores such alone: "
            f"got {type(frame)!r}. Hint: a DataFrame with the same columns."
        )
    texts = frame.cast(dict.fromkeys(frame.columns, str))
    booleans = [name for name, kind in frame.schema.items() if str(kind) == "Boolean"]
    as_python = {"true": "True", "false": "False"}
    return texts.with_columns([texts[name].replace(as_python) for name in booleans])
