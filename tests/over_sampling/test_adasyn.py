"""ADASYN: as many rows per seed as its share of other classes asks for, and as asked in all."""

from typing import Any

import imblearn.over_sampling
import numpy as np
import pytest
from imblearn.over_sampling.tests import test_adasyn as peer_tests

from imbalance_kit import ADASYN
from tests.over_sampling._clouds import SHAPES, clouds, made, others_by_brute_force, peer_seeds
from tests.over_sampling._peer_tests import cases


@pytest.mark.parametrize(("sizes", "n_features", "distance"), SHAPES)
def test_seeds_follow_the_share_of_other_classes(
    sizes: tuple[int, ...], n_features: int, distance: float
) -> None:
    """Each quota is met within one row, and imbalanced-learn's count is the quota rounded.

    Deviation: rounding each row by itself, imbalanced-learn delivers more or fewer than asked for.
    """
    X, y = clouds(sizes, n_features, distance)
    sampler = ADASYN(random_state=0, n_neighbors=4)
    sampler.fit_resample(X, y)
    seeds = made(sampler)[0]
    theirs = peer_seeds(imblearn.over_sampling.ADASYN(n_neighbors=4), X, y)
    for label in range(1, len(sizes)):
        members = np.flatnonzero(y == label)
        others = others_by_brute_force(X, y, label, 4)
        asked = max(sizes) - sizes[label]
        quota = others / others.sum() * asked
        ours = np.bincount(seeds, minlength=len(y))[members]
        assert ours.sum() == asked
        assert (np.abs(ours - quota) < 1).all()
        rounded = np.rint(quota)
        if rounded.any():
            peer = np.bincount(theirs[label], minlength=len(y))[members]
            np.testing.assert_array_equal(peer, rounded)


def test_no_row_near_another_class() -> None:
    """imbalanced-learn raises; here the new rows are spread evenly, and a warning says so."""
    X, y = clouds((60, 20), distance=50)
    sampler = ADASYN(random_state=0)
    with pytest.warns(UserWarning, match=r"No row of class 1 has a neighbour of another.*SMOTE"):
        sampler.fit_resample(X, y)
    assert set(np.bincount(made(sampler)[0], minlength=len(y))[y == 1]) == {2}


def test_rows_with_equal_shares_are_drawn_among() -> None:
    """10 rows for 40 of equal share: the first ones are not preferred.

    Over 200 seeds each is chosen with probability 1/4: binomial, four standard errors.
    """
    y = np.repeat([0, 1], [50, 40])
    X = 10.0 * np.concatenate([np.arange(50), np.arange(40)])[:, None]
    X[y == 1] += 1  # the nearest of each is a row of the other class
    times = np.zeros(40)
    for seed in range(200):
        sampler = ADASYN(random_state=seed, n_neighbors=1)
        sampler.fit_resample(X, y)
        times += np.bincount(made(sampler)[0], minlength=90)[y == 1]
    assert times.sum() == 2000
    assert (np.abs(times - 50) < 4 * np.sqrt(200 * 0.25 * 0.75)).all()


DEVIATIONS = {
    "test_ada_fit_resample": "fixed rows: others are drawn for a seed",
    "test_ada_fit_resample_nn_obj": "fixed rows: others are drawn for a seed",
}


@pytest.mark.parametrize(("test", "arguments"), cases(peer_tests, DEVIATIONS))
def test_what_imbalanced_learn_tests(
    test: Any, arguments: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peer_tests, "ADASYN", ADASYN)
    test(**arguments)
