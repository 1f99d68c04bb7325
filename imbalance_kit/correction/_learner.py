"""What the correction must know of a learner: its weights, its own class weights, its inner splits.

A learner may be a Pipeline: its transformers are fitted as they are, and weights go to its last
step, whether metadata routing is on or off.
"""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import get_config
from sklearn.base import clone
from sklearn.feature_selection import RFECV
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.pipeline import Pipeline
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.metadata_routing import get_routing_for_object
from sklearn.utils.validation import has_fit_parameter

from imbalance_kit._utils._targets import EncodedTarget, encode_target
from imbalance_kit.correction._log_odds import Scores, from_proba
from imbalance_kit.shift import ClassShift

# Parameters by which learners change the class shares in ways that cannot be read off a number.
# Each with the value, besides None, that changes nothing.
_OPAQUE = {
    "is_unbalance": False,
    "auto_class_weights": "None",
    "priors": None,
    "class_prior": None,
    "fit_prior": True,
}
# Those that can be read off, where they belong to the last step itself; the value that is neutral.
_CLASS_WEIGHTS = {"class_weight": None, "class_weights": None, "scale_pos_weight": 1}
_CHANGE_CLASSES = {*_OPAQUE, *_CLASS_WEIGHTS, "sampling_strategy"}

# With metadata routing off these pass `groups` on to their splitter, others refuse the word.
_PASS_GROUPS = (GridSearchCV, RandomizedSearchCV, RFECV)


@dataclass(frozen=True)
class OwnClassWeights:
    """The class weights inside a learner: their shift, None for none.

    Where they cannot be known, `shift` is None and `reason` names them; otherwise it is empty.
    """

    shift: ClassShift | None = None
    reason: str = ""


def is_frozen(learner: Any) -> bool:
    """Whether fitting the learner changes nothing."""
    return isinstance(learner, FrozenEstimator)


def last_step(learner: Any) -> Any:
    """Return the learner itself, or the last step of a Pipeline."""
    return last_step(learner.steps[-1][1]) if isinstance(learner, Pipeline) else learner


def takes_sample_weight(learner: Any) -> bool:
    """Whether the last step can be trained with weights."""
    learner = last_step(learner)
    if has_fit_parameter(learner, "sample_weight"):
        return True
    if not _takes_any_keyword(learner):
        return False
    if get_config()["enable_metadata_routing"]:
        return bool(get_routing_for_object(learner).consumes("fit", ["sample_weight"]))
    if hasattr(learner, "estimators"):  # a vote or a stack, which hands on the plain keyword only
        inner = [estimator for _, estimator in learner.estimators if estimator != "drop"]
        return all(has_fit_parameter(estimator, "sample_weight") for estimator in inner)
    return hasattr(learner, "estimator") and takes_sample_weight(learner.estimator)


def fit_learner(
    learner: Any,
    X: Any,
    y: NDArray[Any],
    *,
    sample_weight: NDArray[np.float64] | None = None,
    groups: NDArray[Any] | None = None,
) -> Any:
    """Fit the learner, weights and groups going to the last step; return it fitted."""
    if isinstance(learner, Pipeline) and not (sample_weight is None and groups is None):
        if inside := _sampler_inside(learner):
            raise ValueError(
                f"Weights and groups cannot follow the rows through {inside}. Hint: pass the "
                "sampler as `sampler`, outside the pipeline."
            )
        front, (name, last) = learner[:-1], learner.steps[-1]
        if len(front):
            X = front.fit_transform(X, y)
        last = fit_learner(last, X, y, sample_weight=sample_weight, groups=groups)
        learner.steps = [*front.steps, (name, last)]
        return learner
    given = {_weight_keyword(learner): sample_weight, "groups": groups}
    return learner.fit(X, y, **{name: value for name, value in given.items() if value is not None})


def _weight_keyword(learner: Any) -> str:
    """Return the name by which weights reach the last step of a Pipeline inside a search."""
    keyword, inner = "sample_weight", getattr(learner, "estimator", None)
    if has_fit_parameter(learner, keyword) or get_config()["enable_metadata_routing"]:
        return keyword
    path = []
    while isinstance(inner, Pipeline):
        name, inner = inner.steps[-1]
        path.append(name)
    return "__".join([*path, keyword])


def is_linear(learner: Any) -> bool:
    """Whether the last step is one of scikit-learn's linear models."""
    return type(last_step(learner)).__module__.startswith("sklearn.linear_model.")


def has_proba(learner: Any) -> bool:
    """Whether the learner predicts probabilities, and not only margins."""
    return hasattr(learner, "predict_proba")


def predict_scores(learner: Any, X: Any, classes: NDArray[Any]) -> Scores:
    """Return the scores of the learner's own predictions, columns in the order of `classes`.

    A learner without `predict_proba` gives its margins instead.
    """
    if not has_proba(learner):
        if len(classes) > 2 and getattr(last_step(learner), "decision_function_shape", "") == "ovo":
            raise ValueError(
                "decision_function_shape='ovo' gives a margin per pair of classes; one per class "
                "is needed. Hint: decision_function_shape='ovr'."
            )
        if not hasattr(learner, "decision_function"):
            raise TypeError(
                f"{type(last_step(learner)).__name__} has neither predict_proba nor "
                "decision_function: labels alone cannot be corrected. Hint: voting='soft' gives a "
                "vote probabilities."
            )
        return np.asarray(learner.decision_function(X), dtype=np.float64)
    return from_proba(np.asarray(learner.predict_proba(X)))


