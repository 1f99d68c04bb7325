"""λ against scipy's root finder, and budgets met whatever the scores."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import brentq

from imbalance_kit import Ratios
from imbalance_kit._base import SamplingInput
from imbalance_kit._utils._targets import encode_target
from imbalance_kit.shift import InclusionRule
from imbalance_kit.under_sampling._budget import expected_sizes, inclusion_rules, solve_rule

EXACT = 1e-10  # of the budget; what is promised is 1e-6


def by_hand(rule: InclusionRule, scores: Any, weights: Any = None) -> float:
    """Sum of ``w min(max(λ s, floor), 1)``, without the rule's own code."""
    pi = [min(max(rule.scale * s, rule.floor), 1.0) for s in np.asarray(scores).tolist()]
    return float(np.dot(pi, np.ones(len(pi)) if weights is None else weights))


def data(y: Any, weights: Any = None) -> SamplingInput:
    target = encode_target(y)
    weights = None if weights is None else np.asarray(weights, dtype=float)
    return SamplingInput(None, y, target, weights, target.totals(weights))


# The scale ----------------------------------------------------------------------------------------

scores = st.lists(
    st.one_of(
        st.floats(0, 1),
        st.floats(0, 1e4),
        st.sampled_from([0.0, 5e-324, 1e-310, 1e-300, 1e-12, 0.5, 1.0]),
    ),
    min_size=1,
    max_size=40,
)


@settings(max_examples=300)
@given(
    scores=scores,
    rate=st.floats(1e-6, 0.999),
    floor=st.floats(1e-6, 0.999),
    seed=st.integers(0, 9) | st.none(),
)
def test_the_budget_is_met(scores: list[float], rate: float, floor: float, seed: Any) -> None:
    s = np.array(scores)
    weights = None if seed is None else np.random.default_rng(seed).integers(0, 4, len(s)) * 1.0
    total = len(s) if weights is None else weights.sum()
    if not total:
        return
    rule = solve_rule(s, rate * total, floor * rate, weights)
    assert by_hand(rule, s, weights) == pytest.approx(rate * total, rel=EXACT)
    assert np.isfinite(rule.scale)
    assert floor * rate * (1 - 1e-12) <= rule.floor <= 1
    if rule.floor > floor * rate * (1 + 1e-9):  # raised, because the scores do not suffice
        certain = s > 1e-250
        budget_of_certain = certain.sum() if weights is None else weights[certain].sum()
        assert budget_of_certain <= rate * total * (1 + EXACT)


@settings(max_examples=100)
@given(seed=st.integers(0, 2**32), rate=st.floats(0.001, 0.99), floor=st.floats(0.001, 0.9))
def test_the_scale_is_that_of_another_root_finder(seed: int, rate: float, floor: float) -> None:
    rng = np.random.default_rng(seed)
    s = 1 / (1 + np.exp(4 - 2 * rng.standard_normal(200)))
    w = rng.exponential(size=200)
    budget, least = rate * w.sum(), floor * rate

    def excess(scale: float) -> float:
        return float(w @ np.clip(scale * s, least, 1) - budget)

    expected = brentq(excess, 0, 1 / s.min(), xtol=1e-300, rtol=1e-14)
    rule = solve_rule(s, budget, least, w)
    assert rule.scale == pytest.approx(expected, rel=1e-9)
    assert rule.floor == pytest.approx(least, rel=1e-12)


@pytest.mark.parametrize("rate", [0.001, 0.02, 0.3, 0.9])
@pytest.mark.parametrize(
    "draw",
    [
        lambda rng, n: 1 / (1 + np.exp(7 - 1.2 * rng.standard_normal(n))),
        lambda rng, n: np.minimum(np.exp(3 * rng.standard_normal(n) - 8), 1),
        lambda rng, n: rng.pareto(0.5, n),
        lambda rng, n: rng.choice([0.1, 0.2], n),
        lambda rng, n: np.where(rng.random(n) < 0.5, 0.0, 1.0),
    ],
    ids=["logistic", "lognormal", "heavy tail", "ties", "zeros and ones"],
)
def test_many_rows_in_blocks(draw: Any, rate: float) -> None:
    s: NDArray[np.float64] = draw(np.random.default_rng(0), 150_000)
    rule = solve_rule(s, rate * len(s), 0.1 * rate)
    assert rule(s).sum() == pytest.approx(rate * len(s), rel=EXACT)


