"""Rows into Parquet files, as they come."""

from pathlib import Path
from typing import Any

from imbalance_kit._utils._optional import import_optional
from imbalance_kit._utils._tables import concat_tables

_ROWS_PER_GROUP = 1 << 17
_ROWS_PER_FILE = 1 << 22


class ParquetWriter:
    """Parquet files of bounded size, in row groups that are not tiny.

    Parameters
    ----------
    folder : Path
        Where they go.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.waiting: list[Any] = []
        self.n_waiting = self.n_written = self.n_files = 0
        self.file: Any = None

    def write(self, table: Any) -> None:
        """Take rows, all tables with one schema."""
        self.waiting.append(table)
        self.n_waiting += table.num_rows
        if self.n_waiting >= _ROWS_PER_GROUP:
            self._flush()

    def _flush(self) -> None:
        table = concat_tables(self.waiting).replace_schema_metadata(None)
        self.waiting, self.n_waiting = [], 0
        if self.file is None:
            parquet = import_optional("pyarrow.parquet", extra="parquet", purpose="Writing Parquet")
            path = self.folder / f"part-{self.n_files:05d}.parquet"
            self.file = parquet.ParquetWriter(path, table.schema, use_dictionary=False)
            self.n_files, self.n_written = self.n_files + 1, 0
        self.file.write_table(table, row_group_size=_ROWS_PER_GROUP)
        self.n_written += table.num_rows
        if self.n_written >= _ROWS_PER_FILE:
            self._close()

    def _close(self) -> None:
        if self.file is not None:
            self.file.close()
            self.file = None

    def __enter__(self) -> "ParquetWriter":
        return self

    def __exit__(self, kind: Any, *rest: Any) -> None:
        if kind is None and (self.waiting or not self.n_files):
            self._flush()
        self._close()
