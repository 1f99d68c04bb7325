"""What is read off a learner: its weights' way in, its own class weights, its inner splits."""

from typing import Any

import imblearn.ensemble
import imblearn.over_sampling
import imblearn.pipeline
import numpy as np
import pytest
import sklearn
from sklearn.base import BaseEstimator
from sklearn.calibration import CalibratedClassifierCV
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import (
    BaggingClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.feature_selection import RFECV, SelectKBest
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV, SGDClassifier
from sklearn.model_selection import GridSearchCV, GroupKFold, RandomizedSearchCV
from sklearn.naive_bayes import GaussianNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC, LinearSVC

from imbalance_kit import CorrectedClassifier
from imbalance_kit.correction._learner import (
    class_weights_outside,
    fit_learner,
    has_proba,
    is_frozen,
    last_step,
    predict_scores,
    splits_inside,
    takes_groups,
    takes_sample_weight,
)
from tests.correction._fakes import (
    ClassWeightsNB,
    GivenProba,
    Log,
    PositiveWeightNB,
    gaussians,
    named,
)

X, CODES = gaussians((80, 30, 10))
BINARY = (CODES > 0).astype(int)
W = np.random.default_rng(0).uniform(0.5, 2, size=len(X))
SCALED = make_pipeline(StandardScaler(), LogisticRegression())


# Where weights go ---------------------------------------------------------------------------------


def test_the_last_step_is_found_in_nested_pipelines() -> None:
    inner = LogisticRegression()
    assert last_step(inner) is inner
    assert (
        last_step(make_pipeline(StandardScaler(), make_pipeline(StandardScaler(), inner))) is inner
    )


@pytest.mark.parametrize(
    ("learner", "takes"),
    [
        (LogisticRegression(), True),
        (KNeighborsClassifier(), False),
        (LinearDiscriminantAnalysis(), False),
        (SCALED, True),
        (make_pipeline(StandardScaler(), KNeighborsClassifier()), False),
        (GridSearchCV(LogisticRegression(), {}), True),
        (GridSearchCV(KNeighborsClassifier(), {}), False),
        (GridSearchCV(SCALED, {}), True),
        (VotingClassifier([("a", LogisticRegression()), ("b", GaussianNB())]), True),
        (VotingClassifier([("a", LogisticRegression()), ("b", "drop")]), True),
        (VotingClassifier([("a", LogisticRegression()), ("b", KNeighborsClassifier())]), False),
        (StackingClassifier([("a", SCALED)]), False),
        (CalibratedClassifierCV(LogisticRegression()), True),
    ],
)
def test_who_takes_weights(learner: Any, takes: bool) -> None:
    assert takes_sample_weight(learner) is takes


def test_with_routing_on_the_inner_learner_must_ask_for_weights() -> None:
    with sklearn.config_context(enable_metadata_routing=True):
        asks = LogisticRegression().set_fit_request(sample_weight=True)
        assert takes_sample_weight(GridSearchCV(asks, {}))
        assert not takes_sample_weight(GridSearchCV(LogisticRegression(), {}))
        assert takes_sample_weight(LogisticRegression())


@pytest.mark.parametrize("routing", [False, True])
@pytest.mark.parametrize("memory", [False, True])
def test_weights_reach_the_last_step_of_a_pipeline(
    routing: bool, memory: bool, tmp_path: Any
) -> None:
    """Equal to scaling by hand and fitting the last step with weights."""
    scaled = StandardScaler().fit_transform(X)
    want = LogisticRegression().fit(scaled, BINARY, W).predict_proba(scaled)
    cache = str(tmp_path) if memory else None
    flat = make_pipeline(
        StandardScaler(), FunctionTransformer(), LogisticRegression(), memory=cache
    )
    nested = make_pipeline(
        StandardScaler(), make_pipeline(FunctionTransformer(), LogisticRegression())
    )
    alone = Pipeline([("only", make_pipeline(StandardScaler(), LogisticRegression()))])
    with sklearn.config_context(enable_metadata_routing=routing):
        for learner in (flat, nested, alone):
            fitted = fit_learner(learner, X, BINARY, sample_weight=W)
            assert fitted is learner
            np.testing.assert_allclose(fitted.predict_proba(X), want, rtol=1e-12)


def test_steps_in_front_of_the_weights_see_the_labels() -> None:
    """The best column is chosen by them."""
    noise = np.random.default_rng(0).normal(size=len(X))
    rows = np.column_stack([noise, X, BINARY + 0.1 * noise])
    learner = make_pipeline(SelectKBest(k=1), LogisticRegression())
    fitted = fit_learner(learner, rows, BINARY, sample_weight=W)
    assert fitted[0].get_support().tolist() == [False] * 4 + [True]
    assert fitted.score(rows, BINARY) == 1


def test_a_pipeline_without_weights_fits_as_ever() -> None:
    fitted = fit_learner(make_pipeline(StandardScaler(), LogisticRegression()), X, BINARY)
    want = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, BINARY).predict_proba(X)
    np.testing.assert_array_equal(fitted.predict_proba(X), want)


