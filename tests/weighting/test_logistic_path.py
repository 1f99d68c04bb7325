"""The path against scikit-learn's solvers and the optimality conditions, its deviances by hand."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from imbalance_kit.weighting import _logistic_path
from imbalance_kit.weighting._logistic_path import kkt_excess, logistic_path, polish
from imbalance_kit.weighting._membership_rows import MembershipRows
from tests.weighting._populations import two_normals
from tests.weighting._stacked_rows import plain, stacked, stacked_sides


def of_scikit_learn(rows: MembershipRows, lam: float, l1_ratio: float) -> np.ndarray:
    """The same objective through scikit-learn: C weighs the sum of the losses."""
    X, side = plain(rows)
    model = LogisticRegression(
        C=1 / lam, l1_ratio=l1_ratio, solver="saga", tol=1e-10, max_iter=20_000, random_state=0
    )
    model.fit(X, side, sample_weight=rows.weights)
    return np.append(model.coef_[0], model.intercept_)


@pytest.mark.parametrize("l1_ratio", [1.0, 0.5, 0.0])
@pytest.mark.parametrize("weighted", [False, True])
def test_coefficients_are_those_of_scikit_learn(l1_ratio: float, weighted: bool) -> None:
    rows = stacked(weighted=weighted, sizes=(150, 200))
    path = logistic_path(rows, l1_ratio=l1_ratio, lambdas=np.array([0.05, 0.01, 0.002]))
    for lam, theta in zip(path.lambdas, path.theta, strict=True):
        expected = of_scikit_learn(rows, float(lam), l1_ratio)
        np.testing.assert_allclose(theta, expected, atol=1e-5)


@pytest.mark.parametrize("l1_ratio", [1.0, 0.3, 0.0])
@pytest.mark.parametrize("p", [5, 60])
def test_optimality_conditions_hold_along_the_path(l1_ratio: float, p: int) -> None:
    rows = stacked(n_folds=4, p=p)
    path = logistic_path(rows, l1_ratio=l1_ratio)
    penalty = np.append(np.ones(p), 0.0)
    for lam, theta in zip(path.lambdas, path.theta, strict=True):
        _, gradient, _ = rows.alone(theta, -1)
        # The path stops within 1e-11 of the smallest objective: its gradient is then below 1e-5.
        assert kkt_excess(theta, gradient, lam * penalty, l1_ratio) < 1e-5
        exact = polish(rows, theta, float(lam), l1_ratio=l1_ratio)
        np.testing.assert_allclose(theta, exact, atol=1e-4)
        _, gradient, _ = rows.alone(exact, -1)
        assert kkt_excess(exact, gradient, lam * penalty, l1_ratio) < 1e-5
    assert path.excess.max() < 1e-5


def test_first_penalty_is_the_smallest_with_no_slope() -> None:
    rows = stacked()
    path = logistic_path(rows, l1_ratio=1.0)
    assert not path.theta[0, :-1].any()
    below = logistic_path(rows, l1_ratio=1.0, lambdas=path.lambdas[:1] * 0.99)
    assert np.count_nonzero(below.theta[0, :-1]) == 1


@pytest.mark.parametrize("sizes", [(150, 200), (40, 25)])
def test_held_out_deviance_is_that_of_separate_fits(
    sizes: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = stacked(n_folds=3, weighted=True, sizes=sizes)
    rough = logistic_path(rows, l1_ratio=0.5, lambdas=np.array([0.1, 0.02]))
    monkeypatch.setattr(_logistic_path, "_ROUGH", 1e-13)
    path = logistic_path(rows, l1_ratio=0.5, lambdas=np.array([0.1, 0.02]))
    # Within a decrease of 1e-9 the models are sqrt(2e-9) away, in their Hessian's unit; held-out
    # deviances, the means of 20 rows or more, change by a few times as much.
    np.testing.assert_allclose(rough.cv_deviance, path.cv_deviance, atol=10 * np.sqrt(2e-9))
    X, side = plain(rows)
    for fold in range(3):
        own = np.zeros(len(side), dtype=bool)
        own[rows.edges[fold] : rows.edges[fold + 1]] = True
        for position, lam in enumerate(path.lambdas):
            kept = rows.weights[~own] / rows.weights[~own].sum()
            model = LogisticRegression(
                C=1 / lam, l1_ratio=0.5, solver="saga", tol=1e-10, max_iter=20_000, random_state=0
            ).fit(X[~own], side[~own], sample_weight=kept)
            margin = side[own] * model.decision_function(X[own])
            expected = 2 * np.average(np.logaddexp(0, -margin), weights=rows.weights[own])
            assert path.cv_deviance[position, fold] == pytest.approx(expected, abs=1e-5)


def test_deviance_falls_along_the_path_and_starts_at_that_of_a_coin() -> None:
    path = logistic_path(stacked(), l1_ratio=1.0)
    assert path.deviance[0] == pytest.approx(2 * np.log(2))
    assert (np.diff(path.deviance) < 0).all()
    assert (np.diff(path.lambdas) < 0).all()


def test_constant_and_repeated_columns_do_no_harm() -> None:
    sample, target = two_normals(p=2)
    wide = [np.column_stack([x, x[:, 0], np.full(len(x), 7.0)]) for x in (sample, target)]
    for l1_ratio in (1.0, 0.0):
        narrow = stacked_sides(sample, target)
        rows = stacked_sides(*wide)
        assert rows.scale[-1] == 0
        lam = np.array([0.01]) if l1_ratio else np.array([1e-9])
        path = logistic_path(rows, l1_ratio=l1_ratio, lambdas=lam)
        coef = rows.original(path.theta[0])
        assert coef[3] == 0
        expected = narrow.original(logistic_path(narrow, l1_ratio=l1_ratio, lambdas=lam).theta[0])
        summed = np.array([coef[0] + coef[2], coef[1], coef[4]])
        np.testing.assert_allclose(summed, expected, atol=1e-4)


def test_separated_sides_have_a_path() -> None:
    sample, target = two_normals(50, 50, 2)
    target[:, 0] += 20
    rows = stacked_sides(sample, target)
    path = logistic_path(rows, l1_ratio=1.0)
    assert np.isfinite(path.theta).all()
    assert path.deviance[-1] < 0.1
