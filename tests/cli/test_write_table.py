import sys
from pathlib import Path

import pandas as pd
import pytest

from imbalance_kit.cli import main
from imbalance_kit.cli._messages import InputError
from imbalance_kit.cli._write_table import check_writer, write_table

FRAME = pd.DataFrame({"id": ["007", "ö"], "weight": [0.1, 1 / 3]}, index=[5, 3])


@pytest.mark.parametrize("name", ["a.parquet", "A.PQ", "a.csv", "a.txt"])
def test_the_rows_come_back(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    write_table(path, FRAME)
    if path.suffix.lower() in (".parquet", ".pq"):
        found = pd.read_parquet(path)
    else:
        found = pd.read_csv(path, dtype={"id": str})
        assert path.read_bytes().count(b"\n") == 3
    pd.testing.assert_frame_equal(found, FRAME.reset_index(drop=True), check_exact=True)


def test_without_pyarrow_only_csv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(InputError, match=r"Writing a parquet file .*imbalance-kit\[parquet\]"):
        check_writer(tmp_path / "a.parquet")
    check_writer(tmp_path / "a.csv")


@pytest.mark.parametrize(
    "arguments",
    [
        ["score", "raw.csv", "-m", "nowhere", "-p", "raw"],
        ["weight", "raw.csv", "-p", "nowhere.csv"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_commands_say_so_before_they_read(
    arguments: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert main([*arguments, "-o", str(tmp_path / "out.parquet")]) == 2
    assert "Hint: pip install 'imbalance-kit[parquet]'" in capsys.readouterr().err
