"""SMOTE, and what all of its family do: parents, steps, containers, bad input."""

import tracemalloc
from typing import Any

import imblearn.over_sampling
import numpy as np
import pandas as pd
import polars as pl
import polars.testing
import pytest
from imblearn.over_sampling._smote.tests import test_smote as peer_tests
from scipy import sparse
from scipy.stats import chisquare, kstest
from sklearn.neighbors import KDTree, NearestNeighbors

from imbalance_kit import ADASYN, SMOTE, SVMSMOTE, BorderlineSMOTE, KMeansSMOTE, Ratios
from tests.over_sampling._clouds import SHAPES, clouds, made
from tests.over_sampling._peer_tests import cases

FAMILY = [SMOTE, BorderlineSMOTE, SVMSMOTE, KMeansSMOTE, ADASYN]
BY_CLASS = [
    SMOTE(),
    BorderlineSMOTE(),
    SVMSMOTE(),
    KMeansSMOTE(kmeans_estimator=2, cluster_balance_threshold=0.05),
    ADASYN(),
]
CHANCE = 1 - 0.99994  # four standard errors

pytestmark = pytest.mark.filterwarnings("ignore:No cluster holds")


def named(thing: Any) -> str:
    return (thing if isinstance(thing, type) else type(thing)).__name__


# Parents and steps --------------------------------------------------------------------------------


@pytest.mark.parametrize(("sizes", "n_features", "distance"), SHAPES)
def test_neighbours_are_the_nearest_of_the_class(
    sizes: tuple[int, ...], n_features: int, distance: float
) -> None:
    X, y = clouds(sizes, n_features, distance)
    sampler = SMOTE(random_state=0, k_neighbors=3)
    sampler.fit_resample(X, y)
    seeds, neighbors, _ = made(sampler)
    for label in range(1, len(sizes)):
        members = np.flatnonzero(y == label)
        nearest = members[NearestNeighbors(n_neighbors=4).fit(X[members]).kneighbors()[1][:, :3]]
        of_class = y[seeds] == label
        position = np.searchsorted(members, seeds[of_class])
        assert (nearest[position] == neighbors[of_class, None]).any(axis=1).all()


def test_seeds_and_neighbours_are_drawn_evenly() -> None:
    """10 seeds with 3 neighbours each in 30,000 draws: Pearson's statistic is chi-squared(29)."""
    X, y = clouds((30_010, 10))
    sampler = SMOTE(random_state=0, k_neighbors=3)
    sampler.fit_resample(X, y)
    seeds, neighbors, _ = made(sampler)
    pairs = np.unique(seeds * len(y) + neighbors, return_counts=True)[1]
    assert len(pairs) == 30
    assert chisquare(pairs).pvalue > CHANCE


@pytest.mark.parametrize("sampler", BY_CLASS, ids=named)
def test_steps_are_uniform(sampler: Any) -> None:
    X, y = clouds((900, 200, 100))
    sampler.set_params(random_state=0).fit_resample(X, y)
    steps = made(sampler)[2]
    if isinstance(sampler, SVMSMOTE):
        assert (steps > -0.5).all()
        assert kstest(-steps[steps < 0] / 0.5, "uniform").pvalue > CHANCE
        steps = steps[steps > 0]
    assert len(steps) > 400
    assert kstest(steps, "uniform").pvalue > CHANCE


@pytest.mark.parametrize("sampler", BY_CLASS, ids=named)
def test_neighbours_are_of_the_class_and_never_the_seed(sampler: Any) -> None:
    X, y = clouds((90, 40, 20))
    sampler.set_params(random_state=0).fit_resample(X, y)
    seeds, neighbors, _ = made(sampler)
    assert (seeds != neighbors).all()
    np.testing.assert_array_equal(y[seeds], y[neighbors])


@pytest.mark.parametrize("cls", FAMILY, ids=named)
@pytest.mark.parametrize("strategy", ["auto", "all", "minority", {1: 61, 2: 21}, Ratios({2: 0.5})])
def test_counts_asked_for_are_delivered(cls: Any, strategy: Any) -> None:
    X, y = clouds((90, 60, 20))
    sampler = cls(sampling_strategy=strategy, random_state=0)
    _, y_res = sampler.fit_resample(X, y)
    added = {k: int((y_res[len(y) :] == k).sum()) for k in sampler.sampling_strategy_}
    assert added == sampler.sampling_strategy_
    assert not sampler.shift_.exact
    after = np.bincount(y_res) / np.bincount(y)
    assert list(sampler.shift_.factors.values()) == pytest.approx(after.tolist())


