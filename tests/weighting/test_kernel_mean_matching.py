"""Kernel mean matching against its definition, solved by a general optimiser."""

import warnings

import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn.exceptions import ConvergenceWarning

from imbalance_kit import KernelMeanMatching
from imbalance_kit.weighting import _kernel_mean_matching
from imbalance_kit.weighting._kernel_mean_matching import NystromFeatures, _match
from imbalance_kit.weighting._ratio import RatioTask
from tests.weighting._ratio_tasks import ratio_task


def test_matching_is_the_constrained_optimum() -> None:
    given = ratio_task(40, 60)
    rng = np.random.default_rng(0)
    phi, d = rng.normal(size=(40, 3)), given.sample_weight / given.sample_weight.sum()
    mean, ridge, bound = np.array([0.8, -0.3, 0.2]), 0.05, 2.0
    direction, level = _match(phi, d, mean, ridge=ridge, bound=bound)
    factors = np.clip(level - phi @ direction, 0, bound)

    def objective(r: np.ndarray) -> float:
        gap = (d * r) @ phi - mean
        return float(0.5 * gap @ gap + 0.5 * ridge * d @ (r - 1) ** 2)

    found = minimize(
        objective,
        np.ones(40),
        method="SLSQP",
        bounds=[(0, bound)] * 40,
        constraints={"type": "eq", "fun": lambda r: d @ r - 1},
        options={"ftol": 1e-14, "maxiter": 1000},
    )
    assert d @ factors == pytest.approx(1, abs=1e-8)
    assert objective(factors) <= found.fun + 1e-9
    np.testing.assert_allclose(factors, found.x, atol=1e-3)
    assert (factors == 0).any()
    assert (factors == bound).any()


def test_nystrom_features_reproduce_the_kernel_between_centres() -> None:
    given = ratio_task(30, 30)
    matched = KernelMeanMatching(n_centers=60, width=0.7).fit_ratio(given)
    rows = np.concatenate([given.sample, given.target])
    features = matched.features
    assert isinstance(features, NystromFeatures)
    apart = features.kernel.scaling(rows)
    square = ((apart[:, None] - apart) ** 2).sum(axis=2)
    phi = features(rows)
    np.testing.assert_allclose(phi @ phi.T, np.exp(-square / (2 * 0.7**2)), atol=1e-6)


def test_matching_that_does_not_converge_warns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_kernel_mean_matching, "_MAX_ITER", 1)
    with pytest.warns(ConvergenceWarning, match="did not converge in 1 steps"):
        KernelMeanMatching().fit_ratio(ratio_task())


def test_equal_rows_and_constant_columns() -> None:
    given = ratio_task()
    same = np.column_stack([np.ones(80), given.sample[:, 0]])
    other = np.column_stack([np.ones(60), given.target[:, 0]])
    flat = RatioTask(same, other, given.sample_weight, given.target_weight, ("a", "b"), 4)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for model in (KernelMeanMatching(), KernelMeanMatching(n_centers=1)):
            assert np.isfinite(np.exp(model.fit_ratio(flat)(same))).all()


@pytest.mark.parametrize(
    ("model", "parameters", "message"),
    [
        (KernelMeanMatching, {"width": 0}, "`width` must be above 0 or None, got 0"),
        (KernelMeanMatching, {"bound": 1}, "`bound` must be above 1, got 1"),
        (KernelMeanMatching, {"ridge": 0}, "`ridge` must be above 0, got 0"),
        (KernelMeanMatching, {"n_centers": 0}, "`n_centers` must be at least 1, got 0"),
    ],
)
def test_bad_parameters(model: type, parameters: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        model(**parameters)
