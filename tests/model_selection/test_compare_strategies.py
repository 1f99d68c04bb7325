"""The comparison as a whole: no leak, the same figures every time, every kind of input."""

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from imblearn.ensemble import BalancedBaggingClassifier
from imblearn.over_sampling import SMOTE
from scipy import sparse
from sklearn.compose import make_column_transformer
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, log_loss, recall_score
from sklearn.model_selection import StratifiedKFold, TunedThresholdClassifierCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from imbalance_kit import (
    ClassWeighter,
    ComparisonReport,
    CorrectedClassifier,
    RandomOverSampler,
    RandomUnderSampler,
    Ratios,
    compare_strategies,
)
from imbalance_kit.model_selection import StrategyResult

X, Y = make_classification(
    400, n_features=6, n_informative=3, weights=[0.7], class_sep=0.6, random_state=0
)
TWO = {"under": RandomUnderSampler(), "weights": ClassWeighter()}
WEIGHTS = {"weights": ClassWeighter()}  # draws nothing: no seed, no order of labels
LEARNER = LogisticRegression()


def _compare(strategies: Any = TWO, X: Any = X, y: Any = Y, **options: Any) -> ComparisonReport:
    estimator = options.pop("estimator", LEARNER)
    return compare_strategies(
        estimator, strategies, X, y, **({"random_state": 0, "cv": 3} | options)
    )


def _result(report: ComparisonReport, name: str, variant: str | None = None) -> StrategyResult:
    return next(r for r in report.results if r.name == name and variant in (None, r.variant))


def _figures(report: ComparisonReport) -> dict[str, Any]:
    """Return everything but what the clock decides."""
    results = [replace(r, fit_seconds=0.0) for r in report.results]
    return replace(report, results=tuple(results)).to_dict()


def _global_state() -> str:
    return repr(np.random.get_state())  # noqa: NPY002, the global state is what is looked at


# The figures --------------------------------------------------------------------------------------


def test_figures_are_those_of_a_loop_written_by_hand() -> None:
    folds = list(StratifiedKFold(3, shuffle=True, random_state=1).split(X, Y))
    sampler = RandomUnderSampler(random_state=5)
    report = _compare({"under": sampler}, cv=folds)
    assert (report.n_splits, report.n_samples, report.pos_label) == (3, 400, 1)
    assert report.test_to_train == pytest.approx(0.5, abs=0.01)
    models = {
        ("nothing", "as is"): CorrectedClassifier(LEARNER),
        ("under", "raw"): CorrectedClassifier(LEARNER, sampler, correction="none"),
        ("under", "corrected"): CorrectedClassifier(LEARNER, sampler),
    }
    assert [(r.name, r.variant) for r in report.results] == list(models)
    for (name, variant), model in models.items():
        result = _result(report, name, variant)
        for k, (train, test) in enumerate(folds):
            fitted = model.fit(X[train], Y[train])
            p = fitted.predict_proba(X[test])[:, 1]
            scores = {metric: estimate.folds[k] for metric, estimate in result.scores.items()}
            assert scores["log_loss"] == pytest.approx(log_loss(Y[test], p), rel=1e-9)
            assert scores["average_precision"] == pytest.approx(
                average_precision_score(Y[test], p), rel=1e-9
            )
            np.testing.assert_allclose(
                result.predictions.proba[test], np.column_stack([1 - p, p]), rtol=1e-9
            )
        recalls = [
            recall_score(Y[test], model.fit(X[train], Y[train]).predict(X[test]))
            for train, test in folds
        ]
        assert result.per_class[1]["recall"] == pytest.approx(np.mean(recalls))
    np.testing.assert_array_equal(report.results[0].predictions.y_true, Y)


def test_moved_threshold_is_the_tuned_threshold_of_nothing() -> None:
    report = _compare({"nothing": None, "moved": "threshold"}, threshold_metric="mcc")
    nothing, moved = report.results
    assert moved.scores["mcc"].folds == nothing.scores["mcc_tuned"].folds
    assert moved.scores["log_loss"].folds == nothing.scores["log_loss"].folds
    assert moved.scores["log_loss"].p_value == 1.0
    assert moved.fit_seconds > nothing.fit_seconds


