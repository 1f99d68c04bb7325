"""The one public call: any source, the same rows."""

import importlib.metadata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sklearn.base import BaseEstimator

from imbalance_kit._utils._random import draw_seed
from imbalance_kit._utils._tables import column_names
from imbalance_kit._utils._threads import check_n_jobs
from imbalance_kit.scale_out._dask import DaskEngine
from imbalance_kit.scale_out._decide import Decider
from imbalance_kit.scale_out._frames import FrameEngine
from imbalance_kit.scale_out._hashing import HASH_NAME
from imbalance_kit.scale_out._job import ADDED, Job, label_target
from imbalance_kit.scale_out._manifest import Manifest
from imbalance_kit.scale_out._parquet import Progress, count_labels, downsample_parquet
from imbalance_kit.scale_out._parquet_source import ParquetSource, open_parquet
from imbalance_kit.scale_out._passes import check_sampler, downsample_on, needs_scores
from imbalance_kit.scale_out._sources import backend_of, check_features, lazy_engine
from imbalance_kit.scale_out._spark import SparkEngine
from imbalance_kit.scale_out._tally import Tally
from imbalance_kit.scale_out._workspace import Workspace, is_finished, run_digest
from imbalance_kit.shift._fingerprint import fingerprint


def downsample(
    source: Any,
    sampler: Any,
    *,
    label: str,
    features: Sequence[str] | None = None,
    key: str | Sequence[str] | None = None,
    destination: Any = None,
    stage: str = "",
    resume: bool = False,
    n_jobs: int | None = None,
    progress: Progress | None = None,
) -> Any:
    """Keep the informative rows of data of any size, with what is needed to undo it.

    The same rows are kept whatever holds them: a frame in memory, Parquet files, Dask or Spark, at
    any partitioning and in any order, because each decision is a function of the row's key. Use it
    for logs with more negatives than a model needs. Not for data that fit and are to be used in a
    scikit-learn pipeline: there the sampler itself is simpler.

    Parameters
    ----------
    source : str, Path, pyarrow dataset, pandas / polars / Arrow table, Dask or Spark DataFrame
        Rows. A path names a Parquet file, a folder of them (names that start with "_" or "." are
        skipped), or a glob.
    sampler : NonuniformNegativeSampler, RandomUnderSampler or ClassWeighter
        What is to be done. It is fitted: `shift_` is the change. Its `random_state` is the seed.
    label : str
        Column of the class; two classes.
    features : sequence of str, default=None
        Columns that the pilot reads: numbers, booleans, texts, categories, with gaps. None takes
        all others but the key.
    key : str or sequence of str, default=None
        Columns of integers or texts that tell rows apart. None uses the file and the number of the
        row, which only Parquet files and frames in memory have; rows that move are then others.
    destination : str or Path, default=None
        Folder to be made on a local disk: needed for Parquet sources, possible for Dask and Spark
        (the index of a Dask DataFrame is not written).
    stage : str, default=""
        Name of this step, where one downsampling follows another with the same key and seed:
        different names make independent draws.
    resume : bool, default=False
        Go on where a run to the same destination was stopped; a run that is done already is left as
        it is. Parquet only.
    n_jobs : int, default=None
        Threads, for Parquet; None is one per core.
    progress : callable, default=None
        Called with rows done, rows in all, and what is being done. Parquet only.

    Returns
    -------
    rows : same kind as source, or Path where there is a `destination`
        The rows kept (of Dask and Spark lazily), with the columns they had and three more:
        `inclusion_probability`, that of the row itself, in (0, 1]; `log_odds_offset`, known log
        odds that the sampling added to a row like this one, whatever its label; `sample_weight`,
        under which the rows stand for the source (for a ClassWeighter: with which to train). A
        folder holds a manifest too (:func:`read_manifest`).

    Raises
    ------
    ValueError
        If a column is not there or is of the wrong kind, a label or a key is missing in a row,
        there are not two classes, or not two are left, files differ or are damaged, or a column of
        the result exists.
    FileExistsError
        If the destination exists.
    TypeError
        If source or sampler are of another kind.

    See Also
    --------
    read_manifest : The shift and the settings of a run, from its output.
    imbalance_kit.NonuniformNegativeSampler : What is done, for data in memory.

    Notes
    -----
    A first pass counts the classes and takes the pilot rows, those with the smallest hashes. A
    second one adds up a histogram of log-spaced scores, from which λ is solved, and keeps each row
    with ``u = hash(seed, stage, key) < π(x)``, π rounded to twelve significant bits. Sizes are
    random, with variance ``Σ π (1 - π)``. Rows of a key that repeats are kept or dropped together,
    which is cluster sampling; a warning says so.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from imbalance_kit import NonuniformNegativeSampler, downsample
    >>> rng = np.random.default_rng(0)
    >>> log = pd.DataFrame({"id": range(20_000), "x": rng.normal(size=20_000)})
    >>> log["click"] = (rng.random(20_000) < 1 / (1 + np.exp(5 - log.x))).astype(int)
    >>> sampler = NonuniformNegativeSampler(random_state=0)
    >>> kept = downsample(log, sampler, label="click", key="id")
    >>> bool(kept.click.sum() == log.click.sum()), round((kept.click == 0).sum() / kept.click.sum())
    (True, 3)
    >>> list(kept.columns)
    ['id', 'x', 'click', 'inclusion_probability', 'log_odds_offset', 'sample_weight']
    """
    check_sampler(sampler)
    check_n_jobs(n_jobs)
    backend = backend_of(source)
    if backend == "parquet":
        files = open_parquet(source)
        names = files.schema.names
    else:
        files, names = None, column_names(source)
    job = _make_job(sampler, names, label, features, key, stage)
    if files is not None:
        if destination is None:
            raise ValueError(
                "`destination` is missing: the rows kept of Parquet files are written to a folder."
            )
        job.check(files.schema.empty_table())
        return _write(files, sampler, job, Path(destination), resume, n_jobs, progress)
    if resume:
        raise ValueError("`resume` is for sources that are Parquet files read by this process.")
    if backend == "frame":
        if destination is not None:
            raise ValueError(
                "`destination` is not for frames in memory: the rows kept are returned. Hint: "
                "write them yourself."
            )
        job.check(source)
        rows, decider, _ = downsample_on(FrameEngine(source), sampler, job)
        _check_every_class(decider, label_target(rows, label).classes.tolist())
        return rows
    if not job.key:
        raise ValueError(
            f"`key` is missing: the rows of a {backend.title()} DataFrame have no fixed place. "
            "Hint: name columns that tell rows apart, such as an event's number."
        )
    job.check(source)
    engine = lazy_engine(source, backend)
    if destination is None:
        return downsample_on(engine, sampler, job)[0]
    return _write_lazily(engine, sampler, job, Path(destination))


