"""The options of `imbalance-kit weight`: names, domains, what its help says."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from imbalance_kit.cli._options import data, panel, results

_weights, _outcomes = panel("Weights"), panel("Outcomes")


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
    data(
        "--population",
        "-p",
        metavar="FILE",
        help="Rows of the population, with the columns of the sample.",
    ),
]
MarginsFile = Annotated[
    Path | None,
    data(
        "--margins",
        metavar="FILE",
        help='Totals of the population instead, as JSON: {"sex": {"f": 510, "m": 490}, "income": '
        "42000000}.",
    ),
]
Covariates = Annotated[
    list[str] | None,
    data(
        "--covariate",
        "-c",
        metavar="COLUMN",
        help="Weight by this column. Repeatable. Default: all that both files have, but those "
        "named below.",
    ),
]
MergeRare = Annotated[
    float | None,
    data(
        metavar="SHARE",
        min=0.0,
        max=0.5,
        help="Merge the levels of a category that have less than this share of either file.",
    ),
]
Ids = Annotated[
    list[str] | None,
    data(
        "--id",
        metavar="COLUMN",
        help="Keep this column beside the weights, as it is written. Repeatable.",
    ),
]
DesignWeights = Annotated[
    str | None, data("--weights", metavar="COLUMN", help="Weights that the sample came with.")
]
PopulationWeights = Annotated[
    str | None, data(metavar="COLUMN", help="Weights of the population's rows.")
]
HowToWeight = Annotated[
    Method,
    _weights(
        "--method",
        "-m",
        metavar="NAME",
        help=f"{', '.join(Method)}. With margins: calibration, raking, post-stratification.",
    ),
]
Bounds = Annotated[
    tuple[float, float] | None,
    _weights(
        metavar="LOW HIGH",
        help="calibration: least and largest factor on the weights, around 1 (0.2 5).",
    ),
]
Tolerance = Annotated[
    float,
    _weights(
        min=0.0,
        metavar="SD",
        help="calibration: largest difference of means allowed, in standard deviations; 0 meets "
        "them exactly.",
    ),
]
Trim = Annotated[
    float | None,
    _weights(metavar="RATIO", help="propensity: cap the factors at so many times their mean."),
]
Collapse = Annotated[
    list[str] | None,
    _weights(
        metavar="COLUMN",
        help="post-stratification: merge cells that the sample lacks with those that differ in "
        "this column only. Repeatable, in order.",
    ),
]
SumTo = Annotated[
    Normalize,
    _weights(
        "--normalize",
        metavar="NAME",
        help="What the weights sum to: population (its size), sample (as before), mean (the "
        "number of rows).",
    ),
]
Outcomes = Annotated[
    list[str] | None,
    _outcomes(
        "--outcome",
        "-y",
        metavar="COLUMN",
        help="Estimate the mean of this column in the population, or with COLUMN=LEVEL the share "
        "of a level. Repeatable.",
    ),
]
PopulationIs = Annotated[
    PopulationKind | None,
    _outcomes(
        metavar="KIND",
        help="census: its numbers are exact; sample: they have an error, which the intervals "
        "include. Default: sample for rows, census for margins.",
    ),
]
Replicates = Annotated[
    int,
    _outcomes(
        min=0,
        metavar="N",
        help="propensity and cbps: fits to samples drawn anew, from which the intervals come; 0 "
        "takes the weights as fixed.",
    ),
]
Seed = Annotated[int, _outcomes(min=0, metavar="N", help="The same seed gives the same intervals.")]
Out = Annotated[
    Path | None,
    results(
        "--out",
        "-o",
        metavar="PATH",
        help="Write the weights, in the order of the rows: CSV, or parquet by its name.",
    ),
]
