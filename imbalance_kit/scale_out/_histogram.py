"""Histograms of scores on a fixed grid: integers, so that they add up in any order to the same.

A bin is a sign-less float32 without its last fifteen bits: 256 bins between a number and its
double. No logarithm is taken, and the grid does not depend on the data.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

_DROPPED = 15
N_BINS = 1 << 16

Histogram = NDArray[np.int64]


def score_histogram(scores: NDArray[np.float64]) -> Histogram:
    """Return how many of the scores, at least 0, fall into each bin."""
    bins = scores.astype(np.float32).view(np.int32) >> _DROPPED
    return np.bincount(bins, minlength=N_BINS).astype(np.int64, copy=False)


def score_values(histogram: Histogram) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the middle of each bin that is not empty, and its count."""
    bins = np.flatnonzero(histogram).astype(np.int32)
    low = (bins << _DROPPED).view(np.float32).astype(np.float64)
    high = ((bins + 1) << _DROPPED).view(np.float32).astype(np.float64)
    middle = np.where(bins == 0, 0.0, (low + high) / 2)
    return middle, histogram[bins].astype(np.float64)


def add_histograms(parts: Iterable[Mapping[Any, Histogram]]) -> dict[Any, Histogram]:
    """Return the histograms of several pieces together."""
    total: dict[Any, Histogram] = {}
    for part in parts:
        for label, histogram in part.items():
            total[label] = total[label] + histogram if label in total else histogram
    return total
