"""The options of `imbalance-kit compare`: names, domains, what its help says."""

from pathlib import Path
from typing import Annotated

import typer

from imbalance_kit.cli._learners import LearnerName
from imbalance_kit.cli._options import data, panel
from imbalance_kit.cli._strategies import NAMES, REPORTED

# So few rows need a second round for differences to show.
DEMO_REPEATS = 2

_comparison = panel("Comparison")


def _with_class(name: str) -> str:
    """Return the name, with that of the report in brackets where it is another."""
    reported = REPORTED.get(name, name)
    return name if reported.lower() == name else f"{name} ({reported})"


File = Annotated[
    Path | None,
    typer.Argument(
        metavar="FILE",
        help="CSV (also gzipped) or parquet. Without it: scanned digits that ship with "
        "scikit-learn, is it an 8?",
    ),
]
Target = Annotated[
    str | None, data("--target", "-t", metavar="COLUMN", help="The class to predict.")
]
Positive = Annotated[
    str | None,
    data(
        metavar="LABEL",
        help="The class of interest; of more than two, this one against the rest. Default: the "
        "rarer of two.",
    ),
]
Groups = Annotated[
    str | None,
    data(
        metavar="COLUMN",
        help="Rows that belong together (of a patient, say) are held out together.",
    ),
]
Weights = Annotated[
    str | None, data(metavar="COLUMN", help="Weights of the rows, in training and in all figures.")
]
Estimator = Annotated[
    LearnerName,
    _comparison(
        "--estimator", "-e", metavar="NAME", help=f"The learner: {', '.join(LearnerName)}."
    ),
]
Strategies = Annotated[
    list[str] | None,
    _comparison(
        metavar="NAMES",
        help=f"Of {', '.join(map(_with_class, NAMES))}, separated by commas; the samplers also "
        "with a ratio, as under-sampling:0.5. Default: all of them.",
    ),
]
Folds = Annotated[int, _comparison(min=2, metavar="N", help="Folds of the cross-validation.")]
Repeats = Annotated[
    int | None,
    _comparison(
        min=1,
        metavar="N",
        help=f"Times it is repeated, shuffled anew. Default: 1, without FILE {DEMO_REPEATS}.",
    ),
]
Seed = Annotated[int, _comparison(min=0, metavar="N", help="The same seed gives the same figures.")]
Jobs = Annotated[
    int | None,
    _comparison(
        min=1,
        metavar="N",
        help="Processes. Default: one for small tables, one per core for others.",
    ),
]
