"""The expected calibration error: what it is, what chance alone makes of it, and its interval.

The error is a mean of absolute values, so sampling noise adds to it and never cancels: a perfectly
calibrated model shows an error above 0 in every sample. A plain bootstrap adds the noise a second
time and then never covers 0. Two numbers put this right: the error to expect of a calibrated model
with the same bins, in closed form, and an interval that inverts the test "is the true error t?".
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from imbalance_kit.diagnostics._calibration_bins import BinTable

_Floats = NDArray[np.float64]

_SEED = 20_080_901  # one fixed stream: the same data give the same interval
_N_DRAWS = 1_000
_N_HALVINGS = 9
_MAX_TRIALS = 2.0**40
_CLEAR = 2.5  # standard errors; 2 and less gave intervals that miss too often, see the tests


def expected_calibration_error(bins: BinTable) -> float:
    """Weighted mean over the bins of ``|observed rate - mean prediction|``."""
    return float(bins.share @ np.abs(bins.observed_rate - bins.mean_predicted))


def error_if_calibrated(bins: BinTable) -> float:
    """Return the mean of the calibration error were every prediction right.

    The mean absolute deviation of a binomial count of n trials at rate p about n p is
    ``2 m (1 - p) P(count = m)`` with m = floor(n p) + 1 (De Moivre). The rows of a bin do not all
    have its mean prediction; n is raised until the variance of the rate is that of its rows.
    """
    p = bins.mean_predicted
    spread = np.ones_like(p)
    np.divide(bins.variance, p * (1.0 - p), out=spread, where=(p > 0.0) & (p < 1.0))
    random = spread < 1.0 - 1e-12  # else every prediction is 0 or 1, and nothing is left to chance
    n = _trials(bins.effective_size(p) / np.where(random, 1.0 - spread, 1.0))
    m = np.floor(n * p) + 1.0
    deviation = 2.0 * m * (1.0 - p) * stats.binom.pmf(m, n, p) / n
    return float(bins.share @ np.where(random, deviation, 0.0))


def calibration_error_interval(bins: BinTable, confidence: float) -> tuple[float, float]:
    """Return an equal-tailed interval for the calibration error of the population in these bins.

    The true rate of bin b is taken to lie at ``mean_predicted + t * direction``. For a given t the
    counts are binomial and the errors that samples would show are simulated; the interval holds the
    true errors for which the observed one is in neither tail. Its lower end is 0 exactly where the
    test of perfect calibration does not reject. The upper end is never below the observed error.

    The two ends take the direction that is harder for them. Error in few bins is seen in full, so
    the lower end keeps of the observed deviations only what noise does not explain. Error spread
    over all bins hides in their noise, so the upper end has every bin off by the noise at least.
    """
    observed, tail = expected_calibration_error(bins), (1.0 - confidence) / 2.0
    # An error that is only just reached must count as reached, whatever the rounding.
    slack = 1e-12 + 1e-9 * observed
    noise = _noise(bins)

    few = _clear_deviation(bins, noise)
    low = _last_true(lambda t: np.mean(_shown(bins, few, t) >= observed - slack) < tail)
    spread = _spread_deviation(bins, noise)
    high = _last_true(lambda t: np.mean(_shown(bins, spread, t) <= observed + slack) >= tail)
    return _true_error(bins, few, low), max(_true_error(bins, spread, high), observed)


def _trials(size: _Floats) -> _Floats:
    trials: _Floats = np.clip(np.rint(size), 1.0, _MAX_TRIALS)
    return trials


def _shown(bins: BinTable, direction: _Floats, t: float) -> _Floats:
    """Errors that samples would show; the same stream for every t keeps them comparable."""
    rate = _rate(bins, direction, t)
    n = _trials(bins.effective_size(rate)).astype(np.int64)
    counts = np.random.default_rng(_SEED).binomial(n, rate, size=(_N_DRAWS, len(rate)))
    errors: _Floats = np.abs(counts / n - bins.mean_predicted) @ bins.share
    return errors


def _true_error(bins: BinTable, direction: _Floats, t: float) -> float:
    return float(bins.share @ np.abs(_rate(bins, direction, t) - bins.mean_predicted))


def _rate(bins: BinTable, direction: _Floats, t: float) -> _Floats:
    rate: _Floats = np.clip(bins.mean_predicted + t * direction, 0.0, 1.0)
    return rate


def _noise(bins: BinTable) -> _Floats:
    """Standard error of the observed rate of a calibrated bin, and of one row at least."""
    p, size = bins.mean_predicted, bins.effective_size(bins.mean_predicted)
    noise: _Floats = np.sqrt(p * (1.0 - p) / size + size**-2.0)
    return noise


def _clear_deviation(bins: BinTable, noise: _Floats) -> _Floats:
    """Return the observed deviations that noise hardly explains, or at least the clearest."""
    deviation = bins.observed_rate - bins.mean_predicted
    errors = np.abs(deviation) / noise
    return np.where(errors >= min(_CLEAR, errors.max()), deviation, 0.0)


def _spread_deviation(bins: BinTable, noise: _Floats) -> _Floats:
    """Return the observed deviations, raised to the size of the noise."""
    p = bins.mean_predicted
    deviation = bins.observed_rate - p
    inwards = np.where(p < 0.5, 1.0, -1.0)
    sign = np.where(deviation == 0.0, inwards, np.sign(deviation))
    spread: _Floats = sign * np.maximum(np.abs(deviation), noise)
    return spread


def _last_true(condition: Callable[[float], np.bool_]) -> float:
    """Return the largest t >= 0 with a condition that, as t grows, holds first and then fails."""
    if not condition(0.0):
        return 0.0
    low, high = 0.0, 1.0
    while condition(high) and high < 1e6:
        low, high = high, 2.0 * high
    for _ in range(_N_HALVINGS):
        middle = (low + high) / 2.0
        low, high = (middle, high) if condition(middle) else (low, middle)
    return (low + high) / 2.0
