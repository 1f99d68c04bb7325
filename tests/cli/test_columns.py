from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from imbalance_kit.cli._columns import describe_columns, encode_columns
from imbalance_kit.cli._messages import InputError

N = 60
RNG = np.random.default_rng(0)
NUMBER = RNG.normal(size=N)


def encode_one(values: Any) -> tuple[np.ndarray, Any]:
    """Encode a column beside a plain number."""
    matrix, columns = encode_columns(pd.DataFrame({"a": values, "z": NUMBER}))
    place = (*columns.numbers, *columns.categories).index("a") if "a" not in columns.dropped else 0
    return matrix[:, place], columns


def test_numbers_come_first_and_stay_as_they_are() -> None:
    frame = pd.DataFrame({"job": ["b", "a", None] * 20, "x": NUMBER, "n": [1, 2, 2] * 20})
    matrix, columns = encode_columns(frame)
    assert columns.numbers == ("x", "n")
    assert columns.categories == ("job",)
    assert matrix.dtype == np.float64
    np.testing.assert_array_equal(matrix[:, 0], NUMBER)
    np.testing.assert_array_equal(matrix[:3, 2], [1.0, 0.0, np.nan])
    assert columns.n_missing == 20
    assert describe_columns(columns) == []


@pytest.mark.parametrize(
    "values",
    [
        [True, False, True] * 20,
        pd.array([True, False, None] * 20, dtype="boolean"),
        pd.array([3, 4, None] * 20, dtype="Int64"),
        [Decimal("1.5"), Decimal("2.5"), None] * 20,
        pd.to_timedelta([1, 2, 3] * 20, unit="h"),
    ],
    ids=["bool", "nullable bool", "nullable int", "decimal", "timedelta"],
)
def test_kinds_of_numbers(values: Any) -> None:
    encoded, columns = encode_one(values)
    assert columns.numbers == ("a", "z")
    expected = pd.isna(pd.Series(values)).to_numpy()
    np.testing.assert_array_equal(np.isnan(encoded), expected)


@pytest.mark.parametrize(
    "values",
    [
        ["2020-03-01", "2020-03-02", None] * 20,
        ["2020-03-01T00:00:00", "2020-03-02 00:00", None] * 20,
        ["2020-03-01T01:00:00+01:00", "2020-03-02T00:00Z", None] * 20,
        [date(2020, 3, 1), date(2020, 3, 2), None] * 20,
        pd.to_datetime(["2020-03-01", "2020-03-02", None] * 20),
        pd.to_datetime(["2020-03-01 00:00", "2020-03-02 00:00", None] * 20, utc=True),
    ],
    ids=["text", "text with time", "text with zone", "date", "datetime", "datetime with zone"],
)
def test_dates_are_days(values: Any) -> None:
    encoded, columns = encode_one(values)
    np.testing.assert_array_equal(encoded[:3], [18322.0, 18323.0, np.nan])
    assert columns.dates == ("a",)
    assert describe_columns(columns) == ["Dates are used as days since 1970-01-01: 'a'."]


@pytest.mark.parametrize(
    "values",
    [
        ["b", "a", None] * 20,
        pd.Categorical(["b", "a", None] * 20, categories=["c", "b", "a"]),
        ["b", "b", "b"] * 19 + ["a", "a", None],
    ],
    ids=["text", "category", "rare"],
)
def test_categories_are_codes_in_the_order_of_their_names(values: Any) -> None:
    encoded, columns = encode_one(values)
    assert columns.categories == ("a",)
    codes = {"a": 0.0, "b": 1.0}
    expected = [codes.get(value, np.nan) for value in list(values)]
    np.testing.assert_array_equal(encoded, expected)


def test_one_value_with_gaps_is_a_category() -> None:
    encoded, columns = encode_one(["yes", None, None] * 20)
    assert columns.categories == ("a",)
    np.testing.assert_array_equal(encoded[:3], [0.0, np.nan, np.nan])


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([None] * N, "no value"),
        ([7] * N, "the same value in every row"),
        (range(5, 5 + N), "numbers the rows"),
        ([f"c{i}" for i in range(N)], "text that differs in most rows"),
        ([[i] for i in range(N)], "values of type list"),
    ],
)
def test_columns_left_out(values: Any, reason: str) -> None:
    _, columns = encode_one(list(values))
    assert reason in columns.dropped["a"]
    (note,) = describe_columns(columns)
    assert note.startswith(f"1 column left out, {columns.dropped['a']}")
    assert note.endswith(": 'a'.")


def test_text_is_judged_by_share_and_number_of_levels() -> None:
    few = [f"c{i % 20}" for i in range(30)]
    frame = pd.DataFrame({"few": few, "z": NUMBER[:30]})
    assert encode_columns(frame)[1].categories == ("few",)
    half = [f"c{i % 30}" for i in range(N)]
    assert encode_one(half)[1].categories == ("a",)
    more = [f"c{i % 31}" for i in range(N)]
    assert "a" in encode_one(more)[1].dropped


def test_identifiers_in_numbers_are_kept_and_pointed_out() -> None:
    _, columns = encode_one(RNG.permutation(N) * 3)
    assert columns.numbers == ("a", "z")
    (note,) = describe_columns(columns)
    assert note == (
        "Column 'a' has a different whole number in every row. Is it an identifier? Then --drop it."
    )


def test_infinite_values_count_as_missing() -> None:
    values = NUMBER.copy()
    values[3] = np.inf
    encoded, columns = encode_one(values)
    assert np.isnan(encoded[3])
    assert columns.n_missing == 1
    assert describe_columns(columns) == ["Infinite values count as missing: 'a'."]


def test_nothing_left() -> None:
    with pytest.raises(InputError, match=r"No column is left to predict from .*'a': no value"):
        encode_columns(pd.DataFrame({"a": [None, None]}))
    with pytest.raises(InputError, match="the target is alone"):
        encode_columns(pd.DataFrame(index=range(3)))


def test_the_table_is_not_modified() -> None:
    frame = pd.DataFrame({"a": ["2020-01-01", None] * 30, "b": [1.0, np.inf] * 30, "z": NUMBER})
    before = frame.copy(deep=True)
    encode_columns(frame)
    pd.testing.assert_frame_equal(frame, before)
