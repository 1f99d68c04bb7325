"""Carry a sampler or weighter out: from the rows handed in to the rows a learner sees."""

import inspect
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.utils import get_tags

from imbalance_kit._utils._targets import EncodedTarget, codes_among, encode_target
from imbalance_kit.correction._foreign import foreign_shift
from imbalance_kit.shift import ClassShift, Shift


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
    log_odds_offset: NDArray[np.float64] | None = None
    """What the sampler added to the log odds of each row, where it tells row by row."""
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
        What goes to a weighter besides: `target`, `target_weight`; None where not given. Nobody
        asks for them where there is no sampler.
    """
    if sampler is None:
        return TrainingSet(X, y, weights, source_weight=weights)
    options = {name: value for name, value in options.items() if value is not None}
    by_weights = _by_weights(sampler, how)
    sampler = clone(sampler)
    method = sampler.fit_weights if by_weights else sampler.fit_resample
    accepted = inspect.signature(method).parameters
    _check_accepts(sampler, accepted, options)
    if weights is not None and "sample_weight" in accepted:
        options["sample_weight"] = weights
    if by_weights:
        carried = method(X, y, **options)
        shift = getattr(sampler, "shift_", None)
        if isinstance(shift, ClassShift):
            shift = replace(shift, exact=True)  # no row is made: the classes keep their rows
        return TrainingSet(
            X, y, carried, shift=shift, known=shift is not None, sampler=sampler, by_weights=True
        )
    X_res, y_res = method(X, y, **options)
    labels = np.asarray(y_res)
    if hasattr(sampler, "shift_"):
        return _own_rows(sampler, X_res, labels, weights)
    return _foreign_rows(sampler, X_res, labels, encode_target(y), weights)


def warn_of_unused_target(sampler: Any, options: Mapping[str, Any]) -> None:
    """Warn where there is a target and no weighter, which a search may put in a weighter's place.

    Called by `fit` itself, so that the warning points at its caller.
    """
    given = [name for name, value in options.items() if value is not None]
    if sampler is None and given:
        warnings.warn(
            f"`{given[0]}` was given, but there is no weighter to use it: the model is trained on "
            "the rows as they are. Hint: give the model a weighter that takes a target.",
            UserWarning,
            stacklevel=3,
        )


def _by_weights(sampler: Any, how: str) -> bool:
    if isinstance(sampler, type):
        raise TypeError(
            f"`sampler` must be an instance, got the class. Hint: {sampler.__name__}()."
        )
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
    return not has_rows or (has_weights and get_tags(sampler).estimator_type == "weighter")


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
    indices, carried = sampler.sample_indices_, sampler.carried_weight_
    return TrainingSet(
        X,
        y,
        None if weights is None or (carried == 1).all() else carried,  # a draw may use weights up
        shift=sampler.shift_,
        known=sampler.shift_ is not None,
        indices=indices,
        source_weight=sampler.sample_weight_,
        repeats_rows=_repeats(indices, getattr(sampler, "synthetic_mask_", None)),
        log_odds_offset=getattr(sampler, "log_odds_offset_", None),
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
    name = type(sampler).__name__
    codes = codes_among(
        before.classes.tolist(), encode_target(y), f"{name} made rows of the classes"
    )
    before_totals = before.totals(weights)
    after_totals = np.bincount(codes, carried, minlength=before.n_classes).astype(np.float64)
    if not after_totals.all():
        raise ValueError(
            f"{name} left no row of class {before.label(int(np.argmin(after_totals)))!r}: a class "
            "that is gone cannot be predicted."
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
