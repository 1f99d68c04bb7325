"""Every combination of correction, sampler and carrying out; scikit-learn's habits; errors."""

import inspect
import itertools
import pickle
import warnings
from typing import Any

import imblearn.combine
import imblearn.over_sampling
import imblearn.under_sampling
import numpy as np
import pytest
import sklearn
from imblearn import FunctionSampler
from scipy.special import expit
from sklearn.base import BaseEstimator, clone, is_classifier
from sklearn.calibration import CalibratedClassifierCV
from sklearn.cluster import KMeans
from sklearn.exceptions import DataConversionWarning, NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import make_scorer, roc_auc_score
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    LeaveOneGroupOut,
    TunedThresholdClassifierCV,
    cross_val_predict,
    cross_val_score,
    cross_validate,
)
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from sklearn.utils import get_tags

from imbalance_kit import (
    CalibrationWeighter,
    ClassShift,
    ClassWeighter,
    CorrectedClassifier,
    OffsetLogisticRegression,
    Population,
    RandomOverSampler,
    RandomUnderSampler,
    WeightedRegressor,
)
from imbalance_kit.correction._choose_correction import CORRECTIONS
from tests.correction._fakes import GivenProba, Log, gaussians, named

BINARY = gaussians((540, 60), distance=0.5)
THREE = gaussians((400, 140, 60), distance=0.5)
X, Y = BINARY
UNDER = RandomUnderSampler(random_state=0)

# Every combination --------------------------------------------------------------------------------

SAMPLERS: dict[str, tuple[Any, str]] = {
    "None": (None, "exact"),
    "under": (UNDER, "exact"),
    "over": (RandomOverSampler(random_state=0), "exact"),
    "smooth": (RandomOverSampler(random_state=0, shrinkage=0.3), "about"),
    "weights": (ClassWeighter(random_state=0), "exact"),
    "foreign under": (imblearn.under_sampling.RandomUnderSampler(random_state=0), "exact"),
    "foreign over": (imblearn.over_sampling.RandomOverSampler(random_state=0), "exact"),
    "SMOTE": (imblearn.over_sampling.SMOTE(random_state=0), "about"),
    "SMOTETomek": (imblearn.combine.SMOTETomek(random_state=0), "unknown"),
    "SMOTEENN": (imblearn.combine.SMOTEENN(random_state=0), "unknown"),
    "NearMiss": (imblearn.under_sampling.NearMiss(), "unknown"),
    "TomekLinks": (imblearn.under_sampling.TomekLinks(), "unknown"),
    "function": (FunctionSampler(), "unknown"),
}


def expected(name: str, correction: str, how: str) -> tuple[str, str]:
    """Return the correction carried out, or "error", and the message to expect, if any."""
    sampler, known = SAMPLERS[name]
    by_weights = sampler is not None and (
        how == "weights" or (how == "auto" and isinstance(sampler, ClassWeighter))
    )
    if by_weights:
        if not hasattr(sampler, "fit_weights"):
            return "error", "needs a sampler with fit_weights"
        known = "exact"
    if correction == "offset":
        return "error", "takes none"
    if correction == "auto" and sampler is None:
        return "none", ""
    if correction == "auto":
        return ("shift" if known == "exact" else "sigmoid"), ""
    if correction == "shift" and known == "unknown":
        return "error", "is refused"
    if correction == "temperature" and known == "unknown":
        return "error", "has no intercept"
    if correction == "weight" and sampler is not None:
        if by_weights:
            return "error", "would only cancel"
        if known == "unknown" or name == "SMOTE":
            return "error", "needs weights under which"
    inexact = known == "about" and correction in ("shift", "weight")
    return correction, "synthetic rows move" if inexact else ""


