"""Dask: pieces are partitions, results are merged in a tree, rows stay lazy."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from imbalance_kit._utils._optional import import_optional
from imbalance_kit.scale_out._job import Place

_PURPOSE = "Working on a Dask DataFrame"
_AT_ONCE = 16  # results merged by one task

T = TypeVar("T")


class DaskEngine:
    """Work on the partitions of a Dask DataFrame.

    Parameters
    ----------
    frame : Dask DataFrame
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
        """Return the results of all partitions, merged by the workers."""
        dask = import_optional("dask", extra="dask", purpose=_PURPOSE)

        def of_partition(part: Any) -> list[T]:
            return [work(part, Place())] if len(part) else []

        def of_several(parts: list[list[T]]) -> list[T]:
            found = [one for part in parts for one in part]
            return [merge(found)] if found else []

        parts = [dask.delayed(of_partition)(p) for p in self.frame[list(columns)].to_delayed()]
        while len(parts) > 1:  # a tree, so that no worker holds all parts at once
            ends = range(0, len(parts), _AT_ONCE)
            parts = [dask.delayed(of_several)(parts[i : i + _AT_ONCE]) for i in ends]
        result: list[T] = dask.compute(parts[0])[0]
        if not result:
            raise ValueError("The source has no rows.")
        return result[0]

    def map(self, work: Callable[[Any, Place], Any], added: Sequence[str]) -> Any:
        """Return the rows that the work makes of each partition, to be computed when asked for."""
        pandas = import_optional("pandas", extra="dask", purpose=_PURPOSE)
        columns = {name: pandas.Series(dtype=kind) for name, kind in self.frame.dtypes.items()}
        new = {name: pandas.Series(dtype=np.float64) for name in added}

        def of_partition(part: Any) -> Any:
            return work(part, Place()) if len(part) else part.assign(**new)

        return self.frame.map_partitions(of_partition, meta=pandas.DataFrame(columns | new))

    def write(self, rows: Any, folder: Path) -> None:
        """Write what `map` has returned to Parquet files in a folder that is there already."""
        rows.to_parquet(str(folder), write_index=False)
