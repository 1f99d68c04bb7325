"""Measure what models, samples and weights are like: calibration, balance, weights, estimates."""

from imbalance_kit._utils._weight_statistics import design_effect, effective_sample_size
from imbalance_kit.diagnostics._calibration import compute_calibration
from imbalance_kit.diagnostics._calibration_display import CalibrationComparisonDisplay
from imbalance_kit.diagnostics._calibration_report import (
    CalibrationBin,
    CalibrationReport,
    ClassCalibration,
)

__all__ = [
    "CalibrationBin",
    "CalibrationComparisonDisplay",
    "CalibrationReport",
    "ClassCalibration",
    "compute_calibration",
    "design_effect",
    "effective_sample_size",
]
