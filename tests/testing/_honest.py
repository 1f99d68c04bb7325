"""Samplers, a weighter and a classifier that keep every law, written without the package's own.

They stand for what a user might bring, and every mutant is one of them with one thing wrong.
"""

import zlib
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.linear_model import LogisticRegression

from imbalance_kit import ClassShift, ClassWeighter


class HonestSampler(BaseEstimator):
    """Thin every class to the total of the lightest."""

    _sampling_type = "under-sampling"

    def __init__(self, sampling_strategy: Any = "auto", random_state: Any = None) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state

    def fit_resample(self, X: Any, y: Any, *, sample_weight: Any = None) -> Any:
        labels = np.asarray(y)
        weights = self._weights(labels, sample_weight)
        rates = self._rates(labels, weights)
        drawn = [
            self._draw(members, max(1, int(len(members) * rate + 1e-9)), label)
            for label, rate in rates.items()
            for members in [np.flatnonzero(labels == label)]
        ]
        rows = np.sort(np.concatenate(drawn))
        self.sample_indices_ = rows
        self.carried_weight_ = self._carried(weights, rows)
        after = {k: self.carried_weight_[labels[rows] == k].sum() for k in rates}
        before = {k: weights[labels == k].sum() for k in rates}
        self.shift_ = self._shift(before, after)
        self.sample_weight_ = self._sample_weight(labels[rows])
        return self._output(X, y, rows)

    def fit_weights(self, X: Any, y: Any, *, sample_weight: Any = None) -> Any:
        labels = np.asarray(y)
        weights = self._weights(labels, sample_weight)
        rates = self._rates(labels, weights)
        self.shift_ = ClassShift.from_rates(rates)
        return weights * np.array([rates[label] for label in labels.tolist()])

    def _weights(self, labels: Any, sample_weight: Any) -> Any:
        return np.ones(len(labels)) if sample_weight is None else np.asarray(sample_weight)

    def _rates(self, labels: Any, weights: Any) -> dict[Any, float]:
        totals = {k: weights[labels == k].sum() for k in np.unique(labels).tolist()}
        return {label: min(totals.values()) / total for label, total in totals.items()}

    def _stream(self, label: Any) -> Any:
        return np.random.default_rng([self._seed(), zlib.crc32(repr(label).encode())])

    def _seed(self) -> int:
        fresh = np.random.SeedSequence().entropy
        return fresh if self.random_state is None else self.random_state

    def _draw(self, members: Any, size: int, label: Any) -> Any:
        return self._stream(label).choice(members, size=size, replace=False)

    def _carried(self, weights: Any, rows: Any) -> Any:
        return weights[rows]

    def _shift(self, before: dict[Any, float], after: dict[Any, float]) -> ClassShift:
        return ClassShift.from_counts(before, after)

    def _sample_weight(self, labels: Any) -> Any:
        factors = self.shift_.factors
        return self.carried_weight_ / np.array([factors[label] for label in labels.tolist()])

    def _output(self, X: Any, y: Any, rows: Any) -> Any:
        return take(X, rows), take(y, rows)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.estimator_type = "sampler"
        tags.input_tags.sparse = True
        return tags


