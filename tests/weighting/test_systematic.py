"""Systematic draws against the rounding they promise."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from imbalance_kit.weighting._systematic import systematic


@given(
    weights=st.lists(st.floats(0, 10), min_size=1, max_size=12),
    size=st.integers(1, 40),
    seed=st.integers(0, 10**6),
)
def test_systematic_sampling(weights: list[float], size: int, seed: int) -> None:
    w = np.array(weights)
    if w.sum() < 1e-3:
        return
    members = np.arange(len(w)) * 2 + 1
    by_row = np.zeros(2 * len(w))
    by_row[members] = w
    drawn = systematic(members, by_row, size, np.random.default_rng(seed))
    times = np.array([(drawn == row).sum() for row in members])
    assert times.sum() == size
    expected = size * w / w.sum()
    assert (np.abs(times - expected) < 1 + 1e-9).all()
    assert not times[w == 0].any()
