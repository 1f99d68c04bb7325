"""Measure what models, samples and weights are like: calibration, balance, weights, estimates."""

from imbalance_kit._utils._weight_statistics import design_effect, effective_sample_size
from imbalance_kit.diagnostics._calibration import compute_calibration
from imbalance_kit.diagnostics._calibration_display import CalibrationComparisonDisplay
from imbalance_kit.diagnostics._calibration_report import (
    CalibrationBin,
    CalibrationReport,
    ClassCalibration,
)
from imbalance_kit.diagnostics._estimate_mean import estimate_mean
from imbalance_kit.diagnostics._mean_estimate import MeanEstimate

__all__ = [
    "CalibrationBin",
    "CalibrationComparisonDisplay",
    "CalibrationReport",
    "ClassCalibration",
    "MeanEstimate",
    "compute_calibration",
    "design_effect",
    "effective_sample_size",
    "estimate_mean",
]
