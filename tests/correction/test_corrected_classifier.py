"""The corrections against Bayes' rule, against models fitted by hand, and against known truth.

Naive Bayes is the learner of the exact tests: a weight per class changes its class shares and
nothing else, so that undoing the change must give the model of the untouched rows.
"""

import itertools
from typing import Any

import imblearn.over_sampling
import imblearn.under_sampling
import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import ShuffleSplit, StratifiedGroupKFold, StratifiedKFold
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.svm import LinearSVC

from imbalance_kit import (
    CalibrationWeighter,
    ClassShift,
    ClassWeighter,
    CorrectedClassifier,
    NonuniformNegativeSampler,
    OffsetLogisticRegression,
    Population,
    RandomOverSampler,
    RandomUnderSampler,
    Ratios,
)
from tests.correction._curves import platt
from tests.correction._fakes import (
    GivenProba,
    Log,
    SpyLogistic,
    gaussians,
    logistic_population,
    named,
)

LABELS = {
    2: [[0, 1], ["no", "yes"], [False, True], [-1, 1], [1, 0], ["b", "a"], [2.0, 1.0]],
    3: [[0, 1, 2], ["a", "b", "c"], [7, -1, 3], ["c", "a", "b"]],
}
COUNTS = {2: (900, 100), 3: (700, 200, 100)}
KINDS = [(k, labels) for k, many in LABELS.items() for labels in many]


def corrected(estimator: Any, sampler: Any = None, **options: Any) -> CorrectedClassifier:
    return CorrectedClassifier(estimator, sampler, **options)


def odds(proba: np.ndarray) -> np.ndarray:
    return np.log(proba[:, 1] / proba[:, 0])


# The closed form ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("n_classes", "labels"), KINDS)
@pytest.mark.parametrize(
    ("sampler", "how"),
    [
        (ClassWeighter(), "auto"),
        (RandomUnderSampler(), "weights"),
        (RandomOverSampler(), "weights"),
        (RandomOverSampler(shrinkage=2.0), "weights"),
    ],
)
def test_weights_by_class_are_undone_exactly(
    n_classes: int, labels: list[Any], sampler: Any, how: str
) -> None:
    X, codes = gaussians(COUNTS[n_classes])
    y = named(codes, labels)
    model = corrected(GaussianNB(), sampler, carry_out=how).fit(X, y)
    plain = GaussianNB().fit(X, y)
    assert model.correction_ == "shift"
    np.testing.assert_array_equal(model.classes_, plain.classes_)
    np.testing.assert_allclose(model.predict_proba(X), plain.predict_proba(X), rtol=1e-8)
    np.testing.assert_array_equal(model.predict(X), plain.predict(X))
    uncorrected = corrected(GaussianNB(), sampler, carry_out=how, correction="none").fit(X, y)
    assert np.abs(uncorrected.predict_proba(X) - plain.predict_proba(X)).max() > 0.1


@pytest.mark.parametrize(("n_classes", "labels"), KINDS)
@pytest.mark.parametrize(
    "sampler",
    [
        RandomUnderSampler(random_state=0),
        RandomOverSampler(random_state=0),
        imblearn.under_sampling.RandomUnderSampler(random_state=0),
        imblearn.over_sampling.RandomOverSampler(random_state=0),
    ],
)
def test_rows_drawn_are_undone_by_their_shares(
    n_classes: int, labels: list[Any], sampler: Any
) -> None:
    """By hand: draw, fit, divide each column by rows after over rows before."""
    X, codes = gaussians(COUNTS[n_classes])
    y = named(codes, labels)
    model = corrected(GaussianNB(), sampler).fit(X, y)
    X_res, y_res = clone(sampler).fit_resample(X, y)
    q = GaussianNB().fit(X_res, y_res).predict_proba(X)
    a = [(y_res == label).sum() / (y == label).sum() for label in model.classes_]
    p = q / np.array(a)
    np.testing.assert_allclose(
        model.predict_proba(X), p / p.sum(axis=1, keepdims=True), rtol=1e-9, atol=1e-300
    )
    by_shift = ClassShift.from_rates(dict(zip(model.classes_.tolist(), a, strict=True)))
    np.testing.assert_allclose(model.predict_proba(X), by_shift.undo(q), rtol=1e-9, atol=1e-300)
    assert model.shift_.factors == pytest.approx(by_shift.factors)


