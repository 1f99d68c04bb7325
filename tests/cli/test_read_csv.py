from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from imbalance_kit.cli._messages import InputError
from imbalance_kit.cli._read_csv import find_delimiter, parse_csv

PATH = Path("a.csv")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(delimiter: str) -> None:
    text = 'x,"a b, c; d",y\n1,2,3\n'.replace(",", delimiter)
    assert find_delimiter(text) == delimiter
    assert parse_csv(text, PATH).to_numpy().tolist() == [[1, 2, 3]]


def test_the_delimiter_is_the_one_that_splits_every_line_alike() -> None:
    assert find_delimiter("a;b\n1,5;2,5\n3;4,5,6\n") == ";"
    assert find_delimiter("only\n1\n2\n") == ","


def test_one_column_is_a_table() -> None:
    assert parse_csv("only\n1\n2\n", PATH).shape == (2, 1)


def test_missing_values_are_not_none() -> None:
    text = "a,b\n?,None\nNA,x\n,\n nan,NULL\n1,y\n"
    frame = parse_csv(text, PATH)
    assert frame["a"].isna().tolist() == [True, True, True, True, False]
    assert frame["b"].isna().tolist() == [False, False, True, True, False]
    assert frame["b"][0] == "None"


def test_blank_lines_and_line_ends() -> None:
    frame = parse_csv("\n\na,b\r\n1,2\r\n\r\n3,4\r\n\r\n", PATH)
    assert frame.to_dict("list") == {"a": [1, 3], "b": [2, 4]}


def test_quoted_line_ends() -> None:
    frame = parse_csv('a,b\n"x\ny",2\nz,3\n', PATH)
    assert frame["a"].tolist() == ["x\ny", "z"]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a;b\n1,5;x\n-2,25;y\n", [1.5, -2.25]),
        ("a\tb\n1,5\tx\n-2,25\ty\n", [1.5, -2.25]),
        ("a;b\n1.5;1,2\n-2.25;2,2\n", [1.5, -2.25]),
    ],
)
def test_decimal_commas(text: str, values: list[float]) -> None:
    assert parse_csv(text, PATH)["a"].tolist() == values


def test_first_column_never_becomes_an_index() -> None:
    with pytest.raises(InputError, match="line 2: 3 fields, where the header has 2"):
        parse_csv("a,b\n1,2,3\n4,5,6\n", PATH)


def test_unnamed_columns_get_a_name() -> None:
    assert parse_csv(",b\n1,2\n", PATH).columns.tolist() == ["Unnamed: 0", "b"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n3,4,5\n6,7\n", r"'a\.csv', line 3: 3 fields, where the header has 2"),
        ("a,b\n1,2\n3\n6,7\n", r"line 3: 1 field, where the header has 2 \(separated by comma"),
        ('a,b\n"x\ny",2\n\n3,4,5\n', "line 5: 3 fields"),
        ('a,b\n1,2\n"3,4\n5,6\n', "line 3: a double quote opens here and is not closed"),
        ('a,b\n1,2\n"3"4,5\n', r"line 3: ',' expected after"),
        ('a,b\n1,2\n"' + "3,4\n" * 40_000, "line 3: a double quote opens here"),
    ],
)
def test_broken_line_is_named(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_csv(text, PATH)


def test_header_only() -> None:
    with pytest.raises(InputError, match="has a header line and no rows"):
        parse_csv("a,b\n\n", PATH)


def test_two_columns_of_one_name() -> None:
    with pytest.raises(InputError, match=r"2 columns named 'a' \(columns 1, 3\)"):
        parse_csv("a,b,a\n1,2,3\n", PATH)


def test_round_trip_of_many_types() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "x": rng.normal(size=50),
            "n": rng.integers(0, 9, 50),
            "t": rng.choice(["a, b", 'say "c"', "d\ne"], 50),
            "b": rng.random(50) > 0.5,
        }
    )
    again = parse_csv(frame.to_csv(index=False), PATH)
    pd.testing.assert_frame_equal(again, frame)


def test_columns_kept_as_they_are_written() -> None:
    frame = parse_csv("id,x\n007,1\nNA,2\n1.50,\n", Path("a.csv"), as_text=["id", "absent"])
    assert frame["id"].tolist() == ["007", "NA", "1.50"]
    assert frame["x"].isna().tolist() == [False, False, True]