def test_weights_reach_the_last_step_of_a_pipeline_inside_a_search() -> None:
    log = Log()
    spies = make_pipeline(
        FunctionTransformer(), make_pipeline(FunctionTransformer(), GivenProba(log))
    )
    search = GridSearchCV(spies, {"functiontransformer__validate": [False]}, scoring="neg_log_loss")
    fit_learner(search, np.full((len(X), 2), 0.5), BINARY, sample_weight=W)
    _, _, y, weights = [entry for entry in log if entry[0] == "fit"][-1]
    np.testing.assert_array_equal(weights, W)
    np.testing.assert_array_equal(y, BINARY)


def test_a_wrapper_that_takes_weights_gets_them_by_their_name() -> None:
    """And not by the path to the last step of the Pipeline inside."""
    inside = make_pipeline(StandardScaler(), LogisticRegression())
    fitted = fit_learner(CorrectedClassifier(inside), X, BINARY, sample_weight=W)
    want = fit_learner(inside, X, BINARY, sample_weight=W)
    np.testing.assert_allclose(fitted.predict_proba(X), want.predict_proba(X))


def test_weights_do_not_pass_a_sampler_in_the_pipeline() -> None:
    learner = imblearn.pipeline.make_pipeline(
        imblearn.over_sampling.SMOTE(random_state=0), LogisticRegression()
    )
    assert fit_learner(learner, X, BINARY) is learner
    with pytest.raises(ValueError, match=r"through the step 'smote' of the estimator \(SMOTE\)"):
        fit_learner(learner, X, BINARY, sample_weight=W)


# Groups -------------------------------------------------------------------------------------------


class WantsGroups(BaseEstimator):
    def fit(self, X: Any, y: Any, groups: Any = None) -> "WantsGroups":
        self.groups_ = groups
        return self


def test_groups_reach_the_last_step() -> None:
    groups = np.arange(len(X)) // 4
    for learner in (WantsGroups(), make_pipeline(StandardScaler(), WantsGroups())):
        fitted = fit_learner(learner, X, BINARY, groups=groups)
        np.testing.assert_array_equal(last_step(fitted).groups_, groups)


@pytest.mark.parametrize(
    ("learner", "off", "on"),
    [
        (WantsGroups(), True, True),
        (LogisticRegression(), False, False),
        (GridSearchCV(LogisticRegression(), {}), False, False),
        (GridSearchCV(LogisticRegression(), {}, cv=GroupKFold()), True, True),
        (RandomizedSearchCV(LogisticRegression(), {}, cv=GroupKFold()), True, True),
        (RFECV(LogisticRegression(), cv=GroupKFold()), True, True),
        (make_pipeline(StandardScaler(), GridSearchCV(SCALED, {}, cv=GroupKFold())), True, True),
        (LogisticRegressionCV(cv=GroupKFold()), False, True),
        (CalibratedClassifierCV(LogisticRegression()), False, False),
        (CalibratedClassifierCV(LogisticRegression(), cv=GroupKFold()), False, True),
    ],
)
def test_who_takes_groups(learner: Any, off: bool, on: bool) -> None:
    assert takes_groups(learner) is off
    with sklearn.config_context(enable_metadata_routing=True):
        assert takes_groups(learner) is on


