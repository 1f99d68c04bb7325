"""Which engine a source is for, the two whose rows stay where they are, and which columns."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from imbalance_kit._utils._tables import is_table
from imbalance_kit.scale_out._dask import DaskEngine
from imbalance_kit.scale_out._spark import SparkEngine


def backend_of(source: Any) -> str:
    """Return "parquet", "frame", "dask" or "spark".

    Raises
    ------
    TypeError
        If it is something else.
    """
    module = type(source).__module__.partition(".")[0]
    if module == "pyspark":
        return "spark"
    if module.startswith("dask"):
        return "dask"
    if isinstance(source, (str, Path)) or (
        module == "pyarrow" and hasattr(source, "get_fragments")
    ):
        return "parquet"
    lazy = hasattr(source, "collect")
    if not lazy and is_table(source):
        return "frame"
    hint = " Hint: call collect() first." if lazy else ""
    if isinstance(source, (list, tuple)):
        hint = " Hint: pyarrow.dataset.dataset(paths) makes one of many files; or give a glob."
    raise TypeError(
        "`source` must be a path to Parquet files, a pyarrow dataset, a pandas, polars or Arrow "
        f"table, or a Dask or Spark DataFrame, got {type(source)!r}.{hint}"
    )


def lazy_engine(source: Any, backend: str) -> DaskEngine | SparkEngine:
    """Return the engine of a Dask or Spark DataFrame."""
    return DaskEngine(source) if backend == "dask" else SparkEngine(source)


def check_features(features: Sequence[str] | None) -> None:
    """Raise where `features` is one text instead of several, or names a column twice.

    Raises
    ------
    TypeError
        If it is a text.
    ValueError
        If a name is in it twice.
    """
    if isinstance(features, str):
        raise TypeError(f"`features` must be a sequence of names, got {features!r}.")
    twice = [name for name, times in Counter(features or ()).items() if times > 1]
    if twice:
        raise ValueError(f"`features` names {twice[0]!r} twice.")
