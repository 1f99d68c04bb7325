"""Every kind of learner and input inside the corrected classifier."""

import warnings
from typing import Any

import imblearn.ensemble
import imblearn.over_sampling
import imblearn.pipeline
import numpy as np
import pandas as pd
import polars as pl
import pytest
import sklearn
from scipy import sparse
from scipy.special import logit
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    VotingClassifier,
)
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV, SGDClassifier
from sklearn.metrics import make_scorer, roc_auc_score
from sklearn.model_selection import GridSearchCV, GroupKFold, StratifiedKFold
from sklearn.naive_bayes import GaussianNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier

from imbalance_kit import (
    ClassShift,
    ClassWeighter,
    CorrectedClassifier,
    RandomOverSampler,
    RandomUnderSampler,
)
from imbalance_kit.correction._calibrators import LogOddsCalibrator
from imbalance_kit.correction._log_odds import to_proba
from tests.correction._curves import platt
from tests.correction._fakes import ClassWeightsNB, Log, PositiveWeightNB, gaussians, named
from tests.correction.test_learner import OPAQUE

X, CODES = gaussians((450, 150))
UNDER = RandomUnderSampler(random_state=0)
OVER = RandomOverSampler(random_state=0)
SCALED = make_pipeline(StandardScaler(), LogisticRegression())


def proba(estimator: Any, sampler: Any = None, y: Any = CODES, **options: Any) -> Any:
    return CorrectedClassifier(estimator, sampler, **options).fit(X, y).predict_proba(X)


# Class weights inside the learner -----------------------------------------------------------------

LEARNERS = [
    LogisticRegression(tol=1e-10, max_iter=1000),
    RandomForestClassifier(n_estimators=5, min_samples_leaf=5, random_state=0),
    HistGradientBoostingClassifier(max_iter=5, random_state=0),
    make_pipeline(StandardScaler(), LogisticRegression(tol=1e-10, max_iter=1000)),
]


@pytest.mark.parametrize("learner", LEARNERS, ids=lambda learner: type(learner).__name__)
@pytest.mark.parametrize("labels", [[0, 1], ["no", "yes"], [True, False], [1, -1], [3, 1, 2]])
@pytest.mark.parametrize("balanced", [True, False])
def test_class_weight_inside_equals_a_class_weighter(
    learner: Any, labels: list[Any], balanced: bool
) -> None:
    # Sizes whose balanced weights are powers of two: a forest's splits depend on their rounding.
    X, codes = gaussians((384, 128) if len(labels) == 2 else (512, 128, 128))
    y = named(codes, labels)
    counts = {label: int((y == label).sum()) for label in labels}
    numbers = {label: len(y) / (len(labels) * n) for label, n in counts.items()}
    weight = "balanced" if balanced else numbers
    key = "logisticregression__class_weight" if hasattr(learner, "steps") else "class_weight"
    inside = sklearn.base.clone(learner).set_params(**{key: weight})
    before = repr(inside.get_params())
    model = CorrectedClassifier(inside).fit(X, y)
    assert repr(inside.get_params()) == before
    assert model.correction_ == "shift"
    outside = CorrectedClassifier(learner, ClassWeighter()).fit(X, y)
    assert model.shift_.factors == pytest.approx(outside.shift_.factors)
    np.testing.assert_allclose(model.predict_proba(X), outside.predict_proba(X), rtol=1e-5)


@pytest.mark.parametrize(
    ("learner", "factors"),
    [
        (PositiveWeightNB(9.0), {0: 1, 1: 9}),
        (ClassWeightsNB([2, 6]), {0: 2, 1: 6}),
        (ClassWeightsNB({1: 5}), {0: 1, 1: 5}),
    ],
)
def test_weights_of_boosting_libraries_join_the_shift(
    learner: Any, factors: dict[int, float]
) -> None:
    plain = GaussianNB().fit(X, CODES).predict_proba(X)
    model = CorrectedClassifier(learner).fit(X, CODES)
    assert model.shift_.factors == factors
    np.testing.assert_allclose(model.predict_proba(X), plain, rtol=1e-8)
    both = CorrectedClassifier(learner, ClassWeighter()).fit(X, CODES)
    np.testing.assert_allclose(both.predict_proba(X), plain, rtol=1e-8)


