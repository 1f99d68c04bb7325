from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from imbalance_kit.scale_out import _parquet_source
from imbalance_kit.scale_out._parquet_source import open_parquet
from tests._tables import click_log, write_parquet


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_parquet(click_log(1000), tmp_path / "log", 3, 200)


def test_rows_come_in_order_with_their_places(folder: Path) -> None:
    source = open_parquet(folder)
    assert source.n_rows == 1000
    assert [group.name for group in source.row_groups[:3]] == ["000.parquet"] * 2 + ["001.parquet"]
    ids = []
    for group in source.row_groups:
        for table, place in group.read(["id"]):
            assert table.column_names == ["id"]
            assert place.source == group.name
            ids.append((place.source, place.first_row, table.num_rows))
    assert ids[:3] == [("000.parquet", 0, 200), ("000.parquet", 200, 134), ("001.parquet", 0, 200)]


def test_large_row_groups_come_in_pieces(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    group = open_parquet(folder).row_groups[0]
    monkeypatch.setattr(_parquet_source, "_MOST_BYTES", 0)
    monkeypatch.setattr(_parquet_source, "_MOST_ROWS", 64)
    parts = list(group.read())
    assert [place.first_row for _, place in parts] == [0, 64, 128, 192]
    assert pa.concat_tables([table for table, _ in parts])["id"].to_pylist() == list(
        click_log(1000).id[:200]
    )


def test_every_way_to_name_the_files(folder: Path) -> None:
    (folder / "_imbalance_kit.json").write_text("{}")
    (folder / "_old.parquet").write_text("no parquet")
    whole = open_parquet(folder).row_groups
    assert open_parquet(str(folder)).row_groups == whole
    assert open_parquet(str(folder / "[0-9]*.parquet")).row_groups == whole
    assert open_parquet(ds.dataset(folder, format="parquet")).row_groups == whole
    assert len(open_parquet(folder / "000.parquet").row_groups) == 2


def test_files_in_folders_are_found_by_their_relative_names(tmp_path: Path) -> None:
    for day in ("a", "b"):
        (tmp_path / "log" / day).mkdir(parents=True)
        pq.write_table(pa.table({"x": [1]}), tmp_path / "log" / day / "part.parquet")
    names = [group.name for group in open_parquet(tmp_path / "log").row_groups]
    assert names == ["a/part.parquet", "b/part.parquet"]


@pytest.mark.parametrize("name", ["nowhere", "nowhere/*.parquet"])
def test_nothing_there(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        open_parquet(tmp_path / name)
    with pytest.raises(FileNotFoundError, match="holds no Parquet file"):
        open_parquet(tmp_path)


def test_a_file_that_was_cut_off(folder: Path) -> None:
    file = folder / "001.parquet"
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(ValueError, match=r"001.parquet' is no whole Parquet file: .* Hint: it was"):
        open_parquet(folder)


def test_a_file_that_is_something_else(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text("a,y\n1,0\n")
    with pytest.raises(ValueError, match=r"log.csv' is no whole Parquet file: .* Hint: .*read_csv"):
        open_parquet(file)


def test_damaged_pages_name_file_and_row_group(folder: Path) -> None:
    file = folder / "001.parquet"
    content = bytearray(file.read_bytes())
    content[300:900] = np.random.default_rng(0).bytes(600)
    file.write_bytes(bytes(content))
    group = open_parquet(folder).row_groups[2]
    with pytest.raises(ValueError, match=r"001.parquet', row group 0, cannot be read: .* Hint:"):
        list(group.read())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda frame: frame.drop(columns="age"), "001.parquet' has no column 'age'"),
        (lambda frame: frame.assign(age="x"), "The column 'age' is .*string in .*001.parquet'"),
        (lambda frame: frame.assign(new=1), "001.parquet' has a column 'new', which"),
        (lambda frame: frame[frame.columns[::-1]], "their columns in different orders"),
    ],
)
def test_files_that_differ(folder: Path, change, message: str) -> None:  # type: ignore[no-untyped-def]
    frame: pd.DataFrame = change(click_log(50))
    pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), folder / "001.parquet")
    with pytest.raises(ValueError, match=message):
        open_parquet(folder)


def test_no_rows(tmp_path: Path) -> None:
    pq.write_table(pa.table({"x": pa.array([], pa.int64())}), tmp_path / "x.parquet")
    with pytest.raises(ValueError, match="has no rows"):
        open_parquet(tmp_path)


def test_other_formats_are_refused(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a\n1\n")
    with pytest.raises(ValueError, match="expected Parquet files"):
        open_parquet(ds.dataset(tmp_path, format="csv"))


def partitioned(root: Path, *names: str) -> Path:
    for k, name in enumerate(names):
        (root / name).mkdir(parents=True)
        pq.write_table(pa.table({"x": [k]}), root / name / "part.parquet")
    return root


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("y=2023/m=1", "y=2024/m=2"), {"y": [2023, 2024], "m": [1, 2]}),
        (("day=2026-01-31", "day=2026-02-01"), {"day": ["2026-01-31", "2026-02-01"]}),
        (("place=a%2Fb", "place=7"), {"place": ["7", "a/b"]}),
        (("code=007", "code=008"), {"code": ["007", "008"]}),
    ],
)
def test_names_of_folders_are_columns(
    tmp_path: Path, names: tuple[str, ...], expected: dict[str, list[Any]]
) -> None:
    source = open_parquet(partitioned(tmp_path / "log", *names))
    assert source.schema.names == ["x", *expected]
    tables = [table for group in source.row_groups for table, _ in group.read()]
    found = pa.concat_tables(tables)
    assert found.schema.equals(source.schema)
    assert found.drop_columns(["x"]).to_pydict() == expected
    name = next(iter(expected))
    for group in source.row_groups:
        for columns in ([name, "x"], [name], ["x"]):
            assert next(group.read(columns))[0].column_names == columns


def test_folders_that_do_not_agree(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="has no column 'y'"):
        open_parquet(partitioned(tmp_path / "a", "y=2023", "z=1"))
    with pytest.raises(ValueError, match="both in the files and in the names of their folders"):
        open_parquet(partitioned(tmp_path / "b", "x=2023"))


def test_empty_row_groups_and_files_are_skipped(tmp_path: Path) -> None:
    table = pa.table({"x": range(10)})
    with pq.ParquetWriter(tmp_path / "a.parquet", table.schema) as writer:
        for part in (table[:5], table[:0], table[5:]):
            writer.write_table(part)
    pq.write_table(table[:0], tmp_path / "b.parquet")
    groups = open_parquet(tmp_path).row_groups
    assert [(group.first_row, group.n_rows) for group in groups] == [(0, 5), (5, 5)]


def test_a_destination_within_the_source(folder: Path) -> None:
    source = open_parquet(folder)
    with pytest.raises(ValueError, match="lies within the source"):
        source.check_destination(folder / "sampled")
    source.check_destination(folder.parent / "sampled")
    open_parquet(folder / "000.parquet").check_destination(folder / "sampled")
