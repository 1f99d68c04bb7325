import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from imbalance_kit import ClassWeighter, NonuniformNegativeSampler, RandomUnderSampler, Ratios
from imbalance_kit.shift import InclusionShift, TablePilot
from imbalance_kit.under_sampling._at_scale import train_pilots
from tests._tables import click_log

FEATURES = ["price", "age", "mobile"]
TOTALS = {0: 1_000_000, 1: 4000}


def pieces(n: int = 4000) -> tuple:  # type: ignore[type-arg]
    frame = click_log(n)
    return frame[FEATURES], frame.click.to_numpy(), np.arange(n) % 2


def test_pilots_speak_of_the_population() -> None:
    X, y, folds = pieces()
    pilots = train_pilots(None, X, y, folds, TOTALS, 0)
    assert len(pilots) == 2
    assert all(isinstance(pilot, TablePilot) for pilot in pilots)
    # A logistic regression's mean prediction on its own rows is their base rate; shifted to the
    # population the odds are those of the totals, on average over the weights of the rows.
    weights = np.where(y == 1, TOTALS[1] / (y == 1).sum(), TOTALS[0] / (y == 0).sum())
    for pilot in pilots:
        mean = np.average(pilot.predict_proba(X)[:, 1], weights=weights)
        assert mean == pytest.approx(TOTALS[1] / sum(TOTALS.values()), rel=0.15)


def test_a_fold_is_scored_by_a_pilot_that_has_not_seen_it() -> None:
    X, y, folds = pieces()
    base = train_pilots(None, X, y, folds, TOTALS, 0)
    other = y.copy()
    other[folds == 0] = np.roll(y[folds == 0], 1)
    changed = train_pilots(None, X, other, folds, TOTALS, 0)
    assert changed[0] == base[0]
    assert changed[1] != base[1]


def test_a_class_that_has_no_row_outside_a_fold_lends_those_inside() -> None:
    X, y, folds = pieces()
    folds = np.where(y == 1, 0, folds)
    assert len(train_pilots(None, X, y, folds, TOTALS, 0)) == 2


def test_pilots_of_other_kinds() -> None:
    X, y, folds = pieces()
    model = HistGradientBoostingClassifier(max_iter=5)
    first, second = train_pilots(model, X, y, folds, TOTALS, 0)
    assert first.model is not second.model
    assert not hasattr(model, "classes_")
    X = X.fillna(0)
    fitted = LogisticRegression().fit(X, y)
    (given,) = train_pilots(fitted, X, y, folds, TOTALS, 0)
    np.testing.assert_allclose(given.predict_proba(X.to_numpy()), fitted.predict_proba(X))


def test_rules_meet_the_budget() -> None:
    X, y, folds = pieces()
    sampler = NonuniformNegativeSampler(sampling_strategy=0.5)
    shift = sampler.fit_pilots(X, y, folds=folds, class_totals=TOTALS, random_state=0)
    assert shift.rules == {}
    rng = np.random.default_rng(0)
    values, counts = rng.random(5000) ** 4, np.full(5000, TOTALS[0] / 5000)
    sampler.fit_rules(shift, TOTALS, {0: (values, counts)})
    rule = sampler.shift_.rules[0]
    assert rule.bits == 12
    mean = np.mean([pilot.predict_proba(X) for pilot in shift.pilots], axis=0)
    np.testing.assert_allclose(sampler.pilot_.predict_proba(X), mean, rtol=1e-12)
    # Rounding to 12 bits moves a probability by at most 2^-13 of itself.
    assert rule(values) @ counts == pytest.approx(8000, rel=2**-13)
    assert sampler.expected_size_ == pytest.approx(12_000, rel=2**-13)
    assert sampler.inclusion_probability(X).shape == (len(X),)


@pytest.mark.parametrize("criterion", ["A", "L"])
def test_criteria_that_need_a_matrix_are_refused(criterion: str) -> None:
    X, y, folds = pieces(100)
    sampler = NonuniformNegativeSampler(criterion=criterion)
    with pytest.raises(ValueError, match="Hint: criterion='probability'"):
        sampler.fit_pilots(X, y, folds=folds, class_totals=TOTALS, random_state=0)


def test_an_unknown_kept_class_is_refused() -> None:
    sampler = NonuniformNegativeSampler(criterion="uniform", pos_label="yes")
    shift = InclusionShift((), (0, 1), {}, "uniform")
    with pytest.raises(ValueError, match="'yes' is not present"):
        sampler.fit_rules(shift, TOTALS, {0: (np.ones(1), np.ones(1))})


def test_uniform_sampling_trains_nothing() -> None:
    sampler = NonuniformNegativeSampler(criterion="uniform", sampling_strategy=0.5)
    y, folds = np.arange(10) % 2, np.arange(10) % 2
    shift = sampler.fit_pilots(None, y, folds=folds, class_totals=TOTALS, random_state=0)
    assert shift == InclusionShift((), (0, 1), {}, "uniform")


def test_class_totals_are_enough_for_class_wise_changes() -> None:
    X, y = np.zeros((1010, 1)), np.repeat([0, 1], [1000, 10])
    for strategy in (0.5, Ratios({0: 0.25}, of="own"), {0: 100}):
        sampler = RandomUnderSampler(sampling_strategy=strategy).fit(X, y)
        counted = RandomUnderSampler(sampling_strategy=strategy).fit_totals({0: 1000, 1: 10})
        assert counted.shift_ == sampler.shift_
        assert counted.sampling_strategy_ == sampler.sampling_strategy_
    weighter = ClassWeighter().fit(X, y)
    counted_weighter = ClassWeighter().fit_totals({1: 10, 0: 1000})
    assert counted_weighter.shift_ == weighter.shift_
    assert counted_weighter.class_weight_ == weighter.class_weight_