def test_a_moved_threshold_needs_no_nothing_beside_it() -> None:
    report = _compare({"moved": "threshold", "under": RandomUnderSampler()}, reference="under")
    assert [r.name for r in report.results] == ["moved", "under", "under"]
    assert report.reference_result.variant == "corrected"


def test_default_strategies() -> None:
    report = _compare(None)
    assert list(dict.fromkeys(r.name for r in report.results)) == [
        "nothing", "class weights", "moved threshold", "RandomUnderSampler", "RandomOverSampler",
        "SMOTE",
    ]  # fmt: skip
    corrections = {r.name: r.correction for r in report.results if r.variant == "corrected"}
    assert corrections == {
        "nothing": "sigmoid",
        "class weights": "shift",
        "RandomUnderSampler": "shift",
        "RandomOverSampler": "shift",
        "SMOTE": "sigmoid",
    }
    assert report.advice
    assert max(map(len, repr(report).splitlines())) <= 100


# No leak ------------------------------------------------------------------------------------------


def test_a_learner_that_memorises_is_found_out() -> None:
    """On pure noise a model that repeats what it has seen must do as well as chance.

    One neighbour repeats the label of any row it has seen, copies of it, and neighbours of it: were
    a row on both sides of any split, its scores would be near 1. ROC AUC of 120 positives among 400
    has a standard error of about .03, the means of rates likewise; 4 of them are .12.
    """
    rng = np.random.default_rng(0)
    noise, y = rng.normal(size=(400, 8)), np.arange(400) < 120
    strategies = {"over": RandomOverSampler(), "SMOTE": SMOTE(), "moved": "threshold"}
    report = _compare(strategies, noise, y, estimator=KNeighborsClassifier(1))
    for result in report.results:
        assert abs(result.scores["roc_auc"].mean - 0.5) < 0.12
        assert abs(result.scores["balanced_accuracy_tuned"].mean - 0.5) < 0.12
        if result.variant == "corrected" and result.correction == "sigmoid":
            # A curve learned from rows the model had seen would be far too sure of itself.
            assert result.scores["log_loss"].mean < 1.1 * log_loss(y, np.full(400, 0.3))


def test_groups_keep_what_belongs_together_apart_from_the_test() -> None:
    """The label belongs to the group, and so does the feature: 80 groups of five rows.

    Without groups one neighbour knows the label of every group; with them it guesses. The standard
    error of a rate among 80 groups is .056.
    """
    rng = np.random.default_rng(1)
    groups = np.repeat(np.arange(80), 5)
    y, noise = (rng.random(80) < 0.4)[groups], rng.normal(size=(80, 4))[groups]
    strategies = {"over": RandomOverSampler()}
    together = _compare(strategies, noise, y, estimator=KNeighborsClassifier(1))
    apart = _compare(strategies, noise, y, estimator=KNeighborsClassifier(1), groups=groups)
    for name in ("balanced_accuracy", "balanced_accuracy_tuned"):
        assert _result(together, "over").scores[name].mean > 0.95
        assert abs(_result(apart, "over").scores[name].mean - 0.5) < 4 * 0.056


# The same every time ------------------------------------------------------------------------------


def test_random_state_decides_everything() -> None:
    strategies = {"under": RandomUnderSampler(), "SMOTE": SMOTE()}
    forest = RandomForestClassifier(5)
    one, same, other = (
        _figures(_compare(strategies, estimator=forest, random_state=seed, cv=2))
        for seed in (0, 0, 1)
    )
    assert one == same
    assert one != other


def test_two_processes_give_the_same_report() -> None:
    strategies = {"under": RandomUnderSampler(), "moved": "threshold", "SMOTE": SMOTE()}
    forest = RandomForestClassifier(5)
    seen: list[tuple[int, int, str]] = []
    alone = _compare(strategies, estimator=forest, cv=2)
    two = _compare(
        strategies, estimator=forest, cv=2, n_jobs=2, progress=lambda *call: seen.append(call)
    )
    assert _figures(alone) == _figures(two)
    assert [done for done, _, _ in seen] == list(range(1, 7))
    assert {total for _, total, _ in seen} == {6}
    assert {"under, fold 1 of 2", "SMOTE, fold 2 of 2"} <= {label for _, _, label in seen}


