"""What does CorrectedClassifier cost besides the fit and predict of the learner inside?

Gradient boosting on 200,000 x 20 with 5 % positives. A clock in the learner adds up the seconds
spent in its own `fit` and `predict_proba`; the rest of the call is what the correction costs: the
sampler, the shift, the calibration curve. Shares are of a plain fit of the same learner on all
rows. "sigmoid" fits five more learners, whose time is theirs and not counted here. Prediction also
on 1,000,000 rows, with a learner that returns stored probabilities. Medians; run it when nothing
else runs.

    python -m benchmarks.corrected_classifier_overhead
"""

import argparse
import time
from collections.abc import Callable
from statistics import median
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import make_classification
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.frozen import FrozenEstimator

from benchmarks._results import write_results
from imbalance_kit import (
    ClassShift,
    ClassWeighter,
    CorrectedClassifier,
    RandomOverSampler,
    RandomUnderSampler,
)

QUESTION = __doc__.partition("\n")[0]
MINUTES = 20
LIMITS = {"share of a plain fit": 0.02, "predict_proba, ns per row": 150}


class Clock:
    """Seconds inside the learners; not copied by `clone`."""

    seconds = 0.0

    def __deepcopy__(self, memo: Any) -> Self:
        return self

    def measure(self, call: Callable[..., Any], *args: Any) -> Any:
        start = time.perf_counter()
        result = call(*args)
        self.seconds += time.perf_counter() - start
        return result


class ClockedBoosting(HistGradientBoostingClassifier):
    """Gradient boosting whose `fit` and `predict_proba` are on the clock."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(random_state=0, early_stopping=False)
        self.clock = clock

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        return self.clock.measure(super().fit, X, y, sample_weight)

    def predict_proba(self, X: Any) -> Any:
        return self.clock.measure(super().predict_proba, X)


class StoredProba(ClassifierMixin, BaseEstimator):
    """Predicts what X holds, at no cost."""

    def fit(self, X: Any, y: Any) -> Self:
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X: Any) -> Any:
        return X


def outside(clock: Clock, call: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds of a call outside and inside the learners."""
    clock.seconds, start = 0.0, time.perf_counter()
    call()
    total = time.perf_counter() - start
    return total - clock.seconds, clock.seconds


def boosting(n: int, repeats: int) -> dict[str, Any]:
    X, y = make_classification(n, 20, n_informative=10, weights=[0.95], random_state=0)
    clock = Clock()
    plain = ClockedBoosting(clock)
    models = {
        "no sampler": CorrectedClassifier(plain),
        "class weights": CorrectedClassifier(plain, ClassWeighter()),
        "under-sampling": CorrectedClassifier(plain, RandomUnderSampler(random_state=0)),
        "over-sampling": CorrectedClassifier(plain, RandomOverSampler(random_state=0)),
        "class weights, sigmoid": CorrectedClassifier(plain, ClassWeighter(), correction="sigmoid"),
        "class weights, isotonic": CorrectedClassifier(
            plain, ClassWeighter(), correction="isotonic"
        ),
    }
    whole: list[float] = []
    fit: dict[str, list[float]] = {name: [] for name in models}
    predict: dict[str, list[float]] = {name: [] for name in models}
    for _ in range(repeats):
        whole.append(outside(clock, lambda: clone(plain).fit(X, y))[1])
        for name, model in models.items():
            fit[name].append(outside(clock, lambda model=model: model.fit(X, y))[0])
            predict[name].append(outside(clock, lambda model=model: model.predict_proba(X))[0])
    reference = median(whole)
    return {
        "rows": n,
        "plain fit, seconds": round(reference, 3),
        "outside the learner": {
            name: {
                "fit, seconds": round(median(fit[name]), 4),
                "fit, share of a plain fit": round(median(fit[name]) / reference, 4),
                "predict_proba, ns per row": round(median(predict[name]) / n * 1e9, 1),
            }
            for name in models
        },
    }


def stored(n: int, n_classes: int, repeats: int) -> dict[str, float]:
    """Nanoseconds per row where the learner costs nothing."""
    rng = np.random.default_rng(0)
    proba = rng.dirichlet(np.ones(n_classes), size=n)
    y = rng.integers(n_classes, size=n)
    learner = FrozenEstimator(StoredProba().fit(proba, y))
    shift = ClassShift.from_rates(dict(enumerate(np.linspace(0.1, 1, n_classes).tolist())))
    figures = {}
    for correction in ("shift", "sigmoid", "isotonic"):
        few = slice(0, 20_000)
        model = CorrectedClassifier(learner, correction=correction, shift=shift)
        model.fit(proba[few], y[few])
        for method in ("predict_proba", "decision_function", "predict"):
            seconds = []
            for _ in range(repeats + 1):
                start = time.perf_counter()
                getattr(model, method)(proba)
                seconds.append(time.perf_counter() - start)
            figures[f"{correction}, {method}"] = round(median(seconds[1:]) / n * 1e9, 1)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=QUESTION)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    figures = {
        "limits": LIMITS,
        "gradient boosting": boosting(options.rows, options.repeats),
        "stored probabilities, ns per row": {
            f"1,000,000 rows, {k} classes": stored(1_000_000, k, options.repeats) for k in (2, 5)
        },
    }
    print(write_results("corrected_classifier_overhead", QUESTION, figures))


if __name__ == "__main__":
    main()
