"""Whether sample and target overlap, without which no weights make one stand for the other."""

import warnings

import numpy as np

from imbalance_kit.weighting._ratio import RatioTask


def check_overlap(task: RatioTask) -> None:
    """Raise where a column separates sample and target; warn of levels the sample lacks.

    Raises
    ------
    ValueError
        Naming the columns whose values in the sample are all below, or all above, those in the
        target.
    """
    low, high = task.sample.min(axis=0), task.sample.max(axis=0)
    target_low, target_high = task.target.min(axis=0), task.target.max(axis=0)
    apart = (high < target_low) | (low > target_high)
    if apart.any():
        raise ValueError(
            f"Sample and target are perfectly separated by {_shown(task, apart)}: no row of the "
            "one is like any of the other, and no weights can make it so. Hint: drop these "
            "columns, if the question allows it, or restrict the target to what the sample covers."
        )
    indicator = (target_low == 0) & (target_high == 1) & (low == 0)
    lacking = indicator & (high == 0)
    if lacking.any():
        warnings.warn(
            f"The sample has no rows with {_shown(task, lacking)}, which the target has: that part "
            "of the target stays without weight. Hint: drop these rows of the target, or merge "
            "levels.",
            UserWarning,
            stacklevel=6,
        )


def warn_of_separation(task: RatioTask, log_odds: tuple[np.ndarray, np.ndarray]) -> None:
    """Warn where the scores of all rows of the target exceed those of all rows of the sample."""
    sample, target = log_odds
    if sample.max() < target.min():
        warnings.warn(
            "The model tells every row of the sample from every row of the target: they hardly "
            "overlap, and the weights extrapolate. Hint: fewer covariates, a stronger penalty, or "
            "a look at compute_balance for the columns that differ most.",
            UserWarning,
            stacklevel=6,
        )


def _shown(task: RatioTask, which: np.ndarray) -> str:
    return repr([task.names[j] for j in np.flatnonzero(which)])
