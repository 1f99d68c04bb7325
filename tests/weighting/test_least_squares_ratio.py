"""uLSIF and RuLSIF against their formulas, and a known ratio."""

import warnings

import numpy as np
import pytest

from imbalance_kit import LeastSquaresRatio
from imbalance_kit.weighting._ratio import RatioTask
from tests.weighting._ratio_tasks import ratio_task


@pytest.mark.parametrize("alpha", [0.0, 0.4])
def test_least_squares_coefficients_are_those_of_the_formula(alpha: float) -> None:
    given = ratio_task()
    fitted = LeastSquaresRatio(alpha=alpha, n_centers=20, width=1.5, ridge=0.1).fit_ratio(given)
    kernel = fitted.kernel
    assert kernel.centres.shape == (20, 2)
    apart = kernel.scaling(given.sample)[:, None] - kernel.centres
    np.testing.assert_allclose(
        kernel(given.sample), np.exp(-(apart**2).sum(axis=2) / (2 * 1.5**2)), rtol=1e-10
    )
    # Folds have equal weight in the fit, rows theirs within a fold.
    share = []
    for fold, w in zip(given.folds, (given.sample_weight, given.target_weight), strict=True):
        totals = np.bincount(fold, w)
        share.append(w / totals[fold] / len(totals))
    phi, psi = kernel(given.sample), kernel(given.target)
    H = (1 - alpha) * (phi.T * share[0]) @ phi + alpha * (psi.T * share[1]) @ psi
    theta = np.linalg.solve(H + 0.1 * np.eye(20), share[1] @ psi)
    np.testing.assert_allclose(fitted.coef, theta, rtol=1e-8, atol=1e-12)
    ratio = np.exp(fitted(given.sample))
    np.testing.assert_allclose(ratio, np.maximum(phi @ theta, 0), rtol=1e-8)


def test_width_and_ridge_of_the_cross_validation_are_not_the_worst() -> None:
    given = ratio_task(800, 800)
    truth = np.exp(0.5 * given.sample.sum(axis=1) - 0.25)

    def error(model: LeastSquaresRatio) -> float:
        ratio = np.exp(model.fit_ratio(given)(given.sample))
        return float(np.average((ratio - truth) ** 2, weights=given.sample_weight))

    chosen = error(LeastSquaresRatio())
    assert chosen < error(LeastSquaresRatio(width=0.1, ridge=1e-4))
    assert chosen < error(LeastSquaresRatio(width=0.5, ridge=10.0))
    assert chosen < 0.3 * np.var(truth)


def test_equal_rows_and_constant_columns() -> None:
    given = ratio_task()
    same = np.column_stack([np.ones(80), given.sample[:, 0]])
    other = np.column_stack([np.ones(60), given.target[:, 0]])
    flat = RatioTask(same, other, given.sample_weight, given.target_weight, ("a", "b"), 4)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for model in (LeastSquaresRatio(), LeastSquaresRatio(alpha=0.2)):
            assert np.isfinite(np.exp(model.fit_ratio(flat)(same))).all()


@pytest.mark.parametrize(
    ("model", "parameters", "message"),
    [
        (LeastSquaresRatio, {"alpha": 1.0}, r"`alpha` must be in \[0, 1\), got 1.0"),
        (LeastSquaresRatio, {"n_centers": 0}, "`n_centers` must be at least 1, got 0"),
        (LeastSquaresRatio, {"ridge": 0}, "`ridge` must be above 0 or None, got 0"),
        (LeastSquaresRatio, {"width": -1}, "`width` must be above 0 or None, got -1"),
    ],
)
def test_bad_parameters(model: type, parameters: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        model(**parameters)
