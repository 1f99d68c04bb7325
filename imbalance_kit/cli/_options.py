"""How options are declared, panel by panel of the help, and those that several commands share."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer


def panel(title: str) -> Callable[..., Any]:
    """Return what declares an option in the panel of this title: `typer.Option` without it."""
    return partial(typer.Option, rich_help_panel=title)


data, results = panel("Data"), panel("Results")

Drop = Annotated[list[str] | None, data(metavar="COLUMN", help="Leave a column out. Repeatable.")]
Json = Annotated[
    Path | None, results("--json", metavar="PATH", help="Write all figures to a file.")
]
Html = Annotated[
    Path | None,
    results(
        "--html",
        metavar="PATH",
        help="Write a page with tables and charts, which needs no other file.",
    ),
]
Quiet = Annotated[bool, results("--quiet", "-q", help="Print errors only.")]
