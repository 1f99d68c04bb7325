"""Weights that restore a population, and the move to another base rate, by counting."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from imbalance_kit import ClassShift, ClassWeighter, RandomUnderSampler
from imbalance_kit._utils._targets import EncodedTarget, encode_target
from imbalance_kit.correction._population import (
    check_target_prior,
    represented_weights,
    towards_target_prior,
)
from imbalance_kit.correction._training_set import TrainingSet
from imbalance_kit.shift import Shift

Y = np.array(["a"] * 6 + ["b"] * 3 + ["c"])
TARGET = encode_target(Y)
W = np.arange(1.0, 11)
PLAIN = TrainingSet(None, Y)
THINNED = ClassShift.from_rates({"a": 0.1, "b": 0.5, "c": 1})


def represented(weights: Any = None, upstream: Any = None, training: TrainingSet = PLAIN) -> Any:
    return represented_weights(None, TARGET, weights, training=training, upstream=upstream)


class ByRow(Shift):
    """A factor that depends on the row: 1 / (i + 1) of the rows like row i of "a" were kept."""

    exact = True
    reference = "source"
    classes = ("a", "b", "c")

    def log_factors(self, X: Any, classes: Any) -> Any:
        logs = np.zeros((len(X), 3))
        logs[:, 0] = -np.log1p(np.arange(len(X)))
        return logs

    def _content(self) -> dict[str, Any]:
        return {}


def test_rows_stand_for_themselves() -> None:
    assert represented() is None
    assert represented(W) is W


@pytest.mark.parametrize("unit", [1, 1e9, 1e-9])
def test_rows_stand_for_those_dropped_upstream(unit: float) -> None:
    """One in ten of "a" was kept: each stands for ten. No row stands for less than itself."""
    shift = ClassShift.from_rates({"a": 0.1 * unit, "b": 0.5 * unit, "c": unit})
    want = np.repeat([10.0, 2.0, 1.0], [6, 3, 1])
    np.testing.assert_allclose(represented(None, shift), want)
    np.testing.assert_allclose(represented(W, shift), W * want)


def test_a_factor_of_the_row_counts_for_its_own_class_only() -> None:
    got = represented_weights(np.zeros(10), TARGET, None, training=PLAIN, upstream=ByRow())
    np.testing.assert_allclose(got, [1, 2, 3, 4, 5, 6, 1, 1, 1, 1])


def test_the_samplers_own_shift_is_not_of_the_rows_handed_in() -> None:
    training = TrainingSet(None, Y, shift=THINNED, sampler=RandomUnderSampler())
    assert represented(None, None, training) is None


def test_a_population_that_a_weighter_aims_at_is_wanted() -> None:
    wanted = ClassShift({"a": 1, "b": 2, "c": 3}, reference="training")
    training = TrainingSet(None, Y, W, shift=wanted, sampler=ClassWeighter(), by_weights=True)
    assert represented(None, None, training) is W
    undone = np.repeat([10.0, 2.0, 1.0], [6, 3, 1])
    np.testing.assert_allclose(represented(None, THINNED, training), W * undone)


def test_a_population_that_rows_are_drawn_towards_is_wanted_just_as_well() -> None:
    wanted = ClassShift({"a": 1, "b": 2, "c": 3}, reference="training")
    drawn = TrainingSet(None, Y, shift=wanted, sampler=SimpleNamespace(weights_=W))
    assert represented(None, None, drawn) is W
    np.testing.assert_allclose(
        represented(np.ones(10), THINNED, drawn), W * np.repeat([10.0, 2.0, 1.0], [6, 3, 1])
    )


# Base rates ---------------------------------------------------------------------------------------


def test_no_prior_no_move() -> None:
    assert towards_target_prior(None, TARGET, None) is None


def test_from_the_shares_of_the_rows_to_those_asked_for() -> None:
    prior = {"a": 0.2, "b": 0.3, "c": 0.5}
    shift = towards_target_prior(prior, TARGET, None)
    assert shift.factors == pytest.approx({"a": 0.2 / 0.6, "b": 1, "c": 5})
    weighted = towards_target_prior(prior, TARGET, W)
    totals = {"a": 21, "b": 24, "c": 10}
    assert weighted.factors == pytest.approx({k: prior[k] / (totals[k] / 55) for k in prior})


def test_a_number_is_the_share_of_the_second_class() -> None:
    two = encode_target(Y[:9])
    shift = towards_target_prior(0.1, two, None)
    assert shift.factors == pytest.approx({"a": 0.9 / (6 / 9), "b": 0.1 / (3 / 9)})
    with pytest.raises(ValueError, match="as a number needs two classes, and `y` has 3"):
        towards_target_prior(0.1, TARGET, None)


def test_a_number_for_a_class_whose_name_comes_first_is_asked_about() -> None:
    """Frauds are rare, "ok" sorts behind "fraud", and 1 % of "ok" is hardly what was meant."""
    names = encode_target(np.array(["fraud"] + ["ok"] * 99))
    said = r"=0\.02 is the share of 'ok'.*meant for 'fraud'\? Hint: .*{'fraud': 0\.02, 'ok': 0\.98}"
    with pytest.warns(UserWarning, match=said):
        towards_target_prior(0.02, names, None)
    towards_target_prior({"fraud": 0.98, "ok": 0.02}, names, None)
    towards_target_prior(0.98, names, None)
    towards_target_prior(0.02, encode_target(np.array([0] + [1] * 99)), None)  # 1 is the positive


def test_a_class_that_does_not_occur_has_no_base_rate() -> None:
    target = EncodedTarget(np.array(["a", "b", "d"]), np.array([0, 0, 1]))
    with pytest.raises(
        ValueError, match="needs the base rate to start from, and no row of class 'd'"
    ):
        towards_target_prior({"a": 0.2, "b": 0.3, "d": 0.5}, target, None)


@pytest.mark.parametrize("prior", [None, 0.1, np.float32(0.5), {"a": 1}])
def test_priors_that_may_be(prior: Any) -> None:
    check_target_prior(prior)


@pytest.mark.parametrize("prior", [0, 1, 1.5, -0.1, np.nan, "x", True, [0.5, 0.5]])
def test_priors_that_may_not_be(prior: Any) -> None:
    with pytest.raises(ValueError, match=r"must be a share in \(0, 1\) or {label: share}, got"):
        check_target_prior(prior)
