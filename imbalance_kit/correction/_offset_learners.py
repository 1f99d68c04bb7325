"""Learners that can be trained with known log odds in their linear predictor, and how each does it.

Each library has its own word for the offset (init score, base margin, baseline) and its own habit
of adding it, or a base score, to predictions. An adapter hides both: it trains with an offset and
returns scores without it. The table of adapters is keyed by class name, so nothing is imported
here; `register_offset_learner` adds to it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import has_fit_parameter

from imbalance_kit.correction._log_odds import Scores

Fit = Callable[..., Any]
"""``fit(learner, X, y, offset, sample_weight)``: offset (n,) for two classes, (n, K) for more."""
Predict = Callable[[Any, Any], NDArray[np.float64]]
"""``predict(learner, X)``: scores without any offset: log odds (n,), or one column per class."""


@dataclass(frozen=True)
class OffsetAdapter:
    """How one kind of learner is trained with an offset.

    Invariant: what `predict` returns estimates the log odds that remain once the offset is taken
    out, up to a constant per row for more than two classes. A learner whose own predictions leave
    out the start of the boosting gets it back here: `starts_from_prior`.
    """

    fit: Fit
    predict: Predict
    starts_from_prior: bool = False


_ADAPTERS: dict[str, OffsetAdapter] = {}


def register_offset_learner(
    learner: type | str, fit: Fit, predict: Predict, *, starts_from_prior: bool = False
) -> None:
    """Teach ``CorrectedClassifier(correction="offset")`` a learner of your own.

    Use it for a class that can add known log odds to its linear predictor while training. Not
    needed for a class whose ``fit`` has a parameter `offset` and whose predictions leave it out:
    that is used as it is.

    Parameters
    ----------
    learner : type or str
        The class, or its dotted name where it should not be imported.
    fit : callable
        ``fit(learner, X, y, offset, sample_weight)`` trains in place and returns the learner.
        `offset` has shape (n_samples,) for two classes, to be added to the log odds of
        ``classes_[1]``, and (n_samples, n_classes) for more; `sample_weight` may be None.
    predict : callable
        ``predict(learner, X)`` returns scores without the offset, of the same shapes.
    starts_from_prior : bool, default=False
        Whether the offset handed to `fit` should include the log odds of the class shares, because
        the learner starts from the offset alone; they are then added to what `predict` returns.

    Raises
    ------
    TypeError
        If `learner` is neither a class nor a dotted name, or `fit` or `predict` no function.

    See Also
    --------
    CorrectedClassifier : Uses it.

    Examples
    --------
    >>> from imbalance_kit.correction import OffsetLogisticRegression, register_offset_learner
    >>> class Mine(OffsetLogisticRegression):
    ...     pass
    >>> register_offset_learner(
    ...     Mine,
    ...     fit=lambda m, X, y, offset, sample_weight: m.fit(X, y, sample_weight, offset),
    ...     predict=lambda m, X: m.decision_function(X),
    ... )
    """
    if not isinstance(learner, type) and not (isinstance(learner, str) and "." in learner):
        raise TypeError(
            f"`learner` must be a class or the dotted name of one, got {learner!r}. Hint: pass the "
            "class, not an instance of it."
        )
    if not (callable(fit) and callable(predict)):
        raise TypeError(f"`fit` and `predict` must be functions, got {fit!r} and {predict!r}.")
    name = learner if isinstance(learner, str) else _name(learner)
    _ADAPTERS[name] = OffsetAdapter(fit, predict, starts_from_prior)


def offset_adapter(learner: Any) -> OffsetAdapter | None:
    """Return the adapter of the last step of a learner, or None where it takes no offset."""
    while isinstance(learner, Pipeline):
        learner = learner.steps[-1][1]
    for kind in type(learner).__mro__:
        if _name(kind) in _ADAPTERS:
            return _ADAPTERS[_name(kind)]
    if has_fit_parameter(learner, "offset"):
        return OffsetAdapter(_fit_plain, _predict_decision)
    return None


def fit_with_offset(
    learner: Any,
    X: Any,
    y: NDArray[Any],
    offset: NDArray[np.float64],
    sample_weight: NDArray[np.float64] | None,
) -> Any:
    """Fit the learner, offset and weights going to the last step of a Pipeline."""
    if isinstance(learner, Pipeline):
        front, (name, last) = learner[:-1], learner.steps[-1]
        if len(front):
            X = front.fit_transform(X, y)
        last = fit_with_offset(last, X, y, offset, sample_weight)
        learner.steps = [*front.steps, (name, last)]
        return learner
    adapter = offset_adapter(learner)
    assert adapter is not None
    return adapter.fit(learner, X, y, offset, sample_weight)


def predict_without_offset(learner: Any, X: Any, start: NDArray[np.float64]) -> Scores:
    """Return the scores of a learner trained by `fit_with_offset`, `start` added."""
    while isinstance(learner, Pipeline):
        if len(learner) > 1:
            X = learner[:-1].transform(X)
        learner = learner.steps[-1][1]
    adapter = offset_adapter(learner)
    assert adapter is not None
    scores = np.asarray(adapter.predict(learner, X), dtype=np.float64) + start
    if scores.ndim == 1:
        return scores
    scores = scores - scores.max(axis=1, keepdims=True)
    normalised: Scores = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return normalised


def prior_scores(
    y: NDArray[Any], offset: NDArray[np.float64], sample_weight: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    """Return the constant that fits the labels best beside the offset: where boosting starts.

    For two classes the root of ``Σ w (y - σ(c + offset)) = 0``, as log odds; for more, one step of
    the same idea: log shares of the classes once the mean factor has been divided out.
    """
    weights = np.ones(len(y)) if sample_weight is None else sample_weight
    classes, codes = np.unique(y, return_inverse=True)
    if offset.ndim == 2:
        shares = np.bincount(codes, weights, minlength=len(classes)) / weights.sum()
        logs = np.log(shares) - np.average(offset, axis=0, weights=weights)
        return np.asarray(logs - logs.mean())
    share = float(np.average(codes, weights=weights))
    constant = np.log(share / (1 - share)) - float(np.average(offset, weights=weights))
    for _ in range(50):
        q = 1 / (1 + np.exp(-(constant + offset)))
        slope = float(weights @ (q * (1 - q)))
        step = float(weights @ (codes - q)) / max(slope, 1e-12)
        constant += float(np.clip(step, -2, 2))
        if abs(step) < 1e-8:
            break
    return np.array(constant)


def _name(kind: type) -> str:
    return f"{kind.__module__.partition('.')[0]}.{kind.__qualname__}"


def _fit_plain(
    learner: Any, X: Any, y: Any, offset: NDArray[np.float64], sample_weight: Any
) -> Any:
    return learner.fit(X, y, sample_weight=sample_weight, offset=offset)


def _predict_decision(learner: Any, X: Any) -> Any:
    return learner.decision_function(X)


def _fit_lightgbm(learner: Any, X: Any, y: Any, offset: Any, sample_weight: Any) -> Any:
    start = offset if offset.ndim == 1 else offset.ravel(order="F")
    return learner.fit(X, y, sample_weight=sample_weight, init_score=start)


def _predict_lightgbm(learner: Any, X: Any) -> Any:
    return learner.predict(X, raw_score=True)


def _fit_xgboost(learner: Any, X: Any, y: Any, offset: Any, sample_weight: Any) -> Any:
    learner.set_params(base_score=0.5)  # its log odds are 0: the start is in the margin alone
    codes = np.unique(y, return_inverse=True)[1]
    return learner.fit(X, codes, sample_weight=sample_weight, base_margin=offset)


def _predict_xgboost(learner: Any, X: Any) -> Any:
    return learner.predict(X, output_margin=True)


def _fit_catboost(learner: Any, X: Any, y: Any, offset: Any, sample_weight: Any) -> Any:
    return learner.fit(X, y, sample_weight=sample_weight, baseline=offset)


def _predict_catboost(learner: Any, X: Any) -> Any:
    return learner.predict(X, prediction_type="RawFormulaVal")


class _StartingPoint:
    """The initial model of gradient boosting: the offset while it is fitted, nothing afterwards."""

    def __init__(self, offset: NDArray[np.float64]) -> None:
        self.offset: NDArray[np.float64] | None = offset
        self.n_classes = 2 if offset.ndim == 1 else offset.shape[1]

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> "_StartingPoint":
        return self

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        return {"offset": self.offset}

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        if self.offset is None:
            return np.full((X.shape[0], self.n_classes), 1 / self.n_classes)
        if len(self.offset) != X.shape[0]:
            raise ValueError(
                "Gradient boosting with n_iter_no_change splits the rows, and an offset cannot "
                "follow. Hint: n_iter_no_change=None."
            )
        logits = (
            self.offset
            if self.offset.ndim == 2
            else np.column_stack([np.zeros(len(self.offset)), self.offset])
        )
        proba: NDArray[np.float64] = np.exp(logits - logits.max(axis=1, keepdims=True))
        proba /= proba.sum(axis=1, keepdims=True)
        return proba


def _fit_gradient_boosting(learner: Any, X: Any, y: Any, offset: Any, sample_weight: Any) -> Any:
    if learner.init is not None:
        raise ValueError(
            f"init={learner.init!r} is the place of the offset in gradient boosting. Hint: "
            "init=None."
        )
    learner.init = _StartingPoint(offset)
    try:
        learner.fit(X, y, sample_weight=sample_weight)
    finally:
        learner.init = None
    learner.init_.offset = None
    return learner


def _fit_glum(learner: Any, X: Any, y: Any, offset: Any, sample_weight: Any) -> Any:
    family = getattr(learner, "family", None)
    if "binomial" not in str(family).lower():
        raise ValueError(
            f"A generalized linear model of family {family!r} has no log odds. Hint: "
            "family='binomial'."
        )
    codes = np.unique(y, return_inverse=True)[1].astype(np.float64)
    return learner.fit(X, codes, sample_weight=sample_weight, offset=offset)


def _predict_glum(learner: Any, X: Any) -> Any:
    return learner.linear_predictor(X)


for _path, _fit, _predict, _start in (
    ("lightgbm.LGBMClassifier", _fit_lightgbm, _predict_lightgbm, True),
    ("xgboost.XGBClassifier", _fit_xgboost, _predict_xgboost, True),
    ("catboost.CatBoostClassifier", _fit_catboost, _predict_catboost, True),
    ("glum.GeneralizedLinearRegressor", _fit_glum, _predict_glum, False),
    ("glum.GeneralizedLinearRegressorCV", _fit_glum, _predict_glum, False),
    ("sklearn.GradientBoostingClassifier", _fit_gradient_boosting, _predict_decision, True),
):
    register_offset_learner(_path, _fit, _predict, starts_from_prior=_start)
