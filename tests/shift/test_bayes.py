"""Bayes' rule in log space against exact rational arithmetic."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as stn

from imbalance_kit.shift._bayes import as_log_odds, check_proba, multiply_odds


def exact_bayes(q: list[Fraction], factors: list[Fraction]) -> list[Fraction]:
    products = [a * b for a, b in zip(q, factors, strict=True)]
    return [product / sum(products) for product in products]


proba_1d = stn.arrays(np.float64, st.integers(1, 20), elements=st.floats(0, 1))
log_change = st.floats(-700, 700)


@pytest.mark.parametrize("n_classes", [2, 3, 5])
def test_equals_exact_arithmetic(n_classes: int) -> None:
    rng = np.random.default_rng(0)
    q = rng.dirichlet(np.ones(n_classes), size=50)
    factors = 10.0 ** rng.uniform(-9, 9, n_classes)
    got = multiply_odds(q, np.log(factors)[None])
    rates = [Fraction(a) for a in factors]
    for row, result in zip(q, got, strict=True):
        expected = exact_bayes([Fraction(value) for value in row], rates)
        # The logarithms of the factors carry an error of 1 ulp of 20: 4e-15 relative.
        np.testing.assert_allclose(result, [float(p) for p in expected], rtol=2e-14, atol=0)


@pytest.mark.parametrize("factor", [1e-9, 1e-3, 1.0, 1e3, 1e9])
@pytest.mark.parametrize("q", [1e-300, 1e-17, 1e-9, 0.3, 0.5, 1 - 1e-9])
def test_one_dimension_equals_exact_arithmetic(q: float, factor: float) -> None:
    _, expected = exact_bayes([1 - Fraction(q), Fraction(q)], [Fraction(1), Fraction(factor)])
    got = multiply_odds([q], np.log([[1.0, factor]]))
    # log(1e-300) is -691, whose last digit is worth 1.1e-13 relative in the exponential.
    np.testing.assert_allclose(got, [float(expected)], rtol=3e-13, atol=0)


@given(q=proba_1d, change=log_change)
def test_one_dimension_is_the_second_of_two_columns(q: np.ndarray, change: float) -> None:
    logs = np.array([[0.0, change]])
    both = multiply_odds(np.column_stack([1 - q, q]), logs)
    np.testing.assert_array_equal(multiply_odds(q, logs), both[:, 1])
    np.testing.assert_allclose(both.sum(axis=1), 1, rtol=1e-15)


@given(q=proba_1d, change=log_change)
def test_two_classes_agree_with_the_general_rule(q: np.ndarray, change: float) -> None:
    pair = np.column_stack([1 - q, q])
    logs = np.array([[0.0, change]])
    as_three = multiply_odds(np.column_stack([pair, 0 * q]), np.array([[0.0, change, 0.0]]))
    # Where the change is 700 an ulp of the exponent is 1.1e-13.
    np.testing.assert_allclose(multiply_odds(pair, logs), as_three[:, :2], rtol=3e-13, atol=1e-300)
    np.testing.assert_array_equal(as_three[:, 2], 0)


@given(change=log_change)
def test_certainty_stays_certain(change: float) -> None:
    np.testing.assert_array_equal(multiply_odds([0.0, 1.0], np.array([[0.0, change]])), [0, 1])
    certain = np.eye(3)
    np.testing.assert_array_equal(multiply_odds(certain, np.array([[0.0, change, 1.0]])), certain)


def test_tiny_probabilities_do_not_vanish() -> None:
    down = multiply_odds([1e-300], np.array([[0.0, np.log(1e-9)]]))
    # 1e-309 is denormal, with 14 digits left; log(1e-300) has an error of 1.1e-13.
    np.testing.assert_allclose(down, [1e-309], rtol=1e-12, atol=0)
    np.testing.assert_allclose(
        multiply_odds(down, np.array([[0.0, np.log(1e9)]])), [1e-300], rtol=1e-12, atol=0
    )


def test_constant_per_row_does_not_matter() -> None:
    rng = np.random.default_rng(1)
    q = rng.dirichlet(np.ones(4), size=6)
    logs = rng.normal(size=(6, 4))
    shifted = multiply_odds(q, logs + rng.normal(size=(6, 1)) * 100)
    np.testing.assert_allclose(shifted, multiply_odds(q, logs), rtol=1e-12)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_factors_by_row(n_classes: int) -> None:
    rng = np.random.default_rng(2)
    q = rng.dirichlet(np.ones(n_classes), size=7)
    logs = rng.normal(size=(7, n_classes))
    single = [multiply_odds(q[i : i + 1], logs[i]) for i in range(7)]
    np.testing.assert_array_equal(multiply_odds(q, logs), np.concatenate(single))


@pytest.mark.parametrize("shape", [(5,), (5, 2), (5, 3)])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_dtype_and_shape_are_kept(shape: tuple[int, ...], dtype: type) -> None:
    q = np.full(shape, 0.5).astype(dtype)
    got = multiply_odds(q, np.zeros((1, 2 if len(shape) == 1 else shape[1])))
    assert got.dtype == dtype
    assert got.shape == shape
    assert got.flags.c_contiguous


def test_float32_is_computed_in_float64() -> None:
    q = np.array([1e-30, 1e-8, 0.25, 1 - 2**-24], dtype=np.float32)
    logs = np.array([[0.0, np.log(1e-9)]])
    expected = multiply_odds(q.astype(np.float64), logs).astype(np.float32)
    np.testing.assert_array_equal(multiply_odds(q, logs), expected)
    three = np.random.default_rng(5).dirichlet([0.1, 1, 1], size=500).astype(np.float32)
    logs = np.log([[1e-9, 1.0, 1e9]])
    expected = multiply_odds(three.astype(np.float64), logs).astype(np.float32)
    np.testing.assert_array_equal(multiply_odds(three, logs), expected)


def test_float32_rounding_above_one_is_one() -> None:
    above = np.nextafter(np.float32(1), np.float32(2))
    logs = np.array([[0.0, -3.0]])
    np.testing.assert_array_equal(multiply_odds(np.array([above, 0.5]), logs)[0], 1)
    np.testing.assert_array_equal(multiply_odds(np.array([[0, above]], np.float32), logs), [[0, 1]])


def test_the_error_state_of_the_caller_does_not_matter() -> None:
    """Certainty and underflow are no errors, whatever numpy is told to do about them."""
    q = np.array([[0.0, 1e-300, 1.0], [0.5, 0.5, 0.0]])
    logs = np.log([[1e-300, 1e-300, 1.0]])
    with np.errstate(all="raise"):
        three = multiply_odds(q, logs)
        two = multiply_odds([0.0, 1e-300, 1.0], logs[:, 1:] * [[0.0, 1.0]] - [[0.0, 700.0]])
    np.testing.assert_array_equal(three, [[0, 0, 1], [0.5, 0.5, 0]])
    np.testing.assert_allclose(two, [0, 0, 1], atol=1e-300)


def test_input_is_not_modified_and_lists_and_integers_are_taken() -> None:
    q = np.array([[0.2, 0.8], [1.0, 0.0]])
    q.setflags(write=False)
    logs = np.array([[0.0, 1.0]])
    np.testing.assert_array_equal(multiply_odds(q.tolist(), logs), multiply_odds(q, logs))
    np.testing.assert_array_equal(multiply_odds([0, 1], logs), [0.0, 1.0])
    assert multiply_odds(np.empty((0, 2)), logs).shape == (0, 2)
    assert multiply_odds([], logs).shape == (0,)


@pytest.mark.parametrize(
    ("proba", "n_classes", "message"),
    [
        ([0.5, 0.5], 3, r"one dimension, which means two classes, but there are 3.*got \(2,\)"),
        ([[0.5, 0.5]], 3, r"one column per class, shape \(n_samples, 3\), got \(1, 2\)"),
        ([[[0.5]]], 2, r"one column per class"),
        (0.5, 2, r"one column per class.*or \(n_samples,\) for the second class, got \(\)"),
        (["a"], 2, r"`proba` must hold probabilities in \[0, 1\]: could not convert .*'a'"),
        ([0.5, 1.1], 2, r"in \[0, 1\], got values from 0.5 to 1.1. Hint: scores need calibration"),
        ([-0.1, 0.5], 2, r"got values from -0.1 to 0.5"),
        ([0.5, np.nan], 2, "NaN in 1 of 2 rows"),
        ([[1, 0], [0, 0], [0, 1]], 2, r"zero for every class in row 1: expected rows that sum"),
    ],
)
def test_what_is_no_probability(proba: object, n_classes: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_proba(proba, n_classes=n_classes)


def test_factors_as_log_odds() -> None:
    logs = np.array([[1.0, 3.0], [0.5, -0.5]])
    np.testing.assert_array_equal(as_log_odds(logs), [2.0, -1.0])
    three = np.array([[1.0, 3.0, 0.0]])
    np.testing.assert_array_equal(as_log_odds(three), three)


@pytest.mark.parametrize("proba", [[0.5] * 3, [[0.5, 0.5]] * 3, [[1.0, 0.0]]])
def test_factors_of_other_rows(proba: list[Any]) -> None:
    with pytest.raises(ValueError, match=rf"`proba` has {len(proba)} rows, .* is known for 2: "):
        multiply_odds(proba, np.zeros((2, 2)))
