"""Tests of SMOTETomek against imbalanced-learn; its steps are in test_smote_and_clean.py."""

import imblearn.combine
import numpy as np

from imbalance_kit import SMOTETomek


def test_about_as_many_rows_of_each_class_are_left_as_by_imbalanced_learn() -> None:
    # Which rows are made is drawn. Over 20 seeds the means of the rows left agree within four
    # standard errors of their difference.
    rng = np.random.default_rng(0)
    y = (rng.random(600) < 0.15).astype(int)
    X = rng.normal(size=(600, 4)) + y[:, None]
    ours, theirs = (
        np.array([np.bincount(make(random_state=s).fit_resample(X, y)[1]) for s in range(20)])
        for make in (SMOTETomek, imblearn.combine.SMOTETomek)
    )
    error = np.sqrt((ours.var(axis=0, ddof=1) + theirs.var(axis=0, ddof=1)) / 20)
    assert (np.abs(ours.mean(axis=0) - theirs.mean(axis=0)) <= 4 * error).all()