# Predictions --------------------------------------------------------------------------------------


def test_scores_are_log_odds_or_margins() -> None:
    model = GaussianNB().fit(X, BINARY)
    p = model.predict_proba(X)
    np.testing.assert_allclose(
        predict_scores(model, X, model.classes_), np.log(p[:, 1] / p[:, 0]), rtol=1e-9
    )
    margin = LinearSVC().fit(X, CODES)
    assert not has_proba(margin)
    np.testing.assert_array_equal(
        predict_scores(margin, X, margin.classes_), margin.decision_function(X)
    )


def test_labels_alone_are_refused() -> None:
    vote = VotingClassifier([("a", LogisticRegression())]).fit(X, BINARY)
    with pytest.raises(TypeError, match=r"VotingClassifier has neither .*Hint: voting='soft'"):
        predict_scores(vote, X, vote.classes_)


def test_margins_of_pairs_are_refused() -> None:
    pairs = make_pipeline(SVC(decision_function_shape="ovo")).fit(X, CODES)
    with pytest.raises(ValueError, match=r"'ovo' gives a margin per pair.*Hint: .*'ovr'"):
        predict_scores(pairs, X, pairs.classes_)
    two = SVC(decision_function_shape="ovo").fit(X, BINARY)
    assert predict_scores(two, X, two.classes_).shape == (len(X),)


# Inner splits -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("learner", "by"),
    [
        (LogisticRegression(), None),
        (HistGradientBoostingClassifier(), None),
        (HistGradientBoostingClassifier(early_stopping=True), "early_stopping"),
        (make_pipeline(StandardScaler(), MLPClassifier(early_stopping=True)), "early_stopping"),
        (MLPClassifier(), None),
        (SGDClassifier(loss="log_loss"), None),
        (SGDClassifier(loss="log_loss", early_stopping=True), "early_stopping"),
        (GradientBoostingClassifier(), None),
        (GradientBoostingClassifier(n_iter_no_change=5), "n_iter_no_change"),
        (LogisticRegressionCV(), "cv"),
        (GridSearchCV(LogisticRegression(), {}), "cv"),
        (StackingClassifier([("a", LogisticRegression())], cv="prefit"), None),
        (StackingClassifier([("a", LogisticRegression())], cv=3), "cv"),
        (RandomForestClassifier(), None),
        (RandomForestClassifier(oob_score=True), "oob_score"),
        (SVC(), None),
        (SVC(probability=True), "probability"),
    ],
)
def test_who_holds_rows_out(learner: Any, by: str | None) -> None:
    assert splits_inside(learner, 10_000) == by


@pytest.mark.parametrize(("value", "known"), [(None, True), (1, True), (3, False)])
def test_a_weight_inside_is_known_where_it_changes_nothing(value: Any, known: bool) -> None:
    bag = BaggingClassifier(PositiveWeightNB(scale_pos_weight=value))
    _, _, own = class_weights_outside(bag, BINARY, None)
    assert own.reason == ("" if known else f"estimator__scale_pos_weight={value}")


class Boosting(BaseEstimator):
    """With the word of LightGBM for weights of its own making."""

    def __init__(self, is_unbalance: bool = False) -> None:
        self.is_unbalance = is_unbalance

    def fit(self, X: Any, y: Any) -> Any:
        raise AssertionError


@pytest.mark.parametrize(("value", "reason"), [(False, ""), (True, "is_unbalance=True")])
def test_what_boosting_balances_by_itself_is_not_known(value: bool, reason: str) -> None:
    _, _, own = class_weights_outside(Boosting(value), BINARY, None)
    assert own.reason == reason


def test_automatic_early_stopping_starts_above_ten_thousand_rows() -> None:
    assert splits_inside(HistGradientBoostingClassifier(), 10_001) == "early_stopping"


# Class weights inside -----------------------------------------------------------------------------


