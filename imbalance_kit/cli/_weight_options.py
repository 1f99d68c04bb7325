"""The options of `imbalance-kit weight`: names, domains, what its help says."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

_DATA, _WEIGHTS, _OUTCOMES, _RESULTS = "Data", "Weights", "Outcomes", "Results"


class Method(StrEnum):
    """How weights are made."""

    CALIBRATION = "calibration"
    PROPENSITY = "propensity"
    CBPS = "cbps"
    RAKING = "raking"
    POST_STRATIFICATION = "post-stratification"


class Normalize(StrEnum):
    """What weights sum to."""

    POPULATION = "population"
    SAMPLE = "sample"
    MEAN = "mean"


class PopulationKind(StrEnum):
    """Whether the population's numbers are exact."""

    CENSUS = "census"
    SAMPLE = "sample"


Sample = Annotated[
    Path,
    typer.Argument(metavar="SAMPLE", help="The rows to weight: CSV (also gzipped) or parquet."),
]
Population = Annotated[
    Path | None,
    typer.Option(
        "--population",
        "-p",
        metavar="FILE",
        show_default=False,
        rich_help_panel=_DATA,
        help="Rows of the population, with the columns of the sample.",
    ),
]
MarginsFile = Annotated[
    Path | None,
    typer.Option(
        "--margins",
        metavar="FILE",
        show_default=False,
        rich_help_panel=_DATA,
        help='Totals of the population instead, as JSON: {"sex": {"f": 510, "m": 490}, "income": '
        "42000000}.",
    ),
]
Covariates = Annotated[
    list[str] | None,
    typer.Option(
        "--covariate",
        "-c",
        metavar="COLUMN",
        show_default=False,
        rich_help_panel=_DATA,
        help="Weight by this column. Repeatable. Default: all that both files have, but those "
        "named below.",
    ),
]
Drop = Annotated[
    list[str] | None,
    typer.Option(
        metavar="COLUMN",
        show_default=False,
        rich_help_panel=_DATA,
        help="Leave a column out. Repeatable.",
    ),
]
MergeRare = Annotated[
    float | None,
    typer.Option(
        metavar="SHARE",
        show_default=False,
        rich_help_panel=_DATA,
        min=0.0,
        max=0.5,
        help="Merge the levels of a category that have less than this share of either file.",
    ),
]
Ids = Annotated[
    list[str] | None,
    typer.Option(
        "--id",
        metavar="COLUMN",
        show_default=False,
        rich_help_panel=_DATA,
        help="Keep this column beside the weights, as it is written. Repeatable.",
    ),
]
DesignWeights = Annotated[
    str | None,
    typer.Option(
        "--weights",
        metavar="COLUMN",
        show_default=False,
        rich_help_panel=_DATA,
        help="Weights that the sample came with.",
    ),
]
PopulationWeights = Annotated[
    str | None,
    typer.Option(
        metavar="COLUMN",
        show_default=False,
        rich_help_panel=_DATA,
        help="Weights of the population's rows.",
    ),
]
HowToWeight = Annotated[
    Method,
    typer.Option(
        "--method",
        "-m",
        metavar="NAME",
        rich_help_panel=_WEIGHTS,
        help=f"{', '.join(Method)}. With margins: calibration, raking, post-stratification.",
    ),
]
Bounds = Annotated[
    tuple[float, float] | None,
    typer.Option(
        metavar="LOW HIGH",
        show_default=False,
        rich_help_panel=_WEIGHTS,
        help="calibration: least and largest factor on the weights, around 1 (0.2 5).",
    ),
]
Tolerance = Annotated[
    float,
    typer.Option(
        min=0.0,
        metavar="SD",
        rich_help_panel=_WEIGHTS,
        help="calibration: largest difference of means allowed, in standard deviations; 0 meets "
        "them exactly.",
    ),
]
Trim = Annotated[
    float | None,
    typer.Option(
        metavar="RATIO",
        show_default=False,
        rich_help_panel=_WEIGHTS,
        help="propensity: cap the factors at so many times their mean.",
    ),
]
Collapse = Annotated[
    list[str] | None,
    typer.Option(
        metavar="COLUMN",
        show_default=False,
        rich_help_panel=_WEIGHTS,
        help="post-stratification: merge cells that the sample lacks with those that differ in "
        "this column only. Repeatable, in order.",
    ),
]
SumTo = Annotated[
    Normalize,
    typer.Option(
        "--normalize",
        metavar="NAME",
        rich_help_panel=_WEIGHTS,
        help="What the weights sum to: population (its size), sample (as before), mean (the "
        "number of rows).",
    ),
]
Outcomes = Annotated[
    list[str] | None,
    typer.Option(
        "--outcome",
        "-y",
        metavar="COLUMN",
        show_default=False,
        rich_help_panel=_OUTCOMES,
        help="Estimate the mean of this column in the population, or with COLUMN=LEVEL the share "
        "of a level. Repeatable.",
    ),
]
PopulationIs = Annotated[
    PopulationKind | None,
    typer.Option(
        metavar="KIND",
        show_default=False,
        rich_help_panel=_OUTCOMES,
        help="census: its numbers are exact; sample: they have an error, which the intervals "
        "include. Default: sample for rows, census for margins.",
    ),
]
Replicates = Annotated[
    int,
    typer.Option(
        min=0,
        metavar="N",
        rich_help_panel=_OUTCOMES,
        help="propensity and cbps: fits to samples drawn anew, from which the intervals come; 0 "
        "takes the weights as fixed.",
    ),
]
Seed = Annotated[
    int,
    typer.Option(
        min=0,
        metavar="N",
        rich_help_panel=_OUTCOMES,
        help="The same seed gives the same intervals.",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        "-o",
        metavar="PATH",
        show_default=False,
        rich_help_panel=_RESULTS,
        help="Write the weights, in the order of the rows: CSV, or parquet by its name.",
    ),
]
Json = Annotated[
    Path | None,
    typer.Option(
        "--json",
        metavar="PATH",
        show_default=False,
        rich_help_panel=_RESULTS,
        help="Write all diagnostics to a file.",
    ),
]
Html = Annotated[
    Path | None,
    typer.Option(
        "--html",
        metavar="PATH",
        show_default=False,
        rich_help_panel=_RESULTS,
        help="Write a page with tables and charts, which needs no other file.",
    ),
]
Quiet = Annotated[
    bool,
    typer.Option("--quiet", "-q", rich_help_panel=_RESULTS, help="Print errors only."),
]
