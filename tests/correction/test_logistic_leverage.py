"""Leverage: roots of covariances on any scale, and residuals freed of their own pull."""

import numpy as np
import pytest

from imbalance_kit.correction._logistic_leverage import root_of, without_own_pull


@pytest.mark.parametrize("n_outputs", [1, 2])
def test_the_root_gives_the_covariance_back_at_any_scale(n_outputs: int) -> None:
    rng = np.random.default_rng(0)
    half = rng.normal(size=(6, 4))  # of rank 4: two parameters that are not determined
    scale = np.array([1e-5, 1.0, 1e5, 1e-5, 1.0, 1e5])
    covariance = scale[:, None] * (half @ half.T) * scale
    covariance[1], covariance[:, 1] = 0.0, 0.0  # a constant column
    root = root_of(covariance, n_outputs)
    assert root.shape == (n_outputs, 6, 6 // n_outputs)
    found = np.concatenate([one.T for one in root])
    # Rounding is relative to the scales of both parameters.
    np.testing.assert_allclose(
        found @ found.T / scale / scale[:, None], covariance / scale / scale[:, None], atol=1e-13
    )


@pytest.mark.parametrize("n_outputs", [1, 3])
def test_residuals_solve_their_equation(n_outputs: int) -> None:
    rng = np.random.default_rng(1)
    residuals = rng.normal(size=(n_outputs, 20))
    halves = rng.normal(size=(2, n_outputs, n_outputs, 20)) / 3
    curvature, spread = (np.einsum("abi,cbi->aci", half, half) for half in halves)
    leverage = np.einsum("abi,bci->aci", curvature, spread)
    found = without_own_pull(residuals, curvature, spread)
    own = np.einsum("abi,bi->ai", leverage, found)
    kept = np.linalg.det(np.eye(n_outputs) - leverage.transpose(2, 0, 1)) > 0.01
    assert kept.sum() > 10
    np.testing.assert_allclose((found - own)[:, kept], residuals[:, kept], atol=1e-6)


def test_a_row_that_decides_a_coefficient_alone_divides_by_no_zero() -> None:
    one, square = np.zeros((1, 1)), np.ones((1, 1, 1))
    assert without_own_pull(one, square, square) == 0
    two = np.eye(2)[:, :, None]
    np.testing.assert_array_equal(without_own_pull(np.zeros((2, 1)), two, two), 0)
