"""The sampler against the theory of Poisson sampling, by hand, and under every kind of input."""

import warnings
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from imblearn.pipeline import make_pipeline as imblearn_pipeline
from scipy import sparse
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils import get_tags

from imbalance_kit import NonuniformNegativeSampler, OffsetLogisticRegression, Ratios
from imbalance_kit.shift import InclusionShift, from_json

CRITERIA = ("probability", "A", "L", "local_case_control", "uniform")
SLOPES = np.array([1.0, -0.8, 0.5])


def population(n: int, *, seed: int = 0, intercept: float = -4.5) -> tuple[Any, Any]:
    """Return rows and labels of a logistic model, about 2 % of them 1."""
    rng = np.random.default_rng([seed, n])
    X = rng.normal(size=(n, 3))
    return X, (rng.random(n) < 1 / (1 + np.exp(-intercept - X @ SLOPES))).astype(int)


X, Y = population(6000)
N1 = int(Y.sum())
PILOT = LogisticRegression().fit(*population(3000, seed=7))
FROZEN = FrozenEstimator(PILOT)
P = PILOT.predict_proba(X)[:, 1]


def drawn(sampler: Any, *args: Any, **kwargs: Any) -> Any:
    """Return the sampler after a draw."""
    sampler.fit_resample(*(args or (X, Y)), **kwargs)
    return sampler


# Size ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("criterion", CRITERIA)
@pytest.mark.parametrize("strategy", [1.0, 1 / 3, 0.2])
@pytest.mark.parametrize("pilot", [None, FROZEN], ids=["default", "given"])
def test_the_expected_size_is_what_was_asked(criterion: str, strategy: float, pilot: Any) -> None:
    """Expected to 1e-6 of the budget; realised within 4 standard deviations."""
    sampler = NonuniformNegativeSampler(
        sampling_strategy=strategy, criterion=criterion, pilot=pilot, random_state=0
    )
    X_res, y_res = sampler.fit_resample(X, Y)
    pi = sampler.inclusion_probability_
    asked = N1 * (1 + 1 / strategy)
    assert sampler.expected_size_ == pytest.approx(asked, rel=1e-6)
    assert pi.sum() == pytest.approx(asked, rel=1e-6)
    assert abs(len(y_res) - asked) < 4 * np.sqrt(np.sum(pi * (1 - pi)))
    assert len(y_res) == len(X_res) == len(sampler.sample_indices_)
    assert (pi > 0).all()
    assert (pi <= 1).all()
    if criterion != "local_case_control":
        assert (pi[Y == 1] == 1).all()
        assert (y_res == 1).sum() == N1
        assert sampler.sampling_strategy_ == pytest.approx({0: N1 / strategy})
    else:
        assert (pi[Y == 1].min() < 1) == (strategy == 1)  # with more rows all positives are certain
        expected = {k: pi[k == Y].sum() for k in (0, 1)}
        assert sampler.sampling_strategy_ == pytest.approx(expected)


@pytest.mark.parametrize(
    ("strategy", "negatives"),
    [
        (Ratios({0: 0.05}, of="own"), 0.05 * (6000 - N1)),
        (Ratios({0: 2.0}, of="minority"), 2 * N1),
        (Ratios({0: 0.1}), 0.1 * (6000 - N1)),
        ({0: 321}, 321),
        (lambda y: {0: 2 * int((np.asarray(y) == 1).sum())}, 2 * N1),
        (lambda y: 0.5, 2 * N1),
        (lambda y: Ratios({0: 0.05}, of="own"), 0.05 * (6000 - N1)),
        (1, N1),
    ],
)
def test_strategies(strategy: Any, negatives: float) -> None:
    sampler = NonuniformNegativeSampler(sampling_strategy=strategy, random_state=0).fit(X, Y)
    assert sampler.inclusion_probability_[Y == 0].sum() == pytest.approx(negatives, rel=1e-6)


def test_the_other_class_may_be_kept() -> None:
    sampler = NonuniformNegativeSampler(sampling_strategy=50.0, pos_label=0, random_state=0)
    sampler.fit(X, Y)
    assert (sampler.inclusion_probability_[Y == 0] == 1).all()
    expected = (6000 - N1) / 50
    assert sampler.inclusion_probability_[Y == 1].sum() == pytest.approx(expected)
    positives = np.flatnonzero(Y == 1)
    pi = sampler.inclusion_probability_[positives]
    assert np.corrcoef(pi, P[positives])[0, 1] < -0.5  # those that look like negatives are kept


def test_a_ratio_upside_down_warns() -> None:
    sampler = NonuniformNegativeSampler(sampling_strategy=3, random_state=0)
    hint = (
        r"fewer rows .* of class 1, the rarest: .* Hint: 1/3 keeps 3 per row of the rarest; Ratios"
    )
    for method in (sampler.fit, sampler.fit_resample, sampler.fit_weights):
        with pytest.warns(UserWarning, match=hint) as caught:
            method(X, Y)
        assert caught[0].filename == __file__
    assert sampler.expected_size_ == pytest.approx(N1 + N1 / 3)
    asked = Ratios({0: 1 / 3}, of="minority")  # the same, said so that it can be meant
    meant = NonuniformNegativeSampler(sampling_strategy=asked, random_state=0).fit(X, Y)
    assert meant.expected_size_ == pytest.approx(sampler.expected_size_)


