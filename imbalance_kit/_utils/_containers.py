"""Take rows from whatever container came in, and give the same container back.

Samplers choose rows as indices; these functions are the only place where rows are moved. Each
container is asked in its own way (pandas and polars per column, numpy and scipy in one call), so
dtypes, categories, index and column order survive and nothing passes through an object array.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

_PARALLEL_BYTES = 1 << 22  # below 4 MiB starting a second thread costs more than it saves
_MAX_THREADS = 2  # copying rows is bound by memory bandwidth, which two threads exhaust


def is_dataframe(X: Any) -> bool:
    """Whether `X` is a two-dimensional frame with named columns (pandas, polars)."""
    return hasattr(X, "columns") and (hasattr(X, "iloc") or hasattr(X, "get_column"))


def n_rows(X: Any) -> int:
    """Return the number of rows of any supported container."""
    shape = getattr(X, "shape", None)
    if shape is not None:
        if len(shape) == 0:
            raise TypeError(f"Expected rows, got a 0-dimensional array: {X!r}.")
        return int(shape[0])
    try:
        return len(X)
    except TypeError:
        raise TypeError(
            f"Expected an array, a sparse matrix, a DataFrame or a list of rows, got {type(X)!r}."
        ) from None


def take_rows(X: Any, indices: NDArray[np.intp]) -> Any:
    """Return ``X[indices]`` along the first axis in the container of `X`."""
    if isinstance(X, np.ndarray):
        out = np.empty((len(indices), *X.shape[1:]), dtype=X.dtype)
        _take_into(np.asarray(X), indices, out)
        return out
    if sparse.issparse(X):
        return X.tocsr()[indices].asformat(X.format)
    if hasattr(X, "iloc"):  # pandas
        return X.take(indices)
    if hasattr(X, "get_column") or hasattr(X, "gather"):  # polars frame, series
        return X[indices]
    if isinstance(X, (list, tuple)):
        return [X[i] for i in indices.tolist()]
    if hasattr(X, "__array__"):
        return take_rows(np.asarray(X), indices)
    raise TypeError(
        f"Cannot take rows from {type(X)!r}: expected an array, a scipy sparse matrix, a pandas or "
        "polars object, or a list."
    )


def append_rows(X: Any, indices: NDArray[np.intp]) -> Any:
    """Return the rows of `X` followed by ``X[indices]``, in the container of `X`."""
    if isinstance(X, np.ndarray):
        n = len(X)
        out = np.empty((n + len(indices), *X.shape[1:]), dtype=X.dtype)
        _copy_into(np.asarray(X), out[:n])
        _take_into(*_gather_repeated(np.asarray(X), indices), out[n:])
        return out
    return take_rows(X, np.concatenate([np.arange(n_rows(X), dtype=np.intp), indices]))


def concat_rows(X: Any, rows: Any) -> Any:
    """Return the rows of `X` followed by `rows`, two containers of the same kind."""
    if isinstance(X, np.ndarray):
        return np.concatenate([X, rows])
    if sparse.issparse(X):
        return sparse.vstack([X, rows], format=X.format)
    if hasattr(X, "iloc"):
        import pandas as pd

        return pd.concat([X, rows])
    if hasattr(X, "vstack"):  # polars frame
        return X.vstack(rows)
    return [*X, *rows]


def numeric_rows(X: Any, indices: NDArray[np.intp]) -> NDArray[np.floating[Any]]:
    """Return ``X[indices]`` as a dense float matrix; float32 stays float32.

    Raises
    ------
    ValueError
        If a column is not numeric, or holds missing or infinite values there.
    """
    if is_dataframe(X):
        wrong = [str(name) for name in X.columns if not _is_numeric(X[name])]
        if wrong:
            raise ValueError(
                f"X needs to contain only numerical data, and columns {wrong!r} are not. Hint: "
                "encode them first."
            )
    rows = take_rows(X, indices)
    dense = rows.toarray() if sparse.issparse(rows) else np.asarray(rows)
    if dense.ndim != 2 or dense.dtype.kind not in "iufO":
        raise ValueError(
            "X needs to contain only numerical data in two dimensions, got an array of dtype "
            f"{dense.dtype} with {dense.ndim} dimensions."
        )
    try:
        numbers = dense.astype(np.float32 if dense.dtype == np.float32 else np.float64, copy=False)
    except (TypeError, ValueError) as error:
        raise ValueError(f"X needs to contain only numerical data: {error}.") from error
    if not np.isfinite(numbers).all():
        bad = np.flatnonzero(~np.isfinite(numbers).all(axis=0))
        names = [str(X.columns[j]) for j in bad] if is_dataframe(X) else bad.tolist()
        raise ValueError(
            f"Input X contains NaN or infinity in columns {names!r}. Hint: impute them first."
        )
    return numbers


def rows_like(X: Any, values: NDArray[np.floating[Any]], source: NDArray[np.intp]) -> Any:
    """Return `values` as rows of the container and dtypes of `X`; integers are rounded to nearest.

    A pandas index is taken from the rows `source` of `X`.
    """
    if hasattr(X, "iloc"):
        columns = {j: _cast(values[:, j], dtype) for j, dtype in enumerate(X.dtypes.tolist())}
        frame = type(X)(columns, index=X.index[source])
        frame.columns = X.columns
        return frame
    if hasattr(X, "get_column"):
        return type(X)(
            {
                name: np.rint(values[:, j]) if dtype.is_integer() else values[:, j]
                for j, (name, dtype) in enumerate(X.schema.items())
            }
        ).cast(X.schema)
    if sparse.issparse(X):
        return sparse.csr_array(_cast(values, X.dtype)).asformat(X.format)
    if isinstance(X, (list, tuple)):
        return _cast(values, np.asarray(X).dtype).tolist()
    return _cast(values, X.dtype)


def _is_numeric(column: Any) -> bool:
    dtype = column.dtype
    if hasattr(dtype, "is_numeric"):  # polars
        return bool(dtype.is_numeric())
    return getattr(dtype, "kind", "O") in "iuf"


def _cast(values: NDArray[np.floating[Any]], dtype: Any) -> Any:
    if getattr(dtype, "kind", "") not in "iu":
        return (
            values if isinstance(dtype, np.dtype) and dtype.kind == "O" else _astype(values, dtype)
        )
    if isinstance(dtype, np.dtype):
        limits = np.iinfo(dtype)
        values = np.clip(values, limits.min, limits.max)
    return _astype(np.rint(values), dtype)


def _astype(values: NDArray[Any], dtype: Any) -> Any:
    if isinstance(dtype, np.dtype):
        return values.astype(dtype, copy=False)
    import pandas as pd  # an extension dtype: X is a pandas frame, so pandas is there

    return pd.array(values, dtype=dtype)


def _gather_repeated(
    X: NDArray[Any], indices: NDArray[np.intp]
) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """Return a smaller source and indices into it, where few rows of `X` are taken many times.

    The gathered rows are read from the cache instead of from all over the memory.
    """
    if len(indices) == 0:
        return X, indices
    wanted = np.zeros(len(X), dtype=bool)
    wanted[indices] = True
    distinct = np.flatnonzero(wanted)
    if 2 * len(distinct) > len(indices):
        return X, indices
    position = np.empty(len(X), dtype=np.intp)
    position[distinct] = np.arange(len(distinct))
    return X[distinct], position[indices]


def _copy_into(source: NDArray[Any], out: NDArray[Any]) -> None:
    _in_blocks(lambda block: np.copyto(out[block], source[block]), out)


def _take_into(source: NDArray[Any], indices: NDArray[np.intp], out: NDArray[Any]) -> None:
    # mode="clip" writes straight into `out`; the indices are valid by construction.
    _in_blocks(
        lambda block: np.take(source, indices[block], axis=0, out=out[block], mode="clip"), out
    )


def _in_blocks(work: Callable[[slice], object], out: NDArray[Any]) -> None:
    """Call `work` on slices of the rows of `out`, in two threads where that pays."""
    n = len(out)
    if out.nbytes < _PARALLEL_BYTES or out.dtype.hasobject:
        work(slice(0, n))
        return
    bounds = np.linspace(0, n, 8 * _MAX_THREADS + 1).astype(int)
    blocks = [slice(a, b) for a, b in pairwise(bounds.tolist())]
    with ThreadPoolExecutor(_MAX_THREADS) as pool:
        for _ in pool.map(work, blocks):
            pass
