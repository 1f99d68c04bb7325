"""Which columns are categories: by dtype, position, name or mask."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._containers import is_dataframe
from imbalance_kit._utils._mixed_columns import column, column_names, is_boolean, is_category


def split_columns(
    table: Any, categorical_features: Any
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the numbers of the categorical and of the other columns, ascending.

    Parameters
    ----------
    table : DataFrame, ndarray or csc matrix
        Rows, as `as_table` gives them.
    categorical_features : "auto" or array-like of int, str or bool
        "auto" goes by the dtypes of a frame. Boolean columns are categories in any case.

    Raises
    ------
    ValueError
        If a column is not there, or if all columns are categories, or none.
    """
    n_columns = table.shape[1]
    if isinstance(categorical_features, str) and categorical_features == "auto":
        if not is_dataframe(table):
            raise ValueError(
                "When `categorical_features='auto'`, the input data should be a pandas.DataFrame "
                f"or a polars.DataFrame, whose columns have dtypes. Got {type(table)} instead. "
                "Hint: give the numbers of the categorical columns."
            )
        named = np.array([is_category(column(table, j)) for j in range(n_columns)])
    else:
        named = _named(table, categorical_features)
    if is_dataframe(table):
        named |= [is_boolean(column(table, j)) for j in range(n_columns)]
    if named.all():
        raise ValueError(
            "SMOTE-NC is not designed to work only with categorical features. It requires some "
            f"numerical features, and all columns (n_features={n_columns}) are categories. Hint: "
            "use SMOTEN."
        )
    if not named.any():
        raise ValueError(
            "SMOTE-NC is not designed to work only with numerical features. It requires some "
            "categorical features. Hint: use SMOTE, or name the categorical columns in "
            "`categorical_features`."
        )
    return np.flatnonzero(named), np.flatnonzero(~named)


def _named(table: Any, features: Any) -> NDArray[np.bool_]:
    """Return a mask of the columns that the caller names."""
    names, n_columns = column_names(table), table.shape[1]
    wanted = np.asarray(features)
    if wanted.ndim != 1:
        raise ValueError(
            "`categorical_features` must be 'auto' or a list of column numbers, names or booleans, "
            f"got {features!r}."
        )
    if wanted.dtype == bool:
        if len(wanted) != n_columns:
            raise ValueError(
                f"`categorical_features` is a mask of {len(wanted)} entries, and X has {n_columns} "
                "columns: expected one entry per column."
            )
        return wanted.copy()
    mask = np.zeros(n_columns, dtype=bool)
    if len(wanted) == 0:
        return mask
    if wanted.dtype.kind in "iu":
        if wanted.min() < -n_columns or wanted.max() >= n_columns:
            raise ValueError(
                f"`categorical_features` is {wanted.tolist()!r}: all features must be in "
                f"[{-n_columns}, {n_columns - 1}], the numbers of the columns of X."
            )
        mask[wanted] = True
        return mask
    missing = [name for name in wanted.tolist() if name not in names]
    if missing:
        raise ValueError(
            f"`categorical_features` names columns that are not in X: {missing!r}. The columns are "
            f"{names!r}."
        )
    mask[[names.index(name) for name in wanted.tolist()]] = True
    return mask