def test_more_than_there_are_keeps_all_with_a_warning() -> None:
    sampler = NonuniformNegativeSampler(sampling_strategy=0.01, random_state=0)
    with pytest.warns(UserWarning, match="which has .*: all of it is kept") as caught:
        sampler.fit_resample(X, Y)
    assert caught[0].filename == __file__
    np.testing.assert_array_equal(sampler.sample_indices_, np.arange(6000))
    np.testing.assert_array_equal(sampler.log_odds_offset_, 0)
    for method in (sampler.fit, sampler.fit_weights):
        with pytest.warns(UserWarning, match="all of it is kept") as caught:
            method(X, Y)
        assert caught[0].filename == __file__


# Probabilities ------------------------------------------------------------------------------------


def test_rows_are_kept_as_often_as_their_probability_says() -> None:
    """Of a given pilot, over 800 seeds: each row within 4.8 standard errors (600 comparisons)."""
    x, y = X[:600], Y[:600]
    sampler = NonuniformNegativeSampler(pilot=FROZEN, sampling_strategy=0.1)
    pi = sampler.fit(x, y).inclusion_probability_
    kept = np.zeros(600)
    pairs = 0.0
    for seed in range(800):
        rows = drawn(sampler.set_params(random_state=seed), x, y).sample_indices_
        kept[rows] += 1
        pairs += np.isin([1, 2], rows).sum() != 1
    error = np.sqrt(pi * (1 - pi) / 800)
    assert (np.abs(kept / 800 - pi) <= 4.8 * error).all()
    assert 0.02 < np.median(pi) < 0.5  # so that there is something to see
    together = pi[1] * pi[2] + (1 - pi[1]) * (1 - pi[2])  # rows are kept independently
    assert abs(pairs / 800 - together) < 4 * np.sqrt(together * (1 - together) / 800)


@pytest.mark.parametrize("criterion", ["probability", "local_case_control"])
def test_cross_fitted_rows_are_kept_as_often_as_their_probability_says(criterion: str) -> None:
    """Kept less π is zero within 4.8 standard errors, over 120 seeds with pilots of their own."""
    x, y = X[:600], Y[:600]
    residual, variance = np.zeros(600), np.zeros(600)
    for seed in range(120):
        sampler = NonuniformNegativeSampler(
            sampling_strategy=0.1, criterion=criterion, random_state=seed
        )
        pi = drawn(sampler, x, y).inclusion_probability_
        residual -= pi
        residual[sampler.sample_indices_] += 1
        variance += pi * (1 - pi)
    assert (np.abs(residual) <= 4.8 * np.sqrt(variance) + 1e-9).all()


@pytest.mark.parametrize("floor", [0.01, 0.1, 0.7, 1.0])
def test_probability_by_hand(floor: float) -> None:
    sampler = NonuniformNegativeSampler(pilot=FROZEN, floor=floor, random_state=0).fit(X, Y)
    rule = sampler.shift_.rules[0]
    rate = 3 * N1 / (6000 - N1)
    assert rule.floor == pytest.approx(floor * rate if floor < 1 else rate)
    expected = np.clip(rule.scale * P, rule.floor, 1)
    np.testing.assert_allclose(sampler.inclusion_probability_[Y == 0], expected[Y == 0])
    np.testing.assert_allclose(sampler.inclusion_probability(X), expected)
    if floor == 1:
        np.testing.assert_allclose(expected, rate)


@pytest.mark.parametrize("criterion", ["A", "L"])
def test_the_length_of_the_gradient_by_hand(criterion: str) -> None:
    sampler = NonuniformNegativeSampler(
        pilot=FROZEN, criterion=criterion, pilot_size=10_000, random_state=0
    ).fit(X, Y)
    Z = np.column_stack([X, np.ones(len(X))])
    if criterion == "A":
        used = np.concatenate([np.flatnonzero(Y == 1), np.flatnonzero(Y == 0)])
        pilot_rows = sampler.shift_.metric  # M is estimated from 5,000 of the 5,900 negatives
        M = np.linalg.inv((Z[used].T * (P * (1 - P))[used]) @ Z[used])
        cosine = np.sum(M * pilot_rows) / np.linalg.norm(M) / np.linalg.norm(pilot_rows)
        assert cosine > 0.999
        length = np.linalg.norm(Z @ pilot_rows, axis=1)
    else:
        length = np.linalg.norm(Z, axis=1)
    rule = sampler.shift_.rules[0]
    expected = np.clip(rule.scale * P * length, rule.floor, 1)
    np.testing.assert_allclose(sampler.inclusion_probability(X), expected)
    np.testing.assert_allclose(sampler.inclusion_probability_[Y == 0], expected[Y == 0])