def test_balanced_after_a_sampler_balances_what_is_left() -> None:
    sampler = RandomUnderSampler(sampling_strategy=0.5, random_state=0)
    learner = LogisticRegression(class_weight="balanced")
    model = CorrectedClassifier(learner, sampler).fit(X, CODES)
    X_res, y_res = sklearn.base.clone(sampler).fit_resample(X, CODES)
    q = LogisticRegression(class_weight={0: 0.75, 1: 1.5}).fit(X_res, y_res).predict_proba(X)
    want = ClassShift.from_rates({0: 300 / 450 * 0.75, 1: 1.5}).undo(q)
    np.testing.assert_allclose(model.predict_proba(X), want, rtol=1e-5)


@pytest.mark.filterwarnings("ignore:.*probability.*was deprecated:FutureWarning")
@pytest.mark.parametrize(("learner", "reason"), OPAQUE)
def test_class_weights_that_cannot_be_known_are_recalibrated(learner: Any, reason: str) -> None:
    """The mean of Platt's curve is the base rate of .25 but for the difference between the folds'
    models and the last one; four standard errors of a share of 600 rows are .07."""
    data = np.abs(X) if isinstance(learner, MultinomialNB) else X
    model = sklearn.base.clone(learner)
    if "n_estimators" in model.get_params():
        model.set_params(n_estimators=5)
    if "n_iter" in model.get_params():
        model.set_params(n_iter=2)
    fitted = CorrectedClassifier(model, cv=3).fit(data, CODES)
    assert fitted.correction_ == "sigmoid"
    assert fitted.shift_ is None
    assert fitted.predict_proba(data)[:, 1].mean() == pytest.approx(0.25, abs=0.07)
    for correction in ("shift", "temperature", "weight"):
        with pytest.raises(ValueError, match=reason):
            CorrectedClassifier(model, correction=correction).fit(data, CODES)


# Margins ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sampler", [None, UNDER, ClassWeighter()])
def test_margins_are_calibrated(sampler: Any) -> None:
    """By hand: margins of five folds, Platt's curve."""
    model = CorrectedClassifier(LinearSVC(), sampler).fit(X, CODES)
    assert model.correction_ == "sigmoid"
    margins = np.empty(len(CODES))
    for train, held in StratifiedKFold(5).split(X, CODES):
        X_res, y_res, weights = X[train], CODES[train], None
        if sampler is UNDER:
            X_res, y_res = sklearn.base.clone(UNDER).fit_resample(X_res, y_res)
        elif sampler is not None:
            weights = ClassWeighter().fit_weights(X_res, y_res)
        margins[held] = LinearSVC().fit(X_res, y_res, weights).decision_function(X[held])
    slope, intercept = platt(margins, CODES)
    at = model.estimator_.decision_function(X)
    np.testing.assert_allclose(model.decision_function(X), slope * at + intercept, atol=1e-3)
    with pytest.raises(ValueError, match="LinearSVC has no predict_proba: a margin has no odds"):
        CorrectedClassifier(LinearSVC(), sampler, correction="shift").fit(X, CODES)


def test_margins_of_three_classes_by_hand() -> None:
    """No shift is taken out of a margin."""
    X3, codes = gaussians((450, 150, 60))
    shift = ClassShift.from_rates({0: 0.1, 1: 1, 2: 1})
    model = CorrectedClassifier(LinearSVC(), shift=shift).fit(X3, codes)
    margins = np.empty((len(codes), 3))
    for train, held in StratifiedKFold(5).split(X3, codes):
        margins[held] = LinearSVC().fit(X3[train], codes[train]).decision_function(X3[held])
    curve = LogOddsCalibrator("sigmoid").fit(margins, codes, np.where(codes == 0, 10.0, 1.0))
    want = to_proba(curve.predict(model.estimator_.decision_function(X3)))
    np.testing.assert_allclose(model.predict_proba(X3), want, rtol=1e-6, atol=1e-9)


def test_margins_of_three_classes() -> None:
    X3, codes = gaussians((450, 150, 60))
    model = CorrectedClassifier(LinearSVC(), ClassWeighter()).fit(X3, codes)
    got = model.predict_proba(X3).mean(axis=0)
    # Curves one against the rest, normalised: no mean is kept exactly. 4 s.e. of the shares: .08.
    np.testing.assert_allclose(got, [450 / 660, 150 / 660, 60 / 660], atol=0.08)
    np.testing.assert_array_equal(model.predict(X3), model.predict_proba(X3).argmax(axis=1))


