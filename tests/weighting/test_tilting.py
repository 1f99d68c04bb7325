"""Tilting against the formulas of the paper."""

import numpy as np
import pytest

from imbalance_kit.weighting._tilting import POPULATIONS, sample_log_factor, target_log_factor

E = np.linspace(0.01, 0.99, 99)
TILTS = {
    "odds": E,
    "ate": np.ones_like(E),
    "atc": 1 - E,
    "overlap": E * (1 - E),
    "matching": np.minimum(E, 1 - E),
}


@pytest.mark.parametrize("estimand", POPULATIONS)
def test_factors_are_the_tilt_over_the_probability_of_the_side(estimand: str) -> None:
    log_odds = np.log(E / (1 - E))
    h = TILTS[estimand]
    np.testing.assert_allclose(np.exp(sample_log_factor(estimand, log_odds)), h / (1 - E))
    np.testing.assert_allclose(np.exp(target_log_factor(estimand, log_odds)), h / E)


def test_extreme_odds_stay_finite() -> None:
    for estimand in POPULATIONS:
        for side in (sample_log_factor, target_log_factor):
            assert np.isfinite(side(estimand, np.array([-800.0, 800.0]))).all()
