"""Which law holds for what: the table, and the functions that run it."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from imbalance_kit._utils._optional import import_optional
from imbalance_kit.testing import (
    _interface_laws,
    _randomness_laws,
    _row_laws,
    _shift_laws,
    _truth_laws,
    _weight_laws,
)
from imbalance_kit.testing._capabilities import lacking
from imbalance_kit.testing._subject import KINDS, Probe, probe

_ANY = KINDS
_FITTED = ("sampler", "weighter", "classifier")
_CHANGING = ("sampler", "weighter")
_OTHER_KINDS = {
    "shift": "a shift takes no data and draws no rows",
    "classifier": "a classifier returns predictions, not rows",
}


@dataclass(frozen=True)
class Law:
    """A check, the kinds of object it speaks of, and what it needs of them.

    Invariant: every kind is one of `KINDS`, every need one of `NEEDS`.
    """

    check: Callable[[Any], None]
    kinds: tuple[str, ...]
    needs: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name of the check."""
        return self.check.__name__

    def not_applicable(self, p: Probe) -> str | None:
        """Return why the law says nothing about a subject, or None where it applies."""
        if p.kind not in self.kinds:
            return _OTHER_KINDS.get(p.kind, f"not a law of a {p.kind}")
        return lacking(p, self.needs)


LAWS = (
    # the shift
    Law(_shift_laws.check_undo_reverses_apply, _ANY, ("shift_",)),
    Law(_shift_laws.check_then_undoes_both, _ANY, ("shift_",)),
    Law(_shift_laws.check_columns_follow_classes, _ANY, ("shift_",)),
    Law(
        _shift_laws.check_label_swap_swaps_the_result,
        _FITTED,
        ("open labels", "nothing drawn", "predict_proba", "closed form"),
    ),
    # the rows
    Law(_row_laws.check_two_values_are_returned, _CHANGING, ("fit_resample",)),
    Law(
        _row_laws.check_sample_indices_give_the_output,
        _CHANGING,
        ("fit_resample", "sample_indices_"),
    ),
    Law(_row_laws.check_rows_per_class_are_as_asked, _CHANGING, ("fit_resample", "sizes")),
    Law(
        _row_laws.check_synthetic_rows_lie_between_their_parents,
        ("sampler",),
        ("fit_resample", "neighbor_indices_"),
    ),
    Law(
        _row_laws.check_shift_is_what_was_done,
        _CHANGING,
        (
            "fit_resample",
            "sample_weight",
            "shift_",
            "carried_weight_",
            "draws by class",
            "fixed sizes",
        ),
    ),
    # the weights
    Law(
        _weight_laws.check_sample_weight_restores_the_input,
        _CHANGING,
        ("fit_resample", "sample_weight", "sample_weight_"),
    ),
    Law(
        _weight_laws.check_carried_weight_is_the_input_weight,
        _CHANGING,
        ("fit_resample", "sample_weight", "sample_indices_", "carried_weight_"),
    ),
    Law(
        _weight_laws.check_weight_is_repetition,
        _FITTED,
        (
            "fit_weights",
            "sample_weight",
            "relative sizes",
            "nothing drawn",
            "predict_proba",
            "closed form",
            "no cleaning",
            "no folds",
        ),
    ),
    Law(
        _weight_laws.check_weight_is_repetition_in_draws,
        _CHANGING,
        (
            "fit_resample",
            "sample_weight",
            "carried_weight_",
            "relative sizes",
            "random_state",
            "no neighbours",
            "no folds",
        ),
    ),
    Law(
        _weight_laws.check_weights_are_expected_copies,
        _CHANGING,
        (
            "fit_resample",
            "fit_weights",
            "sample_weight",
            "sample_indices_",
            "carried_weight_",
            "own class alone",
        ),
    ),
    # chance
    Law(_randomness_laws.check_random_state_fixes_the_result, _FITTED, ("random_state",)),
    Law(
        _randomness_laws.check_class_draw_ignores_the_others,
        _CHANGING,
        (
            "fit_resample",
            "sample_indices_",
            "random_state",
            "open labels",
            "draws by class",
            "own probabilities",
            "own class alone",
        ),
    ),
    Law(
        _randomness_laws.check_classes_have_their_own_streams,
        _CHANGING,
        (
            "fit_resample",
            "sample_indices_",
            "random_state",
            "draws by class",
            "classes drawn alike",
        ),
    ),
    Law(_randomness_laws.check_global_random_state_is_untouched, _FITTED),
    # the result
    Law(
        _truth_laws.check_corrected_mean_is_the_base_rate,
        _FITTED,
        ("corrected", "predict_proba", "relative sizes", "shift to undo"),
    ),
    Law(
        _truth_laws.check_corrected_loss_is_that_of_all_rows,
        _FITTED,
        (
            "corrected",
            "predict_proba",
            "relative sizes",
            "shift to undo",
            "closed form",
            "two classes",
            "estimator",
        ),
    ),
    # good manners
    Law(_interface_laws.check_input_is_not_modified, _FITTED),
    Law(_interface_laws.check_clone_and_pickle, _ANY),
)


