"""Rows on the line through two rows: ``seed + step * (neighbor - seed)``, written into the output.

The recipe of all of the SMOTE family. What it needs beside the output is one block of rows.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from imbalance_kit._utils._containers import concat_rows
from imbalance_kit._utils._gather import fill_rows, in_blocks
from imbalance_kit._utils._numeric import rows_like

_BLOCK_VALUES = 1 << 15  # 256 KiB of float64: a block and its partner stay in the cache
_BLOCK_ROWS = 1 << 16  # sparse


@dataclass(frozen=True)
class Pairs:
    """The parents of rows to make, as row numbers, and where between them each row lies.

    Invariant: all three have one entry per row; a step of 0 is the seed, 1 the neighbour.
    """

    seeds: NDArray[np.intp]
    neighbors: NDArray[np.intp]
    steps: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.seeds)

    def __getitem__(self, block: slice) -> "Pairs":
        return Pairs(self.seeds[block], self.neighbors[block], self.steps[block])


def append_interpolated(X: Any, numbers: Any, pairs: Pairs) -> Any:
    """Return the rows of `X` followed by one made of each pair, in the container of `X`.

    Parameters
    ----------
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
        Rows.
    numbers : {ndarray, csr matrix} of shape (n_samples, n_features)
        The same rows as floats.
    pairs : Pairs
        Parents among them, and steps.
    """
    if X is not numbers or sparse.issparse(X) or not X.flags.c_contiguous:
        return concat_rows(X, interpolated_like(X, numbers, pairs))
    n = len(X)
    out = np.empty((n + len(pairs), X.shape[1]), dtype=X.dtype)
    fill_rows(X, pairs.seeds[:0], n, out[:n])
    _interpolate_into(out[n:], X, pairs)
    return out


def interpolated_like(X: Any, numbers: Any, pairs: Pairs) -> Any:
    """Return one row made of each pair, in the container and dtypes of `X`.

    Parameters
    ----------
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
        What the rows are to look like.
    numbers : {ndarray, csr matrix} of shape (n_samples, n_features)
        The same rows as floats.
    pairs : Pairs
        Parents among them, and steps.
    """
    return rows_like(X, interpolate(numbers, pairs), pairs.seeds)


def interpolate(numbers: Any, pairs: Pairs) -> Any:
    """Return ``seed + step * (neighbor - seed)`` for each pair, dense or csr as `numbers` is.

    Parameters
    ----------
    numbers : {ndarray, csr matrix} of shape (n_samples, n_features)
        Rows, as floats.
    pairs : Pairs
        Parents among them, and steps.
    """
    if sparse.issparse(numbers):
        starts = range(0, max(1, len(pairs)), _BLOCK_ROWS)
        blocks = [_sparse_block(numbers, pairs[i : i + _BLOCK_ROWS]) for i in starts]
        return sparse.vstack(blocks, format="csr")
    by_column = numbers.flags.f_contiguous and not numbers.flags.c_contiguous
    shape = (len(pairs), numbers.shape[1])
    out = np.empty(shape, dtype=numbers.dtype, order="F" if by_column else "C")
    (_interpolate_columns if by_column else _interpolate_into)(out, numbers, pairs)
    return out


def _interpolate_into(
    out: NDArray[np.floating[Any]], numbers: NDArray[np.floating[Any]], pairs: Pairs
) -> None:
    step_rows = max(1, _BLOCK_VALUES // numbers.shape[1])

    def fill(part: slice) -> None:
        partner = np.empty((step_rows, numbers.shape[1]), dtype=numbers.dtype)
        for start in range(part.start, min(part.stop, len(out)), step_rows):
            stop = min(start + step_rows, part.stop, len(out))
            rows, other = out[start:stop], partner[: stop - start]
            # All row numbers are valid: with "clip", numpy writes straight into the output.
            np.take(numbers, pairs.seeds[start:stop], axis=0, out=rows, mode="clip")
            np.take(numbers, pairs.neighbors[start:stop], axis=0, out=other, mode="clip")
            other -= rows
            other *= pairs.steps[start:stop, None].astype(numbers.dtype)
            rows += other

    in_blocks(fill, out)


def _interpolate_columns(
    out: NDArray[np.floating[Any]], numbers: NDArray[np.floating[Any]], pairs: Pairs
) -> None:
    steps = pairs.steps.astype(numbers.dtype)

    def fill(part: slice) -> None:
        for column, made in zip(numbers.T[part], out.T[part], strict=True):
            np.take(column, pairs.seeds, out=made, mode="clip")
            made += steps * (column[pairs.neighbors] - made)

    in_blocks(fill, out.T)


def _sparse_block(numbers: Any, pairs: Pairs) -> Any:
    seeds = numbers[pairs.seeds]
    moves = (numbers[pairs.neighbors] - seeds).tocsr()
    moves.data *= np.repeat(pairs.steps, np.diff(moves.indptr)).astype(moves.dtype)
    return (seeds + moves).tocsr()
