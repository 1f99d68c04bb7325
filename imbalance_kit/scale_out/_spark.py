"""Spark: pieces are Arrow batches, results are merged in a tree, rows stay lazy."""

import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

from imbalance_kit._utils._optional import import_optional
from imbalance_kit.scale_out._job import Place

_PURPOSE = "Working on a Spark DataFrame"

_MESSAGE = "result binary"
_AT_ONCE = 8  # messages that come to the driver

T = TypeVar("T")


class SparkEngine:
    """Work on the Arrow batches of a Spark DataFrame.

    Parameters
    ----------
    frame : Spark DataFrame
        Rows.
    """

    def __init__(self, frame: Any) -> None:
        self.frame = frame

    def reduce(
        self,
        columns: Sequence[str],
        work: Callable[[Any, Place], T],
        merge: Callable[[Iterable[T]], T],
    ) -> T:
        """Return the results of all batches, merged by the workers and at the end here.

        Raises
        ------
        ValueError, TypeError
            What a worker raised, without Spark's words around it.
        """
        errors = import_optional("pyspark.errors", extra="spark", purpose=_PURPOSE)

        def of_partition(batches: Iterable[Any]) -> Iterator[Any]:
            yield from _message(merge, (work(t, Place()) for t in _tables(batches, columns)))

        def of_several(batches: Iterable[Any]) -> Iterator[Any]:
            yield from _message(merge, (pickle.loads(m) for b in batches for m in b[0].to_pylist()))

        part = _renamed(self.frame.select(*(_quoted(name) for name in columns)))
        results = part.mapInArrow(of_partition, _MESSAGE)
        try:
            # No worker and no driver holds the results of all partitions.
            rows = results.repartition(_AT_ONCE).mapInArrow(of_several, _MESSAGE).collect()
        except errors.PythonException as error:
            raise _reason(error) from None
        if not rows:
            raise ValueError("The source has no rows.")
        return merge(pickle.loads(row["result"]) for row in rows)

    def map(self, work: Callable[[Any, Place], Any], added: Sequence[str]) -> Any:
        """Return the rows that the work makes of each batch, to be computed when asked for."""
        types = import_optional("pyspark.sql.types", extra="spark", purpose=_PURPOSE)
        new = [types.StructField(name, types.DoubleType(), False) for name in added]

        def of_partition(batches: Iterable[Any]) -> Iterator[Any]:
            for table in _tables(batches, names):
                yield from work(table, Place()).to_batches()

        names = self.frame.columns
        schema = types.StructType([*self.frame.schema.fields, *new])
        return _renamed(self.frame).mapInArrow(of_partition, schema)

    def write(self, rows: Any, folder: Path) -> None:
        """Write what `map` has returned to Parquet files in a folder that is there already.

        Raises
        ------
        ValueError, TypeError
            What a worker raised, without Spark's words around it.
        """
        errors = import_optional("pyspark.errors", extra="spark", purpose=_PURPOSE)
        try:
            rows.write.mode("append").parquet(str(folder))
        except errors.PythonException as error:
            raise _reason(error) from None


def _message(merge: Callable[[Iterable[T]], T], results: Iterable[T]) -> Iterator[Any]:
    """Yield one batch with the results merged, or nothing where there are none."""
    arrow = import_optional("pyarrow", extra="spark", purpose=_PURPOSE)
    coming = iter(results)
    for first in coming:
        message = arrow.array([pickle.dumps(merge(chain([first], coming)))], arrow.binary())
        yield arrow.RecordBatch.from_pydict({"result": message})


def _reason(error: Exception) -> Exception:
    """Return the error of the worker in Spark's report of it."""
    for line in reversed(str(error).splitlines()):
        for kind in (ValueError, TypeError):
            name = f"{kind.__name__}: "
            if line.strip().startswith(name):
                return kind(line.strip().removeprefix(name))
    return error


def _quoted(name: str) -> str:
    """Return a name as Spark takes it, whatever signs it has."""
    inner = name.replace("`", "``")
    return f"`{inner}`"


def _renamed(frame: Any) -> Any:
    """Return the frame with plain names: mapInArrow trips over those with dots and ticks."""
    return frame.toDF(*(f"column{i}" for i in range(len(frame.columns))))


def _tables(batches: Iterable[Any], names: Sequence[str]) -> Iterator[Any]:
    """Yield the batches that have rows as tables with their own names."""
    arrow = import_optional("pyarrow", extra="spark", purpose=_PURPOSE)
    for batch in batches:
        if batch.num_rows:
            yield arrow.Table.from_batches([batch]).rename_columns(list(names))
