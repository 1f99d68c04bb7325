"""Labels as codes: every kind of y against numpy.unique, every wrong one with its message."""

import datetime
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as stn
from sklearn.exceptions import DataConversionWarning

from imbalance_kit._utils._targets import codes_among, encode_target, one_label_per_row

integers = st.sampled_from([np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint64])


def check(y: Any, reference: Any = None) -> None:
    """Compare with ``numpy.unique`` of `reference`, by default of `y` as an array."""
    reference = np.asarray(y if reference is None else reference)
    classes, codes, counts = np.unique(reference, return_inverse=True, return_counts=True)
    got = encode_target(y)
    assert got.n_classes == len(classes)
    assert got.classes.tolist() == classes.tolist()
    assert got.codes.dtype == np.intp
    np.testing.assert_array_equal(got.codes, codes.ravel())
    np.testing.assert_array_equal(got.counts, counts)
    for k, label in enumerate(classes.tolist()):
        assert got.label(k) == label
        np.testing.assert_array_equal(got.members(k), np.flatnonzero(codes.ravel() == k))
    weights = np.linspace(0, 1, len(codes.ravel()))
    np.testing.assert_allclose(got.totals(weights), np.bincount(codes.ravel(), weights))
    np.testing.assert_array_equal(got.totals(None), counts)
    assert got.totals(None).dtype == got.totals(weights).dtype == np.float64


@given(
    y=integers.flatmap(lambda dtype: stn.arrays(dtype, st.integers(1, 40))),
    few=st.booleans(),
)
def test_integers_of_any_width(y: np.ndarray, few: bool) -> None:
    check(y % 3 if few else y)


@given(y=stn.arrays(np.bool_, st.integers(1, 30)))
def test_booleans(y: np.ndarray) -> None:
    check(y)
    assert encode_target(y).classes.dtype == np.bool_
    check(np.repeat(y, 2)[::2])  # a strided view


@given(y=stn.arrays(st.sampled_from([np.float32, np.float64]), 20, elements=st.integers(-9, 9)))
def test_whole_floats(y: np.ndarray) -> None:
    check(y)
    assert encode_target(y).classes.dtype == y.dtype


@given(y=st.lists(st.text(max_size=3), min_size=1, max_size=30))
def test_strings(y: list[str]) -> None:
    # numpy's own strings cannot end in NUL; as objects they stay what they are.
    check(np.array(y, dtype=object))
    check([label.replace("\0", "") for label in y])


_VARIABLE_STRINGS = (
    [np.array(["b", "a"], dtype=np.dtypes.StringDType())]
    if hasattr(np.dtypes, "StringDType")  # numpy 2
    else []
)


@pytest.mark.parametrize(
    "y",
    [
        [2**62, 5, 2**62],
        [-(2**62), 5, 2**62],
        np.array([2**64 - 1, 2**64 - 2, 3], dtype=np.uint64),
        np.array([2**64 - 1, 2**64 - 2], dtype=np.uint64),
        np.array([-128, 127, 0], dtype=np.int8),
        [70_000, 0, 70_000],
        [1e300, 2.0, 1e300],
        [2.0**53, 0.0],
        np.array([1, 2], dtype=">i8"),
        np.array([0, 3, 3, 9]),
        np.array(["2020-01-01", "2019-01-01"], dtype="M8[D]"),
        np.array([b"b", b"a", b"b"]),
        np.array(["b", "a", "b"], dtype="U5"),
        *_VARIABLE_STRINGS,
        np.array([3, 1, 3], dtype=object),
        np.array([True, False, True], dtype=object),
        np.arange(6)[::-2],
        [[1], [0], [1]],
        np.array([[1], [0]]),
        [7],
        [5, 5, 5],
    ],
    ids=lambda y: f"{np.asarray(y).dtype}{np.asarray(y).ravel()[:3].tolist()}",
)
def test_odd_but_lawful(y: Any) -> None:
    check(y)


CONTAINERS: dict[str, Callable[[list[Any]], Any]] = {
    "list": list,
    "tuple": tuple,
    "series": pd.Series,
    "frame": lambda y: pd.DataFrame({"y": y}),
    "categorical": lambda y: pd.Series(y, dtype="category"),
    "index": pd.Index,
    "extension": pd.array,
    "polars": pl.Series,
    "polars frame": lambda y: pl.DataFrame({"y": y}),
    "arrow-backed": lambda y: pd.Series(pl.Series(y).to_arrow(), dtype=_arrow_dtype(y)),
}


def _arrow_dtype(y: list[Any]) -> Any:
    return pd.ArrowDtype(pl.Series(y).to_arrow().type)


