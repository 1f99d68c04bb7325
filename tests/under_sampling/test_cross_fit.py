"""Folds, pilot rows, and that no pilot scores a row it was trained on."""

from typing import Any, ClassVar

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from imbalance_kit import NonuniformNegativeSampler
from imbalance_kit._base import SamplingInput
from imbalance_kit._utils._targets import encode_target
from imbalance_kit.shift import LinearPilot
from imbalance_kit.under_sampling._cross_fit import (
    PilotDesign,
    cross_fitted_pilots,
    gradient_metric,
)


def data(X: Any, y: Any, weights: Any = None) -> SamplingInput:
    target = encode_target(y)
    return SamplingInput(X, y, target, weights, target.totals(weights))


Y = np.random.default_rng(0).permutation(np.repeat([0, 1], [900, 31]))
X = np.random.default_rng(1).normal(size=(931, 2)) + Y[:, None]
DATA, TARGET = data(X, Y), encode_target(Y)


# The design ---------------------------------------------------------------------------------------


def test_pilot_rows_are_a_balanced_subsample() -> None:
    design = PilotDesign(100, 2, 0, ["sampled", "kept"])
    common, rare = (design.rows(DATA, k) for k in (0, 1))
    assert len(np.unique(common)) == 50
    assert set(Y[common]) == {0}
    np.testing.assert_array_equal(rare, np.flatnonzero(Y == 1))  # all there are


def test_every_class_has_a_pilot_row() -> None:
    """Also where there are more classes than the size allows for."""
    for size, expected in ((1, 1), (3, 1), (4, 2)):
        assert len(PilotDesign(size, 2, 0, ["sampled", "kept"]).rows(DATA, 0)) == expected


def test_pilot_rows_are_drawn_uniformly() -> None:
    """Each of 900 rows 60 / 900 of the time: over 3,000 seeds, 5 standard errors of the largest."""
    counts = np.zeros(len(Y))
    for seed in range(3000):
        counts[PilotDesign(120, 1, seed, ["sampled", "kept"]).rows(DATA, 0)] += 1
    share = counts[Y == 0] / 3000
    assert np.abs(share - 1 / 15).max() < 5 * np.sqrt(1 / 15 * 14 / 15 / 3000)


@pytest.mark.parametrize("n_folds", [2, 3, 7])
def test_folds_are_of_equal_size_within_each_class(n_folds: int) -> None:
    folds = PilotDesign(100, n_folds, 0, ["sampled", "kept"]).folds(TARGET)
    for k in (0, 1):
        counts = np.bincount(folds[k == Y], minlength=n_folds)
        assert counts.max() - counts.min() <= 1


def test_folds_of_very_many_rows_are_dealt_at_random() -> None:
    many = encode_target(np.repeat([0, 1], [300_000, 50]))
    folds = PilotDesign(100, 5, 0, ["sampled", "kept"]).folds(many)
    counts = np.bincount(folds[:300_000])
    assert np.abs(counts - 60_000).max() < 4 * np.sqrt(300_000 * 0.2 * 0.8)
    assert np.bincount(folds[300_000:]).tolist() == [10] * 5


def test_streams_are_by_role() -> None:
    one = PilotDesign(100, 2, 0, ["sampled", "kept"])
    other = PilotDesign(100, 2, 0, ["kept", "sampled"])
    swapped = data(X, 1 - Y)
    np.testing.assert_array_equal(one.rows(DATA, 0), other.rows(swapped, 1))
    np.testing.assert_array_equal(one.folds(TARGET), other.folds(swapped.target))
    assert not np.array_equal(one.rows(DATA, 0), PilotDesign(100, 2, 1, one.roles).rows(DATA, 0))


# Cross-fitting ------------------------------------------------------------------------------------


class Spy(ClassifierMixin, BaseEstimator):
    """Remembers which rows it was trained on, and which it scored: the first column is a number."""

    seen: ClassVar[list[tuple[frozenset[int], set[int]]]] = []

    def fit(self, X: Any, y: Any) -> Any:
        self.classes_ = np.unique(y)
        self.trained_ = frozenset(np.asarray(X)[:, 0].astype(int).tolist())
        self.scored_: set[int] = set()
        self.seen.append((self.trained_, self.scored_))
        return self

    def predict_proba(self, X: Any) -> Any:
        self.scored_.update(np.asarray(X)[:, 0].astype(int).tolist())
        p = 1 / (1 + np.exp(3 - np.asarray(X)[:, 1]))
        return np.column_stack([1 - p, p])


NUMBERED = np.column_stack([np.arange(len(Y)), X[:, 0]])


@pytest.mark.parametrize("n_folds", [2, 3, 5])
@pytest.mark.parametrize("pilot_size", [100, 10_000])
def test_no_pilot_scores_a_row_it_has_seen(n_folds: int, pilot_size: int) -> None:
    Spy.seen.clear()
    sampler = NonuniformNegativeSampler(
        pilot=Spy(), cross_fit=n_folds, pilot_size=pilot_size, random_state=0
    )
    sampler.fit_resample(NUMBERED, Y)
    assert len(Spy.seen) == n_folds
    for trained, scored in Spy.seen:
        assert trained
        assert not trained & scored
    assert set().union(*(scored for _, scored in Spy.seen)) == set(range(len(Y)))
    everything = set().union(*(trained for trained, _ in Spy.seen))
    assert len(everything) == (31 + 50 if pilot_size == 100 else len(Y))