def test_local_case_control_by_hand() -> None:
    sampler = drawn(
        NonuniformNegativeSampler(pilot=FROZEN, criterion="local_case_control", random_state=0)
    )
    rule = sampler.shift_.rules[1]
    assert rule == sampler.shift_.rules[0]
    surprise = np.abs(Y - P)
    np.testing.assert_allclose(
        sampler.inclusion_probability_, np.clip(rule.scale * surprise, rule.floor, 1)
    )
    rows = sampler.sample_indices_
    pi_1, pi_0 = (np.clip(rule.scale * s[rows], rule.floor, 1) for s in (1 - P, P))
    np.testing.assert_allclose(sampler.log_odds_offset_, np.log(pi_1) - np.log(pi_0), atol=1e-12)
    assert sampler.inclusion_probability(X).shape == (6000, 2)


def test_uniform_is_uniform() -> None:
    sampler = drawn(NonuniformNegativeSampler(criterion="uniform", random_state=0))
    rate = 3 * N1 / (6000 - N1)
    np.testing.assert_allclose(sampler.inclusion_probability_[Y == 0], rate)
    np.testing.assert_allclose(sampler.log_odds_offset_, -np.log(rate))
    assert sampler.pilot_ is None
    assert sampler.shift_.pilots == ()
    assert from_json(sampler.shift_.to_json()) == sampler.shift_
    np.testing.assert_allclose(sampler.shift_.undo([0.5]), rate / (1 + rate))


# Offset, weights ----------------------------------------------------------------------------------


@pytest.mark.parametrize("criterion", CRITERIA)
@pytest.mark.parametrize("cross_fit", [1, 2, 3])
def test_the_offset_of_every_row_is_that_of_its_own_pilot(criterion: str, cross_fit: int) -> None:
    """``log π_1 - log π_0``, positives too, by the very π that the row was drawn with."""
    sampler = drawn(
        NonuniformNegativeSampler(criterion=criterion, cross_fit=cross_fit, random_state=0)
    )
    rows, offset = sampler.sample_indices_, sampler.log_odds_offset_
    pi = sampler.inclusion_probability_[rows]
    y = Y[rows]
    if criterion != "local_case_control":
        np.testing.assert_allclose(offset[y == 0], -np.log(pi[y == 0]), rtol=1e-9)
    pilots = sampler.shift_.pilots or (None,)
    assert len(pilots) == (1 if criterion == "uniform" else cross_fit)
    possible = [sampler.shift_.pilot_probability(X[rows], p) for p in pilots]
    of_pilots = np.array([np.log(p[:, 1]) - np.log(p[:, 0]) for p in possible])
    own = np.abs(of_pilots - offset).argmin(axis=0)
    np.testing.assert_allclose(of_pilots[own, np.arange(len(rows))], offset, rtol=1e-9, atol=1e-12)
    if len(pilots) > 1:  # each pilot is responsible for its share of the rows, of both classes
        for k in (0, 1):
            share = np.bincount(own[y == k], minlength=cross_fit) / (y == k).sum()
            assert np.abs(share - 1 / cross_fit).max() < 5 / np.sqrt((y == k).sum()) / 2


@pytest.mark.parametrize(
    ("criterion", "n_classes"),
    [*((c, 2) for c in CRITERIA), *((c, 3) for c in CRITERIA if c not in ("A", "L"))],
)
@pytest.mark.parametrize("pilot", [None, DecisionTreeClassifier(max_leaf_nodes=40)], ids=str)
def test_labels_of_kept_rows_follow_the_offset(criterion: str, pilot: Any, n_classes: int) -> None:
    """Under the truth p the label of a kept row has probabilities ``q_k ∝ p_k exp(offset_k)``.

    The sum of ``(1[y = k] - q_k) g(x)`` is zero for any g, within 4.5 standard deviations of eight
    draws; a pilot that had seen the label would break it.
    """
    slopes = np.array([[0, 0, 0], SLOPES, -SLOPES[::-1]])[:n_classes]
    total, variance = 0.0, 0.0
    for seed in range(8):
        rng = np.random.default_rng(seed)
        rows = rng.normal(size=(4000, 3))
        odds = np.exp(rows @ slopes.T - np.array([0, 4, 4.5])[:n_classes])
        p = odds / odds.sum(axis=1, keepdims=True)
        y = (rng.random((4000, 1)) > p.cumsum(axis=1)[:, :-1]).sum(axis=1)
        sampler = NonuniformNegativeSampler(criterion=criterion, pilot=pilot, random_state=seed)
        X_res, y_res = sampler.fit_resample(rows, y)
        offset = sampler.log_odds_offset_
        if n_classes == 2:
            offset = np.column_stack([np.zeros(len(offset)), offset])
        q = p[sampler.sample_indices_] * np.exp(offset)
        q /= q.sum(axis=1, keepdims=True)
        g = np.column_stack([np.ones(len(q)), X_res, offset[:, 1] - offset[:, 0]])
        total = total + (np.eye(n_classes)[y_res] - q).T @ g
        variance = variance + (q * (1 - q)).T @ g**2
    assert (np.abs(total) <= 4.5 * np.sqrt(variance)).all()


@pytest.mark.parametrize("weighted", [False, True])
def test_sample_weight_is_carried_over_the_probability(weighted: bool) -> None:
    weights = np.random.default_rng(0).integers(0, 4, 6000) * 1.0 if weighted else None
    sampler = drawn(NonuniformNegativeSampler(random_state=0), X, Y, sample_weight=weights)
    rows = sampler.sample_indices_
    carried = np.ones(len(rows)) if weights is None else weights[rows]
    np.testing.assert_array_equal(sampler.carried_weight_, carried)
    np.testing.assert_array_equal(
        sampler.sample_weight_, carried / sampler.inclusion_probability_[rows]
    )


