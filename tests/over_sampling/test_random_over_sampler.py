"""The random over-sampler adds bootstrap copies; with shrinkage it draws from a kernel estimate."""

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse
from scipy.stats import chi2, kstest, norm

from imbalance_kit import RandomOverSampler, Ratios


def data(*counts: int) -> tuple[np.ndarray, np.ndarray]:
    """Return rows that hold their own number, and labels in mixed order."""
    y = np.random.default_rng(0).permutation(np.repeat(np.arange(len(counts)), counts))
    return np.arange(len(y))[:, None], y


@pytest.mark.parametrize("strategy", ["auto", "all", "minority", {0: 41, 2: 15}, Ratios({2: 0.5})])
def test_rows_are_added_behind_the_input(strategy: Any) -> None:
    X, y = data(40, 20, 5)
    sampler = RandomOverSampler(sampling_strategy=strategy, random_state=0)
    X_res, y_res = sampler.fit_resample(X, y)
    n, rows = len(y), sampler.sample_indices_
    np.testing.assert_array_equal(rows[:n], np.arange(n))
    np.testing.assert_array_equal(X_res[:, 0], rows)
    np.testing.assert_array_equal(y_res, y[rows])
    added = {k: int((y_res[n:] == k).sum()) for k in sampler.sampling_strategy_}
    assert added == sampler.sampling_strategy_
    assert sum(added.values()) == len(y_res) - n
    assert not sampler.synthetic_mask_.any()
    assert sampler.shift_.exact
    assert sampler.shrinkage_ is None


def test_every_row_is_copied_with_the_same_probability() -> None:
    """Copies of 50 rows in 99,950 draws are multinomial: Pearson's statistic is chi-squared(49)."""
    X, y = data(100_000, 50)
    sampler = RandomOverSampler(random_state=0)
    sampler.fit_resample(X, y)
    times = np.bincount(sampler.sample_indices_[len(y) :], minlength=len(y))[y == 1]
    expected = 99_950 / 50
    statistic = ((times - expected) ** 2 / expected).sum()
    low, high = chi2(49).ppf([0.0005, 0.9995])
    assert low < statistic < high


def test_classes_are_drawn_independently() -> None:
    """Two classes of equal size do not get the same positions, as from a stream started again.

    The k-th draws of both coincide with probability 1/40: binomial(3960, 1/40).
    """
    y = np.repeat([0, 1, 2], [4000, 40, 40])
    sampler = RandomOverSampler(random_state=0)
    sampler.fit_resample(np.arange(len(y))[:, None], y)
    one, two = sampler.sample_indices_[len(y) :].reshape(2, -1) - [[4000], [4040]]
    same = (one == two).mean()
    assert abs(same - 1 / 40) < 4 * np.sqrt(1 / 40 * 39 / 40 / 3960)


@pytest.mark.parametrize("shrinkage", [None, 0.7])
def test_a_class_does_not_depend_on_the_others(shrinkage: float | None) -> None:
    X, y = data(40, 25, 10)
    X = X + np.random.default_rng(1).normal(size=(len(y), 2))
    strategy = {1: 30, 2: 33}

    def added(keep: np.ndarray, rename: dict[int, Any]) -> dict[int, Any]:
        labels = [rename[k] for k in y[keep]]
        wanted = {rename[k]: n for k, n in strategy.items() if (y[keep] == k).any()}
        sampler = RandomOverSampler(sampling_strategy=wanted, random_state=3, shrinkage=shrinkage)
        X_res, _ = sampler.fit_resample(X[keep], labels)
        of = y[keep][sampler.sample_indices_[len(keep) :]]
        return {k: X_res[len(keep) :][of == k].tolist() for k in strategy}

    everything = added(np.arange(len(y)), {0: 0, 1: 1, 2: 2})
    reordered = added(np.arange(len(y)), {0: 99, 1: 1, 2: 2})
    without_zero_and_two = added(np.append(np.flatnonzero(y == 1), np.argmax(y == 0)), {0: 0, 1: 1})
    assert everything == reordered
    assert everything[1] == without_zero_and_two[1]


# The smoothed bootstrap ---------------------------------------------------------------------------


def smooth(X: Any, n_added: int, **parameters: Any) -> tuple[Any, RandomOverSampler]:
    """Over-sample a class that has the rows `X`, and return what was added."""
    n = len(X)
    y = np.repeat(["small", "large"], n)
    both = np.concatenate([X, np.zeros_like(X)])
    sampler = RandomOverSampler(
        sampling_strategy={"small": n + n_added}, random_state=0, **parameters
    )
    return sampler.fit_resample(both, y)[0][2 * n :], sampler


