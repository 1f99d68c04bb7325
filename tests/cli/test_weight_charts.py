import numpy as np
import pytest

from imbalance_kit.cli._weight_charts import (
    _root_ticks,
    _ticks,
    draw_distribution,
    draw_love,
    draw_outcome,
    draw_weights,
)
from imbalance_kit.cli._weight_report import Outcome
from imbalance_kit.diagnostics import (
    compute_balance,
    compute_distributions,
    compute_weight_summary,
    estimate_mean,
)
from tests.cli.test_compare_page import Page


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (0, 4, [0, 1, 2, 3, 4]),
        (-3, 3, [-2, 0, 2]),
        (17, 90, [20, 40, 60, 80]),
    ],
)
def test_ticks_are_round(low: float, high: float, expected: list[float]) -> None:
    assert _ticks(high, low) == expected


@pytest.mark.parametrize(("most", "expected"), [(1, [0, 1]), (37, [0, 1, 5, 20]), (0, [0, 1])])
def test_counts_on_a_scale_of_roots(most: int, expected: list[int]) -> None:
    assert _root_ticks(max(most, 1)) == expected


def test_no_place_is_not_a_number() -> None:
    """Constant columns, infinite differences, equal weights, an error that is not known."""
    sample, people = np.array([[1.0, 5.0]] * 30), np.array([[2.0, 5.0], [2.0, 5.0]])
    balance = compute_balance(sample, people, sample_weight=np.ones(30))
    assert np.isinf(balance.max_difference_before)
    one = estimate_mean([3.0] * 30)
    drawings = [
        draw_love(balance.rows),
        draw_weights(compute_weight_summary(np.ones(30))),
        draw_outcome(Outcome("y", one, one)),
        *map(draw_distribution, compute_distributions(sample, people)),
    ]
    for drawing in drawings:
        places = [v for name, v in Page(drawing).attributes if name not in ("class", "aria-label")]
        assert not [v for v in places if "nan" in v or "inf" in v]


def test_zeros_are_in_the_first_cell() -> None:
    x = np.r_[np.zeros(90), np.arange(1.0, 11)][:, None]
    (one,) = compute_distributions(x, x)
    edges, densities = one.density(40)
    assert densities["target"][0] * np.diff(edges)[0] == pytest.approx(0.9, abs=0.02)
