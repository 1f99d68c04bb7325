"""The expected calibration error: by hand, what noise makes of it, coverage of its interval."""

import numpy as np
import pytest
from scipy.special import expit, logit

from imbalance_kit.diagnostics import _calibration_error as module
from imbalance_kit.diagnostics._calibration_bins import bin_predictions, tabulate_predictions
from imbalance_kit.diagnostics._calibration_error import (
    calibration_error_interval,
    error_if_calibrated,
    expected_calibration_error,
)


def _bins(p, y, w=None, n_bins=10):
    return bin_predictions(tabulate_predictions(p, np.asarray(y, dtype=bool), w), n_bins)


def test_by_hand() -> None:
    bins = _bins(np.array([0.1, 0.1, 0.5, 0.5, 0.5]), [0, 0, 0, 1, 1], n_bins=2)
    assert expected_calibration_error(bins) == pytest.approx(0.4 * 0.1 + 0.6 * (2 / 3 - 0.5))


@pytest.mark.parametrize("rate", [0.003, 0.2, 0.97])
def test_error_if_calibrated_is_the_mean_deviation_of_a_binomial(rate: float) -> None:
    """One bin of equal predictions: the sum over all counts, written out."""
    from scipy.stats import binom

    n = 40
    bins = _bins(np.full(n, rate), np.zeros(n))
    counts = np.arange(n + 1)
    expected = np.sum(binom.pmf(counts, n, rate) * np.abs(counts / n - rate))
    assert error_if_calibrated(bins) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("thinned", [False, True])
@pytest.mark.parametrize("shape", [(1, 30), (0.3, 0.3)])
def test_error_if_calibrated_is_the_mean_of_simulated_errors(
    shape: tuple[float, float], thinned: bool
) -> None:
    """Tolerance: 4 standard errors of the mean of 400 samples, and 3 % for the approximation that
    a bin of unequal predictions is a binomial count with the same variance."""
    rng = np.random.default_rng(0)
    errors, expected = [], []
    for _ in range(400):
        p = rng.beta(*shape, 1000)
        y = rng.random(1000) < p
        weights = None
        if thinned:
            keep = y | (rng.random(1000) < 0.4)
            p, y, weights = p[keep], y[keep], np.where(y, 1.0, 2.5)[keep]
        bins = _bins(p, y, weights)
        errors.append(expected_calibration_error(bins))
        expected.append(error_if_calibrated(bins))
    tolerance = 4 * np.std(errors) / 20 + 0.03 * np.mean(errors)
    # Thinning makes weights depend on y within bins where p varies; more so in wide bins.
    tolerance += 0.05 * np.mean(errors) if thinned else 0.0
    assert abs(np.mean(errors) - np.mean(expected)) < tolerance


def test_nothing_is_left_to_chance_at_zero_and_one() -> None:
    bins = _bins(np.repeat([0.0, 1.0], 50), np.repeat([0, 1], 50), n_bins=2)
    assert error_if_calibrated(bins) == 0.0
    assert error_if_calibrated(_bins(np.repeat([0.0, 1.0], 50), np.zeros(100), n_bins=1)) == 0.0
    assert expected_calibration_error(bins) == 0.0
    low, high = calibration_error_interval(bins, 0.95)
    # No event in 50 rows does not exclude a rate of a few per cent.
    assert low == 0.0
    assert 0.01 < high < 0.1


def _just_right(p):
    return p


def _too_extreme(p):
    return expit(0.8 * logit(p) - 0.3)


def _moved(p):
    return expit(logit(p) + 0.4)


def _wrong_at_the_top(p):
    return np.where(p > 0.68, 0.6 * p, p)


@pytest.mark.parametrize("truth", [_just_right, _too_extreme, _moved, _wrong_at_the_top])
@pytest.mark.parametrize("n", [300, 3000])
def test_interval_covers(truth, n: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Coverage of the 95 % interval over 60 samples: at least .95 less 3 standard errors (.866).

    Conservative intervals are accepted, useless ones are not: the width stays below three times
    the error that noise alone makes, plus the true error. Coarser than usual, for speed.
    """
    monkeypatch.setattr(module, "_N_DRAWS", 400)
    monkeypatch.setattr(module, "_N_HALVINGS", 7)
    rng = np.random.default_rng(1)
    covered, wide = 0, 0
    for _ in range(60):
        p = rng.beta(1, 2, n)
        rate = truth(p)
        bins = _bins(p, rng.random(n) < rate)
        number = np.searchsorted(bins.upper, p)
        mean = np.bincount(number, rate) / bins.count
        error = bins.share @ np.abs(mean - bins.mean_predicted)
        low, high = calibration_error_interval(bins, 0.95)
        covered += low - 1e-12 <= error <= high
        wide += high - low > 3 * error_if_calibrated(bins) + error
    assert covered >= 60 * (0.95 - 3 * np.sqrt(0.95 * 0.05 / 60))
    assert wide <= 3


def test_interval_starts_at_zero_where_calibration_is_not_rejected() -> None:
    rng = np.random.default_rng(2)
    p = rng.beta(1, 30, 5000)
    low, high = calibration_error_interval(_bins(p, rng.random(5000) < p), 0.95)
    assert low == 0.0
    assert high > 0.0
    low, high = calibration_error_interval(_bins(p, rng.random(5000) < p / 2), 0.95)
    assert 0.0 < low < 0.016 < high


def test_interval_is_reproducible_and_nested() -> None:
    rng = np.random.default_rng(3)
    p = rng.beta(1, 5, 1000)
    bins = _bins(p, rng.random(1000) < p**1.3)
    wide, narrow = (calibration_error_interval(bins, level) for level in (0.99, 0.5))
    assert wide == calibration_error_interval(bins, 0.99)
    assert wide[0] <= narrow[0] <= narrow[1] <= wide[1]
    assert wide[1] >= expected_calibration_error(bins)


def test_interval_of_the_base_rate_is_not_a_point() -> None:
    """Predicting the observed rate has an error of 0 in this sample, not in the population."""
    y = np.repeat([0, 1], [970, 30])
    low, high = calibration_error_interval(_bins(np.full(1000, 0.03), y), 0.95)
    assert low == 0.0
    assert 0.5 * np.sqrt(0.03 * 0.97 / 1000) < high < 4 * np.sqrt(0.03 * 0.97 / 1000)


def test_interval_does_not_depend_on_the_unit_of_weights() -> None:
    rng = np.random.default_rng(4)
    p, w = rng.beta(1, 5, 600), rng.choice([1.0, 2.0, 4.0], 600)
    y = rng.random(600) < p
    assert calibration_error_interval(_bins(p, y, w), 0.9) == calibration_error_interval(
        _bins(p, y, w * 1024.0), 0.9
    )
