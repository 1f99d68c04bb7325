"""Broken samplers, weighters, classifiers and shifts, each beside the law that must catch it."""

import pickle
import random
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import imbalance_kit.testing as laws
from imbalance_kit import ClassShift, ClassWeighter
from imbalance_kit.testing import yield_laws
from tests.testing._honest import (
    HonestClassifier,
    HonestInterpolator,
    HonestPoisson,
    HonestSampler,
    honest_classifier,
    take,
)

# A broken law is an AssertionError; some mutants stop with an error of numpy, pickle or clone.
RED = (AssertionError, ValueError, AttributeError, RuntimeError, pickle.PicklingError)

MUTANTS: list[tuple[Callable[[], Any], Callable[[Any], None]]] = []


def caught_by(law: Callable[[Any], None]) -> Callable[[type], type]:
    """Note which law a broken class breaks."""

    def note(cls: type) -> type:
        MUTANTS.append((cls, law))
        return cls

    return note


def cases_of(module: ModuleType) -> list[Any]:
    """Return the mutants that the laws of a module must catch, as pytest parameters."""
    cases = [
        pytest.param(mutant, law, id=f"{mutant.__name__}-{law.__name__}")
        for mutant, law in MUTANTS
        if law.__module__ == module.__name__
    ]
    assert cases, f"no mutant for {module.__name__}"
    return cases


def assert_turns_red(mutant: Callable[[], Any], law: Callable[[Any], None]) -> None:
    """Assert that the law applies to the mutant, and that it is broken."""
    if issubclass(mutant, HonestClassifier):  # type: ignore[arg-type]
        subject = honest_classifier(mutant)  # type: ignore[arg-type]
    elif issubclass(mutant, ClassShift):  # type: ignore[arg-type]
        subject = mutant({0: 0.2, 1: 1.0, 2: 3.0})  # type: ignore[call-arg]
    else:
        subject = mutant()
    assert law in list(yield_laws(subject)), "the mutant has escaped: the law does not apply"
    with pytest.raises(RED):
        law(subject)


# Shifts -------------------------------------------------------------------------------------------


@caught_by(laws.check_undo_reverses_apply)
class AppliesTwice(ClassShift):
    def undo(self, proba: Any, X: Any = None) -> Any:
        return self.apply(proba, X)


@caught_by(laws.check_undo_reverses_apply)
class UndoesOutsideLogarithms(ClassShift):
    def undo(self, proba: Any, X: Any = None) -> Any:
        odds = np.clip(proba, 1e-9, 1) / np.exp(self.log_factors(X, self.classes))
        return odds / odds.sum(axis=1, keepdims=True)


@caught_by(laws.check_then_undoes_both)
class ForgetsTheOther(ClassShift):
    def then(self, other: Any) -> Any:
        return self


@caught_by(laws.check_then_undoes_both)
class AlwaysExact(ClassShift):
    def __init__(self, factors: Any) -> None:
        super().__init__(factors, exact=False)

    def then(self, other: Any) -> Any:
        return ClassShift(self.factors).then(other)


@caught_by(laws.check_columns_follow_classes)
class GoesByPosition(ClassShift):
    def log_factors(self, X: Any, classes: Any) -> Any:
        return np.log([list(self.factors.values())])


@caught_by(laws.check_clone_and_pickle)
class ComparesByIdentity(ClassShift):
    __eq__ = object.__eq__
    __hash__ = object.__hash__


# Labels -------------------------------------------------------------------------------------------


@caught_by(laws.check_label_swap_swaps_the_result)
class FavoursLabelOne(HonestSampler):
    def _rates(self, labels: Any, weights: Any) -> Any:
        return {
            k: rate * (0.8 if k == 1 else 1) for k, rate in super()._rates(labels, weights).items()
        }


@caught_by(laws.check_label_swap_swaps_the_result)
class TakesTheFirstForTheCommonest(HonestSampler):
    def _rates(self, labels: Any, weights: Any) -> Any:
        rates = dict.fromkeys(np.unique(labels).tolist(), 1.0)
        return rates | {next(iter(rates)): 0.5}


@caught_by(laws.check_label_swap_swaps_the_result)
class NamesColumnsByFirstAppearance(HonestClassifier):
    def fit(self, X: Any, y: Any, *, sample_weight: Any = None) -> Any:
        super().fit(X, y, sample_weight=sample_weight)
        self.classes_ = np.array(list(dict.fromkeys(np.asarray(y).tolist())))
        return self


# Rows ---------------------------------------------------------------------------------------------


@caught_by(laws.check_two_values_are_returned)
class ReturnsThreeValues(HonestSampler):
    def _output(self, X: Any, y: Any, rows: Any) -> Any:
        return take(X, rows), take(y, rows), self.sample_weight_


