from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from imbalance_kit.scale_out import _hashing
from imbalance_kit.scale_out._hashing import (
    combine,
    key_hashes,
    mix,
    position_hashes,
    stage_hashes,
    text_hash,
    uniform,
)

MASK = 2**64 - 1
STEP = 0x9E3779B97F4A7C15


def mix_one(z: int) -> int:
    """Return the finaliser of splitmix64 in the integers of Python, as the module documents it."""
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def text_one(text: str) -> int:
    data = text.encode()
    h = mix_one(len(data))
    for start in range(0, len(data), 8):
        h = mix_one(h ^ int.from_bytes(data[start : start + 8].ljust(8, b"\0"), "little"))
    return h


def key_one(*values: int | str) -> int:
    h = 0
    for value in values:
        h = mix_one(
            ((h + STEP) & MASK) ^ (text_one(value) if isinstance(value, str) else value & MASK)
        )
    return h


def test_published_values_of_splitmix64() -> None:
    # The generator with seed 1234567 gives these first numbers; its state grows by STEP.
    states = np.array([(1234567 + STEP * i) & MASK for i in range(1, 6)], dtype=np.uint64)
    expected = [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]
    assert mix(states).tolist() == expected


@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=5))
def test_integers_are_hashed_as_documented(values: list[int]) -> None:
    table = pd.DataFrame({"k": np.array(values, dtype=np.int64)})
    assert key_hashes(table, ["k"]).tolist() == [key_one(value) for value in values]


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), min_size=1, max_size=5)
)
def test_texts_are_hashed_as_documented(values: list[str]) -> None:
    assert key_hashes(pl.DataFrame({"k": values}), ["k"]).tolist() == [key_one(v) for v in values]
    assert int(text_hash(values[0])) == text_one(values[0])


TEXTS = ["", "x", "sieben!", "achtacht", "neun neun", "Köln", "x" * 16, "日本語" * 40, "a\0", "a"]


@pytest.mark.parametrize(
    "column",
    [
        pa.array(TEXTS),
        pa.array(TEXTS, pa.large_string()),
        pa.array(TEXTS, pa.string_view()),
        pa.array(["before", *TEXTS, "after"]).slice(1, len(TEXTS)),
        pa.chunked_array([TEXTS[:4], [], TEXTS[4:]]),
        pa.array(TEXTS).dictionary_encode(),
        pl.Series(TEXTS),
        pl.Series(TEXTS, dtype=pl.Categorical),
        pl.Series(TEXTS, dtype=pl.Enum(TEXTS[::-1])),
        pd.Series(TEXTS),
        pd.Series(TEXTS, dtype=object),
        pd.Series(TEXTS, dtype=pd.StringDtype("python")),
        pd.Series(TEXTS, dtype=pd.ArrowDtype(pa.string())),
        pytest.param(
            pd.Series(TEXTS, dtype="category"),
            marks=pytest.mark.skipif(
                len(pd.unique(np.array(["a\0", "a"], dtype=object))) == 1,
                reason="this pandas takes 'a' followed by NUL and 'a' for one category",
            ),
        ),
    ],
    ids=lambda column: str(getattr(column, "type", getattr(column, "dtype", ""))),
)
def test_texts_are_hashed_alike_however_they_are_stored(column: Any) -> None:
    expected = [key_one(text) for text in TEXTS]
    table = {pa: pa.table, pl: pl.DataFrame, pd: pd.DataFrame}
    library = {"pyarrow": pa, "polars": pl, "pandas": pd}[type(column).__module__.split(".")[0]]
    assert key_hashes(table[library]({"k": column}), ["k"]).tolist() == expected


def test_no_rows_have_no_hashes() -> None:
    for table in (pa.table({"k": pa.array([], pa.string())}), pd.DataFrame({"k": [""]}).iloc[:0]):
        assert key_hashes(table, ["k"]).tolist() == []
    assert key_hashes(pl.DataFrame({"k": [""]}).head(0), ["k"]).tolist() == []


