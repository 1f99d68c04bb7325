"""Train one learner on one training set, and keep what its predictions have to undo."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import get_config

from imbalance_kit._utils._containers import take_rows
from imbalance_kit.correction._choose_correction import (
    check_before_training,
    to_undo,
    training_mode,
)
from imbalance_kit.correction._learner import (
    OwnClassWeights,
    class_weights_outside,
    fit_learner,
    has_proba,
    is_frozen,
    last_step,
    predict_scores,
    takes_groups,
    takes_sample_weight,
)
from imbalance_kit.correction._log_odds import Scores, add_log_factors, check_finite_offset
from imbalance_kit.correction._offset_learners import (
    fit_with_offset,
    offset_adapter,
    predict_without_offset,
    prior_scores,
)
from imbalance_kit.correction._training_set import TrainingSet, carry_out
from imbalance_kit.shift import Shift
from imbalance_kit.shift._bayes import as_log_odds


@dataclass(frozen=True)
class FittedModel:
    """A fitted learner and how its scores become those of the source.

    Invariant: `undo` is None where nothing has to be undone after training; `start` is given where
    the learner was trained with an offset, and is then added to its scores.
    """

    learner: Any
    undo: Shift | None = None
    start: NDArray[np.float64] | None = None

    @property
    def has_proba(self) -> bool:
        """Whether the scores are log odds, and not margins of an unknown scale."""
        return self.start is not None or has_proba(self.learner)

    def scores(self, X: Any, classes: NDArray[Any]) -> Scores:
        """Return the corrected scores; a margin has no shift to take out."""
        if self.start is not None:
            return predict_without_offset(self.learner, X, self.start)
        scores = predict_scores(self.learner, X, classes)
        if self.undo is None or not has_proba(self.learner):
            return scores
        return add_log_factors(scores, -self.undo.log_factors(X, classes))


@dataclass(frozen=True)
class Trained:
    """A fitted learner, the rows it saw, and everything that made them differ from the source.

    Invariant: `shift` is all that is known of the change, less what training itself made up for:
    nothing of the sampler's under "weight", and to be undone no more under "offset".
    """

    learner: Any
    training: TrainingSet
    own: OwnClassWeights
    shift: Shift | None
    mode: str
    start: NDArray[np.float64] | None

    @property
    def unknown(self) -> str:
        """What changed the distribution in an unknown way, or ""."""
        return _unknown(self.training, self.own)

    @property
    def model(self) -> FittedModel:
        """The learner with what its scores need."""
        undo = None if self.mode == "offset" else to_undo(self.shift)
        return FittedModel(self.learner, undo, self.start)


@dataclass(frozen=True)
class Recipe:
    """How a learner is to be trained: the parameters of the corrected classifier that matter."""

    estimator: Any
    sampler: Any
    correction: str
    carry_out: str
    upstream: Shift | None


@dataclass(frozen=True)
class Rows:
    """The rows handed in, before anything is done to them, and what belongs to them.

    Invariant: `X`, `y`, `weights` and `groups` have one entry per row; `options` are what goes to a
    weighter besides (`target`, `target_weight`), which no fold cuts.
    """

    X: Any
    y: NDArray[Any]
    weights: NDArray[np.float64] | None
    groups: NDArray[Any] | None
    options: Mapping[str, Any]

    def take(self, indices: NDArray[np.intp]) -> "Rows":
        """Return some of the rows."""
        return replace(
            self,
            X=take_rows(self.X, indices),
            y=self.y[indices],
            weights=None if self.weights is None else self.weights[indices],
            groups=None if self.groups is None else self.groups[indices],
        )


def train(recipe: Recipe, rows: Rows) -> Trained:
    """Carry the sampler out and fit a clone of the learner."""
    training = carry_out(
        recipe.sampler, rows.X, rows.y, rows.weights, how=recipe.carry_out, options=rows.options
    )
    mode = training_mode(recipe.correction, training, recipe.estimator)
    ipw = mode == "weight" and training.source_weight is not None
    learner, learner_weights, own = class_weights_outside(
        recipe.estimator, training.y, training.source_weight if ipw else training.weights
    )
    if is_frozen(learner):
        learner_weights = None
        if recipe.upstream is not None:
            own = OwnClassWeights()  # the shift given is the whole story of a trained model
    elif learner_weights is not None and not takes_sample_weight(learner):
        refuse_weights(learner, training, recipe.correction)
    check_before_training(recipe.correction, training, _unknown(training, own))
    parts = [recipe.upstream, None if ipw else training.shift, own.shift]
    start = None
    if mode == "offset":
        learner, start = _fit_with_offset(learner, training, parts, learner_weights)
    else:
        groups = follow(rows.groups, training) if takes_groups(learner) else None
        learner = fit_learner(
            learner, training.X, training.y, sample_weight=learner_weights, groups=groups
        )
    total: Shift | None = None
    for part in parts:
        if part is not None:
            total = part if total is None else total.then(part)
    return Trained(learner, replace(training, X=None), own, total, mode, start)


def _unknown(training: TrainingSet, own: OwnClassWeights) -> str:
    return own.reason if training.known else type(training.sampler).__name__


def _fit_with_offset(
    learner: Any,
    training: TrainingSet,
    parts: list[Shift | None],
    weights: NDArray[np.float64] | None,
) -> tuple[Any, NDArray[np.float64]]:
    """Fit with everything that is to be undone as offset; return the learner and its start."""
    classes = np.unique(training.y)
    logs = np.zeros((1, len(classes)))
    for part in parts:
        undo = to_undo(part)
        if undo is None or (part is training.shift and training.log_odds_offset is not None):
            continue
        logs = logs + undo.log_factors(training.X, classes)
    offset = as_log_odds(np.broadcast_to(logs, (len(training.y), len(classes))))
    if training.log_odds_offset is not None:
        offset = offset + training.log_odds_offset
    check_finite_offset(offset)  # most learners would train on it and predict NaN
    adapter = offset_adapter(learner)
    assert adapter is not None
    start = np.zeros(() if offset.ndim == 1 else len(classes))
    if adapter.starts_from_prior:
        start = prior_scores(training.y, offset, weights)
    return fit_with_offset(learner, training.X, training.y, offset + start, weights), start


def refuse_weights(learner: Any, training: TrainingSet, correction: str) -> None:
    """Raise because the learner cannot be trained with weights, and say the way out."""
    name = type(last_step(learner)).__name__
    if training.by_weights:
        hint = "carry_out='rows' draws rows instead"
    elif correction == "weight":
        hint = "correction='shift' needs no weights"
    else:
        hint = "fit without `sample_weight`, or use a learner that takes it"
    meta = any(hasattr(last_step(learner), inner) for inner in ("estimator", "estimators"))
    if meta and get_config()["enable_metadata_routing"]:
        hint = "what is inside must ask for it: .set_fit_request(sample_weight=True)"
    raise ValueError(f"{name} does not take `sample_weight` in fit. Hint: {hint}.")


def follow(groups: NDArray[Any] | None, training: TrainingSet) -> NDArray[Any] | None:
    """Return the groups of the training rows, where it is known which rows they are."""
    if groups is None or training.by_weights or training.sampler is None:
        return groups
    return None if training.indices is None else groups[training.indices]
