"""Adapters: each learner is trained with the offset and predicts without it."""

import pickle
from typing import Any

import numpy as np
import pytest
from scipy.special import expit, log_softmax
from sklearn.base import clone
from sklearn.ensemble import GradientBoostingClassifier
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
