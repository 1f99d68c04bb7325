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
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline
from sklearn.utils.metadata_routing import get_routing_for_object
from sklearn.utils.validation import has_fit_parameter

from imbalance_kit._utils._targets import encode_target
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


@dataclass(frozen=True)
class OwnClassWeights:
    """The class weights inside a learner: `shift` where they are `known`, None for none."""

    shift: ClassShift | None = None
    known: bool = True
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
    inner = getattr(learner, "estimator", None)
    if inner is None or not _takes_any_keyword(learner):
        return False
    if get_config()["enable_metadata_routing"]:
        return bool(get_routing_for_object(learner).consumes("fit", ["sample_weight"]))
    return takes_sample_weight(inner)


def fit_learner(learner: Any, X: Any, y: NDArray[Any], **fit_params: Any) -> Any:
    """Fit the learner, the parameters going to the last step; return it fitted."""
    given = {name: value for name, value in fit_params.items() if value is not None}
    if not isinstance(learner, Pipeline) or not given:
        return learner.fit(X, y, **given)
    inside = _sampler_inside(learner)
    if inside:
        raise ValueError(
            f"Weights cannot follow the rows through {inside}. Hint: pass the sampler as "
            "`sampler`, outside the pipeline."
        )
    front, (name, last) = learner[:-1], learner.steps[-1]
    if len(front):
        X = front.fit_transform(X, y)
    learner.steps = [*front.steps, (name, fit_learner(last, X, y, **given))]
    return learner


def has_proba(learner: Any) -> bool:
    """Whether the learner predicts probabilities, and not only margins."""
    return hasattr(learner, "predict_proba")


def predict_scores(learner: Any, X: Any, classes: NDArray[Any]) -> Scores:
    """Return the scores of the learner's own predictions, columns in the order of `classes`.

    A learner without `predict_proba` gives its margins instead.
    """
    if not has_proba(learner):
        return np.asarray(learner.decision_function(X), dtype=np.float64)
    proba = np.asarray(learner.predict_proba(X))
    own = getattr(learner, "classes_", classes)
    if len(own) != len(classes):  # a fold without a row of some class
        complete = np.zeros((len(proba), len(classes)), dtype=proba.dtype)
        complete[:, np.searchsorted(classes, own)] = proba
        proba = complete
    return from_proba(proba)


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
    return "oob_score" if params.get("oob_score") else None


def takes_groups(learner: Any) -> bool:
    """Whether the last step splits its rows by groups given to fit."""
    learner = last_step(learner)
    if has_fit_parameter(learner, "groups"):
        return True
    return "cv" in learner.get_params(deep=False) and _takes_any_keyword(learner)


def explicit_class_weights(
    learner: Any, y: NDArray[Any], weights: NDArray[np.float64] | None
) -> tuple[Any, OwnClassWeights]:
    """Return a clone of the learner whose class weights are plain numbers, and those numbers.

    "balanced" is replaced by the numbers it stands for on these rows, so that they can be undone.
    """
    learner = clone(learner)
    if is_frozen(learner):
        return learner, _of_frozen(learner)
    last = last_step(learner)
    opaque = _sampler_inside(learner) or _opaque_reason(last)
    if opaque:
        return learner, OwnClassWeights(known=False, reason=opaque)
    target = encode_target(y)
    totals = target.totals(weights)
    factors = dict.fromkeys(target.classes.tolist(), 1.0)
    params = last.get_params(deep=False)
    changed = False
    for label, value in _class_weight(params.get("class_weight"), target.classes, totals).items():
        factors[label] = factors.get(label, 1.0) * value
        changed = True
    if params.get("class_weight") == "balanced":
        last.set_params(class_weight=dict(factors))
    positive = params.get("scale_pos_weight")
    if positive is not None and positive != 1:
        factors[target.classes.tolist()[-1]] *= float(positive)
        changed = True
    for label, value in _class_weights(params.get("class_weights"), target.classes).items():
        factors[label] *= value
        changed = True
    return learner, OwnClassWeights(ClassShift(factors) if changed else None)


def _class_weight(value: Any, classes: NDArray[Any], totals: NDArray[np.float64]) -> dict[Any, Any]:
    if value is None:
        return {}
    labels = classes.tolist()
    if isinstance(value, Mapping):
        return {label: float(value.get(label, 1.0)) for label in labels}
    balanced = totals.sum() / (len(labels) * totals)
    return dict(zip(labels, balanced.tolist(), strict=True))


def _class_weights(value: Any, classes: NDArray[Any]) -> dict[Any, float]:
    """CatBoost's form: one weight per class, by order or by label."""
    if value is None:
        return {}
    labels = classes.tolist()
    if isinstance(value, Mapping):
        return {label: float(value.get(label, 1.0)) for label in labels}
    return dict(zip(labels, map(float, value), strict=True))


def _opaque_reason(last: Any) -> str:
    """Say what changes the class shares by an amount that cannot be known, or ""."""
    params = last.get_params(deep=True)
    for name, neutral in _OPAQUE.items():
        value = params.get(name)
        if value is not None and not (isinstance(value, (str, bool)) and value == neutral):
            return f"{name}={value!r}"
    if "sampling_strategy" in params:
        return f"{type(last).__name__} resamples inside"
    weight = params.get("class_weight")
    if weight is not None and weight != "balanced" and not isinstance(weight, Mapping):
        return f"class_weight={weight!r}"
    nested = [
        name
        for name, value in params.items()
        if name.rpartition("__")[0]
        and (
            (name.endswith("__class_weight") and value is not None)
            or (name.endswith("__class_weights") and value is not None)
            or (name.endswith("__scale_pos_weight") and isinstance(value, Real) and value != 1)
        )
    ]
    return f"{nested[0]}={params[nested[0]]!r}" if nested else ""


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
    weighted = [
        f"{name}={last.get_params(deep=False)[name]!r}"
        for name in ("class_weight", "class_weights", "scale_pos_weight")
        if last.get_params(deep=False).get(name) not in (None, 1)
    ]
    reason = _opaque_reason(last) or (weighted[0] if weighted else "")
    return OwnClassWeights(known=not reason, reason=reason)


def _takes_any_keyword(learner: Any) -> bool:
    kinds = {p.kind for p in inspect.signature(learner.fit).parameters.values()}
    return inspect.Parameter.VAR_KEYWORD in kinds
