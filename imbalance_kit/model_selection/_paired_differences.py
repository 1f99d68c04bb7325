"""Is one strategy better than another? Paired differences over folds that share training rows.

The folds of a cross-validation are not independent: any two of their training sets overlap, so that
a whole data set that happens to favour one strategy favours it in every fold. The plain standard
error of the mean over folds does not see this and is far too small. Nadeau and Bengio (2003) add
the share of it that the overlap hides, ``n_test / n_train``, to the variance factor ``1 / J``.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

_Floats = NDArray[np.float64]

CONFIDENCE = 0.95
_SAME = 1e-10  # differences below it are rounding, not results


@dataclass(frozen=True)
class PairedDifference:
    """Mean difference over folds, its corrected error, interval, and two-sided p-value."""

    mean: float
    standard_error: float
    low: float
    high: float
    p_value: float


def corrected_error(values: _Floats, test_to_train: float) -> float:
    """Return the standard error of a mean over J folds: ``sqrt(s² (1 / J + n_test / n_train))``."""
    n_folds = len(values)
    return float(np.sqrt(values.var(ddof=1) * (1.0 / n_folds + test_to_train)))


def paired_difference(
    values: _Floats, reference: _Floats, test_to_train: float
) -> PairedDifference:
    """Compare two strategies on the same folds, by Student's t with J - 1 degrees of freedom.

    Parameters
    ----------
    values, reference : ndarray of shape (n_folds,)
        Scores of the two strategies, fold by fold.
    test_to_train : float
        Held-out rows per training row: ``1 / (k - 1)`` for k folds.
    """
    differences = values - reference
    differences = np.where(np.abs(differences) < _SAME, 0.0, differences)
    mean, error = float(differences.mean()), corrected_error(differences, test_to_train)
    if error < _SAME:  # the same difference in every fold: nothing is left to chance
        return PairedDifference(mean, 0.0, mean, mean, 1.0 if mean == 0.0 else 0.0)
    freedom = len(differences) - 1
    half = error * float(stats.t.ppf((1.0 + CONFIDENCE) / 2.0, freedom))
    p_value = 2.0 * float(stats.t.sf(abs(mean) / error, freedom))
    return PairedDifference(mean, error, mean - half, mean + half, p_value)


def adjust_p_values(p_values: _Floats, differences: _Floats) -> _Floats:
    """Adjust for the number of strategies by Holm's method, equal comparisons counted once.

    A correction that keeps the order of the rows leaves every ranking metric as it was, so two
    rows of a report often hold one comparison, and a moved threshold ranks as its model does. Equal
    columns of differences are one test; a column of zeros is none.

    Parameters
    ----------
    p_values : ndarray of shape (n_strategies,)
        Two-sided p-values.
    differences : ndarray of shape (n_strategies, n_folds)
        The differences that they belong to.
    """
    rounded = np.where(np.abs(differences) < _SAME, 0.0, np.round(differences / _SAME) * _SAME)
    tested = np.flatnonzero(rounded.any(axis=1))
    adjusted = np.ones(len(p_values))
    if len(tested):
        _, first, group = np.unique(rounded[tested], axis=0, return_index=True, return_inverse=True)
        adjusted[tested] = holm(p_values[tested][first])[group.ravel()]
    return adjusted


def holm(p_values: _Floats) -> _Floats:
    """Return Holm's step-down adjusted p-values: the i-th smallest of m times m - i + 1."""
    order = np.argsort(p_values, kind="stable")
    steps = np.arange(len(p_values), 0, -1) * p_values[order]
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return adjusted
