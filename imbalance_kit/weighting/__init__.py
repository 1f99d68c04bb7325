"""Carry out a shift by weighting rows."""

from imbalance_kit._utils._sampling_strategy import Ratios
from imbalance_kit.weighting._class_weighter import ClassWeighter

__all__ = ["ClassWeighter", "Ratios"]
