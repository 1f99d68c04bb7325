"""Chains and mixtures of samplers: their shifts multiply."""

from imbalance_kit.combine._sampler_chain import SamplerChain
from imbalance_kit.combine._smote_enn import SMOTEENN
from imbalance_kit.combine._smote_tomek import SMOTETomek

__all__ = ["SMOTEENN", "SMOTETomek", "SamplerChain"]