@pytest.mark.parametrize("shrinkage", [0.5, 1.0, 3.0])
def test_mean_and_covariance_are_those_of_the_kernel_estimate(shrinkage: float) -> None:
    """Mean of the class; covariance that of the class plus shrinkage² h² diag(sd²).

    Source of h: Menardi and Torelli 2014, (4 / ((d + 2) n)) ** (1 / (d + 4)).
    """
    n, d, m = 60, 3, 200_000
    X = np.random.default_rng(1).gamma(2, size=(n, d)) @ [[1, 2, 0], [0, 1, 0], [0, 0, 5.0]]
    added, sampler = smooth(X, m, shrinkage=shrinkage)
    h = shrinkage * (4 / ((d + 2) * n)) ** (1 / (d + 4))
    expected = np.cov(X.T, ddof=0) + np.diag((h * X.std(axis=0)) ** 2)
    error = np.sqrt(np.diag(expected) / m)
    assert (np.abs(added.mean(axis=0) - X.mean(axis=0)) < 4 * error).all()
    centred = added - X.mean(axis=0)
    products = centred[:, :, None] * centred[:, None, :]
    error = products.std(axis=0) / np.sqrt(m)
    assert (np.abs(products.mean(axis=0) - expected) < 4 * error).all()
    assert not sampler.shift_.exact
    assert sampler.shrinkage_ == {"small": shrinkage}


def test_the_noise_is_normal_around_the_recorded_seed() -> None:
    X = np.random.default_rng(2).uniform(size=(100, 2))
    added, sampler = smooth(X, 20_000, shrinkage=1)
    seeds = sampler.sample_indices_[200:]
    assert seeds.max() < 100
    bandwidth = (4 / (4 * 100)) ** (1 / 6) * X.std(axis=0)
    noise = (added - X[seeds]) / bandwidth
    for column in noise.T:
        assert kstest(column, norm.cdf).pvalue > 0.001
    assert abs(np.corrcoef(noise.T)[0, 1]) < 4 / np.sqrt(20_000)
    assert sampler.synthetic_mask_.tolist() == [False] * 200 + [True] * 20_000


def test_the_bandwidth_is_that_of_the_class_not_of_all_rows() -> None:
    X = np.random.default_rng(3).normal(size=(30, 1))
    y = np.repeat(["a", "b", "c"], [1000, 30, 30])
    far = np.concatenate([np.full((1000, 1), 1e6), X, 100 * X])
    sampler = RandomOverSampler(random_state=0, shrinkage=1)
    added = sampler.fit_resample(far, y)[0][1060:, 0]
    noise = added - far[sampler.sample_indices_[1060:], 0]
    h = (4 / (3 * 30)) ** (1 / 5)
    for part, scale in ((noise[:970], 1), (noise[970:], 100)):
        # The standard deviation of m normals has a relative standard error of 1 / sqrt(2 m).
        assert part.std() == pytest.approx(h * X.std() * scale, rel=4 / np.sqrt(2 * 970))


def test_no_shrinkage_at_all_copies() -> None:
    X = np.random.default_rng(4).normal(size=(20, 3))
    smoothed, _ = smooth(X, 30, shrinkage=0)
    copied, _ = smooth(X, 30)
    np.testing.assert_array_equal(smoothed, copied)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_floats_keep_their_width(dtype: type) -> None:
    X = np.random.default_rng(5).normal(size=(40, 2)).astype(dtype)
    assert smooth(X, 10, shrinkage=1)[0].dtype == dtype


def test_float32_far_from_zero_keeps_its_spread() -> None:
    """The standard deviation is summed in float64: 100,000 float32 around 1e4 would drift."""
    X = (1e4 + np.random.default_rng(6).normal(size=(100_000, 1))).astype(np.float32)
    added, sampler = smooth(X, 50_000, shrinkage=1)
    noise = added[:, 0].astype(np.float64) - X[sampler.sample_indices_[200_000:], 0]
    h = (4 / (3 * 100_000)) ** (1 / 5)
    # Rounding to float32 near 1e4 adds an error of up to 5e-4, against noise of about .1.
    assert noise.std() == pytest.approx(h, rel=4 / np.sqrt(2 * 50_000) + 0.005)


@pytest.mark.parametrize("container", ["numpy", "pandas", "polars"])
def test_integers_are_rounded_without_bias(container: str) -> None:
    """The mean stays; truncation toward zero would lower it by a half (a defect of the peer)."""
    X: Any = np.random.default_rng(7).integers(50, 60, size=(200, 2))
    mean, spread = X.mean(axis=0), X.std(axis=0)
    y = np.repeat([0, 1], [200, 20_200])
    X = np.concatenate([X, np.zeros((20_200, 2), dtype=int)])
    if container != "numpy":
        X = (pd if container == "pandas" else pl).DataFrame({"a": X[:, 0], "b": X[:, 1]})
    X_res, _ = RandomOverSampler(random_state=0, shrinkage=1).fit_resample(X, y)
    if container == "pandas":
        assert (X_res.dtypes == np.int64).all()
    elif container == "polars":
        assert X_res.schema == X.schema
    added = np.asarray(X_res)[len(y) :]
    # h is .41 here: noise and rounding make the standard deviation less than 1.3 times as large.
    assert (np.abs(added.mean(axis=0) - mean) < 4 * 1.3 * spread / np.sqrt(20_000)).all()
    assert len(np.unique(added[:, 0])) > 10  # between and beyond the levels there were


