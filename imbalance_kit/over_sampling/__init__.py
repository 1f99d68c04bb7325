"""Carry out a shift by adding rows."""

from imbalance_kit._utils._sampling_strategy import Ratios
from imbalance_kit.over_sampling._adasyn import ADASYN
from imbalance_kit.over_sampling._borderline_smote import BorderlineSMOTE
from imbalance_kit.over_sampling._kmeans_smote import KMeansSMOTE
from imbalance_kit.over_sampling._random_over_sampler import RandomOverSampler
from imbalance_kit.over_sampling._smote import SMOTE
from imbalance_kit.over_sampling._smoten import SMOTEN
from imbalance_kit.over_sampling._smotenc import SMOTENC
from imbalance_kit.over_sampling._svm_smote import SVMSMOTE

__all__ = [
    "ADASYN",
    "SMOTE",
    "SMOTEN",
    "SMOTENC",
    "SVMSMOTE",
    "BorderlineSMOTE",
    "KMeansSMOTE",
    "RandomOverSampler",
    "Ratios",
]
