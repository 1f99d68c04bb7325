"""Logistic recalibration against brute force, theory, and where no estimate exists."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

from imbalance_kit.diagnostics import _calibration_slope as module
from imbalance_kit.diagnostics._calibration_bins import tabulate_predictions
from imbalance_kit.diagnostics._calibration_slope import CLIP, Recalibration, fit_recalibration


def _fit(p, y, w=None) -> Recalibration:
    return fit_recalibration(tabulate_predictions(np.asarray(p), np.asarray(y, dtype=bool), w))


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_maximum_of_the_likelihood(seed: int, weighted: bool) -> None:
    rng = np.random.default_rng(seed)
    p = rng.beta(1, 8, 500)
    y = rng.random(500) < expit(0.6 * logit(p) - 0.5)
    w = rng.exponential(size=500) if weighted else np.ones(500)
    z = logit(p)

    def loss(b):
        eta = b[0] + b[1] * z
        return np.sum(w * (np.logaddexp(0, eta) - y * eta))

    brute = minimize(loss, [0, 1], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12})
    large = minimize(
        lambda a: loss([a[0], 1.0]), [0.0], method="Nelder-Mead", options={"xatol": 1e-9}
    )
    fit = _fit(p, y, w if weighted else None)
    np.testing.assert_allclose([fit.intercept, fit.slope], brute.x, atol=1e-6)
    assert fit.in_the_large == pytest.approx(large.x[0], abs=1e-4)
    assert fit.problem is None


def test_maximum_is_that_of_an_unpenalised_logistic_regression() -> None:
    rng = np.random.default_rng(0)
    p = rng.beta(1, 30, 20_000)
    y = rng.random(20_000) < p
    model = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-12)
    model.fit(logit(p)[:, None], y)
    fit = _fit(p, y)
    assert fit.slope == pytest.approx(model.coef_[0, 0], rel=1e-7)
    assert fit.intercept == pytest.approx(model.intercept_[0], abs=1e-7)


def test_mean_prediction_is_the_base_rate_after_recalibration() -> None:
    """The score equation of the intercept."""
    rng = np.random.default_rng(1)
    p = rng.beta(1, 8, 2000)
    y = rng.random(2000) < p / 2
    fit = _fit(p, y)
    assert expit(logit(p) + fit.in_the_large).mean() == pytest.approx(y.mean(), rel=1e-9)
    assert expit(fit.slope * logit(p) + fit.intercept).mean() == pytest.approx(y.mean(), rel=1e-9)


@pytest.mark.parametrize("weighted", [False, True])
def test_calibrated_predictions(weighted: bool) -> None:
    """Slope 1 and both intercepts 0 within 4 SE in each sample; z values of unit variance.

    Over 200 samples the variance of a z value has standard error sqrt(2 / 200) = .1; .6 to 1.4.
    The weighted samples have their negatives thinned out.
    """
    rng = np.random.default_rng(2)
    z_values = []
    for _ in range(200):
        p = rng.beta(1, 20, 3000)
        y = rng.random(3000) < p
        weights = None
        if weighted:
            keep = y | (rng.random(3000) < 0.2)
            p, y, weights = p[keep], y[keep], np.where(y, 1.0, 5.0)[keep]
        fit = _fit(p, y, weights)
        z_values.append(
            [
                (fit.slope - 1) / fit.slope_se,
                fit.intercept / fit.intercept_se,
                fit.in_the_large / fit.in_the_large_se,
            ]
        )
    assert np.abs(z_values).max() < 4
    variance = np.var(z_values, axis=0)
    assert ((variance > 0.6) & (variance < 1.4)).all(), variance


def test_known_distortion() -> None:
    """logit p' = 2 logit p + 1 is undone by slope .5 and intercept -.5."""
    for seed in range(5):
        rng = np.random.default_rng(seed)
        p = rng.beta(1, 10, 5000)
        fit = _fit(expit(2 * logit(p) + 1), rng.random(5000) < p)
        assert abs(fit.slope - 0.5) < 4 * fit.slope_se
        assert abs(fit.intercept + 0.5) < 4 * fit.intercept_se
        assert fit.slope_se < 0.05


