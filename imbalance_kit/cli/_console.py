"""What all reports on a terminal are made of: a console, paragraphs, lists, tables of figures."""

import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

_WIDTH = 100
_GAP = 2  # between columns


@dataclass(frozen=True)
class Column:
    """A column of figures: its head, and a cell per row of the report."""

    head: str
    cells: tuple[Text, ...]

    @property
    def width(self) -> int:
        """Characters that the widest of head and cells takes."""
        return max(len(self.head), *(len(cell) for cell in self.cells))


def make_console() -> Console:
    """Return a console as wide as the terminal, at most 100 columns; 100 in a file or a pipe."""
    columns = shutil.get_terminal_size((_WIDTH, 24)).columns if sys.stdout.isatty() else _WIDTH
    return Console(width=min(columns, _WIDTH), highlight=False)


def print_list(console: Console, title: str, texts: Sequence[str], *, style: str = "none") -> None:
    """Print a heading and the texts as a list; nothing where there are none."""
    if texts:
        console.print()
        console.print(Text(title, style="bold"))
    for words in texts:
        print_paragraph(console, words, style=style, bullet="- ")


def print_paragraph(console: Console, words: str, *, style: str = "none", bullet: str = "") -> None:
    """Print the words, folded to the width of the console, without spaces at the ends of lines."""
    folded = textwrap.fill(
        printable(words),
        console.width,
        initial_indent=bullet,
        subsequent_indent=" " * len(bullet),
        break_on_hyphens=False,
    )
    console.print(Text(folded, style=style), soft_wrap=True)


def printable(words: str) -> str:
    """Return the words on one line, without what could steer a terminal."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in words)


def shorten(words: str, width: int) -> str:
    """Return the words, cut in the middle where they are too long, so that both ends tell."""
    words = printable(words)
    if len(words) <= width:
        return words
    tail = (width - 3) // 3
    return f"{words[: width - 3 - tail]}...{words[-tail:]}"


def make_tables(names: Sequence[Column], columns: Sequence[Column], width: int) -> Iterator[Table]:
    """Yield as many tables as the columns need at this width, each with the names in front."""
    room = width - sum(column.width + _GAP for column in names) + _GAP
    left = list(columns)
    while left:
        taken = [left.pop(0)]
        while left and sum(c.width + _GAP for c in (*taken, left[0])) <= room:
            taken.append(left.pop(0))
        table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
        for column in names:
            table.add_column(column.head, no_wrap=True)
        for column in taken:
            table.add_column(column.head, justify="right", no_wrap=True)
        for row in zip(*(column.cells for column in (*names, *taken)), strict=True):
            table.add_row(*row)
        yield table
