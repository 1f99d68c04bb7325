"""Comparisons of containers that the properties share."""

import copy
from typing import Any

import numpy as np
from scipy import sparse

from tests.properties._strategies import dense


def snapshot(thing: Any) -> Any:
    """Return a copy to compare with later."""
    return copy.deepcopy(thing)


def assert_same(found: Any, expected: Any) -> None:
    """Assert that two containers are of one kind and equal, with dtypes, names and index."""
    assert type(found) is type(expected), f"{type(expected)} has become {type(found)}"
    if sparse.issparse(expected):
        assert found.format == expected.format
        assert found.dtype == expected.dtype, f"{expected.dtype} has become {found.dtype}"
        np.testing.assert_array_equal(found.toarray(), expected.toarray())
    elif hasattr(expected, "iloc"):
        import pandas as pd

        if hasattr(expected, "columns"):
            pd.testing.assert_frame_equal(found, expected)
        else:
            pd.testing.assert_series_equal(found, expected)
    elif hasattr(expected, "equals"):
        assert found.equals(expected)
        assert str(getattr(found, "schema", None)) == str(getattr(expected, "schema", None))
    elif isinstance(expected, np.ndarray):
        assert found.dtype == expected.dtype, f"{expected.dtype} has become {found.dtype}"
        assert found.shape == expected.shape
        np.testing.assert_equal(found.tolist(), expected.tolist())  # NaN in objects too
    else:
        np.testing.assert_equal(found, expected)


def rows_of(X: Any, rows: Any) -> Any:
    """Return rows of any container, by its own means and none of the package's."""
    if sparse.issparse(X):
        return X.tocsr()[rows].asformat(X.format)
    if hasattr(X, "iloc"):
        return X.iloc[rows]
    if isinstance(X, (list, tuple)):
        return [X[i] for i in rows]
    return X[rows]


def assert_same_kind(found: Any, given: Any) -> None:
    """Assert that rows came out in the container, with the dtypes and names that came in."""
    assert type(found) is type(given), f"{type(given)} has become {type(found)}"
    if sparse.issparse(given):
        assert (found.format, found.dtype) == (given.format, given.dtype)
    elif hasattr(given, "iloc"):
        assert found.columns.equals(given.columns)
        assert found.dtypes.tolist() == given.dtypes.tolist()
    elif hasattr(given, "schema"):
        assert found.schema == given.schema
    elif isinstance(given, np.ndarray):
        assert found.dtype == given.dtype, f"{given.dtype} has become {found.dtype}"
    assert dense(found).shape[1:] == dense(given).shape[1:]
