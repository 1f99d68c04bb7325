"""Tests of SMOTEENN and SMOTETomek: both steps are what they are alone, and rows are followed."""

from typing import Any

import imblearn.combine
import numpy as np
import pandas as pd
import pytest
from imblearn.ensemble import BalancedBaggingClassifier
from sklearn.linear_model import LogisticRegression

from imbalance_kit import (
    SMOTE,
    SMOTEENN,
    BorderlineSMOTE,
    EditedNearestNeighbours,
    SMOTETomek,
    TomekLinks,
)


def _data(n: int = 400, d: int = 4) -> tuple[Any, Any]:
    rng = np.random.default_rng(0)
    y = (rng.random(n) < 0.15).astype(int)
    return rng.normal(size=(n, d)) + y[:, None], y


BOTH = pytest.mark.parametrize(
    ("cls", "cleaner"),
    [
        (SMOTEENN, EditedNearestNeighbours(sampling_strategy="all")),
        (SMOTETomek, TomekLinks(sampling_strategy="all")),
    ],
    ids=["SMOTEENN", "SMOTETomek"],
)


@BOTH
def test_it_is_the_two_steps_one_after_the_other(cls: Any, cleaner: Any) -> None:
    X, y = _data()
    smote = SMOTE(random_state=3)
    X_one, y_one = smote.fit_resample(X, y)
    X_two, y_two = cleaner.fit_resample(X_one, y_one)
    sampler = cls(random_state=3)
    X_res, y_res = sampler.fit_resample(X, y)
    np.testing.assert_array_equal(X_res, X_two)
    np.testing.assert_array_equal(y_res, y_two)
    assert sampler.sampling_strategy_ == smote.sampling_strategy_
    assert sampler.shift_ is None


@BOTH
def test_every_row_is_followed_to_its_parents(cls: Any, cleaner: Any) -> None:
    X, y = _data()
    weights = np.random.default_rng(1).random(len(y))
    sampler = cls(random_state=0)
    X_res, y_res = sampler.fit_resample(X, y, sample_weight=weights)
    seeds, made = sampler.sample_indices_, sampler.synthetic_mask_
    assert made.any()
    assert not made.all()
    np.testing.assert_array_equal(X_res[~made], X[seeds[~made]])
    others, steps = X[sampler.neighbor_indices_[made]], sampler.steps_[made, None]
    line = X[seeds[made]] + steps * (others - X[seeds[made]])
    np.testing.assert_allclose(X_res[made], line, rtol=1e-12, atol=1e-12)
    np.testing.assert_array_equal(y_res, y[seeds])
    np.testing.assert_array_equal(sampler.carried_weight_, weights[seeds])
    own = sampler.fit_weights(X, y, sample_weight=weights)
    gone = np.setdiff1d(np.arange(len(y)), seeds[~made])
    assert not own[gone].any()
    assert (own[seeds[~made]] >= weights[seeds[~made]]).all()


def test_steps_can_be_given() -> None:
    X, y = _data()
    sampler = SMOTETomek(smote=BorderlineSMOTE(k_neighbors=3), tomek=TomekLinks(), random_state=0)
    frame = pd.DataFrame(X, columns=list("abcd"))
    X_res, _ = sampler.fit_resample(frame, y)
    assert isinstance(X_res, pd.DataFrame)
    assert isinstance(sampler.smote_, BorderlineSMOTE)
    assert sampler.tomek_.sampling_strategy == "auto"
    again = sampler.fit_resample(frame, y)[0]
    pd.testing.assert_frame_equal(X_res, again)


def test_steps_of_another_kind_are_refused() -> None:
    X, y = _data()
    with pytest.raises(TypeError, match="over-sampler of this package"):
        SMOTEENN(smote=imblearn.over_sampling.SMOTE()).fit_resample(X, y)
    with pytest.raises(TypeError, match="EditedNearestNeighbours of this package"):
        SMOTEENN(enn=TomekLinks()).fit_resample(X, y)
    with pytest.raises(ValueError, match="NaN or infinity"):
        SMOTEENN().fit_resample(np.where(X > 2, np.nan, X), y)


@BOTH
def test_it_works_inside_ensembles_of_imbalanced_learn(cls: Any, cleaner: Any) -> None:
    X, y = _data()
    ensemble = BalancedBaggingClassifier(
        LogisticRegression(), sampler=cls(), n_estimators=2, random_state=0
    )
    proba = ensemble.fit(X, y).predict_proba(X)[:, 1]
    # Each bag is resampled: a logistic regression trained on equal classes of such overlap
    # predicts far more than the 15 % that are there.
    assert proba.mean() > 1.5 * y.mean()
