"""Which strategies there are, what is left out by default, and who is the reference."""

import numpy as np
import pandas as pd
import pytest
from imblearn.ensemble import BalancedBaggingClassifier
from imblearn.over_sampling import SMOTE
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from imbalance_kit import ClassWeighter, CorrectedClassifier, RandomUnderSampler
from imbalance_kit.model_selection._strategies import (
    Strategy,
    check_strategies,
    default_strategies,
    with_reference,
)

X = np.random.default_rng(0).normal(size=(40, 2))
Y = np.arange(40) % 2


def test_kinds() -> None:
    asked = {
        "a": None,
        "b": "threshold",
        "c": RandomUnderSampler(),
        "d": SMOTE(),
        "e": ClassWeighter(),
        "f": CorrectedClassifier(LogisticRegression()),
        "g": BalancedBaggingClassifier(),
    }
    kinds = [strategy.kind for strategy in check_strategies(asked)]
    assert kinds == [
        "nothing", "threshold", "sampler", "sampler", "weighter", "classifier", "classifier",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({}, "non-empty dict"),
        ([SMOTE()], "non-empty dict"),
        ({1: None}, "name must be a non-empty string, got 1"),
        ({"": None}, "name must be a non-empty string"),
        ({"under": RandomUnderSampler}, r"is the class RandomUnderSampler.*RandomUnderSampler\(\)"),
        ({"under": "under"}, "must be a sampler, a weighter, a classifier, None"),
        ({"scale": SimpleImputer()}, "must be a sampler"),
    ],
)
def test_wrong_strategies(asked: object, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        check_strategies(asked)


def _default(estimator: object, rows: object = X, **options: object) -> tuple[list[str], str]:
    arguments = {"least_rows": 10} | options
    strategies, notes = default_strategies(estimator, rows, Y, **arguments)
    return [strategy.name for strategy in strategies], " ".join(notes)


def test_default() -> None:
    names, notes = _default(LogisticRegression())
    assert names == [
        "nothing", "class weights", "moved threshold", "RandomUnderSampler", "RandomOverSampler",
        "SMOTE",
    ]  # fmt: skip
    assert notes == ""


def test_what_is_left_out_is_noted() -> None:
    names, notes = _default(KNeighborsClassifier())
    assert "class weights" not in names
    assert "takes no `sample_weight`" in notes
    for options, reason in (
        ({"least_rows": 5}, "5 rows of the rarest class, and 6 are needed"),
        ({"rows": pd.DataFrame({"a": ["x"] * 40})}, "complete numbers"),
        ({"rows": np.where(X > 1, np.nan, X)}, "complete numbers"),
    ):
        names, notes = _default(LogisticRegression(), **options)
        assert "SMOTE" not in names
        assert reason in notes


def test_smote_works_behind_the_preprocessing_of_a_pipeline() -> None:
    holes = np.where(X > 1, np.nan, X)
    imputing = make_pipeline(SimpleImputer(), LogisticRegression())
    strategies, notes = default_strategies(imputing, holes, Y, least_rows=10)
    assert strategies[-1].behind_preprocessing
    assert "as the last step of the pipeline sees them" in notes[0]
    names, notes = _default(make_pipeline(FunctionTransformer(), LogisticRegression()), holes)
    assert "SMOTE" not in names
    assert "complete numbers" in notes


def test_reference() -> None:
    nothing, other = Strategy("nothing", "nothing"), Strategy("x", "sampler", SMOTE())
    idle = Strategy("plain", "nothing")
    assert with_reference([other, nothing], "nothing") == ([other, nothing], "nothing")
    assert with_reference([other], "x") == ([other], "x")
    assert with_reference([other], "nothing") == ([nothing, other], "nothing")
    assert with_reference([other, idle], "nothing") == ([other, idle], "plain")
    with pytest.raises(ValueError, match=r"name of a strategy, one of \['x'\], got 'y'"):
        with_reference([other], "y")
