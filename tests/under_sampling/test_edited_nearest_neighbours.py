"""Tests of EditedNearestNeighbours, against imbalanced-learn and by brute force.

Where we differ from imbalanced-learn 0.14, and the defect it mends:

- Rows that have copies: it takes the first of the nearest for the row itself, which among copies is
  any of them, so that a row can be its own neighbour. Here the row itself is left out.
- Where two classes are equally frequent among the neighbours, kind_sel="mode" takes the one whose
  label sorts first there, so that swapping two labels changes what is dropped. Here a row stays
  unless another class is more frequent than its own.
- The rows come class by class there, in the order of the input here.
- A neighbour object has its `n_jobs` overwritten there.
- A class of which no row is left vanishes there, and is an error here.
"""

from typing import Any

import imblearn.under_sampling
import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from imbalance_kit import EditedNearestNeighbours
from tests.under_sampling._overlapping import SHAPES, overlapping, ranked


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind_sel", ["all", "mode"])
@pytest.mark.parametrize(("strategy", "k"), [("auto", 3), ("not majority", 4), ("majority", 1)])
def test_edited_nearest_neighbours_drops_the_rows_of_imbalanced_learn(
    shape: Any, kind_sel: str, strategy: str, k: int
) -> None:
    X, y = overlapping(*shape)
    ours, theirs = (
        module(sampling_strategy=strategy, kind_sel=kind_sel, n_neighbors=k)
        for module in (EditedNearestNeighbours, imblearn.under_sampling.EditedNearestNeighbours)
    )
    theirs.fit_resample(X, y)
    if len(np.unique(y[theirs.sample_indices_])) < len(np.unique(y)):
        with pytest.raises(ValueError, match=r"leaves no row of class .* Hint"):
            ours.fit_resample(X, y)
        with pytest.raises(ValueError, match=r"leaves no row of class .* Hint"):
            ours.fit_weights(X, y)
        return
    X_res, y_res = ours.fit_resample(X, y)
    differ = np.setxor1d(ours.sample_indices_, theirs.sample_indices_)
    if kind_sel == "all" or (k % 2 and shape[-1] == 2):
        assert len(differ) == 0
    around = y[ranked(X)[differ, :k]]
    counts = (around[:, :, None] == np.arange(shape[-1])).sum(axis=1)
    assert (np.sort(counts, axis=1)[:, -1] == np.sort(counts, axis=1)[:, -2]).all()
    assert (counts[np.arange(len(differ)), y[differ]] == counts.max(axis=1)).all()
    np.testing.assert_array_equal(X_res, X[ours.sample_indices_])
    np.testing.assert_array_equal(y_res, y[ours.sample_indices_])


def test_a_row_stays_unless_another_class_is_more_frequent() -> None:
    X, y = np.array([0, 1, 2.1, 3.3, 4.6, 6.0])[:, None], np.array([0, 1, 0, 1, 1, 1])
    sampler = EditedNearestNeighbours(n_neighbors=2, kind_sel="mode", sampling_strategy="all")
    sampler.fit_resample(X, y)  # row 0 sees 1 and 0, row 1 sees 0 and 0, row 2 sees 1 and 1
    np.testing.assert_array_equal(sampler.sample_indices_, [0, 3, 4, 5])


def test_a_neighbour_object_counts_the_row_itself() -> None:
    X, y = overlapping(300, 5, 2)
    given = NearestNeighbors(n_neighbors=4, n_jobs=1)
    number, asked = EditedNearestNeighbours(), EditedNearestNeighbours(n_neighbors=given)
    number.fit_resample(X, y)
    asked.fit_resample(X, y)
    np.testing.assert_array_equal(number.sample_indices_, asked.sample_indices_)
    assert given.n_jobs == 1
    assert not hasattr(given, "n_samples_fit_")


def test_copies_are_neighbours_and_a_row_is_not_its_own() -> None:
    rng = np.random.default_rng(0)
    X = rng.integers(0, 4, size=(300, 2)).astype(float)  # 16 places, 19 rows at each
    y = (rng.random(300) < 0.3).astype(int)
    agreed = (y[ranked(X)[:, :3]] == y[:, None]).sum(axis=1)
    sampler = EditedNearestNeighbours(kind_sel="mode")
    sampler.fit_resample(X, y)
    np.testing.assert_array_equal(sampler.sample_indices_, np.flatnonzero((agreed >= 2) | (y == 1)))
