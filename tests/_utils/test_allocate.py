import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imbalance_kit._utils._allocate import apportion, largest_remainder


@given(
    st.lists(st.floats(0, 1e6), min_size=1, max_size=40).filter(any),
    st.integers(0, 10_000),
    st.integers(0, 5),
)
def test_the_total_is_kept_and_quotas_are_met_within_one(
    shares: list[float], total: int, seed: int
) -> None:
    values = np.array(shares)
    counts = largest_remainder(values, total, np.random.default_rng(seed))
    assert counts.sum() == total
    assert (counts >= 0).all()
    assert (np.abs(counts - values / values.sum() * total) < 1 + 1e-6).all()
    if total:
        assert (counts[values / values.sum() * total < 1e-12] <= 1).all()


def test_shares_that_are_tiny() -> None:
    """Numbers near the smallest there are: 1 / 5e-323 is more than the largest."""
    np.testing.assert_array_equal(largest_remainder(np.array([5e-323]), 3, _stream()), [3])


def test_the_largest_fractions_are_rounded_up() -> None:
    counts = largest_remainder(np.array([0.47, 0.16, 0.158, 0.12, 0.061, 0.031]), 100, _stream())
    np.testing.assert_array_equal(counts, [47, 16, 16, 12, 6, 3])


@pytest.mark.parametrize("n", [3, 7, 49])
def test_equal_shares_that_divide_evenly(n: int) -> None:
    np.testing.assert_array_equal(largest_remainder(np.full(n, 1 / n), 5 * n, _stream()), 5)


def test_equal_fractions_are_drawn_among() -> None:
    """Each of 4 gets the odd one with probability 1/4 in 1000: four standard errors are 55."""
    stream = _stream()
    times = sum(largest_remainder(np.ones(4), 1, stream) for _ in range(1000))
    assert (np.abs(times - 250) < 55).all()


@given(
    shares=st.lists(st.floats(1e-6, 50), min_size=1, max_size=6),
    n=st.integers(6, 60),
)
def test_apportion_sums_rounds_and_leaves_no_class_out(shares: list[float], n: int) -> None:
    wanted = np.array(shares) / sum(shares) * n
    got = apportion(wanted)
    assert got.sum() == n
    assert got.min() >= 1
    if wanted.min() >= 1:
        assert (np.abs(got - wanted) < 1).all()
    assert (got[wanted < 1] == 1).all()


@given(shares=st.lists(st.integers(0, 12), min_size=2, max_size=4), n=st.integers(4, 9))
def test_apportion_against_brute_force(shares: list[int], n: int) -> None:
    """Of all whole numbers of at least 1 with the right sum, none is nearer in squared distance."""
    if not sum(shares):
        return
    wanted = np.array(shares) / sum(shares) * n
    every = [
        parts for parts in itertools.product(range(1, n + 1), repeat=len(shares)) if sum(parts) == n
    ]
    best = ((np.array(every) - wanted) ** 2).sum(axis=1).min()
    assert ((apportion(wanted) - wanted) ** 2).sum() == pytest.approx(best)


def _stream() -> np.random.Generator:
    return np.random.default_rng(0)
