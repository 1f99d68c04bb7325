"""Classifiers as models of the ratio: held out, calibrated, with weights and categories."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from imbalance_kit import PropensityWeighter, design_effect
from imbalance_kit.weighting._folds import content_folds
from tests.weighting._populations import mean_under, mixed_frames, two_normals

X, TARGET = two_normals(600, 900)
FRAME, POPULATION = mixed_frames()
BOOSTING = HistGradientBoostingClassifier(
    categorical_features="from_dtype", max_iter=20, early_stopping=False
)


def as_categories(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(region=frame["region"].astype("category"))


def test_weights_are_out_of_fold_and_new_rows_get_the_mean() -> None:
    weighter = PropensityWeighter(GaussianNB(), cv=3).fit(X, target=TARGET)
    stacked = np.concatenate([X, TARGET])
    side = np.repeat([0, 1], [600, 900])
    balanced = np.repeat([1500 / 1200, 1500 / 1800], [600, 900])
    folds = np.concatenate([content_folds(t, np.ones(len(t)), 3) for t in (X, TARGET)])
    odds, shares = np.empty(600), []
    for fold in range(3):
        train = folds != fold
        model = GaussianNB().fit(stacked[train], side[train], balanced[train])
        p = model.predict_proba(X)[:, 1]
        odds[folds[:600] == fold] = (p / (1 - p))[folds[:600] == fold]
        shares.append(p)
    np.testing.assert_allclose(weighter.weights_, odds * 900 / odds.sum(), rtol=1e-2)
    mean = np.mean(shares, axis=0)
    expected = mean / (1 - mean)
    found = weighter.weights(X)
    np.testing.assert_allclose(found / found.sum(), expected / expected.sum(), rtol=1e-2)


def test_overfitting_does_not_reach_the_weights() -> None:
    # Trees to the last leaf tell all their own rows apart: in-sample odds would be 0.
    # (A forest of fewer trees is at times certain of a row: see the next test.)
    forest = RandomForestClassifier(200, random_state=0)
    weighter = PropensityWeighter(forest).fit(X, target=TARGET)
    assert design_effect(weighter.weights_) < 10
    apart = np.abs(mean_under(weighter.weights_, X) - TARGET.mean(axis=0))
    assert apart.max() < 0.35  # .5 before


def test_certainty_is_believed_up_to_the_number_of_rows() -> None:
    """One row of which a tree was certain had as much weight as all others together."""
    tree = DecisionTreeClassifier(min_samples_leaf=2, random_state=0)
    with pytest.warns(UserWarning, match=r"certain that \d+ rows .* odds are held at 1500. Hint"):
        weighter = PropensityWeighter(tree).fit(X, target=TARGET)
    certain = weighter.weights_ == weighter.weights_.max()
    assert 1 < certain.sum() < len(X)
    # Its odds against the smallest that the tree has given by counting, 1 of at most 1,200.
    spread = weighter.weights_.max() / weighter.weights_[weighter.weights_ > 1e-6].min()
    assert spread <= 1500 * 1200
    again = weighter.weights(X)
    assert np.isfinite(again).all()


@pytest.mark.parametrize("calibration", ["sigmoid", "isotonic"])
def test_calibration_makes_an_overfitted_model_honest(calibration: Any) -> None:
    model = DecisionTreeClassifier(max_depth=6, random_state=0)
    with pytest.warns(UserWarning, match="The classifier is certain that"):
        raw = PropensityWeighter(model).fit(X, target=TARGET)
    calibrated = PropensityWeighter(model, calibration=calibration).fit(X, target=TARGET)
    assert design_effect(calibrated.weights_) < design_effect(raw.weights_)
    assert np.isfinite(calibrated.weights(X)).all()
    assert (calibrated.weights_ > 0).all()


def test_gradient_boosting_with_native_categories() -> None:
    sample, target = as_categories(FRAME), as_categories(POPULATION)
    target["school"] = target["school"].cat.set_categories(["low", "high", "none"])
    weighter = PropensityWeighter(BOOSTING, calibration="sigmoid").fit(sample, target=target)
    age = sample["age"].to_numpy()
    before = abs(age.mean() - target["age"].mean())
    after = abs(np.average(age, weights=weighter.weights_) - target["age"].mean())
    assert after < 0.9 * before
    # Other codes for the same levels change nothing.
    flipped = sample.assign(school=sample["school"].cat.reorder_categories(["low", "high"]))
    np.testing.assert_array_equal(weighter.weights(flipped), weighter.weights(sample))
    with pytest.warns(UserWarning, match=r"\['region'\] have levels that were not there at fit"):
        weighter.weights(sample.assign(region=pd.Categorical(["east"] * len(sample))))


def test_a_pipeline_gets_the_weights_at_its_last_step() -> None:
    encode = make_column_transformer(
        (OneHotEncoder(), ["region", "school", "urban"]), (StandardScaler(), ["age"])
    )
    columns = ["region", "school", "urban", "age"]
    pipeline = make_pipeline(encode, LogisticRegression(C=100.0))
    sample, target = FRAME[columns], POPULATION[columns]
    d = np.random.default_rng(0).exponential(size=len(sample))
    with_weights = PropensityWeighter(pipeline).fit(sample, target=target, sample_weight=d)
    path = PropensityWeighter().fit(sample, target=target, sample_weight=d)
    # Two fits of the same model, one out-of-fold, one with a small penalty.
    assert np.corrcoef(np.log(with_weights.weights_), np.log(path.weights_))[0, 1] > 0.9


def test_a_classifier_without_weights() -> None:
    plain = PropensityWeighter(KNeighborsClassifier(100)).fit(X, target=TARGET)
    # Its odds count the rows of the two sides, which the ratio does not.
    assert plain.weights_.sum() == pytest.approx(900)
    assert np.abs(mean_under(plain.weights_, X) - TARGET.mean(axis=0)).max() < 0.35
    d = np.linspace(1, 2, len(X))
    with pytest.raises(ValueError, match="KNeighborsClassifier takes no sample_weight"):
        PropensityWeighter(KNeighborsClassifier()).fit(X, target=TARGET, sample_weight=d)


@pytest.mark.parametrize("estimand", ["ate", "atc", "overlap", "matching"])
def test_tilted_populations(estimand: Any) -> None:
    weighter = PropensityWeighter(LogisticRegression(), estimand=estimand).fit(X, target=TARGET)
    sample = mean_under(weighter.weights_, X)
    target = mean_under(weighter.target_weights_, TARGET)
    assert np.abs(sample - target).max() < 0.12  # .5 before


def test_text_needs_an_encoder() -> None:
    with pytest.raises(ValueError, match="could not convert string") as caught:
        PropensityWeighter(LogisticRegression()).fit(FRAME, target=POPULATION)
    assert "gets the columns as they came in" in "".join(caught.value.__notes__)


def test_row_order_changes_nothing() -> None:
    order = np.random.default_rng(0).permutation(len(X))
    model = LogisticRegression(tol=1e-10)
    expected = PropensityWeighter(model).fit_weights(X, target=TARGET)
    found = PropensityWeighter(model).fit_weights(X[order], target=TARGET[::-1])
    np.testing.assert_allclose(found, expected[order], rtol=1e-5)


def test_the_estimator_is_left_as_it_was() -> None:
    model = LogisticRegression()
    PropensityWeighter(model).fit(X, target=TARGET)
    assert not hasattr(model, "coef_")
