"""Carry out a shift by weighting rows."""

from imbalance_kit._utils._sampling_strategy import Ratios
from imbalance_kit.weighting._cbps_weighter import CBPSWeighter
from imbalance_kit.weighting._class_weighter import ClassWeighter
from imbalance_kit.weighting._kernel_mean_matching import KernelMeanMatching
from imbalance_kit.weighting._least_squares_ratio import LeastSquaresRatio
from imbalance_kit.weighting._logistic_path_estimator import LogisticPath
from imbalance_kit.weighting._margins import Margins
from imbalance_kit.weighting._population import Population
from imbalance_kit.weighting._propensity_weighter import PropensityWeighter

__all__ = [
    "CBPSWeighter",
    "ClassWeighter",
    "KernelMeanMatching",
    "LeastSquaresRatio",
    "LogisticPath",
    "Margins",
    "Population",
    "PropensityWeighter",
    "Ratios",
]
