"""From the text of a CSV file to a data frame, every line checked."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Collection
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd

from imbalance_kit.cli._messages import InputError, count_of

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
# Not "None", which is as often the name of a class as of a gap.
MISSING = ["", "?", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NULL", "null"]

_LINES_TO_JUDGE_BY = 50
_DECIMAL_COMMA = re.compile(r'(?:^|[;\t|])"?[+-]?\d+,\d+"?(?=[;\t|]|$)', re.MULTILINE)
_DECIMAL_POINT = re.compile(r'(?:^|[;\t|])"?[+-]?\d+\.\d+"?(?=[;\t|]|$)', re.MULTILINE)


def parse_csv(text: str, path: Path, as_text: Collection[str] = ()) -> pd.DataFrame:
    """Return the table: numbers as numbers, all else as text, :data:`MISSING` as missing.

    The columns `as_text`, where they are there, are kept as they are written.

    Raises
    ------
    InputError
        If a line has another number of fields than the header, a quote is not closed, two columns
        have the same name, or there are no rows.
    """
    delimiter = find_delimiter(text)
    header = _check_lines(text, delimiter, path)
    frame: pd.DataFrame = pd.read_csv(
        io.StringIO(text),
        sep=delimiter,
        decimal="," if _has_decimal_commas(text, delimiter) else ".",
        header=0,
        names=header,
        index_col=False,
        skipinitialspace=delimiter != "\t",
        keep_default_na=False,
        na_values={name: [] if name in as_text else MISSING for name in header},
        dtype={name: str for name in header if name in as_text},
        low_memory=False,
    )
    return frame


def find_delimiter(text: str) -> str:
    """Return the character that splits the first lines into the same number of fields, over one.

    Where several do, the one that makes the most; where none does, the one that splits the header.
    """
    best, best_key = ",", (0, False, 0)
    for delimiter in DELIMITERS:
        try:
            rows = [len(row) for row in islice(_rows(text, delimiter), _LINES_TO_JUDGE_BY) if row]
        except csv.Error:
            continue
        if not rows:
            continue
        key = (min(rows[0], 2), len(set(rows)) == 1, rows[0])
        if key > best_key:
            best, best_key = delimiter, key
    return best


def _rows(text: str, delimiter: str) -> Any:
    """Return a reader, which yields lists of fields and counts lines in ``line_num``."""
    return csv.reader(
        io.StringIO(text, newline=""),
        delimiter=delimiter,
        skipinitialspace=delimiter != "\t",
        strict=True,
    )


def _check_lines(text: str, delimiter: str, path: Path) -> list[str]:
    """Return the column names; raise where a line does not fit them."""
    rows = _rows(text, delimiter)
    try:
        header = next(row for row in rows if row)
        widths = Counter(map(len, rows))
    except csv.Error as error:
        raise _unreadable_line(text, delimiter, path, str(error)) from error
    del widths[0]  # blank lines are skipped
    if not widths:
        raise InputError(f"'{path}' has a header line and no rows.")
    if set(widths) != {len(header)}:
        raise _broken_line(text, delimiter, path, len(header))
    names = [name.strip() or f"Unnamed: {place}" for place, name in enumerate(header)]
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        places = [place for place, name in enumerate(names, start=1) if name == twice[0]]
        raise InputError(
            f"'{path}' has {len(places)} columns named {twice[0]!r} "
            f"(columns {', '.join(map(str, places))}): expected names that differ."
        )
    return names


def _broken_line(text: str, delimiter: str, path: Path, expected: int) -> InputError:
    reader = _rows(text, delimiter)
    start = 1
    for row in reader:
        if row and len(row) != expected:
            break
        start = reader.line_num + 1
    return InputError(
        f"'{path}', line {start}: {count_of(len(row), 'field')}, where the header has "
        f"{expected} (separated by {DELIMITERS[delimiter]}).",
        "put a field that holds the separator in double quotes.",
    )


def _unreadable_line(text: str, delimiter: str, path: Path, reason: str) -> InputError:
    reader = _rows(text, delimiter)
    start = 1
    try:
        for _ in reader:
            start = reader.line_num + 1
    except csv.Error:
        pass
    if reason.startswith(("unexpected end of data", "field larger than")):
        reason = "a double quote opens here and is not closed"
    return InputError(f"'{path}', line {start}: {reason}.")


def _has_decimal_commas(text: str, delimiter: str) -> bool:
    """Whether numbers are written 3,14 (only where the comma does not separate fields)."""
    if delimiter == ",":
        return False
    return bool(_DECIMAL_COMMA.search(text)) and not _DECIMAL_POINT.search(text)
