"""A shift survives the way through JSON text, with the types of its labels."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imbalance_kit import ClassShift
from imbalance_kit.shift import from_json

labels = st.one_of(
    st.lists(st.text(), min_size=2, max_size=5, unique=True),
    st.lists(st.integers(), min_size=2, max_size=5, unique=True),
    st.lists(st.floats(allow_nan=False), min_size=2, max_size=5, unique=True),
    st.just([False, True]),
)


@given(labels=labels, exact=st.booleans(), reference=st.sampled_from(["source", "training"]))
def test_round_trip(labels: list[Any], exact: bool, reference: Any) -> None:
    factors = {label: (k + 1) / 3 for k, label in enumerate(labels)}
    shift = ClassShift(factors, exact=exact, reference=reference)
    back = from_json(shift.to_json())
    assert back == shift
    assert hash(back) == hash(shift)
    assert [type(k) for k in back.classes] == [type(k) for k in shift.classes]
    assert back.classes == shift.classes


@given(factor=st.floats(min_value=5e-324, allow_infinity=False))
def test_factors_come_back_bit_by_bit(factor: float) -> None:
    shift = ClassShift({"a": factor, "b": 1})
    assert from_json(shift.to_json()).factors == shift.factors  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "classes",
    [np.array([0, 1]), np.array([False, True]), np.array(["a", "b"]), np.array([0.0, 1.0])],
    ids=str,
)
def test_numpy_labels(classes: np.ndarray) -> None:
    shift = ClassShift(dict(zip(classes, [0.5, 2.0], strict=True)))
    back = from_json(shift.to_json())
    assert back == shift
    np.testing.assert_array_equal(back.log_factors(None, classes), np.log([[0.5, 2.0]]))


def test_the_text_is_readable() -> None:
    assert json.loads(ClassShift({0: 0.5, 1: 1}).to_json()) == {
        "kind": "ClassShift",
        "version": 1,
        "factors": [[0, 0.5], [1, 1.0]],
        "exact": True,
        "reference": "source",
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("not json", "Expected the JSON text of a shift, got 'not json': "),
        ("[1, 2]", r"Expected the JSON text of a shift, got '\[1, 2\]'"),
        ("{}", "Expected the JSON text of a shift, got '{}'"),
        ('{"kind": "ClassShift", "version": 2}', "version 1, got 2. Hint: .* update this one"),
        ('{"kind": "Sideways", "version": 1}', "Unknown kind of shift 'Sideways': expected 'Class"),
        ('{"kind": "ClassShift", "version": 1}', "JSON text of a ClassShift is incomplete: 'facto"),
        ('{"kind": "ClassShift", "version": 1, "factors": 3}', "of a ClassShift is incomplete"),
        ('{"kind": "ChainedShift", "version": 1}', "JSON text of a ChainedShift is incomplete"),
        ("[" * 100_000, "Expected the JSON text of a shift, got .*recursion"),
        ('{"kind": "ChainedShift", "version": 1, "parts": [3]}', "a shift with its kind, got '3'"),
        ('{"kind": "ChainedShift", "version": 1, "parts": [{}]}', "a shift with its kind, got '{"),
        (
            '{"kind": "ClassShift", "version": 1, "factors": [[0, 1], [1, 1%s]], '
            '"exact": true, "reference": "source"}' % ("0" * 400),
            "ClassShift is incomplete: int too large",
        ),
        (
            '{"kind": "ClassShift", "version": 1, "factors": [[0, 1], [1, -1]], '
            '"exact": true, "reference": "source"}',
            "The factor of class 1 must be a finite number above 0",
        ),
    ],
)
def test_messages(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        from_json(text)


def test_what_was_read_from_json_already_is_no_text() -> None:
    with pytest.raises(TypeError, match=r"JSON text of a shift, got <class 'dict'>. Hint: what"):
        from_json({"kind": "ClassShift"})  # type: ignore[arg-type]


def test_a_shift_by_class_takes_no_pilot() -> None:
    with pytest.raises(ValueError, match=r"This ClassShift takes 0 pilots .* got 1: 'model'"):
        from_json(ClassShift({0: 1, 1: 2}).to_json(), pilot="model")