def test_margins_left_alone() -> None:
    model = CorrectedClassifier(LinearSVC(), UNDER, correction="none").fit(X, CODES)
    inner = model.estimator_
    np.testing.assert_array_equal(model.decision_function(X), inner.decision_function(X))
    np.testing.assert_array_equal(model.predict(X), inner.predict(X))
    assert not hasattr(model, "predict_proba")
    assert not hasattr(model, "predict_log_proba")
    assert not hasattr(CorrectedClassifier(LinearSVC(), correction="none"), "predict_proba")
    assert hasattr(CorrectedClassifier(LinearSVC()), "predict_proba")


@pytest.mark.filterwarnings("ignore:.*probability.*was deprecated:FutureWarning")
def test_a_support_vector_machine_that_calibrates_inside() -> None:
    """libsvm leaves the weights out of its own calibration: the closed form would undo nothing."""
    model = CorrectedClassifier(SVC(probability=True, random_state=0), ClassWeighter(), cv=3)
    model.fit(X, CODES)
    assert model.correction_ == "sigmoid"
    assert model.predict_proba(X)[:, 1].mean() == pytest.approx(0.25, abs=0.03)


# Without sample_weight ----------------------------------------------------------------------------


def test_a_learner_without_weights_needs_rows() -> None:
    learner = KNeighborsClassifier(15)
    message = "KNeighborsClassifier does not take `sample_weight` in fit. Hint: carry_out='rows'"
    for estimator in (learner, make_pipeline(StandardScaler(), learner)):
        with pytest.raises(ValueError, match=message):
            CorrectedClassifier(estimator, ClassWeighter()).fit(X, CODES)
        for weights in (None, np.random.default_rng(0).uniform(0.5, 2, len(X))):
            model = CorrectedClassifier(
                estimator, ClassWeighter(random_state=0), carry_out="rows"
            ).fit(X, CODES, sample_weight=weights)
            rate = np.average(CODES, weights=weights)
            got = np.average(model.predict_proba(X)[:, 1], weights=weights)
            # 15 neighbours over-smooth a little; four standard errors of a share of 600 are .07.
            assert got == pytest.approx(rate, abs=0.07)
    with pytest.raises(ValueError, match="Hint: correction='shift' needs no weights"):
        CorrectedClassifier(learner, UNDER, correction="weight").fit(X, CODES)
    with pytest.raises(ValueError, match="Hint: fit without `sample_weight`"):
        CorrectedClassifier(learner).fit(X, CODES, sample_weight=np.ones(len(X)))


@pytest.mark.parametrize(
    "learner",
    [
        GridSearchCV(LogisticRegression(), {"C": [1]}),
        VotingClassifier([("a", LogisticRegression())], voting="soft"),
    ],
)
def test_with_routing_on_the_hint_is_the_request(learner: Any) -> None:
    with (
        sklearn.config_context(enable_metadata_routing=True),
        pytest.raises(ValueError, match=r"must ask for it: .set_fit_request\(sample_weight=True"),
    ):
        CorrectedClassifier(learner, ClassWeighter()).fit(X, CODES)


# Pipelines and searches ---------------------------------------------------------------------------


@pytest.mark.parametrize("routing", [False, True])
def test_pipelines_get_weights_at_their_last_step(routing: bool, tmp_path: Any) -> None:
    scaled = StandardScaler().fit_transform(X)
    want = CorrectedClassifier(LogisticRegression(), ClassWeighter()).fit(scaled, CODES)
    pipelines = [
        SCALED,
        make_pipeline(StandardScaler(), LogisticRegression(), memory=str(tmp_path)),
        make_pipeline(FunctionTransformer(), SCALED),
        imblearn.pipeline.make_pipeline(StandardScaler(), LogisticRegression()),
    ]
    with sklearn.config_context(enable_metadata_routing=routing):
        for pipeline in pipelines:
            got = proba(pipeline, ClassWeighter())
            np.testing.assert_allclose(got, want.predict_proba(scaled), rtol=1e-10)


@pytest.mark.parametrize("routing", [False, True])
@pytest.mark.parametrize("pipeline", [False, True])
def test_a_search_inside_gets_weights(routing: bool, pipeline: bool) -> None:
    with sklearn.config_context(enable_metadata_routing=routing):
        last, scaler = LogisticRegression(), StandardScaler()
        if routing:
            last.set_fit_request(sample_weight=True)
            scaler.set_fit_request(sample_weight=False).set_transform_request(copy=False)
        learner = make_pipeline(scaler, last) if pipeline else last
        name = "logisticregression__C" if pipeline else "C"
        scorer = make_scorer(roc_auc_score, response_method="predict_proba")
        if routing:
            scorer.set_score_request(sample_weight=False)
        search = GridSearchCV(learner, {name: [0.1, 1]}, scoring=scorer)
        model = CorrectedClassifier(search, ClassWeighter()).fit(X, CODES)
        best = model.estimator_.best_params_[name]
    alone = make_pipeline(StandardScaler(), LogisticRegression(C=best))
    want = proba(alone if pipeline else alone[-1], ClassWeighter())
    np.testing.assert_allclose(model.predict_proba(X), want, rtol=1e-10)


