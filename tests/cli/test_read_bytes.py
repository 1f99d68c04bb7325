import gzip
import os
from pathlib import Path

import numpy as np
import pytest

from imbalance_kit.cli._messages import InputError
from imbalance_kit.cli._read_bytes import decode_text, read_bytes


def test_missing_file_names_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "loans.csv").write_text("a,b\n1,2\n")
    with pytest.raises(
        InputError, match=r"There is no file .*loan\.csv.*did you mean 'loans\.csv'"
    ):
        read_bytes(tmp_path / "loan.csv")
    with pytest.raises(InputError, match=r"There is no file '.*zzzzz\.txt'\.$"):
        read_bytes(tmp_path / "zzzzz.txt")


def test_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder: expected a CSV or parquet file"):
        read_bytes(tmp_path)


@pytest.mark.parametrize("content", [b"", b" \n\n", gzip.compress(b"", mtime=0)])
def test_empty(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match="is empty: expected a header line and rows"):
        read_bytes(path)


def test_gzip_is_told_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(gzip.compress(b"a,b\n1,2\n", mtime=0))
    assert read_bytes(path) == b"a,b\n1,2\n"


@pytest.mark.parametrize("cut", [5, -12, -4])
def test_damaged_gzip(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n1,2\n" * 100)[:cut])
    with pytest.raises(InputError, match="is a damaged gzip file"):
        read_bytes(path)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads all files")
def test_no_permission(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n")
    path.chmod(0)
    with pytest.raises(InputError, match="cannot be read: Permission denied"):
        read_bytes(path)


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("cp1252", "Windows-1252"),
    ],
)
def test_encodings(encoding: str, name: str) -> None:
    text = "größe,preis\n1,2 €\n"
    assert decode_text(text.encode(encoding), Path("a.csv")) == (text, name)


@pytest.mark.parametrize(
    "content",
    [
        np.random.default_rng(0).bytes(4000),
        b"\x89PNG\r\n\x1a\n\x00\x00",
        b"a,b\n1,\x812\n" + bytes([0x81]),
        b"\xff\xfea",
    ],
)
def test_binary_data(content: bytes) -> None:
    with pytest.raises(InputError, match="holds binary data: expected a CSV file"):
        decode_text(content, Path("a.csv"))


def test_excel_workbook() -> None:
    with pytest.raises(InputError, match=r"Excel workbook.*save the sheet as CSV"):
        decode_text(b"PK\x03\x04rest", Path("a.xlsx"))