def test_saturated_logistic_regression_gives_the_shares_of_each_cell() -> None:
    """One free parameter per cell: whatever the weights, undone they are the observed shares."""
    rng = np.random.default_rng(0)
    cell = rng.integers(4, size=2000)
    y = (rng.random(2000) < np.array([0.02, 0.1, 0.3, 0.6])[cell]).astype(int)
    X = np.eye(4)[cell]
    learner = LogisticRegression(C=np.inf, fit_intercept=False, tol=1e-8, max_iter=1000)
    shares = [y[cell == k].mean() for k in range(4)]
    for sampler in (None, ClassWeighter(), ClassWeighter({0: 0.1, 1: 0.9})):
        proba = corrected(learner, sampler).fit(X, y).predict_proba(np.eye(4))
        np.testing.assert_allclose(proba[:, 1], shares, rtol=1e-4)


def test_logistic_regression_finds_the_population() -> None:
    """Slope and intercept of the corrected odds within 4 standard errors of the truth.

    The errors are those of the unweighted estimate, times 1.2 for balancing (the sandwich error is
    1.03 and 1.13 times the plain one here) and for the copies drawn.
    """
    X, y, p = logistic_population(20_000, intercept=-3, slope=1.5)
    design = np.column_stack([np.ones(len(X)), X])
    errors = np.sqrt(np.diag(np.linalg.inv((design * (p * (1 - p))[:, None]).T @ design)))
    learner = LogisticRegression(C=np.inf)
    for sampler in (ClassWeighter(), RandomOverSampler(random_state=0)):
        at = corrected(learner, sampler).fit(X, y).decision_function(np.array([[0.0], [1.0]]))
        assert abs(at[0] + 3) < 4 * 1.2 * errors[0]
        assert abs(at[1] - at[0] - 1.5) < 4 * 1.2 * errors[1]


def test_sample_weights_are_those_of_the_population() -> None:
    """Rows of weight w count w times, before and after the sampler."""
    X, y = gaussians((900, 100))
    weights = np.random.default_rng(0).uniform(0.1, 4, size=len(y))
    plain = GaussianNB().fit(X, y, weights).predict_proba(X)
    model = corrected(GaussianNB(), ClassWeighter()).fit(X, y, sample_weight=weights)
    np.testing.assert_allclose(model.predict_proba(X), plain, rtol=1e-8)
    by_rows = corrected(GaussianNB(), RandomUnderSampler(random_state=0))
    by_rows.fit(X, y, sample_weight=weights)
    sampler = RandomUnderSampler(random_state=0)
    X_res, y_res = sampler.fit_resample(X, y, sample_weight=weights)
    carried = weights[sampler.sample_indices_]
    q = GaussianNB().fit(X_res, y_res, carried).predict_proba(X)
    a = [carried[y_res == k].sum() / weights[y == k].sum() for k in (0, 1)]
    np.testing.assert_allclose(odds(by_rows.predict_proba(X)), odds(q / np.array(a)), rtol=1e-7)


def test_weights_of_zero_count_for_nothing() -> None:
    X, y = gaussians((900, 100))
    weights = np.ones(len(y))
    weights[::3] = 0
    for correction in ("shift", "weight"):
        sampler = ClassWeighter() if correction == "shift" else None
        model = corrected(LogisticRegression(), sampler, correction=correction)
        at = model.fit(X, y, sample_weight=weights).decision_function(X)
        without = clone(model).fit(X[weights > 0], y[weights > 0]).decision_function(X)
        np.testing.assert_allclose(at, without, atol=1e-3)