@caught_by(laws.check_two_values_are_returned)
class ReturnsMoreLabelsThanRows(HonestSampler):
    def _output(self, X: Any, y: Any, rows: Any) -> Any:
        return take(X, rows), y


@caught_by(laws.check_sample_indices_give_the_output)
class ShufflesRowsAndNotIndices(HonestSampler):
    def _output(self, X: Any, y: Any, rows: Any) -> Any:
        rows = np.random.default_rng(0).permutation(rows)
        return take(X, rows), take(y, rows)


@caught_by(laws.check_sample_indices_give_the_output)
class TakesLabelsOfOtherRows(HonestSampler):
    def _output(self, X: Any, y: Any, rows: Any) -> Any:
        return take(X, rows), take(y, rows[::-1])


@caught_by(laws.check_sample_indices_give_the_output)
class GivesArraysForFrames(HonestSampler):
    def _output(self, X: Any, y: Any, rows: Any) -> Any:
        return (X.to_numpy()[rows] if hasattr(X, "to_numpy") else take(X, rows)), take(y, rows)


@caught_by(laws.check_sample_indices_give_the_output)
class RoundsSparseRows(HonestSampler):
    def _output(self, X: Any, y: Any, rows: Any) -> Any:
        rounded = X.astype(np.float32) if sparse.issparse(X) else X
        return take(rounded, rows), take(y, rows)


@caught_by(laws.check_rows_per_class_are_as_asked)
class KeepsOneRowTooMany(HonestSampler):
    def _draw(self, members: Any, size: int, label: Any) -> Any:
        return super()._draw(members, min(size + 1, len(members)), label)


@caught_by(laws.check_rows_per_class_are_as_asked)
class KeepsFewerThanItSays(HonestPoisson):
    def _of(self, rate: float) -> float:
        return rate**3


@caught_by(laws.check_rows_per_class_are_as_asked)
class DrawsClassesEqually(ClassWeighter):
    def fit_resample(self, X: Any, y: Any, *, sample_weight: Any = None) -> Any:
        super().fit_resample(X, y, sample_weight=sample_weight)
        self.sample_indices_ = np.arange(len(y))
        return X.copy(), y.copy()


@caught_by(laws.check_synthetic_rows_lie_between_their_parents)
class RecordsTheWayBack(HonestInterpolator):
    def _recorded(self, steps: Any) -> Any:
        return 1 - steps


@caught_by(laws.check_synthetic_rows_lie_between_their_parents)
class StepsBeyondTheNeighbor(HonestInterpolator):
    def _steps(self, n: int) -> Any:
        return np.linspace(0.1, 1.1, n)


@caught_by(laws.check_synthetic_rows_lie_between_their_parents)
class GivesRealRowsANeighbor(HonestInterpolator):
    def _none(self) -> int:
        return 0


@caught_by(laws.check_shift_is_what_was_done)
class TurnsTheShiftAround(HonestSampler):
    def _shift(self, before: Any, after: Any) -> Any:
        return ClassShift.from_counts(after, before)


@caught_by(laws.check_shift_is_what_was_done)
class CountsRowsNotWeight(HonestSampler):
    def fit_resample(self, X: Any, y: Any, *, sample_weight: Any = None) -> Any:
        out = super().fit_resample(X, y, sample_weight=sample_weight)
        labels, counts = np.unique(np.asarray(y), return_counts=True)
        kept = dict(zip(*(a.tolist() for a in np.unique(out[1], return_counts=True)), strict=True))
        self.shift_ = self._shift(dict(zip(labels.tolist(), counts.tolist(), strict=True)), kept)
        return out


# Weights ------------------------------------------------------------------------------------------


@caught_by(laws.check_sample_weight_restores_the_input)
class MultipliesInsteadOfDividing(HonestSampler):
    def _sample_weight(self, labels: Any) -> Any:
        factors = self.shift_.factors
        return self.carried_weight_ * np.array([factors[label] for label in labels.tolist()])


@caught_by(laws.check_sample_weight_restores_the_input)
class ForgetsTheInclusionProbability(HonestPoisson):
    def _undone(self, carried: Any, pi: Any) -> Any:
        return carried


@caught_by(laws.check_carried_weight_is_the_input_weight)
class ForgetsWeights(HonestSampler):
    def _carried(self, weights: Any, rows: Any) -> Any:
        return np.ones(len(rows))


@caught_by(laws.check_carried_weight_is_the_input_weight)
class CarriesWeightsOfTheFirstRows(HonestSampler):
    def _carried(self, weights: Any, rows: Any) -> Any:
        return weights[: len(rows)]


