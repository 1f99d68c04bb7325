"""The options of `imbalance-kit downsample`: names, domains, what its help says."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

_DATA, _SAMPLING, _RUN = "Data", "Sampling", "Run"


class Engine(StrEnum):
    """What reads and writes."""

    LOCAL = "local"
    DASK = "dask"
    SPARK = "spark"


Source = Annotated[
    str,
    typer.Argument(
        metavar="IN", show_default=False, help="A Parquet file, a folder of them, or a glob."
    ),
]
Target = Annotated[
    str,
    typer.Option(
        "--target",
        "-t",
        metavar="COLUMN",
        show_default=False,
        rich_help_panel=_DATA,
        help="The class; two of them.",
    ),
]
Out = Annotated[
    Path,
    typer.Option(
        "--out",
        "-o",
        metavar="DIR",
        show_default=False,
        rich_help_panel=_DATA,
        help="Folder to be made.",
    ),
]
Positive = Annotated[
    str | None,
    typer.Option(
        metavar="LABEL",
        show_default=False,
        rich_help_panel=_DATA,
        help="The class that is kept whole. Default: the rarer one.",
    ),
]
Key = Annotated[
    list[str] | None,
    typer.Option(
        metavar="COLUMN",
        show_default=False,
        rich_help_panel=_DATA,
        help="What tells rows apart, so that any engine keeps the same ones. Repeatable. Default: "
        "file and row number.",
    ),
]
Feature = Annotated[
    list[str] | None,
    typer.Option(
        metavar="COLUMN",
        show_default=False,
        rich_help_panel=_DATA,
        help="What the pilot reads. Repeatable. Default: all columns but target and key.",
    ),
]
NegativesPerPositive = Annotated[
    float,
    typer.Option(
        metavar="K",
        rich_help_panel=_SAMPLING,
        help="Rows to expect of the frequent class per row of the rare one.",
    ),
]
Pilot = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        rich_help_panel=_SAMPLING,
        help="What scores the rows: logistic (a regression trained on a sample), uniform (nothing: "
        "all count alike), or a folder that this command has made, to score as it did.",
    ),
]
Seed = Annotated[
    int,
    typer.Option(
        min=0,
        metavar="N",
        rich_help_panel=_SAMPLING,
        help="The same seed keeps the same rows.",
    ),
]
Stage = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        show_default=False,
        rich_help_panel=_SAMPLING,
        help="Name of this step, where one downsampling follows another.",
    ),
]
EngineName = Annotated[
    Engine,
    typer.Option("--engine", metavar="NAME", rich_help_panel=_RUN, help=f"{', '.join(Engine)}."),
]
Resume = Annotated[
    bool,
    typer.Option("--resume", rich_help_panel=_RUN, help="Go on where a run was stopped (local)."),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        min=1,
        metavar="N",
        show_default=False,
        rich_help_panel=_RUN,
        help="Threads (local). Default: one per core.",
    ),
]
Json = Annotated[
    Path | None,
    typer.Option(
        "--json",
        metavar="PATH",
        show_default=False,
        rich_help_panel=_RUN,
        help="Write the figures to a file; - for standard output.",
    ),
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", rich_help_panel=_RUN, help="Print errors only.")
]
