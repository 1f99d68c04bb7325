"""Adapters: each learner is trained with the offset and predicts without it."""

import pickle
from typing import Any

import numpy as np
import pytest
from scipy.special import expit, log_softmax, logit
from sklearn.base import clone
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from imbalance_kit import (
    CorrectedClassifier,
    NonuniformNegativeSampler,
    OffsetLogisticRegression,
    register_offset_learner,
)
from imbalance_kit.correction import _offset_learners
from imbalance_kit.correction._offset_learners import (
    fit_with_offset,
    offset_adapter,
    predict_without_offset,
    prior_scores,
)

SAMPLER = NonuniformNegativeSampler(sampling_strategy=0.2, random_state=0)


def draw(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, 2))
    return X, (rng.random(n) < expit(-4 + X[:, 0] + X[:, 0] * X[:, 1])).astype(int)


X, Y = draw(30_000, 0)


def optional(name: str, kind: str, **parameters):
    """An instance of an optional library's learner, or a skip where it cannot be loaded."""
    try:
        module = __import__(name)
    except (ImportError, OSError) as error:
        pytest.skip(f"{name} cannot be loaded: {error}")
    return getattr(module, kind)(**parameters)


LEARNERS = {
    "gradient boosting": lambda: GradientBoostingClassifier(n_estimators=40, random_state=0),
    "lightgbm": lambda: optional(
        "lightgbm", "LGBMClassifier", n_estimators=40, num_leaves=8, verbose=-1, n_jobs=1
    ),
    "xgboost": lambda: optional("xgboost", "XGBClassifier", n_estimators=40, max_depth=3, n_jobs=1),
    "catboost": lambda: optional(
        "catboost",
        "CatBoostClassifier",
        iterations=60,
        depth=4,
        verbose=0,
        thread_count=1,
        allow_writing_files=False,
    ),
    "glum": lambda: optional("glum", "GeneralizedLinearRegressor", family="binomial", alpha=0),
    "logistic": OffsetLogisticRegression,
}


@pytest.mark.parametrize("name", LEARNERS)
def test_predictions_are_on_the_scale_of_the_population(name: str) -> None:
    """The mean probability is the base rate, where the sample's own is ten times as high.

    Its relative error comes from the positives: sqrt(1 / 800) = 3.5 %, and as much again from the
    learner's own bias; 4 of the former are allowed.
    """
    model = CorrectedClassifier(LEARNERS[name](), SAMPLER, correction="offset").fit(X, Y)
    X_new, y_new = draw(30_000, 1)
    share = model.predict_proba(X_new)[:, 1].mean()
    assert abs(share / y_new.mean() - 1) < 4 * np.sqrt(1 / Y.sum())
    ranked = np.corrcoef(model.decision_function(X_new), X_new[:, 0])[0, 1]
    assert ranked > 0.3
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_allclose(again.predict_proba(X_new[:50]), model.predict_proba(X_new[:50]))


@pytest.mark.parametrize("name", ["gradient boosting", "lightgbm", "xgboost", "catboost"])
def test_more_than_two_classes(name: str) -> None:
    rng = np.random.default_rng(0)
    rows = rng.standard_normal((20_000, 2))
    logits = np.column_stack([np.full(len(rows), 3.0), rows[:, 0], rows[:, 1] - 0.5])
    p = np.exp(log_softmax(logits, axis=1))
    y = (rng.random(len(p))[:, None] > p.cumsum(axis=1)).sum(axis=1)
    model = CorrectedClassifier(LEARNERS[name](), SAMPLER, correction="offset").fit(rows, y)
    shares = model.predict_proba(rows).mean(axis=0)
    counts = np.bincount(y)
    np.testing.assert_allclose(shares[1:], counts[1:] / len(y), rtol=4 * np.sqrt(1 / counts.min()))


def test_pipeline_gives_the_offset_to_its_last_step() -> None:
    inside = make_pipeline(StandardScaler(), GradientBoostingClassifier(n_estimators=10))
    model = CorrectedClassifier(inside, SAMPLER, correction="offset").fit(X, Y)
    assert model.predict_proba(X)[:, 1].mean() < 2 * Y.mean()


