"""Carry out a shift by adding rows."""

from imbalance_kit._utils._sampling_strategy import Ratios
from imbalance_kit.over_sampling._random_over_sampler import RandomOverSampler

__all__ = ["RandomOverSampler", "Ratios"]
