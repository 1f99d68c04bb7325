"""One strategy on one fold: every variant against the public classes it stands for."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from imblearn.over_sampling import SMOTE
from imblearn.under_sampling import TomekLinks
from sklearn.datasets import make_classification
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, f1_score
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from imbalance_kit import (
    BorderlineSMOTE,
    ClassWeighter,
    CorrectedClassifier,
    NonuniformNegativeSampler,
    OffsetLogisticRegression,
    RandomOverSampler,
    RandomUnderSampler,
)
from imbalance_kit.model_selection._fit import Rows
from imbalance_kit.model_selection._folds import Fold
from imbalance_kit.model_selection._run_fold import FoldResult, Settings, run_fold
from imbalance_kit.model_selection._strategies import Strategy

X, Y = make_classification(900, weights=[0.8], class_sep=0.5, random_state=0)
ROWS = Rows(X, Y, np.array(["no", "yes"]), None, None)
FOLD = Fold(0, np.arange(600), np.arange(600, 900))
BINARY = Settings(LogisticRegression(), "auto", "balanced_accuracy", 1, 100)


def _run(
    what: Any, kind: str = "sampler", settings: Settings = BINARY, rows: Rows = ROWS
) -> dict[tuple[str, str, bool], FoldResult]:
    results = run_fold(Strategy("s", kind, what), rows, FOLD, 0, settings)
    assert len({(r.variant, r.correction, r.moved) for r in results}) == len(results)
    return {(r.variant, r.correction, r.moved): r for r in results}


@pytest.mark.parametrize(
    ("what", "kind", "correction"),
    [
        (RandomUnderSampler(random_state=0), "sampler", "shift"),
        (RandomOverSampler(random_state=0), "sampler", "shift"),
        (ClassWeighter(), "weighter", "shift"),
        (SMOTE(random_state=0), "sampler", "sigmoid"),
        (BorderlineSMOTE(random_state=0), "sampler", "sigmoid"),
        (TomekLinks(), "sampler", "sigmoid"),
    ],
)
@pytest.mark.parametrize("weighted", [False, True])
def test_corrected_is_the_corrected_classifier(
    what: Any, kind: str, correction: str, weighted: bool
) -> None:
    weighted &= not isinstance(what, SMOTE)  # imbalanced-learn's takes no weights
    weights = np.random.default_rng(0).uniform(0.5, 2, 900) if weighted else None
    results = _run(what, kind, rows=replace(ROWS, weights=weights))
    assert set(results) == {("raw", "", False), ("corrected", correction, False)}
    train = None if weights is None else weights[FOLD.train]
    for (_, how, _), result in results.items():
        model = CorrectedClassifier(LogisticRegression(), what, correction=how or "none")
        model.fit(X[FOLD.train], ROWS.y[FOLD.train], sample_weight=train)
        expected = model.predict_proba(X[FOLD.test])
        np.testing.assert_allclose(result.proba, expected, rtol=1e-9)
        decided = model.predict(X[FOLD.test])
        held = None if weights is None else weights[FOLD.test]
        assert result.scores["f1"] == pytest.approx(
            f1_score(ROWS.y[FOLD.test], decided, pos_label="yes", sample_weight=held)
        )
    assert CorrectedClassifier(LogisticRegression(), what).fit(X, Y).correction_ == correction


def test_raw_and_corrected_rank_alike_and_share_the_tuned_thresholds() -> None:
    raw, corrected = _run(RandomUnderSampler(random_state=0)).values()
    tuned = {name for name in raw.scores if name.endswith("_tuned")}
    assert len(tuned) == 3
    for name in {"average_precision", "roc_auc"} | tuned:
        assert raw.scores[name] == pytest.approx(corrected.scores[name], abs=1e-12)
    assert raw.scores["log_loss"] > corrected.scores["log_loss"]
    assert raw.seconds == corrected.seconds  # one fit


def test_nothing_brings_its_moved_threshold_and_its_recalibrated_variant() -> None:
    results = _run(None, "nothing")
    assert set(results) == {
        ("as is", "", False),
        ("corrected", "sigmoid", False),
        ("as is", "", True),
    }
    plain, moved = results["as is", "", False], results["as is", "", True]
    np.testing.assert_array_equal(plain.proba, moved.proba)
    assert moved.scores["balanced_accuracy"] == plain.scores["balanced_accuracy_tuned"]
    assert moved.scores["balanced_accuracy"] > plain.scores["balanced_accuracy"]
    assert moved.seconds > plain.seconds
    by_f1 = _run(None, "nothing", replace(BINARY, threshold_metric="f1"))["as is", "", True]
    assert by_f1.scores["f1"] == plain.scores["f1_tuned"]


def test_the_first_class_can_be_the_positive_one() -> None:
    first = _run(None, "nothing", replace(BINARY, positive=0))["as is", "", True]
    swapped = replace(ROWS, codes=1 - ROWS.codes)
    second = _run(None, "nothing", rows=swapped)["as is", "", True]
    for name, value in first.scores.items():
        assert value == pytest.approx(second.scores[name], abs=1e-6), name


def test_weight_is_a_fit_of_its_own() -> None:
    sampler = RandomUnderSampler(random_state=0)
    results = _run(sampler, settings=replace(BINARY, correction="weight"))
    assert set(results) == {("raw", "", False), ("corrected", "weight", False)}
    model = CorrectedClassifier(LogisticRegression(), sampler, correction="weight")
    model.fit(X[FOLD.train], ROWS.y[FOLD.train])
    np.testing.assert_allclose(
        results["corrected", "weight", False].proba, model.predict_proba(X[FOLD.test]), rtol=1e-9
    )


@pytest.mark.filterwarnings("ignore:LogisticRegression is linear and cannot follow:UserWarning")
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(
    ("estimator", "asked", "done"),
    [
        (OffsetLogisticRegression(), "auto", "offset"),
        (GradientBoostingClassifier(n_estimators=5, random_state=0), "auto", "offset"),
        (OffsetLogisticRegression(), "offset", "offset"),
        (OffsetLogisticRegression(), "shift", "shift"),
        (LogisticRegression(), "auto", "weight"),
        (DecisionTreeClassifier(min_samples_leaf=20, random_state=0), "auto", "shift"),
    ],
)
def test_a_change_that_depends_on_the_row_is_corrected_as_by_the_classifier(
    estimator: Any, asked: str, done: str, weighted: bool
) -> None:
    """In training, where the learner can: "offset" was the closed form by another name."""
    weights = np.random.default_rng(0).uniform(0.5, 2, 900) if weighted else None
    sampler = NonuniformNegativeSampler(random_state=0)
    settings = replace(BINARY, estimator=estimator, correction=asked)
    results = _run(sampler, settings=settings, rows=replace(ROWS, weights=weights))
    assert set(results) == {("raw", "", False), ("corrected", done, False)}
    train = None if weights is None else weights[FOLD.train]
    model = CorrectedClassifier(estimator, sampler, correction=asked)
    model.fit(X[FOLD.train], ROWS.y[FOLD.train], sample_weight=train)
    assert model.correction_ == done
    found = results["corrected", done, False]
    np.testing.assert_allclose(found.proba, model.predict_proba(X[FOLD.test]), rtol=1e-9)
    decided = model.predict(X[FOLD.test])
    held = None if weights is None else weights[FOLD.test]
    recall = balanced_accuracy_score(ROWS.y[FOLD.test], decided, sample_weight=held)
    assert found.scores["balanced_accuracy"] == pytest.approx(recall)


def test_none_leaves_everything_raw() -> None:
    settings = replace(BINARY, correction="none")
    assert set(_run(SMOTE(), settings=settings)) == {("raw", "", False)}
    assert set(_run(None, "nothing", settings)) == {("as is", "", False), ("as is", "", True)}


def test_class_weights_inside_the_learner_are_undone() -> None:
    balanced = replace(BINARY, estimator=LogisticRegression(class_weight="balanced"))
    results = _run(None, "nothing", balanced)
    assert ("corrected", "shift", False) in results
    assert (
        results["corrected", "shift", False].scores["log_loss"]
        < (results["as is", "", False].scores["log_loss"])
    )


def test_margins_are_calibrated_and_nothing_else() -> None:
    margins = replace(BINARY, estimator=LinearSVC())
    assert set(_run(RandomUnderSampler(random_state=0), settings=margins)) == {
        ("corrected", "sigmoid", False)
    }
    assert set(_run(None, "nothing", margins)) == {
        ("corrected", "sigmoid", False),
        ("corrected", "sigmoid", True),
    }
    with pytest.raises(ValueError, match=r"LinearSVC has no predict_proba.*correction='sigmoid'"):
        _run(None, "nothing", replace(margins, correction="none"))
    with pytest.raises(ValueError, match=r"no probabilities to compare.*Hint: CorrectedClassifier"):
        _run(LinearSVC(), "classifier")


def test_a_classifier_decides_by_itself() -> None:
    class Contrary(LogisticRegression):
        def predict(self, X: np.ndarray) -> np.ndarray:
            return self.classes_[super().predict_proba(X).argmin(axis=1)]

    result = _run(Contrary(), "classifier")["as is", "", False]
    plain = _run(None, "nothing")["as is", "", False]
    assert result.scores["log_loss"] == pytest.approx(plain.scores["log_loss"])
    assert result.scores["balanced_accuracy"] == pytest.approx(
        1 - plain.scores["balanced_accuracy"]
    )


def test_more_classes_move_the_threshold_by_their_shares() -> None:
    X3, y3 = make_classification(
        900, n_informative=5, n_classes=3, weights=[0.8, 0.15], random_state=0
    )
    rows = Rows(X3, y3, np.array([0, 1, 2]), None, None)
    settings = replace(BINARY, positive=None)
    results = _run(None, "nothing", settings, rows)
    assert not any(name.endswith("_tuned") for name in results["as is", "", False].scores)
    model = LogisticRegression().fit(X3[FOLD.train], y3[FOLD.train])
    shares = np.bincount(y3[FOLD.train]) / 600
    decided = (model.predict_proba(X3[FOLD.test]) / shares).argmax(axis=1)
    assert results["as is", "", True].scores["balanced_accuracy"] == pytest.approx(
        balanced_accuracy_score(y3[FOLD.test], decided)
    )
    under = _run(RandomUnderSampler(random_state=0), settings=settings, rows=rows)
    assert set(under) == {("raw", "", False), ("corrected", "shift", False)}


def test_a_failure_names_the_strategy_and_the_fold() -> None:
    rows = replace(ROWS, X=np.full_like(X, np.nan))
    with pytest.raises(ValueError, match=r"Strategy 's' failed on fold 1: Input X contains NaN"):
        _run(None, "nothing", rows=rows)
    with pytest.raises(ValueError, match=r"correction='shift' is refused: TomekLinks"):
        _run(TomekLinks(), settings=replace(BINARY, correction="shift"))