@pytest.mark.parametrize("labels", [[0, 1, 2], ["a", "b", "c"], [-1, 0, 5], [2, 1, 0]])
@pytest.mark.parametrize("weights", [None, W])
def test_balanced_becomes_numbers_on_the_rows(labels: list[Any], weights: Any) -> None:
    y = named(CODES, labels)
    learner = LogisticRegression(class_weight="balanced")
    outside, got, own = class_weights_outside(learner, y, weights)
    assert learner.class_weight == "balanced"
    assert outside.class_weight is None
    given = np.ones(len(y)) if weights is None else weights
    totals = {label: given[y == label].sum() for label in labels}
    want = {label: given.sum() / (3 * total) for label, total in totals.items()}
    assert own.shift.factors == pytest.approx(want)
    assert own.reason == ""
    np.testing.assert_allclose(got, given * np.array([want[label] for label in y.tolist()]))


def test_a_dict_means_labels_also_where_the_learner_takes_its_keys_for_codes() -> None:
    learner = HistGradientBoostingClassifier(class_weight={1: 5})
    outside, weights, own = class_weights_outside(learner, BINARY + 1, None)
    assert outside.class_weight is None
    assert own.shift.factors == {1: 5, 2: 1}
    np.testing.assert_array_equal(weights, np.where(BINARY == 0, 5, 1))


class OnlyClassWeight(GaussianNB):
    def __init__(self, class_weight: Any = None) -> None:
        super().__init__()
        self.class_weight = class_weight

    def fit(self, X: Any, y: Any) -> Any:
        raise AssertionError


def test_a_learner_without_sample_weight_keeps_its_class_weight() -> None:
    outside, weights, own = class_weights_outside(OnlyClassWeight("balanced"), BINARY, None)
    assert outside.class_weight == "balanced"
    assert weights is None
    assert own.shift.factors == pytest.approx({0: 120 / 160, 1: 120 / 80})


@pytest.mark.parametrize(
    ("learner", "expected"),
    [
        (LogisticRegression(), None),
        (LogisticRegression(class_weight={1: 5}), {0: 1, 1: 5}),
        (make_pipeline(StandardScaler(), LogisticRegression(class_weight={0: 2})), {0: 2, 1: 1}),
        (PositiveWeightNB(), None),
        (PositiveWeightNB(1), None),
        (PositiveWeightNB(7.0), {0: 1, 1: 7}),
        (PositiveWeightNB(np.float64(7)), {0: 1, 1: 7}),
        (ClassWeightsNB([1, 3]), {0: 1, 1: 3}),
        (ClassWeightsNB({1: 3}), {0: 1, 1: 3}),
        (MultinomialNB(fit_prior=True), None),
        (GridSearchCV(LogisticRegression(), {"C": [1, 2]}), None),
        (CalibratedClassifierCV(LogisticRegression()), None),
        (SVC(), None),
    ],
)
def test_known_class_weights(learner: Any, expected: dict[Any, float] | None) -> None:
    _, _, own = class_weights_outside(learner, BINARY, None)
    assert own.reason == ""
    assert (own.shift and own.shift.factors) == expected


