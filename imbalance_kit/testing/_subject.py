"""How the laws handle an object: its kind, a run of it, and the labels its parameters name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.utils import get_tags

from imbalance_kit._utils._sampling_strategy import Ratios
from imbalance_kit.shift import Shift
from imbalance_kit.testing._examples import Example, of_classes, population_of

KINDS = ("shift", "sampler", "weighter", "classifier")


def kind_of(subject: Any) -> str:
    """Return which of `KINDS` an object is, by its tag, or by its methods where it has no tag."""
    if isinstance(subject, Shift):
        return "shift"
    tagged = get_tags(subject).estimator_type
    if tagged in KINDS:
        return str(tagged)
    if tagged is None and hasattr(subject, "fit_resample"):
        return "sampler"
    if tagged is None and hasattr(subject, "fit_weights"):
        return "weighter"
    raise TypeError(
        f"The laws speak of samplers, weighters, classifiers and shifts, got {subject!r}."
    )


# Running a subject --------------------------------------------------------------------------------


def seeded(estimator: Any, seed: int = 0) -> Any:
    """Return a clone whose every `random_state`, nested ones included, is `seed`.

    A weighter towards a population comes with a population to weight to.
    """
    copy = clone(estimator)
    states = [
        name
        for name in copy.get_params(deep=True)
        if name == "random_state" or name.endswith("__random_state")
    ]
    return with_target(copy.set_params(**dict.fromkeys(states, seed)))


def needs_target(subject: Any) -> bool:
    """Whether it is a weighter towards a population: its tag says so, and it needs no labels."""
    tags = None if isinstance(subject, Shift) else get_tags(subject)
    return tags is not None and tags.estimator_type == "weighter" and not tags.target_tags.required


def with_target(estimator: Any) -> Any:
    """Return a weighter towards a population as one that takes rows and labels; others as is."""
    return Targeted(estimator) if needs_target(estimator) else estimator


class Targeted:
    """A weighter whose target is made of the rows it is given: see :func:`population_of`."""

    def __init__(self, weighter: Any) -> None:
        self.weighter = weighter

    def fit(self, X: Any, y: Any = None, **weights: Any) -> "Targeted":
        """Fit towards the population made of X."""
        self.weighter.fit(X, y, target=population_of(X), **weights)
        return self

    def fit_weights(self, X: Any, y: Any = None, **weights: Any) -> Any:
        """Return weights towards the population made of X."""
        return self.weighter.fit_weights(X, y, target=population_of(X), **weights)

    def fit_resample(self, X: Any, y: Any = None, **weights: Any) -> Any:
        """Draw rows for the population made of X."""
        return self.weighter.fit_resample(X, y, target=population_of(X), **weights)

    def __getattr__(self, name: str) -> Any:
        if name == "weighter" or name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.weighter, name)


def resample(
    estimator: Any, example: Example, *, weighted: bool = False, seed: int = 0
) -> tuple[Any, Any, Any]:
    """Return the fitted clone and the two values of its `fit_resample`."""
    sampler = seeded(estimator, seed)
    X, y = sampler.fit_resample(example.X, example.y, **_weights(example, weighted))
    return sampler, X, y


def weights_of(
    estimator: Any, example: Example, *, weighted: bool = False, seed: int = 0
) -> tuple[Any, NDArray[np.float64]]:
    """Return the fitted clone and what its `fit_weights` gives."""
    weighter = seeded(estimator, seed)
    return weighter, weighter.fit_weights(example.X, example.y, **_weights(example, weighted))


def run(estimator: Any, example: Example, *, weighted: bool = False, seed: int = 0) -> Any:
    """Return a seeded clone, fitted by the method that is its main one."""
    if hasattr(estimator, "fit_resample"):
        return resample(estimator, example, weighted=weighted, seed=seed)[0]
    method = "fit_weights" if hasattr(estimator, "fit_weights") else "fit"
    fitted = seeded(estimator, seed)
    getattr(fitted, method)(example.X, example.y, **_weights(example, weighted))
    return fitted


def outcome(estimator: Any, example: Example, *, weighted: bool = False, seed: int = 0) -> Any:
    """Return as one array what a run gives: predictions, else rows with labels, else weights."""
    if hasattr(estimator, "fit_resample"):
        _, X, y = resample(estimator, example, weighted=weighted, seed=seed)
        return np.column_stack([X, y])
    if hasattr(estimator, "fit_weights"):
        return weights_of(estimator, example, weighted=weighted)[1]
    fitted = run(estimator, example, weighted=weighted, seed=seed)
    predict = fitted.predict_proba if hasattr(fitted, "predict_proba") else fitted.predict
    return predict(example.X)


def class_counts(y: Any, classes: list[Any]) -> NDArray[np.intp]:
    """Rows of `y` per class."""
    labels = np.asarray(y)
    return np.array([np.count_nonzero(labels == label) for label in classes])


def log_factors(shift: Shift, X: Any, classes: list[Any]) -> NDArray[np.float64]:
    """Return ``log a_k(x)`` with the constant per row removed, shape (n_samples, n_classes)."""
    logs = np.broadcast_to(shift.log_factors(X, classes), (len(X), len(classes)))
    centred: NDArray[np.float64] = logs - logs.mean(axis=1, keepdims=True)
    return centred


def _weights(example: Example, weighted: bool) -> dict[str, Any]:
    return {"sample_weight": example.weights} if weighted else {}


# Labels in parameters -----------------------------------------------------------------------------


def label_parameters(estimator: Any) -> dict[str, Any]:
    """Return the parameters, nested ones included, that name labels: mappings, Ratios, `pos_label`.

    A label itself, such as a `pos_label`, is returned as well.
    """
    return {
        name: value
        for name, value in estimator.get_params(deep=True).items()
        if isinstance(value, (Mapping, Ratios)) or (_is_label(name) and value is not None)
    }


def relabelled(estimator: Any, mapping: Mapping[Any, Any]) -> Any:
    """Return a clone whose parameters name the new labels."""

    def rename(names: Mapping[Any, Any]) -> dict[Any, Any]:
        return {mapping.get(label, label): value for label, value in names.items()}

    renamed: dict[str, Any] = {}
    for name, value in label_parameters(estimator).items():
        if isinstance(value, Ratios):
            renamed[name] = Ratios(rename(value.ratios), of=value.of)
        else:
            renamed[name] = mapping.get(value, value) if _is_label(name) else rename(value)
    return clone(estimator).set_params(**renamed)


def _is_label(name: str) -> bool:
    return name.rpartition("__")[2] == "pos_label"


# A first run -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Probe:
    """A subject and a first run of it.

    Invariant: `fitted` is the subject after a run on `example`; a shift is its own run; None where
    the run failed, so that every law is tried and shows the failure.
    """

    subject: Any
    kind: str
    example: Example
    fitted: Any


def probe(subject: Any) -> Probe:
    """Run the subject once, on three classes, or on two where it refuses three."""
    kind = kind_of(subject)
    if kind == "shift":
        return Probe(subject, kind, of_classes(len(classes_of(subject))), subject)
    for n_classes in (3, 2):
        try:
            return Probe(subject, kind, of_classes(n_classes), run(subject, of_classes(n_classes)))
        except ValueError:
            continue
        except Exception:
            break
    return Probe(subject, kind, of_classes(2), None)


def example_for(subject: Any) -> Example:
    """Return the example with as many classes as the subject takes."""
    return probe(subject).example


def shift_of(subject: Any) -> Shift:
    """Return the shift itself, or the one the estimator keeps after a run."""
    if isinstance(subject, Shift):
        return subject
    p = probe(subject)
    fitted = run(subject, p.example) if p.fitted is None else p.fitted
    shift: Shift = fitted.shift_
    return shift


def classes_of(shift: Shift) -> tuple[Any, ...]:
    """Return the labels a shift speaks of; three where it speaks of any."""
    return shift.classes or (0, 1, 2)


def draws_by_class(fitted: Any) -> bool:
    """Whether rows are drawn class by class, not whatever their class."""
    shift = getattr(fitted, "shift_", None)
    return shift is None or bool(shift.classes)


def is_poisson(fitted: Any) -> bool:
    """Whether rows are kept independently of each other, so that their number is random.

    A chain is where one of its steps is.
    """
    return any(hasattr(link, "inclusion_probability_") for link in links(fitted))


def links(fitted: Any) -> list[Any]:
    """Return the sampler itself, and the samplers of a chain, those of chains in it included."""
    steps = getattr(fitted, "steps_", ())
    inner = [link for step in steps for link in links(step)] if isinstance(steps, list) else []
    return [fitted, *inner]
