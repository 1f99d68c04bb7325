"""The curves against their definitions: Platt's by Newton's method, isotonic, temperature."""

from typing import Any

import numpy as np
import pytest
import sklearn
from scipy.optimize import minimize_scalar
from scipy.special import expit, log_softmax, logit
from sklearn.isotonic import IsotonicRegression

from imbalance_kit.correction._calibrators import CALIBRATORS, LogOddsCalibrator
from imbalance_kit.correction._log_odds import from_proba, to_decision, to_proba
from tests.correction._curves import platt

N = 3000
RNG = np.random.default_rng(0)
SCORES = RNG.normal(-2, 2, size=N)
CODES = (RNG.random(N) < expit(0.6 * SCORES + 0.5)).astype(int)  # too steep, and shifted
WEIGHTS = RNG.uniform(0.5, 3, size=N)
LOGS = np.log(RNG.dirichlet([4, 2, 1], size=N))
THREE = np.array([RNG.choice(3, p=p / p.sum()) for p in np.exp(0.5 * LOGS)])


def calibrate(method: str, scores: Any, codes: Any, weights: Any = None, at: Any = None) -> Any:
    curve = LogOddsCalibrator(method).fit(scores, codes, weights)
    return to_proba(curve.predict(scores if at is None else at))


def test_a_class_of_few_rows_is_enough() -> None:
    codes = np.zeros(200, dtype=int)
    codes[:3] = 1
    proba = calibrate("sigmoid", SCORES[:200], codes)
    assert proba[:, 1].mean() == pytest.approx(3 / 200, abs=1 / 200)


# Platt's curve ------------------------------------------------------------------------------------


def line(scores: np.ndarray, codes: np.ndarray, weights: np.ndarray | None) -> np.ndarray:
    slope, intercept = platt(scores, codes, weights)
    return slope * scores + intercept


@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_sigmoid_is_platts_curve_on_log_odds(weights: Any) -> None:
    got = LogOddsCalibrator("sigmoid").fit(SCORES, CODES, weights).predict(SCORES)
    np.testing.assert_allclose(got, line(SCORES, CODES, weights), atol=1e-5)


@pytest.mark.parametrize("thinned_to", [1e-2, 1e-6, 1e-9])
def test_sigmoid_at_tiny_base_rates(thinned_to: float) -> None:
    weights = np.where(CODES == 1, 1, 1 / thinned_to)
    scores = SCORES + np.log(thinned_to)
    got = LogOddsCalibrator("sigmoid").fit(scores, CODES, weights).predict(scores)
    np.testing.assert_allclose(got, line(scores, CODES, weights), atol=1e-5)
    assert expit(got) @ weights == pytest.approx(CODES @ weights, rel=1e-3)


def test_sigmoid_recovers_the_truth() -> None:
    """Slope .6 and intercept .5 within 4 standard errors of the maximum likelihood estimate."""
    got = LogOddsCalibrator("sigmoid").fit(SCORES, CODES, None).predict(np.array([0.0, 1.0]))
    p = expit(0.6 * SCORES + 0.5)
    design = np.column_stack([np.ones(N), SCORES])
    errors = np.sqrt(np.diag(np.linalg.inv((design * (p * (1 - p))[:, None]).T @ design)))
    assert abs(got[0] - 0.5) < 4 * errors[0]
    assert abs(got[1] - got[0] - 0.6) < 4 * errors[1]


def test_multiclass_sigmoid_is_one_curve_per_class_against_the_rest() -> None:
    odds = to_decision(LOGS)
    each = expit(np.column_stack([line(odds[:, k], 1 * (k == THREE), WEIGHTS) for k in range(3)]))
    want = each / each.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(calibrate("sigmoid", LOGS, THREE, WEIGHTS), want, atol=1e-5)


# Isotonic -----------------------------------------------------------------------------------------


def isotonic(scores: np.ndarray, codes: np.ndarray, weights: np.ndarray) -> np.ndarray:
    curve = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip")
    return curve.fit(scores, codes, weights).predict(scores)


def floor(p: np.ndarray, weights: np.ndarray) -> float:
    """Jeffreys' .5 / (n + 1), capped by the curve's next step."""
    return min(0.5 / (weights[p == 0].sum() + 1), p[p > 0].min())


@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_isotonic_is_the_isotonic_regression_with_a_floor(weights: Any) -> None:
    given = np.ones(N) if weights is None else weights
    p = isotonic(SCORES, CODES, given)
    low, high = floor(p, given), floor(1 - p, given)
    assert (p == 0).any()
    assert (p == 1).any()
    p1, p0 = np.maximum(p, low), np.maximum(1 - p, high)
    got = calibrate("isotonic", SCORES, CODES, weights)
    np.testing.assert_allclose(got[:, 1], p1 / (p0 + p1), atol=1e-12)


