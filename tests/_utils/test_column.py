"""One column of every container gives the same numbers and the same levels."""

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from imbalance_kit._utils._column import has_nulls, is_missing, levels_of, numbers_of

TEXTS = ["b", None, "a", "b"]
TEXT_COLUMNS = {
    "array": np.array(TEXTS, dtype=object),
    "pandas object": pd.Series(TEXTS, dtype=object),
    "pandas str": pd.Series(TEXTS),
    "pandas category": pd.Series(pd.Categorical(TEXTS, categories=["z", "b", "a"])),
    "polars": pl.Series(TEXTS),
    "polars category": pl.Series(TEXTS, dtype=pl.Categorical),
    "polars enum": pl.Series(TEXTS, dtype=pl.Enum(["z", "b", "a"])),
    "polars object": pl.Series(TEXTS, dtype=pl.Object),
    "arrow": pa.array(TEXTS),
    "arrow in pieces": pa.chunked_array([TEXTS[:2], TEXTS[2:]]),
    "arrow dictionary": pa.array(TEXTS).dictionary_encode(),
    "arrow dictionary of polars": pl.Series(TEXTS, dtype=pl.Enum(["z", "b", "a"])).to_arrow(),
    "arrow dictionary, unsigned": pa.DictionaryArray.from_arrays(
        pa.array([0, None, 1, 0], pa.uint8()), ["b", "a"]
    ),
    "arrow dictionary with a gap": pa.DictionaryArray.from_arrays([0, 1, 2, 0], ["b", None, "a"]),
    "arrow dictionary with copies": pa.DictionaryArray.from_arrays(
        [0, None, 1, 2], ["b", "a", "b"]
    ),
}
NUMBERS = [2.5, None, -1.0]
NUMBER_COLUMNS = {
    "array": np.array([2.5, np.nan, -1.0]),
    "objects": np.array([2.5, None, -1], dtype=object),
    "pandas": pd.Series(NUMBERS),
    "pandas object": pd.Series([2.5, pd.NA, -1], dtype=object),
    "pandas nullable": pd.Series(NUMBERS, dtype="Float64"),
    "polars": pl.Series(NUMBERS),
    "arrow": pa.array(NUMBERS),
    "arrow in pieces": pa.chunked_array([NUMBERS[:1], NUMBERS[1:]]),
}


@pytest.mark.parametrize("column", TEXT_COLUMNS.values(), ids=TEXT_COLUMNS)
def test_levels(column: Any) -> None:
    levels, codes = levels_of(column)
    assert [None if code < 0 else levels[code] for code in codes] == TEXTS
    assert codes.dtype == np.intp
    assert len(set(levels)) == len(levels)


@pytest.mark.parametrize("column", NUMBER_COLUMNS.values(), ids=NUMBER_COLUMNS)
def test_numbers(column: Any) -> None:
    numbers = numbers_of(column)
    assert numbers.dtype == np.float64
    np.testing.assert_array_equal(numbers, [2.5, np.nan, -1.0])


@pytest.mark.parametrize("column", NUMBER_COLUMNS.values(), ids=NUMBER_COLUMNS)
def test_numbers_as_levels(column: Any) -> None:
    levels, codes = levels_of(column)
    assert [None if code < 0 else float(levels[code]) for code in codes] == NUMBERS


@pytest.mark.parametrize("column", [np.array([0.5, np.nan]), pl.Series([0.5, float("nan")])])
def test_nan_is_no_level(column: Any) -> None:
    levels, codes = levels_of(column)
    assert levels == [0.5]
    assert codes.tolist() == [0, -1]


@pytest.mark.parametrize("dtype", [np.bool_, np.int8, np.uint64, np.float32])
def test_the_dtype_is_kept_where_nothing_is_missing(dtype: Any) -> None:
    values = np.array([0, 1], dtype=dtype)
    for column in (values, pd.Series(values), pl.Series(values), pa.array(values)):
        numbers = numbers_of(column)
        assert numbers.dtype == dtype
        np.testing.assert_array_equal(numbers, values)


def test_nullable_integers() -> None:
    assert numbers_of(pd.Series([1, 2], dtype="Int16")).dtype == np.int16
    np.testing.assert_array_equal(numbers_of(pd.Series([1, None], dtype="Int16")), [1, np.nan])


@pytest.mark.parametrize(
    "column",
    [np.array([], dtype=object), pl.Series([], dtype=pl.String), pa.chunked_array([TEXTS[:0]])],
)
def test_no_rows(column: Any) -> None:
    levels, codes = levels_of(column)
    assert levels == []
    assert codes.tolist() == []


def test_what_cannot_be_compared() -> None:
    lists = np.empty(2, dtype=object)
    lists[:] = [[1], [2]]
    with pytest.raises(TypeError, match="unhashable"):
        levels_of(lists)


def test_nulls() -> None:
    for make in (pd.Series, pl.Series, pa.array):
        assert has_nulls(make(TEXTS))
        assert not has_nulls(make(TEXTS[2:]))
    assert all(map(is_missing, (None, np.nan, pd.NA, pd.NaT)))
    assert not any(map(is_missing, ("", 0, False)))
