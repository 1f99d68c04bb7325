"""Stacked rows: standardised, sorted by fold, evaluated in blocks."""

import numpy as np
import pytest

from imbalance_kit.weighting import _membership_rows
from tests.weighting._stacked_rows import plain, stacked


def test_columns_are_standardised_and_sides_have_half_of_the_weight() -> None:
    rows = stacked(weighted=True)
    X, side = plain(rows)
    np.testing.assert_allclose(rows.weights @ X, 0, atol=1e-12)
    np.testing.assert_allclose(rows.weights @ X**2, 1, rtol=1e-12)
    assert rows.weights[side > 0].sum() == pytest.approx(0.5)


@pytest.mark.parametrize("block_bytes", [1, 1 << 19])
def test_a_sweep_is_the_models_one_by_one(
    block_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_membership_rows, "_BLOCK_BYTES", block_bytes)
    rows = stacked(n_folds=3, weighted=True)
    theta = np.random.default_rng(0).normal(size=(4, 6))
    models = np.array([-1, 0, 1, 2])
    found = rows.sweep(theta, models, hessian=True)
    for k, model in enumerate(models.tolist()):
        loss, gradient, hessian = rows.alone(theta[k], model)
        np.testing.assert_allclose(found.gradient[k], gradient, atol=1e-12)
        if model == -1:
            assert found.loss[k] == pytest.approx(loss)
            assert found.hessian is not None
            np.testing.assert_allclose(found.hessian, hessian, atol=1e-12)
        else:
            own = slice(rows.edges[model], rows.edges[model + 1])
            lost = np.logaddexp(0, -rows.signed[own] @ theta[k])
            expected = np.average(lost, weights=rows.weights[own])
            assert found.held_out[k] == pytest.approx(expected)


def test_coefficients_of_the_original_columns_give_the_same_scores() -> None:
    rows = stacked()
    X, _ = plain(rows)
    theta = np.random.default_rng(0).normal(size=6)
    coef = rows.original(theta)
    original = X * rows.scale + rows.centre
    np.testing.assert_allclose(original @ coef[:-1] + coef[-1], X @ theta[:-1] + theta[-1])


def test_extreme_scores_do_not_overflow() -> None:
    rows = stacked(n_folds=2)
    theta = np.full((3, 6), 1e4)
    found = rows.sweep(theta, np.array([-1, 0, 1]), hessian=True)
    assert np.isfinite(found.gradient).all()