def test_the_floor_is_jeffreys_estimate() -> None:
    codes = np.array([0] * 99 + [1, 0] * 50 + [1] * 9)
    scores = np.concatenate([np.arange(99.0), np.full(100, 200.0), np.arange(300.0, 309.0)])
    proba = calibrate("isotonic", scores, codes)
    assert proba[0, 1] == pytest.approx(0.5 / 100 / (1 + 0.5 / 100))  # 0 of 99 rows
    assert proba[-1, 0] == pytest.approx(0.5 / 10 / (1 + 0.5 / 10))  # 0 of 9
    np.testing.assert_allclose(proba[99:199], 0.5)


def test_a_curve_without_empty_steps_has_no_floor() -> None:
    """Otherwise .5 / (0 + 1) would replace every probability below a half."""
    scores, codes = np.repeat([0.0, 1.0], 100), np.array([1] * 10 + [0] * 90 + [1] * 30 + [0] * 70)
    proba = calibrate("isotonic", scores, codes)
    np.testing.assert_allclose(np.unique(proba[:, 1]), [0.1, 0.3])


def test_the_floor_does_not_pass_the_next_step() -> None:
    """A single lowest row has the estimate .25, but the curve's next step is at .1."""
    scores = np.concatenate([[-1.0], np.zeros(100), np.ones(10)])
    codes = np.concatenate([[0], np.repeat([1, 0], [10, 90]), np.ones(10, dtype=int)])
    proba = calibrate("isotonic", scores, codes)[:, 1]
    assert proba[0] == pytest.approx(0.1 / (0.1 + 1))
    assert proba[1] == pytest.approx(0.1)
    assert (np.diff(proba) >= 0).all()


def test_the_floor_counts_rows_by_weight() -> None:
    """Where a negative stands for 100, a step of 20 of them stands for 2000."""
    scores = np.concatenate([np.zeros(20), np.ones(20)])
    codes = np.concatenate([np.zeros(20, dtype=int), np.tile([0, 1], 10)])
    proba = calibrate("isotonic", scores, codes, np.where(codes == 0, 100.0, 1.0))
    assert proba[0, 1] == pytest.approx(0.5 / 2001, rel=1e-3)


def test_the_mean_stays_the_base_rate() -> None:
    """Isotonic regression keeps it; a floor adds half a row at each end."""
    got = calibrate("isotonic", SCORES, CODES)[:, 1].sum()
    assert abs(got - CODES.sum()) < 1


# Temperature --------------------------------------------------------------------------------------


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("weighted", [False, True])
def test_temperature_is_the_best_slope_through_the_origin(n_classes: int, weighted: bool) -> None:
    logs = np.column_stack([np.zeros(N), SCORES]) if n_classes == 2 else LOGS
    codes, scores = (CODES, SCORES) if n_classes == 2 else (THREE, LOGS)
    weights = WEIGHTS if weighted else None

    def loss(slope: float) -> float:
        own = log_softmax(slope * logs, axis=1)[np.arange(N), codes]
        return -float(np.average(own, weights=weights))

    best = minimize_scalar(loss, bounds=(0.01, 5), method="bounded", options={"xatol": 1e-9}).x
    want = np.exp(log_softmax(best * logs, axis=1))
    np.testing.assert_allclose(calibrate("temperature", scores, codes, weights), want, atol=1e-4)


# What holds for all -------------------------------------------------------------------------------


@pytest.mark.parametrize("method", CALIBRATORS)
@pytest.mark.parametrize("unit", [1e-6, 1e-3, 1e3])
def test_the_unit_of_the_weights_does_not_matter(method: str, unit: float) -> None:
    """Platt adds a row of weight 1 to each class: weights that sum to 1 would drown in it.

    What may differ is a row of the rarer class, in sum over its rows.
    """
    one = calibrate(method, SCORES, CODES, WEIGHTS)
    other = calibrate(method, SCORES, CODES, unit * WEIGHTS)
    assert np.abs(other - one)[:, 1].sum() < 1.5


@pytest.mark.parametrize("method", CALIBRATORS)
def test_a_weight_is_a_repetition(method: str) -> None:
    weights = np.arange(N) % 4
    rows = np.repeat(np.arange(N), weights)
    repeated = calibrate(method, SCORES[rows], CODES[rows], at=SCORES)
    np.testing.assert_allclose(
        calibrate(method, SCORES, CODES, weights.astype(float)), repeated, atol=1e-5
    )