# "weight" -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("weights", [None, np.random.default_rng(1).uniform(0.5, 2, 1000)])
@pytest.mark.parametrize("ratio", [1.0, 0.4])
def test_weight_is_inverse_probability_weighting(weights: Any, ratio: float) -> None:
    X, y = gaussians((900, 100))
    sampler = RandomUnderSampler(sampling_strategy=ratio, random_state=0)
    model = corrected(LogisticRegression(), sampler, correction="weight")
    model.fit(X, y, sample_weight=weights)
    given = np.ones(len(y)) if weights is None else weights
    drawn = clone(sampler)
    X_res, y_res = drawn.fit_resample(X, y, sample_weight=weights)
    carried = given[drawn.sample_indices_]
    a = np.array([carried[y_res == k].sum() / given[y == k].sum() for k in (0, 1)])
    want = LogisticRegression().fit(X_res, y_res, carried / a[y_res]).predict_proba(X)
    np.testing.assert_allclose(model.predict_proba(X), want, rtol=1e-6)
    assert model.shift_.factors == {0: 1, 1: 1}


def test_weight_of_a_foreign_random_sampler() -> None:
    X, y = gaussians((900, 100))
    foreign = imblearn.under_sampling.RandomUnderSampler(random_state=0)
    model = corrected(LogisticRegression(), foreign, correction="weight").fit(X, y)
    X_res, y_res = clone(foreign).fit_resample(X, y)
    want = LogisticRegression().fit(X_res, y_res, np.where(y_res == 0, 9, 1)).predict_proba(X)
    np.testing.assert_allclose(model.predict_proba(X), want, rtol=1e-6)


# Recalibration ------------------------------------------------------------------------------------


def scores_by_hand(
    X: np.ndarray, y: np.ndarray, weights: Any, folds: Any, sampler: Any
) -> tuple[np.ndarray, np.ndarray]:
    """Out-of-fold log odds, the shift of each fold's own sample taken out."""
    rows, scores = [], []
    for train, held in folds:
        drawn, given = clone(sampler), None if weights is None else weights[train]
        X_res, y_res = drawn.fit_resample(X[train], y[train], sample_weight=given)
        carried = None if weights is None else weights[train][drawn.sample_indices_]
        model = LogisticRegression().fit(X_res, y_res, carried)
        before = np.bincount(y[train], given)
        after = np.bincount(y_res, carried)
        change = np.log(after / before)
        rows.append(held)
        scores.append(odds(model.predict_proba(X[held])) - change[1] + change[0])
    return np.concatenate(rows), np.concatenate(scores)


@pytest.mark.parametrize("correction", ["sigmoid", "isotonic", "temperature"])
@pytest.mark.parametrize("case", ["plain", "weights", "groups", "cv"])
def test_curves_are_fitted_to_out_of_fold_log_odds(correction: str, case: str) -> None:
    X, y = gaussians((900, 100), distance=0.5)
    weights = np.random.default_rng(0).uniform(1, 3, len(y)) if case == "weights" else None
    groups = np.arange(len(y)) // 4 if case == "groups" else None
    cv = ShuffleSplit(3, test_size=0.3, random_state=0) if case == "cv" else None
    sampler = RandomUnderSampler(random_state=0)
    model = corrected(LogisticRegression(), sampler, correction=correction, cv=cv)
    model.fit(X, y, sample_weight=weights, groups=groups)

    splitter = cv or (StratifiedKFold(5) if groups is None else StratifiedGroupKFold(5))
    rows, scores = scores_by_hand(X, y, weights, splitter.split(X, y, groups), sampler)
    given = None if weights is None else weights[rows]
    every = np.arange(len(y))
    at = scores_by_hand(X, y, weights, [(every, every)], sampler)[1]
    got = model.predict_proba(X)[:, 1]
    if correction == "sigmoid":
        slope, intercept = platt(scores, y[rows], given)
        np.testing.assert_allclose(logit(got), slope * at + intercept, atol=1e-4)
    elif correction == "isotonic":
        curve = IsotonicRegression(out_of_bounds="clip").fit(scores, y[rows], given)
        inner = (curve.predict(at) > 0.02) & (curve.predict(at) < 0.6)  # no empty step
        assert inner.sum() > 200
        np.testing.assert_allclose(got[inner], curve.predict(at)[inner], atol=0.005)
    else:
        slopes = logit(got) / at
        np.testing.assert_allclose(slopes, slopes[0], rtol=1e-5)
        loss = [
            np.average(np.logaddexp(0, s * scores) - y[rows] * s * scores, weights=given)
            for s in slopes[0] * np.array([0.99, 1, 1.01])
        ]
        assert loss[1] < min(loss[0], loss[2])


