"""Spark: the passes as Arrow functions over partitions, the rows kept as a lazy DataFrame."""

import pickle
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from imbalance_kit._utils._optional import import_optional
from imbalance_kit.scale_out._decide import Decider
from imbalance_kit.scale_out._histogram import Histogram, add_histograms
from imbalance_kit.scale_out._job import ADDED, Job, Place
from imbalance_kit.scale_out._passes import decide_by_class, first_guess, needs_scores, solve
from imbalance_kit.scale_out._tally import Tally, merge_tallies, tally

_PURPOSE = "Downsampling a Spark DataFrame"


def downsample_spark(frame: Any, sampler: Any, job: Job) -> tuple[Any, Decider, Tally]:
    """Return the rows kept of a Spark DataFrame, to be computed when they are asked for."""
    job.check(frame)
    columns = list(dict.fromkeys([job.label, *job.key, *job.features]))
    with_sample = needs_scores(sampler)
    part = frame.select(*(f"`{name}`" for name in columns))
    tallies = _collect(
        part,
        lambda batch: _tally(batch, job, with_sample),
        lambda parts: merge_tallies(parts, job),
    )
    whole = merge_tallies(tallies, job)
    if with_sample:
        guess = first_guess(sampler, whole, job)
        histograms = _collect(part, lambda batch: _histograms(batch, guess), add_histograms)
        decider = solve(sampler, guess, whole, add_histograms(histograms))
    else:
        decider = decide_by_class(sampler, whole, job)
    types = import_optional("pyspark.sql.types", extra="spark", purpose=_PURPOSE)
    added = [types.StructField(name, types.DoubleType(), False) for name in ADDED]
    schema = types.StructType([*frame.schema.fields, *added])
    return frame.mapInArrow(lambda batches: _keep_all(batches, decider), schema), decider, whole


def _tally(batch: Any, job: Job, with_sample: bool) -> Tally:
    return tally(batch, job, Place(), with_sample=with_sample)


def _histograms(batch: Any, guess: Decider) -> dict[Any, Histogram]:
    return guess.histograms(batch, guess.job.hashes(batch, Place()))


def _keep_all(batches: Iterable[Any], decider: Decider) -> Iterator[Any]:
    for batch in batches:
        if batch.num_rows:
            yield from decider.keep(
                _as_table(batch), decider.job.hashes(batch, Place())
            ).to_batches()


def _collect(frame: Any, work: Callable[[Any], Any], merge: Callable[[Any], Any]) -> list[Any]:
    """Return one result per partition, of the batches in it together.

    Raises
    ------
    ValueError, TypeError
        What a worker raised, without Spark's words around it.
    """
    errors = import_optional("pyspark.errors", extra="spark", purpose=_PURPOSE)

    def of_partition(batches: Iterable[Any]) -> Iterator[Any]:
        results = [work(_as_table(batch)) for batch in batches if batch.num_rows]
        if results:
            arrow = import_optional("pyarrow", extra="spark", purpose=_PURPOSE)
            message = pickle.dumps(merge(results))
            yield arrow.RecordBatch.from_pydict({"result": arrow.array([message], arrow.binary())})

    try:
        rows = frame.mapInArrow(of_partition, "result binary").collect()
    except errors.PythonException as error:
        raise _reason(error) from None
    if not rows:
        raise ValueError("The source has no rows.")
    return [pickle.loads(row["result"]) for row in rows]


def _reason(error: Exception) -> Exception:
    """Return the error of the worker in Spark's report of it."""
    for line in reversed(str(error).splitlines()):
        for kind in (ValueError, TypeError):
            name = f"{kind.__name__}: "
            if line.strip().startswith(name):
                return kind(line.strip().removeprefix(name))
    return error


def _as_table(batch: Any) -> Any:
    arrow = import_optional("pyarrow", extra="spark", purpose=_PURPOSE)
    return arrow.Table.from_batches([batch])
