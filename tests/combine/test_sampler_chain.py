"""Through a chain rows, weights and offsets are followed, and shifts multiply."""

from functools import reduce
from typing import Any

import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import SMOTE
from scipy import sparse
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression

from imbalance_kit import (
    ChainedShift,
    ClassShift,
    CorrectedClassifier,
    NonuniformNegativeSampler,
    OffsetLogisticRegression,
    RandomOverSampler,
    RandomUnderSampler,
    Ratios,
    SamplerChain,
)
from imbalance_kit.shift import Shift, from_json

SLOPES = np.array([1.0, -0.8])


def population(n: int, seed: int = 0) -> Any:
    rng = np.random.default_rng([seed, n])
    X = rng.normal(size=(n, 2))
    return X, (rng.random(n) < 1 / (1 + np.exp(4 - X @ SLOPES))).astype(int)


X, Y = population(4000)
WEIGHTS = np.random.default_rng(1).integers(0, 4, 4000) * 1.0


def three_steps() -> list[Any]:
    return [
        RandomUnderSampler(sampling_strategy=Ratios({0: 0.5}, of="own")),
        NonuniformNegativeSampler(sampling_strategy=0.2),
        RandomOverSampler(sampling_strategy=1.0),
    ]


def run_by_hand(weights: Any = None) -> tuple[list[Any], Any, Any]:
    """Run the steps one after the other, with the seeds of the chain."""
    chain = SamplerChain(three_steps(), random_state=0)
    chain.fit_resample(X, Y, sample_weight=weights)
    rows, labels, given = X, Y, weights
    steps = [clone(step) for step in chain.steps_]
    for step in steps:
        rows, labels = step.fit_resample(rows, labels, sample_weight=given)
        given = None if weights is None else step.carried_weight_
    return steps, rows, labels


@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["plain", "weighted"])
def test_a_chain_is_its_steps_by_hand(weights: Any) -> None:
    chain = SamplerChain(three_steps(), random_state=0)
    X_res, y_res = chain.fit_resample(X, Y, sample_weight=weights)
    (first, second, third), rows, labels = run_by_hand(weights)
    np.testing.assert_array_equal(X_res, rows)
    np.testing.assert_array_equal(y_res, labels)
    in_second = third.sample_indices_
    in_first = second.sample_indices_[in_second]
    source = first.sample_indices_[in_first]
    np.testing.assert_array_equal(chain.sample_indices_, source)
    np.testing.assert_array_equal(X[source], X_res)
    np.testing.assert_array_equal(Y[source], y_res)
    assert not chain.synthetic_mask_.any()
    carried = np.ones(len(source)) if weights is None else weights[source]
    np.testing.assert_array_equal(chain.carried_weight_, carried)

    factors = [first.shift_.factors, third.shift_.factors]
    by_class = np.array([factors[0][k] * factors[1][k] for k in (0, 1)])[y_res]
    pi = second.inclusion_probability_[in_first]
    np.testing.assert_allclose(chain.sample_weight_, carried / (by_class * pi), rtol=1e-12)

    offset = second.log_odds_offset_[in_second]
    offset = offset + sum(np.log(f[1] / f[0]) for f in factors)
    np.testing.assert_allclose(chain.log_odds_offset_, offset, rtol=1e-12)
    assert chain.sampling_strategy_ == third.sampling_strategy_

    assert chain.shift_ == reduce(Shift.then, [first.shift_, second.shift_, third.shift_])
    assert isinstance(chain.shift_, ChainedShift)
    logs = sum(part.log_factors(X, [0, 1]) for part in (first.shift_, second.shift_, third.shift_))
    np.testing.assert_allclose(chain.shift_.log_factors(X, [0, 1]), logs)
    assert from_json(chain.shift_.to_json()) == chain.shift_


def test_weights_restore_the_totals_of_the_input() -> None:
    """Inverse-probability weights: totals within 4 standard errors of 120 seeds."""
    features = np.column_stack([Y == 0, Y == 1, X, X[:, 0] * Y])
    totals = []
    for seed in range(120):
        chain = SamplerChain(
            [RandomUnderSampler(sampling_strategy=0.1), NonuniformNegativeSampler(criterion="L")],
            random_state=seed,
        )
        chain.fit_resample(X, Y, sample_weight=WEIGHTS)
        totals.append(features[chain.sample_indices_].T @ chain.sample_weight_)
    error = np.std(totals, axis=0, ddof=1) / np.sqrt(120)
    off = np.abs(np.mean(totals, axis=0) - features.T @ WEIGHTS)
    assert (off <= 4 * error + 1e-6).all()
    assert error[0] < 0.03 * (features.T @ WEIGHTS)[0]