def test_held_out_rows_are_never_resampled() -> None:
    """A learner that notes row numbers: each row held out once, and absent where it is scored."""
    X, y = gaussians((300, 60))
    log = Log()
    for sampler in (RandomOverSampler(random_state=0), RandomUnderSampler(random_state=0)):
        log.clear()
        numbered = np.column_stack([np.arange(len(y)), X])
        corrected(SpyLogistic(log), sampler, correction="sigmoid").fit(numbered, y)
        kinds = [kind for kind, _ in log]
        assert kinds == ["fit"] + ["fit", "predict"] * 5
        held = [rows for kind, rows in log if kind == "predict"]
        np.testing.assert_array_equal(np.sort(np.concatenate(held)), np.arange(len(y)))
        for (_, train), (_, rows) in zip(log[1::2], log[2::2], strict=True):
            assert not set(train) & set(rows)
            drawn = np.bincount(y[train])
            assert drawn[0] == drawn[1]


def test_auto_recalibrates_synthetic_rows_and_keeps_the_base_rate() -> None:
    """SMOTE's closed form is off; Platt's curve keeps the weighted base rate to its smoothing."""
    X, y = gaussians((900, 100), distance=0.5)
    model = corrected(LogisticRegression(), imblearn.over_sampling.SMOTE(random_state=0)).fit(X, y)
    assert model.correction_ == "sigmoid"
    assert not model.shift_.exact
    # Out-of-fold scores and those of the final model differ a little: 3 % of the base rate.
    assert model.predict_proba(X)[:, 1].mean() == pytest.approx(0.1, rel=0.03)


@pytest.mark.parametrize("correction", ["sigmoid", "isotonic"])
def test_curves_of_three_classes(correction: str) -> None:
    X, codes = gaussians((700, 200, 100))
    sampler = RandomUnderSampler(random_state=0)
    model = corrected(GaussianNB(), sampler, correction=correction).fit(X, codes)
    proba = model.predict_proba(X)
    # n'_k of 100 rows: a standard error of .1 in the log odds of a share, 4 of them, p(1-p) <= .21.
    np.testing.assert_allclose(proba.mean(axis=0), [0.7, 0.2, 0.1], atol=0.08)


# A shift upstream ---------------------------------------------------------------------------------

THINNED = 0.05


def thinned(seed: int = 0) -> tuple[Any, ...]:
    """A population of 60,000, and the rows left after dropping 95 % of its negatives."""
    X, y, p = logistic_population(60_000, intercept=-4, slope=1.5, seed=seed)
    kept = (y == 1) | (np.random.default_rng(seed + 1).random(len(y)) < THINNED)
    return X, p, X[kept], y[kept]


UNDER = RandomUnderSampler(random_state=0)
SMOTE = imblearn.over_sampling.SMOTE(random_state=0)


@pytest.mark.parametrize(
    ("sampler", "correction"),
    [
        *itertools.product([None, UNDER], ["auto", "shift", "weight", "sigmoid", "isotonic"]),
        *itertools.product([SMOTE], ["auto", "sigmoid", "isotonic"]),
    ],
)
@pytest.mark.parametrize("scale", [1, 1e6, 1e-6])
def test_rows_thinned_upstream(correction: str, sampler: Any, scale: float) -> None:
    """Predictions are of the population, whatever the sampler and the unit of the factors.

    2,748 positives and 2,898 negatives came in. The log odds have a standard error of at most
    2 sqrt(1/2748 + 1/2748) = .054 at the centre; 4 of them are 22 % of the rate, where 2,000 % are
    undone. The slope of 1.5 has one of .034 from 5,646 rows, and the curve's own about as much.
    """
    X, p, X_in, y_in = thinned()
    shift = ClassShift.from_rates({0: THINNED * scale, 1: scale})
    model = corrected(LogisticRegression(), sampler, correction=correction, shift=shift)
    model.fit(X_in, y_in)
    got = model.predict_proba(X)[:, 1]
    assert got.mean() == pytest.approx(p.mean(), rel=0.22)
    if correction != "isotonic":
        slope, _ = np.polyfit(logit(p), logit(got), 1)
        assert slope == pytest.approx(1, abs=4 * np.sqrt(2) * 0.034 / 1.5)