def splits_inside(learner: Any, n_samples: int) -> str | None:
    """Return what in the learner holds out some of its rows, or None."""
    params = last_step(learner).get_params(deep=False)
    stopping = params.get("early_stopping")
    if stopping is True or (stopping == "auto" and n_samples > 10_000):
        return "early_stopping"
    if params.get("n_iter_no_change") is not None and stopping is None:
        return "n_iter_no_change"
    if "cv" in params and params["cv"] != "prefit":
        return "cv"
    if params.get("oob_score"):
        return "oob_score"
    return "probability" if params.get("probability") is True else None


def takes_groups(learner: Any) -> bool:
    """Whether the last step splits its rows by groups given to fit."""
    learner = last_step(learner)
    if has_fit_parameter(learner, "groups"):
        return True
    if "cv" not in learner.get_params(deep=False):
        return False
    wanted = get_routing_for_object(learner).consumes("fit", ["groups"])
    routing = get_config()["enable_metadata_routing"]
    return bool(wanted) and (routing or isinstance(learner, _PASS_GROUPS))


def class_weights_outside(
    learner: Any, y: NDArray[Any], weights: NDArray[np.float64] | None
) -> tuple[Any, NDArray[np.float64] | None, OwnClassWeights]:
    """Return a clone of the learner, the weights to train it with, and its own class weights.

    `class_weight` moves from the learner into the weights of the rows, which say the same: so
    "balanced" becomes numbers that can be undone, and a dict means labels also where the learner
    takes its keys for codes.
    """
    learner = clone(learner)
    if is_frozen(learner):
        return learner, weights, _of_frozen(learner)
    last = last_step(learner)
    target = encode_target(y)
    opaque = _sampler_inside(learner) or _opaque_reason(
        last, weighted=weights is not None, binary=target.n_classes == 2
    )
    if opaque:
        return learner, weights, OwnClassWeights(reason=opaque)
    params = last.get_params(deep=False)
    factors = _class_weight(params.get("class_weight"), target, weights)
    if params.get("class_weight") is not None and takes_sample_weight(learner):
        last.set_params(class_weight=None)
        carried = factors[target.codes]
        weights = carried if weights is None else weights * carried
    factors *= _class_weights(params.get("class_weights"), target.classes)
    factors[-1] *= params.get("scale_pos_weight") or 1
    if (factors == 1).all():
        return learner, weights, OwnClassWeights()
    shift = ClassShift(dict(zip(target.classes.tolist(), factors.tolist(), strict=True)))
    return learner, weights, OwnClassWeights(shift)


def _class_weight(
    value: Any, target: EncodedTarget, weights: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    """Scikit-learn's form: a dict, "balanced" or None."""
    if value == "balanced":
        totals = target.totals(weights)
        return np.asarray(totals.sum() / (target.n_classes * totals))
    given: NDArray[np.float64] = compute_class_weight(
        value, classes=target.classes, y=target.classes
    )
    return given


def _class_weights(value: Any, classes: NDArray[Any]) -> NDArray[np.float64]:
    """CatBoost's form: one weight per class, by order or by label."""
    if value is None:
        return np.ones(len(classes))
    if isinstance(value, Mapping):
        value = [value.get(label, 1) for label in classes.tolist()]
    return np.array(value, dtype=np.float64)


def _opaque_reason(last: Any, *, weighted: bool, binary: bool) -> str:
    """Say what changes the class shares by an amount that cannot be known, or ""."""
    params = last.get_params(deep=True)
    if "sampling_strategy" in params:
        return f"{type(last).__name__} resamples inside"
    for path, value in params.items():
        inside, _, name = path.rpartition("__")
        if name in _OPAQUE and not _is_neutral(value, _OPAQUE[name]):
            return f"{path}={value!r}"
        if inside and name == "sampling_strategy":
            return f"{path}={value!r}"
        if inside and name in _CLASS_WEIGHTS and not _is_neutral(value, _CLASS_WEIGHTS[name]):
            return f"{path}={value!r}"
    weight = params.get("class_weight")
    if weight is not None and weight != "balanced" and not isinstance(weight, Mapping):
        return f"class_weight={weight!r}"
    if not binary and not _is_neutral(params.get("scale_pos_weight"), 1):
        return f"scale_pos_weight={params['scale_pos_weight']!r} with more than two classes"
    if params.get("probability") is True and (weighted or weight is not None):
        return "probability=True, which calibrates inside without the weights,"
    return _searched(params)


def _searched(params: Mapping[str, Any]) -> str:
    """Name a parameter in a search's grid that changes the class shares, or ""."""
    grid = params.get("param_grid") or params.get("param_distributions") or {}
    for part in [grid] if isinstance(grid, Mapping) else grid:
        for path in part:
            if path.rpartition("__")[2] in _CHANGE_CLASSES:
                return f"the search over {path}"
    return ""


def _is_neutral(value: Any, neutral: Any) -> bool:
    return value is None or (isinstance(value, (str, Real)) and value == neutral)


def _sampler_inside(learner: Any) -> str:
    """Name a step of a Pipeline that resamples, or ""."""
    if not isinstance(learner, Pipeline):
        return ""
    for name, step in learner.steps:
        if hasattr(step, "fit_resample"):
            return f"the step {name!r} of the estimator ({type(step).__name__})"
    return _sampler_inside(learner.steps[-1][1])


def _of_frozen(learner: Any) -> OwnClassWeights:
    last = last_step(learner.estimator)
    params = last.get_params(deep=False)
    weighted = [
        f"{name}={params[name]!r}"
        for name, neutral in _CLASS_WEIGHTS.items()
        if name in params and not _is_neutral(params[name], neutral)
    ]
    reason = _opaque_reason(last, weighted=False, binary=True) or "".join(weighted[:1])
    return OwnClassWeights(reason=reason)


def _takes_any_keyword(learner: Any) -> bool:
    kinds = {p.kind for p in inspect.signature(learner.fit).parameters.values()}
    return inspect.Parameter.VAR_KEYWORD in kinds
