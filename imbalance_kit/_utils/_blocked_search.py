"""Exact nearest rows by blocks of scores: filter with a bound, then rank what is left exactly.

Per block of queries a threshold is kept that the k nearest rows found so far are known to reach.
The base is scanned in blocks; only pairs whose score may reach the threshold are remembered. The
threshold is raised as more of the base has been seen: the base lies in strided order, so that what
has been seen is always a sample of all of it. At the end few more than k candidates per query are
left; they are ranked by their distance, computed from differences. Nothing that could be among the
nearest is ever dropped, so the result is exact whatever the data are like.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from threading import Lock
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._dense_scores import reached
from imbalance_kit._utils._exact_ranking import rank_within
from imbalance_kit._utils._threads import run_in_threads

N_ROWS = 1024  # base rows at a time: with the queries, a block of scores that stays in cache
N_QUERIES = 256
_MANY = 32  # candidates per query and neighbour beyond which the scores are too coarse
_LOW = np.uint64(0xFFFFFFFF)

Distances = Callable[[NDArray[np.intp], NDArray[np.intp]], NDArray[np.float64]]


class Scores(Protocol):
    """Upper bounds of scores, and what rounding can add to them; see `DenseScores`."""

    n_base: int
    rate: float
    base_errors: NDArray[np.float64]
    dtype: Any

    def panel(self, queries: NDArray[np.intp]) -> Any: ...
    def first_threshold(self, panel: Any, k: int, buffer: NDArray[Any]) -> NDArray[np.float64]: ...
    def fold(self, panel: Any, threshold: NDArray[np.float64]) -> NDArray[np.float64]: ...
    def score(self, panel: Any, start: int, out: NDArray[Any]) -> None: ...


class TooCoarseError(Exception):
    """The scores cannot tell the rows apart: hardly any is filtered."""


def strided(n: int) -> NDArray[np.intp]:
    """Return 0 .. n - 1 so that every beginning of it is spread over the whole range."""
    n_parts = -(-n // N_ROWS)
    return np.concatenate([np.arange(first, n, n_parts) for first in range(n_parts)])


def n_sampled(k: int) -> int:
    """Return how many base rows the first threshold should be taken from."""
    return max(N_ROWS, 4 * k)


def blocked_nearest(
    tiers: Sequence[Callable[[], Scores]],
    distances: Distances,
    base: NDArray[np.intp],
    queries: NDArray[np.intp],
    k: int,
    n_threads: int,
    n_queries: int = N_QUERIES,
) -> NDArray[np.intp]:
    """Return the `k` rows of `base` nearest to each query, nearest first, ties by row number.

    Parameters
    ----------
    tiers : sequence of callables
        Each prepares scores of the base; the later the finer and slower.
    distances : callable
        Squared distances of pairs of rows, given as two arrays of row numbers.
    base : ndarray of shape (n_base,)
        Row numbers in the order of the scores, spread by `strided`; at least `k`.
    queries : ndarray of shape (n_queries,)
        Row numbers. A query that is in the base is found, too.
    k : int
        Neighbours to find.
    n_threads : int
        Threads to use.
    n_queries : int
        Queries in a block.
    """
    found = np.empty((len(queries), k), dtype=np.intp)
    levels = _Levels(tiers)
    spread = strided(len(queries))
    size = max(1, min(n_queries, -(-len(queries) // n_threads)))

    def work(blocks: Iterator[NDArray[np.intp]]) -> None:
        buffers = _Buffers(n_sampled(k), size)
        for block in blocks:
            of = queries[block]
            scan = partial(_scan, distances=distances, base=base, queries=of, k=k, buffers=buffers)
            group, rows = levels.run(scan)
            key = np.sort(group.astype(np.uint64) << np.uint64(32) | base[rows].astype(np.uint64))
            group, rows = (key >> np.uint64(32)).astype(np.intp), (key & _LOW).astype(np.intp)
            best = rank_within(group, distances(of[group], rows), k)
            found[block] = rows[best].reshape(len(of), k)

    blocks = [spread[start : start + size] for start in range(0, len(spread), size)]
    run_in_threads(work, blocks, n_threads)
    return found


class _Levels:
    """Scores from coarse to fine, and the memory of how often the coarse ones did not do."""

    def __init__(self, tiers: Sequence[Callable[[], Scores]]) -> None:
        self._tiers, self._scores = tiers, dict[int, Scores]()
        self._lock = Lock()
        self._tried = self._failed = 0

    def run(self, scan: Callable[..., Any]) -> Any:
        """Return what `scan` finds with the coarsest scores that do."""
        last = len(self._tiers) - 1
        if last > 0 and 2 * self._failed <= self._tried:
            self._tried += 1
            try:
                return scan(self._get(0), last=False)
            except TooCoarseError:
                self._failed += 1
        return scan(self._get(last), last=True)

    def _get(self, level: int) -> Scores:
        with self._lock:
            if level not in self._scores:
                self._scores[level] = self._tiers[level]()
            return self._scores[level]


class _Buffers:
    """Memory for one block of scores, kept from block to block."""

    def __init__(self, n_rows: int, n_queries: int) -> None:
        self._scores = {dtype: np.empty(0, dtype) for dtype in (np.float32, np.float64)}
        self._size = n_rows * n_queries
        self._mask = np.empty(N_ROWS * n_queries, dtype=bool)

    def scores(self, dtype: Any, n_queries: int) -> NDArray[Any]:
        if not len(self._scores[dtype]):
            self._scores[dtype] = np.empty(self._size, dtype)
        n_rows = self._size // n_queries
        return self._scores[dtype][: n_rows * n_queries].reshape(n_rows, n_queries)

    def mask(self, n_queries: int) -> NDArray[np.bool_]:
        return self._mask[: N_ROWS * n_queries].reshape(N_ROWS, n_queries)


def _scan(
    scores: Scores,
    distances: Distances,
    base: NDArray[np.intp],
    queries: NDArray[np.intp],
    k: int,
    buffers: _Buffers,
    *,
    last: bool,
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return pairs (number of the query, place in the base) that hold every nearest row."""
    m, n = len(queries), scores.n_base
    buffer, mask = buffers.scores(scores.dtype, m), buffers.mask(m)
    panel = scores.panel(queries)
    if n <= N_ROWS:
        pairs = _scan_at_once(scores, panel, k, buffer[:n], mask[:n])
        if len(pairs) > _MANY * k * m and not last:
            raise TooCoarseError
        rows, group = np.divmod(pairs, m)
        return group, rows
    threshold = scores.first_threshold(panel, k, buffer)
    errors = panel.errors + scores.rate * np.maximum(np.abs(threshold), panel.squares)
    pairs, values = np.empty(0, dtype=np.intp), np.empty(0)
    start = 0
    while start < n:
        folded = scores.fold(panel, threshold - errors)
        new, above, end = [], [], min(n, max(2 * start, N_ROWS))
        n_new = 0
        while start < end and n_new <= _MANY * k * m:
            out = buffer[: min(N_ROWS, n - start)]
            scores.score(panel, start, out)
            places = _places(np.greater_equal(out, 0, out=mask[: len(out)]))
            above.append(out.ravel().take(places))
            new.append(places + start * m)
            n_new += len(places)
            start += len(out)
        fresh = np.concatenate(new)
        pairs = np.concatenate([pairs, fresh])
        values = np.concatenate([values, np.concatenate(above) + folded[fresh % m]])
        rows, group = np.divmod(pairs, m)
        lowest = values - 2 * scores.base_errors[rows] - errors[group] - threshold[group]
        threshold += _kth_largest(group, lowest, k, m)
        keep = values + errors[group] >= threshold[group]
        pairs, values = pairs.compress(keep), values.compress(keep)
        if len(pairs) > _MANY * k * m:
            if not last:
                raise TooCoarseError
            pairs, values = _settle(pairs, values, distances, base, queries, k)
    rows, group = np.divmod(pairs, m)
    return group, rows