def test_inputs_are_left_as_they_are() -> None:
    rows, labels = X.copy(), Y.copy()
    rows.flags.writeable = labels.flags.writeable = False
    state = _global_state()
    sampler = RandomUnderSampler()
    _compare({"under": sampler, "SMOTE": SMOTE()}, rows, labels)
    assert sampler.random_state is None
    assert not hasattr(sampler, "shift_")
    assert _global_state() == state


def test_repeats() -> None:
    report = _compare(WEIGHTS, cv=4, n_repeats=2)
    assert report.n_splits == 8
    assert len(report.results[0].scores["f1"].folds) == 8
    predictions = report.results[0].predictions
    np.testing.assert_array_equal(predictions.row, np.arange(400))
    assert set(predictions.fold) == {0, 1, 2, 3}


# Kinds of input -----------------------------------------------------------------------------------


def test_labels_of_any_kind_give_the_same_figures() -> None:
    plain = _compare(WEIGHTS)
    for labels in (np.array(["no", "yes"])[Y], list(Y.astype(bool)), pd.Series(Y + 7.0)):
        report = _compare(WEIGHTS, y=labels)
        for one, other in zip(plain.results, report.results, strict=True):
            assert one.scores["mcc_tuned"].folds == other.scores["mcc_tuned"].folds
    words = _compare(WEIGHTS, y=np.array(["no", "yes"], dtype=object)[Y])
    assert words.classes == ("no", "yes")
    assert words.pos_label == "yes"
    assert list(words.results[0].per_class) == ["no", "yes"]
    assert set(words.results[0].predictions.y_true) == {"no", "yes"}


def test_the_positive_class_is_the_rarer_one_or_the_one_named() -> None:
    swapped = _compare(WEIGHTS, y=1 - Y)
    assert swapped.pos_label == 0
    plain = _compare(WEIGHTS)
    for one, other in zip(plain.results, swapped.results, strict=True):
        assert one.scores["average_precision"].folds == pytest.approx(
            other.scores["average_precision"].folds, abs=1e-6
        )
    named = _compare(WEIGHTS, cv=3, pos_label=0)
    ap = "average_precision"
    assert named.results[0].scores[ap].mean > plain.results[0].scores[ap].mean


@pytest.mark.parametrize("container", ["list", "pandas", "polars", "sparse"])
def test_containers(container: str) -> None:
    made = {
        "list": lambda: X.tolist(),
        "pandas": lambda: pd.DataFrame(X, index=np.arange(400) + 7).add_prefix("c"),
        "polars": lambda: pl.DataFrame(X),
        "sparse": lambda: sparse.csr_array(X),
    }[container]()
    # lbfgs adds sparse rows in another order, and stops a little elsewhere.
    report, plain = _compare(WEIGHTS, made, cv=2), _compare(WEIGHTS, cv=2)
    for one, other in zip(plain.results, report.results, strict=True):
        assert one.scores["log_loss"].mean == pytest.approx(other.scores["log_loss"].mean, rel=1e-4)


def test_mixed_columns_in_a_pipeline() -> None:
    frame = pd.DataFrame(X[:, :2], columns=["a", "b"]).assign(c=np.where(X[:, 2] > 0, "x", "z"))
    encode = make_column_transformer((OneHotEncoder(), ["c"]), remainder=StandardScaler())
    report = _compare(None, frame, estimator=make_pipeline(encode, LEARNER))
    assert "SMOTE" in {r.name for r in report.results}
    assert any("as the last step of the pipeline sees them" in note for note in report.notes)


