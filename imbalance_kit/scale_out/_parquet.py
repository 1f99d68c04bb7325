"""The local engine: Parquet files, a thread per core, a row group at a time.

After the pilot the rows are read once: candidates are kept by a guess of the rules that is too
generous by half, while the histogram fills; the rules are solved for it, and the candidates
thinned with the same random numbers. The result is that of two passes.
"""

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np

from imbalance_kit._utils._tables import concat_tables
from imbalance_kit.scale_out._decide import Decider
from imbalance_kit.scale_out._histogram import N_BINS, Histogram, add_histograms
from imbalance_kit.scale_out._job import Job, label_target
from imbalance_kit.scale_out._parquet_engine import in_order, thread_count
from imbalance_kit.scale_out._parquet_source import ParquetSource, RowGroup
from imbalance_kit.scale_out._parquet_writer import ParquetWriter
from imbalance_kit.scale_out._passes import decide_by_class, first_guess, needs_scores, solve
from imbalance_kit.scale_out._tally import Tally, merge_tallies, tally
from imbalance_kit.scale_out._workspace import Workspace

_GENEROUS = 1.5  # rows kept as candidates, per row expected

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
    n_threads = thread_count(n_jobs)
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
        whole: Tally | None = None

        def one(group: RowGroup) -> Tally:
            wanted = self.job.columns if with_sample else [self.job.label]
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
        with ParquetWriter(self.work.output) as writer:
            for group in self.source.row_groups:
                kept = decider.keep(*self.work.load_kept(_name(group)))
                _add_counts(counts, kept, self.job.label)
                writer.write(kept)
        return counts

    def _each(self, what: str, work: Callable[[RowGroup], T]) -> Iterator[T]:
        """Do the work for every row group, and report how far it is."""
        done = 0
        groups = self.source.row_groups
        results = in_order(self.pool, groups, work, self.n_ahead)
        for group, result in zip(groups, results, strict=True):
            yield result
            done += group.n_rows
            self.progress(done, self.source.n_rows, what)


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
