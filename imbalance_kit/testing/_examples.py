"""The small data the laws run on: labels 0, 1, 2 from the largest class to the smallest."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._containers import take_rows
from imbalance_kit.testing._assertions import dense
from imbalance_kit.weighting import Population

_SLOPES = np.array([[0.0, 0.0], [1.0, -0.6], [-0.5, 1.0]])
_INTERCEPTS = np.array([0.0, -2.2, -2.7])


@dataclass(frozen=True)
class Example:
    """Rows, labels and whole-number weights.

    Invariant: the rows of `X`, `y` and `weights` agree, and the classes are in no order.
    """

    X: NDArray[np.float64]
    y: NDArray[Any]
    weights: NDArray[np.float64]

    @property
    def classes(self) -> list[Any]:
        """Labels that occur, sorted."""
        labels: list[Any] = np.unique(self.y).tolist()
        return labels

    def members(self, label: Any) -> NDArray[np.intp]:
        """Rows of a class, ascending."""
        return np.flatnonzero(self.y == label)

    def totals(self, values: NDArray[Any] | None = None) -> NDArray[np.float64]:
        """Sum of `values` (the weights where None) per class."""
        values = self.weights if values is None else values
        return np.array([values[self.y == label].sum() for label in self.classes], dtype=float)

    def take(self, rows: NDArray[np.intp]) -> "Example":
        """Return the example of these rows."""
        return Example(self.X[rows], self.y[rows], self.weights[rows])

    def with_labels(self, mapping: dict[Any, Any], *, dtype: Any = None) -> "Example":
        """Return the same rows under other labels."""
        labels = np.array([mapping[label] for label in self.y.tolist()], dtype=dtype)
        return Example(self.X, labels, self.weights)


def of_sizes(*sizes: int, seed: int = 0) -> Example:
    """Return an example with that many rows of the classes 0, 1, ..."""
    rng = np.random.default_rng([seed, *sizes])
    y = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    X = rng.normal(size=(len(y), 4)) + y[:, None] * [1.0, 0.5, 0.0, -0.5]
    return Example(X, y, rng.integers(1, 4, size=len(y)).astype(np.float64))


def of_classes(n_classes: int) -> Example:
    """Return the example that most laws run on, with two or three classes."""
    return of_sizes(48, 24, 12) if n_classes == 3 else of_sizes(48, 16)


def repeated(example: Example) -> tuple[Example, NDArray[np.intp]]:
    """Return every row as often as its weight says, under weights of one, and the source rows."""
    source = np.repeat(np.arange(len(example.y)), example.weights.astype(int))
    rows = example.take(source)
    return Example(rows.X, rows.y, np.ones(len(source))), source


def population_of(X: Any) -> Population:
    """Return a population for the rows of X: each once, weighted up with its first column.

    So it is the same for rows in another order, in another container, or repeated.
    """
    rows = dense(X).astype(np.float64)
    _, first = np.unique(rows, axis=0, return_index=True)
    weight = np.exp(0.5 * np.tanh(np.nan_to_num(rows[first, 0])))
    return Population(take_rows(X, first), weight)


def true_probabilities(X: NDArray[np.float64], n_classes: int) -> NDArray[np.float64]:
    """Return ``P(y=k | x)`` of :func:`known_truth`."""
    odds = np.exp(X @ _SLOPES[:n_classes].T + _INTERCEPTS[:n_classes])
    proba: NDArray[np.float64] = odds / odds.sum(axis=1, keepdims=True)
    return proba


def known_truth(seed: int, n_samples: int, n_classes: int = 2) -> Example:
    """Draw labels from a logistic model: two classes at about 14 %, three at about 14 and 9 %."""
    rng = np.random.default_rng([seed, n_samples, n_classes])
    X = rng.normal(size=(n_samples, 2))
    bounds = true_probabilities(X, n_classes).cumsum(axis=1)[:, :-1]
    y = (rng.random((n_samples, 1)) > bounds).sum(axis=1)
    return Example(X, y, np.ones(n_samples))
