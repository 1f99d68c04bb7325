import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse

from imbalance_kit.testing._assertions import assert_mean, containers, dense


def test_a_mean_within_four_standard_errors_passes() -> None:
    values = np.array([[0.0], [2.0]] * 50)  # mean 1, standard error about 0.1
    assert_mean(values, 1.39)
    assert_mean(values, 0.61)


@pytest.mark.parametrize("expected", [0.59, 1.41])
def test_a_mean_beyond_fails_and_says_by_how_much(expected: float) -> None:
    values = np.array([[0.0], [2.0]] * 50)
    with pytest.raises(AssertionError, match=f"is 1, expected {expected} within 0.402"):
        assert_mean(values, expected)
    assert_mean(values, expected, slack=0.02)


def test_what_does_not_vary_must_be_exact() -> None:
    assert_mean(np.full((5, 2), 3.0), [3.0, 3.0])
    with pytest.raises(AssertionError):
        assert_mean(np.full((5, 2), 3.0), [3.0, 3.0001])


def test_all_containers_hold_the_same_rows() -> None:
    X = np.arange(12.0).reshape(6, 2)
    found = containers(X, with_sparse=True)
    kinds = [type(container) for container in found.values()]
    assert kinds == [np.ndarray, np.ndarray, list, sparse.csr_array, pd.DataFrame, pl.DataFrame]
    for container in found.values():
        np.testing.assert_array_equal(dense(container), X)
    assert "csr" not in containers(X, with_sparse=False)