@pytest.mark.parametrize("method", CALIBRATORS)
@pytest.mark.parametrize("scores", [SCORES, LOGS])
def test_certain_scores_give_finite_ones(method: str, scores: np.ndarray) -> None:
    certain = np.where(scores < np.quantile(scores, 0.3), -np.inf, scores)
    codes = CODES if scores.ndim == 1 else THREE
    curve = LogOddsCalibrator(method).fit(certain, codes, None)
    proba = to_proba(curve.predict(certain))
    assert np.isfinite(proba).all()
    assert (proba > 0).all()
    np.testing.assert_allclose(proba.sum(axis=1), 1)
    high = np.array([np.inf]) if scores.ndim == 1 else np.array([[0.0, -np.inf, -np.inf]])
    surely = to_proba(curve.predict(high))
    assert np.isfinite(surely).all()
    assert surely.argmax() == (1 if scores.ndim == 1 else 0)


def test_finite_scores_are_not_bounded() -> None:
    """The last model may be surer than those of the folds; its order must survive."""
    curve = LogOddsCalibrator("sigmoid").fit(SCORES, CODES, None)
    beyond = np.array([-60.0, -50.0, 50.0, 60.0])
    assert (np.diff(curve.predict(beyond)[:2]) > 0).all()
    slope, intercept = platt(SCORES, CODES)
    np.testing.assert_allclose(curve.predict(beyond)[:2], slope * beyond[:2] + intercept, rtol=1e-4)
    assert np.isfinite(curve.predict(np.array([-np.inf]))).all()


def test_infinite_log_odds_are_half_of_the_smallest_seen() -> None:
    scores = np.concatenate([[-np.inf, np.inf], SCORES])
    curve = LogOddsCalibrator("sigmoid").fit(scores, np.concatenate([[0, 1], CODES]), None)
    low, high = SCORES.min() - np.log(2), SCORES.max() + np.log(2)
    np.testing.assert_allclose(curve.bounds_, [low, high])
    np.testing.assert_allclose(
        curve.predict(np.array([-np.inf, np.inf])), curve.predict(np.array([low, high]))
    )


@pytest.mark.parametrize("method", CALIBRATORS)
def test_nothing_but_certain_scores(method: str) -> None:
    """A fully grown tree says 0 or 1; held-out rows tell how often it is right."""
    codes = np.array([0] * 90 + [1] * 10 + [0] * 30 + [1] * 70)
    curve = LogOddsCalibrator(method).fit(np.repeat([-np.inf, np.inf], 100), codes, None)
    proba = to_proba(curve.predict(np.array([-np.inf, np.inf])))[:, 1]
    assert proba[0] < 0.5 < proba[1]
    if method == "isotonic":
        np.testing.assert_allclose(proba, [0.1, 0.7])


@pytest.mark.parametrize("method", CALIBRATORS)
def test_order_is_kept(method: str) -> None:
    grid = np.linspace(-12, 12, 200)
    curve = LogOddsCalibrator(method).fit(SCORES, CODES, None)
    assert (np.diff(curve.predict(grid)) >= -1e-9).all()


@pytest.mark.parametrize("method", CALIBRATORS)
def test_swapping_the_classes_swaps_the_columns(method: str) -> None:
    one = calibrate(method, SCORES, CODES, WEIGHTS)
    other = calibrate(method, -SCORES, 1 - CODES, WEIGHTS)
    np.testing.assert_allclose(other[:, ::-1], one, atol=1e-5)


@pytest.mark.parametrize("method", CALIBRATORS)
@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_metadata_routing_changes_nothing(method: str, weights: Any) -> None:
    off = calibrate(method, SCORES, CODES, weights)
    with sklearn.config_context(enable_metadata_routing=True):
        np.testing.assert_array_equal(calibrate(method, SCORES, CODES, weights), off)


def test_log_odds_beat_probabilities_for_a_rare_class() -> None:
    """A curve on log odds contains the identity; true rare probabilities stay what they are."""
    rng = np.random.default_rng(1)
    truth = expit(rng.normal(-5, 1.5, size=40_000))
    codes = (rng.random(len(truth)) < truth).astype(int)
    got = calibrate("sigmoid", from_proba(np.column_stack([1 - truth, truth])), codes)[:, 1]
    # Two parameters estimated from some 700 positives: 4 standard errors of the log odds at the
    # mean are below 4 / sqrt(700) = .15, and the slope's adds about as much two deviations away.
    middle = np.abs(logit(truth) + 5) < 3
    assert np.abs(logit(got) - logit(truth))[middle].max() < 0.4
