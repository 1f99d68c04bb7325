import io
import os
import sys

import pytest
from rich.console import Console
from rich.text import Text

from imbalance_kit.cli._console import (
    Column,
    make_console,
    make_tables,
    print_list,
    printable,
    shorten,
)


def test_a_file_or_a_pipe_is_100_columns_wide() -> None:
    assert make_console().width == 100


@pytest.mark.parametrize(("columns", "width"), [(60, 60), (200, 100)])
def test_a_terminal_sets_the_width_up_to_100(
    columns: int, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("shutil.get_terminal_size", lambda _: os.terminal_size((columns, 24)))
    assert make_console().width == width


def test_columns_are_spread_over_tables() -> None:
    cells = (Text("1234567890"),)
    names, column = [Column("name", (Text("a"),))], Column("x", cells)
    tables = list(make_tables(names, [column] * 5, 30))
    assert [len(table.columns) for table in tables] == [3, 3, 2]
    assert len(list(make_tables(names, [column] * 5, 4 + 5 * 12))) == 1
    assert len(list(make_tables(names, [column] * 5, 4 + 5 * 12 - 1))) == 2
    assert [len(table.columns) for table in make_tables(names, [column], 3)] == [2]


def test_lists_are_folded_and_may_be_empty() -> None:
    console = Console(width=20, record=True, file=io.StringIO())
    print_list(console, "Title", [])
    assert console.export_text() == ""
    print_list(console, "Title", ["[bold]one two[/bold] three", "four"])
    assert console.export_text() == "\nTitle\n- [bold]one\n  two[/bold] three\n- four\n"


def test_what_could_steer_a_terminal_is_replaced() -> None:
    assert printable("a\x1b[31m\nb\tc\u202e") == "a\ufffd[31m\ufffdb\ufffdc\ufffd"
    assert printable("größe 漢") == "größe 漢"


def test_long_words_keep_both_ends() -> None:
    assert shorten("RandomUnderSampler 0.25", 20) == "RandomUnderS... 0.25"
    assert len(shorten("x" * 100, 20)) == 20
    assert shorten("short", 20) == "short"