@pytest.mark.parametrize("how", ["auto", "rows", "weights"])
@pytest.mark.parametrize("correction", CORRECTIONS)
@pytest.mark.parametrize("name", SAMPLERS)
@pytest.mark.parametrize("n_classes", [2, 3])
def test_every_combination(n_classes: int, name: str, correction: str, how: str) -> None:
    """The right correction or the right refusal; probabilities add up and have the base rate.

    The rarest class has 60 rows: drawing as many of the others leaves log odds with a standard
    error of sqrt(2 / 60), and rates with that times the mean of p (1 - p); 4 of them are allowed.
    Uncorrected, the rates are off by much more.
    """
    X, codes = BINARY if n_classes == 2 else THREE
    y = named(codes, ["a", "b", "c"][:n_classes])
    sampler, known = SAMPLERS[name]
    model = CorrectedClassifier(GaussianNB(), sampler, correction=correction, carry_out=how, cv=2)
    done, message = expected(name, correction, how)
    if done == "error":
        with pytest.raises(ValueError, match=message):
            model.fit(X, y)
        return
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(X, y)
    assert [message in str(w.message) for w in caught] == ([True] if message else [])
    assert model.correction_ == done
    proba = model.predict_proba(X)
    assert proba.shape == (len(y), n_classes)
    np.testing.assert_allclose(proba.sum(axis=1), 1, rtol=1e-12)
    decision = model.decision_function(X)
    assert decision.shape == ((len(y),) if n_classes == 2 else proba.shape)
    assert (model.shift_ is None) is (known == "unknown")
    shares = np.bincount(codes) / len(y)
    plain = GaussianNB().fit(X, y).predict_proba(X)
    allowed = 4 * np.sqrt(2 / 60) * (plain * (1 - plain)).mean(axis=0)
    if done != "none" and not message:
        assert (np.abs(proba.mean(axis=0) - shares) < allowed).all()
    if done == "none" and known != "unknown" and sampler is not None:
        assert (np.abs(proba.mean(axis=0) - shares) > allowed).any()


@pytest.mark.parametrize("sampler", [UNDER, ClassWeighter()])
@pytest.mark.parametrize("correction", ["shift", "sigmoid", "isotonic", "temperature"])
def test_swapping_two_labels_swaps_the_columns(sampler: Any, correction: str) -> None:
    """Exactly where nothing is drawn; a class's draw depends on its label."""
    model = CorrectedClassifier(GaussianNB(), sampler, correction=correction)
    one = model.fit(X, np.where(Y == 1, "b", "a")).predict_proba(X)
    weighted = isinstance(sampler, ClassWeighter)
    other = model.fit(X, np.where(Y == 1, "a", "b")).predict_proba(X)[:, ::-1]
    if weighted:
        np.testing.assert_allclose(other, one, atol=1e-5)
    else:  # other rows are drawn: the same up to 4 standard errors of .18 in the log odds
        assert np.abs(other - one).mean() < 0.065


# scikit-learn's habits ----------------------------------------------------------------------------


def test_clone_and_parameters() -> None:
    model = CorrectedClassifier(LogisticRegression(), UNDER, correction="sigmoid", cv=3)
    copy = clone(model).set_params(
        sampler__sampling_strategy=0.5, estimator__C=2, correction="none"
    )
    assert copy.sampler.sampling_strategy == 0.5
    assert copy.estimator.C == 2
    assert model.sampler.sampling_strategy == "auto"
    assert model.get_params()["sampler__random_state"] == 0
    copy.fit(X, Y)
    assert copy.sampler_ is not copy.sampler
    assert not hasattr(copy.sampler, "shift_")
    assert not hasattr(copy.estimator, "coef_")


def test_tags_are_those_of_the_learner() -> None:
    model = CorrectedClassifier(GaussianNB(), UNDER)
    assert is_classifier(model)
    assert get_tags(model).input_tags == get_tags(GaussianNB()).input_tags
    sparse = CorrectedClassifier(LogisticRegression())
    assert get_tags(sparse).input_tags.sparse


@pytest.mark.parametrize("correction", ["shift", "sigmoid", "isotonic", "temperature"])
def test_pickle(correction: str) -> None:
    model = CorrectedClassifier(
        LogisticRegression(), UNDER, correction=correction, target_prior=0.3
    ).fit(X, Y)
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.predict_proba(X), model.predict_proba(X))


def test_fitting_again_forgets() -> None:
    model = CorrectedClassifier(LogisticRegression(), UNDER, correction="sigmoid", target_prior=0.5)
    fresh = CorrectedClassifier(LogisticRegression()).fit(X[:, :2], Y)
    model.fit(X, Y).set_params(correction="auto", sampler=None, target_prior=None)
    model.fit(X[:, :2], Y)
    assert model.calibrator_ is None
    np.testing.assert_array_equal(model.predict_proba(X[:, :2]), fresh.predict_proba(X[:, :2]))


