"""Parquet files as pieces: found and checked before anything is read, then read by row group."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from glob import glob, has_magic
from itertools import takewhile
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from imbalance_kit._utils._optional import import_optional
from imbalance_kit.scale_out._job import Place

_MAGIC = b"PAR1"  # first and last bytes of every Parquet file
_MOST_ROWS = 1 << 18  # of a piece in memory; row groups may hold more
_MOST_BYTES = 1 << 27
_BUFFER = 1 << 20  # bytes read at a time, per column


@dataclass(frozen=True)
class RowGroup:
    """One row group of one file.

    Parameters
    ----------
    file : str
        Path.
    name : str
        Path relative to the source, with forward slashes: what the hash of a row without key sees.
    number : int
        Of the row group within the file.
    first_row, n_rows, n_bytes : int
        Number of its first row within the file, its rows, its size uncompressed.
    partition : tuple of (str, str or int), default=()
        Columns that the names of its folders give, as in ``day=2026-01-31/``.
    """

    file: str
    name: str
    number: int
    first_row: int
    n_rows: int
    n_bytes: int
    partition: tuple[tuple[str, str | int], ...] = ()

    @property
    def is_large(self) -> bool:
        """Whether it is read in several pieces."""
        return self.n_bytes > _MOST_BYTES

    def read(self, columns: Sequence[str] | None = None) -> Iterator[tuple[Any, Place]]:
        """Yield Arrow tables of bounded size, with their places.

        Raises
        ------
        ValueError
            If it cannot be read, naming the file and the row group.
        """
        parquet, arrow = _parquet(), import_optional("pyarrow", extra="parquet", purpose=_PURPOSE)
        added = [(n, v) for n, v in self.partition if columns is None or n in columns]
        inside = None if columns is None else [n for n in columns if n not in dict(added)]
        first = self.first_row

        def whole(table: Any) -> Any:
            for name, value in added:
                table = table.append_column(name, arrow.repeat(value, table.num_rows))
            return table if columns is None else table.select(list(columns))

        try:
            # A small buffer keeps the reader from loading a large row group as a whole.
            how = {"buffer_size": _BUFFER, "pre_buffer": False} if self.is_large else {}
            with parquet.ParquetFile(self.file, **how) as file:
                if not self.is_large:
                    table = file.read_row_group(self.number, columns=inside, use_threads=False)
                    yield whole(table), Place(self.name, first)
                    return
                for batch in file.iter_batches(
                    _MOST_ROWS, row_groups=[self.number], columns=inside, use_threads=False
                ):
                    yield whole(arrow.Table.from_batches([batch])), Place(self.name, first)
                    first += batch.num_rows
        except (OSError, arrow.ArrowException) as error:
            raise ValueError(
                f"'{self.file}', row group {self.number}, cannot be read: {_first_line(error)} "
                "Hint: the file is damaged or was cut off; write it again."
            ) from error


@dataclass(frozen=True)
class ParquetSource:
    """Files with one schema.

    Invariant: `row_groups` are in the order of the files, which are sorted by name; none is empty.
    """

    path: str
    row_groups: tuple[RowGroup, ...]
    schema: Any

    @property
    def n_rows(self) -> int:
        """Rows in all."""
        return sum(group.n_rows for group in self.row_groups)

    def check_destination(self, destination: Path) -> None:
        """Raise where the output would be part of the source the next time.

        Raises
        ------
        ValueError
            If the destination lies within the folder of the source.
        """
        source, inner = Path(self.path).resolve(), destination.resolve()
        if source.is_dir() and inner.is_relative_to(source):
            raise ValueError(
                f"`destination` is '{destination}', which lies within the source '{self.path}': "
                "the next run would read it too. Hint: choose a folder beside it."
            )

    def identity(self) -> list[list[Any]]:
        """Return names, sizes and times of change: what tells whether the files are the same."""
        files = {group.file: group.name for group in self.row_groups}
        stats = {file: Path(file).stat() for file in files}
        return [
            [name, stats[file].st_size, stats[file].st_mtime_ns] for file, name in files.items()
        ]


def open_parquet(source: Any) -> ParquetSource:
    """Return the files of a path, a directory, a glob or a pyarrow dataset.

    Raises
    ------
    ValueError
        If there is none, one is damaged, or their columns differ.
    """
    files, root = _files(source)
    groups: list[RowGroup] = []
    partitions = _partitions(files, root)
    schema = None
    for file in files:
        metadata, own = _open(file)
        own = _with_partition(own, partitions[file])
        if schema is None:
            schema, first = own, file
        else:
            _check_same(own, schema, file, first)
        name = Path(file).relative_to(root).as_posix()
        partition = partitions[file]
        first_row = 0
        for i in range(metadata.num_row_groups):
            group = metadata.row_group(i)
            n_rows = group.num_rows
            if n_rows:
                size = group.total_byte_size
                groups.append(RowGroup(file, name, i, first_row, n_rows, size, partition))
            first_row += n_rows
    if not groups:
        raise ValueError(f"'{root}' has no rows.")
    return ParquetSource(
        str(source) if isinstance(source, (str, Path)) else str(root), tuple(groups), schema
    )


def _files(source: Any) -> tuple[list[str], Path]:
    """Return the paths, sorted, and the folder that their names are relative to."""
    if hasattr(source, "files") and hasattr(source, "get_fragments"):  # pyarrow dataset
        if "parquet" not in type(source.format).__name__.lower():
            raise ValueError(f"The dataset holds {source.format!r}: expected Parquet files.")
        files = sorted(source.files)
        root = Path(files[0]).parent if files else Path()
        while not all(Path(file).is_relative_to(root) for file in files):
            root = root.parent
        return files, root
    path = Path(source)
    if path.is_file():
        return [str(path)], path.parent
    if path.is_dir():
        found = [p for p in path.rglob("*.parquet") if _is_visible(p.relative_to(path))]
        root = path
    elif has_magic(str(source)):
        found = [Path(p) for p in glob(str(source), recursive=True) if Path(p).is_file()]
        root = Path(*takewhile(lambda part: not has_magic(part), path.parts))
    else:
        raise FileNotFoundError(f"'{source}' does not exist: expected a Parquet file or a folder.")
    if not found:
        raise FileNotFoundError(f"'{source}' holds no Parquet file (*.parquet).")
    return sorted(map(str, found)), root


def _partitions(files: Sequence[str], root: Path) -> dict[str, tuple[tuple[str, str | int], ...]]:
    """Return the columns that the names of the folders of each file give.

    Numbers where all files have numbers, texts otherwise.
    """
    found = {
        file: [
            (name, unquote(value))
            for part in Path(file).relative_to(root).parent.parts
            for name, sign, value in [part.partition("=")]
            if sign and name
        ]
        for file in files
    }
    texts = {name for pairs in found.values() for name, value in pairs if not _is_integer(value)}
    return {
        file: tuple((name, value if name in texts else int(value)) for name, value in pairs)
        for file, pairs in found.items()
    }


def _is_integer(text: str) -> bool:
    return text.isascii() and text.removeprefix("-").isdigit() and str(int(text)) == text


def _with_partition(schema: Any, partition: Sequence[tuple[str, str | int]]) -> Any:
    """Return the schema of a file with the columns of its folders.

    Raises
    ------
    ValueError
        If the file itself has such a column.
    """
    arrow = import_optional("pyarrow", extra="parquet", purpose=_PURPOSE)
    for name, value in partition:
        if name in schema.names:
            raise ValueError(
                f"The column {name!r} is both in the files and in the names of their folders: "
                "expected one of them. Hint: give the files by a glob that ends in their folder."
            )
        schema = schema.append(arrow.field(name, arrow.scalar(value).type))
    return schema


def _is_visible(name: Path) -> bool:
    """Whether no part of the name starts as files do that readers of data sets skip."""
    return not any(part.startswith(("_", ".")) for part in name.parts)


def _open(file: str) -> tuple[Any, Any]:
    parquet, arrow = _parquet(), import_optional("pyarrow", extra="parquet", purpose=_PURPOSE)
    try:
        with parquet.ParquetFile(file) as opened:
            return opened.metadata, opened.schema_arrow
    except (OSError, arrow.ArrowInvalid) as error:
        way_out = (
            "it is something else; write it as Parquet first, as by pandas.read_csv(...)"
            ".to_parquet(...)"
            if _is_something_else(file)
            else "it was cut off while it was written; take it away or write it again"
        )
        raise ValueError(
            f"'{file}' is no whole Parquet file: {_first_line(error)} Hint: {way_out}."
        ) from error


def _is_something_else(file: str) -> bool:
    """Whether the file can be read and does not begin as Parquet files do."""
    try:
        with open(file, "rb") as content:
            return content.read(len(_MAGIC)) != _MAGIC
    except OSError:
        return False


def _check_same(schema: Any, expected: Any, file: str, first: str) -> None:
    if schema.equals(expected):
        return
    for field in expected:
        if field.name not in schema.names:
            raise ValueError(
                f"'{file}' has no column {field.name!r}, which '{first}' has: all files must have "
                "the same columns."
            )
        got = schema.field(field.name).type
        if got != field.type:
            raise ValueError(
                f"The column {field.name!r} is {got} in '{file}' and {field.type} in '{first}': "
                "all files must have the same types."
            )
    new = [name for name in schema.names if name not in expected.names]
    if new:
        raise ValueError(
            f"'{file}' has a column {new[0]!r}, which '{first}' has not: all files must have the "
            "same columns."
        )
    if schema.names != expected.names:
        raise ValueError(f"'{file}' and '{first}' have their columns in different orders.")


_PURPOSE = "Reading Parquet"


def _parquet() -> Any:
    return import_optional("pyarrow.parquet", extra="parquet", purpose=_PURPOSE)


def _first_line(error: Exception) -> str:
    text = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return text if text.endswith(".") else text + "."