def test_weighted_totals_are_unbiased() -> None:
    """Totals of each class and column, over 400 seeds, within 4 standard errors."""
    x, y = X[:1500], Y[:1500]
    w = np.random.default_rng(3).integers(0, 4, 1500) * 1.0
    features = np.column_stack([y == 0, y == 1, x, x[:, 0] * y]) * w[:, None]
    totals = []
    for seed in range(400):
        sampler = NonuniformNegativeSampler(pilot=FROZEN, random_state=seed)
        drawn(sampler, x, y, sample_weight=w)
        rows = sampler.sample_indices_
        inverse = sampler.sample_weight_ / np.maximum(sampler.carried_weight_, 1)
        totals.append(features[rows].T @ inverse)
    error = np.std(totals, axis=0, ddof=1) / 20
    off = np.abs(np.mean(totals, axis=0) - features.sum(axis=0))
    assert (off <= 4 * error + 1e-9).all()


@pytest.mark.parametrize("pilot", [None, FROZEN])
def test_the_budget_is_in_weight_totals(pilot: Any) -> None:
    w = np.random.default_rng(3).integers(0, 4, 6000) * 1.0
    sampler = NonuniformNegativeSampler(pilot=pilot, random_state=0).fit(X, Y, sample_weight=w)
    pi = sampler.inclusion_probability_
    assert pi[Y == 0] @ w[Y == 0] == pytest.approx(3 * w[Y == 1].sum(), rel=1e-6)


def test_weight_zero_counts_like_no_row_and_weight_k_like_k_rows() -> None:
    """Exact for a given pilot: the same probabilities."""
    w = np.random.default_rng(3).integers(0, 4, 6000) * 1.0
    source = np.repeat(np.arange(6000), w.astype(int))
    sampler = NonuniformNegativeSampler(pilot=FROZEN, random_state=0)
    by_weight = sampler.fit(X, Y, sample_weight=w).inclusion_probability_
    by_rows = sampler.fit(X[source], Y[source]).inclusion_probability_
    np.testing.assert_allclose(by_weight[source], by_rows, rtol=1e-9)


@pytest.mark.parametrize("unit", [2.0**-60, 2.0**60, 2.0**-1000, 2.0**1000])
def test_the_unit_of_the_weights_is_no_matter(unit: float) -> None:
    """Shares of a population are small numbers: the pilot's penalty must not outweigh them."""
    weights = np.random.default_rng(5).uniform(0.5, 2, len(Y))
    one, other = (
        drawn(NonuniformNegativeSampler(random_state=0), X, Y, sample_weight=weights * c)
        for c in (1.0, unit)
    )
    np.testing.assert_array_equal(other.sample_indices_, one.sample_indices_)
    np.testing.assert_allclose(other.sample_weight_, one.sample_weight_ * unit, rtol=1e-12)


def test_fit_weights_are_the_probabilities() -> None:
    w = np.random.default_rng(3).integers(1, 4, 6000) * 1.0
    sampler = NonuniformNegativeSampler(random_state=0)
    weights = sampler.fit_weights(X, Y)
    np.testing.assert_array_equal(weights, drawn(clone(sampler)).inclusion_probability_)
    weights[:] = 0  # the caller's own
    assert sampler.inclusion_probability_.any()
    weights = sampler.fit_weights(X, Y, sample_weight=w)
    np.testing.assert_array_equal(weights, w * sampler.inclusion_probability_)


# Labels -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("criterion", CRITERIA)
@pytest.mark.parametrize("labels", [("ok", "fraud"), (0, 1), (1, 0), (False, True), (True, False)])
def test_labels_change_nothing_but_their_names(criterion: str, labels: Any) -> None:
    """The same rows are drawn, the offset turns its sign, fitted probabilities swap."""
    plain = NonuniformNegativeSampler(criterion=criterion, random_state=0)
    named = clone(plain)
    X_res, y_res = plain.fit_resample(X, Y)
    y = np.array(labels)[Y]
    X_named, y_named = named.fit_resample(X, y)
    np.testing.assert_array_equal(named.sample_indices_, plain.sample_indices_)
    np.testing.assert_array_equal(X_named, X_res)
    np.testing.assert_array_equal(y_named, np.array(labels)[y_res])
    np.testing.assert_allclose(
        named.inclusion_probability_, plain.inclusion_probability_, rtol=1e-6
    )
    order = [sorted(labels).index(label) for label in labels]  # of 0 and 1 in the new columns
    sign = 1 if order == [0, 1] else -1
    np.testing.assert_allclose(named.log_odds_offset_, sign * plain.log_odds_offset_, atol=1e-6)
    np.testing.assert_allclose(
        named.log_odds_offset(X[:50]), sign * plain.log_odds_offset(X[:50]), atol=1e-6
    )
    learner = OffsetLogisticRegression()
    expected = learner.fit(X_res, y_res, offset=plain.log_odds_offset_).predict_proba(X)
    proba = learner.fit(X_named, y_named, offset=named.log_odds_offset_).predict_proba(X)
    np.testing.assert_allclose(proba[:, order], expected, rtol=1e-5)
    np.testing.assert_allclose(
        named.shift_.undo(np.tile([0.5, 0.5], (6000, 1)), X)[:, order],
        plain.shift_.undo(np.tile([0.5, 0.5], (6000, 1)), X),
        rtol=1e-5,
    )


