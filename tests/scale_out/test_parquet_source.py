from pathlib import Path

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
