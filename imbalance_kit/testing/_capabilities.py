"""What a law may need of an object, and what is said of an object that lacks it."""

import inspect
import warnings
from collections.abc import Callable, Mapping
from itertools import combinations
from typing import Any

import numpy as np
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from imbalance_kit.testing._examples import Example, of_classes, of_sizes
from imbalance_kit.testing._subject import (
    Probe,
    draws_by_class,
    is_poisson,
    kind_of,
    links,
    outcome,
    run,
    weights_of,
)

_RECALIBRATIONS = ("sigmoid", "isotonic", "temperature")
_DIRECTIONS = ("over-sampling", "under-sampling")


def lacking(p: Probe, needs: tuple[str, ...]) -> str | None:
    """Return why the subject cannot be held to a law with these needs, or None."""
    if p.fitted is None:
        return None
    return next((NEEDS[name][1] for name in needs if not NEEDS[name][0](p)), None)


def classes_drawn_alike(estimator: Any) -> list[tuple[Example, Any, Any]]:
    """Return examples with two classes of which as many rows, but not simply all, are drawn.

    Where rows are kept independently, each with a probability, these must be the same instead.
    """
    found = []
    for sizes in ((40, 20, 20), (40, 40, 10), (30, 30)):
        example = of_sizes(*sizes)
        try:
            with warnings.catch_warnings(action="error"):  # it cannot do what it is asked there
                fitted = run(estimator, example)
        except (ValueError, Warning):
            continue
        copies = np.bincount(fitted.sample_indices_, minlength=len(example.y))
        expected = getattr(fitted, "inclusion_probability_", None)
        for a, b in combinations(range(len(sizes)), 2):
            of_a, of_b = (copies[example.y == k] for k in (a, b))
            drawn = (of_a != 1).any() or (of_b != 1).any()
            if expected is not None:
                alike = np.array_equal(expected[example.y == a], expected[example.y == b])
            else:
                alike = of_a.sum() == of_b.sum()
            if sizes[a] == sizes[b] and alike and drawn:
                found.append((example, a, b))
    return found


def _takes_weights(p: Probe) -> bool:
    methods = [getattr(p.subject, name, None) for name in ("fit_resample", "fit_weights", "fit")]
    main = next(method for method in methods if method is not None)
    return "sample_weight" in inspect.signature(main).parameters


def _keeps(name: str) -> Callable[[Probe], bool]:
    return lambda p: p.kind == "shift" or getattr(p.fitted, name, None) is not None


def _states_sizes(p: Probe) -> bool:
    direction = getattr(p.subject, "_sampling_type", None)
    asked = hasattr(p.subject, "sampling_strategy") and direction in _DIRECTIONS
    by_class = p.kind == "weighter" and draws_by_class(p.fitted)
    return by_class or hasattr(p.fitted, "inclusion_probability_") or asked


def _asks_for_shares(p: Probe) -> bool:
    """Whether no sampler, the subject or one inside it, is given counts, or a function."""
    params = p.subject.get_params(deep=True)
    owners = [
        params.get(name.rpartition("__")[0], p.subject)
        for name, value in params.items()
        if name.endswith("sampling_strategy") and (isinstance(value, Mapping) or callable(value))
    ]
    return all(kind_of(owner) == "weighter" for owner in owners)


def _takes_two_classes(p: Probe) -> bool:
    try:
        run(p.subject, of_classes(2))
    except ValueError:
        return False
    return True


def _names_labels_openly(p: Probe) -> bool:
    params = p.subject.get_params(deep=True)
    hidden = any(name.endswith("sampling_strategy") and callable(v) for name, v in params.items())
    trained = any(hasattr(v, "predict_proba") and _is_trained(v) for v in params.values())
    return not (hidden or trained or isinstance(params.get("target_prior"), float))


def _is_trained(model: Any) -> bool:
    """Whether a model among the parameters has learned its labels already."""
    try:
        check_is_fitted(model)
    except NotFittedError:
        return False
    except TypeError:  # of no kind that scikit-learn knows
        return True
    return True


def _draws_nothing(p: Probe) -> bool:
    if p.kind == "classifier":
        first, second = (outcome(p.subject, p.example, seed=seed) for seed in (0, 1))
    elif hasattr(p.subject, "fit_weights"):
        weighted = _takes_weights(p)
        first, second = (
            weights_of(p.subject, p.example, weighted=weighted, seed=seed)[1] for seed in (0, 1)
        )
    else:
        return True
    return bool(np.array_equal(first, second))


