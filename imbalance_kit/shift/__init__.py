"""What was changed: small frozen value objects that apply, undo and chain known factors."""

from imbalance_kit.shift._class_shift import ClassShift
from imbalance_kit.shift._covariate_shift import CovariateShift
from imbalance_kit.shift._from_json import from_json
from imbalance_kit.shift._inclusion_shift import InclusionRule, InclusionShift
from imbalance_kit.shift._linear_pilot import LinearPilot
from imbalance_kit.shift._prior import estimate_prior
from imbalance_kit.shift._shift import ChainedShift, Shift
from imbalance_kit.shift._table_pilot import LevelTerm, NumberTerm, TablePilot

__all__ = [
    "ChainedShift",
    "ClassShift",
    "CovariateShift",
    "InclusionRule",
    "InclusionShift",
    "LevelTerm",
    "LinearPilot",
    "NumberTerm",
    "Shift",
    "TablePilot",
    "estimate_prior",
    "from_json",
]