def test_upstream_and_own_shift_multiply() -> None:
    X, y = gaussians((900, 100))
    upstream = ClassShift.from_rates({0: 0.1, 1: 0.7})
    model = corrected(GaussianNB(), ClassWeighter(), shift=upstream).fit(X, y)
    plain = GaussianNB().fit(X, y).predict_proba(X)
    np.testing.assert_allclose(model.predict_proba(X), upstream.undo(plain), rtol=1e-8)
    inner = ClassShift.from_counts({0: 900, 1: 100}, {0: 500, 1: 500})
    assert model.shift_.factors == pytest.approx(upstream.then(inner).factors)


def test_a_shift_that_is_wanted_is_kept() -> None:
    X, y = gaussians((900, 100))
    wanted = ClassShift({0: 1, 1: 4}, reference="training")
    plain = GaussianNB().fit(X, y).predict_proba(X)
    model = corrected(GaussianNB(), shift=wanted).fit(X, y)
    np.testing.assert_allclose(model.predict_proba(X), plain, rtol=1e-10)
    both = wanted.then(ClassShift.from_rates({0: 0.5, 1: 1}))
    for correction in ("shift", "sigmoid"):
        model = corrected(GaussianNB(), shift=both, correction=correction).fit(X, y)
        only = corrected(GaussianNB(), shift=both.parts[1], correction=correction).fit(X, y)
        np.testing.assert_allclose(model.predict_proba(X), only.predict_proba(X), rtol=1e-10)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_a_frozen_model_with_a_known_shift(n_classes: int) -> None:
    X, y = gaussians(COUNTS[n_classes])
    model = GaussianNB().fit(X, y)
    shift = ClassShift.from_rates(dict(enumerate([0.1, 1.0, 3.0][:n_classes])))
    frozen = corrected(FrozenEstimator(model), shift=shift).fit(X, y)
    assert frozen.estimator_.estimator is model
    want = shift.undo(model.predict_proba(X))
    np.testing.assert_allclose(frozen.predict_proba(X), want, rtol=1e-9)
    np.testing.assert_array_equal(frozen.predict(X), want.argmax(axis=1))


def test_the_shift_of_a_frozen_model_is_the_whole_story() -> None:
    """Its own class weights are not undone once more, and no longer refused."""
    X, y = gaussians((900, 100))
    weighted = LogisticRegression(class_weight={1: 9}).fit(X, y)
    with pytest.raises(ValueError, match=r"refused: class_weight={1: 9}"):
        corrected(FrozenEstimator(weighted), correction="shift").fit(X, y)
    shift = ClassShift.from_rates({0: 1, 1: 9})
    model = corrected(FrozenEstimator(weighted), shift=shift).fit(X, y)
    assert model.correction_ == "shift"
    want = shift.undo(weighted.predict_proba(X))
    np.testing.assert_allclose(model.predict_proba(X), want, rtol=1e-9)


def test_a_frozen_model_is_calibrated_on_the_rows_given() -> None:
    """Trained on thinned rows, calibrated on fresh rows of the population, weighted."""
    _, _, X_in, y_in = thinned()
    X, y, p = logistic_population(20_000, intercept=-4, slope=1.5, seed=9)
    weights = np.random.default_rng(0).uniform(1, 3, len(y))
    model = LogisticRegression().fit(X_in, y_in)
    shift = ClassShift.from_rates({0: THINNED, 1: 1})
    frozen = corrected(FrozenEstimator(model), shift=shift, correction="sigmoid")
    frozen.fit(X, y, sample_weight=weights)
    at = odds(model.predict_proba(X)) + np.log(THINNED)
    slope, intercept = platt(at, y, weights)
    np.testing.assert_allclose(frozen.decision_function(X), slope * at + intercept, atol=1e-4)
    # 4 standard errors of the rate.
    rate = frozen.predict_proba(X)[:, 1].mean()
    assert rate == pytest.approx(p.mean(), rel=4 / np.sqrt(p.sum()))


