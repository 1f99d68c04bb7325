"""Which population predictions are for: what each row weighs in it, and another base rate."""

import warnings
from collections.abc import Mapping
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._stacklevel import callers_stacklevel
from imbalance_kit._utils._targets import EncodedTarget
from imbalance_kit.correction._training_set import TrainingSet
from imbalance_kit.shift import ClassShift, Shift


def aims_elsewhere(training: TrainingSet) -> bool:
    """Whether a weighter's population is wanted, and not that of the rows handed in."""
    return training.shift is not None and training.shift.reference == "training"


def represented_weights(
    X: Any,
    target: EncodedTarget,
    weights: NDArray[np.float64] | None,
    *,
    training: TrainingSet,
    upstream: Shift | None,
) -> NDArray[np.float64] | None:
    """Return weights under which the rows handed in stand for the population, or None for ones.

    With a population to aim at and a change upstream, ``w(x) / a_y``: the share of each class among
    rows of equal x is that of the population, which is what a calibration curve learns; how often
    each x occurs is not.

    Parameters
    ----------
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, ...)
        Rows handed in.
    target : EncodedTarget
        Their labels.
    weights : ndarray of shape (n_samples,) or None
        Weights handed in.
    training : TrainingSet
        What was made of them; a weighter's population is wanted instead of their own.
    upstream : Shift or None
        What is to be undone of the time before they came here.
    """
    if aims_elsewhere(training):
        # Where rows were drawn, it was in proportion to the weighter's weights of all of them.
        drawn = getattr(training.sampler, "weights_", weights)
        weights = training.weights if training.by_weights else drawn
    if upstream is None:
        return weights
    logs = upstream.log_factors(X, target.classes)
    logs = np.broadcast_to(logs, (len(target.codes), logs.shape[1]))
    own = logs[np.arange(len(target.codes)), target.codes]
    # Only the ratios of the factors count: a row stands for at least one of the population.
    undone: NDArray[np.float64] = np.exp(logs.max() - own)
    return undone if weights is None else undone * weights


def check_target_prior(prior: Any) -> None:
    """Raise unless `target_prior` is None, a share or shares by label."""
    is_share = isinstance(prior, Real) and 0 < float(prior) < 1
    if not (prior is None or is_share or isinstance(prior, Mapping)):
        raise ValueError(
            f"`target_prior` must be a share in (0, 1) or {{label: share}}, got {prior!r}."
        )


def _warn_of_the_other_class(share: float, labels: list[Any], shares: list[float]) -> None:
    """Warn where a number makes the class rare that is not: of names the second is any of them."""
    if isinstance(labels[1], str) and share < 0.5 < shares[1]:
        warnings.warn(
            f"`target_prior`={share:g} is the share of {labels[1]!r}, the second of the sorted "
            f"labels, which {shares[1]:.3g} of the rows have: is it meant for {labels[0]!r}? Hint: "
            f"say which, as in {{{labels[0]!r}: {share:g}, {labels[1]!r}: {1 - share:g}}}.",
            UserWarning,
            stacklevel=callers_stacklevel(),
        )


def towards_target_prior(
    prior: float | Mapping[Any, float] | None,
    target: EncodedTarget,
    represented: NDArray[np.float64] | None,
) -> ClassShift | None:
    """Return the shift from the population's base rate to the one asked for, None for none."""
    if prior is None:
        return None
    labels, share = target.classes.tolist(), None
    if not isinstance(prior, Mapping):
        share = prior
        if len(labels) != 2:
            raise ValueError(
                f"`target_prior` as a number needs two classes, and `y` has {len(labels)}. "
                "Hint: pass {label: share}."
            )
        prior = {labels[0]: 1 - prior, labels[1]: prior}
    if set(prior) != set(labels):
        raise ValueError(
            f"`target_prior` must name the classes of `y`, {labels!r}, each with its share, got "
            f"{dict(prior)!r}."
        )
    totals = target.totals(represented)
    if not totals.all():
        raise ValueError(
            "`target_prior` needs the base rate to start from, and no row of class "
            f"{target.label(int(totals.argmin()))!r} counts. Hint: rows of every class, or "
            "ClassShift.from_priors with the base rate you know."
        )
    shares = (totals / totals.sum()).tolist()
    if share is not None:
        _warn_of_the_other_class(share, labels, shares)
    return ClassShift.from_priors(dict(zip(labels, shares, strict=True)), prior)
