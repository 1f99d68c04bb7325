"""From what is asked to what is run: the strategies of a comparison, checked and named."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sklearn.base import clone, is_classifier
from sklearn.pipeline import Pipeline

from imbalance_kit._utils._containers import n_rows
from imbalance_kit._utils._numeric import numeric_rows
from imbalance_kit.correction._learner import takes_sample_weight
from imbalance_kit.model_selection._results import Kind
from imbalance_kit.over_sampling import SMOTE, RandomOverSampler
from imbalance_kit.under_sampling import RandomUnderSampler
from imbalance_kit.weighting import ClassWeighter

NOTHING = "nothing"
THRESHOLD = "threshold"
MOVED_THRESHOLD = "moved threshold"


@dataclass(frozen=True)
class Strategy:
    """One strategy: its name, what it is, and the sampler, weighter or classifier.

    With `behind_preprocessing` a sampler works in front of the last step of a Pipeline, on rows as
    that step sees them, instead of in front of the first.
    """

    name: str
    kind: Kind
    what: Any = None
    behind_preprocessing: bool = False


def check_strategies(strategies: Any) -> list[Strategy]:
    """Return the strategies of a mapping ``{name: sampler | weighter | None | classifier}``."""
    if not isinstance(strategies, Mapping) or not strategies:
        raise TypeError(
            "`strategies` must be a non-empty dict of names to samplers, weighters, classifiers or "
            f"None, got {strategies!r}. Hint: {{'under': RandomUnderSampler()}}."
        )
    return [_strategy(name, what) for name, what in strategies.items()]


def _strategy(name: Any, what: Any) -> Strategy:
    if not isinstance(name, str) or not name:
        raise TypeError(f"A strategy's name must be a non-empty string, got {name!r}.")
    if what is None:
        return Strategy(name, "nothing")
    if isinstance(what, Strategy):  # the command line names SMOTE behind the preprocessing
        return replace(what, name=name)
    if isinstance(what, str) and what == THRESHOLD:
        return Strategy(name, "threshold")
    if isinstance(what, type):
        raise TypeError(
            f"Strategy {name!r} is the class {what.__name__}, an instance is needed. Hint: "
            f"{what.__name__}()."
        )
    if hasattr(what, "fit_resample") or hasattr(what, "fit_weights"):
        tags = what.__sklearn_tags__() if hasattr(what, "__sklearn_tags__") else None
        weights = getattr(tags, "estimator_type", None) == "weighter"
        return Strategy(name, "weighter" if weights else "sampler", what)
    if is_classifier_instance(what):
        return Strategy(name, "classifier", what)
    raise TypeError(
        f"Strategy {name!r} must be a sampler, a weighter, a classifier, None (do nothing) or "
        f"'{THRESHOLD}' (move the threshold), got {what!r}."
    )


def is_classifier_instance(thing: Any) -> bool:
    """Whether `thing` is a classifier, and not its class or anything else."""
    return (
        not isinstance(thing, type)
        and hasattr(thing, "__sklearn_tags__")
        and bool(is_classifier(thing))
    )


def default_strategies(
    estimator: Any, X: Any, y: Any, *, least_rows: int
) -> tuple[list[Strategy], list[str]]:
    """Return what is compared where nothing is asked for, and notes on what is left out.

    Parameters
    ----------
    estimator : classifier
        The learner.
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, ...)
        Rows.
    y : ndarray of shape (n_samples,)
        Labels.
    least_rows : int
        Rows of the rarest class in the smallest set that a sampler is given.
    """
    notes = []
    strategies = [Strategy(NOTHING, "nothing")]
    if takes_sample_weight(estimator):
        strategies.append(Strategy("class weights", "weighter", ClassWeighter()))
    else:
        notes.append("Class weights are left out: the learner's fit takes no `sample_weight`.")
    strategies.append(Strategy(MOVED_THRESHOLD, "threshold"))
    strategies.append(Strategy("RandomUnderSampler", "sampler", RandomUnderSampler()))
    strategies.append(Strategy("RandomOverSampler", "sampler", RandomOverSampler()))
    smote = SMOTE()
    behind = isinstance(estimator, Pipeline) and len(estimator.steps) > 1
    reason = _why_no_smote(
        estimator,
        X,
        y,
        behind=behind,
        least_rows=least_rows,
        n_needed=smote.k_neighbors + 1,
    )
    if reason:
        notes.append(f"SMOTE is left out: {reason}.")
    else:
        strategies.append(Strategy("SMOTE", "sampler", smote, behind_preprocessing=behind))
        if behind:
            notes.append("SMOTE interpolates rows as the last step of the pipeline sees them.")
    return strategies, notes


def _why_no_smote(
    estimator: Any, X: Any, y: Any, *, behind: bool, least_rows: int, n_needed: int
) -> str:
    if least_rows < n_needed:
        return (
            f"a training set holds {least_rows} rows of the rarest class, and {n_needed} are needed"
        )
    try:
        # Only to see what kind of rows they are: nothing that is learned here is kept.
        rows = clone(estimator[:-1]).fit_transform(X, y) if behind else X
        numeric_rows(rows, np.arange(n_rows(rows)))
    except (TypeError, ValueError):
        return (
            "it needs complete numbers. Hint: with a Pipeline that encodes and imputes as "
            "`estimator` it works behind those steps"
        )
    return ""


def with_reference(strategies: list[Strategy], reference: str) -> tuple[list[Strategy], str]:
    """Return the strategies, the reference among them, and its name.

    Where the reference is "nothing" and no strategy has that name, the one that is None is taken;
    where there is none either, it is added.
    """
    names = [strategy.name for strategy in strategies]
    if reference in names:
        return strategies, reference
    if reference != NOTHING:
        raise ValueError(
            f"`reference` must be the name of a strategy, one of {names!r}, got {reference!r}."
        )
    idle = [strategy.name for strategy in strategies if strategy.kind == "nothing"]
    if idle:
        return strategies, idle[0]
    return [Strategy(NOTHING, "nothing"), *strategies], NOTHING