def test_a_frozen_model_may_know_more_classes() -> None:
    X, y = gaussians((700, 200, 100))
    model = GaussianNB().fit(X, y)
    two = y < 2
    frozen = corrected(FrozenEstimator(model)).fit(X[two], y[two])
    np.testing.assert_allclose(frozen.predict_proba(X), model.predict_proba(X), rtol=1e-9)
    with pytest.raises(ValueError, match="fitted to has no row of class 2 that counts"):
        corrected(FrozenEstimator(model), correction="sigmoid").fit(X[two], y[two])
    with pytest.raises(ValueError, match=r"does not know, \['0', '1', '2'\]: expected none but"):
        corrected(FrozenEstimator(model)).fit(X, y.astype(str))


# Order, and another population --------------------------------------------------------------------


def test_shift_then_curve_then_prior() -> None:
    """Each step by hand, on a model whose probabilities are the columns of X."""
    rng = np.random.default_rng(0)
    X = rng.dirichlet([2, 2], size=2000)
    y = (rng.random(2000) < expit(0.5 * odds(X) - 2)).astype(int)
    frozen = FrozenEstimator(GivenProba().fit(X, y))
    shift = ClassShift.from_rates({0: 0.2, 1: 1})
    model = corrected(frozen, shift=shift, correction="sigmoid", target_prior=0.4).fit(X, y)
    undone = odds(X) + np.log(0.2)
    slope, intercept = platt(undone, y)
    base = y.mean()
    want = slope * undone + intercept + logit(0.4) - logit(base)
    np.testing.assert_allclose(model.decision_function(X), want, atol=1e-4)


@pytest.mark.filterwarnings("ignore:`target_prior`=0.3 is the share of 'b', the second")
@pytest.mark.parametrize(("n_classes", "labels"), KINDS)
@pytest.mark.parametrize("sampler", [None, ClassWeighter()])
def test_target_prior_reweights_the_classes(
    n_classes: int, labels: list[Any], sampler: Any
) -> None:
    X, codes = gaussians(COUNTS[n_classes])
    y = named(codes, labels)
    prior = dict(zip(labels, [0.3, 0.7] if n_classes == 2 else [0.2, 0.3, 0.5], strict=True))
    model = corrected(GaussianNB(), sampler, target_prior=prior).fit(X, y)
    plain = GaussianNB().fit(X, y)
    p = plain.predict_proba(X)
    ratio = [prior[label] / np.mean(y == label) for label in plain.classes_.tolist()]
    want = p * ratio
    np.testing.assert_allclose(
        model.predict_proba(X), want / want.sum(axis=1, keepdims=True), rtol=1e-7
    )
    if n_classes == 2:
        share = prior[plain.classes_.tolist()[1]]
        as_float = corrected(GaussianNB(), sampler, target_prior=share).fit(X, y)
        np.testing.assert_allclose(
            as_float.decision_function(X), model.decision_function(X), rtol=1e-9, atol=1e-9
        )


