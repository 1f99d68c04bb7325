"""Tests of what the cleaning methods share: weights, the unknown shift, containers, refusals."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from imbalance_kit import (
    CorrectedClassifier,
    EditedNearestNeighbours,
    Ratios,
    SamplerChain,
    TomekLinks,
)
from tests.under_sampling._overlapping import overlapping


@pytest.mark.parametrize("sampler", [TomekLinks(), EditedNearestNeighbours()], ids=str)
def test_weights_are_carried_along_and_the_shift_is_unknown(sampler: Any) -> None:
    X, y = overlapping(300, 5, 2)
    weights = np.random.default_rng(0).random(300)
    sampler.fit_resample(X, y, sample_weight=weights)
    rows = sampler.sample_indices_
    np.testing.assert_array_equal(sampler.carried_weight_, weights[rows])
    assert sampler.shift_ is None
    assert sampler.sample_weight_ is None
    assert not sampler.synthetic_mask_.any()
    kept = np.zeros(300)
    kept[rows] = weights[rows]
    np.testing.assert_array_equal(sampler.fit_weights(X, y, sample_weight=weights), kept)
    np.testing.assert_array_equal(sampler.fit_weights(X, y), kept > 0)


def test_the_shift_is_refused_and_recalibration_is_the_default() -> None:
    X, y = overlapping(600, 3, 2)
    learner = LogisticRegression()
    with pytest.raises(ValueError, match="shift"):
        CorrectedClassifier(learner, EditedNearestNeighbours(), correction="shift").fit(X, y)
    model = CorrectedClassifier(learner, EditedNearestNeighbours()).fit(X, y)
    assert model.correction_ in ("sigmoid", "isotonic", "temperature")
    with pytest.raises(ValueError, match="not known"):
        SamplerChain([TomekLinks()]).fit_resample(X, y)


def test_frames_keep_their_kind_and_missing_values_are_named() -> None:
    X, y = overlapping(300, 3, 2)
    frame = pd.DataFrame(X, columns=["a", "b", "c"]).astype({"b": "float32"})
    frame.index = pd.RangeIndex(1000, 1300)
    sampler = TomekLinks()
    X_res, _ = sampler.fit_resample(frame, y)
    pd.testing.assert_frame_equal(X_res, frame.iloc[sampler.sample_indices_])
    frame.loc[1005, "c"] = np.nan
    with pytest.raises(ValueError, match=r"NaN or infinity in columns \['c'\]"):
        sampler.fit_resample(frame, y)


def test_bad_parameters_say_what_was_expected() -> None:
    X, y = overlapping(60, 2, 2)
    for sampler, match in [
        (EditedNearestNeighbours(kind_sel="most"), "must be one of"),
        (EditedNearestNeighbours(n_neighbors=0), "at least 1"),
        (EditedNearestNeighbours(n_neighbors=60), "at most 59"),
        (TomekLinks(sampling_strategy=Ratios({0: 0.5})), "names classes to clean"),
        (TomekLinks(sampling_strategy={0: 5}), "dict"),
        (TomekLinks(sampling_strategy=0.5), "names classes to clean.*Got 0.5. Hint: give a list"),
        (TomekLinks(sampling_strategy=["no such label"]), "not present"),
    ]:
        with pytest.raises(ValueError, match=match):
            sampler.fit_resample(X, y)
    with pytest.raises(TypeError, match="fit and kneighbors"):
        EditedNearestNeighbours(n_neighbors="three").fit_resample(X, y)


def test_text_is_to_be_encoded() -> None:
    """No other cleaner takes it, unlike among the over-samplers."""
    with pytest.raises(ValueError, match=r"columns \['a'\] are not. Hint: encode them first\.$"):
        TomekLinks().fit_resample(pd.DataFrame({"a": ["x", "y"] * 5}), [0, 1] * 5)
