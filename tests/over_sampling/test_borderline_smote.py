"""BorderlineSMOTE: which rows are in danger, and how far new rows lie from them."""

from typing import Any

import imblearn.over_sampling
import numpy as np
import pytest
from imblearn.over_sampling._smote.tests import test_borderline_smote as peer_tests
from scipy.stats import kstest

from imbalance_kit import BorderlineSMOTE
from tests.over_sampling._clouds import SHAPES, clouds, made
from tests.over_sampling._peer_tests import cases

CHANCE = 1 - 0.99994  # four standard errors


@pytest.mark.parametrize(("sizes", "n_features", "distance"), SHAPES)
@pytest.mark.parametrize("m", [4, 7, 10])
@pytest.mark.filterwarnings("ignore:No row of class")
def test_rows_in_danger_are_those_of_imbalanced_learn(
    sizes: tuple[int, ...], n_features: int, distance: float, m: int
) -> None:
    X, y = clouds(sizes, n_features, distance)
    ours = BorderlineSMOTE(random_state=0, m_neighbors=m)
    ours.fit_resample(X, y)
    theirs = imblearn.over_sampling.BorderlineSMOTE(random_state=0, m_neighbors=m)
    theirs.fit_resample(X, y)
    assert sum(map(len, ours.in_danger_indices_.values())) > 0
    for label, rows in ours.in_danger_indices_.items():
        np.testing.assert_array_equal(rows, theirs.in_danger_indices.get(label, []))
        if len(rows):
            seeds = made(ours)[0]
            assert set(seeds[y[seeds] == label]) <= set(rows)


def test_duplicates_are_not_counted_as_the_row_itself() -> None:
    """Five rows of either class in one place, four neighbours.

    For each of the rarer class four of its own are as near as five of the other: the first by row
    number count. imbalanced-learn drops whatever comes first, which need not be the row itself, and
    counts the row as its own neighbour instead.
    """
    X = np.concatenate([np.zeros((10, 2)), np.full((20, 2), 9.0)])
    y = np.array([0, 1] * 5 + [0] * 20)
    sampler = BorderlineSMOTE(random_state=0, m_neighbors=4, k_neighbors=2)
    sampler.fit_resample(X, y)
    # Of rows 0 to 3, or 0 to 4 without itself, two are of class 0; without row 1 or 3, three.
    np.testing.assert_array_equal(sampler.in_danger_indices_[1], [1, 3, 5, 7, 9])


@pytest.mark.parametrize("kind", ["borderline-1", "borderline-2"])
def test_half_a_step_at_most_towards_another_class(kind: Any) -> None:
    """imbalanced-learn multiplies two draws of one stream: its half steps are not uniform."""
    X, y = clouds((900, 300))
    sampler = BorderlineSMOTE(random_state=0, kind=kind)
    sampler.fit_resample(X, y)
    seeds, neighbors, steps = made(sampler)
    own = y[neighbors] == y[seeds]
    assert kstest(steps[own], "uniform").pvalue > CHANCE
    if kind == "borderline-1":
        assert own.all()
        return
    assert 100 < own.sum() < len(own) - 100
    assert kstest(steps[~own] / 0.5, "uniform").pvalue > CHANCE


def test_no_row_in_danger() -> None:
    """imbalanced-learn adds nothing, in silence."""
    X, y = clouds((60, 20), distance=50)
    sampler = BorderlineSMOTE(random_state=0)
    with pytest.warns(UserWarning, match=r"No row of class 1 is in danger.*all its rows are seeds"):
        _, y_res = sampler.fit_resample(X, y)
    np.testing.assert_array_equal(np.bincount(y_res), [60, 60])
    assert len(sampler.in_danger_indices_[1]) == 0
    assert len(set(made(sampler)[0])) > 10


def test_more_neighbours_than_rows() -> None:
    X, y = clouds((6, 3), distance=0)
    with pytest.warns(UserWarning, match="among 9 rows") as caught:
        BorderlineSMOTE(random_state=0, k_neighbors=20, kind="borderline-2").fit_resample(X, y)
    texts = [str(warning.message) for warning in caught]
    assert sum("among 9 rows: 8 of them are used, not the 20" in text for text in texts) == 1
    assert sum("among 9 rows: 8 of them are used, not the 10" in text for text in texts) == 1


def test_an_unknown_kind() -> None:
    X, y = clouds((30, 10))
    with pytest.raises(ValueError, match=r"`kind` must be one of .*got 'borderline-3'"):
        BorderlineSMOTE(kind="borderline-3").fit_resample(X, y)  # type: ignore[arg-type]


DEVIATIONS = {
    "test_borderline_smote_no_in_danger_samples": "the count asked for is delivered",
}


@pytest.mark.parametrize(("test", "arguments"), cases(peer_tests, DEVIATIONS))
@pytest.mark.filterwarnings("ignore:No row of class .* is in danger")
def test_what_imbalanced_learn_tests(
    test: Any, arguments: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peer_tests, "BorderlineSMOTE", BorderlineSMOTE)
    test(**arguments)
