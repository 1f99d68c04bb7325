"""The four distances: F, its integral and its derivative belong together."""

from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad

from imbalance_kit.weighting._calibration_distances import DualDistance, dual_distance

DISTANCES = [
    dual_distance("linear", None),
    dual_distance("raking", None),
    dual_distance("logit", (0.3, 3.0)),
    dual_distance("truncated", (0.3, 3.0)),
    dual_distance("truncated", (0.0, np.inf)),
]
U = np.array([-4.0, -0.5, 0.0, 0.3, 5.0])


@pytest.mark.parametrize("distance", DISTANCES, ids=lambda d: d.name)
def test_the_parts_belong_together(distance: DualDistance) -> None:
    np.testing.assert_allclose(distance.ratio(np.zeros(1)), 1)
    np.testing.assert_allclose(distance.slope(np.zeros(1)), 1)
    for u in U:
        area = quad(lambda x: distance.ratio(np.array([x]))[0], 0, u, limit=200)[0]
        np.testing.assert_allclose(distance.integral(np.array([u])), area, atol=1e-8)
    step = 1e-6
    numeric = (distance.ratio(U + step) - distance.ratio(U - step)) / (2 * step)
    np.testing.assert_allclose(distance.slope(U), numeric, atol=1e-6)


def test_logit_is_the_formula_of_deville_and_saerndal() -> None:
    low, high = 0.3, 3.0
    a = (high - low) / ((1 - low) * (high - 1))
    e = np.exp(a * U)
    expected = (low * (high - 1) + high * (1 - low) * e) / ((high - 1) + (1 - low) * e)
    np.testing.assert_allclose(DISTANCES[2].ratio(U), expected, rtol=1e-12)
    far = DISTANCES[2].ratio(np.array([-1e6, 1e6]))
    np.testing.assert_allclose(far, [low, high])


@pytest.mark.parametrize(
    ("distance", "bounds", "message"),
    [
        ("cubic", None, "`distance` must be 'linear', 'raking', 'logit' or 'truncated', got 'cub"),
        ("linear", (0, 2), "takes no bounds, got .* Hint: distance='truncated'"),
        ("raking", (0, 2), "Hint: distance='logit'"),
        ("logit", None, r"needs bounds=\(lower, upper\)"),
        ("logit", 3, r"needs bounds=\(lower, upper\)"),
        ("logit", (0, np.inf), "`bounds` must be lower < 1 < upper, finite for the logit"),
        ("truncated", (1.2, 3), "`bounds` must be lower < 1 < upper"),
    ],
)
def test_what_is_refused(distance: Any, bounds: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        dual_distance(distance, bounds)
