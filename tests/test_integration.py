"""The classes inside scikit-learn's and imbalanced-learn's machinery, and the other way round."""

import pickle
from collections import Counter
from typing import Any

import imblearn.over_sampling
import imblearn.pipeline
import numpy as np
import pandas as pd
import polars as pl
import pytest
from imblearn.ensemble import BalancedBaggingClassifier
from sklearn import config_context
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import get_scorer, log_loss
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    StratifiedKFold,
    TunedThresholdClassifierCV,
    cross_val_predict,
    cross_val_score,
    cross_validate,
)
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from imbalance_kit import (
    ADASYN,
    SMOTE,
    SVMSMOTE,
    BorderlineSMOTE,
    ClassWeighter,
    CorrectedClassifier,
    KMeansSMOTE,
    RandomOverSampler,
    RandomUnderSampler,
    Ratios,
    SamplerChain,
    compare_strategies,
)
from imbalance_kit.testing._examples import known_truth, true_probabilities
from imbalance_kit.testing._subject import kind_of, needs_target
from tests._discovery import make_instance, public_classes

DATA = known_truth(0, 1200)
X, Y = DATA.X, DATA.y
WEIGHTS = np.random.default_rng(1).integers(1, 4, size=len(Y)).astype(float)
GROUPS = np.arange(len(Y)) // 4
LEARNER = LogisticRegression(C=100.0)
SAMPLERS = [
    None,
    RandomUnderSampler(random_state=0),
    ClassWeighter(),
    SMOTE(random_state=0),
    imblearn.over_sampling.SMOTE(random_state=0),
]


def _corrected(sampler: Any = None, **parameters: Any) -> CorrectedClassifier:
    return CorrectedClassifier(clone(LEARNER), sampler, **parameters)


FORMS = ("auto", "balanced")


def _drawing(*kinds: str) -> list[Any]:
    """Samplers and weighters of one kind or several that need rows and labels alone."""
    found = [make_instance(cls) for kind in kinds for cls in public_classes(kind)]
    drawing = [s for s in found if hasattr(s, "fit_resample") and not needs_target(s)]
    assert len(drawing) >= 2
    return [
        s.set_params(random_state=0) if "random_state" in s.get_params() else s for s in drawing
    ]


def _balancing(*kinds: str) -> list[Any]:
    """Samplers that make classes equal when told "auto": no Poisson designs, chains, cleaners."""
    found = [s for s in _drawing(*kinds) if s.get_params().get("sampling_strategy") in FORMS]
    directed = ("over-sampling", "under-sampling")
    return [
        s for s in found if getattr(s, "_sampling_type", "") in directed or kind_of(s) != "sampler"
    ]


# Our samplers in imbalanced-learn -----------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:No cluster holds")  # the classes overlap everywhere
@pytest.mark.parametrize("sampler", _drawing("sampler", "weighter"), ids=lambda s: type(s).__name__)
def test_sampler_is_a_step_of_imblearns_pipeline(sampler: Any) -> None:
    pipeline = imblearn.pipeline.make_pipeline(StandardScaler(), clone(sampler), LEARNER)
    predicted = pipeline.fit(X, Y).predict_proba(X)
    scaled = StandardScaler().fit(X)
    by_hand = clone(LEARNER).fit(*sampler.fit_resample(scaled.transform(X), Y))
    np.testing.assert_allclose(predicted, by_hand.predict_proba(scaled.transform(X)), rtol=1e-9)


@pytest.mark.filterwarnings("ignore:No cluster holds")  # the classes overlap everywhere
@pytest.mark.parametrize(
    "sampler", _balancing("sampler", "weighter"), ids=lambda s: type(s).__name__
)
def test_pipeline_of_samplers_resamples(sampler: Any) -> None:
    pipeline = imblearn.pipeline.make_pipeline(StandardScaler(), sampler)
    X_res, y_res = pipeline.fit_resample(X, Y)
    assert len(X_res) == len(y_res)
    counts = Counter(y_res.tolist())
    assert abs(counts[0] - counts[1]) <= 1


