"""What unequal weights cost: effective sample size, design effect, concentration."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._validation import check_sample_weight

_Floats = NDArray[np.float64]


def effective_sample_size(weights: Any) -> float:
    """Return how many equally weighted rows the weighted rows are worth.

    Use it to see what weighting costs in precision: the variance of a weighted mean is about that
    of a plain mean over so many rows. This is the cost for a variable that has nothing to do with
    the weights; where the weights explain the outcome the true loss is smaller, or a gain: see the
    standard error of :func:`estimate_mean`.

    Parameters
    ----------
    weights : array-like of shape (n_samples,)
        Weights, at least 0 and not all zero. Their scale does not matter.

    Returns
    -------
    size : float in [1, n_samples]
        Kish's effective sample size.

    Raises
    ------
    ValueError
        If weights are negative, NaN, infinite or all zero, or not one-dimensional.

    See Also
    --------
    design_effect : The number of rows over this.
    compute_weight_summary : This and more about the weights.

    Notes
    -----
    ``(Σ w)² / Σ w²``. Rows of weight 0 add nothing.

    References
    ----------
    Kish (1965), Survey Sampling, Wiley.

    Examples
    --------
    >>> from imbalance_kit import effective_sample_size
    >>> effective_sample_size([2, 2, 2, 2])
    4.0
    >>> effective_sample_size([1, 0, 0, 1])
    2.0
    """
    checked = _check(weights)
    return len(checked) / signed_design_effect(checked)


def design_effect(weights: Any) -> float:
    """Return the factor by which unequal weights inflate the variance of a mean.

    Use it to compare weightings of the same rows, or as a cap. It does not know the outcome: see
    :func:`effective_sample_size` for what that means.

    Parameters
    ----------
    weights : array-like of shape (n_samples,)
        Weights, at least 0 and not all zero. Their scale does not matter.

    Returns
    -------
    effect : float in [1, n_samples]
        Kish's design effect; 1 where all weights are equal.

    Raises
    ------
    ValueError
        If weights are negative, NaN, infinite or all zero, or not one-dimensional.

    See Also
    --------
    effective_sample_size : The number of rows over this.

    Notes
    -----
    ``mean(w²) / mean(w)²``, which is 1 plus the squared coefficient of variation of the weights.
    Rows of weight 0 count as rows.

    References
    ----------
    Kish (1965), Survey Sampling, Wiley.

    Examples
    --------
    >>> from imbalance_kit import design_effect
    >>> design_effect([5, 5, 5])
    1.0
    >>> design_effect([1, 0, 0, 1])
    2.0
    """
    return signed_design_effect(_check(weights))


def top_share(weights: _Floats, fraction: float = 0.01) -> float:
    """Return the share of the total weight that the heaviest `fraction` of the rows holds.

    At least one row is counted. Equal weights give about `fraction`.
    """
    count = max(1, round(fraction * len(weights)))
    heaviest = np.partition(weights, len(weights) - count)[len(weights) - count :]
    return float(heaviest.sum() / weights.sum())


def signed_design_effect(weights: _Floats) -> float:
    """Return Kish's design effect of checked weights, of which some may be negative."""
    # By the largest, so that no square over- or underflows.
    scaled = weights / np.abs(weights).max()
    return float(len(scaled) * np.dot(scaled, scaled) / scaled.sum() ** 2)


def _check(weights: Any) -> _Floats:
    length = len(weights) if hasattr(weights, "__len__") else 0
    checked = check_sample_weight(weights, length, name="weights")
    if checked is None:
        raise TypeError("`weights` must be an array of numbers, got None.")
    return checked
