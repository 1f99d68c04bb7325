"""Undo a shift: in the predictions of a classifier."""

from imbalance_kit.correction._corrected_classifier import CorrectedClassifier

__all__ = ["CorrectedClassifier"]
