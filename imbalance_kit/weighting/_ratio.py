"""What a density-ratio estimator is given, and what it gives back."""

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from imbalance_kit.weighting._folds import content_folds

Array = NDArray[np.float64]


@dataclass(frozen=True)
class RatioTask:
    """A sample and a target as numbers, rows of weight zero left out.

    Invariant: weights are positive; `folds` are those of sample and target, 0, ..., n_folds - 1,
    and functions of what is in the rows, not of their order.
    """

    sample: Array
    target: Array
    sample_weight: Array
    target_weight: Array
    names: tuple[str, ...]
    n_folds: int

    @cached_property
    def folds(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Folds of the sample's and the target's rows."""
        return (
            content_folds(self.sample, self.sample_weight, self.n_folds),
            content_folds(self.target, self.target_weight, self.n_folds),
        )


class LogRatio(Protocol):
    """Rows as numbers to the log of the density ratio target over sample, up to a constant."""

    def __call__(self, rows: Array) -> Array:
        """Return log r, -inf where r is zero."""
        ...


@runtime_checkable
class RatioEstimator(Protocol):
    """What `PropensityWeighter` takes as `estimator` beside classifiers."""

    def fit_ratio(self, task: RatioTask) -> LogRatio:
        """Return the fitted ratio."""
        ...