@pytest.mark.parametrize("criterion", ["probability", "local_case_control", "uniform"])
def test_more_classes_are_thinned_by_surprise(criterion: str) -> None:
    rng = np.random.default_rng(0)
    y = np.where(rng.random(6000) < 0.05, "b", np.where(Y == 1, "a", "c"))
    rows = X + np.where(y == "b", 1, 0)[:, None]
    sampler = NonuniformNegativeSampler(
        sampling_strategy=0.5, criterion=criterion, cross_fit=1, random_state=0
    )
    _, y_res = sampler.fit_resample(rows, y)
    codes = np.searchsorted(list("abc"), y)
    counts = {k: (y == k).sum() for k in "abc"}
    pi = sampler.inclusion_probability_
    if criterion != "local_case_control":
        assert (pi[y == "a"] == 1).all()
        for k in "bc":
            assert pi[y == k].sum() == pytest.approx(2 * counts["a"], rel=1e-6)
    assert pi.sum() == pytest.approx(5 * counts["a"], rel=1e-6)
    assert sampler.log_odds_offset_.shape == (len(y_res), 3)
    of_class = sampler.inclusion_probability(rows)
    assert of_class.shape == (6000, 3)
    np.testing.assert_allclose(sampler.log_odds_offset(rows), np.log(of_class))
    own_class = of_class[np.arange(6000), codes]
    np.testing.assert_array_equal(sampler.inclusion_probability(rows, y), own_class)
    np.testing.assert_allclose(own_class, pi)
    if criterion != "uniform":
        surprise = 1 - sampler.pilot_.predict_proba(rows)[np.arange(6000), codes]
        for k in sampler.shift_.rules:
            rule = sampler.shift_.rules[k]
            expected = np.clip(rule.scale * surprise[y == k], rule.floor, 1)
            np.testing.assert_allclose(pi[y == k], expected, rtol=1e-6)
    own = np.searchsorted(list("abc"), y_res)
    np.testing.assert_allclose(
        sampler.log_odds_offset_[np.arange(len(own)), own],
        np.log(pi[sampler.sample_indices_]),
        atol=1e-12,
    )


def test_only_the_named_classes_are_thinned() -> None:
    y = np.where(np.arange(6000) % 10 == 0, 2, Y)
    sampler = NonuniformNegativeSampler(
        sampling_strategy=Ratios({0: 0.1}, of="own"), random_state=0
    ).fit(X, y)
    assert list(sampler.shift_.rules) == [0]
    assert (sampler.inclusion_probability_[y != 0] == 1).all()
    assert sampler.inclusion_probability(X).shape == (6000,)


# Containers ---------------------------------------------------------------------------------------


def _frame(cls: Any) -> Any:
    return cls({f"x{j}": X[:, j] for j in range(3)})


CONTAINERS: dict[str, Any] = {
    "float32": lambda: X.astype(np.float32),
    "Fortran order": lambda: np.asfortranarray(X),
    "list": X.tolist,
    "object": lambda: X.astype(object),
    "csr": lambda: sparse.csr_array(X),
    "csc": lambda: sparse.csc_matrix(X),
    "coo": lambda: sparse.coo_array(X),
    "pandas": lambda: _frame(pd.DataFrame).set_index(pd.Index(np.arange(6000)[::-1])),
    "polars": lambda: _frame(pl.DataFrame),
}


@pytest.mark.parametrize("name", CONTAINERS)
@pytest.mark.parametrize("criterion", CRITERIA)
def test_containers(name: str, criterion: str) -> None:
    rows = CONTAINERS[name]()
    sampler = NonuniformNegativeSampler(criterion=criterion, pilot_size=500, random_state=0)
    X_res, y_res = sampler.fit_resample(rows, Y)
    plain = drawn(clone(sampler))
    assert type(X_res) is type(rows)
    assert np.shape(X_res)[1] == 3
    assert len(sampler.sample_indices_) == len(y_res)
    close = 1e-3 if name == "float32" or sparse.issparse(rows) else 1e-6
    np.testing.assert_allclose(
        sampler.inclusion_probability_, plain.inclusion_probability_, rtol=close
    )
    if name != "float32":
        np.testing.assert_array_equal(sampler.sample_indices_, plain.sample_indices_)
    assert sampler.log_odds_offset(rows).shape == (6000,)
    assert sampler.inclusion_probability_[Y == 0].sum() == pytest.approx(
        3 * N1 if criterion != "local_case_control" else sampler.sampling_strategy_[0], rel=1e-6
    )


