"""What crosses threads and processes in the tests: subjects, and what a fit of them gives."""

import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import get_tags

from imbalance_kit import (
    ClassWeighter,
    CorrectedClassifier,
    NonuniformNegativeSampler,
    OffsetLogisticRegression,
    RandomOverSampler,
    SamplerChain,
)
from imbalance_kit.testing._examples import Example, of_sizes
from imbalance_kit.testing._subject import Targeted, outcome, seeded
from tests._discovery import make_instance, public_classes

KINDS = ("sampler", "weighter", "classifier", "regressor")
SMALL, MEDIUM = of_sizes(48, 24, 12), of_sizes(900, 250, 150)


def subjects() -> dict[str, Any]:
    """Return every public estimator by name, and some that are put together from others."""
    found = {cls.__name__: make_instance(cls) for kind in KINDS for cls in public_classes(kind)}
    learner = found["CorrectedClassifier"].estimator
    return found | {
        "corrected over-sampling": CorrectedClassifier(learner, RandomOverSampler()),
        "corrected class weights": CorrectedClassifier(learner, ClassWeighter()),
        "corrected negative sampling": CorrectedClassifier(
            OffsetLogisticRegression(), NonuniformNegativeSampler()
        ),
        "chain of two": SamplerChain([NonuniformNegativeSampler(), RandomOverSampler()]),
    }


def with_jobs(subject: Any, n_jobs: int) -> Any:
    """Return the subject with so many threads or processes, wherever it can be told."""
    names = [name for name in subject.get_params() if name.split("__")[-1] == "n_jobs"]
    names = [name for name in names if name != "estimator__n_jobs"]  # not ours
    return subject.set_params(**dict.fromkeys(names, n_jobs))


def digest(*arrays: Any) -> str:
    """Return a digest of the exact bytes of arrays."""
    found = hashlib.sha256()
    for array in arrays:
        values = np.asarray(array)
        found.update(f"{values.dtype} {values.shape}".encode())
        found.update(repr(values.tolist()).encode() if values.dtype == object else values.tobytes())
    return found.hexdigest()


def result(subject: Any, example: Example = SMALL) -> str:
    """Return the digest of what a seeded clone of the subject gives."""
    return digest(outcome(subject, example))


def fitted(subject: Any, example: Example = SMALL) -> Any:
    """Return a seeded clone after its main method has run."""
    estimator = seeded(subject)
    methods = ("fit_resample", "fit_weights", "fit")
    method = next(name for name in methods if hasattr(estimator, name))
    getattr(estimator, method)(example.X, example.y)
    return estimator.weighter if isinstance(estimator, Targeted) else estimator


def state(estimator: Any) -> dict[str, str]:
    """Return digests of what a fitted estimator says: predictions, weights, shift, attributes."""
    found: dict[str, NDArray[Any]] = {}
    for method in ("predict", "predict_proba", "decision_function"):
        if hasattr(estimator, method):
            found[method] = getattr(estimator, method)(SMALL.X)
    if hasattr(estimator, "weights"):
        labels = (SMALL.y,) if get_tags(estimator).target_tags.required else ()
        found["weights"] = estimator.weights(SMALL.X, *labels)
    shift = getattr(estimator, "shift_", None)
    if shift is not None:
        found["shift_"] = shift.log_factors(SMALL.X, list(shift.classes) or [0, 1])
    for name, value in vars(estimator).items():
        if isinstance(value, np.ndarray):
            found[name] = value
    assert found, f"{estimator} says nothing after its fit"
    return {name: digest(value) for name, value in found.items()}