def test_blocks_of_texts_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    table = pa.table({"k": TEXTS})
    monkeypatch.setattr(_hashing, "_BLOCK", 3)
    assert key_hashes(table, ["k"]).tolist() == [key_one(text) for text in TEXTS]


KEYS: dict[str, Any] = {
    "pandas": pd.DataFrame({"a": [1, -2], "b": ["x", "longer than a word"]}),
    "narrow": pd.DataFrame({"a": np.array([1, -2], np.int8), "b": ["x", "longer than a word"]}),
    "objects": pd.DataFrame(
        {"a": [1, -2], "b": pd.Series(["x", "longer than a word"], dtype=object)}
    ),
    "categories": pd.DataFrame({"a": [1, -2], "b": pd.Categorical(["x", "longer than a word"])}),
    "nullable": pd.DataFrame({"a": pd.array([1, -2], "Int64"), "b": ["x", "longer than a word"]}),
    "polars": pl.DataFrame({"a": [1, -2], "b": ["x", "longer than a word"]}),
    "arrow": pa.table({"a": [1, -2], "b": ["x", "longer than a word"]}),
    "dictionary": pa.table(
        {"a": [1, -2], "b": pa.array(["x", "longer than a word"]).dictionary_encode()}
    ),
}


@pytest.mark.parametrize("table", KEYS.values(), ids=KEYS)
def test_the_container_makes_no_difference(table: Any) -> None:
    expected = [key_one(1, "x"), key_one(-2, "longer than a word")]
    assert key_hashes(table, ["a", "b"]).tolist() == expected
    assert key_hashes(table, ["b", "a"]).tolist() != expected


def test_positions() -> None:
    whole = position_hashes(0, 10, "part.parquet")
    np.testing.assert_array_equal(position_hashes(4, 6, "part.parquet"), whole[4:])
    assert not set(whole.tolist()) & set(position_hashes(0, 10, "other.parquet").tolist())
    assert whole[3] == key_one("part.parquet", 3)


def test_numbers_are_uniform_and_stages_independent() -> None:
    hashes = combine(np.arange(100_000, dtype=np.uint64))
    first, second = (uniform(stage_hashes(hashes, 0, stage)) for stage in ("draw", "fold"))
    other_seed = uniform(stage_hashes(hashes, 1, "draw"))
    for numbers in (first, second, other_seed):
        assert numbers.min() >= 0
        assert numbers.max() < 1
        assert stats.kstest(numbers, "uniform").pvalue > 1e-4
    # A correlation of independent numbers has standard error n^-1/2; four of them.
    for a, b in ((first, second), (first, other_seed), (first[1:], first[:-1])):
        assert abs(np.corrcoef(a, b)[0, 1]) < 4 / np.sqrt(len(a))


MISSING = {
    "float": pd.DataFrame({"k": [1.0, np.nan]}),
    "text": pd.DataFrame({"k": ["a", None]}),
    "nullable": pd.DataFrame({"k": pd.array([1, None], "Int64")}),
    "polars": pl.DataFrame({"k": [1, None]}),
    "arrow": pa.table({"k": ["a", None]}),
}


@pytest.mark.parametrize("table", MISSING.values(), ids=MISSING)
def test_a_missing_key_is_an_error(table: Any) -> None:
    with pytest.raises(ValueError, match="The key column 'k' has a missing value"):
        key_hashes(table, ["k"])


@pytest.mark.parametrize(
    "table",
    [pd.DataFrame({"k": [1.0, 2.5]}), pd.DataFrame({"k": pd.to_datetime(["2020-01-01"] * 2)})],
    ids=["fractions", "dates"],
)
def test_keys_of_other_kinds_are_refused(table: Any) -> None:
    with pytest.raises(TypeError, match=r"The key column 'k' holds .* Hint: cast it"):
        key_hashes(table, ["k"])


def test_no_key_is_an_error() -> None:
    with pytest.raises(ValueError, match="names no column"):
        key_hashes(pd.DataFrame({"k": [1]}), [])