def test_more_than_two_classes() -> None:
    X3, y3 = make_classification(
        900, n_informative=4, n_redundant=0, n_classes=3, weights=[0.7, 0.2], random_state=0
    )
    labels = np.array(["a", "b", "c"])[y3]
    half = {"thin": RandomUnderSampler(sampling_strategy=Ratios({"a": 2}, of="minority"))}
    report = _compare({**half, "moved": "threshold", "SMOTE": SMOTE()}, X3, labels)
    assert report.classes == ("a", "b", "c")
    assert report.pos_label is None
    assert [m.name for m in report.metrics][-1] == "f1"
    assert "macro" in report.metrics[0].averaging
    assert [(r.name, r.variant, r.correction) for r in report.results] == [
        ("nothing", "as is", ""),
        ("nothing", "corrected", "sigmoid"),
        ("thin", "raw", ""),
        ("thin", "corrected", "shift"),
        ("moved", "as is", ""),
        ("SMOTE", "raw", ""),
        ("SMOTE", "corrected", "sigmoid"),
    ]
    raw, corrected = _result(report, "thin", "raw"), _result(report, "thin", "corrected")
    assert corrected.scores["log_loss"].mean < raw.scores["log_loss"].mean
    plain, moved = _result(report, "nothing", "as is"), _result(report, "moved")
    assert moved.scores["balanced_accuracy"].mean > plain.scores["balanced_accuracy"].mean
    np.testing.assert_allclose(corrected.predictions.proba.sum(axis=1), 1)
    assert report.advice


def test_weights_count_in_training_and_in_scoring() -> None:
    """Weight 2 must be the row twice: in the fit and in the figures, on the same folds."""
    times = 1 + (np.arange(400) % 3 == 0)
    twice = np.repeat(np.arange(400), times)
    folds = list(StratifiedKFold(3).split(X, Y))
    copied = [
        tuple(np.flatnonzero(np.isin(twice, part)) for part in (train, test))
        for train, test in folds
    ]
    weighted = _compare(WEIGHTS, cv=folds, sample_weight=times.astype(float))
    repeated = _compare(WEIGHTS, X[twice], Y[twice], cv=copied)
    for one, other in zip(weighted.results, repeated.results, strict=True):
        for metric in ("average_precision", "roc_auc", "log_loss", "brier_score", "ece", "mcc"):
            # lbfgs stops a little elsewhere: 1e-4 relative is its tolerance, not ours.
            assert one.scores[metric].folds == pytest.approx(
                other.scores[metric].folds, rel=2e-3
            ), metric
    np.testing.assert_array_equal(weighted.results[0].predictions.sample_weight, times)
    assert "SMOTE" in {result.name for result in _compare(None, sample_weight=times).results}


def test_classifiers_are_compared_as_they_are() -> None:
    ensemble = BalancedBaggingClassifier(LEARNER, n_estimators=2)
    tuned = TunedThresholdClassifierCV(LEARNER, scoring="balanced_accuracy", cv=2)
    report = _compare({"nothing": None, "bagging": ensemble, "tuned": tuned}, cv=2)
    assert [(r.name, r.variant, r.kind) for r in report.results][1:] == [
        ("bagging", "as is", "classifier"),
        ("tuned", "as is", "classifier"),
    ]
    plain, _, moved = report.results
    assert moved.scores["average_precision"].mean == plain.scores["average_precision"].mean
    assert moved.scores["balanced_accuracy"].mean > plain.scores["balanced_accuracy"].mean
    assert np.isnan(moved.rows_trained)
    assert report.to_dict()["results"][2]["rows_trained"] is None


def test_learners_with_margins_are_calibrated() -> None:
    report = _compare(WEIGHTS, estimator=LinearSVC())
    assert [(r.name, r.variant, r.correction) for r in report.results] == [
        ("nothing", "corrected", "sigmoid"),
        ("weights", "corrected", "sigmoid"),
    ]


def test_learners_without_weights_leave_class_weights_out() -> None:
    report = _compare(None, estimator=KNeighborsClassifier())
    assert "class weights" not in {r.name for r in report.results}
    assert any("Class weights are left out" in note for note in report.notes)


# What the comparison finds ------------------------------------------------------------------------


