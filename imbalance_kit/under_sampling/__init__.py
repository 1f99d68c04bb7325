"""Carry out a shift by dropping rows."""

from imbalance_kit._utils._sampling_strategy import Ratios
from imbalance_kit.under_sampling._edited_nearest_neighbours import EditedNearestNeighbours
from imbalance_kit.under_sampling._nonuniform_negative_sampler import NonuniformNegativeSampler
from imbalance_kit.under_sampling._random_under_sampler import RandomUnderSampler
from imbalance_kit.under_sampling._tomek_links import TomekLinks

__all__ = [
    "EditedNearestNeighbours",
    "NonuniformNegativeSampler",
    "RandomUnderSampler",
    "Ratios",
    "TomekLinks",
]
