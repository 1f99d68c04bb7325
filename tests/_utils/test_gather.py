"""Rows of numpy arrays: equal to fancy indexing whatever the dtype, memory order or size."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as stn

import imbalance_kit._utils._gather as gather
from imbalance_kit._utils._gather import gather_rows

arrays = stn.arrays(
    st.one_of(
        stn.integer_dtypes(),
        stn.floating_dtypes(),
        stn.boolean_dtypes(),
        stn.unicode_string_dtypes(),
    ),
    stn.array_shapes(min_dims=1, max_dims=4, max_side=6),
)


def check(X: np.ndarray, n_first: int, indices: np.ndarray) -> np.ndarray:
    before = X.copy()
    expected = np.concatenate([X[:n_first], X[indices]])
    got = gather_rows(X, np.concatenate([np.arange(n_first), indices]), n_first)
    assert got.dtype == X.dtype
    np.testing.assert_array_equal(got, expected)
    np.testing.assert_array_equal(X, before)
    assert not np.shares_memory(got, X)
    return got


@pytest.fixture(params=["one thread", "two threads"])
def threads(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "two threads":
        monkeypatch.setattr(gather, "_PARALLEL_BYTES", 1)


@given(X=arrays, data=st.data(), everything=st.booleans(), order=st.sampled_from("CFKT"))
def test_any_array(X: np.ndarray, data: st.DataObject, everything: bool, order: str) -> None:
    X = X.T if order == "T" else np.copy(X, order=order)  # type: ignore[call-overload]
    rows = data.draw(st.lists(st.integers(0, len(X) - 1), max_size=20))
    check(X, len(X) if everything else 0, np.array(rows, dtype=np.intp))


LAYOUTS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "C": lambda X: X,
    "Fortran": np.asfortranarray,
    "every second row": lambda X: X[::2],
    "every second column": lambda X: X[:, ::2],
    "backwards": lambda X: X[::-1],
    "a slice of columns": lambda X: X[:, 1:3],
    "broadcast": lambda X: np.broadcast_to(X[0], X.shape),
    "big-endian": lambda X: X.astype(">f8"),
    "3-D": lambda X: X.reshape(len(X), 2, -1),
    "3-D Fortran": lambda X: np.asfortranarray(X.reshape(len(X), 2, -1)),
    "3-D transposed": lambda X: X.reshape(2, -1, len(X)).transpose(2, 0, 1),
    "1-D": lambda X: X[:, 0].copy(),
    "1-D strided": lambda X: X[:, 0],
    "objects": lambda X: X.astype(object),
    "objects, Fortran": lambda X: np.asfortranarray(X.astype(object)),
    "strings": lambda X: X.astype("U7"),
    "dates": lambda X: X.astype(int).astype("M8[s]"),
    "no columns": lambda X: X[:, :0],
    "unaligned": lambda X: np.frombuffer(b"\0" + X.tobytes(), offset=1).reshape(X.shape),
}
if hasattr(np.dtypes, "StringDType"):  # numpy 2
    LAYOUTS["variable strings"] = lambda X: X.astype("U7").astype(np.dtypes.StringDType())


@pytest.mark.usefixtures("threads")
@pytest.mark.parametrize("n_first", [0, 1], ids=["take", "append"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(layout: str, n_first: int) -> None:
    rng = np.random.default_rng(0)
    X = LAYOUTS[layout](rng.normal(size=(400, 6)) * 100)
    X.setflags(write=False)
    for size in (0, 1, 37, 2000):
        indices = rng.integers(len(X), size=size)
        check(X, n_first * len(X), indices)


@pytest.mark.usefixtures("threads")
@pytest.mark.parametrize("n_first", [0, 1], ids=["take", "append"])
def test_memory_order_is_kept(n_first: int) -> None:
    X = np.asfortranarray(np.random.default_rng(1).normal(size=(50, 4)))
    got = check(X, n_first * 50, np.arange(30))
    assert got.flags.f_contiguous
    assert not got.flags.c_contiguous


def test_structured_rows() -> None:
    X = np.zeros(20, dtype=[("age", "i4"), ("name", "U3"), ("income", "f8")])
    X["age"], X["name"] = np.arange(20), "abc"
    got = check(X, 20, np.array([3, 3, 19]))
    assert got["age"][-3:].tolist() == [3, 3, 19]
    check(X, 0, np.array([5, 1]))


@pytest.mark.parametrize("order", ["C", "F"])
def test_memory_mapped_file(tmp_path: Path, order: Any) -> None:
    X = np.random.default_rng(2).normal(size=(300, 5))
    path = tmp_path / "X.npy"
    np.save(path, np.asarray(X, order=order))
    mapped = np.load(path, mmap_mode="r")
    assert isinstance(mapped, np.memmap)
    for n_first in (0, 300):
        got = check(mapped, n_first, np.array([299, 0, 7]))
        assert type(got) is np.ndarray  # in memory: nothing can be written into the file


def test_masked_arrays_keep_their_mask() -> None:
    X = np.ma.masked_less(np.arange(12.0).reshape(6, 2), 3)
    for n_first in (0, 6):
        rows = np.array([0, 1, 5])
        got = gather_rows(X, np.concatenate([np.arange(n_first), rows]), n_first)
        assert isinstance(got, np.ma.MaskedArray)
        assert got.mask[-3:].tolist() == [[True, True], [True, False], [False, False]]


def test_more_rows_than_blocks_and_fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather, "_PARALLEL_BYTES", 1)
    for n in (1, 2, 15, 16, 17, 1000):
        check(np.arange(3.0 * n).reshape(n, 3), n, np.arange(n)[::-1].copy())


def test_errors_in_a_thread_are_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather, "_PARALLEL_BYTES", 1)

    def fail(block: slice) -> None:
        raise MemoryError("no room")

    with pytest.raises(MemoryError, match="no room"):
        gather.in_blocks(fail, np.zeros((100, 2)))
