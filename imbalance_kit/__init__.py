"""Training data that are not shaped like the world: change them, keep the change, undo it."""

from imbalance_kit._utils._sampling_strategy import Ratios
from imbalance_kit.combine import SamplerChain
from imbalance_kit.correction import (
    CorrectedClassifier,
    OffsetLogisticRegression,
    WeightedRegressor,
    register_offset_learner,
)
from imbalance_kit.diagnostics import (
    BalanceDisplay,
    BalanceReport,
    CalibrationComparisonDisplay,
    LovePlotDisplay,
    MeanEstimate,
    WeightDisplay,
    WeightSummary,
    compute_balance,
    compute_calibration,
    compute_distributions,
    compute_weight_summary,
    design_effect,
    effective_sample_size,
    estimate_mean,
)
from imbalance_kit.model_selection import (
    ComparisonReport,
    compare_strategies,
    make_balance_scorer,
    make_population_scorer,
)
from imbalance_kit.over_sampling import RandomOverSampler
from imbalance_kit.shift import ChainedShift, ClassShift, Shift, estimate_prior
from imbalance_kit.under_sampling import NonuniformNegativeSampler, RandomUnderSampler
from imbalance_kit.weighting import (
    CalibrationWeighter,
    CBPSWeighter,
    ClassWeighter,
    KernelMeanMatching,
    LeastSquaresRatio,
    LogisticPath,
    Margins,
    Population,
    PostStratificationWeighter,
    PropensityWeighter,
    RakingWeighter,
)

__version__ = "0.1.0"

__all__ = [
    "BalanceDisplay",
    "BalanceReport",
    "CBPSWeighter",
    "CalibrationComparisonDisplay",
    "CalibrationWeighter",
    "ChainedShift",
    "ClassShift",
    "ClassWeighter",
    "ComparisonReport",
    "CorrectedClassifier",
    "KernelMeanMatching",
    "LeastSquaresRatio",
    "LogisticPath",
    "LovePlotDisplay",
    "Margins",
    "MeanEstimate",
    "NonuniformNegativeSampler",
    "OffsetLogisticRegression",
    "Population",
    "PostStratificationWeighter",
    "PropensityWeighter",
    "RakingWeighter",
    "RandomOverSampler",
    "RandomUnderSampler",
    "Ratios",
    "SamplerChain",
    "Shift",
    "WeightDisplay",
    "WeightSummary",
    "WeightedRegressor",
    "compare_strategies",
    "compute_balance",
    "compute_calibration",
    "compute_distributions",
    "compute_weight_summary",
    "design_effect",
    "effective_sample_size",
    "estimate_mean",
    "estimate_prior",
    "make_balance_scorer",
    "make_population_scorer",
    "register_offset_learner",
]
