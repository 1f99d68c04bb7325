"""Laws of the shift: applying and undoing are inverse, changes chain, columns follow labels."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbalance_kit.shift import ClassShift, Shift
from imbalance_kit.testing._examples import Example, of_classes
from imbalance_kit.testing._subject import (
    class_counts,
    classes_of,
    draws_by_class,
    example_for,
    is_poisson,
    kind_of,
    log_factors,
    relabelled,
    run,
    shift_of,
    weights_of,
)

_RELATIVE = 1e-9  # of a probability, and of its complement where there are two classes


def check_undo_reverses_apply(estimator: Any) -> None:
    """Check that ``undo(apply(p)) == p`` and ``apply(undo(p)) == p``.

    A correction that is not the inverse of the change leaves a bias that no amount of data removes.
    Probabilities of 0, 1 and 1e-12 are among those tried; each must come back within a relative
    1e-9, and each row must sum to one on the way.

    Parameters
    ----------
    estimator : Shift, sampler, weighter or classifier
        A shift, or an object that keeps one as `shift_`.

    Examples
    --------
    >>> from imbalance_kit import ClassShift
    >>> from imbalance_kit.testing import check_undo_reverses_apply
    >>> check_undo_reverses_apply(ClassShift.from_rates({"no": 1e-9, "yes": 1}))
    """
    shift = shift_of(estimator)
    X, proba = _rows_and_probabilities(shift)
    for there, back in ((shift.apply, shift.undo), (shift.undo, shift.apply)):
        moved = there(proba, X)
        np.testing.assert_allclose(moved.sum(axis=1), 1, rtol=_RELATIVE)
        np.testing.assert_allclose(back(moved, X), proba, rtol=_RELATIVE)
    if len(classes_of(shift)) == 2:
        one_column = shift.apply(proba[:, 1], X)
        np.testing.assert_allclose(one_column, shift.apply(proba, X)[:, 1], rtol=_RELATIVE)


def check_then_undoes_both(estimator: Any) -> None:
    """Check that undoing ``a.then(b)`` undoes `b` and then `a`.

    Samplers in a row, and class weights inside a learner after a sampler, multiply their factors;
    one undoing must take all of them back. Probabilities agree within a relative 1e-9.

    Parameters
    ----------
    estimator : Shift, sampler, weighter or classifier
        A shift, or an object that keeps one as `shift_`.

    Examples
    --------
    >>> from imbalance_kit import ClassShift
    >>> from imbalance_kit.testing import check_then_undoes_both
    >>> check_then_undoes_both(ClassShift.from_rates({"no": .01, "yes": 1}))
    """
    first = shift_of(estimator)
    labels = classes_of(first)
    rates = np.geomspace(0.01, 3.0, len(labels)).tolist()
    second = ClassShift.from_rates(dict(zip(labels, rates, strict=True)))
    X, proba = _rows_and_probabilities(first)
    for a, b in ((first, second), (second, first), (first, first)):
        both = a.then(b)
        np.testing.assert_allclose(
            both.undo(proba, X), a.undo(b.undo(proba, X), X), rtol=_RELATIVE, atol=1e-15
        )
        assert both.exact == (a.exact and b.exact), "a chain is exact where all its parts are"


def check_columns_follow_classes(estimator: Any) -> None:
    """Check that asking for the factors in another order of classes reorders the columns only.

    Learners sort their classes as they like; a factor must go with its label, not with a position.
    The columns agree exactly.

    Parameters
    ----------
    estimator : Shift, sampler, weighter or classifier
        A shift, or an object that keeps one as `shift_`.

    Examples
    --------
    >>> from imbalance_kit import ClassShift
    >>> from imbalance_kit.testing import check_columns_follow_classes
    >>> check_columns_follow_classes(ClassShift.from_rates({"a": 1, "b": 2, "c": 3}))
    """
    shift = shift_of(estimator)
    X, _ = _rows_and_probabilities(shift)
    labels = list(classes_of(shift))
    backwards = shift.log_factors(X, labels[::-1])
    np.testing.assert_array_equal(backwards[:, ::-1], shift.log_factors(X, labels))
    np.testing.assert_array_equal(shift.log_factors(X, np.array(labels)), backwards[:, ::-1])


def check_label_swap_swaps_the_result(estimator: Any) -> None:
    """Check that swapping two labels, in y and in the parameters, swaps their results only.

    Nothing may depend on which class happens to be called 1, or comes first in sorted order; names
    in the reverse order are tried as well, as strings and as objects. Weights agree within 1e-9,
    numbers of rows exactly (unless they are random, each row being kept independently), log factors
    within 1e-9, the probabilities of a classifier within 1e-4, the tolerance of iterative learners.
    Which rows are drawn may change, because a class's stream belongs to its label.

    Parameters
    ----------
    estimator : sampler, weighter or classifier
        What is checked; a clone of it is fitted.

    Examples
    --------
    >>> from imbalance_kit import ClassWeighter
    >>> from imbalance_kit.testing import check_label_swap_swaps_the_result
    >>> check_label_swap_swaps_the_result(ClassWeighter())
    """
    example = example_for(estimator)
    swap = {label: label for label in example.classes} | {0: 1, 1: 0}
    names = dict(zip(example.classes, "cba", strict=False))
    compare = _compare_predictions if kind_of(estimator) == "classifier" else _compare_rebalancing
    for mapping, dtype in ((swap, None), (names, None), (names, object)):
        other = example.with_labels(mapping, dtype=dtype)
        compare(estimator, relabelled(estimator, mapping), example, other, mapping)


def _compare_predictions(
    estimator: Any, renamed: Any, example: Example, other: Example, mapping: dict[Any, Any]
) -> None:
    before, after = run(estimator, example), run(renamed, other)
    names = list(after.classes_)
    columns = [names.index(mapping[label]) for label in before.classes_]
    np.testing.assert_allclose(
        after.predict_proba(example.X)[:, columns], before.predict_proba(example.X), atol=1e-4
    )


def _compare_rebalancing(
    estimator: Any, renamed: Any, example: Example, other: Example, mapping: dict[Any, Any]
) -> None:
    labels, names = example.classes, [mapping[label] for label in example.classes]
    if hasattr(estimator, "fit_weights"):
        (before, weights), (after, again) = (
            weights_of(estimator, example, weighted=True),
            weights_of(renamed, other, weighted=True),
        )
        np.testing.assert_allclose(again, weights, rtol=_RELATIVE)
    else:
        before, after = run(estimator, example), run(renamed, other)
    if getattr(before, "shift_", None) is not None:
        np.testing.assert_allclose(
            log_factors(after.shift_, example.X, names),
            log_factors(before.shift_, example.X, labels),
            atol=_RELATIVE,
        )
    if hasattr(estimator, "fit_resample") and draws_by_class(before) and not is_poisson(before):
        _, y = before.fit_resample(example.X, example.y)
        _, y_other = after.fit_resample(other.X, other.y)
        np.testing.assert_array_equal(class_counts(y_other, names), class_counts(y, labels))


def _rows_and_probabilities(shift: Shift) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return rows, and probabilities that include certainty and near certainty."""
    n_classes = len(classes_of(shift))
    X = of_classes(3).X
    proba = np.random.default_rng(0).dirichlet(np.full(n_classes, 0.5), size=len(X))
    proba[:n_classes] = np.eye(n_classes)
    tiny = np.full(n_classes, 1e-12)
    tiny[0] = 1 - tiny[1:].sum()
    proba[n_classes] = tiny
    return X, proba
