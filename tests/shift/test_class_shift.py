"""The shift by class: its constructors, what it does to probabilities, and its messages."""

import pickle
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone

from imbalance_kit import ClassShift
from imbalance_kit.shift import from_json

factor = st.floats(1e-9, 1e9)
numbers = st.integers(1, 10**9)


def test_undoing_returns_the_shares_of_the_source() -> None:
    """Of 900 and 100 rows, 100 each were kept: .5 there was .1 here, by counting."""
    shift = ClassShift.from_counts({0: 900, 1: 100}, {0: 100, 1: 100})
    np.testing.assert_allclose(shift.undo([0.5]), [0.1], rtol=1e-14)
    np.testing.assert_allclose(shift.apply([0.1]), [0.5], rtol=1e-14)


@given(
    before=st.lists(numbers, min_size=2, max_size=6),
    after=st.lists(numbers, min_size=6, max_size=6),
)
def test_class_shares_move_as_counts_do(before: list[int], after: list[int]) -> None:
    """A model that knows nothing predicts the shares; applying the shift gives the new shares."""
    after = after[: len(before)]
    shift = ClassShift.from_counts(dict(enumerate(before)), dict(enumerate(after)))
    old = np.array([[float(Fraction(n, sum(before))) for n in before]])
    new = np.array([[float(Fraction(n, sum(after))) for n in after]])
    np.testing.assert_allclose(shift.apply(old), new, rtol=1e-13)
    np.testing.assert_allclose(shift.undo(new), old, rtol=1e-13)


@given(
    rates=st.lists(factor, min_size=2, max_size=5),
    seed=st.integers(0, 1000),
    single=st.booleans(),
)
def test_undo_reverses_apply(rates: list[float], seed: int, single: bool) -> None:
    shift = ClassShift.from_rates(dict(enumerate(rates)))
    p = np.random.default_rng(seed).dirichlet(np.full(len(rates), 0.3), size=20)
    # A class with nearly all the mass loses digits to the others: 1 - 1e-17 is 1. So compare where
    # neither side of the change is rounded away, and otherwise only that it stays a probability.
    back = shift.undo(shift.apply(p))
    np.testing.assert_allclose(back, p, rtol=1e-12, atol=1e-300)
    if single and len(rates) == 2:
        kept = shift.apply(p[:, 1])
        inside = (kept < 1 - 1e-6) & (kept > 0)
        np.testing.assert_allclose(shift.undo(kept)[inside], p[inside, 1], rtol=1e-9)


@pytest.mark.parametrize("scale", [1e-9, 1, 1e9])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_undo_reverses_apply_at_the_edges(scale: float, dtype: type) -> None:
    shift = ClassShift({0: 1, 1: scale})
    p = np.array([[1, 0], [0, 1], [1, 1e-30], [1e-30, 1], [0.5, 0.5]], dtype=dtype)
    # Going through float32 rounds twice, to 6e-8 each.
    tolerance = 2e-7 if dtype is np.float32 else 1e-12
    back = shift.undo(shift.apply(p))
    assert back.dtype == dtype
    np.testing.assert_allclose(back, p, rtol=tolerance, atol=0)
    tiny = np.array([0, 1e-300])
    np.testing.assert_allclose(shift.undo(shift.apply(tiny)), tiny, rtol=1e-12, atol=0)


def test_swapping_two_labels_swaps_the_columns_and_nothing_else() -> None:
    p = np.random.default_rng(3).dirichlet(np.ones(3), size=10)
    shift = ClassShift({"a": 0.2, "b": 3, "c": 1})
    swapped = ClassShift({"b": 0.2, "a": 3, "c": 1})
    order = [1, 0, 2]
    np.testing.assert_allclose(
        swapped.apply(p[:, order])[:, order], shift.apply(p), rtol=1e-14, atol=0
    )


def test_only_ratios_of_factors_matter() -> None:
    p = np.random.default_rng(4).dirichlet(np.ones(3), size=10)
    rates = {"a": 0.2, "b": 3.0, "c": 1.0}
    scaled = ClassShift({label: 7e5 * rate for label, rate in rates.items()})
    np.testing.assert_allclose(scaled.apply(p), ClassShift(rates).apply(p), rtol=1e-13)


def test_constructors() -> None:
    assert ClassShift.from_rates({0: 0.5, 1: 1}).factors == {0: 0.5, 1: 1.0}
    assert ClassShift.from_counts({0: 8, 1: 2}, {1: 2, 0: 4}).factors == {0: 0.5, 1: 1.0}
    priors = ClassShift.from_priors({0: 0.5, 1: 0.5}, {0: 0.9, 1: 0.1}).factors
    assert priors == {0: 0.9 / 0.5, 1: 0.1 / 0.5}
    assert ClassShift({0: 1, 1: 2}).exact is True
    assert ClassShift({0: 1, 1: 2}, exact=np.bool_(False)).exact is False
    assert ClassShift({0: 1, 1: 2}).reference == "source"


