"""Random numbers that are a function of a row's key: the same in any engine, order or partition.

All arithmetic is on unsigned 64-bit integers, modulo 2^64.

- ``mix(z)`` is the finaliser of splitmix64 [1]_.
- An integer or boolean counts as its two's complement; so a key has the same hash at any width.
- A text is its UTF-8 bytes in little-endian words of eight, the last one filled up with zeros:
  ``t = mix(number of bytes)``, then ``t = mix(t ^ word)`` for each word.
- A key of several columns: ``h = 0``, then ``h = mix((h + 0x9E3779B97F4A7C15) ^ value)`` for each.
- The number of a stage s under a seed: ``mix(h ^ mix(seed ^ text hash of the name of s))``; a
  uniform number in [0, 1) is its upper 53 bits times 2^-53.

Draws for different purposes are stages of their own; they must not know of each other.

References
----------
.. [1] G. L. Steele, D. Lea and C. H. Flood, "Fast splittable pseudorandom number generators",
   OOPSLA 2014. https://doi.org/10.1145/2660193.2660195
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._column import has_nulls, type_of
from imbalance_kit._utils._tables import level_column, number_column

HASH_NAME = "splitmix64/1"

_STEP = np.uint64(0x9E3779B97F4A7C15)
_FACTORS = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_SHIFTS = np.uint64(30), np.uint64(27), np.uint64(31)
_LOW_BYTES = np.array([2 ** (8 * k) - 1 for k in range(9)], dtype=np.uint64)
_BLOCK = 1 << 14  # rows at a time: both arrays stay in the cache

Hashes = NDArray[np.uint64]


def mix(values: Hashes) -> Hashes:
    """Return the values, scrambled one to one."""
    out = np.array(values, dtype=np.uint64)
    spare = np.empty(min(out.size, _BLOCK), dtype=np.uint64)
    flat = out.reshape(-1)
    for start in range(0, flat.size, _BLOCK):
        z = flat[start : start + _BLOCK]
        part = spare[: len(z)]
        for shift, factor in zip(_SHIFTS, (*_FACTORS, None), strict=True):
            np.right_shift(z, shift, out=part)
            np.bitwise_xor(z, part, out=z)
            if factor is not None:
                np.multiply(z, factor, out=z)
    return out


def key_hashes(table: Any, key: Sequence[str]) -> Hashes:
    """Return one hash per row of the key columns.

    Parameters
    ----------
    table : pandas, polars or Arrow table
        Rows.
    key : sequence of str
        Names of columns of integers, booleans or texts.

    Returns
    -------
    hashes : ndarray of uint64 of shape (n_rows,)
        The same for equal keys, in any table and at any width of the integers.

    Raises
    ------
    ValueError
        If a key is missing in a row.
    TypeError
        If a key column holds something else.
    """
    total: Hashes | None = None
    for name in key:
        values = _column_values(table, name)
        total = combine(values, total)
    if total is None:
        raise ValueError("`key` names no column.")
    return total


def combine(values: Hashes, before: Hashes | None = None) -> Hashes:
    """Return the hash of one more key column, given the hash of those before it."""
    if before is None:
        return mix(values ^ _STEP)
    return mix((before + _STEP) ^ values)


def position_hashes(first: int, n_rows: int, text: str = "") -> Hashes:
    """Return hashes of row numbers within something that has a name: a file, a frame."""
    numbers = np.arange(first, first + n_rows, dtype=np.uint64)
    return combine(numbers, combine(np.full(1, text_hash(text))))


def text_hash(text: str) -> np.uint64:
    """Return the hash of one text."""
    return np.uint64(_text_hashes(*_encode((text,)))[0])


def stage_hashes(hashes: Hashes, seed: int, stage: str) -> Hashes:
    """Return numbers of one stage: independent of those of any other."""
    number = np.full(1, seed % 2**64, dtype=np.uint64) ^ text_hash(stage)
    return mix(hashes ^ mix(number))


def uniform(hashes: Hashes) -> NDArray[np.float64]:
    """Return the upper 53 bits as numbers in [0, 1)."""
    out: NDArray[np.float64] = (hashes >> np.uint64(11)).astype(np.float64)
    out *= 2.0**-53
    return out


def _column_values(table: Any, name: str) -> Hashes:
    """Return the 64-bit values of a key column, before mixing."""
    column = table[name]
    if has_nulls(column):
        raise ValueError(
            f"The key column {name!r} has a missing value: its row cannot be told from others. "
            "Hint: drop such rows, or choose another key."
        )
    kind = _kind(column)
    if kind == "number":
        numbers = number_column(table, name)
        signed = numbers.dtype.kind == "i"
        return numbers.astype(np.int64).view(np.uint64) if signed else numbers.astype(np.uint64)
    if kind == "text":
        return _text_hashes(*_column_bytes(column))
    if kind == "category":
        found = level_column(table, name)
        hashes = _text_hashes(*_encode(found.levels))
        return hashes[found.codes] if len(hashes) else np.empty(0, dtype=np.uint64)
    raise TypeError(
        f"The key column {name!r} holds {kind}: expected integers or texts, which are equal or not "
        "bit for bit. Hint: cast it, dates and decimals to text for example."
    )


def _kind(column: Any) -> str:
    """Return "number" for integers and booleans, "text", "category", or the name of the type."""
    kind = type_of(column)
    text = str(kind).lower()
    if text.startswith(("dictionary", "cat", "enum")):
        return "category"
    if text.startswith(("int", "uint", "bool")):
        return "number"
    if text.startswith(("str", "object", "large_string", "utf8")):
        return "text"
    return str(kind)


def _text_hashes(data: NDArray[np.uint8], lengths: NDArray[np.int64]) -> Hashes:
    """Return the hash of each text, a word of all of them at a time.

    Parameters
    ----------
    data : ndarray of uint8
        The bytes of all texts, one after another.
    lengths : ndarray of shape (n_texts,)
        How many bytes each has.
    """
    hashes = mix(lengths.astype(np.uint64))
    starts = np.cumsum(lengths) - lengths
    padded = np.concatenate([data, np.zeros(8, dtype=np.uint8)])
    # The word that starts at each byte: it overlaps with the next, and nothing is copied.
    words = np.ndarray(len(data) + 1, dtype="<u8", buffer=padded, strides=(1,))
    for first in range(0, len(lengths), _BLOCK):
        block = slice(first, first + _BLOCK)
        rows = np.flatnonzero(lengths[block])
        at, left, found = starts[block][rows], lengths[block][rows], hashes[block]
        while len(rows):
            word = words[at]
            short = np.flatnonzero(left < 8)
            word[short] &= _LOW_BYTES[left[short]]
            found[rows] = mix(found[rows] ^ word)
            more = np.flatnonzero(left > 8)
            rows, at, left = rows[more], at[more] + 8, left[more] - 8
    return hashes


def _encode(texts: Iterable[Any]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the bytes of texts, and how many each has."""
    encoded = [str(text).encode() for text in texts]
    lengths = np.fromiter(map(len, encoded), dtype=np.int64, count=len(encoded))
    return np.frombuffer(b"".join(encoded), dtype=np.uint8), lengths


