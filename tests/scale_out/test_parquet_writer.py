from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from imbalance_kit.scale_out import _parquet_writer
from imbalance_kit.scale_out._parquet_writer import ParquetWriter


def test_files_and_row_groups_are_of_bounded_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_parquet_writer, "_ROWS_PER_GROUP", 50)
    monkeypatch.setattr(_parquet_writer, "_ROWS_PER_FILE", 200)
    with ParquetWriter(tmp_path) as writer:
        for start in range(0, 610, 10):
            writer.write(pa.table({"x": range(start, start + 10)}))
    files = sorted(tmp_path.iterdir())
    assert [f.name for f in files] == [f"part-{i:05d}.parquet" for i in range(4)]
    assert [pq.read_metadata(f).num_rows for f in files] == [200, 200, 200, 10]
    assert pq.read_metadata(files[0]).num_row_groups == 4
    assert pq.read_table(tmp_path)["x"].to_pylist() == list(range(610))


def test_no_rows_are_a_file_with_the_schema(tmp_path: Path) -> None:
    with ParquetWriter(tmp_path) as writer:
        writer.write(pa.table({"x": pa.array([], pa.int8())}))
    assert pq.read_table(tmp_path).schema == pa.schema({"x": pa.int8()})
