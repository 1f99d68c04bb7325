"""The random under-sampler draws simple random samples, class by class, and keeps the order."""

from typing import Any

import numpy as np
import pytest
from scipy.stats import hypergeom

from imbalance_kit import RandomUnderSampler, Ratios

N_SEEDS = 1500


def data(*counts: int) -> tuple[np.ndarray, np.ndarray]:
    """Return rows that hold their own number, and labels in mixed order."""
    y = np.random.default_rng(0).permutation(np.repeat(np.arange(len(counts)), counts))
    return np.arange(len(y))[:, None], y


def copies(X: np.ndarray, y: np.ndarray, **parameters: Any) -> np.ndarray:
    """Return how often each row was drawn, by seed: shape (n_seeds, n_samples)."""
    drawn = np.zeros((N_SEEDS, len(y)), dtype=int)
    for seed in range(N_SEEDS):
        sampler = RandomUnderSampler(random_state=seed, **parameters)
        sampler.fit_resample(X, y)
        drawn[seed] = np.bincount(sampler.sample_indices_, minlength=len(y))
    return drawn


def test_every_row_is_kept_with_the_same_probability() -> None:
    """A simple random sample of 6 of 20: each row 6/20, each pair 6 * 5 / (20 * 19).

    The frequency over the seeds is binomial; 4.5 standard errors leave room for 210 comparisons.
    """
    X, y = data(20, 6)
    kept = copies(X, y)
    assert kept.max() == 1
    assert (kept[:, y == 1] == 1).all()
    large = kept[:, y == 0]
    assert (large.sum(axis=1) == 6).all()
    p = 6 / 20
    assert np.abs(large.mean(axis=0) - p).max() < 4.5 * np.sqrt(p * (1 - p) / N_SEEDS)
    p = 6 * 5 / (20 * 19)
    pairs = (large.T @ large / N_SEEDS)[np.triu_indices(20, 1)]
    assert np.abs(pairs - p).max() < 4.5 * np.sqrt(p * (1 - p) / N_SEEDS)


def test_with_replacement_every_draw_is_independent() -> None:
    """Copies of a row are binomial(8, 1/20): mean 8/20, and the variance that goes with it."""
    X, y = data(20, 8)
    drawn = copies(X, y, replacement=True, sampling_strategy="all")
    for k, n in ((0, 20), (1, 8)):
        own = drawn[:, y == k]
        assert (own.sum(axis=1) == 8).all()
        variance = 8 / n * (1 - 1 / n)
        error = np.sqrt(variance / N_SEEDS)
        assert np.abs(own.mean(axis=0) - 8 / n).max() < 4.5 * error
        # The variance of a variance of nearly Poisson counts is about (variance + 2 variance²) / R.
        spread = np.sqrt((variance + 2 * variance**2) / N_SEEDS)
        assert np.abs(own.var(axis=0) - variance).max() < 4.5 * spread
    assert (np.diff(drawn.sum(axis=1)) == 0).all()


def test_classes_are_drawn_independently() -> None:
    """Two classes of equal size do not get the same positions, as from a stream started again.

    Positions that coincide are hypergeometric: 10 and 10 of 30, mean 3.33.
    """
    y = np.repeat([0, 1, 2], [30, 30, 10])
    X = np.arange(70)[:, None]
    shared = []
    for seed in range(N_SEEDS):
        sampler = RandomUnderSampler(random_state=seed)
        sampler.fit_resample(X, y)
        rows = sampler.sample_indices_
        shared.append(np.intersect1d(rows[rows < 30], rows[(rows >= 30) & (rows < 60)] - 30).size)
    mean, variance = hypergeom(30, 10, 10).stats("mv")
    assert abs(np.mean(shared) - mean) < 4 * np.sqrt(variance / N_SEEDS)


@pytest.mark.parametrize("replacement", [False, True])
def test_a_class_does_not_depend_on_the_others(replacement: bool) -> None:
    X, y = data(40, 25, 10)
    strategy = {0: 12, 1: 7}

    def places(keep: np.ndarray, rename: dict[int, Any]) -> dict[int, list[int]]:
        labels = [rename[k] for k in y[keep]]
        wanted = {rename[k]: n for k, n in strategy.items() if (y[keep] == k).any()}
        sampler = RandomUnderSampler(
            sampling_strategy=wanted, random_state=3, replacement=replacement
        )
        sampler.fit_resample(X[keep], labels)
        rows = keep[sampler.sample_indices_]
        return {k: rows[y[rows] == k].tolist() for k in strategy}

    everything = places(np.arange(len(y)), {0: 0, 1: 1, 2: 2})
    without_two = places(np.flatnonzero(y != 2), {0: 0, 1: 1})
    other_third = places(np.arange(len(y)), {0: 0, 1: 1, 2: -5})  # now the first in order
    assert everything == without_two == other_third


