"""Parquet files read by the threads of this process: pieces are row groups."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import joblib

from imbalance_kit._utils._threads import count_threads
from imbalance_kit.scale_out._job import Place
from imbalance_kit.scale_out._parquet_source import ParquetSource, RowGroup
from imbalance_kit.scale_out._parquet_writer import ParquetWriter

T = TypeVar("T")


class ParquetEngine:
    """Work on row groups, a few at a time.

    Parameters
    ----------
    source : ParquetSource
        Files.
    folder : Path
        Where `map` writes; there already.
    n_jobs : int or None
        Threads; None is one per core.
    """

    def __init__(self, source: ParquetSource, folder: Path, n_jobs: int | None = None) -> None:
        self.source, self.folder, self.n_threads = source, folder, thread_count(n_jobs)

    def reduce(
        self,
        columns: Sequence[str],
        work: Callable[[Any, Place], T],
        merge: Callable[[Iterable[T]], T],
    ) -> T:
        """Return the results of all pieces, merged as they come."""

        def one(group: RowGroup) -> T:
            return merge(work(table, place) for table, place in group.read(columns))

        total: list[T] = []
        for part in self._each(one):
            total = [merge([*total, part])]
        return total[0]

    def map(self, work: Callable[[Any, Place], Any], added: Sequence[str]) -> None:
        """Write the rows that the work makes of each piece, in the order of the source."""

        def one(group: RowGroup) -> Iterable[Any]:
            tables = (work(table, place) for table, place in group.read())
            # What does not fit is read by the writer below, piece by piece.
            return tables if group.is_large else list(tables)

        with ParquetWriter(self.folder) as writer:
            for tables in self._each(one):
                for table in tables:
                    writer.write(table)

    def _each(self, work: Callable[[RowGroup], T]) -> Iterator[T]:
        with ThreadPoolExecutor(self.n_threads) as pool:
            yield from in_order(pool, self.source.row_groups, work, 2 * self.n_threads)


def in_order(
    pool: ThreadPoolExecutor,
    groups: Iterable[RowGroup],
    work: Callable[[RowGroup], T],
    n_ahead: int,
) -> Iterator[T]:
    """Yield the results of every row group, a few ahead of the one that is asked for."""
    waiting: deque[Future[T]] = deque()
    coming = iter(groups)
    try:
        while True:
            while len(waiting) < n_ahead and (group := next(coming, None)) is not None:
                waiting.append(pool.submit(work, group))
            if not waiting:
                return
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()


def thread_count(n_jobs: int | None) -> int:
    """Return the number of threads that `n_jobs` asks for, as in joblib; None is one per core."""
    return int(joblib.cpu_count()) if n_jobs is None else count_threads(n_jobs)
