"""Move rows of numpy arrays: one allocation, blocks in two threads, no detour through a copy."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

_PARALLEL_BYTES = 1 << 22  # below 4 MiB starting a second thread costs more than it saves
_CACHE_LINE = 64  # bytes; shorter rows share one, and gathering them first saves nothing
_MAX_THREADS = 2  # copying rows is bound by memory bandwidth, which two threads exhaust


def gather_rows(X: NDArray[Any], n_first: int, indices: NDArray[np.intp]) -> NDArray[Any]:
    """Return the first `n_first` rows of `X` and then ``X[indices]``, in the memory order of `X`.

    ``mode="clip"`` lets numpy write straight into the new array; the indices are valid by
    construction.
    """
    by_column = X.flags.f_contiguous and not X.flags.c_contiguous
    plain = type(X) in (np.ndarray, np.memmap) and X.flags.aligned
    if not plain or not (by_column or X.flags.c_contiguous):
        rows: NDArray[Any] = X[np.concatenate([np.arange(n_first, dtype=np.intp), indices])]
        return rows
    shape = (n_first + len(indices), *X.shape[1:])
    out = np.empty(shape, dtype=X.dtype, order="F" if by_column else "C")
    (_fill_columns if by_column else _fill_rows)(np.asarray(X), n_first, indices, out)
    return out


def _fill_rows(X: NDArray[Any], n_first: int, indices: NDArray[np.intp], out: NDArray[Any]) -> None:
    first, last = out[:n_first], out[n_first:]
    _in_blocks(lambda block: np.copyto(first[block], X[block]), first)
    source, places = _compact(X, indices) if n_first else (X, indices)
    _in_blocks(
        lambda block: np.take(source, places[block], axis=0, out=last[block], mode="clip"), last
    )


def _fill_columns(
    X: NDArray[Any], n_first: int, indices: NDArray[np.intp], out: NDArray[Any]
) -> None:
    n_columns = prod(X.shape[1:])
    columns, new = X.T.reshape(n_columns, len(X)), out.T.reshape(n_columns, len(out))

    def fill(block: slice) -> None:
        for old_column, new_column in zip(columns[block], new[block], strict=True):
            new_column[:n_first] = old_column[:n_first]
            np.take(old_column, indices, out=new_column[n_first:], mode="clip")

    _in_blocks(fill, new)


def _compact(X: NDArray[Any], indices: NDArray[np.intp]) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """Return a smaller source and indices into it, where few rows of `X` are taken many times.

    The gathered rows are read from the cache instead of from all over the memory.
    """
    if len(indices) == 0 or X[:1].nbytes < _CACHE_LINE:
        return X, indices
    wanted = np.zeros(len(X), dtype=bool)
    wanted[indices] = True
    distinct = np.flatnonzero(wanted)
    if 2 * len(distinct) > len(indices):
        return X, indices
    position = np.empty(len(X), dtype=np.intp)
    position[distinct] = np.arange(len(distinct))
    return X[distinct], position[indices]


def _in_blocks(work: Callable[[slice], object], out: NDArray[Any]) -> None:
    """Call `work` on slices of the first axis of `out`, in two threads where that pays."""
    n = len(out)
    if out.nbytes < _PARALLEL_BYTES or out.dtype.hasobject:
        work(slice(0, n))
        return
    bounds = np.linspace(0, n, 8 * _MAX_THREADS + 1).astype(int)
    blocks = [slice(a, b) for a, b in pairwise(bounds.tolist())]
    with ThreadPoolExecutor(_MAX_THREADS) as pool:
        for _ in pool.map(work, blocks):
            pass
