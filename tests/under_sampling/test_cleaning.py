"""Tests of TomekLinks and EditedNearestNeighbours, against imbalanced-learn and by brute force.

Where we differ from imbalanced-learn 0.14, the first is a defect it has:

- Rows that have copies. It takes the first of the nearest for the row itself, which among copies is
  any of them, so that a row can be its own neighbour. Here the row itself is left out.
- Where two classes are equally frequent among the neighbours, kind_sel="mode" takes the one whose
  label sorts first there, so that swapping two labels changes what is dropped. Here a row stays
  unless another class is more frequent than its own.
- EditedNearestNeighbours gives the rows class by class there, in the order of the input here.
- A neighbour object has its `n_jobs` overwritten there.
- A class of which no row is left vanishes there, and is an error here.
"""

from typing import Any

import imblearn.under_sampling
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import NearestNeighbors

from imbalance_kit import (
    CorrectedClassifier,
    EditedNearestNeighbours,
    Ratios,
    SamplerChain,
    TomekLinks,
)

SHAPES = [(60, 2, 2), (300, 5, 3), (500, 8, 2), (700, 20, 4), (1500, 12, 2)]


def _data(n: int, d: int, n_classes: int, seed: int = 0) -> tuple[Any, Any]:
    rng = np.random.default_rng([seed, n, d])
    y = rng.choice(
        n_classes, size=n, p=np.arange(n_classes, 0, -1) / (n_classes + 1) / n_classes * 2
    )
    return rng.normal(size=(n, d)) + y[:, None] * 0.5, y


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("strategy", ["auto", "all", "majority", "not majority", [0]])
def test_tomek_links_drops_the_rows_of_imbalanced_learn(shape: Any, strategy: Any) -> None:
    X, y = _data(*shape)
    ours, theirs = (
        module(sampling_strategy=strategy)
        for module in (TomekLinks, imblearn.under_sampling.TomekLinks)
    )
    X_ours, y_ours = ours.fit_resample(X, y)
    X_theirs, y_theirs = theirs.fit_resample(X, y)
    assert len(X_ours) < len(X)
    np.testing.assert_array_equal(ours.sample_indices_, theirs.sample_indices_)
    np.testing.assert_array_equal(X_ours, X_theirs)
    np.testing.assert_array_equal(y_ours, y_theirs)
    assert set(ours.sampling_strategy_) == set(theirs.sampling_strategy_)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind_sel", ["all", "mode"])
@pytest.mark.parametrize(("strategy", "k"), [("auto", 3), ("not majority", 4), ("majority", 1)])
def test_edited_nearest_neighbours_drops_the_rows_of_imbalanced_learn(
    shape: Any, kind_sel: str, strategy: str, k: int
) -> None:
    X, y = _data(*shape)
    ours, theirs = (
        module(sampling_strategy=strategy, kind_sel=kind_sel, n_neighbors=k)
        for module in (EditedNearestNeighbours, imblearn.under_sampling.EditedNearestNeighbours)
    )
    theirs.fit_resample(X, y)
    if len(np.unique(y[theirs.sample_indices_])) < len(np.unique(y)):
        with pytest.raises(ValueError, match=r"leaves no row of class .* Hint"):
            ours.fit_resample(X, y)
        return
    X_res, y_res = ours.fit_resample(X, y)
    differ = np.setxor1d(ours.sample_indices_, theirs.sample_indices_)
    if kind_sel == "all" or (k % 2 and shape[-1] == 2):
        assert len(differ) == 0
    around = y[_ranked(X)[differ, :k]]
    counts = (around[:, :, None] == np.arange(shape[-1])).sum(axis=1)
    assert (np.sort(counts, axis=1)[:, -1] == np.sort(counts, axis=1)[:, -2]).all()
    assert (counts[np.arange(len(differ)), y[differ]] == counts.max(axis=1)).all()
    np.testing.assert_array_equal(X_res, X[ours.sample_indices_])
    np.testing.assert_array_equal(y_res, y[ours.sample_indices_])


def _ranked(X: Any) -> Any:
    """Rows by distance, then number, from each row; itself last."""
    squares = ((X[:, None] - X[None]) ** 2).sum(axis=-1)
    np.fill_diagonal(squares, np.inf)
    return np.argsort(squares, axis=1, kind="stable")


