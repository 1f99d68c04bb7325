"""The local engine: Parquet files, a thread per core, a row group at a time.

After the pilot the rows are read once: candidates are kept by a guess of the rules that is too
generous by half, while the histogram fills; the rules are solved for it, and the candidates
thinned with the same random numbers. The result is that of two passes.
"""

import hashlib
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import joblib
import numpy as np

from imbalance_kit._utils._optional import import_optional
from imbalance_kit._utils._tables import concat_tables
from imbalance_kit.scale_out._decide import Decider
from imbalance_kit.scale_out._histogram import N_BINS, Histogram, add_histograms
from imbalance_kit.scale_out._job import Job, label_target
from imbalance_kit.scale_out._parquet_source import ParquetSource, RowGroup
from imbalance_kit.scale_out._passes import decide_by_class, first_guess, needs_scores, solve
from imbalance_kit.scale_out._tally import Tally, merge_tallies, tally
from imbalance_kit.scale_out._workspace import Workspace

_GENEROUS = 1.5  # rows kept as candidates, per row expected
_ROWS_PER_GROUP = 1 << 17  # of the output
_ROWS_PER_FILE = 1 << 22

T = TypeVar("T")
Progress = Callable[[int, int, str], object]


def downsample_parquet(
    source: ParquetSource,
    sampler: Any,
    job: Job,
    work: Workspace,
    *,
    n_jobs: int | None = None,
    progress: Progress | None = None,
) -> tuple[Decider, Tally, dict[Any, int]]:
    """Write the rows kept into the output of the workspace; return also the counts kept.

    Parameters
    ----------
    source : ParquetSource
        Files.
    sampler : object
        It is fitted.
    job : Job
        Settings.
    work : Workspace
        Opened.
    n_jobs : int or None
        Threads; None is one per core.
    progress : callable or None
        Called with rows done, rows in all, and what is being done.
    """
    n_threads = n_jobs if n_jobs and n_jobs > 0 else joblib.cpu_count()
    with ThreadPoolExecutor(n_threads) as pool:
        run = _Run(source, job, work, pool, 2 * n_threads, progress or _silent)
        whole = work.load_tally()
        with_sample = needs_scores(sampler)
        if whole is None:
            whole = run.tally(with_sample=with_sample)
            work.save_tally(whole)
        if with_sample:
            guess = first_guess(sampler, whole, job)
            loose = guess.looser(_GENEROUS)
            decider = solve(sampler, guess, whole, run.collect(loose, "sampling"))
            if not loose.covers(decider):
                run.collect(decider.looser(1 + 2.0**-8), "sampling again", again=True)
        else:
            decider = decide_by_class(sampler, whole, job)
            run.collect(decider, "sampling")
        return decider, whole, run.write(decider)


def count_labels(source: ParquetSource, decider: Decider) -> dict[Any, int]:
    """Return the rows of each class in files that were written."""
    counts = dict.fromkeys(decider.labels, 0)
    for group in source.row_groups:
        for table, _ in group.read([decider.job.label]):
            _add_counts(counts, table, decider.job.label)
    return counts