def test_gradient_boosting_refuses_what_an_offset_cannot_follow() -> None:
    stopping = GradientBoostingClassifier(n_iter_no_change=2)
    with pytest.raises(ValueError, match=r"offset cannot follow\. Hint: n_iter_no_change=None"):
        CorrectedClassifier(stopping, SAMPLER, correction="offset").fit(X, Y)
    started = GradientBoostingClassifier(init=LogisticRegression())
    with pytest.raises(ValueError, match=r"the place of the offset.*Hint: init=None"):
        CorrectedClassifier(started, SAMPLER, correction="offset").fit(X, Y)
    learner = GradientBoostingClassifier(n_estimators=2)
    fitted = CorrectedClassifier(learner, SAMPLER, correction="offset").fit(X, Y)
    assert fitted.estimator_.init is None
    clone(fitted.estimator_)


class Unlimited(NonuniformNegativeSampler):
    """A sampler of the user's own, with an inclusion probability of 0 or none at all."""

    bad = np.inf

    def fit_resample(self, X, y, *, sample_weight=None):
        drawn = super().fit_resample(X, y, sample_weight=sample_weight)
        self.log_odds_offset_[3] = self.bad
        return drawn


@pytest.mark.parametrize("name", LEARNERS)
@pytest.mark.parametrize("bad", [np.inf, -np.inf, np.nan])
def test_offsets_that_are_not_finite(monkeypatch, name: str, bad: float) -> None:
    """Boosting would train on them without a word, and predict NaN."""
    monkeypatch.setattr(Unlimited, "bad", bad)
    model = CorrectedClassifier(LEARNERS[name](), Unlimited(random_state=0), correction="offset")
    message = rf"`offset` contains NaN or infinity .first at row 3: {bad}.*floor"
    with pytest.raises(ValueError, match=message):
        model.fit(X, Y)


@pytest.mark.parametrize("name", LEARNERS)
def test_labels_of_rows_without_weight_do_not_matter(name: str) -> None:
    rows, y = X[:2000], (X[:2000, 0] > np.linspace(-1, 1, 2000)).astype(int)
    weights = np.tile([1.0, 0.0], 1000)
    offset, start = np.full(2000, 0.5), np.zeros(())
    margins = [
        predict_without_offset(
            fit_with_offset(LEARNERS[name](), rows, labels, offset, given), rows, start
        )
        for labels in (y, np.where(weights > 0, y, 1 - y))
        for given in (weights, None)
    ]
    np.testing.assert_allclose(margins[0], margins[2], rtol=1e-6, atol=1e-6)
    assert np.abs(margins[1] - margins[3]).max() > 0.1  # with weight they do


@pytest.mark.parametrize("front", [[], [StandardScaler(), PolynomialFeatures(2)]])
def test_the_last_step_of_a_pipeline_takes_offset_and_weights(front: list) -> None:
    rows, y, rng = X[:500], (X[:500, 0] > 0.3).astype(int), np.random.default_rng(0)
    offset, weights = rng.normal(size=500), rng.exponential(size=500)
    model = make_pipeline(*map(clone, front), OffsetLogisticRegression())
    fitted = fit_with_offset(model, rows, y, offset, weights)
    table = make_pipeline(*front).fit_transform(rows) if front else rows
    alone = OffsetLogisticRegression().fit(table, y, sample_weight=weights, offset=offset)
    np.testing.assert_allclose(
        predict_without_offset(fitted, rows, np.zeros(())), alone.decision_function(table)
    )


@pytest.mark.parametrize("mean", [3, -3])
@pytest.mark.parametrize("spread", [2, 8, 20])
def test_prior_scores_solve_their_equation(mean: float, spread: float) -> None:
    rng = np.random.default_rng(0)
    offset, weights = rng.normal(mean, spread, 500), rng.random(500)
    y = (rng.random(500) < 0.4).astype(int)
    constant = prior_scores(y, offset, weights)
    assert abs(weights @ (y - expit(constant + offset))) < 1e-6
    # The scale of the weights does not matter, the rows they count do.
    np.testing.assert_allclose(prior_scores(y, offset, 1e-6 * weights), constant, rtol=1e-9)


