"""The table of corrections: what "auto" takes, what is refused, what is warned of."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from imbalance_kit import ClassShift, OffsetLogisticRegression, RandomUnderSampler
from imbalance_kit.correction._choose_correction import (
    CORRECTIONS,
    MIN_ROWS_TO_RECALIBRATE,
    automatic_mode,
    choose_correction,
    to_undo,
    training_mode,
)
from imbalance_kit.correction._training_set import TrainingSet
from imbalance_kit.shift import InclusionRule, InclusionShift, LinearPilot

EXACT = ClassShift.from_rates({0: 0.1, 1: 1})
INEXACT = ClassShift({0: 0.1, 1: 1}, exact=False)
WANTED = ClassShift({0: 0.5, 1: 2}, reference="training")
Y = np.array([0, 1])
ROWS = TrainingSet(None, Y, shift=EXACT, sampler=RandomUnderSampler(), source_weight=np.ones(2))
MANY = MIN_ROWS_TO_RECALIBRATE
FEW = MIN_ROWS_TO_RECALIBRATE - 1


def choose(asked: str, training: TrainingSet = ROWS, **changes: Any) -> str:
    given = {"total": EXACT, "unknown": "", "has_proba": True, "n_rarest": MANY}
    return choose_correction(asked, training, learner_name="Learner", **{**given, **changes})


# What there is to undo ----------------------------------------------------------------------------


def test_only_the_part_towards_the_source_is_undone() -> None:
    assert to_undo(None) is None
    assert to_undo(EXACT) == EXACT
    assert to_undo(WANTED) is None
    assert to_undo(EXACT.then(WANTED)) == EXACT
    assert to_undo(WANTED.then(EXACT).then(WANTED).then(INEXACT)) == EXACT.then(INEXACT)
    assert to_undo(WANTED.then(ClassShift({0: 1, 1: 3}, reference="training"))) is None


# How the learner is trained -----------------------------------------------------------------------

RULE = {0: InclusionRule(scale=1.0, floor=0.1)}
BY_ROW = InclusionShift((LinearPilot(np.ones((1, 1)), np.zeros(1)),), (0, 1), RULE)
INEXACT_BY_ROW = BY_ROW.then(INEXACT)


@pytest.mark.parametrize(
    ("undo", "learner", "weightable", "expected"),
    [
        (None, OffsetLogisticRegression(), True, "plain"),
        (EXACT, OffsetLogisticRegression(), True, "plain"),
        (INEXACT_BY_ROW, OffsetLogisticRegression(), True, "plain"),
        (BY_ROW, OffsetLogisticRegression(), True, "offset"),
        (BY_ROW, OffsetLogisticRegression(), False, "offset"),
        (BY_ROW, LogisticRegression(), True, "weight"),
        (BY_ROW, LogisticRegression(), False, "plain"),
        (BY_ROW, make_pipeline(StandardScaler(), LogisticRegression()), True, "weight"),
        (BY_ROW, LinearDiscriminantAnalysis(), True, "plain"),  # linear, but takes no weights
        (BY_ROW, GaussianNB(), True, "plain"),  # not linear
    ],
)
def test_a_change_that_depends_on_the_row_is_made_up_for_in_training(
    undo: Any, learner: Any, weightable: bool, expected: str
) -> None:
    assert automatic_mode(undo, learner, weightable=weightable) == expected


@pytest.mark.parametrize("asked", ["shift", "sigmoid", "isotonic", "temperature", "none"])
def test_only_auto_makes_up_for_it_unasked(asked: str) -> None:
    training = TrainingSet(None, Y, shift=BY_ROW, sampler=RandomUnderSampler())
    assert training_mode(asked, training, OffsetLogisticRegression()) == "plain"
    assert training_mode("auto", training, OffsetLogisticRegression()) == "offset"


# "auto" -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "shift"),
        ({"n_rarest": 1}, "shift"),
        ({"total": None}, "none"),
        ({"total": INEXACT}, "sigmoid"),
        ({"total": None, "unknown": "TomekLinks"}, "sigmoid"),
        ({"unknown": "TomekLinks"}, "sigmoid"),
        ({"has_proba": False}, "sigmoid"),
        ({"has_proba": False, "total": None}, "sigmoid"),
    ],
)
def test_auto(changes: dict[str, Any], expected: str) -> None:
    assert choose("auto", **changes) == expected


@pytest.mark.parametrize(
    ("changes", "expected", "message"),
    [
        (
            {"total": INEXACT},
            "shift",
            "With 49 rows of the rarest class, fewer than 50, the closed",
        ),
        ({"unknown": "TomekLinks"}, "sigmoid", r"Only 49 rows .*no closed form exists \(TomekLi"),
        ({"has_proba": False}, "sigmoid", r"no closed form exists \(a margin\)"),
    ],
)
def test_auto_with_few_rows(changes: dict[str, Any], expected: str, message: str) -> None:
    with pytest.warns(UserWarning, match=message):
        assert choose("auto", n_rarest=FEW, **changes) == expected


# Asked for ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", [c for c in CORRECTIONS if c != "auto"])
def test_what_is_asked_for_is_done_where_it_is_right(asked: str) -> None:
    assert choose(asked) == asked
    assert choose(asked, TrainingSet(None, Y), total=None) == asked


@pytest.mark.parametrize("asked", ["sigmoid", "isotonic", "none"])
@pytest.mark.parametrize("changes", [{"unknown": "SMOTETomek"}, {"has_proba": False}])
def test_recalibration_and_nothing_are_always_possible(asked: str, changes: dict[str, Any]) -> None:
    assert choose(asked, **changes) == asked


def test_closed_form_for_synthetic_rows_warns() -> None:
    with pytest.warns(UserWarning, match="closed form is used as asked, but synthetic rows move"):
        assert choose("shift", total=INEXACT) == "shift"


def test_weights_for_synthetic_rows_warn() -> None:
    synthetic = TrainingSet(
        None, Y, shift=INEXACT, sampler=RandomUnderSampler(), source_weight=np.ones(2)
    )
    with pytest.warns(UserWarning, match="weighted back class by class as asked, but synthetic"):
        assert choose("weight", synthetic, total=None) == "weight"


def test_the_warning_points_at_the_caller_of_fit() -> None:
    def fit() -> None:
        choose_correction(
            "shift",
            ROWS,
            total=INEXACT,
            unknown="",
            has_proba=True,
            n_rarest=MANY,
            learner_name="Learner",
        )

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        fit()  # this line
    assert caught[0].filename == __file__
    lines = Path(__file__).read_text(encoding="utf-8").splitlines()
    assert lines[caught[0].lineno - 1].endswith("# this line")


@pytest.mark.parametrize(
    ("asked", "training", "changes", "message"),
    [
        ("platt", ROWS, {}, "`correction` must be one of .*, got 'platt'"),
        ("shift", ROWS, {"has_proba": False}, "'shift' needs probabilities, and Learner has no"),
        ("weight", ROWS, {"has_proba": False}, "'weight' needs probabilities, and Learner has no"),
        ("shift", ROWS, {"unknown": "TomekLinks"}, "refused: TomekLinks changes .*'sigmoid'"),
        ("temperature", ROWS, {"unknown": "ENN"}, "no intercept .* ENN changed.*'sigmoid'"),
        ("temperature", ROWS, {"has_proba": False}, "resampling under a margin changed"),
        ("weight", ROWS, {"unknown": "priors=[.5]"}, r"cannot undo priors=\[.5\]"),
        ("weight", TrainingSet(None, Y), {"unknown": "x=1"}, "cannot undo x=1"),
        (
            "weight",
            TrainingSet(None, Y, sampler=RandomUnderSampler(), by_weights=True),
            {},
            "after carrying RandomUnderSampler out by weights would only cancel.*carry_out='rows'",
        ),
        (
            "weight",
            TrainingSet(None, Y, sampler=RandomUnderSampler()),
            {},
            "needs weights under which the output of RandomUnderSampler stands for its",
        ),
    ],
)
def test_what_would_be_wrong_is_refused(
    asked: str, training: TrainingSet, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        choose(asked, training, **changes)
