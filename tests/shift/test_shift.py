"""What any shift can do: follow another, be undone as one, and depend on the row."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from imbalance_kit import ChainedShift, ClassShift, Shift
from imbalance_kit.shift import from_json


@dataclass(frozen=True)
class Tilt(Shift):
    """A shift that depends on the row: ``a_1(x) = exp(slope x)``, as a negative sampler's does."""

    slope: float
    exact: bool = True
    reference: Any = "source"

    @property
    def classes(self) -> tuple[Any, ...]:
        return (0, 1)

    def log_factors(self, X: Any, classes: Any) -> np.ndarray:
        return np.column_stack([np.zeros(len(X)), self.slope * np.asarray(X)[:, 0]])

    def _content(self) -> dict[str, Any]:
        return {"slope": self.slope}


P = np.random.default_rng(0).dirichlet([1, 1], size=30)
X = np.random.default_rng(1).normal(size=(30, 1))
THIN = ClassShift({0: 0.1, 1: 1})
WANTED = ClassShift({0: 1, 1: 3}, reference="training")


def test_two_class_shifts_merge() -> None:
    both = THIN.then(ClassShift({1: 5, 0: 2}, exact=False))
    assert both == ClassShift({0: 0.2, 1: 5}, exact=False)


@pytest.mark.parametrize("second", [ClassShift({0: 2, 1: 5}), WANTED, Tilt(2.0)], ids=repr)
@pytest.mark.parametrize("first", [THIN, WANTED, Tilt(-1.0)], ids=repr)
def test_then_does_and_undoes_both(first: Shift, second: Shift) -> None:
    both = first.then(second)
    moved = second.apply(first.apply(P, X), X)
    np.testing.assert_allclose(both.apply(P, X), moved, rtol=1e-13)
    np.testing.assert_allclose(both.undo(moved, X), P, rtol=1e-12)
    np.testing.assert_allclose(both.undo(moved[:, 1], X), P[:, 1], rtol=1e-9)


def test_then_is_associative() -> None:
    a, b, c = THIN, Tilt(1.0), ClassShift({0: 2, 1: 5})
    assert a.then(b).then(c) == a.then(b.then(c))
    assert a.then(b.then(c)).parts == (a, b, c)  # type: ignore[attr-defined]


def test_neighbours_in_a_chain_merge() -> None:
    chain = Tilt(1.0).then(THIN).then(THIN)
    assert chain == ChainedShift((Tilt(1.0), ClassShift({0: 0.1 * 0.1, 1: 1})))
    assert THIN.then(WANTED).then(WANTED).parts == (  # type: ignore[attr-defined]
        THIN,
        ClassShift({0: 1, 1: 9}, reference="training"),
    )


def test_references_are_kept_apart() -> None:
    chain = THIN.then(WANTED)
    assert isinstance(chain, ChainedShift)
    assert chain.parts == (THIN, WANTED)
    assert chain.reference == "source"
    assert WANTED.then(WANTED).reference == "training"
    assert Tilt(1.0, reference="training").then(WANTED).reference == "training"


def test_a_chain_is_exact_where_every_part_is() -> None:
    assert THIN.then(Tilt(1.0)).exact
    assert not THIN.then(Tilt(1.0, exact=False)).exact
    assert not ClassShift({0: 1, 1: 2}, exact=False).then(Tilt(1.0)).exact


def test_a_chain_depends_on_the_row_where_a_part_does() -> None:
    assert Tilt(1.0).depends_on_row  # what is not said to be class-wise may be anything
    assert THIN.then(Tilt(1.0)).depends_on_row
    assert not THIN.then(WANTED).depends_on_row


def test_a_chain_is_a_value() -> None:
    assert THIN.then(WANTED) == THIN.then(WANTED)
    assert hash(THIN.then(WANTED)) == hash(THIN.then(WANTED))
    assert THIN.then(WANTED) != WANTED.then(THIN)


def test_a_chain_needs_parts_of_the_same_classes() -> None:
    with pytest.raises(ValueError, match="at least one shift, got none"):
        ChainedShift(())
    with pytest.raises(ValueError, match=r"must name the same classes, got \[0, 1\] and \[0, 2\]"):
        THIN.then(ClassShift({0: 1, 2: 1}))
    with pytest.raises(TypeError, match=r"`other` must be a shift, got {0: 1}. Hint: ClassShift"):
        THIN.then({0: 1})  # type: ignore[arg-type]


def test_json_of_a_chain() -> None:
    chain = THIN.then(WANTED)
    assert from_json(chain.to_json()) == chain


def test_labels_that_json_cannot_hold() -> None:
    shift = ClassShift({(0, 1): 1, (1, 0): 2})
    assert shift.classes == ((0, 1), (1, 0))
    message = r"classes \[\(0, 1\), \(1, 0\)\] cannot be written as JSON. Hint: use labels that are"
    with pytest.raises(TypeError, match=message):
        shift.to_json()