def _has_a_shift_to_undo(p: Probe) -> bool:
    shift = getattr(p.fitted, "shift_", None)
    if shift is None:
        return p.kind == "classifier"
    return bool(shift.exact) and shift.reference == "source"


def _is_corrected(p: Probe) -> bool:
    if p.kind != "classifier":
        return True
    another_population = getattr(p.subject, "target_prior", None) is not None
    # What is asked says more than what was done: "auto" does nothing where nothing has changed.
    correction = getattr(p.subject, "correction", getattr(p.fitted, "correction_", "none"))
    return not another_population and correction != "none"


NEEDS: dict[str, tuple[Callable[[Probe], bool], str]] = {
    "fit_resample": (lambda p: hasattr(p.subject, "fit_resample"), "it draws no rows"),
    "fit_weights": (
        lambda p: p.kind == "classifier" or hasattr(p.subject, "fit_weights"),
        "it gives no weights",
    ),
    "sample_weight": (_takes_weights, "it takes no sample_weight"),
    "random_state": (
        lambda p: any(name.endswith("random_state") for name in p.subject.get_params(deep=True)),
        "it has no random_state",
    ),
    "estimator": (
        lambda p: p.kind != "classifier" or hasattr(p.subject, "estimator"),
        "it has no `estimator`, the learner to compare with",
    ),
    "predict_proba": (
        lambda p: p.kind != "classifier" or hasattr(p.fitted, "predict_proba"),
        "it predicts no probabilities",
    ),
    "shift_": (_keeps("shift_"), "it keeps no `shift_`"),
    "sample_indices_": (_keeps("sample_indices_"), "it keeps no `sample_indices_`"),
    "sample_weight_": (_keeps("sample_weight_"), "it keeps no `sample_weight_`"),
    "carried_weight_": (_keeps("carried_weight_"), "it keeps no `carried_weight_`"),
    "neighbor_indices_": (_keeps("neighbor_indices_"), "it makes no rows of two others"),
    "sizes": (_states_sizes, "it is not asked for a number of rows"),
    "draws by class": (
        lambda p: draws_by_class(p.fitted),
        "it draws rows whatever their class",
    ),
    "fixed sizes": (lambda p: not is_poisson(p.fitted), "the number of rows it keeps is random"),
    "relative sizes": (_asks_for_shares, "it asks for counts of rows, which no weight changes"),
    "two classes": (_takes_two_classes, "its parameters speak of three classes"),
    "open labels": (_names_labels_openly, "a parameter names labels where they cannot be renamed"),
    "classes drawn alike": (
        lambda p: bool(classes_drawn_alike(p.subject)),
        "it never draws from two classes of one size",
    ),
    "nothing drawn": (_draws_nothing, "its weights or probabilities depend on rows drawn"),
    "own probabilities": (
        lambda p: not is_poisson(p.fitted) or hasattr(p.fitted, "inclusion_probability_"),
        "its rows depend on those of an earlier step: its steps are checked instead",
    ),
    "own class alone": (
        lambda p: not any(getattr(s, "_looks_at_other_classes", False) for s in links(p.fitted)),
        "which rows of a class it prefers depends on where the other classes are",
    ),
    "no neighbours": (
        lambda p: (
            not any(
                hasattr(link, name)
                for link in links(p.fitted)
                for name in ("neighbor_indices_", "neighborhoods_")
            )
        ),
        "copies of a row are each other's nearest neighbours, which a weight does not say",
    ),
    "no cleaning": (
        lambda p: getattr(p.subject, "_sampling_type", None) != "clean-sampling",
        "which rows stay depends on the copies around them, which a weight does not say",
    ),
    "shift to undo": (_has_a_shift_to_undo, "it has no exact shift to undo"),
    "corrected": (_is_corrected, "it does not predict for the rows handed in"),
    "no folds": (
        lambda p: p.kind != "weighter" or "cv" not in p.subject.get_params(deep=False),
        "it splits rows into folds, which copies would straddle",
    ),
    "closed form": (
        lambda p: getattr(p.fitted, "correction_", None) not in _RECALIBRATIONS,
        "its calibrator has an error of its own, and folds that copies would straddle",
    ),
}
