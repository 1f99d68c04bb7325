"""The options of `imbalance-kit downsample`: names, domains, what its help says."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from imbalance_kit.cli._options import data, panel

_sampling, _run = panel("Sampling"), panel("Run")


class Engine(StrEnum):
    """What reads and writes."""

    LOCAL = "local"
    DASK = "dask"
    SPARK = "spark"


Source = Annotated[
    str, typer.Argument(metavar="IN", help="A Parquet file, a folder of them, or a glob.")
]
Target = Annotated[str, data("--target", "-t", metavar="COLUMN", help="The class; two of them.")]
Out = Annotated[Path, data("--out", "-o", metavar="DIR", help="Folder to be made.")]
Positive = Annotated[
    str | None, data(metavar="LABEL", help="The class that is kept whole. Default: the rarer one.")
]
Key = Annotated[
    list[str] | None,
    data(
        metavar="COLUMN",
        help="What tells rows apart, so that any engine keeps the same ones. Repeatable. Default: "
        "file and row number.",
    ),
]
Feature = Annotated[
    list[str] | None,
    data(
        metavar="COLUMN",
        help="What the pilot reads. Repeatable. Default: all columns but target and key.",
    ),
]
NegativesPerPositive = Annotated[
    float,
    _sampling(metavar="K", help="Rows to expect of the frequent class per row of the rare one."),
]
Pilot = Annotated[
    str,
    _sampling(
        metavar="NAME",
        help="What scores the rows: logistic (a regression trained on a sample), uniform (nothing: "
        "all count alike), or a folder that this command has made, to score as it did.",
    ),
]
Seed = Annotated[int, _sampling(min=0, metavar="N", help="The same seed keeps the same rows.")]
Stage = Annotated[
    str,
    _sampling(metavar="NAME", help="Name of this step, where one downsampling follows another."),
]
EngineName = Annotated[Engine, _run("--engine", metavar="NAME", help=f"{', '.join(Engine)}.")]
Resume = Annotated[bool, _run("--resume", help="Go on where a run was stopped (local).")]
Jobs = Annotated[
    int | None, _run(min=1, metavar="N", help="Threads (local). Default: one per core.")
]
Json = Annotated[
    Path | None,
    _run("--json", metavar="PATH", help="Write the figures to a file; - for standard output."),
]
Quiet = Annotated[bool, _run("--quiet", "-q", help="Print errors only.")]