def test_a_sampler_inside_the_pipeline() -> None:
    smote = imblearn.over_sampling.SMOTE(random_state=0)
    pipeline = imblearn.pipeline.make_pipeline(smote, LogisticRegression())
    model = CorrectedClassifier(pipeline).fit(X, CODES)
    assert model.correction_ == "sigmoid"
    assert model.predict_proba(X)[:, 1].mean() == pytest.approx(0.25, abs=0.02)
    message = r"the step 'smote' of the estimator \(SMOTE\) changes the distribution"
    with pytest.raises(ValueError, match=message):
        CorrectedClassifier(pipeline, correction="shift").fit(X, CODES)
    with pytest.raises(ValueError, match="Weights and groups cannot follow the rows through"):
        CorrectedClassifier(pipeline, ClassWeighter()).fit(X, CODES)


def test_inside_an_imblearn_pipeline_and_ensemble() -> None:
    smote = imblearn.over_sampling.SMOTE(random_state=0)
    pipeline = imblearn.pipeline.make_pipeline(smote, CorrectedClassifier(LogisticRegression()))
    assert pipeline.fit(X, CODES).predict_proba(X).shape == (len(X), 2)
    bagging = imblearn.ensemble.BalancedBaggingClassifier(
        CorrectedClassifier(DecisionTreeClassifier(), ClassWeighter()), n_estimators=2
    )
    assert bagging.fit(X, CODES).predict_proba(X).shape == (len(X), 2)


def test_calibration_inside_is_weighted_too() -> None:
    model = CorrectedClassifier(CalibratedClassifierCV(LogisticRegression()), ClassWeighter())
    got = model.fit(X, CODES).predict_proba(X)[:, 1].mean()
    assert got == pytest.approx(0.25, abs=0.02)


# Learners that split inside -----------------------------------------------------------------------

SPLITTING = [
    (HistGradientBoostingClassifier(early_stopping=True, max_iter=2), "early_stopping"),
    (make_pipeline(MLPClassifier(early_stopping=True, max_iter=300)), "early_stopping"),
    (SGDClassifier(loss="log_loss", early_stopping=True), "early_stopping"),
    (
        LogisticRegressionCV(
            Cs=2, l1_ratios=(0,), use_legacy_attributes=False, scoring="neg_log_loss"
        ),
        "cv",
    ),
    (GridSearchCV(LogisticRegression(), {"C": [1]}), "cv"),
    (RandomForestClassifier(oob_score=True, random_state=0), "oob_score"),
]


@pytest.mark.parametrize(("learner", "by"), SPLITTING, ids=lambda value: str(value)[:20])
def test_copies_in_front_of_an_inner_split_warn(learner: Any, by: str) -> None:
    message = rf"holds out some of its rows \({by}\), and copies of one row can fall on both sides"
    with pytest.warns(UserWarning, match=message) as caught:
        CorrectedClassifier(learner, OVER).fit(X, CODES)
    assert {w.filename for w in caught if "copies of one row" in str(w.message)} == {__file__}


