"""Tables whose columns are of different kinds: numbers to compute with, categories to compare.

Everything goes column by column, each asked in the way of its container. Categories are compared
as codes and never decoded: a new row takes the value of a row that has the category, so that
dtypes, unused categories and missing values stay what they are.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from imbalance_kit._utils._column import levels_of, numbers_of
from imbalance_kit._utils._containers import is_dataframe
from imbalance_kit._utils._numeric import cast_numbers, is_numeric

Indices = NDArray[np.intp]


def as_table(X: Any) -> Any:
    """Return `X` as a container that can be asked for columns: a frame, an array, a csc matrix."""
    if sparse.issparse(X):
        return X.tocsc()
    if not is_dataframe(X):
        X = np.array(X, dtype=object) if isinstance(X, (list, tuple)) else np.asarray(X)
    if X.ndim != 2 if hasattr(X, "ndim") else len(X.shape) != 2:
        raise ValueError(
            f"Expected a table of rows and columns, got an array of shape {X.shape}. Hint: reshape "
            "a single column with X.reshape(-1, 1)."
        )
    if getattr(X, "dtype", None) is not None and X.dtype.kind == "c":
        raise ValueError("Complex data not supported: X holds complex numbers.")
    return X


def column_names(table: Any) -> list[Any]:
    """Return the names of the columns, or their numbers where they have none."""
    return list(table.columns) if is_dataframe(table) else list(range(table.shape[1]))


def column(table: Any, j: int) -> Any:
    """Return column `j`: a pandas or polars Series, or an array of one dimension."""
    if hasattr(table, "iloc"):
        return table.iloc[:, j]
    if hasattr(table, "get_column"):
        return table.to_series(j)
    if sparse.issparse(table):
        return table[:, [j]].toarray().ravel()
    return table[:, j]


def columns_at(table: Any, columns: Indices) -> Any:
    """Return some of the columns, by number; a csc matrix as a dense array."""
    if hasattr(table, "iloc"):
        return table.iloc[:, columns]
    rows = table[:, columns.tolist()]
    return rows.toarray() if sparse.issparse(rows) else rows


def is_boolean(values: Any) -> bool:
    """Whether a column is of a boolean dtype."""
    return str(values.dtype).lower() in ("bool", "boolean", "bool[pyarrow]")


def is_category(values: Any) -> bool:
    """Whether the dtype of a column of a frame says category: text, booleans, objects, levels."""
    kind = str(values.dtype).lower()
    if kind.startswith(("date", "time", "duration", "period", "interval")):
        return False
    return not is_numeric(values.dtype)


def category_codes(values: Any) -> NDArray[np.intp]:
    """Return a number for each value of a column, equal where the values are; missing is a level.

    Raises
    ------
    TypeError
        If the values of an object column cannot be compared, such as lists.
    """
    return levels_of(values)[1] + 1


def compact(codes: NDArray[np.intp]) -> NDArray[np.unsignedinteger[Any]]:
    """Return codes that are equal where these are, in as few bytes as they need."""
    _, dense = np.unique(codes, return_inverse=True)
    return dense.astype(np.min_scalar_type(int(dense.max(initial=0))))


def column_numbers(values: Any) -> NDArray[np.float64]:
    """Return a column as float64, missing values as NaN.

    Raises
    ------
    TypeError, ValueError
        If it holds anything but numbers.
    """
    if not (is_numeric(values.dtype) or values.dtype == object):
        raise TypeError(f"a column of dtype {values.dtype}")
    return numbers_of(values).astype(np.float64, copy=False)


def check_numbers(table: Any, columns: Sequence[int]) -> None:
    """Raise unless these columns hold finite numbers, naming those that do not."""
    names, wrong, broken = column_names(table), [], []
    for j in columns:
        try:
            finite = np.isfinite(column_numbers(column(table, j))).all()
        except (TypeError, ValueError):
            wrong.append(names[j])
            continue
        if not finite:
            broken.append(names[j])
    if wrong:
        raise ValueError(
            f"Columns {wrong!r} are taken for numbers, and hold something else. Hint: name them in "
            "`categorical_features`, or encode them first."
        )
    if broken:
        raise ValueError(
            f"X contains NaN or infinity in the numeric columns {broken!r}. Hint: impute them "
            "first; a missing value in a category is a level of its own."
        )


def numbers_like(values: Any, numbers: NDArray[np.float64]) -> Any:
    """Return `numbers` as a column of the kind of `values`; integers are rounded to nearest."""
    if hasattr(values, "rank") and not hasattr(values, "iloc"):  # polars
        plain = values.head(0).to_numpy().dtype
        return type(values)(values.name, cast_numbers(numbers, plain)).cast(values.dtype)
    if values.dtype == object:
        whole = np.asarray(values.tolist()).dtype.kind in "iu"
        return (np.rint(numbers).astype(np.int64) if whole else numbers).astype(object)
    return cast_numbers(numbers, values.dtype)


def table_like(X: Any, table: Any, columns: Sequence[Any], source: Indices) -> Any:
    """Return columns as a container of the kind of `X`.

    Parameters
    ----------
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
        What came in.
    table : DataFrame, ndarray or csc matrix
        The same as `as_table` gives it.
    columns : sequence of columns of n_new entries
        In the order and of the dtypes of X.
    source : ndarray of shape (n_new,)
        Rows of X that a pandas index is taken from.
    """
    if hasattr(table, "iloc"):
        plain = {j: getattr(values, "array", values) for j, values in enumerate(columns)}
        frame = type(table)(plain, index=table.index[source])
        frame.columns = table.columns
        return frame
    if is_dataframe(table):
        return type(table)(dict(zip(table.columns, columns, strict=True)), schema=table.schema)
    if sparse.issparse(table):
        parts = [sparse.csc_array(np.asarray(values)[:, None]) for values in columns]
        return type(X)(sparse.hstack(parts, format="csc", dtype=table.dtype)).asformat(X.format)
    by_column = table.flags.f_contiguous and not table.flags.c_contiguous
    shape = (len(source), table.shape[1])
    rows = np.empty(shape, dtype=table.dtype, order="F" if by_column else "C")
    for j, values in enumerate(columns):
        rows[:, j] = values
    return rows.tolist() if isinstance(X, (list, tuple)) else rows
