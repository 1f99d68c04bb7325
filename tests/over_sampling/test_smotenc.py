"""SMOTE-NC: the paper's distance, the recorded parents, the recorded vote, dtypes as they were."""

from typing import Any, ClassVar

import imblearn.over_sampling
import numpy as np
import pandas as pd
import polars as pl
import pytest
from imblearn.over_sampling._smote.tests import test_smote_nc as peer_tests
from scipy import sparse
from scipy.stats import kstest
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder

from imbalance_kit import SMOTENC
from tests.over_sampling._peer_tests import cases


def mixed_array(n: int = 600, share: float = 0.2) -> tuple[np.ndarray, np.ndarray]:
    """Return two numeric columns around two categorical ones, and labels."""
    rng = np.random.default_rng(0)
    numbers, codes = rng.normal(size=(n, 2)) * [1.0, 7.0], rng.integers(0, 4, (n, 2))
    X = np.column_stack([codes[:, 0], numbers[:, 0], codes[:, 1], numbers[:, 1]]).astype(float)
    return X, (rng.random(n) < share).astype(int)


def mixed_frame(n: int = 400) -> tuple[pd.DataFrame, pd.Series]:
    rng = np.random.default_rng(1)
    labels, index = rng.random(n) < 0.2, [f"row {i}" for i in range(n)]
    missing = rng.random(n) < 0.3
    X = pd.DataFrame(
        {
            "float": rng.normal(size=n),
            "category": pd.Categorical.from_codes(rng.integers(-1, 3, n), list("abcz")),
            "integer": rng.integers(0, 100, n),
            "Int16": pd.array(rng.integers(0, 9, n), dtype="Int16"),
            "bool": rng.random(n) < 0.3,
            "boolean": pd.array(np.where(missing, None, rng.random(n) < 0.5), dtype="boolean"),
            "string": pd.array(rng.choice(["x", "y"], n), dtype="string"),
            "object": np.where(missing, None, rng.choice(["u", "v"], n)),
            "float32": rng.normal(size=n).astype(np.float32),
        },
        index=index,
    )
    return X, pd.Series(np.where(labels, "rare", "common"), index=index, name="label")


# Neighbours ---------------------------------------------------------------------------------------


class Recording(NearestNeighbors):
    """Keeps what imbalanced-learn's samplers find."""

    found: ClassVar[dict[str, np.ndarray]] = {}

    def kneighbors(self, X: Any = None, *args: Any, **kwargs: Any) -> Any:
        indices = super().kneighbors(X, return_distance=False)
        Recording.found["indices"] = indices[:, 1:]
        return indices


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_neighbours_are_those_of_imbalanced_learn(dtype: type) -> None:
    X, y = mixed_array()
    X = X.astype(dtype)
    index = Recording(n_neighbors=6)
    imblearn.over_sampling.SMOTENC([0, 2], k_neighbors=index, random_state=0).fit_resample(X, y)
    sampler = SMOTENC([0, 2], random_state=0)
    sampler.fit_resample(X, y)
    members = np.flatnonzero(y == 1)
    np.testing.assert_array_equal(sampler.neighborhoods_[1], members[Recording.found["indices"]])
    expected = np.median(X[members][:, [1, 3]].std(axis=0))
    np.testing.assert_allclose(sampler.median_std_[1], expected, rtol=1e-5)


def test_an_index_that_is_passed_in_finds_the_same() -> None:
    X, y = mixed_array()
    index = NearestNeighbors(n_neighbors=6)
    own, foreign = (
        SMOTENC([0, 2], k_neighbors=k, random_state=0).fit_resample(X, y)[0] for k in (5, index)
    )
    np.testing.assert_allclose(own, foreign)
    assert index.n_neighbors == 6
    assert not hasattr(index, "n_samples_fit_"), "the object itself was fitted"


def test_integers_count_as_they_are_unlike_in_imbalanced_learn() -> None:
    """There m / sqrt(2) = 2.55 is truncated to 2 where all columns are integers."""
    X, y = mixed_array()
    X = np.rint(X * [1, 9, 1, 1]).astype(int)
    as_float, as_int = SMOTENC([0, 2], random_state=0), SMOTENC([0, 2], random_state=0)
    as_float.fit_resample(X.astype(float), y)
    as_int.fit_resample(X, y)
    np.testing.assert_array_equal(as_int.neighborhoods_[1], as_float.neighborhoods_[1])


