"""The comparison and the scorers on small, odd and rare data."""

import json
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression, LogisticRegression

from imbalance_kit import (
    CalibrationWeighter,
    ClassWeighter,
    PropensityWeighter,
    RandomUnderSampler,
    WeightedRegressor,
    compare_strategies,
    make_balance_scorer,
    make_population_scorer,
)
from tests.properties._checks import assert_same, snapshot
from tests.properties._outcome import Refusal, attempt, examples
from tests.properties._strategies import PLAIN, Data, data
from tests.properties.test_weighters import populations

SIZES = st.one_of(st.integers(12, 40), st.sampled_from([0, 1, 2, 5]))


def _rows(chance: st.DataObject) -> Data:
    rows: Data = chance.draw(data(sizes=SIZES, kinds=PLAIN, missing=False), label="data")
    return rows


@given(chance=st.data())
@examples(6)
def test_compare_strategies(chance: st.DataObject) -> None:
    """A class may be missing in a fold, rows may weigh nothing: figures or words."""
    rows = _rows(chance)
    strategies = {"under": RandomUnderSampler(random_state=0), "weights": ClassWeighter()}
    before = [snapshot(thing) for thing in (rows.X, rows.y, rows.weight)]
    report = attempt(
        lambda: compare_strategies(
            LogisticRegression(),
            strategies,
            rows.X,
            rows.y,
            cv=chance.draw(st.sampled_from([2, 3])),
            sample_weight=rows.weight,
            random_state=0,
        )
    )
    for thing, copy in zip((rows.X, rows.y, rows.weight), before, strict=True):
        assert_same(thing, copy)
    if isinstance(report, Refusal):
        return
    assert {result.name for result in report.results} >= {"nothing", "under", "weights"}
    for result in report.results:
        assert np.isfinite(result.predictions.proba).all()
        for estimate in result.scores.values():
            assert not np.isinf([estimate.mean, estimate.standard_error]).any()
    json.dumps(report.to_dict())
    assert repr(report)
    assert len(report.to_frame())


@given(chance=st.data())
@examples(15)
def test_balance_scorer(chance: st.DataObject) -> None:
    """A score is a finite number, at most 0, or minus infinity past the design effect allowed."""
    rows = _rows(chance)
    target = chance.draw(populations(rows), label="target")
    weighter = chance.draw(
        st.sampled_from([CalibrationWeighter("raking"), PropensityWeighter(LogisticRegression())])
    )
    fitted = attempt(lambda: weighter.fit(rows.X, target=target, sample_weight=rows.weight))
    limit = chance.draw(st.sampled_from([None, 1.0, 100.0]))
    score = attempt(lambda: make_balance_scorer(target, max_design_effect=limit)(weighter, rows.X))
    if not isinstance(fitted, Refusal) and not isinstance(score, Refusal):
        assert score <= 0
        assert not np.isnan(score)


@given(chance=st.data())
@examples(15)
def test_population_scorer(chance: st.DataObject) -> None:
    """The score under the weights of held-out rows is a number; an unknown metric is refused."""
    rows = _rows(chance)
    target = chance.draw(populations(rows), label="target")
    name: Any = chance.draw(
        st.sampled_from(["neg_mean_absolute_error", "neg_mean_squared_error", "r3", 7])
    )
    scorer = attempt(lambda: make_population_scorer(name))
    model = WeightedRegressor(LinearRegression(), CalibrationWeighter("raking"))
    outcome = np.arange(len(rows.labels), dtype=float)
    fitted = attempt(lambda: model.fit(rows.X, outcome, target=target, sample_weight=rows.weight))
    found = attempt(lambda: scorer(model, rows.X, outcome))
    if name in ("r3", 7) or isinstance(fitted, Refusal):
        assert isinstance(found, Refusal)
    elif not isinstance(found, Refusal):
        assert not np.isnan(found)
