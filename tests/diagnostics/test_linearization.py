"""Linearised errors against closed forms and against the delete-one jackknife."""

import numpy as np
import pytest

from imbalance_kit.diagnostics._linearization import (
    least_squares,
    mean_scores,
    variance_of_sum,
    weighted_mean_scores,
)


@pytest.fixture
def rows():
    rng = np.random.default_rng(0)
    x = rng.normal(size=400)
    y = 2 + x + rng.normal(size=400)
    return x, y, rng.uniform(0.5, 2, 400)


def test_plain_mean_has_the_textbook_error(rows) -> None:
    _, y, _ = rows
    linear = weighted_mean_scores(y, np.ones(400))
    assert linear.estimate == pytest.approx(y.mean(), rel=1e-12)
    assert linear.standard_error == pytest.approx(y.std(ddof=1) / 20, rel=1e-12)


def test_missing_outcomes_are_left_out_and_their_rows_still_count(rows) -> None:
    """A mean over a domain: n / (n - 1) has the n of all rows, as in survey's svymean."""
    _, y, w = rows
    y = y.copy()
    y[::4] = np.nan
    seen = ~np.isnan(y)
    linear = weighted_mean_scores(y, w)
    mean = np.average(y[seen], weights=w[seen])
    assert linear.estimate == pytest.approx(mean, rel=1e-12)
    z = w[seen] * (y[seen] - mean) / w[seen].sum()
    assert linear.standard_error == pytest.approx(np.sqrt(400 / 399 * (z**2).sum()), rel=1e-12)


def test_poststratified_error_against_the_formula(rows) -> None:
    """Equal weights within strata: the variance is Σ over strata of (W_h / n_h)² Σ (y - mean)²."""
    x, y, _ = rows
    stratum = (x > 0.5).astype(int)
    share = np.array([0.4, 0.6])
    n_h = np.bincount(stratum)
    w = (share / n_h)[stratum]
    design = np.eye(2)[stratum]
    linear = weighted_mean_scores(y, w, design=design, base=np.ones(400))
    means = np.array([y[stratum == h].mean() for h in (0, 1)])
    assert linear.estimate == pytest.approx(share @ means)
    within = [((y[stratum == h] - means[h]) ** 2).sum() for h in (0, 1)]
    expected = 400 / 399 * sum((share / n_h) ** 2 * within)
    assert linear.standard_error**2 == pytest.approx(expected, rel=1e-10)


def test_against_the_jackknife_with_calibration_refitted(rows) -> None:
    """Delete-one jackknife of the linearly calibrated mean, with missing outcomes."""
    x, y, d = rows
    y = np.where(np.arange(400) % 5 == 0, np.nan, y)
    design, totals = np.column_stack([np.ones(400), x]), np.array([1000.0, 300.0])

    def calibrated(kept):
        D, base = design[kept], d[kept]
        g = 1 + D @ np.linalg.solve((D.T * base) @ D, totals - base @ D)
        return base * g

    everything = np.arange(400)
    w = calibrated(everything)
    linear = weighted_mean_scores(y, w, design=design, base=d)
    values = []
    for i in everything:
        kept = np.delete(everything, i)
        seen = kept[~np.isnan(y[kept])]
        values.append(np.average(y[seen], weights=calibrated(kept)[~np.isnan(y[kept])]))
    jackknife = np.sqrt(399 / 400 * np.square(np.array(values) - np.mean(values)).sum())
    # Both estimate the same error; they differ in terms of order 1 / n, here 1 / 400.
    assert linear.standard_error == pytest.approx(jackknife, rel=0.015)


def test_error_of_the_target_is_that_of_what_is_explained(rows) -> None:
    x, y, d = rows
    target = np.column_stack([np.ones(50), np.linspace(-1, 1, 50)])
    design = np.column_stack([np.ones(400), x])
    g = 1 + design @ np.linalg.solve(
        (design.T * d) @ design, d.sum() * target.mean(axis=0) - d @ design
    )
    census = weighted_mean_scores(y, d * g, design=design, base=d)
    sample = weighted_mean_scores(y, d * g, design=design, base=d, target_design=target)
    slope = np.polyfit(x, y, 1, w=np.sqrt(d))[0]
    extra = slope**2 * target[:, 1].var(ddof=1) / 50
    assert sample.estimate == census.estimate
    assert sample.standard_error**2 == pytest.approx(census.standard_error**2 + extra, rel=1e-10)


def test_scale_of_the_weights_changes_nothing(rows) -> None:
    x, y, w = rows
    design = np.column_stack([np.ones(400), x])
    one = weighted_mean_scores(y, w, design=design, base=w)
    other = weighted_mean_scores(y, 1e6 * w, design=design, base=w / 7)
    assert other.standard_error == pytest.approx(one.standard_error, rel=1e-9)


def test_least_squares_takes_collinear_and_badly_scaled_columns(rows) -> None:
    x, y, w = rows
    good = np.column_stack([np.ones(400), x])
    bad = np.column_stack([good, 1e9 * x, np.zeros(400), np.ones(400)])
    np.testing.assert_allclose(
        bad @ least_squares(bad, y, w), good @ least_squares(good, y, w), rtol=1e-8
    )


def test_scores_of_a_mean_and_the_variance_of_a_sum(rows) -> None:
    x, _, w = rows
    assert mean_scores(x, w).sum() == pytest.approx(0, abs=1e-12)
    np.testing.assert_allclose(mean_scores(x, None), mean_scores(x, np.ones(400)))
    assert variance_of_sum(x) == pytest.approx(400 * x.var(ddof=1))
    assert np.isnan(variance_of_sum(x[:1]))
