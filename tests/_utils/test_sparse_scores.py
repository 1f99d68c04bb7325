"""Tests that the bounds of sparse scores hold."""

import numpy as np
from scipy import sparse

from imbalance_kit._utils._sparse_scores import SparseScores


def test_the_truth_lies_between_the_bounds() -> None:
    X = sparse.csr_array(sparse.random(300, 500, density=0.05, random_state=0))
    rows = np.arange(300)
    scores = SparseScores(X, rows, 300, 128)
    panel = scores.panel(rows[:40])
    first = scores.first_threshold(panel, 3, np.empty((300, 40)))
    folded = scores.fold(panel, first)
    values = np.empty((300, 40))
    for start in range(0, 300, 128):
        scores.score(panel, start, values[start : start + 128])
    values += folded
    exact = X.toarray().astype(np.longdouble)
    truth = exact @ exact[:40].T - (exact**2).sum(axis=1)[:, None] / 2
    errors = panel.errors + scores.rate * np.maximum(np.abs(first), panel.squares)
    assert (truth <= values + errors).all()
    assert (values - 2 * scores.base_errors[:, None] - errors <= truth).all()
    assert (first <= np.sort(truth, axis=0)[-3]).all()
