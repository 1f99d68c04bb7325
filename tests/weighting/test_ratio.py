"""What a density-ratio estimator is given: folds that follow the rows."""

import numpy as np
from sklearn.linear_model import LogisticRegression

from imbalance_kit import KernelMeanMatching, LeastSquaresRatio, LogisticPath
from imbalance_kit.weighting._ratio import RatioEstimator
from tests.weighting._ratio_tasks import ratio_task


def test_folds_are_of_equal_size_on_either_side() -> None:
    sample, target = ratio_task(81, 60).folds
    assert sorted(np.bincount(sample)) == [20, 20, 20, 21]
    assert sorted(np.bincount(target)) == [15, 15, 15, 15]


def test_ratio_estimators_are_told_from_classifiers() -> None:
    for estimator in (LogisticPath(), LeastSquaresRatio(), KernelMeanMatching()):
        assert isinstance(estimator, RatioEstimator)
    assert not isinstance(LogisticRegression(), RatioEstimator)
