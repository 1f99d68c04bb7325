"""Undo a shift: in the predictions of a classifier, or in the likelihood it is trained with."""

from imbalance_kit.correction._corrected_classifier import CorrectedClassifier
from imbalance_kit.correction._offset_learners import register_offset_learner
from imbalance_kit.correction._offset_logistic_regression import OffsetLogisticRegression
from imbalance_kit.correction._weighted_regressor import WeightedRegressor

__all__ = [
    "CorrectedClassifier",
    "OffsetLogisticRegression",
    "WeightedRegressor",
    "register_offset_learner",
]
