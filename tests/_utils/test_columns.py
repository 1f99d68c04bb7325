"""Columns of every container, as numbers and as levels."""

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse

from imbalance_kit._utils._columns import is_missing, ordered, table_of

FRAME = pd.DataFrame(
    {
        "number": [1.5, np.nan, 3.0],
        "nullable": pd.array([1, None, 3], dtype="Int64"),
        "text": ["b", None, "a"],
        "category": pd.Categorical(["x", "y", None], categories=["z", "y", "x"]),
        "yes": [True, False, True],
        "boolean": pd.array([True, None, False], dtype="boolean"),
        "object": np.array([1, 2.5, None], dtype=object),
    }
)
KINDS = ["numeric", "numeric", "categorical", "categorical", "categorical", "categorical"]


def decoded(table: Any, j: int) -> list[Any]:
    levels, codes = table.levels(j)
    return [None if code < 0 else levels[code] for code in codes.tolist()]


def test_pandas() -> None:
    table = table_of(FRAME)
    assert table.named
    assert table.names == tuple(FRAME.columns)
    assert [table.kind(j) for j in range(7)] == [*KINDS, "numeric"]
    np.testing.assert_array_equal(table.numbers(0), [1.5, np.nan, 3])
    np.testing.assert_array_equal(table.numbers(1), [1, np.nan, 3])
    np.testing.assert_array_equal(table.numbers(6), [1, 2.5, np.nan])
    assert decoded(table, 2) == ["b", None, "a"]
    assert decoded(table, 3) == ["x", "y", None]
    assert decoded(table, 5) == [True, None, False]


def test_polars_gives_the_same() -> None:
    frame = pl.from_pandas(FRAME.drop(columns="object"))
    table, other = table_of(frame), table_of(FRAME)
    assert [table.kind(j) for j in range(6)] == KINDS
    for j in (0, 1):
        np.testing.assert_array_equal(table.numbers(j), other.numbers(j))
    for j in range(2, 6):
        assert decoded(table, j) == decoded(other, j)


@pytest.mark.parametrize("make", [np.asarray, np.ndarray.tolist, sparse.csr_array, np.float32])
def test_arrays(make: Any) -> None:
    table = table_of(make(np.array([[1.0, 0.0], [2.0, 3.0]])))
    assert not table.named
    assert table.names == ("x0", "x1")
    np.testing.assert_array_equal(table.numbers(1), [0, 3])
    assert sorted(table.levels(0)[0]) == [1, 2]


def test_mixed_lists_and_object_arrays_are_read_column_by_column() -> None:
    rows = [[1, "a"], [2, None], [None, "b"]]
    for X in (rows, np.array(rows, dtype=object)):
        table = table_of(X)
        assert [table.kind(0), table.kind(1)] == ["numeric", "categorical"]
        assert decoded(table, 1) == ["a", None, "b"]


def test_numbers_as_levels() -> None:
    levels, codes = table_of(np.array([[2.0], [np.nan], [1.0], [2.0]])).levels(0)
    assert levels == [1.0, 2.0]
    assert codes.tolist() == [1, -1, 0, 1]


def test_order_of_levels() -> None:
    assert ordered(["b", "a"]) == ["a", "b"]
    assert ordered([True, "a", 3]) == [True, 3, "a"]
    assert is_missing(pd.NA)
    assert not is_missing("")


def _read(X: Any) -> None:
    table = table_of(X)
    assert table.kind(0) == "categorical"
    table.levels(0)


@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        (np.zeros(3), ValueError, "Expected 2D array, got 1D array instead"),
        (np.zeros((2, 2, 2)), ValueError, "got 3D array"),
        (np.zeros((2, 1), dtype=complex), ValueError, "Complex data not supported"),
        (pd.DataFrame({"t": pd.to_datetime(["2024-01-01"])}), ValueError, "'t' has dtype datetime"),
        (np.array([[{}]], dtype=object), TypeError, "argument must be a string or a number"),
    ],
)
def test_what_is_refused(X: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        _read(X)
