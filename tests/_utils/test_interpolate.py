import tracemalloc
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.typing import NDArray
from scipy import sparse

import imbalance_kit._utils._gather as gather
import imbalance_kit._utils._interpolate as module
from imbalance_kit._utils._interpolate import Pairs, append_interpolated, interpolate
from imbalance_kit._utils._numeric import numeric_matrix

RNG = np.random.default_rng(0)
X = RNG.normal(size=(50, 7)) * (RNG.random((50, 7)) < 0.5)
PAIRS = Pairs(RNG.integers(50, size=400), RNG.integers(50, size=400), RNG.uniform(-0.5, 1, 400))
EXPECTED = X[PAIRS.seeds] + PAIRS.steps[:, None] * (X[PAIRS.neighbors] - X[PAIRS.seeds])

CONTAINERS: dict[str, Any] = {
    "C": X,
    "Fortran": np.asfortranarray(X),
    "list": X.tolist(),
    "csr": sparse.csr_array(X),
    "csc": sparse.csc_matrix(X),
    "pandas": pd.DataFrame(X),
    "polars": pl.DataFrame(X),
}


def _dense(rows: Any) -> NDArray[Any]:
    return np.asarray(rows.toarray() if sparse.issparse(rows) else rows)


@pytest.mark.parametrize("threads", [False, True])
@pytest.mark.parametrize("name", CONTAINERS)
def test_rows_and_then_those_between(
    name: str, threads: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BLOCK_VALUES", 50)
    monkeypatch.setattr(module, "_BLOCK_ROWS", 70)
    if threads:
        monkeypatch.setattr(gather, "_PARALLEL_BYTES", 1)
        monkeypatch.setattr(gather, "_BLOCK_BYTES", 5000)
    given = CONTAINERS[name]
    out = append_interpolated(given, numeric_matrix(given), PAIRS)
    assert type(out) is type(given)
    np.testing.assert_array_equal(_dense(out)[:50], X)
    np.testing.assert_allclose(_dense(out)[50:], EXPECTED, atol=1e-14)
    if isinstance(given, np.ndarray):
        assert out.flags.c_contiguous == given.flags.c_contiguous


@pytest.mark.parametrize("form", [np.asarray, np.asfortranarray, sparse.csr_array])
def test_single_precision_stays(form: Any) -> None:
    rows = interpolate(form(X.astype(np.float32)), PAIRS)
    assert rows.dtype == np.float32
    if isinstance(rows, np.ndarray):  # in the memory order of the input
        assert rows.flags.f_contiguous == (form is np.asfortranarray)
    np.testing.assert_allclose(_dense(rows), EXPECTED, atol=1e-6)


@pytest.mark.parametrize("form", [np.asarray, np.asfortranarray, sparse.csr_array])
def test_no_pairs(form: Any) -> None:
    assert interpolate(form(X), PAIRS[:0]).shape == (0, 7)


def test_ends_of_the_line() -> None:
    ends = Pairs(np.array([3, 3]), np.array([8, 8]), np.array([0.0, 1.0]))
    np.testing.assert_allclose(interpolate(X, ends), X[[3, 8]], atol=1e-15)


def test_rows_are_made_in_the_output() -> None:
    """Beside the output of 13 MB: blocks, and the steps once more as they are."""
    rows = RNG.normal(size=(2000, 20))
    parents = RNG.integers(2000, size=(2, 80_000))
    pairs = Pairs(parents[0], parents[1], RNG.random(80_000))
    tracemalloc.start()
    out = append_interpolated(rows, rows, pairs)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1.15 * out.nbytes