def _column_bytes(column: Any) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the same of a column of texts, from its own memory where that holds bytes."""
    array = getattr(column, "array", None)
    if "pyarrow" in str(getattr(column, "dtype", "")) or (
        getattr(getattr(column, "dtype", None), "storage", "") == "pyarrow"
    ):
        column = array.__arrow_array__()  # type: ignore[union-attr]
    if hasattr(column, "chunks") or hasattr(column, "buffers"):
        chunks = column.chunks if hasattr(column, "chunks") else [column]
        parts = [_arrow_bytes(chunk) for chunk in chunks if len(chunk)]
        if not parts:
            return _encode(())
        data, lengths = zip(*parts, strict=True)
        return np.concatenate(data), np.concatenate(lengths)
    if hasattr(column, "get_chunks"):  # polars
        whole = column.str.join("").item()
        lengths = column.str.len_bytes().to_numpy().astype(np.int64)
        return np.frombuffer(whole.encode(), dtype=np.uint8), lengths
    return _encode(column.tolist())


def _arrow_bytes(chunk: Any) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the same of one array of Arrow."""
    kind = str(chunk.type)
    if kind not in ("string", "large_string"):  # views, whose bytes lie apart
        return _encode(chunk.to_pylist())
    _, places, data = chunk.buffers()
    width = np.dtype(np.int64 if kind == "large_string" else np.int32)
    ends = np.frombuffer(places, width, len(chunk) + 1, chunk.offset * width.itemsize)
    bytes_ = np.frombuffer(data, np.uint8) if data else np.empty(0, np.uint8)
    return bytes_[ends[0] : ends[-1]], np.diff(ends).astype(np.int64)
