"""Scores against exact fractions, and at probabilities of 0 and 1."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imbalance_kit import ClassShift
from imbalance_kit.correction._log_odds import add_log_factors, from_proba, to_decision, to_proba

LIMIT = -math.log(np.finfo(float).tiny)
COUNTS = st.lists(
    st.lists(st.integers(1, 10**6), min_size=3, max_size=3), min_size=1, max_size=8
).map(np.array)


def test_two_classes_are_one_number() -> None:
    proba = np.array([[0.75, 0.25], [0.5, 0.5], [0.1, 0.9]])
    np.testing.assert_allclose(from_proba(proba), np.log([1 / 3, 1, 9]), rtol=1e-15, atol=0)
    np.testing.assert_allclose(to_proba(from_proba(proba)), proba, rtol=1e-15)


def test_the_second_class_has_the_positive_scores() -> None:
    assert from_proba(np.array([[0.1, 0.9]]))[0] > 0
    assert to_proba(np.array([2.0]))[0, 1] > 0.5


def test_certainty_is_infinite_and_comes_back() -> None:
    proba = np.array([[1.0, 0.0], [0.0, 1.0]])
    np.testing.assert_array_equal(from_proba(proba), [-np.inf, np.inf])
    np.testing.assert_array_equal(to_proba(from_proba(proba)), proba)
    three = np.array([[1.0, 0.0, 0.0], [0.0, 0.25, 0.75]])
    np.testing.assert_allclose(to_proba(from_proba(three)), three, rtol=1e-15)


def test_small_probabilities_keep_their_digits() -> None:
    """1 - p would round 1e-300 away."""
    scores = np.array([-690.0, -40.0, 40.0, 690.0])
    proba = to_proba(scores)
    np.testing.assert_allclose(proba[:, 1], np.exp(np.minimum(scores, 0)), rtol=1e-13)
    np.testing.assert_allclose(from_proba(proba)[:2], scores[:2], rtol=1e-14)
    np.testing.assert_array_equal(proba, to_proba(-scores)[:, ::-1])


@given(counts=COUNTS, factors=st.lists(st.integers(1, 10**9), min_size=3, max_size=3))
def test_adding_log_factors_is_bayes_rule(counts: np.ndarray, factors: list[int]) -> None:
    q = counts / counts.sum(axis=1, keepdims=True)
    moved = to_proba(add_log_factors(from_proba(q), np.log([factors])))
    for row, got in zip(counts.tolist(), moved, strict=True):
        joint = [Fraction(n) * f for n, f in zip(row, factors, strict=True)]
        want = [float(j / sum(joint)) for j in joint]
        np.testing.assert_allclose(got, want, rtol=1e-13)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_adding_log_factors_is_what_a_shift_applies(n_classes: int) -> None:
    q = np.random.default_rng(0).dirichlet(np.ones(n_classes), size=50)
    shift = ClassShift.from_rates(dict(zip(range(n_classes), [1e-9, 1.0, 7.0], strict=False)))
    logs = shift.log_factors(None, range(n_classes))
    np.testing.assert_allclose(
        to_proba(add_log_factors(from_proba(q), -logs)), shift.undo(q), rtol=1e-12
    )


def test_factors_may_differ_from_row_to_row() -> None:
    logs = np.log([[1.0, 2.0], [1.0, 5.0]])
    moved = to_proba(add_log_factors(np.zeros(2), logs))
    np.testing.assert_allclose(moved[:, 1], [2 / 3, 5 / 6], rtol=1e-14)


@given(counts=COUNTS)
def test_decision_is_the_log_odds_against_the_rest(counts: np.ndarray) -> None:
    decision = to_decision(from_proba(counts / counts.sum(axis=1, keepdims=True)))
    for row, got in zip(counts.tolist(), decision, strict=True):
        want = [math.log(Fraction(n, sum(row) - n)) for n in row]
        np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-13)


def test_decision_is_finite() -> None:
    np.testing.assert_allclose(to_decision(np.array([-np.inf, 0, np.inf])), [-LIMIT, 0, LIMIT])
    three = to_decision(from_proba(np.array([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0]])))
    np.testing.assert_allclose(three, [[LIMIT, -LIMIT, -LIMIT], [0, 0, -LIMIT]], atol=1e-15)


def test_decision_keeps_the_digits_of_a_tiny_rest() -> None:
    """log(p) - log(1 - p) would be infinite where the others hold 1e-30."""
    rest = np.array([1e-30, 2e-30])
    scores = np.log([[1.0, *rest]])
    assert to_decision(scores)[0, 0] == pytest.approx(-math.log(3e-30), rel=1e-12)


def test_float32_probabilities_are_taken() -> None:
    proba = np.array([[0.75, 0.25]], dtype=np.float32)
    assert from_proba(proba).dtype == np.float64
    assert to_proba(from_proba(proba))[0, 1] == pytest.approx(0.25)


def test_the_input_is_not_modified() -> None:
    scores = from_proba(np.full((4, 3), 1 / 3))
    before = scores.copy()
    to_proba(scores)
    to_decision(scores)
    add_log_factors(scores, np.ones((1, 3)))
    np.testing.assert_array_equal(scores, before)
