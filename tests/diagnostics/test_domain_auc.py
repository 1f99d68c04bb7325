"""The domain AUC where its value is known."""

import math

import numpy as np
import pytest
from scipy.stats import norm
from sklearn.linear_model import LogisticRegression

from imbalance_kit import compute_balance


def test_nothing_to_tell_apart_and_everything() -> None:
    rng = np.random.default_rng(0)
    X, T = rng.normal(size=(600, 3)), rng.normal(size=(600, 3))
    report = compute_balance(X, T, domain_classifier=LogisticRegression(), random_state=0)
    # Without signal an AUC of n against n has standard error sqrt((2 n + 1) / (12 n²)), about
    # 1 / sqrt(6 n); pooling the scores of five folds pulls it below .5, by a few thousandths.
    assert abs(report.domain_auc_before - 0.5) < 4 / math.sqrt(6 * 600)
    assert math.isnan(report.domain_auc_after)
    apart = compute_balance(X, T + 20, domain_classifier="auto", random_state=0)
    assert apart.domain_auc_before > 0.999


def test_true_weights_bring_it_to_a_half() -> None:
    """A normal sample 1 off: AUC Φ(1 / √2) before, and .5 under the true density ratio."""
    rng = np.random.default_rng(1)
    n = 4000
    x, t = rng.normal(1, 1, n), rng.normal(0, 1, n)
    w = norm.pdf(x, 0, 1) / norm.pdf(x, 1, 1)
    report = compute_balance(
        x[:, None],
        t[:, None],
        sample_weight=w,
        domain_classifier=LogisticRegression(),
        random_state=0,
    )
    # Hanley and McNeil: at most sqrt(A (1 - A) / n) on each side; weighted, n is the effective one.
    assert report.domain_auc_before == pytest.approx(
        norm.cdf(1 / math.sqrt(2)), abs=4 * math.sqrt(2 * 0.25 / n)
    )
    effective = w.sum() ** 2 / (w**2).sum()
    assert abs(report.domain_auc_after - 0.5) < 4 * math.sqrt(0.25 * (1 / effective + 1 / n))


def test_same_seed_same_value() -> None:
    rng = np.random.default_rng(2)
    X, T = rng.normal(size=(50, 2)), rng.normal(size=(60, 2))
    one, two = (
        compute_balance(X, T, domain_classifier="auto", random_state=3).domain_auc_before
        for _ in range(2)
    )
    assert one == two


def test_bad_input() -> None:
    X = np.arange(10.0)[:, None]
    with pytest.raises(ValueError, match="a classifier or 'auto'"):
        compute_balance(X, X, domain_classifier="tree")
    with pytest.raises(ValueError, match="at least 5 rows on each side"):
        compute_balance(X[:4], X, domain_classifier="auto")