def yield_laws(estimator: Any) -> Iterator[Callable[[Any], None]]:
    """Yield the laws that hold for an object: functions to be called with it.

    Use it to run the laws one by one outside of pytest; :func:`parametrize_with_laws` makes a test
    of each, :func:`check_laws` runs them all at once. Which laws hold follows from the kind of the
    object (its tag, or its methods) and from what it can do, found out by one run on small data
    with the classes 0, 1 and 2, or 0 and 1 where three are refused. A weighter that needs no labels
    (its tag says "weighter") weights to a target made of the rows it is given.

    Parameters
    ----------
    estimator : Shift, sampler, weighter or classifier
        An instance; its parameters must suit the labels 0, 1 (and 2), most frequent first.

    Yields
    ------
    law : callable
        Takes the object; raises AssertionError where the law is broken.

    Raises
    ------
    TypeError
        If the object is of another kind.

    Examples
    --------
    >>> from imbalance_kit import ClassShift
    >>> from imbalance_kit.testing import yield_laws
    >>> shift = ClassShift.from_rates({0: .1, 1: 1})
    >>> for law in yield_laws(shift):
    ...     law(shift)
    """
    p = probe(estimator)
    yield from (law.check for law in LAWS if law.not_applicable(p) is None)


def laws_not_applicable(estimator: Any) -> dict[str, str]:
    """Return the laws that say nothing about an object, each with the reason.

    Read it beside the laws that pass: a law that a sampler escapes because it keeps no `shift_`,
    for instance, is a promise the sampler does not make.

    Parameters
    ----------
    estimator : Shift, sampler, weighter or classifier
        An instance; its parameters must suit the labels 0, 1 (and 2), most frequent first.

    Returns
    -------
    reasons : dict of {str: str}
        Name of the law to reason.

    Examples
    --------
    >>> from imbalance_kit import ClassShift
    >>> from imbalance_kit.testing import laws_not_applicable
    >>> reasons = laws_not_applicable(ClassShift.from_rates({0: .1, 1: 1}))
    >>> reasons["check_two_values_are_returned"]
    'a shift takes no data and draws no rows'
    """
    p = probe(estimator)
    reasons = {law.name: law.not_applicable(p) for law in LAWS}
    return {name: reason for name, reason in reasons.items() if reason is not None}


def check_laws(estimator: Any) -> list[str]:
    """Check every law that holds for an object.

    Use it for a sampler, weighter, shift or classifier of your own, in a script or in one test.

    Parameters
    ----------
    estimator : Shift, sampler, weighter or classifier
        An instance; its parameters must suit the labels 0, 1 (and 2), most frequent first.

    Returns
    -------
    checked : list of str
        Names of the laws that were checked, all of them kept.

    Raises
    ------
    AssertionError
        If a law is broken; a note names it.

    Examples
    --------
    >>> from imbalance_kit import ClassWeighter
    >>> from imbalance_kit.testing import check_laws
    >>> "check_weight_is_repetition" in check_laws(ClassWeighter())
    True
    """
    checked = []
    for law in yield_laws(estimator):
        try:
            law(estimator)
        except Exception as error:
            error.add_note(f"{law.__name__}: {(law.__doc__ or '').splitlines()[0]}")
            raise
        checked.append(law.__name__)
    return checked


def parametrize_with_laws(estimators: Sequence[Any]) -> Any:
    """Decorate a test with every law that holds for every object, as pytest parameters.

    Use it in the tests of a package of your own, as scikit-learn's ``parametrize_with_checks``.

    Parameters
    ----------
    estimators : sequence of Shift, sampler, weighter or classifier
        Instances; their parameters must suit the labels 0, 1 (and 2), most frequent first.

    Returns
    -------
    decorator : pytest.MarkDecorator
        For a test function with the parameters `estimator` and `law`.

    Raises
    ------
    ImportError
        If pytest is not installed.
    ValueError
        If there is no object, or no law holds for one: a test that checks nothing.

    Examples
    --------
    >>> from imbalance_kit import RandomUnderSampler
    >>> from imbalance_kit.testing import parametrize_with_laws
    >>> @parametrize_with_laws([RandomUnderSampler(), RandomUnderSampler(replacement=True)])
    ... def test_law(estimator, law):
    ...     law(estimator)
    """
    pytest = import_optional("pytest", extra="test", purpose="parametrize_with_laws")
    cases = []
    for estimator in estimators:
        laws = list(yield_laws(estimator))
        if not laws:
            raise ValueError(f"No law holds for {estimator!r}: there is nothing to check.")
        # One line, and the same in every process: without the address of a function.
        name = " ".join(re.sub(" at 0x[0-9a-f]+", "", repr(estimator)).split())
        cases += [pytest.param(estimator, law, id=f"{name}-{law.__name__}") for law in laws]
    if not cases:
        raise ValueError("`estimators` is empty: there is nothing to check.")
    return pytest.mark.parametrize(("estimator", "law"), cases)
