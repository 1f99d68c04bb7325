"""Whether sample and target overlap, without which no weights make one stand for the other."""

import warnings
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._stacklevel import callers_stacklevel
from imbalance_kit.weighting._ratio import RatioTask

Array = NDArray[np.float64]

_EXPECTED = 10  # rows of a level where there are none: by chance once in exp(10) = 22,000 levels
_BEYOND = 0.1  # of the weight of one side, outside the values of the other


@dataclass(frozen=True)
class _Side:
    """The rows of sample or target, weights above 0, and the range of each column."""

    rows: Array
    weights: Array

    @cached_property
    def low(self) -> Array:
        """Smallest value of each column."""
        return np.asarray(self.rows.min(axis=0))

    @cached_property
    def high(self) -> Array:
        """Largest value of each column."""
        return np.asarray(self.rows.max(axis=0))


def check_overlap(task: RatioTask) -> None:
    """Raise where a column separates sample and target; warn of levels the sample lacks.

    Raises
    ------
    ValueError
        Naming the columns whose values in the sample are all below, or all above, those in the
        target.
    """
    sample, target = _sides(task)
    apart = (sample.high < target.low) | (sample.low > target.high)
    if apart.any():
        raise ValueError(
            f"Sample and target are perfectly separated by {_shown(task, apart)}: no row of the "
            "one is like any of the other, and no weights can make it so. Hint: drop these "
            "columns, if the question allows it, or restrict the target to what the sample covers."
        )
    lacking = _indicators(sample, target) & (sample.high == 0) & (target.high == 1)
    if lacking.any():
        _warn(
            f"The sample has no rows with {_shown(task, lacking)}, which the target has: that part "
            "of the target stays without weight. Hint: drop these rows of the target, or merge "
            "levels."
        )


def warn_of_partial_overlap(task: RatioTask, weights: Array) -> None:
    """Warn where sample and target, of which no column separates all rows, overlap in part only.

    Warned of are levels that the target lacks, where it would have some 10 rows of them if it were
    like the sample; and numbers of which more than a tenth of the target is outside the range of
    the sample, or more than a tenth of the weights found outside the range of the target, beyond
    what chance leaves there.

    Parameters
    ----------
    task : RatioTask
        Sample and target.
    weights : ndarray of shape (n_samples,)
        Weights found for the sample towards the target.
    """
    sample, target = _sides(task)
    indicators = _indicators(sample, target)
    _warn_of_unwanted_levels(task, indicators & (target.high == 0) & (sample.high == 1))
    beyond = _beyond(target, sample, ~indicators)
    if beyond:
        _warn(
            f"The sample has no rows like much of the target, where the weights extrapolate: "
            f"{_said(task, beyond, sample)}. Hint: restrict the target to what the sample covers, "
            "or drop the column."
        )
    beyond = _beyond(replace(sample, weights=weights), target, ~indicators)
    if beyond:
        _warn(
            "Much of the weight is with rows of the sample like which the target has none: "
            f"{_said(task, beyond, target)}. Hint: give these rows a sample_weight of 0, or take "
            "an estimator that is not linear."
        )


def warn_of_separation(log_odds: tuple[Array, Array]) -> bool:
    """Warn, and say so, where all scores of the target exceed all of the sample."""
    sample, target = log_odds
    separated = bool(sample.max() < target.min())
    if separated:
        _warn(
            "The model tells every row of the sample from every row of the target: they hardly "
            "overlap, and the weights extrapolate. Hint: fewer covariates, a stronger penalty, or "
            "a look at compute_balance for the columns that differ most."
        )
    return separated


def _sides(task: RatioTask) -> tuple[_Side, _Side]:
    return _Side(task.sample, task.sample_weight), _Side(task.target, task.target_weight)


def _indicators(sample: _Side, target: _Side) -> NDArray[np.bool_]:
    """Return which columns go from 0 to 1, or stay at either."""
    ends = np.array([sample.low, sample.high, target.low, target.high])
    indicators: NDArray[np.bool_] = ((ends == 0) | (ends == 1)).all(axis=0)
    return indicators


def _warn_of_unwanted_levels(task: RatioTask, alone: NDArray[np.bool_]) -> None:
    """Warn of levels that only the sample has, where that is no accident of a small target."""
    columns = np.flatnonzero(alone)
    shares = task.sample_weight @ task.sample[:, columns] / task.sample_weight.sum()
    said = [
        f"{task.names[j]!r} ({share:.3g} of the sample)"
        for j, share in zip(columns.tolist(), shares.tolist(), strict=True)
        if share * len(task.target) >= _EXPECTED
    ]
    if said:
        _warn(
            f"No row of the target has {', '.join(said)}: rows that do stand for nobody, and get "
            "next to no weight. Hint: to keep them, fill gaps, merge levels, or leave the column "
            "out."
        )


def _beyond(side: _Side, other: _Side, columns: NDArray[np.bool_]) -> dict[int, float]:
    """Return the columns of which much of a side is outside the values of the other, and how much.

    Of equal distributions, n rows leave 2 / (n + 1) outside their range on average, and more than
    10 / n in one case of 2,000.
    """
    most = _BEYOND + 10 / len(other.rows)
    wider = columns & ((side.low < other.low) | (side.high > other.high))
    shares = {}
    for j in np.flatnonzero(wider).tolist():
        values = side.rows[:, j]
        outside = (values < other.low[j]) | (values > other.high[j])
        shares[j] = float(side.weights @ outside / side.weights.sum())
    return {j: share for j, share in shares.items() if share > most}


def _said(task: RatioTask, beyond: dict[int, float], within: _Side) -> str:
    return ", ".join(
        f"{share:.0%} beyond {within.low[j]:.4g} to {within.high[j]:.4g} in {task.names[j]!r}"
        for j, share in beyond.items()
    )


def _shown(task: RatioTask, which: NDArray[np.bool_]) -> str:
    return repr([task.names[j] for j in np.flatnonzero(which)])


def _warn(message: str) -> None:
    warnings.warn(message, UserWarning, stacklevel=callers_stacklevel())