def test_one_pilot_scores_everything() -> None:
    Spy.seen.clear()
    NonuniformNegativeSampler(pilot=Spy(), cross_fit=1, pilot_size=200, random_state=0).fit(
        NUMBERED, Y
    )
    ((trained, scored),) = Spy.seen
    assert len(trained) == 131
    assert scored == set(range(len(Y)))


def test_a_fitted_pilot_needs_no_folds() -> None:
    model = LogisticRegression().fit(X, Y)
    folds, (pilot,) = cross_fitted_pilots(model, data(X, Y), [], PilotDesign(9, 2, 0, []))
    assert folds is None
    np.testing.assert_allclose(pilot.predict_proba(X), model.predict_proba(X))


def test_a_class_with_a_single_row_lends_it_to_every_pilot() -> None:
    Spy.seen.clear()
    rows = np.column_stack([np.arange(51.0), np.arange(51.0)])
    y = np.repeat([0, 1], [50, 1])
    NonuniformNegativeSampler(pilot=Spy(), random_state=0).fit(rows, y)
    assert [50 in trained for trained, _ in Spy.seen] == [True, True]
    assert all(trained & scored <= {50} for trained, scored in Spy.seen)


def test_rows_without_weight_train_no_pilot() -> None:
    Spy.seen.clear()
    weights = (np.arange(len(Y)) % 3 > 0) * 1.0
    sampler = NonuniformNegativeSampler(pilot=Spy(), pilot_size=100, random_state=0)
    sampler.fit(NUMBERED, Y, sample_weight=weights)
    trained = sorted(set().union(*(trained for trained, _ in Spy.seen)))
    assert weights[trained].all()
    assert (Y[trained] == 0).sum() == 50


def test_a_pilot_that_draws_is_seeded_and_the_callers_is_left_alone() -> None:
    forest = RandomForestClassifier(5)
    sampler = NonuniformNegativeSampler(pilot=forest, random_state=0)
    first = sampler.fit(X, Y).inclusion_probability_
    np.testing.assert_array_equal(sampler.fit(X, Y).inclusion_probability_, first)
    assert forest.random_state is None
    assert not hasattr(forest, "classes_")
    other = NonuniformNegativeSampler(pilot=forest, random_state=1).fit(X, Y)
    assert not np.array_equal(other.inclusion_probability_, first)


# The length of the gradient -----------------------------------------------------------------------

PILOT = LinearPilot(np.array([[1.0, -0.5]]), np.array([-3.0]))


def test_the_metric_of_l_is_the_identity() -> None:
    rows = [np.flatnonzero(k == Y) for k in (0, 1)]
    np.testing.assert_array_equal(gradient_metric("L", data(X, Y), rows, PILOT), np.eye(3))


@pytest.mark.parametrize("weighted", [False, True])
def test_the_metric_of_a_by_hand(weighted: bool) -> None:
    """From all rows it is the inverse information, up to a factor."""
    weights = np.random.default_rng(2).integers(0, 4, len(Y)) * 1.0 if weighted else None
    rows = [np.flatnonzero(k == Y) for k in (0, 1)]
    M = np.zeros((3, 3))
    for i in range(len(Y)):
        z, p = np.array([*X[i], 1.0]), PILOT.predict_proba(X[i : i + 1])[0]
        M += (1 if weights is None else weights[i]) * p[0] * p[1] * np.outer(z, z)
    expected = np.linalg.inv(M)
    for container in (np.asarray, sparse.csr_array):
        metric = gradient_metric("A", data(container(X), Y, weights), rows, PILOT)
        np.testing.assert_allclose(metric / metric[0, 0], expected / expected[0, 0], rtol=1e-9)


def test_pilot_rows_stand_for_their_class() -> None:
    """From a tenth of the frequent class: the same matrix within the noise of 200 subsamples."""
    rows = [np.flatnonzero(k == Y) for k in (0, 1)]
    full = np.linalg.inv(gradient_metric("A", data(X, Y), rows, PILOT))
    rng = np.random.default_rng(0)
    ratios = []
    for _ in range(200):
        some = [rng.choice(rows[0], 90, replace=False), rows[1]]
        M = np.linalg.inv(gradient_metric("A", data(X, Y), some, PILOT))
        ratios.append((M / np.trace(M))[np.triu_indices(3)])
    ratio = np.array(ratios)
    expected = (full / np.trace(full))[np.triu_indices(3)]
    error = ratio.std(axis=0, ddof=1) / np.sqrt(200)
    assert (np.abs(ratio.mean(axis=0) - expected) < 4 * error + 0.005).all()


def test_messages() -> None:
    texts = [["a", 1.0]] * len(Y)
    with pytest.raises(ValueError, match=r"criterion='A' is defined for two classes, got 3. Hint"):
        gradient_metric("A", data(X[:6], [0, 1, 2] * 2), [], PILOT)
    rows = [np.flatnonzero(k == Y) for k in (0, 1)]
    for bad, message in ((texts, "only numerical data"), (np.where(X > 3, np.nan, X), "NaN")):
        with pytest.raises(ValueError, match=message):
            gradient_metric("L", data(bad, Y), rows, PILOT)