@pytest.mark.filterwarnings("ignore:No cluster holds")  # the classes overlap everywhere
@pytest.mark.parametrize("sampler", _balancing("sampler"), ids=lambda s: type(s).__name__)
def test_sampler_in_balanced_bagging(sampler: Any) -> None:
    bagging = BalancedBaggingClassifier(LEARNER, sampler=sampler, n_estimators=4, random_state=0)
    proba = bagging.fit(X, Y).predict_proba(X)[:, 1]
    assert 0.25 < proba.mean() < 0.75, "each member has seen balanced classes"
    assert len(bagging.estimators_) == 4


def test_grid_search_over_ratios() -> None:
    steps = [("sampler", RandomUnderSampler(random_state=0)), ("learner", LEARNER)]
    grid = {"sampler__sampling_strategy": [0.5, Ratios({0: 2.0}, of="minority"), 1.0]}
    search = GridSearchCV(imblearn.pipeline.Pipeline(steps), grid, cv=3, scoring="neg_log_loss")
    scores = search.fit(X, Y).cv_results_["mean_test_score"]
    assert scores[0] == scores[1] > scores[2], "one half is two to one, and nearer the truth"


# CorrectedClassifier in scikit-learn --------------------------------------------------------------


@pytest.mark.parametrize("nested", [False, True], ids=["pipeline", "nested pipelines"])
def test_grid_search_over_the_sampler_itself(nested: bool) -> None:
    learner = make_pipeline(SelectKBest(k=2), LEARNER) if nested else LEARNER
    pipeline: Any = Pipeline(
        [("scale", StandardScaler()), ("model", CorrectedClassifier(learner, cv=2))]
    )
    if nested:
        pipeline = Pipeline([("outer", pipeline)])
    name = "outer__model__sampler" if nested else "model__sampler"
    search = GridSearchCV(pipeline, {name: SAMPLERS}, cv=3, scoring="neg_log_loss")
    scores = search.fit(X, Y).cv_results_["mean_test_score"]
    # corrected, all of them are close to the model on all rows; uncorrected, up to twice as bad
    np.testing.assert_allclose(scores, scores[0], rtol=0.05)


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_grid_search_over_the_sampling_strategy(n_jobs: int) -> None:
    grid = {"sampler__sampling_strategy": [0.3, 0.6, 1.0, "auto", Ratios({0: 0.5}, of="own")]}
    search = GridSearchCV(
        _corrected(RandomUnderSampler(random_state=0)),
        grid,
        cv=StratifiedKFold(3),
        scoring="neg_log_loss",
        n_jobs=n_jobs,
    ).fit(X, Y)
    scores = search.cv_results_["mean_test_score"]
    assert scores[2] == scores[3], "1.0 and 'auto' ask for the same"
    assert len(set(scores)) == 4
    all_rows = cross_val_score(_corrected(), X, Y, cv=3, scoring="neg_log_loss").mean()
    np.testing.assert_allclose(scores, all_rows, rtol=0.05)


def test_grid_search_over_the_correction() -> None:
    grid = {"correction": ["none", "shift", "weight", "sigmoid", "isotonic", "temperature"]}
    model = _corrected(RandomUnderSampler(random_state=0), cv=2)
    search = GridSearchCV(model, grid, cv=3, scoring="neg_log_loss").fit(X, Y)
    scores = dict(zip(grid["correction"], search.cv_results_["mean_test_score"], strict=True))
    assert min(scores, key=scores.__getitem__) == "none"


@pytest.mark.parametrize("sampler", SAMPLERS, ids=lambda s: type(s).__name__)
def test_cross_val_predict_keeps_the_base_rate(sampler: Any) -> None:
    """Within 4 standard errors of a share of 1,200 rows."""
    proba = cross_val_predict(
        make_pipeline(StandardScaler(), _corrected(sampler)), X, Y, cv=4, method="predict_proba"
    )
    np.testing.assert_allclose(proba.sum(axis=1), 1)
    rate = true_probabilities(X, 2)[:, 1].mean()
    assert abs(proba[:, 1].mean() - rate) < 4 * np.sqrt(rate * (1 - rate) / len(Y))


def test_jobs_change_nothing() -> None:
    one, two = (
        _corrected(RandomUnderSampler(random_state=0), correction="sigmoid", n_jobs=n_jobs)
        .fit(X, Y)
        .predict_proba(X)
        for n_jobs in (1, 2)
    )
    np.testing.assert_array_equal(one, two)


