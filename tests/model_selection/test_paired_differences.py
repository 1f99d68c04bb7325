"""Hand-computed errors, other people's Holm and t, and the rate of false alarms."""

import numpy as np
import pytest
from scipy import stats

from imbalance_kit.model_selection._paired_differences import (
    adjust_p_values,
    corrected_error,
    holm,
    paired_difference,
)


def test_error_by_hand() -> None:
    # Variance of (1, 2, 3) is 1; five folds of ten rows: 1/3 + 2/8.
    assert corrected_error(np.array([1.0, 2.0, 3.0]), 0.25) == pytest.approx(
        np.sqrt(1 / 3 + 1 / 4), rel=1e-12
    )


def test_without_overlap_it_is_the_paired_t_test_of_scipy() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 12))
    ours, theirs = paired_difference(a, b, 0.0), stats.ttest_rel(a, b)
    interval = theirs.confidence_interval(0.95)
    assert ours.p_value == pytest.approx(theirs.pvalue, rel=1e-10)
    assert (ours.low, ours.high) == pytest.approx((interval.low, interval.high), rel=1e-10)


def test_interval_and_p_value_agree() -> None:
    rng = np.random.default_rng(1)
    for _ in range(200):
        pair = paired_difference(rng.normal(0.8, 1, 5), np.zeros(5), 0.25)
        assert (pair.p_value < 0.05) == (pair.low > 0 or pair.high < 0)


def test_equal_and_constant_differences() -> None:
    same = paired_difference(np.array([0.1, 0.2]), np.array([0.1, 0.2 + 1e-15]), 0.25)
    assert (same.mean, same.standard_error, same.p_value) == (0.0, 0.0, 1.0)
    constant = paired_difference(np.array([0.3, 0.4]), np.array([0.1, 0.2]), 0.25)
    assert constant.p_value == 0.0
    assert constant.low == constant.high == pytest.approx(0.2)


def test_holm_on_the_textbook_example() -> None:
    p_values = np.array([0.01, 0.04, 0.03, 0.005])
    np.testing.assert_allclose(holm(p_values), [0.03, 0.06, 0.06, 0.02])


def test_holm_is_bonferroni_for_the_smallest_and_never_above_it() -> None:
    p_values = np.random.default_rng(2).random(20)
    adjusted = holm(p_values)
    assert adjusted.min() == pytest.approx(min(1.0, 20 * p_values.min()))
    assert (adjusted >= p_values).all()
    assert (adjusted <= np.minimum(1, 20 * p_values)).all()
    assert (np.diff(adjusted[np.argsort(p_values)]) >= 0).all()


def test_equal_comparisons_count_once() -> None:
    a, b, zero = np.array([0.1, 0.2]), np.array([0.3, 0.1]), np.zeros(2)
    p_values = np.array([0.01, 0.01, 0.04, 1.0])
    adjusted = adjust_p_values(p_values, np.array([a, a + 1e-13, b, zero]))
    np.testing.assert_allclose(adjusted, [0.02, 0.02, 0.04, 1.0])
    np.testing.assert_array_equal(adjust_p_values(np.ones(2), np.zeros((2, 3))), [1.0, 1.0])


def test_equal_strategies_are_called_different_as_rarely_as_promised() -> None:
    """Two learners on exchangeable halves of the columns are equal before the data are seen.

    Five folds repeated four times. Over 400 data sets the standard error of a rate of .05 is .011:
    the corrected one must stay below .05 + 4 * .011 = .094, and the plain one must show what it is
    corrected for. (benchmarks/comparison_error_rate.py has the figures.)
    """
    rng = np.random.default_rng(3)
    corrected, plain = [], []
    for _ in range(400):
        scores = np.array(_equal_learners(rng, n=200, n_splits=5, n_repeats=4))
        corrected.append(paired_difference(scores[:, 0], scores[:, 1], 1 / 4).p_value < 0.05)
        plain.append(paired_difference(scores[:, 0], scores[:, 1], 0.0).p_value < 0.05)
    assert np.mean(corrected) < 0.094
    assert np.mean(plain) > 0.2


def _equal_learners(
    rng: np.random.Generator, *, n: int, n_splits: int, n_repeats: int
) -> list[tuple[float, float]]:
    """Return ROC AUC per fold of linear discriminants on either half of ten equal columns."""
    X = rng.normal(size=(n, 10))
    y = X.sum(axis=1) / 3 + rng.normal(size=n) > 1.0
    scores = []
    for _ in range(n_repeats):
        fold = np.empty(n, dtype=int)  # stratified
        fold[np.argsort(y + rng.random(n) / 2)] = np.arange(n) % n_splits
        for k in range(n_splits):
            scores.append(
                tuple(
                    _auc_of_discriminant(X[:, half], y, fold != k)
                    for half in (slice(0, 5), slice(5, 10))
                )
            )
    return scores


def _auc_of_discriminant(X: np.ndarray, y: np.ndarray, train: np.ndarray) -> float:
    Z = X[train] - X[train].mean(axis=0)
    direction = np.linalg.solve(Z.T @ Z, Z.T @ (y[train] - y[train].mean()))
    score, held = X[~train] @ direction, y[~train]
    return float((score[held][:, None] > score[~held]).mean())