SMOTE = imblearn.over_sampling.SMOTE(random_state=0)
PROBABLE_SVC = SVC(probability=True, class_weight="balanced")
OPAQUE = [
    (
        RandomForestClassifier(class_weight="balanced_subsample"),
        "class_weight='balanced_subsample'",
    ),
    (GaussianNB(priors=[0.5, 0.5]), r"priors=\[0.5, 0.5\]"),
    (LinearDiscriminantAnalysis(priors=[0.5, 0.5]), r"priors=\[0.5, 0.5\]"),
    (MultinomialNB(fit_prior=False), "fit_prior=False"),
    (MultinomialNB(class_prior=[0.5, 0.5]), r"class_prior=\[0.5, 0.5\]"),
    (ClassWeightsNB(auto_class_weights="Balanced"), "auto_class_weights='Balanced'"),
    (imblearn.ensemble.BalancedBaggingClassifier(), "BalancedBaggingClassifier resamples inside"),
    (imblearn.ensemble.BalancedRandomForestClassifier(), "BalancedRandomForestClassifier resam"),
    (imblearn.ensemble.EasyEnsembleClassifier(), "EasyEnsembleClassifier resamples inside"),
    (imblearn.ensemble.RUSBoostClassifier(), "RUSBoostClassifier resamples inside"),
    (
        imblearn.pipeline.make_pipeline(SMOTE, LogisticRegression()),
        r"the step 'smote' of the estimator \(SMOTE\)",
    ),
    (
        make_pipeline(StandardScaler(), imblearn.pipeline.make_pipeline(SMOTE, GaussianNB())),
        r"the step 'smote' of the estimator \(SMOTE\)",
    ),
    (
        GridSearchCV(imblearn.pipeline.make_pipeline(SMOTE, GaussianNB()), {}),
        "estimator__smote__sampling_strategy='auto'",
    ),
    (
        CalibratedClassifierCV(LogisticRegression(class_weight="balanced")),
        "estimator__class_weight='balanced'",
    ),
    (
        GridSearchCV(make_pipeline(LogisticRegression(class_weight={1: 3})), {}),
        "estimator__logisticregression__class_weight={1: 3}",
    ),
    (
        VotingClassifier([("a", LogisticRegression(class_weight={1: 3}))], voting="soft"),
        "a__class_weight={1: 3}",
    ),
    (BaggingClassifier(GaussianNB(priors=[0.5, 0.5])), r"estimator__priors=\[0.5, 0.5\]"),
    (BaggingClassifier(PositiveWeightNB(3)), "estimator__scale_pos_weight=3"),
    (
        GridSearchCV(LogisticRegression(), {"class_weight": [None, "balanced"]}),
        "the search over class_weight",
    ),
    (
        GridSearchCV(SCALED, [{}, {"logisticregression__class_weight": [None, {1: 3}]}]),
        "the search over logisticregression__class_weight",
    ),
    (
        RandomizedSearchCV(LogisticRegression(), {"class_weight": [None, "balanced"]}),
        "the search over class_weight",
    ),
    (PROBABLE_SVC, "probability=True, which calibrates inside without the weights,"),
]


@pytest.mark.parametrize(("learner", "reason"), OPAQUE)
def test_class_weights_that_cannot_be_known(learner: Any, reason: str) -> None:
    _, _, own = class_weights_outside(learner, BINARY, None)
    assert own.shift is None
    with pytest.raises(AssertionError, match=reason):
        raise AssertionError(own.reason)


def test_a_positive_class_among_three_cannot_be_known() -> None:
    _, _, own = class_weights_outside(PositiveWeightNB(3.0), CODES, None)
    assert own.reason == "scale_pos_weight=3.0 with more than two classes"


def test_inner_calibration_leaves_weights_out() -> None:
    _, _, own = class_weights_outside(SVC(probability=True), BINARY, W)
    assert own.reason.startswith("probability=True")
    assert class_weights_outside(SVC(probability=True), BINARY, None)[2].reason == ""


# Frozen -------------------------------------------------------------------------------------------


def test_a_frozen_learner_is_handed_on() -> None:
    frozen = FrozenEstimator(LogisticRegression().fit(X, BINARY))
    learner, _, own = class_weights_outside(frozen, BINARY, None)
    assert is_frozen(learner)
    assert learner.estimator is frozen.estimator
    assert own.shift is None
    assert own.reason == ""


@pytest.mark.parametrize(
    ("learner", "reason"),
    [
        (LogisticRegression(class_weight="balanced"), "class_weight='balanced'"),
        (make_pipeline(LogisticRegression(class_weight={1: 2})), "class_weight={1: 2}"),
        (PositiveWeightNB(3), "scale_pos_weight=3"),
        (PositiveWeightNB(1), ""),
        (GaussianNB(priors=[0.5, 0.5]), "priors=[0.5, 0.5]"),
    ],
)
def test_class_weights_of_a_frozen_learner_cannot_be_known(learner: Any, reason: str) -> None:
    """ "balanced" once stood for numbers that nobody kept."""
    frozen = FrozenEstimator(learner.fit(X, BINARY))
    assert class_weights_outside(frozen, BINARY, None)[2].reason == reason
