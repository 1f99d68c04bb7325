"""Compare strategies against imbalance under cross-validation, with errors that can be believed."""

from imbalance_kit.model_selection._compare_strategies import compare_strategies
from imbalance_kit.model_selection._population_scorers import (
    BalanceScorer,
    PopulationScorer,
    make_balance_scorer,
    make_population_scorer,
)
from imbalance_kit.model_selection._report import ComparisonReport
from imbalance_kit.model_selection._results import Estimate, Metric, OutOfFold, StrategyResult

__all__ = [
    "BalanceScorer",
    "ComparisonReport",
    "Estimate",
    "Metric",
    "OutOfFold",
    "PopulationScorer",
    "StrategyResult",
    "compare_strategies",
    "make_balance_scorer",
    "make_population_scorer",
]