@pytest.mark.parametrize(("learner", "by"), SPLITTING, ids=lambda value: str(value)[:20])
@pytest.mark.parametrize("sampler", [None, UNDER, ClassWeighter()])
def test_no_copies_no_warning(learner: Any, by: str, sampler: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", ".*ConvergenceWarning.*|.*optimization hasn't converged")
        CorrectedClassifier(learner, sampler).fit(X, CODES)
        if sampler is None:
            CorrectedClassifier(learner, OVER, carry_out="weights").fit(X, CODES)


def test_groups_that_follow_the_copies_need_no_warning() -> None:
    search = GridSearchCV(LogisticRegression(), {"C": [1]}, cv=GroupKFold(3))
    groups = np.arange(len(X)) // 5
    CorrectedClassifier(search, OVER).fit(X, CODES, groups=groups)
    without = GridSearchCV(LogisticRegression(), {"C": [1]})
    with pytest.warns(UserWarning, match="copies of one row"):
        CorrectedClassifier(without, OVER).fit(X, CODES, groups=groups)


# Input --------------------------------------------------------------------------------------------


def test_containers() -> None:
    want = proba(LogisticRegression(), UNDER)
    names = ["x", "y", "z"]
    frames = {
        "csr": sparse.csr_array(X),
        "list": X.tolist(),
        "pandas": pd.DataFrame(X, columns=names, index=np.arange(len(X))[::-1]),
        "polars": pl.DataFrame(X, schema=names),
    }
    for kind, rows in frames.items():
        for correction in ("shift", "sigmoid"):
            model = CorrectedClassifier(LogisticRegression(), UNDER, correction=correction)
            model.fit(rows, CODES)
            assert model.n_features_in_ == 3
            if kind in ("pandas", "polars"):
                np.testing.assert_array_equal(model.feature_names_in_, names)
                assert model.estimator_.feature_names_in_.tolist() == names
            if correction == "shift":
                np.testing.assert_allclose(model.predict_proba(rows), want, rtol=1e-6)
            else:
                assert model.predict_proba(rows)[:, 1].mean() == pytest.approx(0.25, abs=0.01)


@pytest.mark.parametrize("y", [CODES.tolist(), pd.Series(CODES), pl.Series(CODES)])
def test_labels_of_any_container(y: Any) -> None:
    want = proba(LogisticRegression(), UNDER)
    np.testing.assert_array_equal(proba(LogisticRegression(), UNDER, y), want)


def test_other_columns_than_those_of_fit() -> None:
    frame = pd.DataFrame(X, columns=["x", "y", "z"])
    model = CorrectedClassifier(LogisticRegression(), UNDER).fit(frame, CODES)
    with pytest.raises(ValueError, match="feature names should match"):
        model.predict(frame.rename(columns={"x": "w"}))
    model.fit(X, CODES)
    assert not hasattr(model, "feature_names_in_")
    with pytest.raises(ValueError, match="expecting 3 features"):
        model.decision_function(X[:, :2])


def test_text_goes_to_the_pipeline_untouched() -> None:
    numbers = np.char.add(" w", (np.arange(600) % 7).astype(str))
    words = np.char.add(np.where(CODES == 1, "spam spam", "ham"), numbers)
    learner = make_pipeline(TfidfVectorizer(), LogisticRegression())
    for rows in (words.tolist(), words, pd.Series(words)):
        for sampler in (UNDER, OVER, ClassWeighter()):
            for correction in ("shift", "sigmoid"):
                model = CorrectedClassifier(learner, sampler, correction=correction)
                got = model.fit(rows, CODES).predict_proba(rows)[:, 1]
                assert got.mean() == pytest.approx(0.25, abs=0.05)
                assert (got[CODES == 1] > 0.5).all()


def test_three_dimensions() -> None:
    cube = np.stack([X, -X], axis=2)
    flat = FunctionTransformer(lambda rows: rows.reshape(len(rows), -1))
    learner = make_pipeline(flat, LogisticRegression())
    model = CorrectedClassifier(learner, UNDER, correction="sigmoid").fit(cube, CODES)
    want = CorrectedClassifier(LogisticRegression(), UNDER, correction="sigmoid")
    rows = cube.reshape(len(cube), -1)
    np.testing.assert_allclose(
        model.decision_function(cube), want.fit(rows, CODES).decision_function(rows), rtol=1e-8
    )


def test_missing_values_are_the_learners_affair() -> None:
    holes = X.copy()
    holes[::7, 0] = np.nan
    tree = HistGradientBoostingClassifier(max_iter=5)
    assert CorrectedClassifier(tree, UNDER).fit(holes, CODES).predict(holes).shape == (len(X),)
    with pytest.raises(ValueError, match="Input X contains NaN"):
        CorrectedClassifier(LogisticRegression(), UNDER).fit(holes, CODES)


def test_the_input_is_not_modified() -> None:
    rows, y, weights = X.copy(), CODES.copy(), np.linspace(0, 1, len(X))
    for array in (rows, y, weights):
        array.flags.writeable = False
    for correction in ("shift", "sigmoid", "isotonic", "temperature"):
        for sampler in (UNDER, OVER, ClassWeighter()):
            model = CorrectedClassifier(LogisticRegression(), sampler, correction=correction)
            model.fit(rows, y, sample_weight=weights).predict_proba(rows)
    np.testing.assert_array_equal(rows, X)


def test_log_is_not_copied() -> None:
    """The fakes above rely on it."""
    log = Log()
    assert sklearn.base.clone(log, safe=False) is log
    assert np.isfinite(logit(proba(GaussianNB())[:, 1])).all()