def test_tuned_threshold_moves_the_decision_and_not_the_probabilities() -> None:
    model = _corrected(RandomUnderSampler(random_state=0))
    tuned = TunedThresholdClassifierCV(model, scoring="balanced_accuracy", cv=3).fit(X, Y)
    np.testing.assert_array_equal(tuned.predict_proba(X), clone(model).fit(X, Y).predict_proba(X))
    assert tuned.best_threshold_ < 0.4, "close to the base rate, far from one half"
    assert tuned.predict(X).mean() > 2 * model.fit(X, Y).predict(X).mean()


def test_grid_search_of_a_tuned_threshold() -> None:
    tuned = TunedThresholdClassifierCV(_corrected(), scoring="f1", cv=2)
    search = GridSearchCV(tuned, {"estimator__sampler": SAMPLERS[:3]}, cv=2, scoring="f1")
    assert np.isfinite(search.fit(X, Y).cv_results_["mean_test_score"]).all()


def test_corrected_classifier_is_the_last_step_of_imblearns_pipeline() -> None:
    model = _corrected(RandomUnderSampler(random_state=0))
    pipeline = imblearn.pipeline.make_pipeline(StandardScaler(), model)
    same = make_pipeline(StandardScaler(), clone(model))
    np.testing.assert_array_equal(
        pipeline.fit(X, Y).predict_proba(X), same.fit(X, Y).predict_proba(X)
    )


def test_imblearns_pipeline_as_the_learner_is_recognised() -> None:
    """A sampler hidden in the learner changes the shares unseen: it is recalibrated or refused."""
    inner = imblearn.pipeline.make_pipeline(RandomUnderSampler(random_state=0), LEARNER)
    proba = CorrectedClassifier(inner).fit(X, Y).predict_proba(X)[:, 1]
    rate = Y.mean()
    assert abs(proba.mean() - rate) < 4 * np.sqrt(rate * (1 - rate) / len(Y))


def test_frames_with_categories_pass_through_to_the_learner() -> None:
    frame = pd.DataFrame(X, columns=["a", "b"])
    frame["c"] = pd.Categorical(np.where(X[:, 0] > 0, "high", "low"))
    encode = make_column_transformer((OneHotEncoder(), ["c"]), remainder="passthrough")
    model = CorrectedClassifier(make_pipeline(encode, LEARNER), RandomUnderSampler(random_state=0))
    model.fit(frame, pd.Series(Y, index=frame.index))
    assert list(model.feature_names_in_) == ["a", "b", "c"]
    assert model.predict_proba(frame).shape == (len(Y), 2)


# Synthetic rows -----------------------------------------------------------------------------------

SYNTHETIC = [
    SMOTE(random_state=0),
    BorderlineSMOTE(random_state=0),
    SVMSMOTE(random_state=0),
    KMeansSMOTE(random_state=0, kmeans_estimator=4, cluster_balance_threshold=0.05),
    ADASYN(random_state=0),
    SamplerChain([RandomUnderSampler(sampling_strategy=0.3), SMOTE()], random_state=0),
]


@pytest.mark.parametrize("sampler", SYNTHETIC, ids=lambda s: type(s).__name__)
def test_synthetic_rows_are_recalibrated_on_real_ones(sampler: Any) -> None:
    """The mean is the share of positives in training, which the truth is within 4 standard errors.

    Log loss is within a tenth of that of the true probabilities; without correction it is far off.
    """
    model = _corrected(sampler).fit(X, Y)
    assert model.correction_ == "sigmoid"
    assert not model.shift_.exact
    fresh = known_truth(1, 20_000)
    truth = true_probabilities(fresh.X, 2)[:, 1]
    proba = model.predict_proba(fresh.X)[:, 1]
    error = np.sqrt(Y.mean() * (1 - Y.mean()) / len(Y))
    assert abs(proba.mean() - truth.mean()) < 4 * error
    best = log_loss(fresh.y, truth)
    assert log_loss(fresh.y, proba) < 1.1 * best
    raw = _corrected(sampler, correction="none").fit(X, Y).predict_proba(fresh.X)[:, 1]
    assert raw.mean() > truth.mean() + 10 * error
    assert log_loss(fresh.y, raw) > 1.25 * best