@caught_by(laws.check_carried_weight_is_the_input_weight)
class UsesWeightsTwice(ClassWeighter):
    def fit_resample(self, X: Any, y: Any, *, sample_weight: Any = None) -> Any:
        out = super().fit_resample(X, y, sample_weight=sample_weight)
        if sample_weight is not None:
            self.carried_weight_ = np.asarray(sample_weight)[self.sample_indices_]
        return out


@caught_by(laws.check_weight_is_repetition)
class WeighsNothing(HonestSampler):
    def fit_weights(self, X: Any, y: Any, *, sample_weight: Any = None) -> Any:
        return super().fit_weights(X, y)


@caught_by(laws.check_weight_is_repetition)
class RatesByRows(HonestSampler):
    def _rates(self, labels: Any, weights: Any) -> Any:
        return super()._rates(labels, np.ones(len(labels)))


@caught_by(laws.check_weight_is_repetition)
class TrainsWithoutWeights(HonestClassifier):
    def fit(self, X: Any, y: Any, *, sample_weight: Any = None) -> Any:
        return super().fit(X, y)


@caught_by(laws.check_weight_is_repetition_in_draws)
class DrawsByWeightAndCarriesItToo(HonestSampler):
    def fit_resample(self, X: Any, y: Any, *, sample_weight: Any = None) -> Any:
        self._given = sample_weight
        return super().fit_resample(X, y, sample_weight=sample_weight)

    def _draw(self, members: Any, size: int, label: Any) -> Any:
        given = np.ones(members.max() + 1) if self._given is None else self._given
        share = given[members] / given[members].sum()
        return self._stream(label).choice(members, size=size, replace=True, p=share)


@caught_by(laws.check_weights_are_expected_copies)
class WeighsByAnotherRate(HonestPoisson):
    def fit_weights(self, X: Any, y: Any, *, sample_weight: Any = None) -> Any:
        return super().fit_weights(X, y, sample_weight=sample_weight) ** 0.9


@caught_by(laws.check_weights_are_expected_copies)
class PrefersTheFirstRows(HonestSampler):
    def _draw(self, members: Any, size: int, label: Any) -> Any:
        share = np.linspace(2, 1, len(members))
        return self._stream(label).choice(members, size=size, replace=False, p=share / share.sum())


@caught_by(laws.check_weights_are_expected_copies)
class ScalesWeightsToTheInput(HonestSampler):
    def fit_weights(self, X: Any, y: Any, *, sample_weight: Any = None) -> Any:
        weights = super().fit_weights(X, y, sample_weight=sample_weight)
        return weights * len(weights) / weights.sum()


# Chance -------------------------------------------------------------------------------------------


@caught_by(laws.check_random_state_fixes_the_result)
class IgnoresRandomState(HonestSampler):
    def _seed(self) -> int:
        return np.random.SeedSequence().entropy  # type: ignore[return-value]


@caught_by(laws.check_random_state_fixes_the_result)
class AlwaysDrawsTheSame(HonestSampler):
    def _seed(self) -> int:
        return 0


@caught_by(laws.check_random_state_fixes_the_result)
class GoesOnDrawing(HonestSampler):
    def _stream(self, label: Any) -> Any:
        self._count = getattr(self, "_count", 0) + 1
        return np.random.default_rng([self._seed(), self._count])


@caught_by(laws.check_class_draw_ignores_the_others)
class SharesOneStream(HonestSampler):
    def fit_resample(self, X: Any, y: Any, *, sample_weight: Any = None) -> Any:
        self._one = np.random.default_rng(self._seed())
        return super().fit_resample(X, y, sample_weight=sample_weight)

    def _stream(self, label: Any) -> Any:
        return self._one


@caught_by(laws.check_class_draw_ignores_the_others)
class NumbersStreamsByOrder(HonestSampler):
    def _rates(self, labels: Any, weights: Any) -> Any:
        self._order = np.unique(labels).tolist()
        return super()._rates(labels, weights)

    def _stream(self, label: Any) -> Any:
        return np.random.default_rng([self._seed(), self._order.index(label)])


@caught_by(laws.check_class_draw_ignores_the_others)
class TossesInTheOrderOfTheRows(HonestPoisson):
    def _tosses(self, labels: Any, common: Any) -> Any:
        return np.random.default_rng(self.random_state).random(len(labels))[labels == common]


@caught_by(laws.check_class_draw_ignores_the_others)
class TossesByTheNumberOfOthers(HonestPoisson):
    def _tosses(self, labels: Any, common: Any) -> Any:
        others = labels[labels != common]
        stream = np.random.default_rng([self.random_state, abs(int(others.sum()))])
        return stream.random(np.count_nonzero(labels == common))


