"""Classes that overlap, and neighbours by a full sort."""

from typing import Any

import numpy as np

SHAPES = [(60, 2, 2), (300, 5, 3), (500, 8, 2), (700, 20, 4), (1500, 12, 2)]


def overlapping(n: int, d: int, n_classes: int, seed: int = 0) -> tuple[Any, Any]:
    rng = np.random.default_rng([seed, n, d])
    y = rng.choice(
        n_classes, size=n, p=np.arange(n_classes, 0, -1) / (n_classes + 1) / n_classes * 2
    )
    return rng.normal(size=(n, d)) + y[:, None] * 0.5, y


def ranked(X: Any) -> Any:
    """Rows by distance, then number, from each row; itself last."""
    squares = ((X[:, None] - X[None]) ** 2).sum(axis=-1)
    np.fill_diagonal(squares, np.inf)
    return np.argsort(squares, axis=1, kind="stable")
