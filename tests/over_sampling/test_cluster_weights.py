import math
from typing import Any

import numpy as np
import pytest
from scipy import sparse
from scipy.spatial.distance import pdist

import imbalance_kit.over_sampling._cluster_weights as module
from imbalance_kit.over_sampling._cluster_weights import cluster_weights, mean_distance

X = np.random.default_rng(0).normal(size=(40, 3)) * np.arange(1, 41)[:, None]


@pytest.mark.parametrize("block", [512, 7])
@pytest.mark.parametrize("form", [np.asarray, sparse.csr_array])
def test_mean_distance(block: int, form: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BLOCK_ROWS", block)
    assert mean_distance(form(X)) == pytest.approx(pdist(X).mean(), rel=1e-9)
    assert mean_distance(form(X), 3) == mean_distance(form(X))


def test_mean_distance_far_from_the_origin() -> None:
    """At 1e8 the spacing of floats is 1.5e-8: the distances, of about 30, are known to 1e-9."""
    for place in (1e8, [1e8, -1e8, 0.0]):
        assert mean_distance(X + place) == pytest.approx(pdist(X).mean(), rel=1e-8)


@pytest.mark.parametrize("exponent", ["auto", 0.0, 3.5])
def test_weights_are_the_formula(exponent: Any) -> None:
    clusters = [np.arange(0, 10), np.arange(10, 15), np.arange(15, 40)]
    expected = []
    for rows in clusters:
        power = math.log(len(rows), 1.6) ** 1.8 * 0.16 if exponent == "auto" else exponent
        expected.append(pdist(X[rows]).mean() ** power / len(rows))
    np.testing.assert_allclose(
        cluster_weights(X, clusters, exponent), np.divide(expected, sum(expected))
    )


def test_powers_that_overflow() -> None:
    """10 ** (4 * 100) is no float; the ratio of 2 ** 400 to 1 is."""
    far = np.array([[0.0], [1e4], [0.0], [2e4]])
    weights = cluster_weights(far, [np.array([0, 1]), np.array([2, 3])], 400.0)
    np.testing.assert_allclose(weights, [0, 1], atol=1e-12)


def test_identical_rows() -> None:
    one, other = np.array([0, 1]), np.array([2, 3])
    np.testing.assert_array_equal(cluster_weights(np.ones((4, 2)), [one, other], "auto"), 0.5)
    mixed = np.array([[1.0], [1.0], [0.0], [2.0]])
    np.testing.assert_array_equal(cluster_weights(mixed, [one, other], "auto"), [0, 1])
    np.testing.assert_array_equal(cluster_weights(mixed, [one], "auto"), [1])