def test_shrinkage_by_class() -> None:
    X = np.random.default_rng(8).normal(size=(80, 2))
    y = np.repeat(["a", "b", "c"], [40, 30, 10])
    sampler = RandomOverSampler(random_state=0, shrinkage={"b": 0, "c": 2})
    X_res, y_res = sampler.fit_resample(X, y)
    moved = ~np.isclose(X_res, X[sampler.sample_indices_]).all(axis=1)
    assert not moved[y_res == "b"].any()
    assert moved[80:][y_res[80:] == "c"].all()
    assert sampler.shrinkage_ == {"b": 0.0, "c": 2.0}


def test_pandas_index_names_and_dtypes_are_kept() -> None:
    X = pd.DataFrame(
        {"f": np.arange(6.0, dtype="f4"), "i": np.arange(6), "n": pd.array(range(6), dtype="Int8")},
        index=list("abcdef"),
    )
    y = pd.Series([0, 0, 0, 0, 1, 1], index=X.index, name="y")
    sampler = RandomOverSampler(random_state=0, shrinkage=1)
    X_res, y_res = sampler.fit_resample(X, y)
    pd.testing.assert_series_equal(X_res.dtypes, X.dtypes)
    assert X_res.index.equals(X.index[sampler.sample_indices_])
    assert y_res.index.equals(X_res.index)
    pd.testing.assert_frame_equal(X_res.iloc[:6], X)


@pytest.mark.parametrize("kind", ["csr_array", "csc_array", "csr_matrix", "csc_matrix"])
def test_sparse_keeps_its_kind(kind: str) -> None:
    X = getattr(sparse, kind)(np.random.default_rng(9).normal(size=(12, 3)))
    X_res, _ = RandomOverSampler(random_state=0, shrinkage=1).fit_resample(X, [0] * 9 + [1] * 3)
    assert type(X_res) is type(X)
    assert X_res.shape == (18, 3)
    np.testing.assert_array_equal(X_res.toarray()[:12], X.toarray())


def test_data_already_balanced_come_back_as_they_are() -> None:
    for shrinkage in (None, 1.0):
        for X in (
            np.eye(4),
            pd.DataFrame(np.eye(4)),
            pl.DataFrame(np.eye(4)),
            sparse.eye_array(4, format="csr"),
        ):
            X_res, y_res = RandomOverSampler(shrinkage=shrinkage).fit_resample(X, [0, 0, 1, 1])
            dense = X_res.toarray() if sparse.issparse(X_res) else np.asarray(X_res)
            np.testing.assert_array_equal(dense, np.eye(4))
            assert y_res == [0, 0, 1, 1]


# What is refused ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shrinkage", "message"),
    [
        ({}, r"should contain a shrinkage factor for each class .* missing classes are: \['b'\]"),
        ({"a": 1}, r"missing classes are: \['b'\]"),
        ({"b": -1}, "shrinkage factor needs to be >= 0. Got -1 for class 'b'"),
        (-0.5, "shrinkage factor needs to be >= 0. Got -0.5 for class 'b'"),
        (np.nan, "shrinkage factor needs to be >= 0. Got nan"),
        (np.inf, "shrinkage factor needs to be >= 0. Got inf"),
        ("wide", "shrinkage factor needs to be >= 0. Got 'wide'"),
    ],
)
def test_messages_of_shrinkage(shrinkage: Any, message: str) -> None:
    X, y = np.eye(9), ["a"] * 6 + ["b"] * 3
    with pytest.raises(ValueError, match=message):
        RandomOverSampler(shrinkage=shrinkage).fit_resample(X, y)


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (
            np.array([["x", 1]] * 9, dtype=object),
            "is not None, X needs to contain only numerical d",
        ),
        (pd.DataFrame({"a": ["x"] * 9, "b": range(9)}), r"numerical data, and columns \['a'\] are"),
        (np.full((9, 2), np.nan), r"When shrinkage is not None, X contains NaN or infinity in col"),
        (np.zeros((9, 2, 2)), "only numerical data in two dimensions, got .* 3 dimensions"),
    ],
)
def test_messages_of_smoothing(X: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        RandomOverSampler(shrinkage=1).fit_resample(X, [0] * 6 + [1] * 3)


@pytest.mark.parametrize(
    ("strategy", "message"),
    [
        (
            {"a": 5},
            "asks for 5 rows of class 'a', which has 20: an over-sampler only adds rows. Hin",
        ),
        (0.2, "asks for 4 rows of class 'b', which has 10: an over-sampler only adds rows"),
        ("majority", "of an over-sampler must be one of .* got 'majority'"),
        (
            {"b": 12.5},
            r"holds counts of rows, got 12.5 for class 'b'. Hint: use Ratios\({'b': 12.5}",
        ),
        ({"c": 30}, r"not present in the data: \['c'\]. The classes of `y` are \['a', 'b'\]"),
    ],
)
def test_messages(strategy: Any, message: str) -> None:
    X, y = np.zeros((30, 1)), np.repeat(["a", "b"], [20, 10])
    with pytest.raises(ValueError, match=message):
        RandomOverSampler(sampling_strategy=strategy).fit_resample(X, y)
