"""Tests of TomekLinks, against imbalanced-learn and by brute force.

Where we differ from imbalanced-learn 0.14, and the defect it mends: it takes the first of the two
nearest rows for the row itself, which among copies is any of them, so that a row can be its own
neighbour and links are missed. Here the row itself is left out.
"""

from typing import Any

import imblearn.under_sampling
import numpy as np
import pytest

from imbalance_kit import TomekLinks
from tests.under_sampling._overlapping import SHAPES, overlapping, ranked


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("strategy", ["auto", "all", "majority", "not majority", [0]])
def test_tomek_links_drops_the_rows_of_imbalanced_learn(shape: Any, strategy: Any) -> None:
    X, y = overlapping(*shape)
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


def test_copies_are_neighbours_and_a_row_is_not_its_own() -> None:
    rng = np.random.default_rng(0)
    X = rng.integers(0, 4, size=(300, 2)).astype(float)  # 16 places, 19 rows at each
    y = (rng.random(300) < 0.3).astype(int)
    first, rows = ranked(X)[:, 0], np.arange(300)
    linked = (y[first] != y) & (first[first] == rows)
    assert linked.any()
    sampler = TomekLinks(sampling_strategy="all")
    sampler.fit_resample(X, y)
    np.testing.assert_array_equal(sampler.sample_indices_, np.flatnonzero(~linked))