class HonestPoisson(BaseEstimator):
    """Keep each row of the commonest class by the toss of a coin, which is another in every fit."""

    _sampling_type = "under-sampling"

    def __init__(self, rate: float = 0.5, random_state: Any = None) -> None:
        self.rate = rate
        self.random_state = random_state

    def fit_resample(self, X: Any, y: Any, *, sample_weight: Any = None) -> Any:
        labels = np.asarray(y)
        weights = np.ones(len(labels)) if sample_weight is None else np.asarray(sample_weight)
        classes, common, pi = self._probabilities(labels)
        self.inclusion_probability_ = pi
        kept = np.ones(len(pi), dtype=bool)
        chances = self._of(pi[labels == common])
        kept[labels == common] = self._tosses(labels, common) < chances
        rows = np.flatnonzero(kept)
        self.sample_indices_ = rows
        self.carried_weight_ = weights[rows]
        self.sample_weight_ = self._undone(weights[rows], pi[rows])
        rates = dict.fromkeys(classes.tolist(), 1.0) | {common: pi.min()}
        self.shift_ = ClassShift.from_rates(rates)
        return take(X, rows), take(y, rows)

    def fit_weights(self, X: Any, y: Any, *, sample_weight: Any = None) -> Any:
        _, _, pi = self._probabilities(np.asarray(y))
        return pi if sample_weight is None else pi * np.asarray(sample_weight)

    def _probabilities(self, labels: Any) -> Any:
        """Return the classes, the commonest, and probabilities that depend on the seed."""
        classes, counts = np.unique(labels, return_counts=True)
        common = classes.tolist()[counts.argmax()]
        rate = self.rate * np.random.default_rng(self.random_state).uniform(0.8, 1.2)
        return classes, common, np.where(labels == common, rate, 1.0)

    def _tosses(self, labels: Any, common: Any) -> Any:
        stream = np.random.default_rng(None if self.random_state is None else [self.random_state])
        return stream.random(np.count_nonzero(labels == common))

    def _of(self, rate: Any) -> Any:
        return rate

    def _undone(self, carried: Any, pi: Any) -> Any:
        return carried / pi

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.estimator_type = "sampler"
        tags.input_tags.sparse = True
        return tags


class HonestInterpolator(BaseEstimator):
    """Add a row between every row of the rarest class and the one before it."""

    def fit_resample(self, X: Any, y: Any) -> Any:
        labels = np.asarray(y)
        classes, counts = np.unique(labels, return_counts=True)
        seeds = np.flatnonzero(labels == classes[counts.argmin()])
        ends, steps = np.roll(seeds, 1), self._steps(len(seeds))
        rows = np.asarray(X.toarray() if hasattr(X, "toarray") else X)
        made = rows[seeds] + steps[:, None] * (rows[ends] - rows[seeds])
        self.sample_indices_ = np.concatenate([np.arange(len(labels)), seeds])
        self.synthetic_mask_ = np.arange(len(self.sample_indices_)) >= len(labels)
        self.neighbor_indices_ = np.concatenate([np.full(len(labels), self._none()), ends])
        self.steps_ = np.concatenate([np.full(len(labels), np.nan), self._recorded(steps)])
        return like(X, np.concatenate([rows, made])), take(y, self.sample_indices_)

    def _steps(self, n: int) -> Any:
        return np.linspace(0.1, 0.9, n)

    def _none(self) -> int:
        return -1

    def _recorded(self, steps: Any) -> Any:
        return steps

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.estimator_type = "sampler"
        tags.input_tags.sparse = True
        return tags


class HonestClassifier(ClassifierMixin, BaseEstimator):
    """Weight the classes, train, undo."""

    def __init__(self, estimator: Any = None, random_state: Any = None) -> None:
        self.estimator = estimator
        self.random_state = random_state

    def fit(self, X: Any, y: Any, *, sample_weight: Any = None) -> Any:
        weighter = ClassWeighter()
        weights = weighter.fit_weights(X, y, sample_weight=sample_weight)
        self.shift_, self.correction_ = weighter.shift_, "shift"
        self.estimator_ = clone(self.estimator).fit(X, y, sample_weight=weights)
        self.classes_ = self.estimator_.classes_
        return self

    def predict_proba(self, X: Any) -> Any:
        return self.shift_.undo(self.estimator_.predict_proba(X))

    def predict(self, X: Any) -> Any:
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


def honest_classifier(cls: type = HonestClassifier) -> Any:
    return cls(LogisticRegression(C=100.0))


def like(X: Any, values: Any) -> Any:
    if isinstance(X, list):
        return values.tolist()
    if hasattr(X, "columns"):
        names = "columns" if hasattr(X, "iloc") else "schema"
        return type(X)(values, **{names: list(X.columns)})
    return type(X)(values) if hasattr(X, "toarray") else values


def take(X: Any, rows: Any) -> Any:
    if isinstance(X, list):
        return [X[i] for i in rows]
    return X.iloc[rows] if hasattr(X, "iloc") else X[rows]
