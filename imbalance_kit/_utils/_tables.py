"""Tables with named columns: pandas, polars and Arrow, the same questions to each.

What is computed from a table must not depend on which library holds it, nor on how its rows are cut
into pieces.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._column import levels_of, numbers_of, type_of
from imbalance_kit._utils._nearest_names import nearest_names


@dataclass(frozen=True)
class Levels:
    """A column of categories: per row the position of its level, -1 where it is missing.

    Invariant: ``levels`` are distinct texts; their order carries no meaning.
    """

    codes: NDArray[np.intp]
    levels: tuple[str, ...]


def column_names(table: Any) -> list[str]:
    """Return the names of the columns of a pandas, polars or Arrow table."""
    names = table.column_names if hasattr(table, "column_names") else table.columns
    return [str(name) for name in names]


def table_length(table: Any) -> int:
    """Return the number of rows of a pandas, polars or Arrow table."""
    return int(table.num_rows if hasattr(table, "num_rows") else table.shape[0])


def is_table(X: Any) -> bool:
    """Whether `X` has named columns: a pandas, polars or Arrow table."""
    return hasattr(X, "column_names") or (
        hasattr(X, "columns") and (hasattr(X, "iloc") or hasattr(X, "get_column"))
    )


def is_number_column(table: Any, name: str) -> bool:
    """Whether the column holds numbers or booleans, and not texts or categories."""
    column = table[name]
    kind = type_of(column)
    if hasattr(kind, "is_numeric"):  # polars
        return bool(kind.is_numeric()) or str(kind) == "Boolean"
    if isinstance(kind, np.dtype):
        return kind.kind in "iufb"
    if hasattr(column, "cat"):  # pandas, categories: of numbers as well
        return False
    text = str(kind).lower()  # pandas extension types, Arrow types
    return text.startswith(("int", "uint", "float", "double", "bool", "halffloat"))


def number_column(table: Any, name: str) -> NDArray[Any]:
    """Return a column of numbers; missing ones are NaN, booleans 0 and 1.

    Raises
    ------
    TypeError
        If the column holds something else.
    """
    try:
        values = numbers_of(table[name])
    except (TypeError, ValueError):
        raise TypeError(
            f"Column {name!r} was expected to hold numbers, got {type_of(table[name])}."
        ) from None
    return values.view(np.uint8) if values.dtype.kind == "b" else values


def level_column(table: Any, name: str) -> Levels:
    """Return a column of categories; numbers and booleans are levels by their text.

    Raises
    ------
    TypeError
        If the column holds lists or other things that are no categories.
    """
    try:
        levels, codes = levels_of(table[name])
    except (TypeError, NotImplementedError):
        raise TypeError(
            f"Column {name!r} was expected to hold numbers or categories, got "
            f"{type_of(table[name])} of other things. Hint: leave it out of `features`."
        ) from None
    return Levels(codes, tuple(map(str, levels)))


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
            near = nearest_names(missing[0], names)
            hint = f" Hint: did you mean {' or '.join(map(repr, near))}?" if near else ""
            raise ValueError(
                f"`{option}` names {missing[0]!r}, which is no column: there are {some}.{hint}"
            )


def _as_table(arrow: Any, table: Any) -> Any:
    return table if isinstance(table, arrow.Table) else arrow.Table.from_batches([table])
