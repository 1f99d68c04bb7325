from typing import Any

import numpy as np
import pandas as pd
import pytest

from imbalance_kit.cli._dataset import check_folds, make_dataset
from imbalance_kit.cli._messages import InputError
from imbalance_kit.cli._read_table import Table
from tests.cli._files import small_frame


def table(**columns: Any) -> Table:
    return Table(pd.DataFrame(columns), "a.csv", ("from the reader",))


RNG = np.random.default_rng(0)
X = [0.5, 1.5, 2.0, 4.0, 3.0, 0.0]


def test_columns_with_a_role_are_not_predicted_from() -> None:
    frame = small_frame().assign(who=list("abcdef") * 50, w=1.5)
    dataset = make_dataset(
        Table(frame, "a.csv"), target="default", drop=["job"], groups="who", weights="w"
    )
    assert dataset.columns.numbers == ("balance", "age")
    assert dataset.columns.categories == ()
    assert dataset.X.shape == (300, 2)
    np.testing.assert_array_equal(dataset.groups, np.tile(np.arange(6), 50))
    np.testing.assert_array_equal(dataset.weights, np.full(300, 1.5))
    assert dataset.y.tolist() == frame["default"].tolist()
    assert dataset.notes == (
        "Rows of the same 'who' are held out together.",
        "Rows are weighted by 'w', in training and in all figures.",
    )
    assert (dataset.target, dataset.source, dataset.positive) == ("default", "a.csv", None)


def test_rows_without_a_target_are_left_out_and_counted() -> None:
    dataset = make_dataset(table(x=X, y=["a", None, "b", "a", None, "b"]), target="y")
    assert dataset.y.tolist() == ["a", "b", "a", "b"]
    assert dataset.X.ravel().tolist() == [0.5, 2.0, 4.0, 0.0]
    assert dataset.notes == ("from the reader", "2 rows without a target left out.")


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ([1, 0] * 3, [1, 0] * 3),
        ([1.0, 0.0] * 3, [1, 0] * 3),
        ([0.5, -0.5] * 3, ["0.5", "-0.5"] * 3),
        ([True, False] * 3, [True, False] * 3),
        (["x", "y"] * 3, ["x", "y"] * 3),
        ([1, "y"] * 3, ["1", "y"] * 3),
        (pd.Categorical(["x", "y"] * 3, categories=["z", "y", "x"]), ["x", "y"] * 3),
        (pd.array([1, 0] * 3, dtype="Int64"), [1, 0] * 3),
    ],
)
def test_kinds_of_labels(labels: Any, expected: list[Any]) -> None:
    y = make_dataset(table(x=X, y=labels), target="y").y
    assert y.tolist() == expected
    assert [type(label) for label in y.tolist()] == [type(label) for label in expected]


@pytest.mark.parametrize("labels", [[0, 1] * 3, [0.0, 1.0] * 3, ["0", "1"] * 3])
def test_the_positive_class_is_found_by_its_text(labels: list[Any]) -> None:
    dataset = make_dataset(table(x=X, y=labels), target="y", positive="0")
    assert dataset.positive == dataset.y.tolist()[0]


def test_one_of_many_classes_against_the_rest() -> None:
    dataset = make_dataset(table(x=X, y=[7, 8, 9, 7, 8, 9]), target="y", positive="8")
    assert dataset.y.tolist() == ["not 8", "8", "not 8", "not 8", "8", "not 8"]
    assert dataset.positive == "8"
    assert "Class '8' against all 2 others ('7', '8', '9')." in dataset.notes


@pytest.mark.parametrize(
    ("columns", "options", "message"),
    [
        ({"income": X}, {"target": "incom"}, r"no column 'incom' \(--target\).*mean 'income'"),
        ({"y": X}, {"target": "y", "groups": "z"}, r"no column 'z' \(--groups\).*there are 'y'"),
        ({"y": X}, {"target": "y", "drop": ["z"]}, r"no column 'z' \(--drop\)"),
        ({"y": X}, {"target": "y", "weights": "y"}, "given to --target and to --weights"),
        ({"x": X, "y": [1] * 6}, {"target": "y"}, "one class only, '1': at least two"),
        ({"x": X, "y": [None] * 6}, {"target": "y"}, "'y' is missing in every row"),
        ({"x": X, "y": X}, {"target": "y"}, r"a quantity, not a class: 6 different numbers \(0, "),
        (
            {"x": range(30), "y": range(30)},
            {"target": "y"},
            "a quantity, not a class: 30 different numbers",
        ),
        ({"x": X, "y": pd.date_range("2020", periods=6)}, {"target": "y"}, "holds dates"),
        (
            {"x": X, "y": ["Yes", "No"] * 3},
            {"target": "y", "positive": "yes"},
            r"No row has the label 'yes' \(--positive\)\. Hint: did you mean 'Yes'",
        ),
        (
            {"x": X, "y": [0, 1] * 3, "g": [1, None] * 3},
            {"target": "y", "groups": "g"},
            "groups 'g' are missing in 3 rows",
        ),
        (
            {"x": X, "y": [0, 1] * 3, "w": ["a"] * 6},
            {"target": "y", "weights": "w"},
            "weights 'w' are not numbers: the first is 'a'",
        ),
        (
            {"x": X, "y": [0, 1] * 3, "w": [1, -1] * 3},
            {"target": "y", "weights": "w"},
            r"at least 0: row 2 has -1\.0",
        ),
        (
            {"x": X, "y": [0, 1] * 3, "w": [1, None] * 3},
            {"target": "y", "weights": "w"},
            "at least 0: row 2 has nan",
        ),
        (
            {"x": X, "y": [0, 1] * 3, "w": [0] * 6},
            {"target": "y", "weights": "w"},
            "weights 'w' are 0 in every row",
        ),
        ({"y": [0, 1] * 3}, {"target": "y"}, "No column is left to predict from"),
    ],
)
def test_bad_input(columns: dict[str, Any], options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        make_dataset(table(**columns), **options)


@pytest.mark.parametrize(
    ("labels", "folds", "message"),
    [
        ("aaaaaabbbb", 5, "Class 'b' has 4 rows: 5 folds need at least 5. Hint: --folds 4, or"),
        ("aaaaaaaaab", 5, "Class 'b' has 1 row: 5 folds need at least 5. Hint: gather more"),
        ("aaaaaaabbb", 2, "Class 'b' has 3 rows: 2 folds need at least 4. Hint: gather more"),
        ("aaaaabbbcc", 2, r"Class 'c' \(one of 3 classes\) has 2 rows"),
    ],
)
def test_a_class_smaller_than_the_folds(labels: str, folds: int, message: str) -> None:
    dataset = make_dataset(table(x=RNG.normal(size=len(labels)), y=list(labels)), target="y")
    with pytest.raises(InputError, match=message):
        check_folds(dataset, folds)


def test_fewer_groups_than_folds() -> None:
    columns = {"x": RNG.normal(size=12), "y": [0, 1] * 6, "g": [1] * 6 + [2] * 6}
    dataset = make_dataset(table(**columns), target="y", groups="g")
    check_folds(dataset, 2)
    with pytest.raises(InputError, match="There are 2 groups: 3 folds need at least 3") as caught:
        check_folds(dataset, 3)
    assert caught.value.hint == "--folds 2, or another column."