def test_moved_log_odds_are_found_in_the_large() -> None:
    rng = np.random.default_rng(3)
    p = rng.beta(1, 30, 20_000)
    y = rng.random(20_000) < p
    before, after = _fit(p, y), _fit(expit(logit(p) + np.log(50)), y)
    assert after.in_the_large == pytest.approx(before.in_the_large - np.log(50), abs=1e-8)
    assert after.slope == pytest.approx(before.slope, rel=1e-8)


def test_far_from_the_start() -> None:
    """Predictions so wrong that plain Newton steps overshoot."""
    rng = np.random.default_rng(4)
    p = rng.beta(2, 2, 500)
    y = rng.random(500) < expit(-3 * logit(p))
    fit = _fit(expit(8 * logit(p) - 12), y)
    assert fit.problem is None
    assert fit.slope == pytest.approx(-3 / 8, abs=4 * fit.slope_se)


def test_standard_errors_do_not_depend_on_the_unit_of_weights() -> None:
    rng = np.random.default_rng(5)
    p = rng.beta(1, 5, 300)
    y = rng.random(300) < p
    plain, weighted = _fit(p, y), _fit(p, y, np.full(300, 64.0))
    assert weighted.slope_se == pytest.approx(plain.slope_se, rel=1e-9)
    assert weighted.in_the_large_se == pytest.approx(plain.in_the_large_se, rel=1e-9)


def test_zero_and_one_are_clipped() -> None:
    p = np.array([0.0, 0.3, 0.6, 1.0, 0.2])
    y = np.array([0, 1, 0, 1, 0])
    at_the_clip = np.clip(p, CLIP, 1 - CLIP)
    assert _fit(p, y).slope == pytest.approx(_fit(at_the_clip, y).slope, rel=1e-12)
    assert np.isfinite(_fit(p, y).slope)


@pytest.mark.parametrize("log_odds", [10.0, 25.0, 40.0])
@pytest.mark.parametrize("shares", [(0.4, 0.8), (0.01, 0.3), (0.02, 0.03), (0.9, 0.1)])
def test_predictions_as_certain_as_labels(log_odds: float, shares: tuple[float, float]) -> None:
    """Of two predictions the line goes through the log odds of both."""
    n = 400
    z = np.repeat([-log_odds, log_odds], n)
    y = np.concatenate([np.arange(n) < share * n for share in shares])
    fit = _fit(expit(z), y)
    at = logit(np.clip(expit([-log_odds, log_odds]), CLIP, 1 - CLIP))
    slope = (logit(shares[1]) - logit(shares[0])) / (at[1] - at[0])
    assert fit.slope == pytest.approx(slope, rel=1e-9)
    assert fit.intercept == pytest.approx(logit(shares[0]) - slope * at[0], abs=1e-9)
    errors = [1 / (n * share * (1 - share)) for share in shares]
    # The Hessian is that before the last step, which promises 1e-14 per row: sqrt of that away.
    assert fit.slope_se == pytest.approx(np.sqrt(sum(errors)) / (at[1] - at[0]), rel=1e-6)


@pytest.mark.parametrize(
    ("p", "y", "problem"),
    [
        ([0.1, 0.2, 0.8], [0, 0, 1], "separate"),
        ([0.8, 0.2, 0.1], [0, 0, 1], "separate"),
        ([0.1, 0.2, 0.2, 0.8], [0, 0, 1, 1], "separate"),  # all but a tie
        ([0.3, 0.3, 0.3], [0, 0, 1], "equal"),
        ([0.0, 0.0, 0.0], [0, 0, 1], "equal"),
    ],
)
def test_no_slope(p: list[float], y: list[int], problem: str) -> None:
    fit = _fit(p, y)
    assert problem in fit.problem
    assert np.isnan([fit.slope, fit.slope_se, fit.intercept, fit.intercept_se]).all()
    assert np.isfinite([fit.in_the_large, fit.in_the_large_se]).all()


@pytest.mark.parametrize("label", [0, 1])
def test_one_class_has_nothing_to_estimate(label: int) -> None:
    fit = _fit([0.1, 0.2, 0.3], [label] * 3, np.array([0.1, 0.2, 0.3]))
    assert "all of the class" in fit.problem
    assert np.isnan([fit.slope, fit.intercept, fit.in_the_large]).all()


def test_not_converged_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MAX_ITERATIONS", 1)
    fit = _fit([0.1, 0.3, 0.2, 0.8], [0, 0, 1, 1])
    assert "not found" in fit.problem
    assert np.isnan(fit.slope)
