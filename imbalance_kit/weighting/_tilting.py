"""Which population the weighted rows stand for: tilting functions of the propensity.

With e(x) the probability that a row is of the target rather than of the sample, the rows of the
sample get ``h / (1 - e)``, those of the target ``h / e``, so that both stand for the population of
density ``h(x)`` times that of both together (Li, Morgan and Zaslavsky 2018).
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Estimand = Literal["odds", "ate", "atc", "overlap", "matching"]

POPULATIONS: dict[str, str] = {
    "odds": "target",
    "ate": "combined",
    "atc": "sample",
    "overlap": "overlap",
    "matching": "matching",
}


def sample_log_factor(estimand: str, log_odds: Array) -> Array:
    """Return the log of the factor of the sample's rows, ``log h - log(1 - e)``.

    Parameters
    ----------
    estimand : str
        A key of `POPULATIONS`.
    log_odds : ndarray
        ``log e / (1 - e)``.
    """
    if estimand == "odds":
        return log_odds
    if estimand == "ate":
        return np.logaddexp(0, log_odds)
    if estimand == "atc":
        return np.zeros_like(log_odds)
    if estimand == "overlap":
        return -np.logaddexp(0, -log_odds)
    return np.minimum(log_odds, 0)


def target_log_factor(estimand: str, log_odds: Array) -> Array:
    """Return the log of the factor of the target's rows, ``log h - log e``."""
    # Exchanging the sides changes the sign of the log odds, and the target for the sample.
    mirrored = {"odds": "atc", "atc": "odds"}
    return sample_log_factor(mirrored.get(estimand, estimand), -log_odds)