@pytest.mark.parametrize("cls", FAMILY, ids=named)
def test_nothing_is_added_where_nothing_is_asked_for(cls: Any) -> None:
    X, y = clouds((30, 30))
    sampler = cls(random_state=0)
    X_res, y_res = sampler.fit_resample(X, y)
    np.testing.assert_array_equal(X_res, X)
    np.testing.assert_array_equal(y_res, y)
    assert not sampler.synthetic_mask_.any()
    assert (sampler.neighbor_indices_ == -1).all()
    assert np.isnan(sampler.steps_).all()


@pytest.mark.parametrize("cls", FAMILY, ids=named)
def test_weights_follow_the_seeds(cls: Any) -> None:
    X, y = clouds((60, 20))
    weights = np.random.default_rng(0).uniform(1, 3, len(y))
    sampler = cls(random_state=0)
    _, y_res = sampler.fit_resample(X, y, sample_weight=weights)
    np.testing.assert_array_equal(sampler.carried_weight_, weights[sampler.sample_indices_])
    restored = np.bincount(y_res, sampler.sample_weight_)
    np.testing.assert_allclose(restored, np.bincount(y, weights))


def test_a_class_of_its_own_is_what_smote_draws_from() -> None:
    """imbalanced-learn starts the same stream for every class: one class's draws are another's."""
    y = np.repeat([0, 1, 2], [400, 40, 40])
    X = np.random.default_rng(0).normal(size=(len(y), 2))
    X[y == 2] = X[y == 1]
    sampler = SMOTE(random_state=0)
    X_res, _ = sampler.fit_resample(X, y)
    assert not np.allclose(X_res[480:840], X_res[840:])
    X_res, _ = imblearn.over_sampling.SMOTE(random_state=0).fit_resample(X, y)
    assert np.allclose(X_res[480:840], X_res[840:]), "the defect is gone: drop this comparison"


def test_copies_do_not_hide_a_row_from_itself() -> None:
    """Every row twice, one neighbour: it is the copy, never the row itself."""
    X, y = clouds((60, 10))
    twice = np.repeat(np.arange(len(y)), np.where(y == 1, 2, 1))
    sampler = SMOTE(random_state=0, k_neighbors=1)
    sampler.fit_resample(X[twice], y[twice])
    seeds, neighbors, _ = made(sampler)
    assert (np.abs(seeds - neighbors) == 1).all()
    np.testing.assert_array_equal(X[twice][seeds], X[twice][neighbors])


# Containers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("cls", FAMILY, ids=named)
def test_frames_keep_dtypes_and_the_order_of_columns(cls: Any) -> None:
    X, y = clouds((60, 20), 3)
    frame = pd.DataFrame(
        {"z": X[:, 0].astype("f4"), "a": np.rint(9 * X[:, 1]).astype("i2"), "m": X[:, 2]},
        index=np.arange(len(y))[::-1],
    ).astype({"m": "Float64"})
    sampler = cls(random_state=0)
    X_res, y_res = sampler.fit_resample(frame, pd.Series(y, index=frame.index, name="label"))
    pd.testing.assert_series_equal(X_res.dtypes, frame.dtypes)
    pd.testing.assert_frame_equal(X_res.iloc[: len(y)], frame)
    np.testing.assert_array_equal(X_res.index, frame.index[sampler.sample_indices_])
    np.testing.assert_array_equal(X_res.index, y_res.index)

    polar = pl.DataFrame(
        {"z": X[:, 0], "a": frame["a"].to_numpy()}, schema_overrides={"z": pl.Float32}
    )
    X_res, _ = cls(random_state=0).fit_resample(polar, y)
    assert X_res.schema == polar.schema
    pl.testing.assert_frame_equal(X_res.head(len(y)), polar)


@pytest.mark.parametrize("cls", FAMILY, ids=named)
def test_integers_are_rounded_without_bias(cls: Any) -> None:
    """The error of rounding is uniform over [-.5, .5], of standard deviation 1 / sqrt(12).

    imbalanced-learn truncates towards zero: a mean error of -.5 where numbers are positive.
    """
    X, y = clouds((2000, 100), 3)
    whole = np.rint(1000 * (X + 10)).astype(np.int32)
    sampler = cls(random_state=0)
    X_res, _ = sampler.fit_resample(whole, y)
    assert X_res.dtype == np.int32
    seeds, neighbors, steps = made(sampler)
    exact = whole[seeds] + steps[:, None] * (whole[neighbors] - whole[seeds])
    error = X_res[len(y) :] - exact
    assert np.abs(error).max() <= 0.5
    assert abs(error.mean()) < 4 / np.sqrt(12 * error.size)


