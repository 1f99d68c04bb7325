"""The command `downsample`: options to `scale_out.downsample`, the result to a few lines."""

import json
import math
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console

from imbalance_kit._utils._optional import import_optional
from imbalance_kit.cli._downsample_options import (
    Engine,
    EngineName,
    Feature,
    Jobs,
    Json,
    Key,
    NegativesPerPositive,
    Out,
    Pilot,
    Positive,
    Quiet,
    Resume,
    Seed,
    Source,
    Stage,
    Target,
)
from imbalance_kit.cli._messages import InputError, count_of, did_you_mean, in_words
from imbalance_kit.cli._output import check_outputs, standard_output, write_whole
from imbalance_kit.cli._progress import ReportProgress, show_progress
from imbalance_kit.scale_out import Manifest, downsample, read_manifest
from imbalance_kit.scale_out._parquet_source import open_parquet
from imbalance_kit.under_sampling import NonuniformNegativeSampler

_OPTIONS = {
    "`label`": "--target",
    "`key`": "--key",
    "`features`": "--feature",
    "`destination`": "--out",
    "`resume`": "--resume",
    "`pos_label`": "--positive",
    "`sampling_strategy`": "--negatives-per-positive",
}
_STDOUT = Path("-")


def downsample_command(
    source: Source,
    target: Target,
    out: Out,
    positive: Positive = None,
    key: Key = None,
    feature: Feature = None,
    negatives_per_positive: NegativesPerPositive = 3.0,
    pilot: Pilot = "logistic",
    seed: Seed = 0,
    stage: Stage = "",
    engine: EngineName = Engine.LOCAL,
    resume: Resume = False,
    jobs: Jobs = None,
    json_path: Json = None,
    quiet: Quiet = False,
) -> None:
    """Keep the rows of a log that tell most, with what gives true probabilities back.

    All rows of the rare class stay, and of the others those that look like it. The output has three
    more columns: train with log_odds_offset as an offset (base margin, initial score) and predict
    without it, or correct the predictions of any other model by `imbalance-kit score`.

    Example: imbalance-kit downsample clicks/ --target click --key id --out sampled/
    """
    if not 0 < negatives_per_positive < math.inf:
        raise InputError(f"--negatives-per-positive must be above 0, got {negatives_per_positive}.")
    check_outputs({"--json": None if json_path == _STDOUT else json_path}, None)
    began = time.perf_counter()
    with explain(), _say_how_to_go_on(engine), _as_notes(quiet=quiet):
        how = _pilot(pilot)
        sampler = NonuniformNegativeSampler(
            sampling_strategy=1 / negatives_per_positive,
            pos_label=_label(source, target, positive),
            random_state=seed,
            **how,
        )
        with show_progress(Console(stderr=True, quiet=quiet)) as progress:
            downsample(
                _open(engine, source),
                sampler,
                label=target,
                features=feature or getattr(how.get("pilot"), "columns", None),
                key=key,
                destination=out,
                stage=stage,
                resume=resume,
                n_jobs=jobs,
                progress=None if progress is None else _with_rate(progress),
            )
        summary = _summary(read_manifest(out), out, time.perf_counter() - began)
    text = json.dumps(summary, indent=2, ensure_ascii=False) + "\n"
    if json_path is not None and json_path != _STDOUT:
        write_whole(json_path, text)
    with standard_output():
        if json_path == _STDOUT:
            print(text, end="")
        elif not quiet:
            _print(Console(highlight=False, soft_wrap=True), summary)


@contextmanager
def explain() -> Iterator[None]:
    """Turn errors that the caller can put right into messages that speak of options."""
    try:
        yield
    except (ValueError, TypeError, OSError, ImportError) as error:
        raise InputError(in_words(str(error), _OPTIONS)) from error


@contextmanager
def _say_how_to_go_on(engine: Engine) -> Iterator[None]:
    """Put the way on to an interrupt."""
    try:
        yield
    except KeyboardInterrupt:
        if engine != Engine.LOCAL:
            raise
        raise KeyboardInterrupt("Hint: the same command with --resume goes on from here.") from None


