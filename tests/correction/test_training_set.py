"""Carrying out: the right rows, weights, indices and shift for every kind of sampler."""

from typing import Any, Self

import imblearn.combine as combine
import imblearn.over_sampling as over
import imblearn.under_sampling as under
import numpy as np
import pandas as pd
import pytest
from imblearn import FunctionSampler
from sklearn.base import BaseEstimator

from imbalance_kit import (
    ClassShift,
    ClassWeighter,
    RandomOverSampler,
    RandomUnderSampler,
)
from imbalance_kit.correction._training_set import TrainingSet, carry_out

RNG = np.random.default_rng(0)
Y = RNG.permutation(np.repeat(["a", "b"], [90, 30]))
X = np.c_[np.arange(120.0), RNG.standard_normal((120, 2)) + (Y == "b")[:, None]]
W = RNG.uniform(0.5, 2, size=120)


def carry(sampler: Any, weights: Any = None, *, how: str = "auto", **options: Any) -> TrainingSet:
    return carry_out(sampler, X, Y, weights, how=how, options=options)


def factors(training: TrainingSet) -> dict[Any, float]:
    assert isinstance(training.shift, ClassShift)
    return dict(training.shift.factors)


# By rows ------------------------------------------------------------------------------------------


def test_no_sampler_hands_on_what_came_in() -> None:
    training = carry(None, W)
    assert training.X is X
    assert training.y is Y
    assert training.weights is W
    assert training.shift is None
    assert training.known
    assert not training.repeats_rows


SAMPLERS = [
    (RandomUnderSampler(random_state=0), True, {"a": 1 / 3, "b": 1}),
    (RandomOverSampler(random_state=0), True, {"a": 1, "b": 3}),
    (RandomOverSampler(random_state=0, shrinkage=0.1), False, {"a": 1, "b": 3}),
    (under.RandomUnderSampler(random_state=0), True, {"a": 1 / 3, "b": 1}),
    (over.RandomOverSampler(random_state=0), True, {"a": 1, "b": 3}),
    (over.SMOTE(random_state=0), False, {"a": 1, "b": 3}),
]


@pytest.mark.parametrize(("sampler", "exact", "expected"), SAMPLERS)
def test_shift_is_rows_after_over_rows_before(
    sampler: Any, exact: bool, expected: dict[str, float]
) -> None:
    training = carry(sampler)
    assert factors(training) == pytest.approx(expected)
    assert training.shift.exact is exact
    assert training.known
    assert training.weights is None
    if training.indices is not None:
        np.testing.assert_array_equal(training.y, Y[training.indices])
        if not training.sampler.__dict__.get("shrinkage"):
            np.testing.assert_array_equal(training.X, X[training.indices])


@pytest.mark.parametrize(
    "sampler",
    [
        RandomUnderSampler(random_state=0),
        RandomOverSampler(random_state=0),
        under.RandomUnderSampler(random_state=0),
        over.RandomOverSampler(random_state=0),
    ],
)
@pytest.mark.parametrize("weights", [None, W])
def test_source_weights_restore_the_input(sampler: Any, weights: Any) -> None:
    """Totals per class are those of the input, and within a class they follow the weights."""
    training = carry(sampler, weights)
    given = np.ones(120) if weights is None else weights
    for label in "ab":
        rows = training.y == label
        assert training.source_weight[rows].sum() == pytest.approx(given[label == Y].sum())
        ratio = training.source_weight[rows] / given[training.indices[rows]]
        np.testing.assert_allclose(ratio, ratio[0])


@pytest.mark.parametrize("module", ["ours", "imblearn"])
def test_weights_follow_the_rows(module: str) -> None:
    samplers = {"ours": RandomUnderSampler, "imblearn": under.RandomUnderSampler}
    training = carry(samplers[module](random_state=0), W)
    np.testing.assert_array_equal(training.weights, W[training.indices])
    after = [training.weights[training.y == label].sum() for label in "ab"]
    before = [W[label == Y].sum() for label in "ab"]
    assert list(factors(training).values()) == pytest.approx(np.divide(after, before))


def test_a_draw_that_uses_the_weights_up_leaves_none() -> None:
    training = carry(ClassWeighter(random_state=0), W, how="rows")
    assert training.weights is None
    assert not training.by_weights


@pytest.mark.parametrize(
    "sampler",
    [
        combine.SMOTETomek(random_state=0),
        combine.SMOTEENN(random_state=0),
        under.NearMiss(),
        under.TomekLinks(),
        FunctionSampler(),
    ],
)
def test_an_unknown_change_is_not_taken_for_none(sampler: Any) -> None:
    training = carry(sampler)
    assert training.shift is None
    assert not training.known
    assert training.source_weight is None


