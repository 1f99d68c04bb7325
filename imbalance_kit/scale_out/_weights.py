"""Weights for data that do not fit: fitted from sums, given row by row."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from imbalance_kit._utils._columns import table_of
from imbalance_kit._utils._optional import import_optional
from imbalance_kit._utils._tables import (
    check_columns,
    column_names,
    is_table,
    number_column,
    select_columns,
    table_length,
    with_columns,
)
from imbalance_kit._utils._threads import check_n_jobs
from imbalance_kit._utils._validation import check_sample_weight
from imbalance_kit.scale_out._frames import FrameEngine
from imbalance_kit.scale_out._job import Place
from imbalance_kit.scale_out._parquet_engine import ParquetEngine
from imbalance_kit.scale_out._parquet_source import open_parquet
from imbalance_kit.scale_out._sources import backend_of, check_features, lazy_engine
from imbalance_kit.scale_out._sums import Sums, merge_sums, sum_cells, sum_moments
from imbalance_kit.scale_out._workspace import Workspace


def add_weights(
    source: Any,
    weighter: Any,
    *,
    features: Sequence[str] | None = None,
    target: Any = None,
    name: str = "weight",
    design_weight: str | None = None,
    destination: Any = None,
    n_jobs: int | None = None,
) -> Any:
    """Weight data of any size to a population.

    A fitted weighter is applied in one pass, whatever the data are held by: fit it in memory on a
    sample of the rows, and give every row its weight here. With a `target` the weighter is fitted
    first, in a pass of its own that adds up the weight of each distinct row; so the weights are
    those of a fit on all rows. Not for weights by class, which
    :func:`~imbalance_kit.downsample` gives; nor for data that fit, where the weighter alone does.

    Parameters
    ----------
    source : str, Path, pyarrow dataset, pandas / polars / Arrow table, Dask or Spark DataFrame
        The sample. A path names a Parquet file, a folder of them, or a glob.
    weighter : RakingWeighter, CalibrationWeighter, ..., or any object with ``weights(X)``
        It is fitted where there is a `target`; its `weights_` are then those of the distinct rows.
    features : sequence of str, default=None
        Columns that the weighter reads. None takes those it was fitted on, or else those of the
        target.
    target : rows, Population or Margins, default=None
        The population. None takes a weighter that is fitted.
    name : str, default="weight"
        Column to be added.
    design_weight : str, default=None
        Column of the rows' own weights, at least 0; None counts every row once.
    destination : str or Path, default=None
        Folder to be made on a local disk: needed for Parquet sources, possible for Dask and Spark.
    n_jobs : int, default=None
        Threads, for Parquet; None is one per core.

    Returns
    -------
    rows : same kind as source, or Path where there is a `destination`
        All rows (of Dask and Spark lazily), with the columns they had and one more: the weight, in
        the unit that the weighter's `normalize` says.

    Raises
    ------
    ValueError
        If a column is not there, or of the wrong kind; or the weighter cannot be fitted from sums:
        there are more than 100,000 distinct rows, or it cross-validates, which needs single rows.
    TypeError
        If source or weighter are of another kind.
    FileExistsError
        If the destination exists.

    See Also
    --------
    downsample : Fewer rows instead, by class and score.
    imbalance_kit.RakingWeighter : Weights that meet margins.

    Notes
    -----
    A row of weight k counts like k rows. So raking, post-stratification, calibration and covariate
    balancing scores are exact on distinct rows with the sums of their design weights, and these
    merge in any order. Linear calibration of numbers without gaps needs their means and covariances
    alone, which merge too; it is fitted on 2 p rows that have the same. Its weights may be
    negative, and nobody has looked.

    A destination appears when it is whole; a run that was stopped starts again.

    Examples
    --------
    >>> import pandas as pd
    >>> from imbalance_kit import Margins, RakingWeighter, add_weights
    >>> sample = pd.DataFrame({"sex": ["f", "f", "f", "m"], "age": ["<40", "<40", "40+", "40+"]})
    >>> margins = Margins({"sex": {"f": 50, "m": 50}, "age": {"<40": 30, "40+": 70}})
    >>> add_weights(sample, RakingWeighter(), target=margins).round(6)
      sex  age  weight
    0   f  <40    15.0
    1   f  <40    15.0
    2   f  40+    20.0
    3   m  40+    50.0
    """
    _check_weighter(weighter, target)
    check_n_jobs(n_jobs)
    check_features(features)
    backend = backend_of(source)
    files = open_parquet(source) if backend == "parquet" else None
    names = column_names(source) if files is None else files.schema.names
    chosen = _features(features, weighter, target, names, design_weight)
    design = () if design_weight is None else (design_weight,)
    table = source if files is None else files.schema.empty_table()
    check_columns(table, {"features": chosen, "design_weight": design})
    if name in names:
        raise ValueError(f"The source has a column {name!r} already. Hint: another `name`.")
    reader = Reader(chosen, design_weight)
    weigh = partial(_weigh, weighter=weighter, target=target, reader=reader, name=name)
    if backend == "frame":
        if destination is not None:
            raise ValueError("`destination` is not for frames in memory: the rows are returned.")
        return weigh(FrameEngine(source))
    if files is not None:
        if destination is None:
            raise ValueError("`destination` is missing: the rows of Parquet files go to a folder.")
        files.check_destination(Path(destination))
        with Workspace.open_once(Path(destination)) as work:
            weigh(ParquetEngine(files, work.output, n_jobs))
            work.finish()
        return Path(destination)
    engine = lazy_engine(source, backend)
    if destination is None:
        return weigh(engine)
    with Workspace.open_once(Path(destination)) as work:
        engine.write(weigh(engine), work.output)
        work.finish()
    return Path(destination)


@dataclass(frozen=True)
class Reader:
    """Reads what a weighter wants from a piece of a table; sent to every worker.

    Parameters
    ----------
    features : tuple of str
        Columns.
    design_weight : str or None
        Column of weights.
    """

    features: tuple[str, ...]
    design_weight: str | None

    @property
    def columns(self) -> list[str]:
        """All columns that are read."""
        weight = () if self.design_weight is None else (self.design_weight,)
        return list(dict.fromkeys([*self.features, *weight]))

    def rows(self, table: Any) -> Any:
        """Return the features as a frame that weighters know."""
        chosen = select_columns(table, self.features)
        if not hasattr(chosen, "column_names"):
            return chosen
        import_optional("pandas", extra="frame", purpose="Weighting Arrow tables")
        return chosen.to_pandas()

    def weights(self, table: Any) -> NDArray[np.float64] | None:
        """Return the design weights, None where there are none."""
        if self.design_weight is None:
            return None
        found = number_column(table, self.design_weight)
        return check_sample_weight(found, len(found), name=self.design_weight)

    def sums(self, table: Any, place: Place, *, by_moments: bool, levels: Sequence[str]) -> Sums:
        """Return the sums of one piece: moments where they will do, cells otherwise."""
        rows, weights = self.rows(table), self.weights(table)
        if weights is None:
            weights = np.ones(table_length(table))
        if by_moments and not levels:
            kinds = table_of(rows)
            if all(kinds.kind(j) == "numeric" for j in range(len(kinds.names))):
                return sum_moments(rows, weights)
        return sum_cells(rows, weights, len(weights))

    def add(self, table: Any, place: Place, *, weighter: Any, name: str) -> Any:
        """Return a piece with its weights."""
        given = self.weights(table)
        rows = self.rows(table)
        if not hasattr(weighter, "feature_names_in_"):  # fitted on an array
            rows = rows.to_numpy()
        found = (
            weighter.weights(rows) if given is None else weighter.weights(rows, sample_weight=given)
        )
        return with_columns(table, {name: np.asarray(found, dtype=np.float64)})


def _weigh(engine: Any, *, weighter: Any, target: Any, reader: Reader, name: str) -> Any:
    """Return the rows of an engine with their weights, fitted first where there is a target."""
    if target is not None:
        _fit(engine, weighter, target, reader)
    return engine.map(partial(reader.add, weighter=weighter, name=name), [name])


def _fit(engine: Any, weighter: Any, target: Any, reader: Reader) -> None:
    """Fit a weighter on a few rows that have the sums of all."""
    by_moments = weighter.sufficient_statistics() == "moments"
    levels = getattr(target, "categorical", ())
    work = partial(reader.sums, by_moments=by_moments, levels=levels)
    sums: Sums = engine.reduce(reader.columns, work, merge_sums)
    rows, weights = sums.weighted_rows()
    weighter.fit_cells(rows, cell_weight=weights, n_rows=sums.n_rows, target=target)


def _check_weighter(weighter: Any, target: Any) -> None:
    if isinstance(weighter, type) or not hasattr(weighter, "weights"):
        raise TypeError(
            f"`weighter` must be an object with weights(X), such as RakingWeighter(), got "
            f"{weighter!r}."
        )
    if hasattr(weighter, "fit_totals"):
        raise TypeError(
            f"{type(weighter).__name__} weights by class. Hint: downsample(source, weighter, "
            "label=...) adds its weights to any source."
        )
    if target is None:
        try:
            check_is_fitted(weighter)
        except NotFittedError:
            raise ValueError(
                f"{weighter!r} is not fitted. Hint: give a `target`, or fit it on a sample first."
            ) from None
        except (TypeError, AttributeError):  # of no kind that scikit-learn knows
            return
        return
    wanted = getattr(weighter, "sufficient_statistics", lambda: "rows")()
    if wanted == "rows":
        raise ValueError(
            f"{weighter!r} needs single rows to be fitted, and sums are all that many machines can "
            "share. Hint: fit it on a sample of the rows, and call again without `target`; or use "
            "CBPSWeighter('exact'), CalibrationWeighter or RakingWeighter."
        )


def _features(
    features: Sequence[str] | None,
    weighter: Any,
    target: Any,
    names: Sequence[str],
    design_weight: str | None,
) -> tuple[str, ...]:
    if features is not None:
        return tuple(features)
    if target is None:
        known = getattr(weighter, "feature_names_in_", None)
        if known is None:
            raise ValueError(
                "`features` is missing: the weighter was fitted on an array, whose columns have no "
                "names."
            )
        return tuple(known)
    if hasattr(target, "margins"):
        return tuple(target.columns)
    rows = getattr(target, "rows", target)
    if is_table(rows):
        return tuple(column_names(rows))
    return tuple(n for n in names if n != design_weight)
