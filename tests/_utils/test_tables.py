"""Tables with named columns: the same answers of pandas, polars and Arrow."""

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from imbalance_kit._utils._tables import (
    check_columns,
    column_names,
    concat_tables,
    is_number_column,
    is_table,
    level_column,
    number_column,
    select_columns,
    slice_table,
    table_length,
    take_table_rows,
    with_columns,
)
from tests._tables import KINDS, click_log

TEXTS = ["a", None, "b", "a"]
LEVEL_COLUMNS = {
    "object": pd.DataFrame({"x": pd.Series(TEXTS, dtype=object)}),
    "str": pd.DataFrame({"x": TEXTS}),
    "category": pd.DataFrame({"x": pd.Categorical(TEXTS, categories=["b", "unused", "a"])}),
    "polars": pl.DataFrame({"x": TEXTS}),
    "polars categories": pl.DataFrame({"x": pl.Series(TEXTS, dtype=pl.Categorical)}),
    "arrow": pa.table({"x": TEXTS}),
    "arrow in pieces": pa.table({"x": pa.chunked_array([TEXTS[:2], TEXTS[2:]])}),
    "arrow dictionary": pa.table({"x": pa.array(TEXTS).dictionary_encode()}),
    "batch": pa.RecordBatch.from_pydict({"x": TEXTS}),
}
NUMBERS = [1.5, None, -2.0]
NUMBER_COLUMNS = {
    "pandas": pd.DataFrame({"x": [1.5, np.nan, -2.0]}),
    "nullable": pd.DataFrame({"x": pd.array(NUMBERS, dtype="Float64")}),
    "polars": pl.DataFrame({"x": NUMBERS}),
    "arrow": pa.table({"x": NUMBERS}),
    "batch": pa.RecordBatch.from_pydict({"x": NUMBERS}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_rows_and_columns_of_every_kind(kind: str) -> None:
    frame = click_log(30)
    table = KINDS[kind](frame)
    rows = np.array([7, 3, 3])
    taken = take_table_rows(table, rows)
    np.testing.assert_array_equal(number_column(taken, "id"), frame.id.to_numpy()[rows])
    part = slice_table(table, 10, 5)
    np.testing.assert_array_equal(number_column(part, "id"), frame.id.to_numpy()[10:15])
    assert column_names(select_columns(table, ["click", "id"])) == ["click", "id"]
    wider = with_columns(table, {"new": np.arange(30.0)})
    assert column_names(wider) == [*column_names(table), "new"]
    np.testing.assert_array_equal(number_column(wider, "new"), np.arange(30))
    assert "new" not in column_names(table)
    both = concat_tables([taken, part])
    assert type(both) is type(table)
    assert table_length(both) == 8


def test_pieces_of_arrow_are_put_together() -> None:
    batch = pa.RecordBatch.from_pydict({"x": [1, 2]})
    whole = concat_tables([batch, pa.table({"x": [3]})])
    assert whole["x"].to_pylist() == [1, 2, 3]


def test_a_single_table_is_itself() -> None:
    frame = pd.DataFrame({"x": [1]})
    assert concat_tables([frame]) is frame


def test_a_missing_column_is_named_with_its_option() -> None:
    with pytest.raises(ValueError, match="`key` names 'q', which is no column: there are 'id', "):
        check_columns(click_log(5), {"label": ["click"], "key": ["q"]})
    with pytest.raises(ValueError, match=r"'clik', .* 'click'\. Hint: did you mean 'click'\?"):
        check_columns(click_log(5), {"label": ["clik"]})


@pytest.mark.parametrize("kind", KINDS)
def test_names_lengths_and_kinds(kind: str) -> None:
    table = KINDS[kind](click_log(50))
    assert column_names(table) == ["id", "price", "age", "city", "mobile", "click"]
    assert table_length(table) == 50
    assert is_table(table)
    numbers = [name for name in column_names(table) if is_number_column(table, name)]
    assert numbers == ["id", "price", "age", "mobile", "click"]


@pytest.mark.parametrize("X", [np.zeros((2, 2)), [[1, 2]], pd.Series([1])])
def test_what_has_no_named_columns_is_no_table(X: Any) -> None:
    assert not is_table(X)


@pytest.mark.parametrize("table", LEVEL_COLUMNS.values(), ids=LEVEL_COLUMNS)
def test_levels_are_texts_and_gaps_minus_one(table: Any) -> None:
    found = level_column(table, "x")
    named = [None if code < 0 else found.levels[code] for code in found.codes]
    assert named == TEXTS
    assert len(set(found.levels)) == len(found.levels)


@pytest.mark.parametrize("table", NUMBER_COLUMNS.values(), ids=NUMBER_COLUMNS)
def test_missing_numbers_are_nan(table: Any) -> None:
    np.testing.assert_array_equal(number_column(table, "x"), [1.5, np.nan, -2.0])


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame({"x": [True, False]}),
        pd.DataFrame({"x": pd.array([True, False], dtype="boolean")}),
        pl.DataFrame({"x": [True, False]}),
        pa.table({"x": [True, False]}),
    ],
    ids=["pandas", "nullable", "polars", "arrow"],
)
def test_booleans_are_numbers(table: Any) -> None:
    np.testing.assert_array_equal(number_column(table, "x"), [1, 0])


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (pa.table({"x": pa.array([3, None], pa.int32())}), [3, np.nan]),
        (pl.DataFrame({"x": [3, None]}), [3, np.nan]),
        (pd.DataFrame({"x": pd.array([3, None], dtype="Int64")}), [3, np.nan]),
    ],
    ids=["arrow", "polars", "pandas"],
)
def test_integers_with_gaps(table: Any, expected: list[float]) -> None:
    np.testing.assert_array_equal(number_column(table, "x"), expected)


def test_numbers_keep_their_type_where_nothing_is_missing() -> None:
    assert number_column(pd.DataFrame({"x": np.ones(2, np.float32)}), "x").dtype == np.float32


def test_texts_are_no_numbers() -> None:
    with pytest.raises(TypeError, match="'x' was expected to hold numbers"):
        number_column(pd.DataFrame({"x": ["a"]}), "x")


def test_levels_of_numbers_and_booleans_are_their_texts() -> None:
    assert level_column(pd.DataFrame({"x": [2, 1]}), "x").levels == ("2", "1")
    assert level_column(pa.table({"x": [True]}), "x").levels == ("True",)