def test_duplicates_are_not_mistaken_for_the_row_itself() -> None:
    X, y = mixed_array(200)
    X, y = np.repeat(X, 3, axis=0), np.repeat(y, 3)
    sampler = SMOTENC([0, 2], random_state=0)
    sampler.fit_resample(X, y)
    members = np.flatnonzero(y == 1)
    assert (sampler.neighborhoods_[1] != members[:, None]).all()
    twins = members.reshape(-1, 3)
    for rows, near in zip(twins, sampler.neighborhoods_[1].reshape(-1, 3, 5), strict=True):
        for row, nearest in zip(rows, near, strict=True):
            assert set(nearest[:2]) == set(rows) - {row}


# Provenance ---------------------------------------------------------------------------------------


def test_numbers_lie_between_the_recorded_parents() -> None:
    X, y = mixed_array()
    sampler = SMOTENC([0, 2], random_state=0)
    X_res, y_res = sampler.fit_resample(X, y)
    made = sampler.synthetic_mask_
    np.testing.assert_array_equal(np.flatnonzero(made), np.arange(len(y), len(y_res)))
    seeds, others = sampler.sample_indices_[made], sampler.neighbor_indices_[made]
    steps = sampler.steps_[made, None]
    start, end = X[seeds][:, [1, 3]], X[others][:, [1, 3]]
    np.testing.assert_allclose(X_res[made][:, [1, 3]], start + steps * (end - start), rtol=1e-12)
    place = np.searchsorted(np.flatnonzero(y == 1), seeds)
    assert (sampler.neighborhoods_[1][place] == others[:, None]).any(axis=1).all()


@pytest.mark.parametrize("k", [1, 2, 5])
def test_categories_are_a_most_frequent_level_of_the_recorded_voters(k: int) -> None:
    X, y = mixed_array()
    sampler = SMOTENC([0, 2], k_neighbors=k, random_state=0)
    X_res, _ = sampler.fit_resample(X, y)
    made = sampler.synthetic_mask_
    place = np.searchsorted(np.flatnonzero(y == 1), sampler.sample_indices_[made])
    voters = sampler.neighborhoods_[1][place]
    for j in (0, 2):
        counts = np.array([(X[voters, j] == level).sum(axis=1) for level in range(4)])
        taken = counts[X_res[made, j].astype(int), np.arange(len(voters))]
        np.testing.assert_array_equal(taken, counts.max(axis=0))


def test_seeds_partners_and_steps_are_drawn_evenly() -> None:
    """Kolmogorov-Smirnov, at a level of 1 in 16,000 like four standard errors."""
    X, y = mixed_array(100)
    sampler = SMOTENC([0, 2], sampling_strategy={0: 20_000, 1: 20_000}, random_state=0)
    sampler.fit_resample(X, y)
    level = 1 / 16_000
    for label in (0, 1):
        made = sampler.synthetic_mask_ & np.isin(
            sampler.sample_indices_, np.flatnonzero(y == label)
        )
        members = np.flatnonzero(y == label)
        assert kstest(sampler.steps_[made], "uniform").pvalue > level
        place = np.searchsorted(members, sampler.sample_indices_[made])
        jitter = np.random.default_rng(1).random(len(place))
        assert kstest((place + jitter) / len(members), "uniform").pvalue > level
        rank = (
            sampler.neighborhoods_[label][place] == sampler.neighbor_indices_[made, None]
        ).argmax(1)
        assert kstest((rank + jitter) / 5, "uniform").pvalue > level


def test_integers_are_rounded_without_bias() -> None:
    """The rounding error of 20,000 integers has mean 0, within four of its standard errors."""
    X, y = mixed_array(100)
    X[:, 3] = np.rint(X[:, 3] * 10)
    whole = pd.DataFrame(X, columns=list("abcd")).astype({"d": int})
    strategy = {0: 20_000}
    as_int, _ = SMOTENC([0, 2], sampling_strategy=strategy, random_state=0).fit_resample(whole, y)
    as_float, _ = SMOTENC([0, 2], sampling_strategy=strategy, random_state=0).fit_resample(X, y)
    error = (as_int["d"].to_numpy() - as_float[:, 3])[len(y) :]
    assert as_int["d"].dtype == int
    assert np.abs(error).max() <= 0.5 + 1e-9
    assert abs(error.mean()) < 4 * error.std() / np.sqrt(len(error))