def test_few_passes_over_the_scores(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    inner = InclusionRule.__call__
    monkeypatch.setattr(
        InclusionRule, "__call__", lambda self, s: calls.append(1) or inner(self, s)
    )
    s = 1 / (1 + np.exp(7 - np.random.default_rng(0).standard_normal(1000)))
    for rate in (0.001, 0.02, 0.3, 0.9):
        solve_rule(s, rate * len(s), 0.1 * rate)
    assert len(calls) / 4 < 16


def test_the_floor_is_reached_and_the_cap() -> None:
    s = np.array([1e-6, 1e-6, 0.01, 0.5])
    rule = solve_rule(s, 2.0, 0.05)
    np.testing.assert_allclose(rule(s), [0.05, 0.05, 0.9, 1.0], rtol=1e-9)


@pytest.mark.parametrize("s", [np.zeros(10), np.full(10, 0.3), np.full(10, 5e-324)], ids=str)
def test_rows_that_cannot_be_told_apart_are_drawn_alike(s: Any) -> None:
    rule = solve_rule(s, 4.0, 0.04)
    np.testing.assert_allclose(rule(s), 0.4, rtol=1e-9)


def test_rows_of_score_zero_share_what_the_others_leave() -> None:
    s = np.array([0.0, 0.0, 0.0, 0.0, 0.2, 0.1])
    rule = solve_rule(s, 3.0, 0.05)
    np.testing.assert_allclose(rule(s), [0.25] * 4 + [1.0, 1.0], rtol=1e-9)


# Sizes and rules ----------------------------------------------------------------------------------

Y = np.repeat([0, 1, 2], [60, 30, 10])


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        (0.5, {0: 20, 1: 20}),
        (1, {0: 10, 1: 10}),
        (0.25, {0: 40}),  # class 1 has fewer than 40: it is kept whole
        (np.float32(0.5), {0: 20, 1: 20}),
        ({0: 15}, {0: 15}),
        (Ratios({0: 0.5, 1: 0.1}, of="own"), {0: 30, 1: 3}),
        (Ratios({1: 0.25}), {1: 15}),
        (Ratios({0: 2}, of="minority"), {0: 20}),
    ],
    ids=str,
)
def test_expected_sizes(strategy: Any, expected: dict[int, float]) -> None:
    assert expected_sizes(strategy, data(Y), kept=2) == pytest.approx(expected)


def test_expected_sizes_are_weight_totals() -> None:
    weighted = data(Y, np.where(Y == 2, 3.0, 2.0))
    assert expected_sizes(1, weighted, kept=2) == pytest.approx({0: 30, 1: 30})
    assert expected_sizes({0: 15}, weighted, kept=2) == pytest.approx({0: 30})  # a quarter


@pytest.mark.parametrize("strategy", [0.1, {0: 61, 1: 31}, Ratios({0: 1.2, 1: 3}, of="own")])
def test_more_than_there_are_keeps_all_and_warns(strategy: Any) -> None:
    with pytest.warns(UserWarning, match=r"asks for .* of class 0, which has 60, .* 1, .* 30: all"):
        sizes = expected_sizes(strategy, data(Y), kept=2)
    assert sizes == {0: 60, 1: 30}
    rules = inclusion_rules(data(Y), np.full(100, 0.5), sizes, 0.1, together=False)
    assert [rules[k](np.array([0.0, 0.1])).tolist() for k in (0, 1)] == [[1, 1], [1, 1]]


@pytest.mark.parametrize(
    ("strategy", "message"),
    [
        ("auto", "must be a float, a dict, a callable or Ratios, got 'auto'. Hint: 1/3 keeps"),
        (True, "got True"),
        (0, "above 0: got 0"),
        (-0.5, "above 0: got -0.5"),
        (np.nan, "above 0: got nan"),
        (np.inf, "above 0: got inf"),
        ({0: 0.5}, "holds counts of rows, got 0.5 for class 0. Hint: use Ratios"),
        ({7: 5}, r"not present in the data: \[7\]"),
        ({0: 0}, "asks for 0 rows of class 0"),
        ({0: 10, 2: 10}, "names class 2, which is kept whole. Hint: name the other classes"),
    ],
)
def test_messages(strategy: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        expected_sizes(strategy, data(Y), kept=2)


def test_one_rule_per_class_or_one_for_all() -> None:
    s = np.random.default_rng(0).random(100)
    sizes = {0: 12.0, 1: 6.0}
    rules = inclusion_rules(data(Y), s, sizes, 0.1, together=False)
    assert sorted(rules) == [0, 1]
    for k, size in sizes.items():
        assert rules[k](s[k == Y]).sum() == pytest.approx(size)
        assert rules[k].floor == pytest.approx(0.1 * size / (k == Y).sum())
    together = inclusion_rules(data(Y), s, sizes, 0.1, together=True)
    assert sorted(together) == [0, 1, 2]
    assert len(set(together.values())) == 1
    assert together[0](s).sum() == pytest.approx(12 + 6 + 10)


def test_a_floor_of_one_is_uniform() -> None:
    s = np.random.default_rng(0).random(100)
    rules = inclusion_rules(data(Y), s, {0: 12.0}, 1.0, together=False)
    np.testing.assert_allclose(rules[0](s), 0.2)