@pytest.mark.parametrize("cls", FAMILY, ids=named)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_floats_keep_their_precision(cls: Any, dtype: Any) -> None:
    X, y = clouds((60, 20), 3)
    for given in (X.astype(dtype), sparse.csr_matrix(X.astype(dtype))):
        assert cls(random_state=0).fit_resample(given, y)[0].dtype == dtype


def _random_sparse(rng: np.random.Generator, shape: tuple[int, int], n_values: int) -> Any:
    at = tuple(rng.integers(size, size=n_values, dtype=np.int32) for size in shape)
    return sparse.coo_array((rng.random(n_values), at), shape=shape).tocsr()


@pytest.mark.parametrize("cls", FAMILY, ids=named)
@pytest.mark.parametrize("form", ["csr", "csc"])
@pytest.mark.filterwarnings("ignore:No row of class")
def test_sparse_stays_sparse(cls: Any, form: str) -> None:
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], [150, 50])
    X = _random_sparse(rng, (200, 40), 800).asformat(form)
    sampler = cls(random_state=0)
    X_res, _ = sampler.fit_resample(X, y)
    assert type(X_res) is type(X)
    dense, (seeds, neighbors, steps) = X.toarray(), made(sampler)
    expected = dense[seeds] + steps[:, None] * (dense[neighbors] - dense[seeds])
    np.testing.assert_allclose(X_res.toarray()[200:], expected, atol=1e-12)


@pytest.mark.parametrize("cls", FAMILY, ids=named)
@pytest.mark.filterwarnings("ignore:No row of class")
def test_sparse_rows_are_never_spread_out_at_once(cls: Any) -> None:
    """Spread out, the input would take 400 MB; blocks of 256 rows and their scores take 40."""
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], [900, 100])
    X = _random_sparse(rng, (1000, 50_000), 25_000)
    options = {"kmeans_estimator": 1} if cls is KMeansSMOTE else {}
    tracemalloc.start()
    X_res, _ = cls(random_state=0, n_jobs=1, **options).fit_resample(X, y)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sparse.issparse(X_res)
    assert peak < 200e6


# Neighbours of one's own choice, and too few of them ----------------------------------------------


class KDTreeIndex:
    """The least that is asked of an index: no n_jobs, no kneighbors_graph."""

    def __init__(self, n_neighbors: int = 6) -> None:
        self.n_neighbors = n_neighbors

    def fit(self, X: Any, y: Any = None) -> Any:
        self.tree_ = KDTree(X)
        return self

    def kneighbors(
        self, X: Any, n_neighbors: int | None = None, return_distance: bool = True
    ) -> Any:
        found = self.tree_.query(X, k=n_neighbors or self.n_neighbors)
        return found if return_distance else found[1]

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        return {"n_neighbors": self.n_neighbors}

    def set_params(self, **params: Any) -> Any:
        self.__dict__.update(params)
        return self


@pytest.mark.parametrize("cls", FAMILY, ids=named)
@pytest.mark.parametrize("index", [KDTreeIndex, NearestNeighbors])
def test_an_index_of_ones_own_is_asked(cls: Any, index: Any) -> None:
    """It counts the row itself, so that 6 of its neighbours are 5 of ours."""
    X, y = clouds((90, 40, 20))
    name = "n_neighbors" if cls is ADASYN else "k_neighbors"
    own = cls(random_state=0, **{name: 5})
    other = cls(random_state=0, **{name: index(n_neighbors=6)})
    np.testing.assert_allclose(own.fit_resample(X, y)[0], other.fit_resample(X, y)[0])


@pytest.mark.parametrize("cls", [SMOTE, ADASYN, BorderlineSMOTE, SVMSMOTE], ids=named)
def test_few_rows_shrink_the_number_of_neighbours(cls: Any) -> None:
    X, y = clouds((40, 3), distance=0.5)
    sampler = cls(random_state=0)
    with pytest.warns(
        UserWarning, match=r"Class 1 has neighbours among 3 rows: 2 of them are used"
    ):
        _, y_res = sampler.fit_resample(X, y)
    np.testing.assert_array_equal(np.bincount(y_res), [40, 40])


