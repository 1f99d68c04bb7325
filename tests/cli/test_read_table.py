from pathlib import Path

import pandas as pd
import pytest

from imbalance_kit.cli._messages import InputError
from imbalance_kit.cli._read_table import read_table
from tests.cli._files import small_frame, write_csv


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "a.txt"])
def test_csv(tmp_path: Path, name: str) -> None:
    frame = small_frame()
    table = read_table(write_csv(tmp_path, frame, name))
    pd.testing.assert_frame_equal(table.frame, frame)
    assert table.source == name
    assert table.notes == ()


@pytest.mark.parametrize("name", ["a.parquet", "a.csv"])
def test_parquet_is_told_by_its_content(tmp_path: Path, name: str) -> None:
    frame = small_frame()
    frame.to_parquet(tmp_path / name)
    pd.testing.assert_frame_equal(read_table(tmp_path / name).frame, frame)


def test_named_index_of_a_parquet_file_is_a_column(tmp_path: Path) -> None:
    frame = small_frame().iloc[::-1]
    frame.to_parquet(tmp_path / "a.parquet")
    assert read_table(tmp_path / "a.parquet").frame.columns.tolist() == frame.columns.tolist()
    frame.rename_axis("id").to_parquet(tmp_path / "a.parquet")
    assert read_table(tmp_path / "a.parquet").frame.columns[0] == "id"


def test_damaged_parquet(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    small_frame().to_parquet(path)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(InputError, match="is a damaged parquet file: "):
        read_table(path)


def test_other_content_in_a_parquet_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not a parquet file, though it is named like one"):
        read_table(write_csv(tmp_path, small_frame(), "a.parquet"))


def test_parquet_without_rows(tmp_path: Path) -> None:
    small_frame().iloc[:0].to_parquet(tmp_path / "a.parquet")
    with pytest.raises(InputError, match="has columns and no rows"):
        read_table(tmp_path / "a.parquet")


def test_parquet_without_pyarrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small_frame().to_parquet(tmp_path / "a.parquet")
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(InputError, match=r"needs pyarrow.*imbalance-kit\[parquet\]"):
        read_table(tmp_path / "a.parquet")


def test_other_encodings_are_noted(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("größe,b\n1,2\n".encode("cp1252"))
    table = read_table(tmp_path / "a.csv")
    assert table.frame.columns[0] == "größe"
    assert table.notes == ("The file is not UTF-8: it was read as Windows-1252.",)