@pytest.mark.parametrize(
    "y", [[2, 1, 2, 2], ["b", "a", "b", "b"], [True, False, True, True]], ids=repr
)
@pytest.mark.parametrize("container", CONTAINERS)
def test_containers(container: str, y: list[Any]) -> None:
    check(CONTAINERS[container](y), reference=y)


@pytest.mark.parametrize("dtype", ["Int64", "boolean", "Float64", "string", "category"])
def test_nullable_without_nulls(dtype: str) -> None:
    values: list[Any] = ["1", "0", "1"] if dtype == "string" else [1, 0, 1]
    check(pd.Series(values, dtype=dtype), reference=values)


@pytest.mark.parametrize("dtype", [int, float, bool])
def test_one_hot_is_its_column_numbers(dtype: type) -> None:
    y = np.array([2, 0, 1, 2, 2])
    one_hot = np.eye(3)[y].astype(dtype)
    check(one_hot, reference=y)
    check(pd.DataFrame(one_hot), reference=y)
    check(one_hot.tolist(), reference=y)
    check(np.eye(3)[[0, 2, 2]], reference=[0, 2, 2])


def test_y_is_not_modified() -> None:
    y = np.array([0, 1, 1])
    y.setflags(write=False)
    check(y)
    assert y.tolist() == [0, 1, 1]


def test_empty() -> None:
    for y in ([], np.array([], dtype=int), np.array([], dtype=bool), np.array([], dtype=object)):
        assert encode_target(y).n_classes == 0
        assert encode_target(y).counts.tolist() == []


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (None, "the target y is None: class labels are needed"),
        ([1j, 2], "Complex data not supported: `y` holds complex numbers"),
        ([0.5, 1.5, 0.1], "Unknown label type: continuous"),
        (np.array([0.5, 1.0, 2.5], dtype=object), "Unknown label type: continuous.*Hint: bin the"),
        (np.array([0.5, "a"], dtype=object), "Unknown label type: continuous"),
        ([0, np.nan, 1], "`y` contains NaN or infinity: every row needs a class label"),
        ([0, np.inf, 1], "`y` contains NaN or infinity"),
        (["a", None, "b"], "`y` contains missing labels: every row needs a class label"),
        (np.array(["a", np.nan, "b"], dtype=object), "`y` contains missing labels"),
        (np.array([pd.NA, 1], dtype=object), "`y` contains missing labels"),
        (np.array([pd.NaT, "a"], dtype=object), "`y` contains missing labels"),
        (pd.Series([1, None, 2], dtype="Int64"), "`y` contains (missing labels|NaN)"),
        (pd.Series(["a", None], dtype="category"), "`y` contains missing labels"),
        (pd.Series(["a", None]), "`y` contains missing labels"),
        (pl.Series(["a", None]), "`y` contains missing labels"),
        (pl.Series([1, None]), "`y` contains NaN"),
        ([[1, 1], [0, 1]], r"Multilabel and multioutput.*type 'multilabel-indicator' and shape"),
        ([[0, 0], [0, 1]], "Multilabel and multioutput targets are not supported"),
        ([[1, 2], [3, 1]], "got a target of type 'multiclass-multioutput'"),
        ([[0.5, 0.5], [0.1, 0.9]], "got a target of type 'continuous-multioutput'"),
        (np.zeros((2, 1, 1)), "dim 3, while dim <= 2 is required"),
        (5, "y should be a 1d array"),
    ],
)
def test_what_is_no_target(y: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        encode_target(y)


@pytest.mark.parametrize(
    "y",
    [np.array(["a", 1], dtype=object), [datetime.date(2020, 1, 1), "a"]],
    ids=repr,
)
def test_labels_without_a_common_order(y: Any) -> None:
    with pytest.raises(
        TypeError, match=r"mixes labels of different types.*Hint: give labels of one"
    ):
        encode_target(np.asarray(y, dtype=object))


def test_codes_among_other_classes() -> None:
    target = encode_target(np.array(["b", "d", "b"]))
    np.testing.assert_array_equal(codes_among(["a", "b", "c", "d"], target, ""), [1, 3, 1])
    with pytest.raises(ValueError, match=r"It has \['d'\]: expected none but \['b'\]"):
        codes_among(["b"], target, "It has")


def test_one_label_per_row() -> None:
    y = np.array([1, 0, 1])
    np.testing.assert_array_equal(one_label_per_row(y), y)
    with pytest.warns(DataConversionWarning, match="column-vector"):
        np.testing.assert_array_equal(one_label_per_row(y[:, None]), y)
    with pytest.raises(ValueError, match=r"one label per row, got a target of shape \(2, 2\)"):
        one_label_per_row([[1, 0], [0, 1]])