@pytest.mark.parametrize("sampler", SYNTHETIC, ids=lambda s: type(s).__name__)
def test_the_closed_form_for_synthetic_rows_warns(sampler: Any) -> None:
    with pytest.warns(UserWarning, match="synthetic rows move the distribution within the classes"):
        _corrected(sampler, correction="shift").fit(X, Y)
    few = np.concatenate([np.flatnonzero(Y == 0), np.flatnonzero(Y == 1)[:40]])
    with pytest.warns(UserWarning, match=r"With 40 rows of the rarest class.* the closed form"):
        assert _corrected(sampler).fit(X[few], Y[few]).correction_ == "shift"


@pytest.mark.parametrize("sampler", SYNTHETIC, ids=lambda s: type(s).__name__)
def test_synthetic_rows_of_frames(sampler: Any) -> None:
    expected = _corrected(sampler).fit(X, Y).predict_proba(X)
    frame = pd.DataFrame(X, columns=["a", "b"], index=np.arange(len(Y))[::-1])
    model = _corrected(sampler).fit(frame, pd.Series(Y, index=frame.index))
    np.testing.assert_allclose(model.predict_proba(frame), expected, rtol=1e-6)
    assert list(model.feature_names_in_) == ["a", "b"]
    polar = pl.DataFrame(X, schema=["a", "b"])
    model = _corrected(sampler).fit(polar, pl.Series(Y))
    np.testing.assert_allclose(model.predict_proba(polar), expected, rtol=1e-6)


def test_grid_search_over_synthetic_samplers_and_their_parameters() -> None:
    grid = [
        {"sampler": [None, *SYNTHETIC[:-1]]},
        {"sampler": [SMOTE(random_state=0)], "sampler__k_neighbors": [1, 5]},
    ]
    search = GridSearchCV(_corrected(cv=2), grid, cv=3, scoring="neg_log_loss")
    scores = search.fit(X, Y).cv_results_["mean_test_score"]
    # recalibrated, all of them are close to the model on all rows; a straight line that was drawn
    # to a class's clusters cannot be turned back
    np.testing.assert_allclose(scores, scores[0], rtol=0.1)


def test_synthetic_samplers_are_compared() -> None:
    frame = pd.DataFrame(X, columns=["a", "b"])
    chosen = [SMOTE(), BorderlineSMOTE(), ADASYN()]
    strategies = {type(sampler).__name__: sampler for sampler in chosen}
    report = compare_strategies(LEARNER, strategies, frame, Y, cv=2, random_state=0)
    found = {(r.name, r.variant): r for r in report.results}
    plain = found["nothing", "as is"].scores["log_loss"].mean
    for name in strategies:
        corrected = found[name, "corrected"]
        assert corrected.correction == "sigmoid"
        assert corrected.scores["log_loss"].mean == pytest.approx(plain, rel=0.05)
        assert found[name, "raw"].scores["log_loss"].mean > 1.25 * plain


# Copies -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sampler", SAMPLERS, ids=lambda s: type(s).__name__)
def test_clone_pickle_set_params(sampler: Any) -> None:
    model = _corrected(sampler)
    expected = clone(model).fit(X, Y).predict_proba(X)
    fitted = pickle.loads(pickle.dumps(clone(model).fit(X, Y)))
    np.testing.assert_array_equal(fitted.predict_proba(X), expected)
    other = _corrected(RandomOverSampler()).set_params(sampler=sampler)
    np.testing.assert_array_equal(other.fit(X, Y).predict_proba(X), expected)


def test_set_params_reaches_inside() -> None:
    model = make_pipeline(StandardScaler(), _corrected(RandomUnderSampler()))
    model.set_params(
        correctedclassifier__sampler__sampling_strategy=0.5,
        correctedclassifier__estimator__C=3.0,
    )
    assert (model[-1].sampler.sampling_strategy, model[-1].estimator.C) == (0.5, 3.0)


# Weights and groups, with metadata routing off and on ---------------------------------------------


