"""Compare strategies against imbalance under cross-validation, with errors that can be believed."""

from imbalance_kit.model_selection._compare_strategies import compare_strategies
from imbalance_kit.model_selection._report import ComparisonReport
from imbalance_kit.model_selection._results import Estimate, Metric, OutOfFold, StrategyResult

__all__ = [
    "ComparisonReport",
    "Estimate",
    "Metric",
    "OutOfFold",
    "StrategyResult",
    "compare_strategies",
]
