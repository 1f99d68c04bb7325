"""Carry out a shift by weighting rows."""

from imbalance_kit._utils._sampling_strategy import Ratios
from imbalance_kit.weighting._calibration_weighter import CalibrationWeighter
from imbalance_kit.weighting._cbps_weighter import CBPSWeighter
from imbalance_kit.weighting._class_weighter import ClassWeighter
from imbalance_kit.weighting._kernel_mean_matching import KernelMeanMatching
from imbalance_kit.weighting._least_squares_ratio import LeastSquaresRatio
from imbalance_kit.weighting._logistic_path_estimator import LogisticPath
from imbalance_kit.weighting._margins import Margins
from imbalance_kit.weighting._population import Population
from imbalance_kit.weighting._post_stratification_weighter import PostStratificationWeighter
from imbalance_kit.weighting._propensity_weighter import PropensityWeighter
from imbalance_kit.weighting._raking_weighter import RakingWeighter

__all__ = [
    "CBPSWeighter",
    "CalibrationWeighter",
    "ClassWeighter",
    "KernelMeanMatching",
    "LeastSquaresRatio",
    "LogisticPath",
    "Margins",
    "Population",
    "PostStratificationWeighter",
    "PropensityWeighter",
    "RakingWeighter",
    "Ratios",
]