@pytest.mark.parametrize("sampler", SAMPLERS[:3], ids=lambda s: type(s).__name__)
def test_weights_and_groups_with_routing(sampler: Any) -> None:
    """With routing on, cross-validation slices weights and groups itself."""
    model = _corrected(sampler, correction="sigmoid", cv=GroupKFold(3))
    folds = list(GroupKFold(3).split(X, Y, GROUPS))
    by_hand = []
    for train, test in folds:
        fitted = clone(model).fit(
            X[train], Y[train], sample_weight=WEIGHTS[train], groups=GROUPS[train]
        )
        by_hand.append(fitted.score(X[test], Y[test]))
    with config_context(enable_metadata_routing=True):
        asked = clone(model).set_fit_request(sample_weight=True, groups=True)
        scores = cross_validate(
            asked.set_score_request(sample_weight=False),
            X,
            Y,
            cv=GroupKFold(3),
            params={"sample_weight": WEIGHTS, "groups": GROUPS},
        )["test_score"]
    np.testing.assert_allclose(scores, by_hand)


@pytest.mark.parametrize("routing", [False, True], ids=["routing off", "routing on"])
def test_weights_reach_the_classifier_in_a_pipeline(routing: bool) -> None:
    model = _corrected(ClassWeighter())
    expected = clone(model).fit(X, Y, sample_weight=WEIGHTS).predict_proba(X)
    with config_context(enable_metadata_routing=routing):
        if routing:
            pipeline = Pipeline([("model", clone(model).set_fit_request(sample_weight=True))])
            pipeline.fit(X, Y, sample_weight=WEIGHTS)
        else:
            pipeline = Pipeline([("model", clone(model))])
            pipeline.fit(X, Y, model__sample_weight=WEIGHTS)
        np.testing.assert_allclose(pipeline.predict_proba(X), expected)


@pytest.mark.parametrize("routing", [False, True], ids=["routing off", "routing on"])
def test_weights_reach_the_last_step_of_the_learner(routing: bool) -> None:
    learner = make_pipeline(StandardScaler(), LEARNER)
    scaled = StandardScaler().fit_transform(X)
    expected = _corrected(ClassWeighter()).fit(scaled, Y, sample_weight=WEIGHTS)
    with config_context(enable_metadata_routing=routing):
        model = CorrectedClassifier(learner, ClassWeighter()).fit(X, Y, sample_weight=WEIGHTS)
        np.testing.assert_allclose(
            model.predict_proba(X), expected.predict_proba(scaled), rtol=1e-6
        )


def test_weights_reach_a_sampler_by_routing() -> None:
    with config_context(enable_metadata_routing=True):
        sampler = RandomUnderSampler(random_state=0).set_fit_request(sample_weight=True)
        sampler.set_fit_resample_request(sample_weight=True)
        learner = clone(LEARNER).set_fit_request(sample_weight=False)  # they speak of other rows
        pipeline = imblearn.pipeline.make_pipeline(sampler, learner)
        pipeline.fit(X, Y, sample_weight=WEIGHTS)
    expected = RandomUnderSampler(random_state=0)
    expected.fit_resample(X, Y, sample_weight=WEIGHTS)
    np.testing.assert_array_equal(pipeline[0].sample_indices_, expected.sample_indices_)
    assert pipeline[0].shift_ == expected.shift_


@pytest.mark.parametrize("sampler", SAMPLERS[:3], ids=lambda s: type(s).__name__)
def test_grid_search_with_weights_for_model_and_score(sampler: Any) -> None:
    with config_context(enable_metadata_routing=True):
        scale = StandardScaler().set_fit_request(sample_weight=False)
        model = _corrected(sampler).set_fit_request(sample_weight=True)
        search = GridSearchCV(
            Pipeline([("scale", scale), ("model", model)]),
            {"model__correction": ["shift", "sigmoid"]},
            cv=3,
            scoring=get_scorer("neg_log_loss").set_score_request(sample_weight=True),
        )
        scores = search.fit(X, Y, sample_weight=WEIGHTS).cv_results_["split0_test_score"]
    train, test = next(StratifiedKFold(3).split(X, Y))
    scaled = StandardScaler().fit(X[train])
    fitted = _corrected(sampler).fit(
        scaled.transform(X[train]), Y[train], sample_weight=WEIGHTS[train]
    )
    proba = fitted.predict_proba(scaled.transform(X[test]))
    assert scores[0] == pytest.approx(-log_loss(Y[test], proba, sample_weight=WEIGHTS[test]))
