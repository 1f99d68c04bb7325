"""From a data frame to a file: parquet where it is named so, CSV otherwise."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd

from imbalance_kit._utils._optional import import_optional
from imbalance_kit.cli._messages import InputError
from imbalance_kit.cli._output import write_whole, write_whole_bytes
from imbalance_kit.cli._read_table import PARQUET_NAMES


def check_writer(path: Path) -> None:
    """Raise, before the work starts, where the library is missing that writes such a file.

    Raises
    ------
    InputError
        It names the extra.
    """
    if path.suffix.lower() in PARQUET_NAMES:
        try:
            import_optional("pyarrow", extra="parquet", purpose="Writing a parquet file")
        except ImportError as error:
            raise InputError(str(error)) from error


def write_table(path: Path, frame: pd.DataFrame) -> None:
    """Write the rows, without an index, in one move."""
    if path.suffix.lower() in PARQUET_NAMES:
        content = io.BytesIO()
        frame.to_parquet(content, index=False)
        write_whole_bytes(path, content.getvalue())
    else:
        write_whole(path, frame.to_csv(index=False, lineterminator="\n"))
