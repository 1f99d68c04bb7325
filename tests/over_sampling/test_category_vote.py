"""The most frequent level wins; levels that share the first place win equally often."""

import numpy as np
from scipy.stats import chi2

from imbalance_kit.over_sampling._category_vote import count_votes

VOTERS = np.array([[1, 2, 3, 4], [0, 2, 3, 4], [0, 1, 3, 4], [0, 1, 2, 4], [0, 1, 2, 3]])


def test_the_most_frequent_level_wins() -> None:
    codes = np.array([7, 3, 7, 3, 7], dtype=np.uint8)
    vote = count_votes(codes, VOTERS)
    stream = np.random.default_rng(0)
    for _ in range(20):
        winners = codes[vote.winners(np.array([1, 3]), stream)]
        np.testing.assert_array_equal(winners, [7, 7])


def test_winners_are_among_the_voters() -> None:
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 3, 5)
    seeds = rng.integers(0, 5, 200)
    winners = count_votes(codes, VOTERS).winners(seeds, rng)
    assert (VOTERS[seeds] == winners[:, None]).any(axis=1).all()


def test_a_tie_is_drawn_evenly() -> None:
    """Three levels twice each, one once: counts of 30,000 draws are multinomial."""
    codes = np.array([0, 5, 5, 2, 2, 9, 9, 1])
    vote = count_votes(codes, np.arange(1, 8)[None, :].repeat(8, axis=0))
    winners = codes[vote.winners(np.zeros(30_000, dtype=int), np.random.default_rng(0))]
    counts = np.bincount(winners, minlength=10)
    assert counts[[5, 2, 9]].sum() == 30_000
    statistic = ((counts[[5, 2, 9]] - 10_000) ** 2 / 10_000).sum()
    assert statistic < chi2(2).ppf(1 - 1 / 16_000)


def test_more_voters_than_a_byte_counts() -> None:
    codes = np.zeros(400, dtype=np.uint8)
    codes[:100] = 1
    vote = count_votes(codes, np.arange(400)[None, :])
    assert vote.n_modal.tolist() == [300]
