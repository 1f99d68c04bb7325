"""SMOTE-N: the value difference metric, and a vote that the names of the levels do not decide."""

import warnings
from typing import Any

import imblearn.over_sampling
import numpy as np
import pandas as pd
import polars as pl
import pytest
from imblearn.metrics.pairwise import ValueDifferenceMetric
from imblearn.over_sampling._smote.tests import test_smoten as peer_tests
from scipy import sparse
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder

from imbalance_kit import SMOTEN
from tests.over_sampling._peer_tests import cases

# imbalanced-learn calls what SciPy 1.18 deprecates.
DISTANCES = pytest.mark.filterwarnings(
    "ignore:.* is deprecated in favor of `scipy.spatial.distance:DeprecationWarning"
)


def levels(n: int = 600, n_columns: int = 4) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    X = rng.integers(0, 6, (n, n_columns))
    return X, (rng.random(n) < 0.1 + 0.05 * X[:, 0]).astype(int)


def voters(sampler: SMOTEN, y: np.ndarray, label: Any = 1) -> np.ndarray:
    """Return the voters of each synthetic row, by what the docstring says."""
    seeds = sampler.sample_indices_[sampler.synthetic_mask_]
    place = np.searchsorted(np.flatnonzero(y == label), seeds)
    return np.column_stack([seeds, sampler.neighborhoods_[label][place]])


def test_the_example_of_the_paper() -> None:
    """Chawla et al. (2002), section 6.2: from ABCDE, with the neighbours AFCGN and HBCDN, ABCDN."""
    X = np.array([list("ABCDE"), list("AFCGN"), list("HBCDN")] + [list("-----")] * 60, dtype=object)
    y = np.repeat([1, 0], [3, 60])
    sampler = SMOTEN(k_neighbors=2, random_state=0)
    X_res, _ = sampler.fit_resample(X, y)
    from_first = X_res[(sampler.sample_indices_ == 0) & sampler.synthetic_mask_]
    assert len(from_first) > 0
    assert {"".join(row) for row in from_first} == {"ABCDN"}


@DISTANCES
@pytest.mark.parametrize("n_classes", [2, 3])
def test_neighbours_are_nearest_by_the_metric_of_imbalanced_learn(n_classes: int) -> None:
    X, y = levels()
    if n_classes == 3:
        y[X[:, 1] == 2] = 2
    sampler = SMOTEN(sampling_strategy={1: 400}, random_state=0)
    sampler.fit_resample(X, y)
    members = np.flatnonzero(y == 1)
    away = ValueDifferenceMetric().fit(X, y).pairwise(X[members])
    np.fill_diagonal(away, np.inf)
    near = np.searchsorted(members, sampler.neighborhoods_[1])
    np.testing.assert_allclose(
        np.take_along_axis(away, near, axis=1), np.sort(away, axis=1)[:, :5], atol=1e-14
    )


def test_levels_are_a_most_frequent_one_of_the_recorded_voters() -> None:
    X, y = levels()
    sampler = SMOTEN(random_state=0)
    X_res, _ = sampler.fit_resample(X, y)
    made, voting = X_res[sampler.synthetic_mask_], voters(sampler, y)
    for j in range(4):
        counts = np.array([(X[voting, j] == level).sum(axis=1) for level in range(6)])
        np.testing.assert_array_equal(counts[made[:, j], np.arange(len(made))], counts.max(axis=0))


@DISTANCES
def test_names_do_not_decide_unlike_in_imbalanced_learn() -> None:
    """Three red rows and five blue ones, all neighbours: of a red seed's voters half are red."""
    y = np.array([1] * 8 + [0] * 200)

    def red(sampler: Any, blue: str) -> float:
        X = np.array([["red"]] * 3 + [[blue]] * 5 + [["red"], [blue]] * 100, dtype=object)
        return (sampler.fit_resample(X, y)[0][208:] == "red").mean()

    peer = imblearn.over_sampling.SMOTEN(random_state=0)
    assert red(peer, "blue") == 0
    assert red(peer, "zaffre") > 0.3
    ours = red(SMOTEN(random_state=0), "blue"), red(SMOTEN(random_state=0), "zaffre")
    assert ours[0] == ours[1]


def test_a_tie_has_even_chances() -> None:
    """Two rows of a class, two levels: of 20,000 rows half, within four standard errors."""
    X = np.array([["a"], ["b"]] + [["a"]] * 50, dtype=object)
    y = np.array([1, 1] + [0] * 50)
    sampler = SMOTEN(k_neighbors=1, sampling_strategy={1: 20_002}, random_state=0)
    made = sampler.fit_resample(X, y)[0][52:]
    assert abs((made == "a").mean() - 0.5) < 4 * 0.5 / np.sqrt(20_000)


