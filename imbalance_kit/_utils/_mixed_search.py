"""Exact nearest neighbours where categories count: by blocks, within one set of rows.

A `Distance` knows the exact distance of pairs of rows, and a `Kernel` that fills a block of rows
by queries with a fast score of known error. Chunk maxima of the scores say which few pairs can be
among the nearest; only those are measured exactly and sorted, ties by the smaller row number. What
is held beside the rows and the result is one block per thread.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._exact_ranking import without_self
from imbalance_kit._utils._threads import count_threads, one_thread_each, run_in_threads

Indices = NDArray[np.intp]

_CHUNK = 32  # rows of which only the best score is looked at first
_ROWS = 4096  # rows per block, a multiple of _CHUNK
_QUERIES = 256  # queries per block
_MOST_CHUNKS = 64  # chunks per query that are opened before a slower way is the better one
_DIRECT_VALUES = 1 << 20  # exact distances held at a time


class Kernel(Protocol):
    """Scores of all pairs of a block of rows and a block of queries; the nearest score highest."""

    dtype: type[np.floating[Any]]
    error: NDArray[np.float64]  # per query, how far a score may be off

    def fill(self, rows: slice, queries: slice, out: NDArray[Any]) -> None:
        """Write the scores into `out`, of shape (rows, queries)."""


class Distance(Protocol):
    """A distance between the rows of one set."""

    def keys(self) -> NDArray[np.uint8]:
        """Return the rows as bytes, of shape (n_rows, n_bytes): equal bytes, no distance."""

    def pairs(self, one: Indices, other: Indices) -> NDArray[np.float64]:
        """Return the distances of pairs of rows, whose numbers are broadcast."""

    def kernel(self, rows: Indices, queries: Indices, dtype: type[np.floating[Any]]) -> Kernel:
        """Return the scores between these rows and queries."""


def nearest_rows(distance: Distance, k: int, *, n_jobs: int | None = None) -> Indices:
    """Return the numbers of the `k` other rows nearest to each row, of shape (n_rows, k).

    Nearest first, ties by the smaller number. Identical rows share one search: of them only the
    first k + 1 can be anybody's neighbours.

    Parameters
    ----------
    distance : Distance
        Distance between n_rows rows.
    k : int
        Neighbours wanted, from 1 to n_rows - 1.
    n_jobs : int or None, default=None
        Threads.
    """
    keys = distance.keys()
    queries, group = distinct_rows(keys)
    rows = np.arange(len(keys)) if len(queries) == len(keys) else _first_of_each(group, k + 1)
    found = _search(distance, rows, queries, k + 1, count_threads(n_jobs))
    return without_self(found[group], np.arange(len(keys)), k)


def distinct_rows(keys: NDArray[np.uint8]) -> tuple[Indices, Indices]:
    """Return the first row of each kind of identical rows, and the kind of each row."""
    whole = np.ascontiguousarray(keys).view(np.dtype((np.void, keys.shape[1])))[:, 0]
    _, first, group = np.unique(whole, return_index=True, return_inverse=True)
    return first, group


def _first_of_each(group: Indices, most: int) -> Indices:
    """Return, ascending, the first `most` members of each group."""
    order = np.argsort(group, kind="stable")
    counts = np.bincount(group)
    place = np.arange(len(group)) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.sort(order[place < most])


def _search(distance: Distance, rows: Indices, queries: Indices, k: int, n_threads: int) -> Indices:
    """Return the `k` of `rows`, the queries among them, that are nearest to each query."""
    found = np.empty((len(queries), k), dtype=np.intp)
    with one_thread_each():
        kernel = _promising_kernel(distance, rows, queries, k)

    def search(blocks: Iterator[slice]) -> None:
        for block in blocks:
            candidates = None if kernel is None else _candidates(kernel, block, len(rows), k)
            if candidates is None:
                found[block] = _direct(distance, rows, queries[block], k)
            else:
                found[block] = _ranked(distance, rows, queries[block], candidates, k)

    blocks = [slice(start, start + _QUERIES) for start in range(0, len(queries), _QUERIES)]
    run_in_threads(search, blocks, n_threads)
    return found


def _promising_kernel(distance: Distance, rows: Indices, queries: Indices, k: int) -> Kernel | None:
    """Return the fastest kernel that a probe does not defeat; None where there is none.

    An outlier makes the scores of single precision too coarse, many equal distances those of any.
    """
    if len(rows) <= 2 * _CHUNK * k:  # too few chunks to tell apart
        return None
    probe = queries[:: max(1, len(queries) // _QUERIES)][:_QUERIES]
    for dtype in (np.float32, np.float64):
        trial = distance.kernel(rows, probe, dtype)
        if _candidates(trial, slice(0, len(probe)), len(rows), k) is not None:
            return distance.kernel(rows, queries, dtype)
    return None


# Pairs that may be among the nearest --------------------------------------------------------------


@dataclass(frozen=True)
class _Candidates:
    """Pairs of which nothing nearer is missing: query within its block, row among the rows."""

    queries: Indices
    rows: Indices


def _candidates(kernel: Kernel, block: slice, n_rows: int, k: int) -> _Candidates | None:
    """Return the pairs that may be among the `k` nearest; None where they are too many.

    A query's k-th best chunk maximum so far is a score that k rows reach, so a row whose score is
    lower by more than two errors is not among its k nearest.
    """
    slack = 2 * kernel.error[block]
    n_queries = len(slack)
    scores = np.empty((min(_ROWS, -(-n_rows // _CHUNK) * _CHUNK), n_queries), dtype=kernel.dtype)
    best = np.full((k, n_queries), -np.inf, dtype=kernel.dtype)
    found: list[tuple[Indices, Indices, NDArray[Any]]] = []
    n_opened = 0
    for start in range(0, n_rows, _ROWS):
        n_block = min(_ROWS, n_rows - start)
        n_chunks = -(-n_block // _CHUNK)
        filled = scores[: n_chunks * _CHUNK]
        kernel.fill(slice(start, start + n_block), block, filled[:n_block])
        filled[n_block:] = -np.inf
        chunks = filled.reshape(_CHUNK, n_chunks, n_queries)  # with a stride: long inner loops
        highest = chunks.max(axis=0)
        best = np.partition(np.concatenate([best, highest]), n_chunks, axis=0)[n_chunks:]
        threshold = best.min(axis=0) - slack
        chunk, query = np.nonzero(highest >= threshold)
        n_opened += len(chunk)
        if n_opened > _MOST_CHUNKS * n_queries:
            return None
        opened = chunks[:, chunk, query]
        member, hit = np.nonzero(opened >= threshold[query])
        rows = start + member * n_chunks + chunk[hit]
        found.append((query[hit], rows, opened[member, hit]))
    queries, rows, values = (np.concatenate(part) for part in zip(*found, strict=True))
    kept = values >= threshold[queries]
    if np.count_nonzero(kept) > _MOST_CHUNKS * n_queries:
        return None
    return _Candidates(queries[kept], rows[kept])


def _ranked(
    distance: Distance, rows: Indices, queries: Indices, candidates: _Candidates, k: int
) -> Indices:
    """Return the `k` nearest rows of each query among its candidates, by exact distance."""
    of, near = candidates.queries, rows[candidates.rows]
    order = np.lexsort((near, distance.pairs(queries[of], near), of))
    first = np.searchsorted(of[order], np.arange(len(queries)))
    nearest: Indices = near[order[first[:, None] + np.arange(k)]]
    return nearest


def _direct(distance: Distance, rows: Indices, queries: Indices, k: int) -> Indices:
    """Return the `k` nearest of all rows to each query, by exact distance."""
    found = np.empty((len(queries), k), dtype=np.intp)
    step = max(1, _DIRECT_VALUES // len(rows))
    for start in range(0, len(queries), step):
        part = queries[start : start + step]
        away = distance.pairs(part[:, None], rows[None, :])
        limit = np.partition(away, k - 1, axis=1)[:, k - 1 : k]
        near, level = away < limit, away == limit
        wanted = k - np.count_nonzero(near, axis=1, keepdims=True)
        near |= level & (np.cumsum(level, axis=1, dtype=np.int32) <= wanted)
        place = np.nonzero(near)[1].reshape(len(part), k)
        order = np.argsort(np.take_along_axis(away, place, axis=1), axis=1, kind="stable")
        found[start : start + step] = rows[np.take_along_axis(place, order, axis=1)]
    return found
