"""Rows and columns of whole tables: pandas, polars and Arrow, the same questions to each."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._table_columns import column_names


def select_columns(table: Any, names: Sequence[str]) -> Any:
    """Return the table with these columns alone, in this order."""
    return table[list(names)] if hasattr(table, "iloc") else table.select(list(names))


def take_table_rows(table: Any, rows: NDArray[np.intp]) -> Any:
    """Return the rows with these numbers, in this order."""
    if hasattr(table, "iloc"):
        return table.iloc[rows]
    return table.take(rows) if hasattr(table, "take") else table[rows]


def slice_table(table: Any, start: int, length: int) -> Any:
    """Return consecutive rows without a copy."""
    if hasattr(table, "iloc"):
        return table.iloc[start : start + length]
    return table.slice(start, length)


def with_columns(table: Any, columns: Mapping[str, NDArray[Any]]) -> Any:
    """Return the table with columns put behind those it has."""
    if hasattr(table, "iloc"):
        return table.assign(**columns)
    if hasattr(table, "get_column"):
        polars = import_module("polars")
        return table.with_columns([polars.Series(name, v) for name, v in columns.items()])
    for name, values in columns.items():
        table = table.append_column(name, import_module("pyarrow").array(values))
    return table


def concat_tables(tables: Sequence[Any]) -> Any:
    """Return the rows of all tables, of one kind and with the same columns."""
    first = tables[0]
    if len(tables) == 1:
        return first
    if hasattr(first, "iloc"):
        return import_module("pandas").concat(tables)
    if hasattr(first, "get_column"):
        return import_module("polars").concat(tables)
    arrow = import_module("pyarrow")
    return arrow.concat_tables([_as_table(arrow, table) for table in tables])


def check_columns(table: Any, wanted: Mapping[str, Sequence[str]]) -> None:
    """Raise unless the table has the columns that each option names.

    Raises
    ------
    ValueError
        If one is not there.
    """
    names = column_names(table)
    for option, columns in wanted.items():
        missing = [name for name in columns if name not in names]
        if missing:
            some = ", ".join(map(repr, names[:8])) + (", ..." if len(names) > 8 else "")
            raise ValueError(
                f"`{option}` names {missing[0]!r}, which is no column: there are {some}."
            )


def _as_table(arrow: Any, table: Any) -> Any:
    return table if isinstance(table, arrow.Table) else arrow.Table.from_batches([table])