def test_offset_and_correction_find_the_truth() -> None:
    """Intercept and slopes, over 30 populations, within 4 standard errors."""
    coefs = []
    for seed in range(30):
        rows, labels = population(8000, seed)
        chain = SamplerChain(three_steps(), random_state=seed)
        X_res, y_res = chain.fit_resample(rows, labels)
        learner = OffsetLogisticRegression(C=np.inf)
        learner.fit(X_res, y_res, offset=chain.log_odds_offset_)
        coefs.append([learner.intercept_[0], *learner.coef_[0]])
    error = np.std(coefs, axis=0, ddof=1) / np.sqrt(30)
    assert (np.abs(np.mean(coefs, axis=0) - [-4, *SLOPES]) < 4 * error).all()
    assert error.max() < 0.05


def test_inside_the_corrected_classifier() -> None:
    chain = SamplerChain(three_steps(), random_state=0)
    for learner, correction in (
        (LogisticRegression(C=100), "shift"),
        (LogisticRegression(C=100), "weight"),
        (OffsetLogisticRegression(C=100), "auto"),
    ):
        model = CorrectedClassifier(learner, chain, correction=correction).fit(X, Y)
        assert model.predict_proba(X)[:, 1].mean() == pytest.approx(Y.mean(), rel=0.15)


def test_class_shifts_merge() -> None:
    chain = SamplerChain(
        [RandomUnderSampler(sampling_strategy=0.25), RandomOverSampler()], random_state=0
    )
    X_res, y_res = chain.fit_resample(X, Y)
    assert isinstance(chain.shift_, ClassShift)
    after = np.bincount(y_res)
    assert chain.shift_ == ClassShift.from_counts(
        dict(enumerate(np.bincount(Y).tolist())), dict(enumerate(after.tolist()))
    )
    np.testing.assert_allclose(chain.fit_weights(X, Y), (after / np.bincount(Y))[Y])
    assert len(X_res) == len(y_res)


def test_fit_weights_are_the_factors_of_the_chain() -> None:
    chain = SamplerChain(three_steps(), random_state=0)
    weights = chain.fit_weights(X, Y, sample_weight=WEIGHTS)
    logs = chain.fit(X, Y, sample_weight=WEIGHTS).shift_.log_factors(X, [0, 1])
    np.testing.assert_allclose(weights, WEIGHTS * np.exp(logs[np.arange(4000), Y]))


def test_synthetic_rows_are_marked_through_later_steps() -> None:
    chain = SamplerChain(
        [
            RandomOverSampler(shrinkage=0.5),
            RandomUnderSampler(sampling_strategy={0: 2000, 1: 1500}),
        ],
        random_state=0,
    )
    X_res, y_res = chain.fit_resample(X, Y)
    made = chain.synthetic_mask_
    assert 0 < made.sum() < (y_res == 1).sum()
    np.testing.assert_array_equal(X_res[~made], X[chain.sample_indices_[~made]])
    assert not (X_res[made] == X[chain.sample_indices_[made]]).all(axis=1).any()
    np.testing.assert_array_equal(Y[chain.sample_indices_], y_res)
    assert not chain.shift_.exact


def test_more_classes() -> None:
    y = np.where(np.arange(4000) % 20 == 0, 2, Y)
    steps = [
        RandomUnderSampler(sampling_strategy=Ratios({0: 0.5}, of="own")),
        NonuniformNegativeSampler(sampling_strategy=0.5),
    ]
    chain = SamplerChain(steps, random_state=0)
    _, y_res = chain.fit_resample(X, y)
    first, second = chain.steps_
    own = second.log_odds_offset_ + first.shift_.log_factors(None, [0, 1, 2])
    np.testing.assert_allclose(chain.log_odds_offset_, own)
    assert chain.log_odds_offset_.shape == (len(y_res), 3)


@pytest.mark.parametrize("make", [sparse.csr_array, pd.DataFrame, np.ndarray.tolist])
def test_containers(make: Any) -> None:
    rows = make(X)
    chain = SamplerChain(three_steps(), random_state=0)
    X_res, y_res = chain.fit_resample(rows, Y)
    assert type(X_res) is type(rows)
    dense = X_res.toarray() if sparse.issparse(X_res) else np.asarray(X_res)
    np.testing.assert_array_equal(dense, X[chain.sample_indices_])
    np.testing.assert_array_equal(y_res, Y[chain.sample_indices_])


