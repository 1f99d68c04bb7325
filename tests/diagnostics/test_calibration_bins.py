"""Equal-mass bins, the parts of the Brier score, Wilson's interval, the histogram."""

import numpy as np
import pytest
from scipy import stats
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from imbalance_kit.diagnostics._calibration_bins import (
    HISTOGRAM_EDGES,
    SCALE_EDGES,
    bin_predictions,
    decompose_brier,
    share_per_cell,
    tabulate_predictions,
    wilson_interval,
)


def _bins(p, y, w=None, n_bins=10):
    weights = None if w is None else np.asarray(w, dtype=float)
    table = tabulate_predictions(np.asarray(p, dtype=float), np.asarray(y, dtype=bool), weights)
    return bin_predictions(table, n_bins)


def test_bins_by_hand() -> None:
    bins = _bins([0.1, 0.2, 0.3, 0.4], [0, 1, 0, 1], n_bins=2)
    assert bins.lower.tolist() == [0.1, 0.3]
    assert bins.upper.tolist() == [0.2, 0.4]
    assert bins.count.tolist() == [2, 2]
    assert bins.observed_rate.tolist() == [0.5, 0.5]
    np.testing.assert_allclose(bins.mean_predicted, [0.15, 0.35])
    np.testing.assert_allclose(bins.variance, [0.0025, 0.0025])
    # mean of (p - mean p)(y - mean y): (-.05)(-.5) and (.05)(.5)
    np.testing.assert_allclose(bins.covariance, [0.025, 0.025])


