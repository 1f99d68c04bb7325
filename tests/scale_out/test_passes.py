from typing import Any

import numpy as np
import pytest

from imbalance_kit import (
    ClassWeighter,
    NonuniformNegativeSampler,
    RandomOverSampler,
    RandomUnderSampler,
    Ratios,
)
from imbalance_kit.scale_out._histogram import add_histograms
from imbalance_kit.scale_out._job import Place
from imbalance_kit.scale_out._passes import (
    check_sampler,
    decide_by_class,
    first_guess,
    needs_scores,
    solve,
)
from imbalance_kit.scale_out._tally import Tally, tally
from tests._tables import click_log
from tests.scale_out.test_job import job

COUNTED = Tally({0: 10_000, 1: 100}, {})


def test_only_what_works_in_pieces_is_taken() -> None:
    for sampler in (NonuniformNegativeSampler(), RandomUnderSampler(), ClassWeighter()):
        check_sampler(sampler)
    wrong: list[tuple[Any, str]] = [
        (RandomOverSampler(), "others need all rows at once"),
        (None, "others need all rows at once"),
        (NonuniformNegativeSampler, "a class. Hint: call it"),
    ]
    wrong += [
        (cls(sampling_strategy=lambda y: {0: 2 * np.sum(y)}), "is a callable, .* Hint: Ratios")
        for cls in (NonuniformNegativeSampler, RandomUnderSampler, ClassWeighter)
    ]
    for sampler, message in wrong:
        with pytest.raises(TypeError, match=message):
            check_sampler(sampler)
    with pytest.raises(ValueError, match="replacement=True is not carried out"):
        check_sampler(RandomUnderSampler(replacement=True))


def test_scores_are_needed_for_row_dependent_sampling_alone() -> None:
    assert needs_scores(NonuniformNegativeSampler())
    assert not needs_scores(NonuniformNegativeSampler(criterion="uniform"))
    assert not needs_scores(RandomUnderSampler())


def test_decisions_by_class() -> None:
    sampler = RandomUnderSampler(sampling_strategy=Ratios({0: 0.02}, of="own"))
    decider = decide_by_class(sampler, COUNTED, job())
    assert decider.shift == sampler.shift_
    assert decider.shift.factors == {0: 0.02, 1: 1.0}
    assert not decider.by_weights
    assert decide_by_class(ClassWeighter(), COUNTED, job()).by_weights
    even = decide_by_class(NonuniformNegativeSampler(criterion="uniform"), COUNTED, job())
    factors = np.exp(even.shift.log_factors(None, [0, 1]))
    np.testing.assert_allclose(factors, [[0.03, 1.0]], rtol=2**-13)  # rounded to twelve bits


def test_one_class_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"'click' holds \[0\] alone: expected two classes"):
        decide_by_class(RandomUnderSampler(), Tally({0: 5}, {}), job())


def test_the_budget_is_met_and_the_guess_was_near() -> None:
    frame = click_log(60_000)
    setting = job(pilot_size=2000)
    whole = tally(frame, Place(), job=setting, with_sample=True)
    sampler = NonuniformNegativeSampler()
    guess = first_guess(sampler, whole, setting)
    hashes = setting.hashes(frame, Place())
    decider = solve(sampler, guess, whole, add_histograms([guess.histograms(frame, hashes)]))
    kept = decider.keep(frame, hashes)
    wanted = 3 * int(frame.click.sum())
    assert sampler.sampling_strategy_[0] == pytest.approx(wanted, rel=0.01)
    pi = kept.inclusion_probability[kept.click == 0]
    # The realised number has variance Σ π (1 - π) over all rows: at most the expected number.
    assert abs(len(pi) - wanted) < 0.01 * wanted + 4 * np.sqrt(wanted)
    assert guess.looser(1.5).covers(decider)


def test_a_key_that_repeats_is_told() -> None:
    frame = click_log(3000)
    frame["id"] //= 3
    whole = tally(frame, Place(), job=job(), with_sample=True)
    with pytest.warns(UserWarning, match="The key id repeats .* That is cluster sampling"):
        first_guess(NonuniformNegativeSampler(), whole, job())