def test_prior_scores_where_the_offset_leaves_no_slope_between_two_heaps() -> None:
    """Half the rows have an offset of -30, half one of 30: q is 1/2 (σ(c - 30) + σ(c + 30))."""
    offset, y = np.repeat([-30.0, 30.0], 500), np.arange(1000) % 10
    assert prior_scores((y < 4).astype(int), offset, None) == pytest.approx(logit(0.8) - 30)
    assert prior_scores((y < 6).astype(int), offset, None) == pytest.approx(logit(0.2) + 30)


def test_prior_scores_take_a_constant_offset_out_again() -> None:
    rng = np.random.default_rng(0)
    y, weights = rng.permutation(np.repeat([0, 1, 2], [70, 20, 10])), rng.random(100)
    for constants in ([0.0, 3.0, -5.0], [1e3, -1e3, 0.0]):
        each = np.broadcast_to(constants, (100, 3))
        logs = np.log(np.bincount(y, weights) / weights.sum()) - constants
        np.testing.assert_allclose(prior_scores(y, each, weights), logs - logs.mean(), rtol=1e-12)
    two = np.average(y > 0, weights=weights)
    got = prior_scores(y > 0, np.full(100, 1e3), weights)
    assert got == pytest.approx(logit(two) - 1e3, rel=1e-12)


class GivenScores(LogisticRegression):
    """Takes an offset by name, and predicts what X holds."""

    def fit(self, X, y, sample_weight=None, offset=None):
        return self

    def decision_function(self, X):
        return X


def test_scores_of_several_classes_are_normalised_row_by_row() -> None:
    """A row near 0 does not vanish beside one near 2000."""
    rows = np.array([[0.0, 1.0, 2.0], [2000.0, 2001.0, 2002.0], [-900.0, 0.0, 900.0]])
    start = np.array([1.0, 0.0, -1.0])
    got = predict_without_offset(GivenScores(), rows, start)
    np.testing.assert_allclose(got, log_softmax(rows + start, axis=1), rtol=1e-12)


def test_steps_in_front_of_the_offset_see_the_labels() -> None:
    rows, y = np.column_stack([X[:500], Y[:500] + 0.1 * X[:500, 0]]), Y[:500]
    learner = make_pipeline(SelectKBest(k=1), OffsetLogisticRegression())
    fitted = fit_with_offset(learner, rows, y, np.zeros(500), None)
    assert fitted[0].get_support().tolist() == [False, False, True]


def test_users_register_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_offset_learners, "_ADAPTERS", dict(_offset_learners._ADAPTERS))

    class Mine(LogisticRegression):
        """A learner that keeps its offset to itself."""

    assert offset_adapter(Mine()) is None
    seen = []

    def fit(learner, X, y, offset, sample_weight):
        seen.append(offset)
        return learner.fit(X, y)

    register_offset_learner(Mine, fit, lambda learner, X: learner.decision_function(X))
    model = CorrectedClassifier(Mine(), SAMPLER).fit(X, Y)
    assert model.correction_ == "offset"
    np.testing.assert_allclose(seen[0], model.sampler_.log_odds_offset_)
    assert offset_adapter(make_pipeline(StandardScaler(), Mine())) is not None


@pytest.mark.parametrize("learner", [None, 3, "Mine", LogisticRegression()], ids=repr)
def test_what_is_no_class_is_not_registered(learner: Any) -> None:
    """None ended in an AttributeError, and an instance or a bare name was never found again."""
    with pytest.raises(TypeError, match="`learner` must be a class or the dotted name of one"):
        register_offset_learner(learner, fit=print, predict=print)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="`fit` and `predict` must be functions"):
        register_offset_learner("my.Learner", fit=None, predict=print)  # type: ignore[arg-type]
