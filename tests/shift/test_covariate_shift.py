"""A factor of the row alone: predictions stay, chains and JSON go through."""

import numpy as np
import pytest

from imbalance_kit import ChainedShift, ClassShift
from imbalance_kit.correction._choose_correction import to_undo
from imbalance_kit.shift import CovariateShift, from_json

THINNED = ClassShift.from_rates({"no": 0.1, "yes": 1.0})
PROBA = np.array([[0.25, 0.75], [1.0, 0.0]])


def test_probabilities_stay() -> None:
    shift = CovariateShift()
    for move in (shift.undo, shift.apply):
        moved = move(PROBA)
        np.testing.assert_array_equal(moved, PROBA)
        assert not np.shares_memory(moved, PROBA)
        np.testing.assert_array_equal(move(PROBA[:, 1]), PROBA[:, 1])
    np.testing.assert_array_equal(shift.log_factors(None, ["a", "b", "c"]), np.zeros((1, 3)))
    three = np.array([[0.2, 0.3, 0.5]])
    np.testing.assert_array_equal(shift.undo(three), three)
    with pytest.raises(ValueError, match="`proba` must have one column per class"):
        shift.undo(np.zeros((1, 2, 3)))


def test_it_is_wanted() -> None:
    shift = CovariateShift("overlap")
    assert (shift.reference, shift.exact, shift.depends_on_row) == ("training", True, False)
    assert to_undo(shift) is None
    for name, value in (("reference", "source"), ("exact", False)):
        with pytest.raises(TypeError, match=name):  # it is what it is
            CovariateShift(**{name: value})  # type: ignore[arg-type]


def test_chains() -> None:
    shift = CovariateShift()
    assert shift == CovariateShift("target")
    assert ChainedShift((shift, shift)).classes == ()  # it speaks of whatever classes there are
    assert shift.then(CovariateShift("overlap")) == CovariateShift("overlap")
    for chain in (shift.then(THINNED), THINNED.then(shift)):
        assert isinstance(chain, ChainedShift)
        assert chain.classes == ("no", "yes")
        assert chain.exact
        assert to_undo(chain) == THINNED
        np.testing.assert_allclose(chain.undo(PROBA), THINNED.undo(PROBA))
        assert from_json(chain.to_json()) == chain


def test_json() -> None:
    shift = CovariateShift("overlap")
    assert from_json(shift.to_json()) == shift
