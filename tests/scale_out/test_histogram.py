import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imbalance_kit.scale_out._histogram import add_histograms, score_histogram, score_values


@given(st.lists(st.floats(1e-30, 1e6), min_size=1, max_size=50))
def test_a_bin_stands_for_its_scores_within_a_256th(scores: list[float]) -> None:
    values, counts = score_values(score_histogram(np.array(scores)))
    assert counts.sum() == len(scores)
    nearest = values[np.abs(values[:, None] - np.array(scores)).argmin(axis=0)]
    np.testing.assert_allclose(nearest, scores, rtol=1 / 256)


def test_zero_is_zero() -> None:
    values, counts = score_values(score_histogram(np.zeros(3)))
    assert values.tolist() == [0.0]
    assert counts.tolist() == [3.0]


def test_pieces_add_up_in_any_order() -> None:
    scores = np.random.default_rng(0).random(1000)
    pieces = [{"no": score_histogram(part)} for part in np.array_split(scores, 7)]
    whole = add_histograms(pieces)["no"]
    np.testing.assert_array_equal(whole, score_histogram(scores))
    np.testing.assert_array_equal(whole, add_histograms(pieces[::-1])["no"])
    assert add_histograms([]) == {}


def test_the_mean_of_many_scores_is_kept() -> None:
    scores = np.random.default_rng(0).beta(0.5, 20, 100_000)
    values, counts = score_values(score_histogram(scores))
    # Within a bin the density is nearly even: its middle is off by far less than its half width.
    assert values @ counts == pytest.approx(scores.sum(), rel=1e-4)
