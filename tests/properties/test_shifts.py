"""The algebra of shifts, for factors, labels and probabilities at the edges of floating point."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imbalance_kit import ClassShift, Shift, estimate_prior
from imbalance_kit.scale_out import Manifest
from imbalance_kit.shift import (
    ChainedShift,
    CovariateShift,
    InclusionRule,
    InclusionShift,
    LevelTerm,
    LinearPilot,
    NumberTerm,
    TablePilot,
    from_json,
)
from tests._discovery import public_classes
from tests.properties._outcome import Refusal, attempt, examples

LABELS = st.one_of(
    st.lists(st.integers(), min_size=2, max_size=4, unique=True),
    st.lists(st.text(max_size=4), min_size=2, max_size=4, unique=True),
    st.just([False, True]),
    st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=3, unique=True),
)
FACTORS = st.one_of(
    st.floats(1e-6, 1e6), st.floats(5e-324, 1.7e308), st.sampled_from([5e-324, 1e-300, 1e300])
)
USUAL = st.floats(1e-12, 1e12)
REFERENCES = st.sampled_from(["source", "source", "training"])


@st.composite
def class_shifts(draw: Any, labels: list[Any], factors: Any = FACTORS) -> ClassShift:
    """Draw a factor for each label."""
    return ClassShift(
        {label: draw(factors) for label in labels},
        exact=draw(st.booleans()),
        reference=draw(REFERENCES),
    )


@st.composite
def inclusion_shifts(draw: Any, labels: list[Any]) -> InclusionShift:
    """Draw rules for some labels, with linear pilots on two columns."""
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    rows = 1 if len(labels) == 2 else len(labels)
    pilots = tuple(
        LinearPilot(rng.normal(size=(rows, 2)), rng.normal(size=rows))
        for _ in range(draw(st.integers(1, 3)))
    )
    rules = {
        label: InclusionRule(
            draw(st.floats(1e-3, 1e3)), draw(st.floats(1e-6, 1)), draw(st.sampled_from([None, 8]))
        )
        for label in draw(st.lists(st.sampled_from(labels), unique=True, min_size=1))
    }
    criterion = draw(st.sampled_from(["probability", "local_case_control", "uniform"]))
    if criterion == "uniform":
        pilots = ()
    return InclusionShift(pilots, tuple(sorted(labels)), rules, criterion)


@st.composite
def shifts(draw: Any, labels: list[Any]) -> Shift:
    """Draw a shift of any kind, chains of them included."""
    kinds = [class_shifts(labels, USUAL), inclusion_shifts(labels), st.just(CovariateShift())]
    found: list[Shift] = draw(st.lists(st.one_of(kinds), min_size=1, max_size=3))
    shift = found[0]
    for other in found[1:]:
        shift = shift.then(other)
    return shift


def probabilities(chance: st.DataObject, n: int, k: int) -> Any:
    """Draw n rows of k probabilities, away from 0 and 1 so that digits are not lost."""
    rng = np.random.default_rng(chance.draw(st.integers(0, 99)))
    return (
        rng.dirichlet(np.full(k, chance.draw(st.sampled_from([0.3, 1.0, 10.0]))), n)
        * (1 - 1e-9 * k)
        + 1e-9
    )


SHIFTS = [cls for cls in public_classes() if issubclass(cls, Shift) and cls is not Shift]


def test_every_kind_of_shift_is_drawn() -> None:
    assert {"ClassShift", "InclusionShift", "CovariateShift", "ChainedShift"} == {
        cls.__name__ for cls in SHIFTS
    }


@given(chance=st.data())
@examples(30)
def test_undo_and_apply(chance: st.DataObject) -> None:
    """Each undoes the other, and a chain undoes its parts, last to first."""
    labels = chance.draw(LABELS, label="labels")
    first, second = chance.draw(shifts(labels)), chance.draw(shifts(labels))
    X = np.random.default_rng(1).normal(size=(5, 2))
    p = probabilities(chance, 5, len(labels))
    for shift in (first, second):
        q = shift.apply(p, X)
        np.testing.assert_allclose(q.sum(axis=1), 1, rtol=1e-12)
        np.testing.assert_allclose(shift.undo(q, X), p, rtol=1e-5, atol=1e-12)
    both = first.then(second)
    np.testing.assert_allclose(
        both.undo(p, X), first.undo(second.undo(p, X), X), rtol=1e-5, atol=1e-12
    )
    assert both.exact == (first.exact and second.exact)
    third = chance.draw(shifts(labels))
    np.testing.assert_allclose(
        first.then(second).then(third).undo(p, X),
        first.then(second.then(third)).undo(p, X),
        rtol=1e-9,
        atol=1e-15,
    )


@given(chance=st.data())
@examples(30)
def test_json(chance: st.DataObject) -> None:
    """What is written is read back equal, to the last digit, labels with their types."""
    labels = chance.draw(LABELS, label="labels")
    shift = chance.draw(st.one_of(shifts(labels), class_shifts(labels)), label="shift")
    back = from_json(shift.to_json())
    assert back == shift
    assert hash(back) == hash(shift)
    assert back.to_json() == shift.to_json()
    assert list(map(type, back.classes)) == list(map(type, shift.classes))
    manifest = Manifest(label="click", shift_text=shift.to_json())
    assert Manifest.from_json(manifest.to_json()) == manifest
    assert manifest.load_shift() == shift


@given(chance=st.data())
@examples(30)
def test_extreme_factors(chance: st.DataObject) -> None:
    """At the edges of floating point probabilities stay finite, sum to one, and are not NaN."""
    labels = chance.draw(LABELS, label="labels")
    first = chance.draw(class_shifts(labels), label="first")
    second = chance.draw(class_shifts(labels), label="second")
    n = len(labels)
    edges = np.vstack([np.eye(n), np.full((1, n), 1 / n), np.full((1, n), 5e-324)])
    edges[-1, 0] = 1.0
    both = attempt(lambda: first.then(second))
    assert not isinstance(both, Refusal), both
    for shift in (first, second, both):
        for found in (shift.apply(edges), shift.undo(edges)):
            assert np.isfinite(found).all()
            np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-12)
            np.testing.assert_array_equal(found[:n], np.eye(n))


@given(chance=st.data())
@examples(30)
def test_order_of_classes(chance: st.DataObject) -> None:
    """Columns follow the classes that are asked for."""
    labels = chance.draw(LABELS, label="labels")
    shift = chance.draw(shifts(labels), label="shift")
    X = np.random.default_rng(1).normal(size=(4, 2))
    order = chance.draw(st.permutations(range(len(labels))))
    straight = np.broadcast_to(shift.log_factors(X, labels), (4, len(labels)))
    turned = shift.log_factors(X, [labels[k] for k in order])
    np.testing.assert_allclose(np.broadcast_to(turned, straight.shape), straight[:, order])


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
SHIFT_TEXT = ClassShift({0: 0.5, 1: 1.0}).to_json()
INCLUSION_TEXT = InclusionShift(
    (LinearPilot(np.ones((1, 2)), np.zeros(1)),), (0, 1), {0: InclusionRule(2.0, 0.05)}
).to_json()
TEXTS = [
    SHIFT_TEXT,
    INCLUSION_TEXT,
    CovariateShift().to_json(),
    ChainedShift(
        (ClassShift({0: 1, 1: 2}), ClassShift({0: 1, 1: 2}, reference="training"))
    ).to_json(),
]


@given(chance=st.data())
@examples(30)
def test_broken_json(chance: st.DataObject) -> None:
    """Text that is no shift, or one with a value replaced, is refused with a reason."""
    content = json.loads(chance.draw(st.sampled_from(TEXTS)))
    if chance.draw(st.integers(0, 4)) == 0:
        text = chance.draw(st.one_of(st.text(max_size=30), JSON.map(json.dumps)))
    else:
        content[chance.draw(st.sampled_from(sorted(content)))] = chance.draw(JSON)
        text = json.dumps(content)
    found = attempt(lambda: from_json(text))
    assert isinstance(found, (Refusal, Shift))


@given(chance=st.data())
@examples(30)
def test_broken_probabilities(chance: st.DataObject) -> None:
    """Whatever is handed in as probabilities: a result that sums to one, or words."""
    shift = ClassShift({0: 0.01, 1: 1.0, 2: 3.0} if chance.draw(st.booleans()) else {0: 0.1, 1: 1})
    number = st.one_of(
        st.floats(), st.floats(0, 1), st.sampled_from([0.0, 1.0, -0.0, 5e-324]), st.none()
    )
    k = chance.draw(st.integers(0, 3))
    row = st.lists(number, min_size=k, max_size=k)
    proba = chance.draw(st.one_of(st.lists(row, max_size=3), st.lists(number, max_size=3), JSON))
    found = attempt(lambda: shift.undo(proba))
    if not isinstance(found, Refusal):
        assert np.isfinite(found).all()
        if found.ndim == 2:
            np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-6)


@given(chance=st.data())
@examples(30)
def test_estimate_prior(chance: st.DataObject) -> None:
    """The shares estimated are shares, whatever the predictions and weights."""
    n, k = chance.draw(st.integers(1, 30)), chance.draw(st.integers(2, 4))
    proba = probabilities(chance, n, k)
    if chance.draw(st.booleans()):
        proba = np.eye(k)[np.arange(n) % k]
    prior = dict(enumerate(np.random.default_rng(n).dirichlet(np.ones(k))))
    weight = chance.draw(
        st.sampled_from([None, np.ones(n), np.full(n, 1e-30), np.full(n, 1e30), np.arange(n)])
    )
    found = attempt(lambda: estimate_prior(proba, prior, sample_weight=weight))
    if isinstance(found, Refusal):
        assert weight is not None
        assert not np.any(weight)
        return
    assert list(found) == list(prior)
    assert all(0 <= share <= 1 for share in found.values())
    assert sum(found.values()) == pytest.approx(1, abs=1e-9)


@given(chance=st.data())
@examples(30)
def test_pilots(chance: st.DataObject) -> None:
    """Pilots give probabilities for any numbers and levels, missing and unknown ones included."""
    number = st.one_of(st.floats(-1e300, 1e300), st.just(float("nan")), st.integers(-9, 9))
    effect = st.floats(-50, 50)
    pilot = TablePilot(
        (
            NumberTerm("age", chance.draw(effect), chance.draw(effect)),
            LevelTerm("city", {"Ulm": chance.draw(effect)}, chance.draw(effect)),
        ),
        chance.draw(effect),
    )
    import pandas as pd

    ages = chance.draw(st.lists(number, min_size=1, max_size=4))
    cities = [chance.draw(st.sampled_from(["Ulm", "Bonn", None])) for _ in ages]
    table = pd.DataFrame({"age": np.array(ages, dtype=float), "city": cities})
    proba = attempt(lambda: pilot.predict_proba(table))
    assert not isinstance(proba, Refusal), proba
    assert np.isfinite(proba).all()
    np.testing.assert_allclose(proba.sum(axis=1), 1, rtol=1e-12)
    k = chance.draw(st.sampled_from([1, 3]))
    linear = LinearPilot(np.full((k, 2), chance.draw(effect)), np.zeros(k))
    rows = np.array([[1e300, -1e300], [0.0, 5e-324], [1e3, 1e3]])
    proba = attempt(lambda: linear.predict_proba(rows))
    assert not isinstance(proba, Refusal), proba
    assert np.isfinite(proba).all()
    np.testing.assert_allclose(proba.sum(axis=1), 1, rtol=1e-12)