@pytest.mark.parametrize("replacement", [False, True])
@pytest.mark.parametrize(
    "strategy", ["auto", "all", "not majority", {0: 3, 2: 4}, Ratios({0: 0.5}, of="own")]
)
def test_order_of_the_input_is_kept(strategy: Any, replacement: bool) -> None:
    X, y = data(30, 20, 5)
    sampler = RandomUnderSampler(
        sampling_strategy=strategy, random_state=0, replacement=replacement
    )
    X_res, y_res = sampler.fit_resample(X, y)
    rows = sampler.sample_indices_
    assert (np.diff(rows) >= (0 if replacement else 1)).all()
    np.testing.assert_array_equal(X_res[:, 0], rows)
    np.testing.assert_array_equal(y_res, y[rows])
    for label, n in sampler.sampling_strategy_.items():
        assert (y_res == label).sum() == n
    assert not sampler.synthetic_mask_.any()


def test_a_class_of_the_right_size_is_left_alone_without_replacement() -> None:
    X, y = data(9, 9)
    sampler = RandomUnderSampler(sampling_strategy="all", random_state=0)
    np.testing.assert_array_equal(sampler.fit_resample(X, y)[0], X)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.97])
def test_both_ways_of_choosing_are_fair(share: float) -> None:
    """numpy draws few of many by hashing and many by shuffling; row numbers stay uniform in both.

    Their mean is that of all rows, with the standard error of a sample without replacement.
    """
    n = 60_000
    X, y = np.arange(n)[:, None], np.zeros(n, dtype=int)
    y[-5:] = 1
    keep = int(share * (n - 5))
    sampler = RandomUnderSampler(sampling_strategy={0: keep}, random_state=1)
    rows = sampler.fit_resample(X, y)[0][:, 0]
    rows = rows[rows < n - 5]
    error = np.sqrt((n**2 / 12) * (1 - share) / keep)
    assert len(rows) == keep
    assert abs(rows.mean() - (n - 6) / 2) < 4 * error


def test_the_example_of_the_docstring_by_hand() -> None:
    sampler = RandomUnderSampler(sampling_strategy=0.5, random_state=0)
    X, y = np.zeros((110, 1)), np.repeat(["no", "yes"], [100, 10])
    sampler.fit_resample(X, y)
    assert sampler.sampling_strategy_ == {"no": 20}
    assert sampler.shift_.factors == {"no": 0.2, "yes": 1.0}
    assert sampler.shift_.exact
    np.testing.assert_allclose(sampler.shift_.undo([0.5]), [1 / 6])  # odds of 1, times .2


@pytest.mark.parametrize(
    ("strategy", "message"),
    [
        ({"b": 11}, "asks for 11 rows of class 'b', which has 10: an under-sampler only removes"),
        (0.1, "asks for 100 rows of class 'a', which has 20: an under-sampler only removes"),
        ("minority", "of an under-sampler must be one of .* got 'minority'"),
        ({"a": 0.5}, r"holds counts of rows, got 0.5 for class 'a'. Hint: use Ratios\({'a': 0.5}"),
        ({"c": 3}, r"not present in the data: \['c'\]. The classes of `y` are \['a', 'b'\]"),
    ],
)
def test_messages(strategy: Any, message: str) -> None:
    X, y = np.zeros((30, 1)), np.repeat(["a", "b"], [20, 10])
    with pytest.raises(ValueError, match=message):
        RandomUnderSampler(sampling_strategy=strategy).fit_resample(X, y)


def test_replacement_is_a_truth_value() -> None:
    X, y = data(5, 3)
    with pytest.raises(ValueError, match="`replacement` must be True or False, got 'no'"):
        RandomUnderSampler(replacement="no").fit_resample(X, y)  # type: ignore[arg-type]
    RandomUnderSampler(replacement=np.True_).fit_resample(X, y)
