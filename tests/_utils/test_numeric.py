"""Rows as numbers and back: float32 stays, integers are rounded without bias, dtypes survive."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import polars.testing
import pytest
from scipy import sparse

from imbalance_kit._utils._numeric import numeric_rows, rows_like

ROWS = np.array([3, 0, 3])
VALUES = np.array([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0], [6.0, 7.0]])

CONTAINERS: dict[str, Callable[[], Any]] = {
    "float64": lambda: VALUES,
    "float32": lambda: VALUES.astype("f4"),
    "float16": lambda: VALUES.astype("f2"),
    "int8": lambda: VALUES.astype("i1"),
    "uint64": lambda: VALUES.astype("u8"),
    "object": lambda: VALUES.astype(object),
    "Fortran": lambda: np.asfortranarray(VALUES),
    "list": lambda: VALUES.tolist(),
    "list of int": lambda: VALUES.astype(int).tolist(),
    "csr array": lambda: sparse.csr_array(VALUES),
    "csc matrix": lambda: sparse.csc_matrix(VALUES),
    "coo, float32": lambda: sparse.coo_array(VALUES.astype("f4")),
    "pandas": lambda: pd.DataFrame(VALUES, columns=["a", "b"], index=list("wxyz")),
    "pandas, float32": lambda: pd.DataFrame(VALUES.astype("f4"), columns=["a", "b"]),
    "pandas, mixed": lambda: pd.DataFrame({"a": VALUES[:, 0], "b": VALUES[:, 1].astype("i2")}),
    "pandas, same names": lambda: pd.DataFrame(VALUES, columns=["a", "a"]),
    "pandas, nullable": lambda: pd.DataFrame(VALUES).astype({0: "Int64", 1: "Float32"}),
    "pandas, arrow": lambda: pd.DataFrame(VALUES).astype({0: "i1", 1: "f4"}).convert_dtypes(
        dtype_backend="pyarrow"
    ),
    "pandas, sparse": lambda: pd.DataFrame(VALUES).astype(pd.SparseDtype("float64", 0.0)),
    "pandas, levels": lambda: pd.DataFrame(
        VALUES, columns=pd.MultiIndex.from_tuples([("u", 1), ("v", 2)])
    ),
    "polars": lambda: pl.DataFrame({"a": VALUES[:, 0], "b": VALUES[:, 1]}),
    "polars, mixed": lambda: pl.DataFrame(
        {"a": VALUES[:, 0], "b": VALUES[:, 1]}, schema={"a": pl.Float32, "b": pl.UInt8}
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CONTAINERS)
def test_there_and_back(name: str) -> None:
    X = CONTAINERS[name]()
    numbers = numeric_rows(X, ROWS)
    assert numbers.dtype == (np.float32 if name in SINGLE else np.float64)
    np.testing.assert_array_equal(numbers, VALUES[ROWS])
    back = rows_like(X, numbers, ROWS)
    assert type(back) is type(X)
    if hasattr(X, "iloc"):
        pd.testing.assert_frame_equal(back, X.iloc[ROWS])
    elif isinstance(X, pl.DataFrame):
        pl.testing.assert_frame_equal(back, X[ROWS.tolist()])
    elif isinstance(X, list):
        assert back == [X[i] for i in ROWS]
        assert type(back[0][0]) is type(X[0][0])
    else:
        dense, expected = (back, X) if isinstance(X, np.ndarray) else (back.toarray(), X.toarray())
        np.testing.assert_array_equal(dense, expected[ROWS])
        if name != "object":
            assert back.dtype == X.dtype


SINGLE = {"float32", "coo, float32", "pandas, float32", "polars, mixed"}


@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.int64, np.uint8, np.uint64])
def test_integers_are_rounded_without_bias(dtype: type) -> None:
    """Values spread evenly over [2, 12]: their mean is kept to 4 standard errors of rounding.

    The error of rounding is uniform over [-.5, .5], of standard deviation 1 / sqrt(12). Truncation
    would lower the mean by .5.
    """
    n = 40_000
    values = np.random.default_rng(0).uniform(2, 12, size=(n, 1))
    got = rows_like(np.zeros((1, 1), dtype=dtype), values, ROWS)
    assert got.dtype == dtype
    assert abs(got.mean() - values.mean()) < 4 / np.sqrt(12 * n)
    np.testing.assert_array_equal(got, np.rint(values))


@pytest.mark.parametrize(
    "make",
    [
        lambda dtype: np.zeros((1, 1), dtype=dtype),
        lambda dtype: pd.DataFrame(np.zeros((1, 1), dtype=dtype)),
        lambda dtype: pd.DataFrame(np.zeros((1, 1), dtype=dtype)).astype(
            np.dtype(dtype).name.replace("i", "I").replace("u", "U")
        ),
        lambda dtype: pl.DataFrame({"a": np.zeros(1, dtype=dtype)}),
    ],
    ids=["numpy", "pandas", "nullable", "polars"],
)
@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32, np.int64, np.uint64])
def test_integers_stay_in_their_range(make: Any, dtype: type) -> None:
    limits = np.iinfo(dtype)
    far = np.array([[-1e30], [1e30]])
    got = np.asarray(rows_like(make(dtype), far, np.array([0, 0]))).ravel().tolist()
    assert got[0] == limits.min
    # The last float below 2^63 or 2^64 is 512 or 1024 short of the largest integer.
    assert limits.max - 2**11 < got[1] <= limits.max


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (np.array([["a"], ["b"]]), "numerical data in two dimensions, got an array of dtype <U1"),
        (np.array([["a"], [1]], dtype=object), "only numerical data: could not convert string"),
        (np.array([[True], [False]]), "only numerical data in two dimensions, got .* dtype bool"),
        (np.array([[1j], [2]]), "Complex data not supported"),
        (np.zeros((2, 2, 2)), "two dimensions, got an array of dtype float64 with 3 dimensions"),
        (np.zeros(2), r"with 1 dimensions. Hint: one row per sample: X.reshape\(len\(X\), -1\)"),
        (
            pd.DataFrame({"a": ["x", "y"], "b": [1, 2], "c": [True, False]}),
            r"only numerical data, and columns \['a', 'c'\] are not. Hint: encode them first",
        ),
        (
            pd.DataFrame([["x", 1], ["y", 2]], columns=["a", "a"]),
            r"columns \['a'\] are not",
        ),
        (pl.DataFrame({"a": ["x", "y"], "b": [1, 2]}), r"columns \['a'\] are not. Hint: encode"),
        (pd.DataFrame({"a": pd.Categorical([1, 2])}), r"columns \['a'\] are not"),
        (np.array([[1, np.nan], [1, 2]]), r"contains NaN or infinity in columns \[1\]. Hint: imp"),
        (np.array([[np.inf, 1], [1, 2]]), r"contains NaN or infinity in columns \[0\]"),
        (pd.DataFrame({"a": [1.0, None], "b": [1, 2]}), r"NaN or infinity in columns \['a'\]"),
        (pd.DataFrame({"a": pd.array([1, None], dtype="Int64")}), r"infinity in columns \['a'\]"),
        (pl.DataFrame({"a": [1, None], "b": [1, 2]}), r"NaN or infinity in columns \['a'\]"),
    ],
)  # fmt: skip
def test_what_is_not_numeric(X: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        numeric_rows(X, np.array([0, 1]))


def test_only_the_rows_asked_for_are_looked_at() -> None:
    X = np.array([[1.0], [np.nan]])
    np.testing.assert_array_equal(numeric_rows(X, np.array([0, 0])), [[1], [1]])


def test_rows_are_not_made_for_other_containers() -> None:
    table = pytest.importorskip("pyarrow").table({"a": VALUES[:, 0], "b": VALUES[:, 1]})
    with pytest.raises(TypeError, match=r"cannot be put into .*Table.* Hint: polars\.from_arrow"):
        rows_like(table, VALUES, ROWS)
