"""Carry out a shift by weighting rows."""

from imbalance_kit._utils._sampling_strategy import Ratios
from imbalance_kit.weighting._class_weighter import ClassWeighter
from imbalance_kit.weighting._margins import Margins
from imbalance_kit.weighting._population import Population

__all__ = ["ClassWeighter", "Margins", "Population", "Ratios"]