def test_labels_are_sorted_plain_objects() -> None:
    shift = ClassShift({np.str_("b"): np.float32(2), np.str_("a"): np.int64(1)})
    assert shift.classes == ("a", "b")
    assert [type(label) for label in shift.classes] == [str, str]
    assert [type(value) for value in shift.factors.values()] == [float, float]
    assert [type(k) for k in ClassShift({np.int64(1): 1, np.int64(0): 1}).classes] == [int, int]
    assert ClassShift({"b": 1, 1: 1}).classes == ("b", 1)  # no common order: as given


def test_log_factors_follow_the_order_asked_for() -> None:
    shift = ClassShift({"a": 0.1, "b": 1, "c": 10})
    for classes in (["c", "a"], ("c", "a"), np.array(["c", "a"])):
        logs = shift.log_factors(None, classes)
        assert logs.shape == (1, 2)
        np.testing.assert_allclose(logs, np.log([[10, 0.1]]), rtol=1e-15)


def test_is_a_value() -> None:
    shift = ClassShift({"no": 0.1, "yes": 1}, exact=False)
    same = ClassShift({"yes": 1.0, "no": 0.1}, exact=False)
    assert shift == same
    assert hash(shift) == hash(same)
    assert len({shift, same, ClassShift({"no": 0.1, "yes": 1})}) == 2
    assert pickle.loads(pickle.dumps(shift)) == shift
    assert clone(shift, safe=False) == shift
    with pytest.raises(AttributeError):
        shift.exact = True  # type: ignore[misc]


def test_the_mapping_given_is_not_kept() -> None:
    rates = {0: 0.5, 1: 1.0}
    shift = ClassShift(rates)
    rates[0] = 9.0
    assert shift.factors[0] == 0.5


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ClassShift({0: 1}), "at least two labels to a factor each, got {0: 1}"),
        (lambda: ClassShift([1, 2]), r"Expected a mapping of at least two labels.*got \[1, 2\]"),
        (lambda: ClassShift({0: 0, 1: 1}), "factor of class 0 must be a finite number above 0.*got"
         " 0: a class that is removed entirely cannot be brought back"),
        (lambda: ClassShift({0: -1, 1: 1}), "factor of class 0 .* got -1"),
        (lambda: ClassShift({0: np.inf, 1: 1}), "factor of class 0 .* got inf"),
        (lambda: ClassShift({0: np.nan, 1: 1}), "factor of class 0 .* got nan"),
        (lambda: ClassShift({"a": "1", "b": 1}), r"factor of class 'a' .* got '1'\.$"),
        (lambda: ClassShift({0: 1, 1: 1}, reference="target"), "'source' or 'training', got 'targ"),
        (lambda: ClassShift.from_counts({0: 1, 1: 2}, {0: 1, 2: 2}),
         r"`before` and `after` must name the same classes, got \[0, 1\] and \[0, 2\]"),
        (lambda: ClassShift.from_counts({0: 1, 1: 2}, {0: 0, 1: 2}), "The count after of class 0"),
        (lambda: ClassShift.from_counts({0: 0, 1: 2}, {0: 1, 1: 2}), "The count before of class 0"),
        (lambda: ClassShift.from_priors({0: 0.5, 1: 0.5}, {0: 0.5, 2: 0.5}),
         r"`source` and `target` must name the same classes, got \[0, 1\] and \[0, 2\]"),
        (lambda: ClassShift.from_priors({0: 0.5, 1: 0.5}, {0: 90, 1: 10}),
         "shares of `target` must sum to 1, got 100.0 from .* Hint: use from_counts"),
        (lambda: ClassShift.from_priors({0: 0.5, 1: 0.4}, {0: 0.9, 1: 0.1}), "shares of `source`"),
        (lambda: ClassShift.from_priors({0: 0, 1: 1}, {0: 0.9, 1: 0.1}), "source share of class 0"),
        (lambda: ClassShift.from_rates({"a": 0.1, "b": 1}).log_factors(None, ["a", "z"]),
         r"knows the classes \['a', 'b'\], but a factor is needed for \['z'\] too. Hint: giv"),
    ],
)  # fmt: skip
def test_messages(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("tiny", [1e-200, 1e200])
def test_products_beyond_floating_point_stay_a_chain(tiny: float) -> None:
    """Merged, they were 0 or infinite and refused as the factor of a class that was removed."""
    rare = ClassShift({0: tiny, 1: 1.0})
    both = rare.then(rare)
    np.testing.assert_allclose(both.log_factors(None, [0, 1]), [[2 * np.log(tiny), 0]], rtol=1e-15)
    np.testing.assert_allclose(both.then(rare).undo([[0.0, 1.0]]), [[0.0, 1.0]])
    assert from_json(both.to_json()) == both