def test_the_same_seed_gives_the_same_model() -> None:
    model = CorrectedClassifier(LogisticRegression(), UNDER, correction="sigmoid")
    one, other = model.fit(X, Y).predict_proba(X), clone(model).fit(X, Y).predict_proba(X)
    np.testing.assert_array_equal(one, other)


def test_grid_search_over_samplers_and_their_parameters() -> None:
    pipeline = make_pipeline(StandardScaler(), CorrectedClassifier(LogisticRegression(), UNDER))
    smote = imblearn.over_sampling.SMOTE(random_state=0)
    grid = [
        {"correctedclassifier__sampler__sampling_strategy": [0.3, 1.0]},
        {"correctedclassifier__sampler": [None, UNDER, smote, ClassWeighter()]},
    ]
    X, Y = gaussians((900, 100), distance=0.5)
    search = GridSearchCV(pipeline, grid, scoring="neg_log_loss", cv=3).fit(X, Y)
    losses = -search.cv_results_["mean_test_score"]
    assert np.isfinite(losses).all()
    # Corrected, no sampler costs more than some noise; uncorrected 1:1 doubles the loss and more.
    raw = GridSearchCV(
        make_pipeline(
            StandardScaler(), CorrectedClassifier(LogisticRegression(), UNDER, correction="none")
        ),
        {},
        scoring="neg_log_loss",
        cv=3,
    ).fit(X, Y)
    assert losses.max() < 1.25 * losses.min()
    assert -raw.best_score_ > 1.5 * losses.max()
    clone(search.best_estimator_)


@pytest.mark.parametrize("method", ["predict", "predict_proba", "decision_function"])
def test_cross_validated_predictions(method: str) -> None:
    model = CorrectedClassifier(LogisticRegression(), UNDER, correction="sigmoid")
    out = cross_val_predict(model, X, Y, cv=3, method=method)
    assert len(out) == len(Y)
    if method == "decision_function":
        assert roc_auc_score(Y, out) > 0.7


def test_parallel_folds_are_the_same() -> None:
    model = CorrectedClassifier(LogisticRegression(), UNDER, correction="sigmoid")
    one = model.fit(X, Y).predict_proba(X)
    two = clone(model).set_params(n_jobs=2).fit(X, Y).predict_proba(X)
    np.testing.assert_array_equal(two, one)
    scores = cross_val_score(model, X, Y, cv=2, n_jobs=2)
    np.testing.assert_array_equal(scores, cross_val_score(model, X, Y, cv=2))