def test_pandas_keeps_dtypes_categories_order_and_index() -> None:
    rng = np.random.default_rng(0)
    n = 200
    X = pd.DataFrame(
        {
            "category": pd.Categorical.from_codes(rng.integers(-1, 3, n), list("abcz")),
            "Int64": pd.array(np.where(rng.random(n) < 0.3, None, 7), dtype="Int64"),
            "bool": rng.random(n) < 0.3,
            "object": rng.choice(["u", "v"], n),
            "float": rng.choice([0.5, np.nan], n),
            "time": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 3, n), "D"),
        },
        index=np.arange(n) * 2,
    )
    y = np.repeat(["a", "b"], [150, 50])
    sampler = SMOTEN(random_state=0)
    X_res, _ = sampler.fit_resample(X, y)
    pd.testing.assert_series_equal(X_res.dtypes, X.dtypes)
    pd.testing.assert_index_equal(X_res.index, X.index[sampler.sample_indices_])
    assert X_res["category"].cat.categories.tolist() == list("abcz")
    assert X_res.iloc[n:][["category", "Int64", "float"]].isna().any().all()


@pytest.mark.parametrize(
    "convert",
    [
        np.asfortranarray,
        lambda X: X.tolist(),
        lambda X: X.astype(object),
        lambda X: X.astype(str),
        lambda X: pd.DataFrame(X).astype("category"),
        lambda X: pl.DataFrame(X),
    ],
    ids=["Fortran order", "list", "object", "text", "pandas", "polars"],
)
def test_every_container_gives_the_same_rows(convert: Any) -> None:
    X, y = levels()
    expected, _ = SMOTEN(random_state=0).fit_resample(X, y)
    given = convert(X)
    X_res, _ = SMOTEN(random_state=0).fit_resample(given, y)
    assert type(X_res) is type(given)
    np.testing.assert_array_equal(np.asarray(X_res).astype(int), expected)


def test_weights_are_carried_and_restored() -> None:
    X, y = levels()
    weights = np.random.default_rng(1).exponential(size=len(y))
    sampler = SMOTEN(random_state=0)
    _, y_res = sampler.fit_resample(X, y, sample_weight=weights)
    assert sampler.categorical_encoder_ is None  # numbers are their own codes
    np.testing.assert_array_equal(sampler.carried_weight_, weights[sampler.sample_indices_])
    restored = np.bincount(y_res, sampler.sample_weight_)
    np.testing.assert_allclose(restored, np.bincount(y, weights), rtol=1e-12)


@pytest.mark.parametrize("make", [sparse.csr_matrix, sparse.csc_array])
def test_sparse_stays_sparse(make: Any) -> None:
    X, y = levels()
    expected, _ = SMOTEN(random_state=0).fit_resample(X, y)
    X_res, _ = SMOTEN(random_state=0).fit_resample(make(X), y)
    assert type(X_res) is type(make(X))
    np.testing.assert_array_equal(X_res.toarray(), expected)


def test_an_encoder_says_which_levels_are_one() -> None:
    """Merged levels are voted for together, and come out as the values of the rows that won."""
    X, y = levels()
    encoder = OrdinalEncoder(min_frequency=0.5)  # no level is: all are one
    sampler = SMOTEN(encoder, random_state=0)
    X_res, _ = sampler.fit_resample(X, y)
    first = np.flatnonzero(y == 1)[:6]
    np.testing.assert_array_equal(sampler.neighborhoods_[1][0], first[1:])
    assert set(X_res.ravel()) <= set(range(6))
    plain, _ = SMOTEN(random_state=0).fit_resample(X, y)
    same, _ = SMOTEN(OrdinalEncoder(), random_state=0).fit_resample(X, y)
    np.testing.assert_array_equal(same, plain)
    with pytest.raises(ValueError, match=r"24 columns for 4 features.*OrdinalEncoder"):
        SMOTEN(OneHotEncoder()).fit_resample(X, y)


def test_bad_input() -> None:
    X, y = levels()
    with pytest.raises(TypeError, match=r"must be an int.*Hint: give the number"):
        SMOTEN(k_neighbors=NearestNeighbors(n_neighbors=6)).fit_resample(X, y)
    few = np.r_[np.flatnonzero(y == 0), np.flatnonzero(y == 1)[:3]]
    with pytest.warns(UserWarning, match="Class 1 has neighbours among 3 rows"):
        SMOTEN().fit_resample(X[few], y[few])
    with pytest.raises(ValueError, match="Class 1 has 1 row"):
        SMOTEN().fit_resample(X[few[:-2]], y[few[:-2]])
    with pytest.raises(ValueError, match=r"Hint: reshape"):
        SMOTEN().fit_resample(X[:, 0], y)


DEVIATIONS = {
    "test_smoten": "without an encoder none is fitted",
    "test_smoten_categorical_encoder": "without an encoder none is fitted",
    "test_smoten_resampling": "it rests on 'blue' coming before 'red' in the alphabet",
    "test_smoten_sparse_input": "no warning: the codes of a column take a byte per row",
}


@pytest.mark.parametrize(("test", "arguments"), cases(peer_tests, DEVIATIONS))
def test_what_imbalanced_learn_tests(
    test: Any, arguments: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peer_tests, "SMOTEN", SMOTEN)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        test(**arguments)
