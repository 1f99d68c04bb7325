"""Columns are categories by dtype, number, name or mask; anything else is refused."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse

from imbalance_kit.over_sampling._categorical_features import split_columns

PANDAS = pd.DataFrame(
    {
        "float": [0.5, 1.5],
        "category": pd.Categorical(["a", "b"]),
        "integer": [1, 2],
        "object": np.array(["a", None], dtype=object),
        "string": pd.array(["a", "b"], dtype="string"),
        "bool": [True, False],
        "boolean": pd.array([True, None], dtype="boolean"),
        "Int64": pd.array([1, 2], dtype="Int64"),
        "time": pd.to_datetime(["2024-01-01", "2024-01-02"]),
    }
)


def polars_frame() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "float": [0.5, 1.5],
            "categorical": pl.Series(["a", "b"]).cast(pl.Categorical),
            "enum": pl.Series(["a", "b"]).cast(pl.Enum(["a", "b", "c"])),
            "string": ["a", None],
            "boolean": [True, None],
            "integer": [1, 2],
            "date": pl.Series(["2024-01-01", "2024-01-02"]).str.to_date(),
        }
    )


def test_dtypes_of_pandas() -> None:
    categorical, numeric = split_columns(PANDAS, "auto")
    names = ["category", "object", "string", "bool", "boolean"]
    assert PANDAS.columns[categorical].tolist() == names
    assert PANDAS.columns[numeric].tolist() == ["float", "integer", "Int64", "time"]


def test_dtypes_of_polars() -> None:
    categorical, numeric = split_columns(polars_frame(), "auto")
    assert categorical.tolist() == [1, 2, 3, 4]
    assert numeric.tolist() == [0, 5, 6]


@pytest.mark.parametrize("features", [[1, 3], [3, 1, 1], [-3, -1], [False, True, False, True]])
@pytest.mark.parametrize("make", [np.array, sparse.csc_array])
def test_numbers_and_masks(features: list, make: type) -> None:
    categorical, numeric = split_columns(make(np.zeros((2, 4))), features)
    assert categorical.tolist() == [1, 3]
    assert numeric.tolist() == [0, 2]


def test_names_and_booleans_that_nobody_named() -> None:
    categorical, _ = split_columns(PANDAS, ["object", "integer"])
    assert PANDAS.columns[categorical].tolist() == ["integer", "object", "bool", "boolean"]


@pytest.mark.parametrize(
    ("features", "message"),
    [
        (["object", "colour"], r"not in X: \['colour'\]"),
        ([0, 10], r"\[0, 10\]: all features must be in \[-9, 8\]"),
        ([True, False], "mask of 2 entries, and X has 9 columns"),
        ("object", "must be 'auto' or a list"),
        (None, "must be 'auto' or a list"),
    ],
)
def test_columns_that_are_not_there(features: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        split_columns(PANDAS, features)


def test_auto_needs_dtypes() -> None:
    with pytest.raises(ValueError, match=r"pandas.DataFrame or a polars.DataFrame.*Hint: give"):
        split_columns(np.zeros((2, 2)), "auto")


def test_all_and_none() -> None:
    with pytest.raises(ValueError, match=r"only with categorical.*Hint: use SMOTEN"):
        split_columns(PANDAS[["category", "bool"]], "auto")
    with pytest.raises(ValueError, match=r"only with numerical.*Hint: use SMOTE, or name"):
        split_columns(PANDAS[["float", "integer"]], "auto")
    with pytest.raises(ValueError, match="only with numerical"):
        split_columns(np.zeros((2, 2)), [])