class _Run:
    """The passes of one run over the row groups of its source."""

    def __init__(
        self,
        source: ParquetSource,
        job: Job,
        work: Workspace,
        pool: ThreadPoolExecutor,
        n_ahead: int,
        progress: Progress,
    ) -> None:
        self.source, self.job, self.work, self.pool = source, job, work, pool
        self.n_ahead, self.progress = n_ahead, progress

    def tally(self, *, with_sample: bool) -> Tally:
        """Count the classes and draw the pilot rows."""
        columns = _unique([self.job.label, *self.job.key, *self.job.features])
        whole: Tally | None = None

        def one(group: RowGroup) -> Tally:
            wanted = columns if with_sample else [self.job.label]
            parts = [
                tally(table, place, job=self.job, with_sample=with_sample, limits=whole)
                for table, place in group.read(wanted)
            ]
            return merge_tallies(parts, self.job)

        for part in self._each("counting", one):
            whole = part if whole is None else merge_tallies([whole, part], self.job)
        if whole is None:
            raise ValueError(f"'{self.source.path}' has no rows.")
        return whole

    def collect(self, decider: Decider, what: str, *, again: bool = False) -> dict[Any, Histogram]:
        """Keep candidates of every row group on disk; return the histogram of all rows."""

        def one(group: RowGroup) -> dict[Any, Histogram]:
            name = _name(group)
            done = None if again else self.work.load_histograms(name, N_BINS)
            if done is not None:
                return done
            kept = [
                decider.keep_candidates(table, self.job.hashes(table, place))
                for table, place in group.read()
            ]
            tables, hashes, histograms = zip(*kept, strict=True)
            whole = add_histograms(histograms)
            self.work.save_kept(name, concat_tables(tables), np.concatenate(hashes), whole)
            return whole

        return add_histograms(self._each(what, one))

    def write(self, decider: Decider) -> dict[Any, int]:
        """Thin the candidates and write them, in the order of the source; return counts kept."""
        counts = dict.fromkeys(decider.labels, 0)
        with _Writer(self.work.output) as writer:
            for group in self.source.row_groups:
                kept = decider.keep(*self.work.load_kept(_name(group)))
                _add_counts(counts, kept, self.job.label)
                writer.write(kept)
        return counts

    def _each(self, what: str, work: Callable[[RowGroup], T]) -> Iterator[T]:
        """Do the work for every row group, a few ahead of the one that is asked for."""
        total, done = self.source.n_rows, 0
        waiting: deque[tuple[RowGroup, Future[T]]] = deque()
        groups = iter(self.source.row_groups)
        try:
            while True:
                while len(waiting) < self.n_ahead and (group := next(groups, None)) is not None:
                    waiting.append((group, self.pool.submit(work, group)))
                if not waiting:
                    return
                group, future = waiting.popleft()
                yield future.result()
                done += group.n_rows
                self.progress(done, total, what)
        finally:
            for _, future in waiting:
                future.cancel()


class _Writer:
    """Parquet files of bounded size, in row groups that are not tiny."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.waiting: list[Any] = []
        self.n_waiting = self.n_written = self.n_files = 0
        self.file: Any = None

    def write(self, table: Any) -> None:
        self.waiting.append(table)
        self.n_waiting += table.num_rows
        if self.n_waiting >= _ROWS_PER_GROUP:
            self._flush()

    def _flush(self) -> None:
        table = concat_tables(self.waiting).replace_schema_metadata(None)
        self.waiting, self.n_waiting = [], 0
        if self.file is None:
            parquet = import_optional("pyarrow.parquet", extra="parquet", purpose="Writing Parquet")
            path = self.folder / f"part-{self.n_files:05d}.parquet"
            self.file = parquet.ParquetWriter(path, table.schema, use_dictionary=False)
            self.n_files, self.n_written = self.n_files + 1, 0
        self.file.write_table(table, row_group_size=_ROWS_PER_GROUP)
        self.n_written += table.num_rows
        if self.n_written >= _ROWS_PER_FILE:
            self._close()

    def _close(self) -> None:
        if self.file is not None:
            self.file.close()
            self.file = None

    def __enter__(self) -> "_Writer":
        return self

    def __exit__(self, kind: Any, *rest: Any) -> None:
        if kind is None and (self.waiting or not self.n_files):
            self._flush()
        self._close()


def _add_counts(counts: dict[Any, int], table: Any, label: str) -> None:
    target = label_target(table, label)
    for value, count in zip(target.classes.tolist(), target.counts.tolist(), strict=True):
        counts[value] += count


def _silent(done: int, total: int, what: str) -> None:
    pass


def _name(group: RowGroup) -> str:
    """Return the name of the result of a row group."""
    digest = hashlib.blake2b(group.name.encode(), digest_size=8).hexdigest()
    return f"kept-{digest}-{group.number}"


def _unique(names: list[str]) -> list[str]:
    return list(dict.fromkeys(names))
