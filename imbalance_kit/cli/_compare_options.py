"""The options of `imbalance-kit compare`: names, domains, what its help says."""

from pathlib import Path
from typing import Annotated

import typer

from imbalance_kit.cli._learners import LearnerName
from imbalance_kit.cli._strategies import NAMES

# So few rows need a second round for differences to show.
DEMO_REPEATS = 2

_DATA, _COMPARISON, _RESULTS = "Data", "Comparison", "Results"

File = Annotated[
    Path | None,
    typer.Argument(
        metavar="FILE",
        show_default=False,
        help="CSV (also gzipped) or parquet. Without it: scanned digits that ship with "
        "scikit-learn, is it an 8?",
    ),
]
Target = Annotated[
    str | None,
    typer.Option(
        "--target",
        "-t",
        metavar="COLUMN",
        show_default=False,
        rich_help_panel=_DATA,
        help="The class to predict.",
    ),
]
Positive = Annotated[
    str | None,
    typer.Option(
        metavar="LABEL",
        show_default=False,
        rich_help_panel=_DATA,
        help="The class of interest; of more than two, this one against the rest. Default: the "
        "rarer of two.",
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
Groups = Annotated[
    str | None,
    typer.Option(
        metavar="COLUMN",
        show_default=False,
        rich_help_panel=_DATA,
        help="Rows that belong together (of a patient, say) are held out together.",
    ),
]
Weights = Annotated[
    str | None,
    typer.Option(
        metavar="COLUMN",
        show_default=False,
        rich_help_panel=_DATA,
        help="Weights of the rows, in training and in all figures.",
    ),
]
Estimator = Annotated[
    LearnerName,
    typer.Option(
        "--estimator",
        "-e",
        metavar="NAME",
        rich_help_panel=_COMPARISON,
        help=f"The learner: {', '.join(LearnerName)}.",
    ),
]
Strategies = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAMES",
        show_default=False,
        rich_help_panel=_COMPARISON,
        help=f"Of {', '.join(NAMES)}, separated by commas; the samplers also with a ratio, as "
        "under-sampling:0.5. Default: all of them.",
    ),
]
Folds = Annotated[
    int,
    typer.Option(
        min=2, metavar="N", rich_help_panel=_COMPARISON, help="Folds of the cross-validation."
    ),
]
Repeats = Annotated[
    int | None,
    typer.Option(
        min=1,
        metavar="N",
        show_default=False,
        rich_help_panel=_COMPARISON,
        help=f"Times it is repeated, shuffled anew. Default: 1, without FILE {DEMO_REPEATS}.",
    ),
]
Seed = Annotated[
    int,
    typer.Option(
        min=0,
        metavar="N",
        rich_help_panel=_COMPARISON,
        help="The same seed gives the same figures.",
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        min=1,
        metavar="N",
        show_default=False,
        rich_help_panel=_COMPARISON,
        help="Processes. Default: one for small tables, one per core for others.",
    ),
]
Json = Annotated[
    Path | None,
    typer.Option(
        "--json",
        metavar="PATH",
        show_default=False,
        rich_help_panel=_RESULTS,
        help="Write all figures to a file.",
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