def test_a_mixed_frame_with_gaps() -> None:
    frame = pd.DataFrame({"a": X[:, 0], "b": np.where(X[:, 1] > 1, np.nan, X[:, 1])})
    frame["c"] = pd.Categorical(np.where(X[:, 2] > 0, "high", "low"))
    frame.loc[::50, "c"] = None
    sampler = NonuniformNegativeSampler(random_state=0)
    X_res, y_res = sampler.fit_resample(frame, pd.Series(Y, index=frame.index, name="target"))
    pd.testing.assert_frame_equal(X_res, frame.iloc[sampler.sample_indices_])
    assert y_res.name == "target"
    assert sampler.feature_names_in_.tolist() == ["a", "b", "c"]
    pi = sampler.inclusion_probability(frame)
    assert np.corrcoef(pi[Y == 0], P[Y == 0])[0, 1] > 0.7
    with pytest.raises(ValueError, match="feature names"):
        sampler.inclusion_probability(frame[["c", "b", "a"]])


def test_missing_values_only_outside_the_pilots_rows() -> None:
    rows = X.copy()
    rows[np.flatnonzero(Y == 0)[-1], 0] = np.nan
    sampler = NonuniformNegativeSampler(pilot_size=200, random_state=0).fit(rows, Y)
    assert np.isfinite(sampler.inclusion_probability_).all()


def test_a_column_vector_and_one_hot_labels() -> None:
    plain = drawn(NonuniformNegativeSampler(random_state=0)).sample_indices_
    for y in (Y[:, None], np.eye(2, dtype=int)[Y]):
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "A column-vector y was passed")
            sampler = drawn(NonuniformNegativeSampler(random_state=0), X, y)
        np.testing.assert_array_equal(sampler.sample_indices_, plain)


# Given pilots -------------------------------------------------------------------------------------


def test_a_fitted_pilot_is_used_as_it_is_and_survives_a_clone_when_frozen() -> None:
    by_model = NonuniformNegativeSampler(pilot=PILOT, random_state=0)
    by_frozen = clone(NonuniformNegativeSampler(pilot=FROZEN, random_state=0))
    expected = drawn(by_model).inclusion_probability_
    np.testing.assert_array_equal(drawn(by_frozen).inclusion_probability_, expected)
    rank = np.argsort(np.argsort(P[Y == 0]))
    assert (np.diff(expected[Y == 0][np.argsort(rank)]) >= -1e-12).all()  # ordered as the pilot is
    trained = drawn(clone(by_model))  # a clone of a fitted model is not fitted: it is trained again
    assert len(trained.shift_.pilots) == 2


def test_a_pilot_with_margins_only() -> None:
    model = LinearSVC().fit(*population(3000, seed=7))
    sampler = drawn(NonuniformNegativeSampler(pilot=FrozenEstimator(model), random_state=0))
    margin = model.decision_function(X)
    rule = sampler.shift_.rules[0]
    np.testing.assert_allclose(
        sampler.inclusion_probability(X), np.clip(rule.scale / (1 + np.exp(-margin)), rule.floor, 1)
    )
    trained = drawn(NonuniformNegativeSampler(pilot=LinearSVC(), random_state=0))
    assert np.corrcoef(trained.inclusion_probability(X), P)[0, 1] > 0.6


def test_boosting_as_a_pilot() -> None:
    boosting = HistGradientBoostingClassifier(max_iter=20, max_leaf_nodes=8)
    sampler = drawn(NonuniformNegativeSampler(pilot=boosting, random_state=0))
    again = drawn(NonuniformNegativeSampler(pilot=boosting, random_state=0))
    np.testing.assert_array_equal(sampler.sample_indices_, again.sample_indices_)
    assert sampler.shift_ == again.shift_
    assert np.corrcoef(sampler.inclusion_probability(X), P)[0, 1] > 0.4
    text = sampler.shift_.to_json()
    for pilot in (sampler.pilot_, [p.model for p in sampler.shift_.pilots]):
        back = from_json(text, pilot=pilot)
        np.testing.assert_array_equal(
            back.log_factors(X, [0, 1]), sampler.shift_.log_factors(X, [0, 1])
        )
    given = drawn(
        NonuniformNegativeSampler(pilot=FrozenEstimator(boosting.fit(X, Y)), random_state=0)
    )
    text = given.shift_.to_json()
    assert from_json(text, pilot=given.pilot_) == given.shift_
    with pytest.raises(ValueError, match="is not the one the shift was made with"):
        from_json(text, pilot=FrozenEstimator(boosting.fit(X[::2], Y[::2])))


class Model:
    """No estimator of scikit-learn's kind."""

    def __init__(self, scores: Any) -> None:
        self.scores = scores

    def predict_proba(self, X: Any) -> Any:
        return self.scores(np.asarray(X))


def columns(p: Any) -> Any:
    return np.column_stack([1 - p, p])


def test_certain_pilots_leave_every_row_a_chance() -> None:
    """Probabilities of 0 and 1: the floor, the cap, and the exact budget all the same."""
    hard = Model(lambda X: columns((X[:, 0] > 1) * 1.0))
    sampler = drawn(NonuniformNegativeSampler(pilot=hard, random_state=0))
    pi = sampler.inclusion_probability_
    assert pi[Y == 0].sum() == pytest.approx(3 * N1, rel=1e-6)
    assert pi.min() > 0
    assert np.isfinite(sampler.log_odds_offset_).all()
    never = Model(lambda X: columns(np.zeros(len(X))))
    pi = drawn(NonuniformNegativeSampler(pilot=never, random_state=0)).inclusion_probability_
    np.testing.assert_allclose(pi[Y == 0], 3 * N1 / (6000 - N1))