def test_target_prior_counts_weights_and_what_was_dropped_upstream() -> None:
    X, y = gaussians((900, 100))
    weights = np.random.default_rng(0).uniform(0.5, 2, len(y))
    shift = ClassShift.from_rates({0: 0.1, 1: 1})
    model = corrected(GaussianNB(), ClassWeighter(), shift=shift, target_prior=0.01)
    model.fit(X, y, sample_weight=weights)
    n0, n1 = weights[y == 0].sum() / 0.1, weights[y == 1].sum()
    plain = GaussianNB().fit(X, y, weights)
    want = odds(plain.predict_proba(X)) + np.log(0.1) + logit(0.01) - logit(n1 / (n0 + n1))
    np.testing.assert_allclose(model.decision_function(X), want, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("how", ["weights", "rows"])
@pytest.mark.parametrize("correction", ["shift", "sigmoid", "isotonic"])
def test_rows_thinned_upstream_and_weighted_to_a_population(correction: str, how: str) -> None:
    """The curve undid what the shift had undone: five times the true rate.

    The log odds of thinned rows have a standard error of .054 (see above); raking doubles the
    variance or so, and 4 of them are a third of the rate.
    """
    X, _, kept, y = thinned()
    target = 0.7 * X + 1
    weighter = CalibrationWeighter("raking", random_state=0)
    shift = ClassShift.from_rates({0: THINNED, 1: 1})
    model = corrected(
        LogisticRegression(C=np.inf), weighter, correction=correction, carry_out=how, shift=shift
    )
    model.fit(kept, y, target=Population(target))
    want = expit(-4 + 1.5 * target[:, 0]).mean()
    assert model.predict_proba(target)[:, 1].mean() == pytest.approx(want, rel=0.33)
    with pytest.raises(ValueError, match=r"`target_prior` starts .* do not tell it\. Hint: leave"):
        model.set_params(target_prior=0.1).fit(kept, y, target=Population(target))


@pytest.mark.parametrize("how", ["weights", "rows"])
def test_target_prior_starts_from_the_population_a_weighter_aims_at(how: str) -> None:
    """A learner of the base rate alone; the sample's own is a half of the population's.

    4,000 rows are drawn: the log odds of a rate of .4 have a standard error of .032, 4 of which are
    .021 at a rate of .2.
    """
    X, y, _ = logistic_population(4000, intercept=-2)
    weighter = CalibrationWeighter("raking", random_state=0)
    model = corrected(DummyClassifier(strategy="prior"), weighter, carry_out=how, target_prior=0.2)
    model.fit(X, y, target=Population(0.7 * X + 1))
    rate = np.average(y, weights=model.sampler_.weights_)
    assert rate > 1.8 * y.mean()
    atol = 0.021 if how == "rows" else 1e-12
    np.testing.assert_allclose(model.predict_proba(X[:1])[0, 1], 0.2, atol=atol)


# Numbers ------------------------------------------------------------------------------------------

FACTORS = [1e-9, 1.0, 1e9]


def given_proba(proba: Any, shift: Any = None, **options: Any) -> CorrectedClassifier:
    proba = np.asarray(proba)
    y = np.arange(len(proba)) % proba.shape[1]
    model = FrozenEstimator(GivenProba().fit(proba, y))
    return corrected(model, shift=shift, **options).fit(proba, y)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_certainty_survives_any_factor(n_classes: int) -> None:
    certain = np.eye(n_classes)[np.arange(12) % n_classes]
    shift = ClassShift.from_rates(dict(enumerate(FACTORS[:n_classes])))
    model = given_proba(certain, shift)
    np.testing.assert_array_equal(model.predict_proba(certain), certain)
    decision = model.decision_function(certain)
    assert np.isfinite(decision).all()
    assert np.abs(decision).max() == pytest.approx(708.4, abs=0.1)
    np.testing.assert_array_equal(model.predict(certain), np.arange(12) % n_classes)
    with np.errstate(divide="raise"):
        assert (model.predict_log_proba(certain)[certain == 0] == -np.inf).all()


def test_tiny_factors_keep_their_digits() -> None:
    q = np.array([[1 - 1e-6, 1e-6], [0.5, 0.5], [1e-6, 1 - 1e-6], [0.9, 0.1]])
    model = given_proba(q, ClassShift.from_rates({0: 1e-9, 1: 1}))
    want = q[:, 1] * 1e-9 / (q[:, 0] + q[:, 1] * 1e-9)
    np.testing.assert_allclose(model.predict_proba(q)[:, 1], want, rtol=1e-9)
    np.testing.assert_allclose(model.predict_log_proba(q)[:, 1], np.log(want), rtol=1e-9)


@pytest.mark.parametrize("correction", ["shift", "sigmoid", "isotonic", "temperature"])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_a_forest_that_is_certain(correction: str, n_classes: int) -> None:
    X, y = gaussians((300, 100, 60)[:n_classes])
    forest = RandomForestClassifier(n_estimators=5, random_state=0)
    model = corrected(forest, ClassWeighter(), correction=correction).fit(X, y)
    assert (model.estimator_.predict_proba(X) == 0).any()
    proba, decision = model.predict_proba(X), model.decision_function(X)
    assert np.isfinite(proba).all()
    assert np.isfinite(decision).all()
    np.testing.assert_allclose(proba.sum(axis=1), 1, rtol=1e-12)
    if correction != "shift":
        assert (proba > 0).all()
    assert_consistent(model, X)


def assert_consistent(model: CorrectedClassifier, X: Any) -> None:
    """predict, decision_function, predict_proba and its logarithm tell the same."""
    proba, decision, labels = model.predict_proba(X), model.decision_function(X), model.predict(X)
    with np.errstate(divide="ignore"):
        np.testing.assert_array_equal(model.predict_log_proba(X), np.log(proba))
    if len(model.classes_) == 2:
        np.testing.assert_array_equal(labels, model.classes_[(decision > 0).astype(int)])
        np.testing.assert_allclose(expit(decision), proba[:, 1], rtol=1e-9, atol=1e-300)
    else:
        top = np.sort(proba, axis=1)
        clear = top[:, -1] - top[:, -2] > 1e-12
        np.testing.assert_array_equal(labels[clear], model.classes_[decision.argmax(axis=1)][clear])
        np.testing.assert_array_equal(labels[clear], model.classes_[proba.argmax(axis=1)][clear])
        np.testing.assert_allclose(expit(decision), proba, rtol=1e-7, atol=1e-15)


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("correction", ["shift", "sigmoid", "none"])
def test_the_ways_to_predict_agree(n_classes: int, correction: str) -> None:
    X, y = gaussians(COUNTS[n_classes])
    model = corrected(GaussianNB(), RandomUnderSampler(random_state=0), correction=correction)
    assert_consistent(model.fit(X, y), X)


def test_log_odds_of_zero_are_not_above_zero() -> None:
    """So the first class is predicted, as where the largest probability is sought."""
    model = given_proba([[0.5, 0.5], [0.4, 0.6]])
    assert model.decision_function([[0.5, 0.5]]) == 0
    assert model.predict([[0.5, 0.5], [0.4, 0.6]]).tolist() == [0, 1]


def test_what_is_offered_follows_the_fit() -> None:
    """And not a parameter that has been changed since."""
    X, y = gaussians((90, 60))
    calibrated = corrected(LinearSVC(), correction="sigmoid").fit(X, y)
    calibrated.set_params(correction="none")
    assert calibrated.predict_proba(X).shape == (150, 2)
    margins = corrected(LinearSVC(), correction="none").fit(X, y)
    margins.set_params(correction="sigmoid")
    assert not hasattr(margins, "predict_proba")
    assert hasattr(margins.fit(X, y), "predict_proba")


def test_rows_reach_sampler_and_learner_as_they_are() -> None:
    X, y = pd.DataFrame({"a": ["x", "y", None] * 20, "b": ["u", "v"] * 30}), np.arange(60) % 4 > 0
    inside = make_pipeline(OneHotEncoder(), LogisticRegression())
    model = corrected(inside, RandomUnderSampler(random_state=0)).fit(X, y)
    assert model.predict_proba(X).shape == (60, 2)
    assert model.feature_names_in_.tolist() == ["a", "b"]


def test_auto_says_how_the_learner_was_trained() -> None:
    X, y = gaussians((300, 60))
    sampler = NonuniformNegativeSampler(random_state=0)
    learner = OffsetLogisticRegression()
    auto, asked = (corrected(learner, sampler, correction=c).fit(X, y) for c in ("auto", "offset"))
    assert auto.correction_ == asked.correction_ == "offset"
    np.testing.assert_array_equal(auto.predict_proba(X), asked.predict_proba(X))


def test_multiclass_with_ratios() -> None:
    X, y = gaussians((700, 200, 100))
    sampler = ClassWeighter(Ratios({2: 1, 1: 0.5}, of="majority"))
    model = corrected(GaussianNB(), sampler).fit(X, y)
    plain = GaussianNB().fit(X, y).predict_proba(X)
    np.testing.assert_allclose(model.predict_proba(X), plain, rtol=1e-8)
