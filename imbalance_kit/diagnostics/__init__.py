"""Measure what models, samples and weights are like: calibration, balance, weights, estimates."""

from imbalance_kit._utils._weight_statistics import design_effect, effective_sample_size
from imbalance_kit.diagnostics._balance import compute_balance
from imbalance_kit.diagnostics._balance_display import BalanceDisplay
from imbalance_kit.diagnostics._balance_report import BalanceReport, BalanceRow
from imbalance_kit.diagnostics._calibration import compute_calibration
from imbalance_kit.diagnostics._calibration_display import CalibrationComparisonDisplay
from imbalance_kit.diagnostics._calibration_report import (
    CalibrationBin,
    CalibrationReport,
    ClassCalibration,
)
from imbalance_kit.diagnostics._distributions import Distribution, compute_distributions
from imbalance_kit.diagnostics._estimate_mean import estimate_mean
from imbalance_kit.diagnostics._love_plot import LovePlotDisplay
from imbalance_kit.diagnostics._mean_estimate import MeanEstimate
from imbalance_kit.diagnostics._weight_display import WeightDisplay
from imbalance_kit.diagnostics._weight_summary import WeightSummary, compute_weight_summary

__all__ = [
    "BalanceDisplay",
    "BalanceReport",
    "BalanceRow",
    "CalibrationBin",
    "CalibrationComparisonDisplay",
    "CalibrationReport",
    "ClassCalibration",
    "Distribution",
    "LovePlotDisplay",
    "MeanEstimate",
    "WeightDisplay",
    "WeightSummary",
    "compute_balance",
    "compute_calibration",
    "compute_distributions",
    "compute_weight_summary",
    "design_effect",
    "effective_sample_size",
    "estimate_mean",
]