def test_copies_are_neighbours_and_a_row_is_not_its_own() -> None:
    rng = np.random.default_rng(0)
    X = rng.integers(0, 4, size=(300, 2)).astype(float)  # 16 places, 19 rows at each
    y = (rng.random(300) < 0.3).astype(int)
    ranked, rows = _ranked(X), np.arange(300)
    first = ranked[:, 0]
    linked = (y[first] != y) & (first[first] == rows)
    sampler = TomekLinks(sampling_strategy="all")
    sampler.fit_resample(X, y)
    np.testing.assert_array_equal(sampler.sample_indices_, np.flatnonzero(~linked))
    agreed = (y[ranked[:, :3]] == y[:, None]).sum(axis=1)
    enn = EditedNearestNeighbours(kind_sel="mode")
    enn.fit_resample(X, y)
    np.testing.assert_array_equal(enn.sample_indices_, np.flatnonzero((agreed >= 2) | (y == 1)))


def test_a_row_stays_unless_another_class_is_more_frequent() -> None:
    X, y = np.array([0, 1, 2.1, 3.3, 4.6, 6.0])[:, None], np.array([0, 1, 0, 1, 1, 1])
    sampler = EditedNearestNeighbours(n_neighbors=2, kind_sel="mode", sampling_strategy="all")
    sampler.fit_resample(X, y)  # row 0 sees 1 and 0, row 1 sees 0 and 0, row 2 sees 1 and 1
    np.testing.assert_array_equal(sampler.sample_indices_, [0, 3, 4, 5])


def test_a_neighbour_object_counts_the_row_itself() -> None:
    X, y = _data(300, 5, 2)
    given = NearestNeighbors(n_neighbors=4, n_jobs=1)
    number, asked = EditedNearestNeighbours(), EditedNearestNeighbours(n_neighbors=given)
    number.fit_resample(X, y)
    asked.fit_resample(X, y)
    np.testing.assert_array_equal(number.sample_indices_, asked.sample_indices_)
    assert given.n_jobs == 1
    assert not hasattr(given, "n_samples_fit_")


@pytest.mark.parametrize("sampler", [TomekLinks(), EditedNearestNeighbours()], ids=str)
def test_weights_are_carried_along_and_the_shift_is_unknown(sampler: Any) -> None:
    X, y = _data(300, 5, 2)
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
    X, y = _data(600, 3, 2)
    learner = LogisticRegression()
    with pytest.raises(ValueError, match="shift"):
        CorrectedClassifier(learner, EditedNearestNeighbours(), correction="shift").fit(X, y)
    model = CorrectedClassifier(learner, EditedNearestNeighbours()).fit(X, y)
    assert model.correction_ in ("sigmoid", "isotonic", "temperature")
    with pytest.raises(ValueError, match="not known"):
        SamplerChain([TomekLinks()]).fit_resample(X, y)


def test_frames_keep_their_kind_and_missing_values_are_named() -> None:
    X, y = _data(300, 3, 2)
    frame = pd.DataFrame(X, columns=["a", "b", "c"]).astype({"b": "float32"})
    frame.index = pd.RangeIndex(1000, 1300)
    sampler = TomekLinks()
    X_res, _ = sampler.fit_resample(frame, y)
    pd.testing.assert_frame_equal(X_res, frame.iloc[sampler.sample_indices_])
    frame.loc[1005, "c"] = np.nan
    with pytest.raises(ValueError, match=r"NaN or infinity in columns \['c'\]"):
        sampler.fit_resample(frame, y)


def test_bad_parameters_say_what_was_expected() -> None:
    X, y = _data(60, 2, 2)
    for sampler, match in [
        (EditedNearestNeighbours(kind_sel="most"), "must be one of"),
        (EditedNearestNeighbours(n_neighbors=0), "at least 1"),
        (EditedNearestNeighbours(n_neighbors=60), "at most 59"),
        (TomekLinks(sampling_strategy=Ratios({0: 0.5})), "names classes to clean"),
        (TomekLinks(sampling_strategy={0: 5}), "dict"),
        (TomekLinks(sampling_strategy=0.5), "clean"),
        (TomekLinks(sampling_strategy=["no such label"]), "not present"),
    ]:
        with pytest.raises(ValueError, match=match):
            sampler.fit_resample(X, y)
    with pytest.raises(TypeError, match="fit and kneighbors"):
        EditedNearestNeighbours(n_neighbors="three").fit_resample(X, y)