@contextmanager
def _as_notes(*, quiet: bool) -> Iterator[None]:
    """Print warnings as notes, without the line of code that they come from."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", UserWarning)
        # Nobody mistakes rows of the frequent class per row of the rare one for their inverse.
        warnings.filterwarnings("ignore", "`sampling_strategy`=.* keeps fewer rows")
        yield
    for text in dict.fromkeys(in_words(str(one.message), _OPTIONS) for one in told):
        if not quiet:
            print(f"Note: {text}", file=sys.stderr)


def _open(engine: Engine, source: str) -> Any:
    if engine == Engine.DASK:
        dask = import_optional("dask.dataframe", extra="dask", purpose="--engine dask")
        return dask.read_parquet(source)
    if engine == Engine.SPARK:
        sql = import_optional("pyspark.sql", extra="spark", purpose="--engine spark")
        return sql.SparkSession.builder.getOrCreate().read.parquet(source)
    return source


def _label(source: str, target: str, text: str | None) -> Any:
    """Return the label that a text stands for, of the type that the column has."""
    if text is None:
        return None
    arrow = import_optional("pyarrow", extra="parquet", purpose="Reading Parquet")
    schema = _schema(source)
    if target not in schema.names:
        raise InputError(
            f"--target names {target!r}, which is no column.", did_you_mean(target, schema.names)
        )
    kind = schema.field(target).type
    try:
        return arrow.scalar(text).cast(getattr(kind, "value_type", kind)).as_py()
    except arrow.ArrowInvalid:
        raise InputError(
            f"--positive is {text!r}, but the column {target!r} holds {kind}."
        ) from None


def _schema(source: str) -> Any:
    """Return the names and types of the columns, of an address as well, which Dask may read."""
    if "://" not in source:
        return open_parquet(source).schema
    dataset = import_optional("pyarrow.dataset", extra="parquet", purpose="Reading Parquet")
    return dataset.dataset(source, partitioning="hive").schema


def _pilot(name: str) -> dict[str, Any]:
    """Return the parameters of the sampler that an option stands for."""
    if name == "logistic":
        return {}
    if name == "uniform":
        return {"criterion": "uniform"}
    if not Path(name).exists():
        raise InputError(
            f"--pilot must be logistic, uniform or a folder that this command has made, got "
            f"{name!r}."
        )
    pilots = getattr(read_manifest(name).load_shift(), "pilots", ())
    if not pilots:
        raise InputError(f"The run in '{name}' had no pilot: it scored nothing.")
    return {"pilot": pilots[0]}


def _with_rate(progress: ReportProgress) -> ReportProgress:
    """Add the rows per second of the pass that is running."""
    began: dict[str, tuple[float, int]] = {}

    def report(done: int, total: int, what: str) -> None:
        start, first = began.setdefault(what, (time.perf_counter(), done))
        seconds = time.perf_counter() - start
        rate = f", {(done - first) / seconds:,.0f} rows/s" if seconds > 0.2 else ""
        progress(done, total, what + rate)

    return report


def _summary(manifest: Manifest, out: Path, seconds: float) -> dict[str, Any]:
    before, after = dict(manifest.counts_before), dict(manifest.counts_after)
    return {
        "out": str(out),
        "label": manifest.label,
        "classes": [
            {"label": label, "rows": before[label], "kept": after[label]} for label in before
        ],
        "rows": sum(before.values()),
        "kept": sum(after.values()),
        "expected": manifest.expected_after,
        "seed": manifest.seed,
        "seconds": round(seconds, 2),
        "rows_per_second": round(sum(before.values()) / seconds),
    }


def _print(console: Console, summary: dict[str, Any]) -> None:
    rows, kept = summary["rows"], summary["kept"]
    console.print(f"Kept {kept:,} of {count_of(rows, 'row')} ({kept / rows:.2%}).")
    for one in summary["classes"]:
        console.print(
            f"  {summary['label']} = {one['label']!r}: {one['kept']:,} of {one['rows']:,} "
            f"({one['kept'] / one['rows']:.2%})",
            markup=False,
        )
    console.print(
        f"{summary['seconds']:.1f} s, {summary['rows_per_second']:,} rows/s. Written to "
        f"{summary['out']}, with its manifest.",
        markup=False,
    )
    console.print(
        "Train with log_odds_offset as an offset, or correct predictions by: imbalance-kit score"
    )