def _scan_at_once(
    scores: Scores, panel: Any, k: int, out: NDArray[Any], mask: NDArray[np.bool_]
) -> NDArray[np.intp]:
    """Return the pairs where the base is one block: the threshold comes from the scores sought."""
    scores.fold(panel, np.zeros(out.shape[1]))
    scores.score(panel, 0, out)
    errors = panel.errors + scores.rate * panel.squares
    threshold = reached(out, k) - 2 * (scores.base_errors.max() + errors)
    rounded = np.nextafter(threshold.astype(out.dtype), -np.inf, dtype=out.dtype)
    return _places(np.greater_equal(out, rounded, out=mask))


def _places(mask: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return the places of the few True entries, counted through a mask in C order.

    Eight entries are looked at as one number, which is twice as fast as numpy's own way.
    """
    flat = mask.ravel()
    if len(flat) % 8:
        return flat.nonzero()[0]
    words = flat.view(np.uint64)
    (hit,) = (words != 0).nonzero()
    (place,) = words[hit].view(np.bool_).nonzero()
    places: NDArray[np.intp] = (hit << 3)[place >> 3] + (place & 7)
    return places


def _kth_largest(
    group: NDArray[np.intp], values: NDArray[np.float64], k: int, n_groups: int
) -> NDArray[np.float64]:
    """Return the k-th largest value of each group, rounded down; at least 0, and 0 for want of k.

    One sort of integers, which numpy has in vector instructions: the group in the high half, the
    bits of a float32, which ascend with it where it is not negative, in the low half.
    """
    bits = np.maximum(values, 0).astype(np.float32).view(np.uint32)
    key = np.sort(group.astype(np.uint64) << np.uint64(32) | (_LOW - bits))
    counts = np.bincount(group, minlength=n_groups)
    enough = counts >= k
    places = (np.cumsum(counts) - counts)[enough] + k - 1
    kth = np.zeros(n_groups)
    kth[enough] = (_LOW - (key[places] & _LOW)).astype(np.uint32).view(np.float32)
    return kth * (1 - 2.0**-22)


def _settle(
    pairs: NDArray[np.intp],
    values: NDArray[np.float64],
    distances: Distances,
    base: NDArray[np.intp],
    queries: NDArray[np.intp],
    k: int,
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Keep the `k` nearest pairs per query by their exact distance: ties must not pile up."""
    rows, group = np.divmod(pairs, len(queries))
    order = np.lexsort((base[rows], group))
    rows, group = rows[order], group[order]
    order = order[rank_within(group, distances(queries[group], base[rows]), k)]
    return pairs[order], values[order]