@pytest.mark.parametrize(
    ("scores", "message"),
    [
        (lambda X: columns(np.full(len(X), np.nan)), r"cannot score rows.*NaN in 6000 of 6000"),
        (lambda X: np.log(columns(np.full(len(X), 0.5))), "values from -0.69"),
        (lambda X: np.full((len(X), 3), 1 / 3), r"one column for each of \[0, 1\]"),
        (lambda X: np.full(len(X), 0.5), r"scores of shape \(6000,\)"),
    ],
    ids=["NaN", "logarithms", "three columns", "one dimension"],
)
def test_pilots_that_cannot_be_used(scores: Any, message: str) -> None:
    with pytest.raises(ValueError, match=f"The pilot Model .*{message}"):
        NonuniformNegativeSampler(pilot=Model(scores), random_state=0).fit(X, Y)


# Any rows -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("criterion", CRITERIA)
def test_fit_alone_then_any_rows(criterion: str) -> None:
    sampler = NonuniformNegativeSampler(criterion=criterion, random_state=0)
    assert sampler.fit(X, Y) is sampler
    assert not hasattr(sampler, "sample_indices_")
    assert isinstance(sampler.shift_, InclusionShift)
    new = population(50, seed=9)[0]
    pi = np.mean(
        [sampler.shift_.pilot_probability(new, p) for p in sampler.shift_.pilots or (None,)], axis=0
    )
    np.testing.assert_allclose(
        sampler.log_odds_offset(new), np.log(pi[:, 1]) - np.log(pi[:, 0]), rtol=1e-12
    )
    y = np.arange(50) % 2
    np.testing.assert_allclose(sampler.inclusion_probability(new, y), pi[np.arange(50), y])
    if criterion != "local_case_control":
        np.testing.assert_allclose(sampler.inclusion_probability(new), pi[:, 0])
        np.testing.assert_array_equal(sampler.inclusion_probability(new, y * 0 + 1), 1)
    drawn(again := clone(sampler))
    np.testing.assert_array_equal(again.log_odds_offset(new), sampler.log_odds_offset(new))


def test_messages_about_new_rows() -> None:
    with pytest.raises(ValueError, match="not fitted"):
        NonuniformNegativeSampler().log_odds_offset(X)
    sampler = NonuniformNegativeSampler(random_state=0).fit(X, Y)
    with pytest.raises(
        ValueError, match=r"does not know, \['a', 'b'\]: expected none but \[0, 1\]"
    ):
        sampler.inclusion_probability(X[:2], ["a", "b"])
    with pytest.raises(ValueError, match="`X` has 3 rows, `y` has 2"):
        sampler.inclusion_probability(X[:3], [0, 1])
    with pytest.raises(ValueError, match=r"X has 2 features, but .* expecting 3"):
        sampler.inclusion_probability(X[:, :2])
    with pytest.raises(ValueError, match="no score for rows with missing values"):
        sampler.log_odds_offset(np.full((1, 3), np.nan))


