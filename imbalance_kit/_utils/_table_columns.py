"""Single columns of tables as plain arrays: pandas, polars and Arrow, none of them imported.

What is computed from a column must not depend on which library holds it, nor on how the rows are
cut into pieces.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


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
    kind = column.type if hasattr(column, "type") else column.dtype
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
        values = _numbers(table[name])
    except (TypeError, ValueError):
        raise TypeError(
            f"Column {name!r} was expected to hold numbers, got {_type_name(table[name])}."
        ) from None
    return values.view(np.uint8) if values.dtype.kind == "b" else values


def _numbers(column: Any) -> NDArray[Any]:
    if hasattr(column, "iloc") and not isinstance(column.dtype, np.dtype):  # pandas extension type
        name = str(column.dtype).lower().partition("[")[0]
        if name.startswith(("int", "uint")) and not has_nulls(column):
            return np.asarray(column.to_numpy(dtype=name))
        return np.asarray(column.to_numpy(dtype=np.float64, na_value=np.nan))
    values = _without_nulls(column) if hasattr(column, "null_count") else np.asarray(column)
    return values if values.dtype.kind in "iufb" else values.astype(np.float64)


def _type_name(column: Any) -> str:
    return str(column.type if hasattr(column, "type") else column.dtype)


def _without_nulls(column: Any) -> NDArray[Any]:
    """Return a polars or Arrow column as an array, with NaN for what is missing."""
    values = _to_numpy(column)
    if values.dtype.kind in "iuf" or not has_nulls(column):
        return values
    return np.array([np.nan if value is None else value for value in values.tolist()], np.float64)


def has_nulls(column: Any) -> bool:
    """Whether a pandas, polars or Arrow column has a missing value."""
    if hasattr(column, "isna"):
        return bool(column.isna().any())
    count = column.null_count
    return bool(count() if callable(count) else count)


def _to_numpy(column: Any) -> NDArray[Any]:
    if hasattr(column, "type") and not hasattr(column, "chunks"):  # one piece of Arrow memory
        return np.asarray(column.to_numpy(zero_copy_only=False))
    return np.asarray(column.to_numpy())


def level_column(table: Any, name: str) -> Levels:
    """Return a column of categories; numbers and booleans are levels by their text.

    Raises
    ------
    TypeError
        If the column holds lists or other things that are no categories.
    """
    try:
        return _levels(table[name])
    except (TypeError, NotImplementedError):
        raise TypeError(
            f"Column {name!r} was expected to hold numbers or categories, got "
            f"{_type_name(table[name])} of other things. Hint: leave it out of `features`."
        ) from None


def _levels(column: Any) -> Levels:
    if hasattr(column, "combine_chunks") or hasattr(column, "dictionary_encode"):  # Arrow
        return _arrow_levels(column)
    if hasattr(column, "iloc"):
        if hasattr(column, "cat"):
            return Levels(column.cat.codes.to_numpy(np.intp), _texts(column.cat.categories))
        codes, values = column.factorize()
        return Levels(np.asarray(codes, dtype=np.intp), _texts(values))
    distinct = [value for value in column.unique().to_list() if value is not None]
    codes = column.replace_strict(distinct, list(range(len(distinct))), default=-1)
    return Levels(codes.fill_null(-1).to_numpy().astype(np.intp), _texts(distinct))


def _arrow_levels(column: Any) -> Levels:
    if hasattr(column, "combine_chunks"):
        column = column.combine_chunks()
        if hasattr(column, "chunks"):  # more than one array may be left of an empty column
            column = column.chunk(0) if column.num_chunks else column
    encoded = column if hasattr(column, "dictionary") else column.dictionary_encode()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return Levels(codes.astype(np.intp), _texts(encoded.dictionary.to_pylist()))


def _texts(values: Any) -> tuple[str, ...]:
    return tuple(str(value) for value in values)
