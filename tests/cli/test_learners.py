import numpy as np
import pytest
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from imbalance_kit.cli._columns import encode_columns
from imbalance_kit.cli._learners import DESCRIPTIONS, LearnerName, make_learner
from tests.cli._files import small_frame


def fitted(name: LearnerName, n_rows: int = 300) -> tuple[Pipeline, np.ndarray]:
    frame = small_frame(n_rows)
    X, columns = encode_columns(frame.drop(columns="default"))
    learner = make_learner(name, columns, 0)
    return clone(learner).fit(X, frame["default"]), X


@pytest.mark.parametrize("name", LearnerName)
def test_mixed_columns_with_gaps(name: LearnerName) -> None:
    learner, X = fitted(name)
    proba = learner.predict_proba(X)
    assert proba.shape == (300, 2)
    assert np.isfinite(proba).all()
    assert DESCRIPTIONS[name]


@pytest.mark.parametrize("name", LearnerName)
def test_levels_and_gaps_that_training_rows_did_not_have(name: LearnerName) -> None:
    learner, X = fitted(name)
    new = X[:5].copy()
    new[:, 0] = np.nan
    new[:, 2] = 99.0
    assert np.isfinite(learner.predict_proba(new)).all()


@pytest.mark.parametrize("name", LearnerName)
def test_numbers_only_and_categories_only(name: LearnerName) -> None:
    frame = small_frame()
    for kept in (["balance", "age"], ["job"]):
        X, columns = encode_columns(frame[kept])
        learner = make_learner(name, columns, 0).fit(X, frame["default"])
        assert np.isfinite(learner.predict_proba(X)).all()


@pytest.mark.parametrize("name", LearnerName)
def test_many_levels(name: LearnerName) -> None:
    """More levels than gradient boosting takes, and a column that is empty in the fold."""
    rng = np.random.default_rng(0)
    X, columns = encode_columns(
        small_frame(1000)[["balance"]].assign(code=[f"c{i}" for i in rng.integers(0, 400, 1000)])
    )
    X[:, 0] = np.nan
    y = rng.integers(0, 2, 1000)
    learner = make_learner(name, columns, 0).fit(X, y)
    assert np.isfinite(learner.predict_proba(X)).all()


def test_the_same_seed_gives_the_same_trees() -> None:
    for name in (LearnerName.GRADIENT_BOOSTING, LearnerName.RANDOM_FOREST):
        (first, X), (second, _) = fitted(name), fitted(name)
        np.testing.assert_array_equal(first.predict_proba(X), second.predict_proba(X))


def test_what_is_learned_is_learned_from_the_rows_given() -> None:
    """Encoding fitted on a part of the rows knows only that part: nothing leaks from the rest."""
    frame = small_frame()
    X, columns = encode_columns(frame.drop(columns="default"))
    learner = make_learner(LearnerName.LOGISTIC, columns, 0)
    part = np.arange(100)
    alone = clone(learner).fit(X[part], frame["default"][:100]).predict_proba(X[part])
    changed = X.copy()
    changed[100:] = 1e6
    again = clone(learner).fit(changed[part], frame["default"][:100]).predict_proba(changed[part])
    np.testing.assert_array_equal(alone, again)