# Good manners -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"criterion": "D"}, r"`criterion` must be one of \('probability', 'A', .*got 'D'"),
        ({"floor": 0}, r"`floor` must lie in \(0, 1\], got 0"),
        ({"floor": 1.1}, "got 1.1"),
        ({"floor": np.nan}, "got nan"),
        ({"floor": "a"}, "got 'a'"),
        ({"pilot_size": 1}, "`pilot_size` must be a whole number from 2 .* got 1"),
        ({"pilot_size": 1e4}, "got 10000.0"),
        ({"cross_fit": 0}, "`cross_fit` must be a whole number from 1 to 100, got 0"),
        ({"cross_fit": 200}, "got 200"),
        ({"pos_label": 2}, r"`pos_label` 2 is not present in the data; .* are \[0, 1\]"),
        ({"sampling_strategy": "auto"}, "got 'auto'. Hint: 1/3"),
        ({"sampling_strategy": 0.0}, "above 0: got 0.0"),
        ({"sampling_strategy": {1: 20}}, "names class 1, which is kept whole"),
        ({"sampling_strategy": {0: 0.02}}, "Hint: use Ratios"),
        ({"sampling_strategy": {5: 20}}, r"not present in the data: \[5\]"),
        ({"random_state": "x"}, "`random_state` must be"),
    ],
)
def test_messages(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        NonuniformNegativeSampler(**parameters).fit(X, Y)


@pytest.mark.parametrize("criterion", ["A", "L"])
def test_the_gradient_needs_two_classes_and_numbers(criterion: str) -> None:
    sampler = NonuniformNegativeSampler(criterion=criterion, random_state=0)
    with pytest.raises(ValueError, match="is defined for two classes, got 3"):
        sampler.fit(X, np.where(np.arange(6000) % 10 == 0, 2, Y))
    frame = pd.DataFrame({"a": X[:, 0], "b": np.where(X[:, 1] > 0, "u", "v")})
    with pytest.raises(ValueError, match=r"columns \['b'\] are not. Hint: encode them first"):
        sampler.fit(frame, Y)


@pytest.mark.parametrize(
    ("rows", "y", "weights", "message"),
    [
        (X[:5], [0] * 5, None, "needs to have more than 1 class. Got 1 class instead"),
        (X[:5], [0, 1, 0, 1], None, "`X` has 5 rows, `y` has 4"),
        (X[:0], [], None, "0 sample"),
        (X[:4], [0, 1, 0, 0.5], None, "continuous"),
        (X[:4], [0, 1, 0, None], None, "missing labels"),
        (X[:4], [0, 1, 0, 0], [1, -1, 1, 1], "negative"),
        (X[:4], [0, 1, 0, 0], [0, 0, 0, 0], "zero for every row"),
        (X[:4], [0, 1, 0, 0], [1, 0, 1, 1], "zero for every row of class 1"),
        (X[:4], [0, 1, 0, 0], [1, np.nan, 1, 1], "NaN or infinity"),
    ],
)
def test_bad_input(rows: Any, y: Any, weights: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        NonuniformNegativeSampler(random_state=0).fit_resample(rows, y, sample_weight=weights)


def test_no_positive_at_all_and_a_class_that_vanishes() -> None:
    with pytest.raises(ValueError, match="needs to have more than 1 class"):
        NonuniformNegativeSampler().fit(X, np.zeros(6000, dtype=int))
    sampler = NonuniformNegativeSampler(
        sampling_strategy=Ratios({0: 1e-9}, of="own"), pilot=FROZEN, random_state=0
    )
    with pytest.raises(ValueError, match=r"No row \(of any weight\) of class 0 was drawn. Hint: "):
        sampler.fit_resample(X, Y)


def test_pilots_in_wrong_use() -> None:
    strange = LogisticRegression().fit(X, np.where(Y == 1, "yes", "no"))
    with pytest.raises(
        ValueError, match=r"knows the classes \['no', 'yes'\], but `y` has \[0, 1\]"
    ):
        NonuniformNegativeSampler(pilot=FrozenEstimator(strange)).fit(X, Y)
    with pytest.raises(TypeError, match="must be a classifier with predict_proba or decision_func"):
        NonuniformNegativeSampler(pilot=StandardScaler()).fit(X, Y)
    with pytest.raises(ValueError, match=r"X has 3 features, but .* is expecting 2 features"):
        NonuniformNegativeSampler(pilot=LogisticRegression().fit(X[:, :2], Y)).fit(X, Y)
    frame = pd.DataFrame(X, columns=["a", "b", "c"])
    scaled = make_pipeline(StandardScaler(), LogisticRegression()).fit(frame, Y)
    with pytest.raises(ValueError, match="Feature names must be in the same order"):
        NonuniformNegativeSampler(pilot=scaled).fit(frame[["c", "b", "a"]], Y)
    margins = FrozenEstimator(LinearSVC().fit(X, np.arange(6000) % 3))
    with pytest.raises(ValueError, match="no predict_proba"):
        NonuniformNegativeSampler(pilot=margins).fit(X, np.where(np.arange(6000) % 10 == 0, 2, Y))


@pytest.mark.parametrize("floor", [0.1, 0.999, 1.0])
@pytest.mark.parametrize("criterion", CRITERIA)
def test_no_budget_is_below_what_the_floor_lets_through(criterion: str, floor: float) -> None:
    """The floor is a share of the mean rate: three rows can be asked for, and are expected."""
    sampler = NonuniformNegativeSampler(
        sampling_strategy={0: 3}, criterion=criterion, floor=floor, random_state=0
    ).fit(X, Y)
    assert sampler.expected_size_ == pytest.approx(N1 + 3, rel=1e-6)


def test_random_states() -> None:
    one = drawn(NonuniformNegativeSampler(random_state=np.random.default_rng(0))).sample_indices_
    other = drawn(NonuniformNegativeSampler(random_state=np.random.default_rng(0))).sample_indices_
    np.testing.assert_array_equal(one, other)
    fresh = drawn(NonuniformNegativeSampler()).sample_indices_
    assert not np.array_equal(fresh, one)


def test_inside_a_search_and_a_pipeline() -> None:
    pipeline = imblearn_pipeline(NonuniformNegativeSampler(random_state=0), LogisticRegression())
    search = GridSearchCV(
        pipeline,
        {
            "nonuniformnegativesampler__sampling_strategy": [0.5, Ratios({0: 0.1}, of="own")],
            "nonuniformnegativesampler__criterion": ["probability", "uniform"],
        },
        cv=3,
        scoring="roc_auc",
    )
    assert search.fit(X, Y).best_score_ > 0.75
    nested = NonuniformNegativeSampler(pilot=make_pipeline(StandardScaler(), LogisticRegression()))
    assert nested.set_params(pilot__logisticregression__C=0.1).fit(X, Y)


def test_tags_say_what_a_pilot_takes() -> None:
    tags = get_tags(NonuniformNegativeSampler()).input_tags
    assert not tags.three_d_array
    assert not tags.string
    assert tags.allow_nan
    assert tags.sparse