@pytest.mark.parametrize(
    ("sampler", "repeats"),
    [
        (None, False),
        (RandomUnderSampler(random_state=0), False),
        (RandomUnderSampler(random_state=0, replacement=True), True),
        (RandomOverSampler(random_state=0), True),
        (RandomOverSampler(random_state=0, shrinkage=0.1), True),
        (ClassWeighter(), False),
        (under.RandomUnderSampler(random_state=0), False),
        (under.TomekLinks(), False),
        (over.RandomOverSampler(random_state=0), True),
        (over.SMOTE(random_state=0), True),
        (combine.SMOTETomek(random_state=0), True),
    ],
)
def test_copies_are_noticed(sampler: Any, repeats: bool) -> None:
    assert carry(sampler).repeats_rows is repeats


def test_the_samplers_own_instance_is_left_alone() -> None:
    sampler = RandomUnderSampler(random_state=0)
    carry(sampler)
    assert not hasattr(sampler, "shift_")


def test_containers_pass_through() -> None:
    frame = pd.DataFrame(X, columns=["id", "u", "v"])
    training = carry_out(RandomUnderSampler(), frame, Y, None, how="auto", options={})
    assert isinstance(training.X, pd.DataFrame)


# By weights ---------------------------------------------------------------------------------------


class Cleaner(BaseEstimator):
    """A sampler that can weight, and whose change is not known."""

    shift_ = None

    def fit_resample(self, X: Any, y: Any) -> Any:
        raise AssertionError

    def fit_weights(self, X: Any, y: Any) -> Any:
        return np.ones(len(y))


class OnlyWeights(BaseEstimator):
    """A weighter without a tag, a record or rows."""

    def fit_weights(self, X: Any, y: Any, *, target: Any = None) -> Any:
        self.target_ = target
        return np.ones(len(y))


@pytest.mark.parametrize(
    ("sampler", "how", "by_weights"),
    [
        (ClassWeighter(), "auto", True),
        (ClassWeighter(), "weights", True),
        (ClassWeighter(), "rows", False),
        (RandomUnderSampler(), "auto", False),
        (RandomUnderSampler(), "rows", False),
        (RandomUnderSampler(), "weights", True),
        (over.SMOTE(), "auto", False),
        (OnlyWeights(), "auto", True),
        (Cleaner(), "weights", True),
    ],
)
def test_rows_or_weights(sampler: Any, how: str, by_weights: bool) -> None:
    training = carry(sampler, how=how)
    assert training.by_weights is by_weights
    if by_weights:
        assert training.X is X
        assert training.y is Y


def test_weights_make_no_row_so_that_smoothing_is_exact() -> None:
    training = carry(RandomOverSampler(shrinkage=1.0), how="weights")
    assert training.shift == ClassShift({"a": 1.0, "b": 3.0}, exact=True)
    np.testing.assert_allclose(training.weights, np.where(Y == "b", 3, 1))


def test_given_weights_are_multiplied() -> None:
    training = carry(RandomOverSampler(), W, how="weights")
    ratio = W[Y == "a"].sum() / W[Y == "b"].sum()
    np.testing.assert_allclose(training.weights, W * np.where(Y == "b", ratio, 1))


@pytest.mark.parametrize("sampler", [Cleaner(), OnlyWeights()])
def test_weights_of_an_unknown_change_are_not_known(sampler: Any) -> None:
    assert not carry(sampler, how="weights").known


def test_options_reach_the_weighter() -> None:
    assert carry(OnlyWeights(), target="population").sampler.target_ == "population"


# Errors -------------------------------------------------------------------------------------------


class Vanish(under.RandomUnderSampler):
    def fit_resample(self, X: Any, y: Any) -> Any:
        return X[y == "a"], y[y == "a"]


class Invent(BaseEstimator):
    def fit_resample(self, X: Any, y: Any) -> Any:
        return X, np.where(y == "a", "c", y)


class Unclonable:
    def fit_resample(self, X: Any, y: Any) -> Self:
        raise AssertionError


@pytest.mark.parametrize(
    ("sampler", "how", "error", "message"),
    [
        ("smote", "auto", TypeError, "must have fit_resample or fit_weights, got 'smote'. Hint"),
        (over.SMOTE, "auto", TypeError, r"must be an instance, got the class. Hint: SMOTE\(\)"),
        (over.SMOTE(), "weights", ValueError, "fit_weights, and SMOTE has none.*'rows'"),
        (OnlyWeights(), "rows", ValueError, "with fit_resample; OnlyWeights has none"),
        (Vanish(), "auto", ValueError, "Vanish left no row of class 'b'"),
        (Invent(), "auto", ValueError, r"Invent made rows of the classes \['c'\]: expected none"),
    ],
)
def test_errors(sampler: Any, how: str, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        carry(sampler, how=how)


def test_weights_that_cannot_follow() -> None:
    with pytest.raises(ValueError, match=r"SMOTE does not tell which rows it took.*Hint"):
        carry(over.SMOTE(), W)


def test_a_target_is_not_for_a_sampler() -> None:
    assert carry(None, target=X).X is X
    with pytest.raises(ValueError, match="`target` was given, but RandomUnderSampler takes none"):
        carry(RandomUnderSampler(), target=X)
