import numpy as np
import pandas as pd
import pytest

from imbalance_kit.cli._messages import InputError
from imbalance_kit.cli._weight_columns import (
    level_column,
    merge_rare_levels,
    number_column,
    share_columns,
)


@pytest.mark.parametrize(
    ("values", "labels", "expected"),
    [
        ([1, 2], (), ["1", "2"]),
        ([1.0, np.nan], (), ["1", None]),
        ([1.5, 2.0], ("1.50", "2.0"), ["1.50", "2.0"]),
        ([True, False], ("true", "false"), ["true", "false"]),
        (["1", "01"], ("1.0",), ["1", "01"]),  # text stays as it is
        (["a", None], (), ["a", None]),
    ],
)
def test_levels_are_written_as_the_labels_are(
    values: list[object], labels: tuple[str, ...], expected: list[str | None]
) -> None:
    found = level_column(pd.Series(values, name="x"), labels)
    assert [None if pd.isna(one) else one for one in found] == expected


def test_yes_and_no_dates_and_numbers_are_numbers() -> None:
    assert number_column(pd.Series([True, False])).tolist() == [1.0, 0.0]
    assert number_column(pd.Series(["1970-01-03"])).tolist() == [2.0]
    assert number_column(pd.Series([1, 2])).tolist() == [1.0, 2.0]
    with pytest.raises(InputError, match="the column holds text"):
        number_column(pd.Series(["a"], name="x"))


def test_dates_of_text_and_of_dtype_are_alike() -> None:
    sample = pd.DataFrame({"d": ["1970-01-02", "1970-01-05"]})
    people = pd.DataFrame({"d": pd.to_datetime(["1970-01-03", "1970-01-04"])})
    left, right, notes = share_columns(sample, people, ["d"], chosen=False)
    assert left["d"].tolist() == [1.0, 4.0]
    assert right["d"].tolist() == [2.0, 3.0]
    assert "Dates are used as days" in notes[0]


def test_what_is_asked_for_is_not_left_out() -> None:
    sample, people = pd.DataFrame({"x": [1, 2, 3]}), pd.DataFrame({"x": [7, 8, 9]})
    left, _, _ = share_columns(sample, people, ["x"], chosen=True)
    assert left["x"].tolist() == [1.0, 2.0, 3.0]
    with pytest.raises(InputError, match="No column is left to weight by"):
        share_columns(sample, people, ["x"], chosen=False)
    with pytest.raises(InputError, match="no value in the population"):
        share_columns(sample, people.assign(x=np.nan), ["x"], chosen=True)
    with pytest.raises(InputError, match=r"none is shared: the sample has 'x', the .* 'z'"):
        share_columns(sample, people.rename(columns={"x": "z"}), [], chosen=False)


def test_rare_levels_become_one() -> None:
    sample = pd.DataFrame({"k": ["a"] * 90 + ["b"] * 9 + ["c"], "x": np.arange(100.0)})
    people = pd.DataFrame({"k": ["a"] * 50 + ["b"] * 40 + ["d"] * 9 + [None], "x": 0.0})
    left, right, notes = merge_rare_levels(sample, people, 0.05)
    assert left["k"].value_counts().to_dict() == {"a": 90, "b": 9, "(rare levels)": 1}
    assert right["k"].value_counts(dropna=False).iloc[:3].tolist() == [50, 40, 9]
    assert notes == ["Rare levels of 'k' merged into '(rare levels)': 'c', 'd'."]
    assert sample["k"].isin(["a", "b", "c"]).all()
    # A single rare one takes the next along: alone it would stay as rare as it is.
    left, _, _ = merge_rare_levels(sample[:99], people[:90], 0.2)
    assert set(left["k"]) == {"(rare levels)"}