def _make_job(
    sampler: Any,
    names: Sequence[str],
    label: str,
    features: Sequence[str] | None,
    key: str | Sequence[str] | None,
    stage: str,
) -> Job:
    keys = (key,) if isinstance(key, str) else tuple(key or ())
    check_features(features)
    if features is None:
        chosen = tuple(name for name in names if name != label and name not in keys)
    else:
        chosen = tuple(features)
    if label in chosen:
        raise ValueError(f"`features` holds the label {label!r}: a score must not know it.")
    if label in keys:
        raise ValueError(
            f"`key` holds the label {label!r}: a draw must not depend on it. Hint: name columns "
            "that tell rows apart."
        )
    if not chosen and needs_scores(sampler):
        raise ValueError(
            "`features` is empty: the pilot has no column to score rows by. Hint: name some, or "
            "keep rows by chance alone with criterion='uniform'."
        )
    return Job(
        label=label,
        features=chosen,
        key=keys,
        seed=draw_seed(sampler.random_state),
        stage=stage,
        n_folds=getattr(sampler, "cross_fit", 1),
        pilot_size=getattr(sampler, "pilot_size", 2),
    )


def _write(
    files: ParquetSource,
    sampler: Any,
    job: Job,
    destination: Path,
    resume: bool,
    n_jobs: int | None,
    progress: Progress | None,
) -> Path:
    identity = _identity(files, sampler, job)
    files.check_destination(destination)
    work = Workspace(destination, identity)
    if resume and is_finished(destination, identity):
        work.clear()
        return destination
    work.open(resume=resume)
    try:
        decider, tally, kept = downsample_parquet(
            files, sampler, job, work, n_jobs=n_jobs, progress=progress
        )
        _check_every_class(decider, [k for k, count in kept.items() if count])
        manifest = _manifest(files.path, files.schema, sampler, decider, tally, kept)
        work.finish(replace(manifest, run=run_digest(identity)).to_json())
    except (OSError, ValueError):
        work.clear()  # a full disk or a damaged file, most likely: there is nothing to go on with
        raise
    finally:
        work.release()
    return destination


def _check_every_class(decider: Decider, kept: Sequence[Any]) -> None:
    """Raise where chance has kept no row of a class, as the samplers do in memory."""
    for k in decider.labels:
        if k not in kept:
            raise ValueError(
                f"No row of class {k!r} was kept: a class that is gone cannot be predicted. Hint: "
                "ask for more rows of it."
            )


def _identity(files: ParquetSource, sampler: BaseEstimator, job: Job) -> dict[str, Any]:
    return {
        "files": files.identity(),
        "job": vars(job) | {"seed": str(job.seed)},
        "sampler": fingerprint(sampler.get_params(deep=False)),
        "versions": _versions(),
    }


def _write_lazily(
    engine: DaskEngine | SparkEngine, sampler: Any, job: Job, destination: Path
) -> Path:
    """Let the engine write its rows, then count them and put the manifest to them."""
    with Workspace.open_once(destination) as work:
        rows, decider, tally = downsample_on(engine, sampler, job)
        engine.write(rows, work.output)
        written = open_parquet(work.output)
        kept = count_labels(written, decider)
        _check_every_class(decider, [k for k, count in kept.items() if count])
        source = type(engine.frame).__module__.partition(".")[0]
        schema = [f for f in written.schema if f.name not in ADDED]
        work.finish(_manifest(source, schema, sampler, decider, tally, kept).to_json())
    return destination


def _manifest(
    source: str,
    schema: Any,
    sampler: Any,
    decider: Decider,
    tally: Tally,
    kept: Mapping[Any, int],
) -> Manifest:
    job = decider.job
    expected = getattr(sampler, "expected_size_", None)
    if expected is None:
        rates = {} if decider.by_weights else getattr(decider.shift, "factors", {})
        expected = sum(rates.get(k, 1.0) * n for k, n in tally.counts.items())
    return Manifest(
        label=job.label,
        shift_text=decider.shift.to_json(),
        features=job.features,
        key=job.key,
        seed=job.seed,
        stage=job.stage,
        hash=HASH_NAME,
        counts_before=tuple(sorted(tally.counts.items())),
        counts_after=tuple(sorted(kept.items())),
        expected_after=float(expected),
        source=source,
        columns=tuple((field.name, str(field.type)) for field in schema),
        versions=_versions(),
    )


def _versions() -> tuple[tuple[str, str], ...]:
    libraries = ("imbalance-kit", "numpy", "scikit-learn", "pyarrow")
    return tuple((name, importlib.metadata.version(name)) for name in libraries)
