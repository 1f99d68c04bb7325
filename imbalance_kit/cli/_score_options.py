"""The options of `imbalance-kit score`: names, what its help says."""

from pathlib import Path
from typing import Annotated

import typer

Predictions = Annotated[
    Path,
    typer.Argument(
        metavar="FILE",
        help="CSV or Parquet: a column of raw probabilities, and log_odds_offset or the columns "
        "that the pilot reads.",
    ),
]
ManifestPath = Annotated[
    Path,
    typer.Option(
        "--manifest",
        "-m",
        metavar="DIR",
        help="What `imbalance-kit downsample` made: the folder, or the manifest in it.",
    ),
]
Probability = Annotated[
    str,
    typer.Option(
        "--probability",
        "-p",
        metavar="COLUMN",
        help="The raw probabilities, of a model trained on the sample without the offset.",
    ),
]
Out = Annotated[
    Path,
    typer.Option(
        "--out",
        "-o",
        metavar="FILE",
        help="File to write, .csv or .parquet: the same rows with corrected_probability.",
    ),
]
Positive = Annotated[
    str | None,
    typer.Option(
        metavar="LABEL",
        help="The class that the probabilities speak of. Default: the rarer one.",
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")]
