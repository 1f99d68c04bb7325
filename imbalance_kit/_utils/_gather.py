"""Move rows of numpy arrays: one allocation, blocks in two threads, no detour through a copy."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

_PARALLEL_BYTES = 1 << 22  # below 4 MiB starting a second thread costs more than it saves
_BLOCK_BYTES = 1 << 24  # large enough that handing blocks out costs nothing beside filling them
_MAX_THREADS = 2  # copying rows is bound by memory bandwidth, which two threads exhaust


def gather_rows(X: NDArray[Any], indices: NDArray[np.intp], n_first: int = 0) -> NDArray[Any]:
    """Return ``X[indices]`` in the memory order of `X`.

    The first `n_first` indices are known to be 0, 1, 2, ...; all are valid by construction, so that
    ``mode="clip"`` changes none of them and lets numpy write straight into the new array.
    """
    by_column = X.flags.f_contiguous and not X.flags.c_contiguous
    plain = type(X) in (np.ndarray, np.memmap) and X.flags.aligned
    if not plain or not (by_column or X.flags.c_contiguous):
        rows: NDArray[Any] = X[indices]
        return rows
    shape = (len(indices), *X.shape[1:])
    out = np.empty(shape, dtype=X.dtype, order="F" if by_column else "C")
    (_fill_columns if by_column else fill_rows)(np.asarray(X), indices, n_first, out)
    return out


def fill_rows(X: NDArray[Any], indices: NDArray[np.intp], n_first: int, out: NDArray[Any]) -> None:
    """Write the first `n_first` rows of `X`, then the rows `indices[n_first:]`, into `out`."""
    first, last, drawn = out[:n_first], out[n_first:], indices[n_first:]
    in_blocks(lambda block: np.copyto(first[block], X[:n_first][block]), first)
    in_blocks(lambda block: np.take(X, drawn[block], axis=0, out=last[block], mode="clip"), last)


def _fill_columns(
    X: NDArray[Any], indices: NDArray[np.intp], n_first: int, out: NDArray[Any]
) -> None:
    n_columns = prod(X.shape[1:])
    columns, new = X.T.reshape(n_columns, len(X)), out.T.reshape(n_columns, len(out))

    def fill(block: slice) -> None:
        for old_column, new_column in zip(columns[block], new[block], strict=True):
            new_column[:n_first] = old_column[:n_first]
            np.take(old_column, indices[n_first:], out=new_column[n_first:], mode="clip")

    in_blocks(fill, new)


def in_blocks(work: Callable[[slice], object], out: NDArray[Any]) -> None:
    """Call `work` on slices of the first axis of `out`, in two threads where that pays."""
    n = len(out)
    if out.nbytes < _PARALLEL_BYTES or out.dtype.hasobject:
        work(slice(0, n))
        return
    step = max(1, n * _BLOCK_BYTES // out.nbytes)
    blocks = [slice(start, start + step) for start in range(0, n, step)]
    with ThreadPoolExecutor(_MAX_THREADS) as pool:
        for _ in pool.map(work, blocks):
            pass
