"""Tests that the bounds of dense scores hold, in both precisions."""

from typing import Any

import numpy as np
import pytest

from imbalance_kit._utils._dense_scores import DenseScores


def _bounds(X: Any, dtype: Any, threshold: Any) -> tuple[Any, Any, Any]:
    """Return upper and lower bound and the truth, -|q - b|²/2 + |q|²/2, in the scaled units."""
    n = len(X)
    rows, centre = np.arange(n), np.median(X, axis=0)
    reach = float(np.linalg.norm(np.abs(X - centre).max(axis=0)))
    scores = DenseScores(X, rows, centre, reach, dtype, n)
    panel = scores.panel(rows[:50])
    first = scores.first_threshold(panel, 3, np.empty((n, 50), dtype))
    errors = panel.errors + scores.rate * np.maximum(np.abs(first), panel.squares)
    folded = scores.fold(panel, first * threshold - errors)
    assert (folded <= first * threshold - errors).all()
    out = np.empty((n, 50), dtype)
    scores.score(panel, 0, out)
    value = out.astype(np.float64) + folded
    moved = (X.astype(np.longdouble) - centre) * np.longdouble(scores._scale)
    squares = ((moved[:, None] - moved[None, :50]) ** 2).sum(axis=-1)
    truth = ((moved[:50] ** 2).sum(axis=1) - squares) / 2
    reached = np.sort(truth, axis=0)[-3]
    assert (first <= reached).all()
    return value + errors, value - 2 * scores.base_errors[:, None] - errors, truth


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("d", [1, 20, 200])
@pytest.mark.parametrize("kind", ["normal", "outlier", "offset", "uneven"])
def test_the_truth_lies_between_the_bounds(dtype: Any, d: int, kind: str) -> None:
    rng = np.random.default_rng(d)
    X = rng.normal(size=(200, d))
    if kind == "outlier":
        X[7] *= 1e9
    if kind == "offset":
        X += 1e8
    if kind == "uneven":
        X *= 10.0 ** rng.integers(-9, 9, size=(200, 1))
    upper, lower, truth = _bounds(X, dtype, 1.0)
    assert (lower <= truth).all()
    assert (truth <= upper).all()
    if kind == "normal":  # and they are close
        assert np.median(upper - lower) < np.abs(truth).mean() * 40 * (d + 8) * np.finfo(dtype).eps
