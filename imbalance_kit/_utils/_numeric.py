"""Rows as a matrix of numbers, for samplers that compute with them, and back into the container."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from imbalance_kit._utils._containers import is_dataframe, take_rows


def numeric_matrix(X: Any, *, hint: str = "encode them first") -> Any:
    """Return all rows of `X` as a float matrix, csr where `X` is sparse; float32 stays float32.

    An array that is one already is returned itself: read it only.

    Parameters
    ----------
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
        Rows.
    hint : str, default="encode them first"
        What the message says of columns that are not numeric.

    Raises
    ------
    ValueError
        If a column is not numeric, or holds missing or infinite values.
    TypeError
        If a value is of a kind that cannot be a number.
    """
    if sparse.issparse(X):
        rows = X.tocsr()
        matrix = _as_floats(rows, hint)
        broken = ~np.isfinite(matrix.data)
        if broken.any():
            raise _not_finite(X, np.unique(matrix.indices[broken]))
        return matrix
    matrix = _as_floats(_frame_to_numbers(X, hint) if is_dataframe(X) else np.asarray(X), hint)
    with np.errstate(over="ignore", invalid="ignore"):
        total = matrix.sum()  # one pass without a mask; NaN and infinity stay in it
    if not np.isfinite(total) and not np.isfinite(matrix).all():
        raise _not_finite(X, np.flatnonzero(~np.isfinite(matrix).all(axis=0)))
    return matrix


def numeric_rows(X: Any, indices: NDArray[np.intp]) -> NDArray[np.floating[Any]]:
    """Return ``X[indices]`` as a dense float matrix; float32 stays float32.

    Raises
    ------
    ValueError
        If a column is not numeric, or holds missing or infinite values there.
    """
    rows = take_rows(X, indices)
    matrix = numeric_matrix(rows)
    return np.asarray(matrix.toarray()) if sparse.issparse(matrix) else matrix


def rows_like(X: Any, values: NDArray[np.floating[Any]], source: NDArray[np.intp]) -> Any:
    """Return `values` as rows of the container and dtypes of `X`; integers are rounded to nearest.

    A pandas index is taken from the rows `source` of `X`.
    """
    if hasattr(X, "iloc"):
        columns = {
            j: cast_numbers(values[:, j], dtype) for j, dtype in enumerate(X.dtypes.tolist())
        }
        frame = type(X)(columns, index=X.index[source])
        frame.columns = X.columns
        return frame
    if hasattr(X, "get_column"):
        like = X.head(0).to_dict()
        columns = {
            name: cast_numbers(values[:, j], column.to_numpy().dtype)
            for j, (name, column) in enumerate(like.items())
        }
        return type(X)(columns).cast(X.schema)
    if sparse.issparse(X):
        rows = sparse.csr_array(values)
        rows.data = cast_numbers(rows.data, X.dtype)
        rows.eliminate_zeros()
        return type(X)(rows).asformat(X.format)
    if isinstance(X, (list, tuple)):
        return cast_numbers(values, np.asarray(X).dtype).tolist()
    if not hasattr(X, "dtype"):
        raise TypeError(
            f"Synthetic rows cannot be put into {type(X)!r}: expected an array, a scipy sparse "
            "matrix, a pandas or polars frame, or a list. Hint: polars.from_arrow(X) of an Arrow "
            "table."
        )
    return cast_numbers(values, X.dtype)


def _as_floats(rows: Any, hint: str) -> Any:
    """Return an array or csr matrix as float32, if it is of that, or float64."""
    if rows.dtype.kind == "c":
        raise ValueError("Complex data not supported: X holds complex numbers.")
    if rows.ndim != 2 or rows.dtype.kind not in "iufO":
        way_out = hint if rows.ndim == 2 else "one row per sample: X.reshape(len(X), -1)"
        raise ValueError(
            "X needs to contain only numerical data in two dimensions, got an array of dtype "
            f"{rows.dtype} with {rows.ndim} dimensions. Hint: {way_out}."
        )
    kind = np.float32 if rows.dtype == np.float32 else np.float64
    try:
        return rows.astype(kind, copy=False)
    except (TypeError, ValueError) as error:
        raise type(error)(
            f"X needs to contain only numerical data: {error}. Hint: {hint}."
        ) from None


def _not_finite(X: Any, bad: NDArray[np.intp]) -> ValueError:
    names = [X.columns[j] for j in bad.tolist()] if is_dataframe(X) else bad.tolist()
    return ValueError(f"X contains NaN or infinity in columns {names!r}. Hint: impute it first.")


def _frame_to_numbers(frame: Any, hint: str) -> NDArray[Any]:
    """Return a pandas or polars frame as an array, missing values as NaN."""
    pandas = hasattr(frame, "iloc")
    dtypes = frame.dtypes.tolist() if pandas else frame.dtypes
    wrong = [name for name, d in zip(frame.columns, dtypes, strict=True) if not is_numeric(d)]
    if wrong:
        raise ValueError(
            f"X needs to contain only numerical data, and columns {wrong!r} are not. Hint: {hint}."
        )
    if not pandas:
        return np.asarray(frame.to_numpy())
    single = all(getattr(dtype, "numpy_dtype", dtype) == np.float32 for dtype in dtypes)
    dtype = np.float32 if single else np.float64
    return np.asarray(frame.to_numpy(dtype=dtype, na_value=np.nan))


def is_numeric(dtype: Any) -> bool:
    """Whether a dtype of a pandas or polars column holds numbers, missing values allowed."""
    if hasattr(dtype, "is_numeric"):  # polars
        return bool(dtype.is_numeric())
    return getattr(dtype, "kind", "O") in "iuf"


def cast_numbers(values: NDArray[np.floating[Any]], dtype: Any) -> Any:
    """Return a column of numbers in a numpy or pandas `dtype`; integers are rounded to nearest."""
    plain = np.dtype(getattr(dtype, "numpy_dtype", getattr(dtype, "subtype", dtype)))
    if plain.kind == "O":
        return values
    if plain.kind in "iu":
        values = _whole(values, plain)
    if isinstance(dtype, np.dtype):
        return values.astype(dtype, copy=False)
    import pandas as pd  # an extension dtype: X is a pandas frame, so pandas is there

    return pd.array(values.astype(plain, copy=False), dtype=dtype)


def _whole(values: NDArray[np.floating[Any]], dtype: np.dtype[Any]) -> NDArray[np.float64]:
    """Round to nearest, without leaving the range of an integer dtype."""
    limits = np.iinfo(dtype)
    # The largest 64-bit integer is no float: the next float above it would overflow.
    high = limits.max if dtype.itemsize < 8 else np.nextafter(float(limits.max), 0)
    whole: NDArray[np.float64] = np.rint(values, dtype=np.float64)
    return np.clip(whole, limits.min, high, out=whole)
