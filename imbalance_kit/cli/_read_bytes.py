"""From a path to bytes and to text: what kind of file it is, told by its content."""

import codecs
import gzip
import zlib
from pathlib import Path

from imbalance_kit.cli._messages import InputError, did_you_mean

PARQUET = b"PAR1"
_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# Control characters that no text has: all below the space but tab, line ends and form feed.
_NOT_TEXT = bytes(set(range(32)) - set(b"\t\n\v\f\r"))


def read_bytes(path: Path) -> bytes:
    """Return the content of the file, unpacked where it is gzip.

    Raises
    ------
    InputError
        If there is no such file, it is a folder, it cannot be read, or it is empty.
    """
    if not path.exists():
        neighbours = sorted(one.name for one in path.parent.glob("*")) if path.name else []
        near = did_you_mean(path.name, neighbours)
        raise InputError(f"There is no file '{path}'.", near if near.startswith("did") else "")
    if path.is_dir():
        raise InputError(f"'{path}' is a folder: expected a CSV or parquet file.")
    try:
        content = path.read_bytes()
        if content.startswith(_GZIP):
            content = gzip.decompress(content)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(f"'{path}' is a damaged gzip file: {error}.") from error
    except OSError as error:
        raise InputError(f"'{path}' cannot be read: {error.strerror or error}.") from error
    if not content.strip():
        raise InputError(f"'{path}' is empty: expected a header line and rows.")
    return content


def decode_text(content: bytes, path: Path) -> tuple[str, str]:
    """Return the text and the name of its encoding: UTF-8, UTF-16 or Windows-1252.

    Raises
    ------
    InputError
        If it is not text.
    """
    expected = "expected a CSV file (text, a header line and rows) or a parquet file"
    if content.startswith(_ZIP):
        raise InputError(
            f"'{path}' is a zip archive or an Excel workbook: {expected}.",
            "unpack it, or save the sheet as CSV.",
        )
    encodings = ["UTF-16"] if content.startswith(_UTF_16) else ["UTF-8", "Windows-1252"]
    if encodings != ["UTF-16"] and len(content.translate(None, _NOT_TEXT)) < len(content):
        raise InputError(f"'{path}' holds binary data: {expected}.")
    for encoding in encodings:
        try:
            return codecs.decode(content, encoding).removeprefix("\ufeff"), encoding
        except UnicodeDecodeError:
            continue
    raise InputError(f"'{path}' holds binary data: {expected}.")
