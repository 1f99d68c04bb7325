"""One column of any table: as numbers, or as levels and a code per row.

A column is an array of one dimension, a pandas or polars Series, or an Arrow array; none of these
libraries is imported. Each is asked in its own way and answers alike.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray


def is_missing(value: Any) -> bool:
    """Whether a label or level is None, NaN, NaT or pandas.NA."""
    try:
        return value is None or bool(value != value)
    except TypeError:  # pandas.NA, which is neither equal to itself nor unequal
        return True


def type_of(column: Any) -> Any:
    """Return the type of a column's values, as its library names it."""
    return column.type if hasattr(column, "type") else column.dtype


def has_nulls(column: Any) -> bool:
    """Whether a pandas, polars or Arrow column has a missing value."""
    if hasattr(column, "isna"):
        return bool(column.isna().any())
    count = column.null_count
    return bool(count() if callable(count) else count)


def numbers_of(column: Any) -> NDArray[Any]:
    """Return a column of numbers or booleans; missing ones are NaN.

    The dtype is kept where nothing is missing; objects become float64.

    Raises
    ------
    TypeError, ValueError
        If it holds something else.
    """
    if hasattr(column, "iloc") and not isinstance(column.dtype, np.dtype):  # pandas extension type
        name = str(column.dtype).lower().partition("[")[0]
        if name.startswith(("int", "uint")) and not has_nulls(column):
            return np.asarray(column.to_numpy(dtype=name))
        return np.asarray(column.to_numpy(dtype=np.float64, na_value=np.nan))
    values = to_numpy(column) if hasattr(column, "null_count") else np.asarray(column)
    if values.dtype.kind not in "iufb":
        if values.dtype.kind == "O":
            values = np.array([np.nan if is_missing(v) else v for v in values.tolist()])
        values = values.astype(np.float64)
    return values


def to_numpy(column: Any) -> NDArray[Any]:
    """Return the values of a pandas, polars or Arrow column as its library converts them."""
    if hasattr(column, "type") and not hasattr(column, "chunks"):  # one piece of Arrow memory
        return np.asarray(column.to_numpy(zero_copy_only=False))
    return np.asarray(column.to_numpy())


def levels_of(column: Any) -> tuple[list[Any], NDArray[np.intp]]:
    """Return the distinct values of a column, and per row its position, -1 where missing.

    The order of the levels carries no meaning.

    Raises
    ------
    TypeError
        If the values cannot be compared, such as lists.
    """
    if hasattr(column, "combine_chunks") or hasattr(column, "dictionary_encode"):
        return _arrow_levels(column)
    if hasattr(column, "iloc"):
        codes, levels = column.factorize()
        return _plain(levels), np.asarray(codes, dtype=np.intp)
    if hasattr(column, "to_list"):
        return _polars_levels(column)
    if column.dtype.kind in "iufb":
        return _array_levels(column)
    return _object_levels(column.tolist())


def _arrow_levels(column: Any) -> tuple[list[Any], NDArray[np.intp]]:
    if hasattr(column, "combine_chunks"):
        column = column.combine_chunks()
        if hasattr(column, "chunks"):  # more than one array may be left of an empty column
            column = column.chunk(0) if column.num_chunks else column
    encoded = column if hasattr(column, "dictionary") else column.dictionary_encode()
    codes = encoded.indices.cast("int64").fill_null(-1).to_numpy(zero_copy_only=False)
    values = encoded.dictionary.to_pylist()
    levels = [level for level in dict.fromkeys(values) if not is_missing(level)]
    if len(levels) == len(values):
        return levels, codes.astype(np.intp)
    # Arrow lets a dictionary hold a gap, or a value twice.
    position = {level: k for k, level in enumerate(levels)}
    renumbered = np.array([*(position.get(value, -1) for value in values), -1], dtype=np.intp)
    return levels, renumbered[codes]


def _polars_levels(column: Any) -> tuple[list[Any], NDArray[np.intp]]:
    if str(column.dtype) == "Object":
        return _object_levels(column.to_list())
    levels = [level for level in column.unique().to_list() if not is_missing(level)]
    codes = column.replace_strict(levels, list(range(len(levels))), default=-1)
    return levels, codes.fill_null(-1).to_numpy().astype(np.intp)


def _array_levels(values: NDArray[Any]) -> tuple[list[Any], NDArray[np.intp]]:
    levels, codes = np.unique(values, return_inverse=True)
    codes = codes.astype(np.intp, copy=False)
    if values.dtype.kind == "f" and np.isnan(levels[-1:]).any():
        codes[np.isnan(values)] = -1
        levels = levels[~np.isnan(levels)]
    return levels.tolist(), codes


def _object_levels(values: list[Any]) -> tuple[list[Any], NDArray[np.intp]]:
    levels = [level for level in set(values) if not is_missing(level)]
    position: dict[Any, int] = {level: k for k, level in enumerate(levels)}
    codes = np.fromiter((position.get(v, -1) for v in values), dtype=np.intp, count=len(values))
    return _plain(levels), codes


def _plain(levels: Iterable[Any]) -> list[Any]:
    return [level.item() if isinstance(level, np.generic) else level for level in levels]
