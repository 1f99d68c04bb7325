"""Rows of every container: the same kind comes back, with dtypes, index, order and categories."""

import datetime
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import polars.testing
import pytest
from scipy import sparse

from imbalance_kit import SMOTEN, NonuniformNegativeSampler
from imbalance_kit._utils._containers import (
    concat_rows,
    is_dataframe,
    n_rows,
    take_rows,
)

N = 12
ROWS = np.array([11, 0, 0, 7])
ALL_AND_ROWS = np.concatenate([np.arange(N), ROWS])
EMPTY = np.array([], dtype=np.intp)
STAMPS = pd.date_range("2024-03-30", periods=N, freq="h")


def mixed_frame() -> pd.DataFrame:
    """One column of nearly every dtype that pandas knows, with missing values."""
    numbers = np.arange(N)
    frame = pd.DataFrame(
        {
            "int8": numbers.astype("i1"),
            "uint64": numbers.astype("u8") + 2**63,
            "float32": numbers.astype("f4"),
            "bool": numbers % 2 == 0,
            "complex": numbers * 1j,
            "object": [{"a": i} for i in range(N)],
            "str": [f"row {i}" for i in range(N)],
            "category": pd.Categorical(list("abc") * 4, categories=list("cbaz"), ordered=True),
            "Int64": pd.array([None, *range(1, N)], dtype="Int64"),
            "boolean": pd.array([None, True] * (N // 2), dtype="boolean"),
            "string": pd.array([None, "x"] * (N // 2), dtype="string"),
            "datetime": STAMPS,
            "datetime, zone": STAMPS.tz_localize("UTC").tz_convert("Europe/Paris"),
            "timedelta": STAMPS - STAMPS[3],
            "period": STAMPS.to_period("h"),
            "interval": pd.interval_range(0, N),
            "sparse": pd.arrays.SparseArray(numbers % 3, fill_value=0),
            "arrow": pd.Series([None, *range(1, N)], dtype="int32[pyarrow]"),
            "arrow text": pd.Series([None, "x"] * (N // 2), dtype="string[pyarrow]"),
        }
    )
    frame.index = pd.Index([f"id {i}" for i in range(N)], name="id")
    return frame


def duplicate_names() -> pd.DataFrame:
    return pd.DataFrame(np.arange(3.0 * N).reshape(N, 3), columns=["a", "b", "a"])


def many_levels() -> pd.DataFrame:
    frame = pd.DataFrame(np.arange(4.0 * N).reshape(N, 4))
    frame.columns = pd.MultiIndex.from_product([["x", "y"], [1, 2]], names=["letter", "number"])
    frame.index = pd.MultiIndex.from_arrays([np.arange(N) % 2, np.arange(N)])
    return frame


PANDAS: dict[str, Callable[[], Any]] = {
    "mixed frame": mixed_frame,
    "duplicate column names": duplicate_names,
    "levels in columns and index": many_levels,
    "duplicate index": lambda: pd.DataFrame({"a": range(N)}, index=[0, 1] * (N // 2)),
    "no columns": lambda: pd.DataFrame(index=range(N)),
    "numbers as names": lambda: pd.DataFrame(np.eye(N)),
    "series": lambda: pd.Series(range(N), name="y", index=STAMPS),
    "category series": lambda: mixed_frame()["category"],
    "datetime series": lambda: mixed_frame()["datetime, zone"],
}


@pytest.mark.parametrize("name", PANDAS)
def test_pandas(name: str) -> None:
    X = PANDAS[name]()
    check = pd.testing.assert_series_equal if X.ndim == 1 else pd.testing.assert_frame_equal
    before = X.copy(deep=True)
    check(take_rows(X, ROWS), X.iloc[ROWS])
    check(take_rows(X, ALL_AND_ROWS, n_first=N), X.iloc[[*range(N), *ROWS]])
    check(take_rows(X, EMPTY), X.iloc[:0])
    check(take_rows(X, np.arange(N), n_first=N), X)
    check(concat_rows(X, X.iloc[ROWS]), X.iloc[[*range(N), *ROWS]]) if X.ndim == 2 else None
    check(X, before)
    assert n_rows(X) == N
    assert is_dataframe(X) == (X.ndim == 2)


def polars_frame() -> pl.DataFrame:
    numbers = np.arange(N)
    return pl.DataFrame(
        {
            "int8": pl.Series(numbers, dtype=pl.Int8),
            "float32": pl.Series(numbers, dtype=pl.Float32),
            "null": [None, *range(1, N)],
            "bool": [True, None] * (N // 2),
            "text": [f"row {i}" for i in range(N)],
            "category": pl.Series(["a", "b", None] * 4, dtype=pl.Categorical),
            "enum": pl.Series(["a", "b", "c"] * 4, dtype=pl.Enum(["c", "b", "a"])),
            "date": [datetime.date(2024, 1, 1 + i) for i in range(N)],
            "datetime": pl.Series(STAMPS.to_list()).dt.replace_time_zone("Asia/Tokyo"),
            "list": [[i] * i for i in range(N)],
            "struct": [{"a": i, "b": str(i)} for i in range(N)],
        }
    )  # fmt: skip


@pytest.mark.parametrize("column", [None, "int8", "category", "list"])
def test_polars(column: str | None) -> None:
    frame = polars_frame()
    X: Any = frame if column is None else frame[column]
    check: Any = pl.testing.assert_frame_equal if column is None else pl.testing.assert_series_equal
    check(take_rows(X, ROWS), X[ROWS.tolist()])
    check(take_rows(X, ALL_AND_ROWS, n_first=N), X[[*range(N), *ROWS.tolist()]])
    check(take_rows(X, EMPTY), X.head(0))
    check(take_rows(X, np.arange(N), n_first=N), X)
    assert n_rows(X) == N
    assert is_dataframe(X) == (column is None)
    if column is None:
        check(concat_rows(X, X[ROWS.tolist()]), take_rows(X, ALL_AND_ROWS, n_first=N))


@pytest.mark.parametrize("kind", ["array", "matrix"])
@pytest.mark.parametrize("layout", ["csr", "csc", "coo", "lil", "dok", "bsr"])
@pytest.mark.parametrize("dtype", [np.int8, np.float32, np.float64, bool])
def test_sparse(layout: str, kind: str, dtype: type) -> None:
    dense = (np.random.default_rng(0).random((N, 5)) < 0.4).astype(dtype)
    X = getattr(sparse, f"{layout}_{kind}")(dense)
    for got, expected in [
        (take_rows(X, ROWS), dense[ROWS]),
        (take_rows(X, ALL_AND_ROWS, n_first=N), np.concatenate([dense, dense[ROWS]])),
        (take_rows(X, EMPTY), dense[:0]),
        (concat_rows(X, take_rows(X, ROWS)), np.concatenate([dense, dense[ROWS]])),
    ]:
        assert type(got) is type(X)
        assert got.dtype == dtype
        np.testing.assert_array_equal(got.toarray(), expected)
    np.testing.assert_array_equal(X.toarray(), dense)
    assert n_rows(X) == N


@pytest.mark.parametrize("make", [list, tuple])
def test_lists_keep_their_rows_as_they_are(make: type) -> None:
    rows = [[i, str(i), None] for i in range(N)]
    X = make(rows)
    assert take_rows(X, ROWS) == [rows[i] for i in ROWS]
    assert take_rows(X, ROWS)[0] is rows[11]
    assert take_rows(X, ALL_AND_ROWS, n_first=N) == rows + [rows[i] for i in ROWS]
    assert concat_rows(X, [[1]]) == [*rows, [1]]
    assert n_rows(X) == N


class OnlyAnArray:
    """What a tensor of another library looks like."""

    def __init__(self, values: np.ndarray) -> None:
        self.values = values

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return self.values


def test_anything_with_rows_becomes_an_array() -> None:
    X = np.arange(2 * N).reshape(N, 2)
    np.testing.assert_array_equal(take_rows(OnlyAnArray(X), ROWS), X[ROWS])
    assert n_rows(OnlyAnArray(X)) == N


def test_arrays() -> None:
    X = np.arange(2.0 * N).reshape(N, 2)
    np.testing.assert_array_equal(take_rows(X, ROWS), X[ROWS])
    np.testing.assert_array_equal(
        take_rows(X, ALL_AND_ROWS, n_first=N), np.concatenate([X, X[ROWS]])
    )
    np.testing.assert_array_equal(concat_rows(X, X[:2]), np.concatenate([X, X[:2]]))
    assert not is_dataframe(X)
    assert not is_dataframe(X.tolist())


@pytest.mark.parametrize(
    "wrong",
    [5, None, np.array(3.0), pl.LazyFrame({"a": [1]})],
    ids=lambda wrong: type(wrong).__name__,
)
def test_what_has_no_rows(wrong: Any) -> None:
    with pytest.raises(
        TypeError, match=r"Expected (rows|an array, a sparse matrix, a DataFrame or a)"
    ):
        n_rows(wrong)


def test_what_rows_cannot_be_taken_from() -> None:
    with pytest.raises(TypeError, match=r"Cannot take rows from <class 'dict'>: expected an array"):
        take_rows({"a": [1, 2]}, np.array([0]))


class Foreign:
    """An array of another library, which numpy can read and Python cannot iterate."""

    def __init__(self, values: Any) -> None:
        self.values, self.shape = np.asarray(values), np.shape(values)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return self.values

    def __array_namespace__(self, api_version: Any = None) -> Any:
        return np

    def __getitem__(self, index: Any) -> Any:
        raise IndexError("one slice for every axis")

    def __iter__(self) -> Any:
        raise TypeError("array iteration is not allowed")


def test_rows_after_those_of_an_array_of_another_library() -> None:
    found = concat_rows(Foreign([[1, 2], [3, 4]]), np.array([[5, 6]]))
    np.testing.assert_array_equal(found, [[1, 2], [3, 4], [5, 6]])


@pytest.mark.parametrize(
    "sampler",
    [SMOTEN(random_state=0), NonuniformNegativeSampler(sampling_strategy=0.5, random_state=0)],
    ids=lambda sampler: type(sampler).__name__,
)
def test_samplers_on_an_array_of_another_library(sampler: Any) -> None:
    """They iterated over it, or sliced it as numpy allows; now they give what numpy gives."""
    X = np.random.default_rng(0).integers(0, 3, (40, 2))
    y = (np.arange(40) % 4 == 0).astype(int)
    found, _ = sampler.fit_resample(Foreign(X), y)
    np.testing.assert_array_equal(found, sampler.fit_resample(X, y)[0])
