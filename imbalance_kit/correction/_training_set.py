"""Carry a sampler or weighter out: from the rows handed in to the rows a learner sees."""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from imbalance_kit._utils._targets import EncodedTarget, encode_target
from imbalance_kit.correction._foreign import foreign_shift
from imbalance_kit.shift import Shift


@dataclass(frozen=True)
class TrainingSet:
    """What a learner is trained on, and how its distribution came about.

    Invariant: the rows of `X`, `y` and `weights` agree; `indices` says which input row each one
    comes from (None: they are the input's, in order, or the sampler does not tell). `shift`
    describes the change where it is `known`; None then means that nothing changed.
    """

    X: Any
    y: NDArray[Any]
    weights: NDArray[np.float64] | None = None
    shift: Shift | None = None
    known: bool = True
    indices: NDArray[np.intp] | None = None
    source_weight: NDArray[np.float64] | None = None
    """Weights under which the rows stand for the input, where the sampler can say."""
    repeats_rows: bool = False
    """Whether rows are copies, or synthetic neighbours, of one another."""
    sampler: Any = None
    by_weights: bool = False
    """Whether the sampler was carried out by weights: the rows are then the input's."""


def carry_out(
    sampler: Any,
    X: Any,
    y: NDArray[Any],
    weights: NDArray[np.float64] | None,
    *,
    how: str,
    options: Mapping[str, Any],
) -> TrainingSet:
    """Return the training set that a clone of `sampler` makes.

    Parameters
    ----------
    sampler : sampler, weighter or None
        Ours, imbalanced-learn's, or any object with `fit_resample` or `fit_weights`.
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, ...)
        Rows.
    y : ndarray of shape (n_samples,)
        Labels.
    weights : ndarray of shape (n_samples,) or None
        Weights of the rows.
    how : {"auto", "rows", "weights"}
        Whether to choose rows or to weight them.
    options : mapping
        What goes to a weighter besides: `target`, `target_weight`, where given.
    """
    if sampler is None:
        if options:
            raise ValueError(
                f"`{next(iter(options))}` was given, but there is no weighter to use it. Hint: "
                "pass sampler=a weighter that takes a target."
            )
        return TrainingSet(X, y, weights, source_weight=weights)
    sampler = clone(sampler)
    by_weights = _by_weights(sampler, how)
    method = sampler.fit_weights if by_weights else sampler.fit_resample
    accepted = inspect.signature(method).parameters
    _check_accepts(sampler, accepted, options)
    arguments = dict(options)
    if weights is not None and "sample_weight" in accepted:
        arguments["sample_weight"] = weights
    if by_weights:
        carried = method(X, y, **arguments)
        return TrainingSet(X, y, carried, shift=sampler.shift_, sampler=sampler, by_weights=True)
    X_res, y_res = method(X, y, **arguments)
    labels = np.asarray(y_res)
    if hasattr(sampler, "shift_"):
        return _own_rows(sampler, X_res, labels, weights)
    return _foreign_rows(sampler, X_res, labels, encode_target(y), weights)


def _by_weights(sampler: Any, how: str) -> bool:
    has_weights = hasattr(sampler, "fit_weights")
    has_rows = hasattr(sampler, "fit_resample")
    name = type(sampler).__name__
    if not (has_weights or has_rows):
        raise TypeError(
            f"`sampler` must have fit_resample or fit_weights, got {sampler!r}. Hint: pass the "
            "learner as `estimator` and the sampler as `sampler`."
        )
    if how == "weights" and not has_weights:
        raise ValueError(
            f"carry_out='weights' needs a sampler with fit_weights, and {name} has none. Hint: use "
            "imbalance_kit's class of that name, or carry_out='rows'."
        )
    if how == "rows" and not has_rows:
        raise ValueError(f"carry_out='rows' needs a sampler with fit_resample; {name} has none.")
    if how != "auto":
        return how == "weights"
    is_weighter = (
        has_weights and getattr(sampler.__sklearn_tags__(), "estimator_type", None) == "weighter"
    )
    return is_weighter or not has_rows


def _check_accepts(sampler: Any, accepted: Mapping[str, Any], options: Mapping[str, Any]) -> None:
    for option in options:
        if option not in accepted:
            raise ValueError(
                f"`{option}` was given, but {type(sampler).__name__} takes none: it does not "
                "weight towards a population."
            )


def _own_rows(
    sampler: Any, X: Any, y: NDArray[Any], weights: NDArray[np.float64] | None
) -> TrainingSet:
    indices = sampler.sample_indices_
    return TrainingSet(
        X,
        y,
        None if weights is None else sampler.carried_weight_,
        shift=sampler.shift_,
        known=sampler.shift_ is not None,
        indices=indices,
        source_weight=sampler.sample_weight_,
        repeats_rows=_repeats(indices, getattr(sampler, "synthetic_mask_", None)),
        sampler=sampler,
    )


def _foreign_rows(
    sampler: Any,
    X: Any,
    y: NDArray[Any],
    before: EncodedTarget,
    weights: NDArray[np.float64] | None,
) -> TrainingSet:
    indices = getattr(sampler, "sample_indices_", None)
    if weights is not None and (indices is None or len(indices) != len(y)):
        raise ValueError(
            f"`sample_weight` was given, but {type(sampler).__name__} does not tell which rows it "
            "took, so the weights cannot follow. Hint: use a sampler of imbalance_kit."
        )
    carried = None if weights is None else weights[indices]
    position = {label: k for k, label in enumerate(before.classes.tolist())}
    codes = np.fromiter(map(position.__getitem__, y.tolist()), dtype=np.intp, count=len(y))
    before_totals = before.totals(weights)
    after_totals = np.bincount(codes, carried, minlength=before.n_classes).astype(np.float64)
    if not after_totals.all():
        label = before.classes[[int(np.argmin(after_totals))]].tolist()[0]
        raise ValueError(
            f"{type(sampler).__name__} left no row of class {label!r}: a class that is gone cannot "
            "be predicted."
        )
    shift = foreign_shift(sampler, before, before_totals, after_totals)
    source_weight = None
    if shift is not None and shift.exact and indices is not None:
        source_weight = (1.0 if carried is None else carried) / (after_totals / before_totals)[
            codes
        ]
    repeats = len(y) > len(before.codes) if indices is None else _repeats(np.asarray(indices), None)
    return TrainingSet(
        X,
        y,
        carried,
        shift=shift,
        known=shift is not None,
        indices=indices,
        source_weight=source_weight,
        repeats_rows=repeats,
        sampler=sampler,
    )


def _repeats(indices: NDArray[np.intp], synthetic: NDArray[np.bool_] | None) -> bool:
    if synthetic is not None and synthetic.any():
        return True
    return len(indices) > 0 and bool(np.bincount(indices).max() > 1)