# Containers and dtypes ----------------------------------------------------------------------------


def test_pandas_keeps_dtypes_categories_order_and_index() -> None:
    X, y = mixed_frame()
    sampler = SMOTENC(random_state=0)
    X_res, y_res = sampler.fit_resample(X, y)
    names = ["category", "bool", "boolean", "string", "object"]
    assert X.columns[sampler.categorical_features_].tolist() == names
    pd.testing.assert_series_equal(X_res.dtypes, X.dtypes)
    pd.testing.assert_index_equal(X_res.index, X.index[sampler.sample_indices_])
    assert X_res["category"].cat.categories.tolist() == list("abcz")
    pd.testing.assert_frame_equal(X_res.iloc[: len(X)], X)
    made = X_res[sampler.synthetic_mask_]
    assert made[["category", "boolean", "object"]].isna().any().all(), "missing is a level"
    assert not made[["float", "integer", "Int16", "float32", "bool", "string"]].isna().any().any()
    assert set(made["bool"]) == {True, False}
    assert y_res.value_counts().nunique() == 1


def test_polars_keeps_its_schema() -> None:
    rng = np.random.default_rng(0)
    n = 300
    missing = rng.random(n) < 0.3
    X = pl.DataFrame(
        {
            "float": rng.normal(size=n),
            "categorical": pl.Series(rng.choice(["a", "b"], n), dtype=pl.Categorical),
            "enum": pl.Series(rng.choice(["a", "b"], n), dtype=pl.Enum(["b", "a", "never"])),
            "string": [None if gap else "k" for gap in missing],
            "boolean": rng.random(n) < 0.4,
            "integer": rng.integers(0, 99, n).astype(np.int16),
        }
    )
    y = pl.Series("label", (rng.random(n) < 0.2).astype(int))
    sampler = SMOTENC(random_state=0)
    X_res, y_res = sampler.fit_resample(X, y)
    assert sampler.categorical_features_.tolist() == [1, 2, 3, 4]
    assert X_res.schema == X.schema
    assert X_res.head(n).equals(X)
    assert isinstance(y_res, pl.Series)
    assert set(X_res["string"].tail(50)) == {None, "k"}


@pytest.mark.parametrize(
    "convert",
    [
        np.asfortranarray,
        lambda X: X.tolist(),
        lambda X: X.astype(object),
        sparse.csr_matrix,
        sparse.csc_array,
        lambda X: pd.DataFrame(X),
        lambda X: pl.DataFrame(X),
    ],
    ids=["Fortran order", "list", "object", "csr", "csc", "pandas", "polars"],
)
def test_every_container_gives_the_same_rows(convert: Any) -> None:
    X, y = mixed_array()
    expected, _ = SMOTENC([0, 2], random_state=0).fit_resample(X, y)
    given = convert(X)
    X_res, _ = SMOTENC([0, 2], random_state=0).fit_resample(given, y)
    assert type(X_res) is type(given)
    plain = X_res.toarray() if sparse.issparse(X_res) else np.asarray(X_res)
    np.testing.assert_allclose(plain.astype(float), expected, rtol=1e-14)


def test_objects_keep_their_types() -> None:
    rng = np.random.default_rng(0)
    X = np.empty((60, 3), dtype=object)
    X[:, 0], X[:, 1] = rng.integers(0, 9, 60).tolist(), rng.normal(size=60).tolist()
    X[:, 2] = rng.choice(["a", None], 60)
    y = np.repeat([0, 1], [45, 15])
    X_res, _ = SMOTENC([2], random_state=0).fit_resample(X, y)
    assert [{type(x) for x in column} for column in X_res[60:].T] == [
        {int},
        {float},
        {str, type(None)},
    ]


# What is asked for, and bad input -----------------------------------------------------------------


def test_the_class_s_own_spread_counts() -> None:
    X, y = mixed_array()
    X[y == 1, 1] *= 50
    y[:100] = 2
    sampler = SMOTENC([0, 2], random_state=0)
    sampler.fit_resample(X, y)
    for label in (1, 2):
        expected = np.median(X[y == label][:, [1, 3]].std(axis=0))
        np.testing.assert_allclose(sampler.median_std_[label], expected)


