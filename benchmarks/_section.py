"""A section of the page of benchmarks, and what it is written with: tables, numbers, marks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks._plots import Plot

Figures = Any  # what a benchmark wrote under "figures"
MARK = "▼"  # beside every figure that falls short


@dataclass(frozen=True)
class Section:
    """What one result has to show.

    `peer` is a distribution whose version the result names, or a name with its version; "" where
    there is none. `short` lists, one each, what falls short; `asked` says in few words what would.
    """

    body: str
    peer: str = ""
    asked: str = ""
    short: tuple[str, ...] = ()
    plots: tuple[Plot, ...] = ()


def table(headers: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Return a table in Markdown; numbers are written short."""
    lines = [headers, ["---"] * len(headers), *rows]
    return "\n".join("| " + " | ".join(number(cell) for cell in line) + " |" for line in lines)


def number(value: Any) -> str:
    """Write a number with three digits, anything else as it is."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if not isinstance(value, float):
        return str(value).replace("|", "\\|")
    if value == 0:
        return "0"
    if abs(value) < 1e-3:
        return f"{value:.1e}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def mark(value: float | None, *, below: float = 1.0, above: float | None = None) -> str:
    """Write a figure, in bold and marked where it is on the wrong side of its limit."""
    if value is None:
        return ""
    wrong = value > above if above is not None else value < below
    return f"**{number(value)}** {MARK}" if wrong else number(value)


def with_error(value: float, error: float) -> str:
    """Write a figure with its standard error in brackets."""
    return f"{number(value)} ({number(error)})"


def cells(figures: Figures, *, key: str = "times faster", name: str = "") -> Iterator[Any]:
    """Yield name and figures of every cell that was compared with a peer, however deep."""
    if not isinstance(figures, dict):
        return
    if isinstance(figures.get(key), int | float):
        yield name, figures
        return
    for own, value in figures.items():
        yield from cells(value, key=key, name=own)


def ends(figures: Figures, ending: str, *, without: str = "imbalance_kit") -> Any:
    """Return the value of the one name that ends so and does not begin with `without`."""
    found = [v for k, v in figures.items() if k.endswith(ending) and not k.startswith(without)]
    return found[0] if found else None
