"""Training data that are not shaped like the world: change them, keep the change, undo it."""

from imbalance_kit._utils._sampling_strategy import Ratios
from imbalance_kit.combine import SMOTEENN, SamplerChain, SMOTETomek
from imbalance_kit.correction import (
    CorrectedClassifier,
    OffsetLogisticRegression,
    register_offset_learner,
)
from imbalance_kit.diagnostics import CalibrationComparisonDisplay, compute_calibration
from imbalance_kit.model_selection import ComparisonReport, compare_strategies
from imbalance_kit.over_sampling import (
    ADASYN,
    SMOTE,
    SMOTEN,
    SMOTENC,
    SVMSMOTE,
    BorderlineSMOTE,
    KMeansSMOTE,
    RandomOverSampler,
)
from imbalance_kit.scale_out import downsample, read_manifest
from imbalance_kit.shift import ChainedShift, ClassShift, Shift, estimate_prior
from imbalance_kit.under_sampling import (
    EditedNearestNeighbours,
    NonuniformNegativeSampler,
    RandomUnderSampler,
    TomekLinks,
)
from imbalance_kit.weighting import ClassWeighter

__version__ = "0.1.0"

__all__ = [
    "ADASYN",
    "SMOTE",
    "SMOTEENN",
    "SMOTEN",
    "SMOTENC",
    "SVMSMOTE",
    "BorderlineSMOTE",
    "CalibrationComparisonDisplay",
    "ChainedShift",
    "ClassShift",
    "ClassWeighter",
    "ComparisonReport",
    "CorrectedClassifier",
    "EditedNearestNeighbours",
    "KMeansSMOTE",
    "NonuniformNegativeSampler",
    "OffsetLogisticRegression",
    "RandomOverSampler",
    "RandomUnderSampler",
    "Ratios",
    "SMOTETomek",
    "SamplerChain",
    "Shift",
    "TomekLinks",
    "compare_strategies",
    "compute_calibration",
    "downsample",
    "estimate_prior",
    "read_manifest",
    "register_offset_learner",
]