@pytest.mark.parametrize("n_bins", [1, 3, 10, 37])
def test_bins_have_equal_mass_without_ties(n_bins: int) -> None:
    rng = np.random.default_rng(0)
    bins = _bins(rng.random(1110), rng.random(1110) < 0.5, n_bins=n_bins)
    assert bins.count.tolist() == [1110 // n_bins] * n_bins


@pytest.mark.parametrize("seed", range(20))
def test_ties_are_never_split(seed: int) -> None:
    rng = np.random.default_rng(seed)
    p = rng.beta(0.3, 3, 400).round(rng.integers(1, 3))
    weights = rng.integers(1, 5, 400).astype(float)
    bins = _bins(p, rng.random(400) < p, weights)
    assert (bins.lower[1:] > bins.upper[:-1]).all()
    inside = (p[:, None] >= bins.lower) & (p[:, None] <= bins.upper)
    assert (inside.sum(axis=1) == 1).all()
    assert (inside.sum(axis=0) == bins.count).all()
    np.testing.assert_allclose(weights @ inside, bins.weight)
    assert ((bins.mean_predicted >= bins.lower) & (bins.mean_predicted <= bins.upper)).all()


def test_a_prediction_heavier_than_a_bin_takes_its_place() -> None:
    bins = _bins(np.repeat([0.0, 0.5, 0.7], [90, 5, 5]), np.zeros(100), n_bins=10)
    assert bins.upper.tolist() == [0.0, 0.7]
    assert bins.count.tolist() == [90, 10]


def test_weights_of_very_different_size_make_no_extra_bin() -> None:
    weights = np.concatenate([np.full(99, 1e9), [1e-12]])
    bins = _bins(np.linspace(0, 1, 100), np.zeros(100), weights)
    assert len(bins.count) == 10
    assert bins.count.sum() == 100


def test_curve_is_that_of_scikit_learn() -> None:
    rng = np.random.default_rng(1)
    p = rng.beta(1, 9, 1000)
    y = rng.random(1000) < p
    bins = _bins(p, y)
    rate, mean = calibration_curve(y, p, n_bins=10, strategy="quantile")
    np.testing.assert_allclose(bins.observed_rate, rate, rtol=1e-12)
    np.testing.assert_allclose(bins.mean_predicted, mean, rtol=1e-12)


@pytest.mark.parametrize("seed", range(10))
def test_parts_of_the_brier_score_add_up(seed: int) -> None:
    rng = np.random.default_rng(seed)
    p = rng.beta(0.5, 2, 300).round(3)
    y = rng.random(300) < p**2
    w = rng.exponential(size=300) if seed % 2 else np.ones(300)
    parts = decompose_brier(_bins(p, y, w, n_bins=int(rng.integers(1, 12))))
    total = (
        parts.reliability
        - parts.resolution
        + parts.uncertainty
        + parts.within_bin_variance
        - parts.within_bin_covariance
    )
    assert total == parts.score
    assert parts.score == pytest.approx(
        brier_score_loss(y, p, sample_weight=w, pos_label=True), rel=1e-12
    )


def test_parts_of_the_brier_score_by_hand() -> None:
    parts = decompose_brier(_bins([0.1, 0.1, 0.5, 0.5, 0.5], [0, 0, 0, 1, 1], n_bins=2))
    assert parts.reliability == pytest.approx(0.4 * 0.1**2 + 0.6 * (2 / 3 - 0.5) ** 2)
    assert parts.resolution == pytest.approx(0.4 * 0.4**2 + 0.6 * (2 / 3 - 0.4) ** 2)
    assert parts.uncertainty == pytest.approx(0.24)
    assert parts.within_bin_variance == 0.0
    assert parts.within_bin_covariance == 0.0


def test_effective_size_is_the_number_of_rows_without_weights() -> None:
    rng = np.random.default_rng(2)
    p = rng.random(500)
    y = rng.random(500) < p
    for weights in (None, np.full(500, 7.0)):
        bins = _bins(p, y, weights)
        np.testing.assert_allclose(bins.effective_size(bins.observed_rate), bins.count)


def test_effective_size_gives_the_variance_of_a_weighted_rate() -> None:
    """Against the linearised variance Σ w² (y - r)² / W², with weights that depend on y."""
    rng = np.random.default_rng(3)
    y = rng.random(4000) < 0.3
    w = np.where(y, 1.0, 40.0) * rng.choice([0.5, 1.5], 4000)
    bins = _bins(np.full(4000, 0.2), y, w)
    rate = float(w @ y / w.sum())
    variance = np.sum(w**2 * (y - rate) ** 2) / w.sum() ** 2
    size = bins.effective_size(bins.observed_rate)
    # The one row that is added changes the typical weights by less than 1 / 1000.
    np.testing.assert_allclose(rate * (1 - rate) / size, variance, rtol=2e-3)


@pytest.mark.parametrize("confidence", [0.8, 0.95])
@pytest.mark.parametrize(("hits", "n"), [(0, 7), (3, 10), (10, 10), (37, 1000)])
def test_wilson_interval_is_that_of_scipy(hits: int, n: int, confidence: float) -> None:
    low, high = wilson_interval(np.array([hits / n]), np.array([float(n)]), confidence)
    other = stats.binomtest(hits, n).proportion_ci(confidence, method="wilson")
    np.testing.assert_allclose([low[0], high[0]], [other.low, other.high], atol=1e-12)


@pytest.mark.parametrize("thinned", [False, True])
def test_wilson_interval_covers(thinned: bool) -> None:
    """Coverage over 400 samples × 10 bins; also with negatives thinned out and weighted up.

    4,000 intervals of 95 %: standard error .0034. Wilson's interval is itself off by up to .015 at
    single rates (Brown, Cai and DasGupta 2001), so .93 to .97 is accepted.
    """
    rng = np.random.default_rng(4)
    covered = []
    for _ in range(400):
        p = rng.beta(1, 9, 3000)
        y = rng.random(3000) < p
        weights, expected = None, np.ones(3000)
        if thinned:
            keep = y | (rng.random(3000) < 0.25)
            p, y = p[keep], y[keep]
            weights = np.where(y, 1.0, 4.0)
            expected = 1.0 / (p + (1.0 - p) / 4.0)  # rows of the population per row kept, given p
        bins = _bins(p, y, weights)
        number = np.searchsorted(bins.upper, p)
        expected = expected[: len(p)]
        truth = np.bincount(number, expected * p) / np.bincount(number, expected)
        low, high = wilson_interval(
            bins.observed_rate, bins.effective_size(bins.observed_rate), 0.95
        )
        covered.append((low <= truth) & (truth <= high))
    assert 0.93 < np.mean(covered) < 0.97


def test_histogram_sums_rows_in_every_scale() -> None:
    rng = np.random.default_rng(5)
    p = np.concatenate([rng.beta(0.5, 20, 5000), [0.0, 0.5, 1.0, 1.0]])
    table = tabulate_predictions(p, np.zeros(len(p), dtype=bool), None)
    share = share_per_cell(table)
    assert share.sum() == pytest.approx(1.0, abs=1e-12)
    cumulative = np.concatenate([[0.0], np.cumsum(share)])
    for edges in SCALE_EDGES.values():
        assert np.isin(edges, HISTOGRAM_EDGES).all()
        summed = np.diff(cumulative[np.searchsorted(HISTOGRAM_EDGES, edges)])
        np.testing.assert_allclose(summed * len(p), np.histogram(p, edges)[0], atol=1e-8)
