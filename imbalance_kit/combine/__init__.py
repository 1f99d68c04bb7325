"""Chains and mixtures of samplers: their shifts multiply."""

from imbalance_kit.combine._sampler_chain import SamplerChain

__all__ = ["SamplerChain"]
