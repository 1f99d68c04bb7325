"""Kernels, centres and distances by the plain formulas."""

import numpy as np
import pytest

from imbalance_kit.weighting._kernel import (
    GaussianKernel,
    centres_of,
    median_distance,
    standardise,
)

ROWS = np.random.default_rng(0).normal(size=(50, 3)) * [1.0, 10.0, 0.0] + 5.0


def test_columns_are_standardised_and_constants_left_alone() -> None:
    weights = np.random.default_rng(1).exponential(size=50)
    z = standardise(ROWS, weights)(ROWS)
    np.testing.assert_allclose(np.average(z, weights=weights, axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(np.average(z**2, weights=weights, axis=0), [1, 1, 0], atol=1e-12)


def test_kernel_is_that_of_the_distances() -> None:
    scaling = standardise(ROWS, np.ones(50))
    centres = scaling(ROWS[:4])
    square = ((scaling(ROWS)[:, None] - centres) ** 2).sum(axis=2)
    found = GaussianKernel(scaling, centres, 0.8)(ROWS)
    np.testing.assert_allclose(found, np.exp(-square / (2 * 0.8**2)), rtol=1e-10)


def test_centres_are_distinct_rows_in_any_order() -> None:
    doubled = np.concatenate([ROWS, ROWS[::-1]])
    np.testing.assert_array_equal(centres_of(doubled, 7), centres_of(ROWS, 7))
    assert len(np.unique(centres_of(doubled, 90), axis=0)) == 50


def test_median_distance() -> None:
    assert median_distance(np.array([[0.0], [1.0], [3.0]])) == pytest.approx(2)
    assert median_distance(np.zeros((1, 2))) == 1
    assert median_distance(np.zeros((3, 2))) == 1