@pytest.mark.parametrize("n_jobs", [None, 2])
def test_groups_reach_what_is_inside_in_every_process(n_jobs: int | None) -> None:
    """This learner takes groups with routing on only, and fails without.

    60 rows of each class are drawn: 4 standard errors of the rate are 4 sqrt(2 / 60) .09.
    """
    learner = CalibratedClassifierCV(LogisticRegression(), cv=GroupKFold(2))
    model = CorrectedClassifier(learner, UNDER, correction="sigmoid", cv=2, n_jobs=n_jobs)
    with sklearn.config_context(enable_metadata_routing=True):
        model.fit(X, Y, groups=np.arange(len(Y)) // 6)
    assert model.predict_proba(X)[:, 1].mean() == pytest.approx(0.1, abs=0.066)
    with pytest.raises(ValueError, match="'groups' parameter should not be None"):
        model.fit(X, Y, groups=np.arange(len(Y)) // 6)


def test_routing_on_weights_reach_a_search_in_every_fold() -> None:
    with sklearn.config_context(enable_metadata_routing=True):
        inner = LogisticRegression().set_fit_request(sample_weight=True)
        search = GridSearchCV(inner.set_score_request(sample_weight=False), {"C": [1]}, cv=2)
        model = CorrectedClassifier(search, ClassWeighter(), correction="sigmoid", n_jobs=2, cv=2)
        model.fit(X, Y)
    alone = CorrectedClassifier(
        LogisticRegression(C=1), ClassWeighter(), correction="sigmoid", cv=2
    )
    np.testing.assert_allclose(model.predict_proba(X), alone.fit(X, Y).predict_proba(X), rtol=1e-8)


def test_a_tuned_threshold_on_top() -> None:
    tuned = TunedThresholdClassifierCV(
        CorrectedClassifier(LogisticRegression(), UNDER), scoring="balanced_accuracy"
    ).fit(X, Y)
    assert 0.02 < tuned.best_threshold_ < 0.3  # near the base rate of .1, far from .5


def test_groups_are_held_out_whole_and_reach_a_search() -> None:
    groups = np.arange(len(Y)) // 6
    log = Log()
    rows = np.column_stack([np.full((len(Y), 2), 0.5), groups])
    for cv in (None, 3, GroupKFold(4)):
        log.clear()
        CorrectedClassifier(GivenProba(log), UNDER, correction="sigmoid", cv=cv).fit(
            rows, Y, groups=groups
        )
        for (_, train, *_), (_, held) in zip(log[1::2], log[2::2], strict=True):
            assert not set(train[:, 2]) & set(held[:, 2])
    search = GridSearchCV(LogisticRegression(), {"C": [1]}, cv=LeaveOneGroupOut())
    few = np.arange(len(Y)) % 3
    model = CorrectedClassifier(search, RandomOverSampler(random_state=0)).fit(X, Y, groups=few)
    assert model.estimator_.n_splits_ == 3


# Metadata routing ---------------------------------------------------------------------------------


@pytest.mark.parametrize("correction", ["shift", "weight", "sigmoid"])
def test_routing_on_and_off_are_the_same(correction: str) -> None:
    weights = np.random.default_rng(0).uniform(0.5, 2, len(Y))
    sampler = None if correction == "weight" else ClassWeighter()
    model = CorrectedClassifier(LogisticRegression(), sampler, correction=correction)
    off = model.fit(X, Y, sample_weight=weights).predict_proba(X)
    with sklearn.config_context(enable_metadata_routing=True):
        on = clone(model).fit(X, Y, sample_weight=weights).predict_proba(X)
    np.testing.assert_array_equal(on, off)


def test_weights_and_groups_are_requested_like_any_metadata() -> None:
    log = Log()
    weights, groups = np.arange(1.0, len(Y) + 1), np.arange(len(Y)) // 6
    rows = np.full((len(Y), 2), 0.5)
    with sklearn.config_context(enable_metadata_routing=True):
        model = CorrectedClassifier(GivenProba(log), correction="sigmoid", cv=2)
        model.set_fit_request(sample_weight=True, groups=True)
        scorer = make_scorer(roc_auc_score, response_method="predict_proba")
        cross_validate(
            make_pipeline(model),
            rows,
            Y,
            cv=GroupKFold(2),
            params={"sample_weight": weights, "groups": groups},
            scoring=scorer.set_score_request(sample_weight=False),
        )
    got = [entry[3] for entry in log if entry[0] == "fit"]
    assert len(got) == 6  # two outer folds, each once in all and twice for the curve
    assert all(w is not None for w in got)
    assert got[0].sum() + got[3].sum() == weights.sum()


# Errors -------------------------------------------------------------------------------------------


LR = LogisticRegression()
FITTED = FrozenEstimator(LogisticRegression().fit(X, Y))
SHIFT = ClassShift.from_rates({0: 0.1, 1: 1})


@pytest.mark.parametrize(
    ("model", "error", "message"),
    [
        (
            CorrectedClassifier(LinearRegression()),
            TypeError,
            "`estimator` must be a classifier, got",
        ),
        (CorrectedClassifier(None), TypeError, "`estimator` must be a classifier, got None"),
        (CorrectedClassifier(KMeans()), TypeError, "`estimator` must be a classifier"),
        (CorrectedClassifier(UNDER, LR), TypeError, "`estimator` must be a classifier.*Hint: Corr"),
        (CorrectedClassifier(LR, LR), TypeError, "`sampler` must have fit_resample or fit_weights"),
        (CorrectedClassifier(LR, correction="platt"), ValueError, "`correction` must be one of"),
        (CorrectedClassifier(LR, carry_out="copies"), ValueError, "`carry_out` must be one of"),
        (CorrectedClassifier(LR, shift={0: 1}), TypeError, "`shift` must be a shift, got {0: 1}"),
        (CorrectedClassifier(FITTED, UNDER), ValueError, "frozen estimator is not trained again"),
        (
            CorrectedClassifier(LR, target_prior=1.5),
            ValueError,
            r"a share in \(0, 1\) or .*got 1.5",
        ),
        (CorrectedClassifier(LR, target_prior=0), ValueError, r"a share in \(0, 1\) or .*got 0"),
        (
            CorrectedClassifier(LR, target_prior="x"),
            ValueError,
            r"a share in \(0, 1\) or .*got 'x'",
        ),
        (
            CorrectedClassifier(LR, target_prior={0: 0.5, 1: 0.6}),
            ValueError,
            "The shares of `target` must sum to 1",
        ),
        (
            CorrectedClassifier(LR, target_prior={0: 0.5, 2: 0.5}),
            ValueError,
            r"`target_prior` must name the classes of `y`, \[0, 1\], each with its share, got {0: ",
        ),
        (
            CorrectedClassifier(LR, target_prior={1: 0.6}),
            ValueError,
            r"`target_prior` must name the classes of `y`, \[0, 1\], .* got {1: 0.6}",
        ),
        *(
            (
                CorrectedClassifier(learner, sampler, correction="none", target_prior=0.2, shift=s),
                ValueError,
                "`target_prior` starts from probabilities under the base rate",
            )
            for learner, sampler, s in [
                (LR, UNDER, None),
                (LR, imblearn.under_sampling.TomekLinks(), None),
                (LR, None, SHIFT),
                (LogisticRegression(class_weight="balanced"), None, None),
                (LinearSVC(), None, None),
            ]
        ),
        (
            CorrectedClassifier(LR, shift=ClassShift.from_rates({0: 0.1, 2: 1})),
            ValueError,
            r"The shift knows the classes \[0, 2\], but a factor is needed for \[1\]",
        ),
        (
            CorrectedClassifier(FITTED, shift=ClassShift.from_rates({"a": 1, "b": 2})),
            ValueError,
            r"The shift knows the classes \['a', 'b'\], but a factor is needed for \[0, 1\]",
        ),
        (
            CorrectedClassifier(LR, UNDER, shift=ClassShift.from_rates({0: 0.1, 2: 1})),
            ValueError,
            "must name the same classes",
        ),
    ],
)
def test_parameters(model: CorrectedClassifier, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        model.fit(X, Y)


@pytest.mark.parametrize(
    ("X", "y", "given", "message"),
    [
        (X, None, {}, "requires y to be passed, but the target y is None"),
        (X, Y[:-1], {}, "`X` has 600 rows, `y` has 599"),
        (X[:0], Y[:0], {}, "0 sample"),
        (X, np.linspace(0, 1, 600), {}, "Unknown label type: continuous"),
        (X, np.eye(2)[Y], {}, "Multilabel and multioutput targets are not supported"),
        (X, np.where(Y == 1, np.nan, 0), {}, "`y` contains NaN"),
        (X, np.zeros(600, dtype=int), {}, "more than 1 class"),
        (X, Y, {"sample_weight": -np.ones(600)}, "`sample_weight` contains negative values"),
        (X, Y, {"sample_weight": np.zeros(600)}, "`sample_weight` is zero for every row"),
        (X, Y, {"sample_weight": np.full(600, np.nan)}, "`sample_weight` contains NaN"),
        (X, Y, {"sample_weight": np.ones(5)}, "`sample_weight` has 5 entries"),
        (
            X,
            Y,
            {"sample_weight": np.full(600, 1e300)},
            r"largest entry of `sample_weight` is 1e\+300",
        ),
        (X, Y, {"sample_weight": np.full(600, 1e-300)}, r"largest entry .* 1e-300.* Hint: divide"),
        (X, Y, {"sample_weight": 1.0 * Y}, "zero for every row of class 0"),
        (X, Y, {"groups": np.arange(5)}, r"one group per row, shape \(600,\), got \(5,\)"),
        (X, Y, {"target": X}, "`target` was given, but RandomUnderSampler takes none"),
    ],
)
def test_input(X: Any, y: Any, given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        CorrectedClassifier(LR, UNDER).fit(X, y, **given)


def test_a_target_for_a_class_weighter() -> None:
    with pytest.raises(ValueError, match="ClassWeighter weights by class and takes no `target`"):
        CorrectedClassifier(LR, ClassWeighter()).fit(X, Y, target=X)


def test_a_target_without_a_weighter_is_told_once() -> None:
    """The calibration's folds train without one too, and say nothing."""
    model = CorrectedClassifier(LR, correction="sigmoid", cv=2)
    with pytest.warns(UserWarning, match="`target_weight` was given, but there is no") as caught:
        model.fit(X, Y, target_weight=Y)
    assert [w.filename for w in caught] == [__file__]
    want = CorrectedClassifier(LR, correction="sigmoid", cv=2).fit(X, Y).predict_proba(X)
    np.testing.assert_array_equal(model.predict_proba(X), want)


@pytest.mark.filterwarnings("ignore:`target` was given, but there is no weighter:UserWarning")
@pytest.mark.parametrize("routing", [False, True])
def test_a_search_over_no_weighter_and_one(routing: bool) -> None:
    """Both candidates are fitted with the same fit parameters; "none" is what both undo."""
    target = Population(X[Y == 1])
    with sklearn.config_context(enable_metadata_routing=routing):
        model = CorrectedClassifier(LR)
        if routing:
            model.set_fit_request(target=True)
        grid = {"sampler": [None, CalibrationWeighter("raking")]}
        search = GridSearchCV(model, grid, cv=2, error_score="raise", refit=False)
        search.fit(X, Y, target=target)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    for sampler in grid["sampler"]:
        fitted = clone(model).set_params(sampler=sampler).fit(X, Y, target=target)
        assert fitted.correction_ == "none"
        own = fitted.estimator_.predict_proba(X)
        np.testing.assert_allclose(fitted.predict_proba(X), own, rtol=1e-12)


def test_a_target_prior_as_a_number_needs_two_classes() -> None:
    with pytest.raises(ValueError, match="as a number needs two classes, and `y` has 3"):
        CorrectedClassifier(GaussianNB(), target_prior=0.2).fit(*THREE)


def test_too_few_rows_to_recalibrate() -> None:
    few = np.r_[np.flatnonzero(Y == 0), np.flatnonzero(Y == 1)[:40]]
    smote = imblearn.over_sampling.SMOTE(random_state=0)
    with pytest.warns(UserWarning, match="With 40 rows of the rarest class") as caught:
        model = CorrectedClassifier(LR, smote).fit(X[few], Y[few])
    assert [w.filename for w in caught] == [__file__]
    assert model.correction_ == "shift"
    with pytest.warns(UserWarning, match=r"no closed form exists \(TomekLinks\)"):
        CorrectedClassifier(LR, imblearn.under_sampling.TomekLinks()).fit(X[few], Y[few])
    with pytest.warns(UserWarning, match=r"no closed form exists \(a margin\)"):
        CorrectedClassifier(LinearSVC()).fit(X[few], Y[few])
    one = np.r_[np.flatnonzero(Y == 0), np.flatnonzero(Y == 1)[:1]]
    with pytest.raises(ValueError, match="at least 2 rows of every class to hold some out"):
        CorrectedClassifier(LR, correction="sigmoid").fit(X[one], Y[one])


def test_a_class_whose_rows_do_not_count_makes_no_curve() -> None:
    for model in (LR, FITTED):
        curve = CorrectedClassifier(model, correction="sigmoid")
        with pytest.raises(ValueError, match="fitted to has no row of class 1 that counts"):
            curve.fit(X, Y, sample_weight=1.0 - Y)


def test_one_class_is_the_learners_affair_but_makes_no_curve() -> None:
    """Naive Bayes takes it; the error was one of array shapes."""
    one = np.zeros(len(Y), dtype=int)
    model = CorrectedClassifier(GaussianNB()).fit(X, one)
    assert (model.shift_, model.correction_) == (None, "none")
    np.testing.assert_array_equal(model.predict_proba(X), np.ones((len(X), 1)))
    assert not model.predict(X).any()
    for correction in ("sigmoid", "isotonic", "temperature"):
        with pytest.raises(ValueError, match=r"`y` has one class only: 0\. Hint: rows of other"):
            CorrectedClassifier(GaussianNB(), correction=correction).fit(X, one)


def test_a_class_missing_in_a_fold() -> None:
    X, y = THREE
    order = np.argsort(y, kind="stable")
    groups = np.repeat(np.arange(6), 100)
    model = CorrectedClassifier(GaussianNB(), correction="sigmoid", cv=GroupKFold(6))
    with pytest.raises(ValueError, match="The training part of a fold has no row of class 2"):
        model.fit(X[order], y[order], groups=groups)


def test_unknown_class_weights_name_the_way_out() -> None:
    model = CorrectedClassifier(GaussianNB(priors=[0.5, 0.5]), correction="shift")
    with pytest.raises(
        ValueError, match=r"refused: priors=\[0.5, 0.5\] changes.*Hint: correction="
    ):
        model.fit(X, Y)


def test_before_fit() -> None:
    with pytest.raises(NotFittedError, match="CorrectedClassifier instance is not fitted yet"):
        CorrectedClassifier(LR).predict_proba(X)
    with pytest.raises(NotFittedError, match="FrozenEstimator instance is not fitted yet"):
        CorrectedClassifier(FrozenEstimator(LogisticRegression())).fit(X, Y)


def test_a_frozen_model_takes_weights_its_learner_would_not() -> None:
    model = FrozenEstimator(KNeighborsClassifier(15).fit(X, Y))
    weights = np.random.default_rng(0).uniform(0.5, 2, len(Y))
    fitted = CorrectedClassifier(model, correction="sigmoid").fit(X, Y, sample_weight=weights)
    rate = np.average(fitted.predict_proba(X)[:, 1], weights=weights)
    assert rate == pytest.approx(np.average(Y, weights=weights), rel=0.02)  # Platt's smoothing


class Sampled(BaseEstimator):
    """A duck: neither a base class of ours nor a tag."""

    def fit_resample(self, X: Any, y: Any) -> Any:
        self.sample_indices_ = np.flatnonzero((y == 1) | (np.arange(len(y)) % 9 == 0))
        return X[self.sample_indices_], y[self.sample_indices_]


def test_a_foreign_duck_is_recalibrated() -> None:
    model = CorrectedClassifier(LR, Sampled()).fit(X, Y, sample_weight=np.ones(len(Y)))
    assert model.correction_ == "sigmoid"
    assert model.predict_proba(X)[:, 1].mean() == pytest.approx(0.1, abs=0.03)


def test_probabilities_are_those_of_the_log_odds() -> None:
    for correction, prior in itertools.product(["shift", "sigmoid"], [None, 0.3]):
        model = CorrectedClassifier(LR, UNDER, correction=correction, target_prior=prior).fit(X, Y)
        got = model.predict_proba(X)[:, 1]
        np.testing.assert_allclose(expit(model.decision_function(X)), got, rtol=1e-12)


@pytest.mark.parametrize(
    "cls", [CorrectedClassifier, OffsetLogisticRegression, WeightedRegressor], ids=str
)
def test_constructors_store_what_they_are_given(cls: type) -> None:
    given = {name: object() for name in inspect.signature(cls).parameters}
    assert given
    stored = cls(**given).get_params(deep=False)
    assert {name for name in given if stored[name] is not given[name]} == set()


def test_a_column_of_labels_is_taken_with_a_warning() -> None:
    X, y = BINARY
    with pytest.warns(DataConversionWarning, match="column-vector y was passed"):
        model = CorrectedClassifier(LogisticRegression()).fit(X, y[:, None])
    plain = CorrectedClassifier(LogisticRegression()).fit(X, y)
    np.testing.assert_array_equal(model.predict_proba(X), plain.predict_proba(X))


def test_probabilities_are_offered_where_there_are_some() -> None:
    """Uncorrected, the learner's own; every correction makes probabilities, or fit raises."""
    for learner, offered in ((LogisticRegression(), True), (LinearSVC(), False)):
        plain = CorrectedClassifier(learner, correction="none")
        assert hasattr(plain, "predict_proba") is offered
        assert hasattr(plain, "predict_log_proba") is offered
        assert hasattr(CorrectedClassifier(learner, correction="sigmoid"), "predict_proba")
    with pytest.raises(ValueError, match="`target_prior` starts from probabilities"):
        CorrectedClassifier(LinearSVC(), correction="none", target_prior=0.3).fit(*BINARY)
