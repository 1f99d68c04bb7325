"""Rows as classifiers get them: columns by name, categories in common, containers kept."""

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse

from imbalance_kit._utils._covariates import learn_covariates
from imbalance_kit.weighting._classifier_rows import ClassifierRows

FIRST = pd.DataFrame({"a": [1.0, 2.0], "b": pd.Categorical(["x", "y"])})
SECOND = pd.DataFrame({"b": pd.Categorical(["z", None]), "a": [3.0, 4.0]})
ROWS = ClassifierRows(learn_covariates(FIRST, SECOND))


def test_categories_are_those_of_both_and_columns_in_one_order() -> None:
    first, second = ROWS.prepare(FIRST), ROWS.prepare(SECOND)
    assert list(first.columns) == list(second.columns) == ["a", "b"]
    assert first["b"].cat.categories.tolist() == ["x", "y", "z"]
    assert (first.dtypes == second.dtypes).all()
    assert second["b"].tolist()[0] == "z"
    assert FIRST["b"].cat.categories.tolist() == ["x", "y"]  # untouched


def test_unknown_levels_are_missing_and_said() -> None:
    with pytest.warns(UserWarning, match=r"\['b'\] have levels that were not there at fit"):
        found = ROWS.prepare(FIRST.assign(b=pd.Categorical(["x", "new"])))
    assert found["b"].isna().tolist() == [False, True]


@pytest.mark.parametrize("convert", [np.asarray, sparse.csr_array, pl.DataFrame, list])
def test_other_containers_are_kept(convert: Any) -> None:
    plain = [[1.0, 2.0], [3.0, 4.0]]
    X = convert(plain) if convert is not pl.DataFrame else pl.DataFrame(plain, orient="row")
    found = ClassifierRows(learn_covariates(X)).prepare(X)
    assert found.shape == (2, 2)
    assert type(found) is (np.ndarray if convert is list else type(X))


def test_a_frame_whose_columns_are_numbers() -> None:
    """They were looked up by their text, and not found."""
    X = pd.DataFrame(np.arange(6.0).reshape(3, 2))
    rows = ClassifierRows(learn_covariates(X))
    np.testing.assert_array_equal(rows.prepare(X), X)
    np.testing.assert_array_equal(rows.prepare(X[[1, 0]]), X)
    with pytest.raises(ValueError, match=r"columns \['1'\] are missing"):
        rows.prepare(X[[0]])
