"""From a path to a data frame: CSV, gzipped CSV or parquet, whatever the file is called."""

from __future__ import annotations

import io
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from imbalance_kit._utils._optional import import_optional
from imbalance_kit.cli._messages import InputError
from imbalance_kit.cli._read_bytes import PARQUET, decode_text, read_bytes
from imbalance_kit.cli._read_csv import parse_csv

PARQUET_NAMES = (".parquet", ".pq")


@dataclass(frozen=True)
class Table:
    """A table as it was read: `source` says where from, `notes` what to know about it."""

    frame: pd.DataFrame
    source: str
    notes: tuple[str, ...] = ()


def read_table(path: Path, as_text: Collection[str] = ()) -> Table:
    """Read a CSV or parquet file; columns `as_text` of a CSV file as they are written.

    Raises
    ------
    InputError
        If it cannot be read as a table with at least one row; the message says why and where.
    """
    content = read_bytes(path)
    if content.startswith(PARQUET):
        return Table(_parse_parquet(content, path), path.name)
    if path.suffix.lower() in PARQUET_NAMES:
        raise InputError(f"'{path}' is not a parquet file, though it is named like one.")
    text, encoding = decode_text(content, path)
    notes = []
    if encoding == "Windows-1252":
        notes.append("The file is not UTF-8: it was read as Windows-1252.")
    return Table(parse_csv(text, path, as_text), path.name, tuple(notes))


def _parse_parquet(content: bytes, path: Path) -> pd.DataFrame:
    try:
        import_optional("pyarrow", extra="parquet", purpose="Reading a parquet file")
    except ImportError as error:
        raise InputError(str(error)) from error
    try:
        frame: pd.DataFrame = pd.read_parquet(io.BytesIO(content))
    except (OSError, ValueError) as error:  # what pyarrow raises for damaged files
        reason = str(error).splitlines()[0].rstrip(".")
        raise InputError(f"'{path}' is a damaged parquet file: {reason}.") from error
    frame = frame.reset_index(drop=all(name is None for name in frame.index.names))
    frame.columns = frame.columns.map(str)
    if not frame.columns.is_unique:
        twice = frame.columns[frame.columns.duplicated()][0]
        raise InputError(
            f"'{path}' has several columns named {twice!r}: expected names that differ."
        )
    if not len(frame):
        raise InputError(f"'{path}' has columns and no rows.")
    return frame