def test_a_class_of_identical_rows_gives_the_same_row() -> None:
    X, y = mixed_array()
    X[y == 1] = [3.0, 1.0, 2.0, -4.0]
    X_res, y_res = SMOTENC([0, 2], random_state=0).fit_resample(X, y)
    np.testing.assert_array_equal(X_res[y_res == 1], [[3.0, 1.0, 2.0, -4.0]] * (y == 0).sum())


def test_fewer_rows_than_neighbours() -> None:
    X, y = mixed_array()
    keep = np.r_[np.flatnonzero(y == 0), np.flatnonzero(y == 1)[:4]]
    sampler = SMOTENC([0, 2], random_state=0)
    with pytest.warns(UserWarning, match="Class 1 has neighbours among 4 rows: 3 of them"):
        sampler.fit_resample(X[keep], y[keep])
    assert sampler.neighborhoods_[1].shape == (4, 3)


def test_one_row() -> None:
    X, y = mixed_array()
    keep = np.r_[np.flatnonzero(y == 0), np.flatnonzero(y == 1)[:1]]
    with pytest.raises(ValueError, match=r"Class 1 has 1 row.*Hint: leave the class out"):
        SMOTENC([0, 2]).fit_resample(X[keep], y[keep])


def test_nothing_to_add() -> None:
    X, y = mixed_array()
    sampler = SMOTENC([0, 2], sampling_strategy={1: int((y == 1).sum())})
    X_res, _ = sampler.fit_resample(X, y)
    np.testing.assert_array_equal(X_res, X)
    assert (sampler.neighbor_indices_ == -1).all()
    assert sampler.neighborhoods_ == {}


def test_a_missing_number_names_its_column() -> None:
    X, y = mixed_frame()
    X.loc["row 3", "float"] = np.nan
    with pytest.raises(ValueError, match=r"NaN or infinity in the numeric columns \['float'\]"):
        SMOTENC().fit_resample(X, y)
    with pytest.raises(ValueError, match=r"Columns \['string'\] are taken for numbers"):
        SMOTENC(["category", "object"]).fit(X, y)


@pytest.mark.parametrize(
    "encoder", [OneHotEncoder(drop="first"), OneHotEncoder(min_frequency=150), OrdinalEncoder()]
)
def test_an_encoder_that_drops_columns(encoder: Any) -> None:
    X, y = mixed_array()
    with pytest.raises(ValueError, match=r"one column per category.*Hint: leave it out"):
        SMOTENC([0, 2], categorical_encoder=encoder).fit_resample(X, y)


def test_a_complete_encoder_changes_nothing() -> None:
    X, y = mixed_frame()
    encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    sampler = SMOTENC(random_state=0, categorical_encoder=encoder)
    encoded, _ = sampler.fit_resample(X, y)
    plain, _ = SMOTENC(random_state=0).fit_resample(X, y)
    pd.testing.assert_frame_equal(encoded, plain)
    assert sampler.categorical_encoder_ is not encoder
    assert len(sampler.categorical_encoder_.categories_) == 5


@pytest.mark.parametrize("k", [0, -1])
def test_too_few_neighbours(k: int) -> None:
    with pytest.raises(ValueError, match="`k_neighbors` must be at least 1"):
        SMOTENC([0, 2], k_neighbors=k).fit_resample(*mixed_array())


def test_no_index() -> None:
    with pytest.raises(TypeError, match="fit and kneighbors"):
        SMOTENC([0, 2], k_neighbors="five").fit_resample(*mixed_array())


# imbalanced-learn's own tests ---------------------------------------------------------------------

DEVIATIONS = {
    "test_smotenc_categorical_encoder": "without an encoder none is fitted: codes are not one-hot",
    "test_smote_nc_categorical_features_auto_error": "columns of objects are found, too",
}


@pytest.mark.parametrize(("test", "arguments"), cases(peer_tests, DEVIATIONS))
@pytest.mark.filterwarnings("ignore:Class .* has neighbours among")  # said where they are silent
def test_what_imbalanced_learn_tests(
    test: Any, arguments: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peer_tests, "SMOTENC", SMOTENC)
    test(**arguments)
