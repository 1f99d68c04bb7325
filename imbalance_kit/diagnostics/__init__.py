"""Measure what models and samples are like: calibration reports and reliability diagrams."""

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
]
