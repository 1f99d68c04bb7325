"""Gaussian kernels between rows and a few centres."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._moments import means_and_spreads
from imbalance_kit.weighting._folds import content_hash

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Standardise:
    """Columns less `centre`, divided by `scale`."""

    centre: Array
    scale: Array

    def __call__(self, rows: Array) -> Array:
        """Return the standardised rows."""
        return (rows - self.centre) / self.scale


@dataclass(frozen=True)
class GaussianKernel:
    """``exp(-|x - c|² / 2σ²)`` of standardised rows."""

    scaling: Standardise
    centres: Array
    width: float

    def __call__(self, rows: Array) -> Array:
        """Return the features of rows, shape (n_rows, n_centres)."""
        x = self.scaling(rows)
        apart = (
            (x * x).sum(axis=1)[:, None] + (self.centres**2).sum(axis=1) - 2 * x @ self.centres.T
        )
        features: Array = np.exp(np.maximum(apart, 0) / (-2 * self.width**2))
        return features


def standardise(rows: Array, weights: Array) -> Standardise:
    """Learn means and standard deviations; a column that does not vary is left in its units."""
    centre, scale = means_and_spreads(rows, weights / weights.sum())
    return Standardise(centre, np.where(scale > 0, scale, 1.0))


def centres_of(rows: Array, size: int) -> Array:
    """Return some distinct rows, by the order of a hash of what is in them."""
    _, first = np.unique(content_hash(rows), return_index=True)
    return rows[first[:size]]


def median_distance(rows: Array) -> float:
    """Return the median distance between different rows, 1 where there is one alone."""
    square = (rows * rows).sum(axis=1)
    apart = square[:, None] + square - 2 * rows @ rows.T
    pairs = apart[np.triu_indices(len(rows), 1)]
    distance = float(np.sqrt(max(np.median(pairs), 0.0))) if len(pairs) else 0.0
    return distance or 1.0
