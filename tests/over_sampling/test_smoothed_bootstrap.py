"""The kernel on its own: no noise without spread, reproducible, nothing written to the input."""

import numpy as np

from imbalance_kit.over_sampling._smoothed_bootstrap import smoothed_copies


def test_a_constant_column_gets_no_noise() -> None:
    members = np.column_stack([np.full(10, 3.0), np.arange(10.0)])
    got = smoothed_copies(members, np.arange(10), 1.0, np.random.default_rng(0))
    np.testing.assert_array_equal(got[:, 0], 3)
    assert (got[:, 1] != members[:, 1]).all()


def test_noise_is_proportional_to_shrinkage() -> None:
    members = np.random.default_rng(1).normal(size=(30, 4))
    drawn = np.random.default_rng(2).integers(30, size=50)
    one, five = (
        smoothed_copies(members, drawn, shrinkage, np.random.default_rng(0)) - members[drawn]
        for shrinkage in (1.0, 5.0)
    )
    np.testing.assert_allclose(five, 5 * one, rtol=1e-9, atol=1e-12)
    h = (4 / (6 * 30)) ** (1 / 8)
    expected = h * members.std(axis=0) * np.random.default_rng(0).standard_normal((50, 4))
    np.testing.assert_allclose(one, expected, rtol=1e-9, atol=1e-12)


def test_members_are_not_modified_and_one_row_is_enough() -> None:
    members = np.array([[1.0, 2.0]])
    members.setflags(write=False)
    got = smoothed_copies(members, np.zeros(3, dtype=int), 1.0, np.random.default_rng(0))
    np.testing.assert_array_equal(got, [[1, 2]] * 3)