@pytest.mark.parametrize("cls", FAMILY, ids=named)
def test_one_row_is_refused_with_a_way_out(cls: Any) -> None:
    X, y = clouds((40, 1))
    with pytest.raises(ValueError, match=r"Class 1 has 1 row.*Hint: .*RandomOverSampler\(sampl"):
        cls(random_state=0).fit_resample(X, y)


@pytest.mark.parametrize("cls", FAMILY, ids=named)
@pytest.mark.filterwarnings("ignore:No row of class", "ignore:Number of distinct clusters")
def test_identical_rows_give_more_of_them(cls: Any) -> None:
    X, y = clouds((60, 12))
    X[y == 1] = [3.0, -3.0]
    X_res, y_res = cls(random_state=0).fit_resample(X, y)
    np.testing.assert_array_equal(np.bincount(y_res), [60, 60])
    assert (X_res[y_res == 1] == [3.0, -3.0]).all()


# Bad input ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        (np.where(np.eye(12, 2), np.nan, 1.0), ValueError, r"NaN or infinity in columns \[0, 1\]"),
        (np.full((12, 2), np.inf), ValueError, r"NaN or infinity in columns \[0, 1\]. Hint: imp"),
        (
            pd.DataFrame({"a": [None, *range(11)], "b": np.arange(12.0)}),
            ValueError,
            r"NaN or infinity in columns \['a'\]",
        ),
        (
            pl.DataFrame({"a": [None, *range(11)], "b": np.arange(12.0)}),
            ValueError,
            r"NaN or infinity in columns \['a'\]",
        ),
        (
            pd.DataFrame({"a": np.arange(12.0), "b": list("xy") * 6, "c": [True, False] * 6}),
            ValueError,
            r"columns \['b', 'c'\] are not. Hint: encode them first, .*SMOTENC",
        ),
        (pl.DataFrame({"a": list("xy") * 6}), ValueError, r"columns \['a'\] are not.*SMOTENC"),
        (np.ones((12, 2), dtype=bool), ValueError, "dtype bool .*SMOTENC"),
        (np.array([["x"]] * 12), ValueError, r"numerical data.*SMOTENC"),
        (np.array([["x"]] * 12, dtype=object), ValueError, r"convert string.*SMOTENC"),
        (np.array([[{}]] * 12, dtype=object), TypeError, "argument must be"),
        (np.ones((12, 2), dtype=complex), ValueError, "Complex data not supported"),
        (np.ones(12), ValueError, "1 dimensions"),
        (np.ones((12, 2, 2)), ValueError, "3 dimensions"),
        (sparse.csr_array(np.full((12, 2), np.nan)), ValueError, r"in columns \[0, 1\]"),
    ],
)
@pytest.mark.parametrize("cls", [SMOTE, SVMSMOTE], ids=named)
def test_rows_that_are_no_numbers(cls: Any, X: Any, error: Any, message: str) -> None:
    y = [0] * 8 + [1] * 4
    for method in ("fit", "fit_resample", "fit_weights"):
        with pytest.raises(error, match=message):
            getattr(cls(), method)(X, y)


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        (0, ValueError, "must be at least 1"),
        ("5", TypeError, "must be an int, or an object with"),
        (2.5, TypeError, "must be an int, or an object with"),
        (True, TypeError, "must be an int, or an object with"),
        (NearestNeighbors, TypeError, "must be an int, or an object with"),
        (object(), TypeError, "must be an int, or an object with"),
        (NearestNeighbors(n_neighbors=1), ValueError, "is 1: expected an integer of at least 2"),
    ],
)
@pytest.mark.parametrize(
    ("cls", "name"),
    [(SMOTE, "k_neighbors"), (BorderlineSMOTE, "m_neighbors"), (ADASYN, "n_neighbors")],
)
def test_neighbours_that_are_none(
    cls: Any, name: str, value: Any, error: Any, message: str
) -> None:
    X, y = clouds((30, 10))
    with pytest.raises(error, match=rf"`{name}`.*{message}"):
        cls(**{name: value}).fit_resample(X, y)


DEVIATIONS = {
    "test_sample_regular": "fixed rows: others are drawn for a seed",
    "test_sample_regular_half": "fixed rows: others are drawn for a seed",
    "test_sample_regular_with_nn": "fixed rows: others are drawn for a seed",
}


@pytest.mark.parametrize(("test", "arguments"), cases(peer_tests, DEVIATIONS))
def test_what_imbalanced_learn_tests(
    test: Any, arguments: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peer_tests, "SMOTE", SMOTE)
    test(**arguments)