# Randomness and parameters ------------------------------------------------------------------------


def test_seeds() -> None:
    uniform = NonuniformNegativeSampler(
        criterion="uniform", sampling_strategy=Ratios({0: 0.4}, of="own")
    )
    twice = [uniform, clone(uniform)]
    chain = SamplerChain(twice, random_state=0).fit(X, Y)
    one, other = (step.random_state for step in chain.steps_)
    assert one != other
    assert uniform.random_state is None
    again = SamplerChain(twice, random_state=0).fit(X, Y)
    np.testing.assert_array_equal(again.sample_indices_, chain.sample_indices_)
    different = SamplerChain(twice, random_state=1).fit(X, Y)
    assert not np.array_equal(different.sample_indices_, chain.sample_indices_)
    fixed = SamplerChain([RandomUnderSampler(random_state=5)], random_state=0).fit(X, Y)
    assert fixed.steps_[0].random_state == 5
    generator = np.random.default_rng(0)
    SamplerChain(three_steps(), random_state=generator).fit(X, Y)


def test_two_stages_multiply_whatever_the_seeds() -> None:
    """Two tenths keep a hundredth, also with one seed for both; within 4 standard deviations."""
    tenth = NonuniformNegativeSampler(
        sampling_strategy=Ratios({0: 0.1}, of="own"), criterion="uniform", random_state=3
    )
    many = np.zeros((200_000, 1)), np.r_[np.ones(10, int), np.zeros(199_990, int)]
    chain = SamplerChain([tenth, clone(tenth)]).fit(*many)
    expected = 10 + 199_990 / 100
    assert abs(len(chain.sample_indices_) - expected) < 4 * np.sqrt(expected)


def test_parameters_of_the_steps() -> None:
    chain = SamplerChain(three_steps())
    params = chain.get_params()
    assert params["1__sampling_strategy"] == 0.2
    assert params["2"] is chain.steps[2]
    assert set(chain.get_params(deep=False)) == {"steps", "random_state"}
    given = chain.steps
    assert chain.set_params(**{"1__sampling_strategy": 0.3, "random_state": 3}) is chain
    assert (chain.steps[1].sampling_strategy, chain.random_state) == (0.3, 3)
    chain.set_params(**{"0": RandomUnderSampler(), "0__sampling_strategy": 0.7})
    assert chain.steps[0].sampling_strategy == 0.7
    assert isinstance(given[0].sampling_strategy, Ratios)  # the list given is not changed
    chain.set_params(steps=three_steps()[:2])
    assert len(chain.get_params()["steps"]) == 2
    with pytest.raises(ValueError, match="Invalid parameter '5'"):
        chain.set_params(**{"5": None})
    copy = clone(chain)
    assert copy.steps[0] is not chain.steps[0]
    assert copy.get_params()["1__sampling_strategy"] == 0.2


def test_the_steps_given_are_not_fitted() -> None:
    steps = three_steps()
    SamplerChain(steps, random_state=0).fit_resample(X, Y)
    assert not any(hasattr(step, "shift_") for step in steps)
    assert all(step.random_state is None for step in steps)


@pytest.mark.parametrize(
    ("steps", "error", "message"),
    [
        ([], ValueError, "a list of at least one sampler, got "),
        (None, ValueError, "got None"),
        (RandomUnderSampler(), ValueError, "list of at least one sampler, got RandomUnder"),
        ([SMOTE()], TypeError, "must be a sampler of this package, got SMOTE"),
        ([("first", RandomUnderSampler())], TypeError, "Hint: a list of samplers, not of names"),
        ([LogisticRegression()], TypeError, "must be a sampler"),
    ],
)
def test_messages(steps: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        SamplerChain(steps).fit_resample(X, Y)


def test_a_step_whose_shift_is_unknown_is_refused() -> None:
    class Cleaner(RandomUnderSampler):
        def fit_resample(self, X: Any, y: Any, *, sample_weight: Any = None) -> Any:
            out = super().fit_resample(X, y, sample_weight=sample_weight)
            del self.shift_
            return out

    with pytest.raises(ValueError, match="Cleaner changes the distribution by a factor th"):
        SamplerChain([Cleaner()]).fit_resample(X, Y)
