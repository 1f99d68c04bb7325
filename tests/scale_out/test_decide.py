from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from imbalance_kit.scale_out._decide import Decider, fold_scores
from imbalance_kit.scale_out._hashing import uniform
from imbalance_kit.scale_out._histogram import score_histogram
from imbalance_kit.scale_out._job import Place
from imbalance_kit.shift import (
    ClassShift,
    InclusionRule,
    InclusionShift,
    LevelTerm,
    NumberTerm,
    TablePilot,
)
from imbalance_kit.shift._scaled_pilot import ScaledPilot
from tests._tables import KINDS, click_log
from tests.scale_out.test_job import job

PILOTS = tuple(
    TablePilot((NumberTerm("age", a, 0.1), LevelTerm("city", {"Ulm": b})), -4.0)
    for a, b in ((1.0, 1.0), (0.5, 2.0))
)
SHIFT = InclusionShift(PILOTS, (0, 1), {0: InclusionRule(3.0, 0.01, bits=12)})


def decided(table: Any, shift: Any = SHIFT, **options: Any) -> pd.DataFrame:
    decider = Decider(job(), shift, **options)
    kept = decider.keep(table, job().hashes(table, Place()))
    return kept if isinstance(kept, pd.DataFrame) else kept.to_pandas()


@pytest.mark.parametrize("kind", KINDS)
def test_each_row_is_decided_by_the_pilot_of_its_fold(kind: str) -> None:
    frame = click_log(4000)
    hashes = job().hashes(frame, Place())
    folds = job().folds(hashes)
    of_pilots = [SHIFT.rules[0](p.predict_proba(frame)[:, 1]) for p in PILOTS]
    pi = np.where(folds == 0, *of_pilots)
    own = np.where(frame.click == 1, 1.0, pi)
    kept = uniform(job().numbers(hashes, "draw")) < own
    found = decided(KINDS[kind](frame))
    np.testing.assert_array_equal(found.id, frame.id[kept])
    np.testing.assert_array_equal(found.inclusion_probability, own[kept])
    np.testing.assert_allclose(found.log_odds_offset, -np.log(pi[kept]))
    np.testing.assert_allclose(found.sample_weight, 1 / own[kept])


def test_models_of_other_kinds_are_asked_row_by_row_of_their_fold() -> None:
    frame = click_log(2000)
    frame["age"] = frame.age.fillna(0)
    X = frame[["price", "age"]]
    models = [LogisticRegression(C=C).fit(X, frame.click) for C in (1.0, 0.01)]
    shift = InclusionShift(
        tuple(ScaledPilot(model, (0, 1), None) for model in models), (0, 1), SHIFT.rules
    )
    folds = np.arange(2000) % 2
    expected = np.where(folds == 0, *(model.predict_proba(X)[:, 1] for model in models))
    for kind in KINDS.values():
        found = fold_scores(shift, kind(X), folds, [0])[0]
        np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_class_wise_rates_and_weights() -> None:
    frame = click_log(5000)
    found = decided(frame, ClassShift({0: 0.25, 1: 1.0}))
    assert (found.click == 1).sum() == (frame.click == 1).sum()
    n = (frame.click == 0).sum()
    # Poisson sampling: four standard deviations.
    assert abs((found.click == 0).sum() - n / 4) < 4 * np.sqrt(n * 0.25 * 0.75)
    np.testing.assert_allclose(found.log_odds_offset, np.log(4))
    weighted = decided(frame, ClassShift({0: 0.5, 1: 2.0}), by_weights=True)
    assert len(weighted) == len(frame)
    np.testing.assert_allclose(weighted.sample_weight, np.where(frame.click == 1, 2.0, 0.5))
    assert (weighted.inclusion_probability == 1).all()


def test_both_classes_may_be_thinned() -> None:
    rules = {0: InclusionRule(3.0, 0.01), 1: InclusionRule(0.5, 0.01)}
    shift = InclusionShift(PILOTS[:1], (0, 1), rules, "local_case_control")
    frame = click_log(4000)
    found = decided(frame, shift)
    p = PILOTS[0].predict_proba(found)
    pi = np.column_stack([rules[0](p[:, 1]), rules[1](p[:, 0])])
    np.testing.assert_allclose(found.log_odds_offset, np.log(pi[:, 1] / pi[:, 0]))
    np.testing.assert_allclose(
        found.inclusion_probability, np.where(found.click == 1, pi[:, 1], pi[:, 0])
    )


def test_a_looser_decider_keeps_all_that_the_other_keeps() -> None:
    frame = click_log(4000)
    hashes = job().hashes(frame, Place())
    tight = Decider(job(), SHIFT)
    loose = tight.looser(1.5)
    assert loose.covers(tight)
    assert not tight.covers(loose)
    candidates, left, histograms = loose.keep_candidates(frame, hashes)
    assert set(candidates.columns) == set(frame.columns)
    pd.testing.assert_frame_equal(tight.keep(candidates, left), tight.keep(frame, hashes))
    of_negatives = fold_scores(SHIFT, frame, job().folds(hashes), [0])[0][frame.click == 0]
    np.testing.assert_array_equal(histograms[0], score_histogram(of_negatives))
    np.testing.assert_array_equal(tight.histograms(frame, hashes)[0], histograms[0])


@pytest.mark.parametrize(("scale", "floor"), [(10.0, 0.01), (3.0, 0.02), (3.0, 1.0)])
def test_a_decider_that_keeps_more_is_not_covered(scale: float, floor: float) -> None:
    loose = Decider(job(), SHIFT).looser(1.5)
    more = InclusionShift(PILOTS, (0, 1), {0: InclusionRule(scale, floor, bits=12)})
    assert not loose.covers(Decider(job(), more))


def test_a_row_without_a_score_is_an_error() -> None:
    frame = click_log(10).assign(age=[np.inf, -np.inf] * 5)
    shift = InclusionShift(
        (TablePilot((NumberTerm("age", 1.0), NumberTerm("price", np.inf)), 0.0),),
        (0, 1),
        SHIFT.rules,
    )
    with pytest.raises(ValueError, match="no score"), np.errstate(invalid="ignore"):
        Decider(job(features=("age", "price")), shift).keep(frame, job().hashes(frame, Place()))