def test_real_data_say_do_not_resample(real_data: Any) -> None:
    """On the default data (3.3 % positive) resampling a logistic regression gains nothing."""
    frame, y = real_data("default")
    frame = frame.assign(student=(frame["student"] == "Yes").astype(float))
    strategies = {"under": RandomUnderSampler(), "weights": ClassWeighter(), "moved": "threshold"}
    model = make_pipeline(StandardScaler(), LEARNER)
    report = _compare(strategies, frame, y, estimator=model, cv=5)
    assert report.advice[0].startswith("Do not resample or weight")
    assert "move the threshold" in report.advice[0]
    base = report.reference_result.scores["log_loss"].mean
    assert _result(report, "under", "raw").scores["log_loss"].mean > 3 * base
    assert _result(report, "under", "corrected").scores["log_loss"].mean < 1.05 * base
    assert _result(report, "under", "raw").scores["log_loss"].verdict == "worse"


def test_a_strategy_that_ranks_better_is_found() -> None:
    rows = np.random.default_rng(0).normal(size=(400, 2))
    stump = DecisionTreeClassifier(max_depth=1)  # knows one of the two columns that matter
    report = _compare({"good": LEARNER}, rows, rows.sum(axis=1) > 1.5, estimator=stump, cv=5)
    assert report.advice[0] == "Take 'good': it ranks better than 'nothing'."


# Errors -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"y": np.zeros(400)}, ValueError, r"one class only, 0\.0.*Hint"),
        ({"y": Y[:-1]}, ValueError, "`X` has 400 rows, `y` has 399"),
        ({"X": X[:0], "y": Y[:0]}, ValueError, "minimum of 1 is required|`X` is empty"),
        ({"y": np.linspace(0, 1, 400)}, ValueError, "continuous"),
        ({"estimator": StandardScaler()}, TypeError, "must be a classifier"),
        ({"estimator": LogisticRegression}, TypeError, "must be a classifier"),
        ({"estimator": "logistic"}, TypeError, "must be a classifier, got 'logistic'"),
        ({"estimator": FrozenEstimator(LEARNER)}, ValueError, "frozen.*Hint: pass the classifier"),
        ({"strategies": {"a": 3}}, TypeError, "must be a sampler"),
        ({"reference": "none"}, ValueError, "`reference` must be the name of a strategy"),
        ({"correction": "magic"}, ValueError, "`correction` must be one of .* got 'magic'"),
        ({"threshold_metric": "auc"}, ValueError, "`threshold_metric` must be one of"),
        ({"pos_label": "yes"}, ValueError, r"one of the classes \[0, 1\], got 'yes'"),
        ({"y": np.arange(400) % 3, "pos_label": 1}, ValueError, "`pos_label` is for two classes"),
        ({"groups": np.zeros(3)}, ValueError, r"one group per row, shape \(400,\), got \(3,\)"),
        ({"sample_weight": -np.ones(400)}, ValueError, "negative"),
        ({"sample_weight": np.zeros(400)}, ValueError, "zero for every row"),
        ({"sample_weight": np.full(400, np.nan)}, ValueError, "NaN"),
        (
            {"sample_weight": np.ones(400), "estimator": KNeighborsClassifier()},
            ValueError,
            "KNeighborsClassifier does not take `sample_weight` in fit. Hint: leave",
        ),
        ({"cv": 1}, ValueError, "at least 2 folds"),
        ({"random_state": "x"}, ValueError, "`random_state` must be"),
        ({"X": np.where(X > 2, np.nan, X)}, ValueError, "Strategy 'nothing' failed on fold 1: "),
        (
            {"strategies": {"few": SMOTE(k_neighbors=200)}},
            ValueError,
            "Strategy 'few' failed on fold 1: Expected n_neighbors",
        ),
        (
            {"strategies": {"u": RandomUnderSampler(sampling_strategy={0: 1000})}},
            ValueError,
            "Strategy 'u' failed on fold 1: .*an under-sampler only removes rows",
        ),
    ],
)
def test_errors(options: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=re.compile(message, re.DOTALL)):
        _compare(**options)