@caught_by(laws.check_classes_have_their_own_streams)
class StartsTheSameStreamForEveryClass(HonestSampler):
    def _stream(self, label: Any) -> Any:
        return np.random.default_rng(self._seed())


@caught_by(laws.check_global_random_state_is_untouched)
class SeedsTheGlobalState(HonestSampler):
    def _stream(self, label: Any) -> Any:
        np.random.seed(self._seed() % 1000)  # noqa: NPY002
        return super()._stream(label)


@caught_by(laws.check_global_random_state_is_untouched)
class ReadsTheGlobalState(HonestSampler):
    def _stream(self, label: Any) -> Any:
        state = np.random.get_state()[1]  # noqa: NPY002
        return np.random.default_rng([self._seed(), int(state[0])])


@caught_by(laws.check_global_random_state_is_untouched)
class MovesTheStandardLibrary(HonestSampler):
    def _stream(self, label: Any) -> Any:
        random.random()
        return super()._stream(label)


@caught_by(laws.check_global_random_state_is_untouched)
class FallsBackOnTheGlobalState(HonestSampler):
    def _seed(self) -> int:
        drawn = np.random.randint(1000) if self.random_state is None else self.random_state  # noqa: NPY002
        return int(drawn)


# Results ------------------------------------------------------------------------------------------


@caught_by(laws.check_corrected_mean_is_the_base_rate)
class SaysTheWrongShift(TurnsTheShiftAround):
    pass


@caught_by(laws.check_corrected_mean_is_the_base_rate)
class UndoesNothing(HonestClassifier):
    def predict_proba(self, X: Any) -> Any:
        return self.estimator_.predict_proba(X)


@caught_by(laws.check_corrected_mean_is_the_base_rate)
class UndoesFourFifths(HonestClassifier):
    def predict_proba(self, X: Any) -> Any:
        part = ClassShift({k: a**0.8 for k, a in self.shift_.factors.items()})
        return part.undo(self.estimator_.predict_proba(X))


@caught_by(laws.check_corrected_loss_is_that_of_all_rows)
class PredictsTheBaseRateForAll(HonestClassifier):
    def predict_proba(self, X: Any) -> Any:
        proba = super().predict_proba(X)
        return np.tile(proba.mean(axis=0), (len(proba), 1))


@caught_by(laws.check_corrected_loss_is_that_of_all_rows)
class ThrowsMostRowsAway(HonestSampler):
    def _draw(self, members: Any, size: int, label: Any) -> Any:
        return super()._draw(members, max(1, size // 20), label)


# Manners ------------------------------------------------------------------------------------------


@caught_by(laws.check_input_is_not_modified)
class CentresInPlace(HonestSampler):
    def _output(self, X: Any, y: Any, rows: Any) -> Any:
        if isinstance(X, pd.DataFrame):
            X -= X.mean()
        return super()._output(X, y, rows)


@caught_by(laws.check_input_is_not_modified)
class ScalesWeightsInPlace(HonestSampler):
    def _weights(self, labels: Any, sample_weight: Any) -> Any:
        weights = super()._weights(labels, sample_weight)
        weights /= weights.mean()
        return weights


@caught_by(laws.check_input_is_not_modified)
class HandsBackTheInput(HonestSampler):
    def fit_weights(self, X: Any, y: Any, *, sample_weight: Any = None) -> Any:
        return np.ones(len(y)) if sample_weight is None else sample_weight


@caught_by(laws.check_input_is_not_modified)
class SortsRowsWhenPredicting(HonestClassifier):
    def predict(self, X: Any) -> Any:
        if isinstance(X, list):
            X.sort()
        return super().predict(X)


@caught_by(laws.check_clone_and_pickle)
class ReplacesItsParameter(HonestSampler):
    def _weights(self, labels: Any, sample_weight: Any) -> Any:
        self.sampling_strategy = {"resolved": self.sampling_strategy}
        return super()._weights(labels, sample_weight)


@caught_by(laws.check_clone_and_pickle)
class ChangesItsParameterWhenBuilt(HonestSampler):
    def __init__(self, sampling_strategy: Any = "auto", random_state: Any = None) -> None:
        super().__init__([sampling_strategy], random_state)


@caught_by(laws.check_clone_and_pickle)
class KeepsALambda(HonestSampler):
    def _weights(self, labels: Any, sample_weight: Any) -> Any:
        self.rule_ = lambda x: x
        return super()._weights(labels, sample_weight)


@caught_by(laws.check_clone_and_pickle)
class ForgetsWhenPickled(HonestClassifier):
    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update({k: v for k, v in state.items() if k != "shift_"})
        if "shift_" in state:
            self.shift_ = ClassShift(dict.fromkeys(state["shift_"].classes, 1.0))
