"""Columns of any container as codes or numbers, and new rows in the container that came in."""

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse

from imbalance_kit._utils._mixed_columns import (
    as_table,
    category_codes,
    check_numbers,
    column,
    column_numbers,
    compact,
    numbers_like,
    table_like,
)

VALUES = ["b", None, "a", "b", "a", None]
PANDAS_NA = np.array(["b", pd.NA, "a", "b", "a", np.nan], dtype=object)


@pytest.mark.parametrize(
    "values",
    [
        np.array(VALUES, dtype=object),
        PANDAS_NA,
        np.array([2.0, np.nan, 1.0, 2.0, 1.0, np.nan]),
        pd.Series(VALUES),
        pd.Series(VALUES, dtype="string"),
        pd.Series(VALUES, dtype="category"),
        pd.Series([2, None, 1, 2, 1, None], dtype="Int8"),
        pl.Series(VALUES),
        pl.Series(VALUES, dtype=pl.Categorical),
        pl.Series(VALUES, dtype=pl.Enum(["z", "b", "a"])),
        pl.Series([True, None, False, True, False, None]),
    ],
    ids=lambda values: f"{type(values).__module__} {values.dtype}",
)
def test_codes_are_equal_where_values_are_and_missing_is_a_level(values: Any) -> None:
    codes = compact(category_codes(values))
    assert codes.dtype == np.uint8
    assert codes.max() == 2
    expected = np.array([0, 1, 2, 0, 2, 1])
    same = expected[:, None] == expected[None, :]
    np.testing.assert_array_equal(codes[:, None] == codes[None, :], same)


def test_codes_of_mixed_objects() -> None:
    codes = category_codes(np.array(["1", 1, 2.5, "1", 1.0], dtype=object))
    assert codes[0] == codes[3]
    assert codes[1] == codes[4]
    assert len(set(codes.tolist())) == 3


def test_codes_take_as_few_bytes_as_they_need() -> None:
    assert compact(np.arange(256) * 10**9).dtype == np.uint8
    assert compact(np.arange(257)).dtype == np.uint16
    assert compact(np.arange(65_537)).dtype == np.uint32


def test_values_that_cannot_be_compared() -> None:
    lists = np.empty(2, dtype=object)
    lists[:] = [[1], [2]]
    with pytest.raises(TypeError, match="unhashable"):
        category_codes(lists)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.array([1, 2], dtype=object), [1, 2]),
        (pd.Series([1, None], dtype="Int64"), [1, np.nan]),
        (pd.Series([1.5, 2], dtype=object), [1.5, 2]),
        (pd.Series([0, 1.5], dtype=pd.SparseDtype(float, 0)), [0, 1.5]),
        (pl.Series([1, None], dtype=pl.Int8), [1, np.nan]),
        (pl.Series([1.5, 2.0], dtype=pl.Float32), [1.5, 2]),
    ],
)
def test_numbers(values: Any, expected: list[float]) -> None:
    numbers = column_numbers(values)
    assert numbers.dtype == np.float64
    np.testing.assert_array_equal(numbers, expected)


def test_what_is_not_a_number_is_named() -> None:
    frame = pd.DataFrame({"a": [1.0, np.nan], "b": ["x", "y"], "c": [1, 2], "d": [np.inf, 0]})
    with pytest.raises(ValueError, match=r"Columns \['b'\].*`categorical_features`"):
        check_numbers(frame, [0, 1, 2])
    with pytest.raises(ValueError, match=r"NaN or infinity in the numeric columns \['a', 'd'\]"):
        check_numbers(frame, [0, 2, 3])
    with pytest.raises(ValueError, match=r"Columns \[1\]"):
        check_numbers(frame.to_numpy(), [1, 2])
    times = pl.DataFrame({"t": pl.Series(["2024-01-01"]).str.to_date()})
    with pytest.raises(ValueError, match=r"Columns \['t'\]"):
        check_numbers(times, [0])
    check_numbers(frame, [2])


@pytest.mark.parametrize(
    ("values", "made", "expected"),
    [
        (np.array([1, 2], dtype=np.int8), [200.0, -1.6], [127, -2]),
        (np.array([1, 2], dtype=np.float32), [0.5, -1.5], [0.5, -1.5]),
        (np.array([1, 2], dtype=object), [0.6, -1.6], [1, -2]),
        (np.array([1, 2.5], dtype=object), [0.6, -1.6], [0.6, -1.6]),
    ],
)
def test_arrays_keep_their_kind(
    values: np.ndarray, made: list[float], expected: list[float]
) -> None:
    like = numbers_like(values, np.array(made))
    assert like.dtype == values.dtype
    assert like.tolist() == expected
    assert type(like.tolist()[0]) is type(expected[0])


def test_frames_keep_their_kind() -> None:
    made = np.array([0.6, -1.6])
    for dtype in ("Int16", "Float32", "int64", "float32"):
        like = pd.Series(numbers_like(pd.Series([1, 2], dtype=dtype), made))
        assert str(like.dtype) == dtype
    for dtype in (pl.Int16, pl.Float32, pl.Float64):
        assert numbers_like(pl.Series("x", [1, 2], dtype=dtype), made).dtype == dtype


CONTAINERS = {
    "C order": np.arange(12.0).reshape(4, 3),
    "Fortran order": np.asfortranarray(np.arange(12.0).reshape(4, 3)),
    "list": np.arange(12.0).reshape(4, 3).tolist(),
    "csr": sparse.csr_matrix(np.arange(12.0).reshape(4, 3)),
    "csc": sparse.csc_array(np.arange(12.0).reshape(4, 3)),
    "pandas": pd.DataFrame(np.arange(12.0).reshape(4, 3), index=list("abcd"), columns=["x"] * 3),
    "polars": pl.DataFrame(np.arange(12.0).reshape(4, 3), schema=["x", "y", "z"]),
}


@pytest.mark.parametrize("kind", CONTAINERS)
def test_new_rows_come_in_the_container(kind: str) -> None:
    X, source = CONTAINERS[kind], np.array([3, 0, 3])
    table = as_table(X)
    columns = [column(table, j) for j in range(3)]
    taken = [
        values[source] if kind == "polars" else np.asarray(values)[source] for values in columns
    ]
    if kind == "pandas":
        taken = [values.take(source) for values in columns]
    rows = table_like(X, table, taken, source)
    assert type(rows) is type(X)
    plain = rows.toarray() if sparse.issparse(rows) else np.asarray(rows)
    np.testing.assert_array_equal(plain, np.arange(12.0).reshape(4, 3)[source])
    if kind == "pandas":
        assert rows.index.tolist() == ["d", "a", "d"]
        assert rows.columns.tolist() == ["x"] * 3
    if sparse.issparse(X):
        assert rows.format == X.format
    if isinstance(X, np.ndarray):
        assert rows.flags.f_contiguous == X.flags.f_contiguous


def test_what_is_no_table() -> None:
    with pytest.raises(ValueError, match=r"shape \(3,\). Hint: reshape"):
        as_table(np.zeros(3))
    with pytest.raises(ValueError, match="Complex data not supported"):
        as_table(np.zeros((3, 1), dtype=complex))
