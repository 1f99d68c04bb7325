"""Take rows from whatever container came in, and give the same container back.

Samplers choose rows as indices; these functions are the only place where rows are moved. Each
container is asked in its own way (pandas and polars per column, numpy and scipy in one call), so
dtypes, categories, index and column order survive and nothing passes through an object array.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from imbalance_kit._utils._gather import gather_rows


def is_dataframe(X: Any) -> bool:
    """Whether `X` is a two-dimensional frame with named columns (pandas, polars)."""
    return hasattr(X, "columns") and (hasattr(X, "iloc") or hasattr(X, "get_column"))


def n_rows(X: Any) -> int:
    """Return the number of rows of any supported container."""
    shape = getattr(X, "shape", None)
    if shape is None and hasattr(X, "__array__"):
        shape = np.asarray(X).shape
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


def take_rows(X: Any, indices: NDArray[np.intp], *, n_first: int = 0) -> Any:
    """Return ``X[indices]`` along the first axis in the container of `X`.

    Parameters
    ----------
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, ...)
        Rows.
    indices : ndarray of shape (n_taken,)
        Which ones, in [0, n_samples).
    n_first : int, default=0
        The first so many indices are known to be 0, 1, 2, ...: those rows of an array are copied as
        a whole.
    """
    if isinstance(X, np.ndarray):
        return gather_rows(X, indices, n_first)
    if sparse.issparse(X):
        return X.tocsr()[indices].asformat(X.format)
    if hasattr(X, "iloc"):  # pandas
        return X.take(indices)
    if hasattr(X, "get_column") or hasattr(X, "gather"):  # polars frame, series
        return X[indices]
    if isinstance(X, (list, tuple)):
        return [X[i] for i in indices.tolist()]
    if hasattr(X, "__array__"):
        return gather_rows(np.asarray(X), indices, n_first)
    raise TypeError(
        f"Cannot take rows from {type(X)!r}: expected an array, a scipy sparse matrix, a pandas or "
        "polars object, or a list."
    )


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
    if hasattr(X, "__array__"):  # of another library: `take_rows` gives numpy's
        return np.concatenate([np.asarray(X), rows])
    return [*X, *rows]
