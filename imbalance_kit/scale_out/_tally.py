"""Pass one: how many rows each class has, and the rows that pilots are trained on.

Tallies of pieces merge into the tally of the whole, whatever the pieces and their order: the pilot
rows of a class are those with the smallest numbers.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._tables import (
    column_names,
    concat_tables,
    is_number_column,
    level_column,
    number_column,
    select_columns,
    take_table_rows,
)
from imbalance_kit.scale_out._hashing import Hashes
from imbalance_kit.scale_out._job import Job, Place, check_two, label_target


@dataclass(frozen=True)
class Sample:
    """Rows of one class with the smallest numbers.

    Invariant: ascending in `numbers`; rows whose number equals the last one are all there. `rows`
    holds the features alone.
    """

    numbers: Hashes
    folds: NDArray[np.intp]
    rows: Any

    def smallest(self, size: int) -> "Sample":
        """Return the `size` rows with the smallest numbers, and those that tie with the last."""
        if len(self.numbers) <= size:
            return self
        end = int(np.searchsorted(self.numbers, self.numbers[size - 1], side="right"))
        rows = take_table_rows(self.rows, np.arange(end))
        return Sample(self.numbers[:end], self.folds[:end], rows)

    def merge(self, other: "Sample") -> "Sample":
        """Return the rows of both."""
        numbers = np.concatenate([self.numbers, other.numbers])
        rows = concat_tables([self.rows, other.rows])
        order = np.argsort(numbers, kind="stable")
        folds = np.concatenate([self.folds, other.folds])
        return Sample(numbers[order], folds[order], take_table_rows(rows, order))


@dataclass(frozen=True)
class Tally:
    """Class counts and pilot rows of a piece, or of everything.

    Invariant: `samples` is empty where no pilot is needed; otherwise it has one entry per class.
    """

    counts: Mapping[Any, int]
    samples: Mapping[Any, Sample]


def tally(
    table: Any, place: Place, *, job: Job, with_sample: bool, limits: Tally | None = None
) -> Tally:
    """Return the tally of one piece; `limits` may say which numbers are too large to matter."""
    target = label_target(table, job.label)
    labels = target.classes.tolist()
    counts = dict(zip(labels, target.counts.tolist(), strict=True))
    if not with_sample:
        return Tally(counts, {})
    hashes = job.hashes(table, place)
    numbers = job.numbers(hashes, "pilot")
    size = job.pilot_rows_per_class
    features = select_columns(table, job.features)
    samples = {}
    for k, label in enumerate(labels):
        members = target.members(k)
        rows = members[_smallest(numbers[members], size)]
        so_far = limits.samples.get(label) if limits else None
        if so_far is not None and len(so_far.numbers) >= size:
            rows = rows[numbers[rows] <= so_far.numbers[-1]]
        rows = rows[np.argsort(numbers[rows], kind="stable")]
        folds = job.folds(hashes[rows])
        samples[label] = Sample(numbers[rows], folds, take_table_rows(features, rows))
    return Tally(counts, samples)


def merge_tallies(tallies: Iterable[Tally], job: Job) -> Tally:
    """Return the tally of several pieces together."""
    size = job.pilot_rows_per_class

    def both(a: Tally, b: Tally) -> Tally:
        labels = sorted({*a.counts, *b.counts})
        check_two(labels, job.label)
        counts = {label: a.counts.get(label, 0) + b.counts.get(label, 0) for label in labels}
        samples = {}
        for label in labels:
            found = [t.samples[label] for t in (a, b) if label in t.samples]
            if found:
                samples[label] = reduce(Sample.merge, found).smallest(size)
        return Tally(counts, samples)

    return reduce(both, tallies)


def pilot_rows(samples: Mapping[Any, Sample]) -> tuple[Any, NDArray[Any], NDArray[np.intp]]:
    """Return features, labels and folds of the pilot rows, in an order that pieces do not change.

    Rows of one number (of a repeated key) are put in the order of their columns.
    """
    tables, labels, folds = [], [], []
    for label in sorted(samples):
        sample = samples[label]
        order = _canonical(sample)
        tables.append(take_table_rows(sample.rows, order))
        folds.append(sample.folds[order])
        labels += [label] * len(order)
    return concat_tables(tables), np.array(labels), np.concatenate(folds)


def repeated_share(samples: Mapping[Any, Sample]) -> float:
    """Return the share of pilot rows whose key another pilot row has too."""
    numbers = np.concatenate([sample.numbers for sample in samples.values()])
    _, counts = np.unique(numbers, return_counts=True)
    return float(counts[counts > 1].sum() / len(numbers))


def _canonical(sample: Sample) -> NDArray[np.intp]:
    numbers = sample.numbers
    if len(numbers) < 2 or (numbers[1:] != numbers[:-1]).all():
        return np.arange(len(numbers))
    columns = [_sortable(sample.rows, name) for name in column_names(sample.rows)]
    return np.lexsort([*columns[::-1], numbers])


def _sortable(table: Any, name: str) -> NDArray[Any]:
    if is_number_column(table, name):
        return number_column(table, name)
    found = level_column(table, name)
    texts = np.array([*found.levels, ""], dtype=object)
    return np.array(texts[found.codes], dtype=str)


def _smallest(numbers: Hashes, size: int) -> NDArray[np.intp]:
    """Return the positions of the `size` smallest numbers, and of those that tie with the last."""
    if len(numbers) <= size:
        return np.arange(len(numbers))
    last = np.partition(numbers, size - 1)[size - 1]
    return np.flatnonzero(numbers <= last)
