"""Every known way of getting negative sampling wrong, as a small patch that turns a check red.

The checks are quick simulations from a logistic model, so that the truth is known. The sharpest of
them needs no learner: under the truth p, the label of a kept row is a coin with log odds
``logit p + offset``, so that ``Σ (y - q) g(x)`` is zero within its standard deviation
``sqrt(Σ q (1 - q) g²)`` for any g. Each check is green as it stands, and red under its traps.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.special import expit
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from imbalance_kit import CorrectedClassifier, NonuniformNegativeSampler, OffsetLogisticRegression
from imbalance_kit._utils._targets import encode_target
from imbalance_kit.correction import _corrected_classifier
from imbalance_kit.shift import InclusionRule, InclusionShift, LinearPilot, _inclusion_shift
from imbalance_kit.under_sampling import (
    _cross_fit,
    _nonuniform_negative_sampler,
    _scoring,
)

N = 10_000
SLOPES = np.array([1.0, -0.8, 0.5])
DEVIATIONS = 5  # allowed; beyond it by chance once in 1.7 million comparisons
TREE = DecisionTreeClassifier(max_leaf_nodes=60, random_state=0)


def population(seed: int, *, heavy_tails: bool = False) -> tuple[Any, Any, Any]:
    """Return rows, labels (about 2 % of them 1), and their true probabilities."""
    rng = np.random.default_rng([seed, N])
    X = rng.normal(size=(N, 3))
    if heavy_tails:
        X, slopes, intercept = np.exp(X), np.array([0.5, 0.0, 0.0]), -5.2
    else:
        slopes, intercept = SLOPES, -5.0
    p = expit(X @ slopes + intercept)
    return X, (rng.random(N) < p).astype(int), p


def logit(p: Any) -> Any:
    return np.log(p / (1 - p))


def off_by(draws: Any) -> Any:
    """Return, for several g, how far labels are from their q, in standard deviations.

    `draws` are triples of rows, labels and probabilities q, with a function of the row to look at.
    """
    total, variance = 0.0, 0.0
    for X, y, q, values in draws:
        g = np.column_stack([np.ones(len(X)), X, values - values.mean()])
        total = total + (y - q) @ g
        variance = variance + (q * (1 - q)) @ g**2
    return np.abs(total) / np.sqrt(variance)


# The checks ---------------------------------------------------------------------------------------


def labels_follow_the_offset() -> None:
    """With a default pilot, a flexible one, and one whose scores are often cut at 1."""

    def draws(sampler: Any, *, heavy_tails: bool = False) -> Any:
        for seed in range(6):
            X, y, p = population(seed, heavy_tails=heavy_tails)
            X_res, y_res = sampler.set_params(random_state=seed).fit_resample(X, y)
            offset = sampler.log_odds_offset_
            yield X_res, y_res, expit(logit(p[sampler.sample_indices_]) + offset), offset

    default = NonuniformNegativeSampler(sampling_strategy=1.0)
    assert off_by(draws(default)).max() < DEVIATIONS
    flexible = NonuniformNegativeSampler(pilot=TREE)
    assert off_by(draws(flexible)).max() < DEVIATIONS
    certain = NonuniformNegativeSampler(sampling_strategy=0.2, criterion="L")
    assert off_by(draws(certain, heavy_tails=True)).max() < DEVIATIONS


def labels_follow_the_shift() -> None:
    """Of new rows, each drawn by the pilot of a random fold: what a correction takes out.

    The pilots are flexible, and differ from fold to fold.
    """

    def draws() -> Any:
        for seed in range(6):
            sampler = NonuniformNegativeSampler(pilot=TREE, random_state=seed)
            shift = sampler.fit(*population(seed)[:2]).shift_
            X, y, p = population(seed + 100)
            rng = np.random.default_rng(seed)
            of_folds = np.array([shift.pilot_probability(X, pilot) for pilot in shift.pilots])
            pi = of_folds[rng.integers(2, size=N), np.arange(N), y]
            kept = rng.random(N) < pi
            differ = np.log(of_folds[0, kept, 0] / of_folds[1, kept, 0])
            yield X[kept], y[kept], shift.apply(p[kept], X[kept]), differ
            yield X[kept], y[kept], shift.apply(p[kept], X[kept]), np.abs(differ)

    assert off_by(draws()).max() < DEVIATIONS


def coefficients_are_the_truth() -> None:
    """Fitted with the offset, over 10 populations, within 5 standard errors of their spread."""
    coefs = []
    for seed in range(10):
        X, y, _ = population(seed)
        sampler = NonuniformNegativeSampler(random_state=seed)
        X_res, y_res = sampler.fit_resample(X, y)
        learner = OffsetLogisticRegression(C=np.inf)
        learner.fit(X_res, y_res, offset=sampler.log_odds_offset_)
        coefs.append([*learner.intercept_, *learner.coef_[0]])
    error = np.std(coefs, axis=0, ddof=1) / np.sqrt(10)
    assert (np.abs(np.mean(coefs, axis=0) - [-5, *SLOPES]) < DEVIATIONS * error).all()


def the_mean_probability_is_the_base_rate() -> None:
    """Of corrected classifiers, each way of correcting, within 20 % (4 deviations at 200 rows)."""
    X, y, p = population(0)
    sampler = NonuniformNegativeSampler(random_state=0)
    for correction in ("weight", "sigmoid"):
        model = CorrectedClassifier(LogisticRegression(C=100), sampler, correction=correction)
        mean = model.fit(X, y).predict_proba(X)[:, 1].mean()
        assert abs(mean / p.mean() - 1) < 0.2, correction


def the_pilot_speaks_for_the_population() -> None:
    """Its mean probability is the base rate, within 20 % on average over 5 populations."""
    ratios = []
    for seed in range(5):
        X, y, p = population(seed)
        sampler = NonuniformNegativeSampler(pilot_size=1000, random_state=seed).fit(X, y)
        ratios.append(sampler.pilot_.predict_proba(X)[:, 1].mean() / p.mean())
    assert abs(np.mean(ratios) - 1) < 0.2


def the_kept_size_is_the_budget() -> None:
    """Expected exactly; realised within 5 standard deviations. Pilots of 200 rows."""
    for seed in range(5):
        X, y, _ = population(seed)
        sampler = NonuniformNegativeSampler(pilot_size=200, random_state=seed)
        sampler.fit_resample(X, y)
        pi = sampler.inclusion_probability_
        budget = 4 * y.sum()
        assert abs(sampler.expected_size_ - budget) < 1e-6 * budget
        realised = len(sampler.sample_indices_)
        assert abs(realised - budget) < DEVIATIONS * np.sqrt(np.sum(pi * (1 - pi)))


def rows_are_kept_with_their_probability() -> None:
    """Over 100 seeds, certain rows always, groups of the others within 5 standard deviations."""
    X, y, _ = population(0)
    pilot = LinearPilot(2 * SLOPES[None], np.array([-5.0]))
    sampler = NonuniformNegativeSampler(pilot=pilot, sampling_strategy=0.2)
    pi = sampler.fit(X, y).inclusion_probability_
    kept = np.zeros(N)
    for seed in range(100):
        sampler.set_params(random_state=seed).fit_resample(X, y)
        kept[sampler.sample_indices_] += 1
    assert (pi[y == 0] == 1).sum() > 20
    assert (kept[pi == 1] == 100).all()
    for group in np.array_split(np.argsort(pi)[: (pi < 1).sum()], 10):
        off = np.abs(kept[group].sum() - 100 * pi[group].sum())
        assert off < DEVIATIONS * np.sqrt(100 * np.sum(pi[group] * (1 - pi[group])))


class Certain:
    """A pilot that is sometimes certain, in both directions."""

    def predict_proba(self, X: Any) -> Any:
        p = np.clip(expit(3 * X[:, 0]) * 1.2 - 0.1, 0, 1)
        return np.column_stack([1 - p, p])


def offsets_are_finite() -> None:
    """Also where the pilot says 0 or 1."""
    X, y, _ = population(0)
    sampler = NonuniformNegativeSampler(pilot=Certain(), random_state=0)
    with np.errstate(divide="ignore"):
        sampler.fit_resample(X, y)
        assert (sampler.inclusion_probability_ > 0).all()
        assert np.isfinite(sampler.log_odds_offset_).all()
        assert np.isfinite(sampler.log_odds_offset(X)).all()


def labels_change_nothing_but_names() -> None:
    """Fitted probabilities with "fraud" before "ok" are those of 0 and 1, columns swapped."""
    X, y, _ = population(0)
    proba = []
    for labels in (np.array([0, 1]), np.array(["ok", "fraud"])):
        sampler = NonuniformNegativeSampler(random_state=0)
        X_res, y_res = sampler.fit_resample(X, labels[y])
        learner = OffsetLogisticRegression().fit(X_res, y_res, offset=sampler.log_odds_offset_)
        proba.append(learner.predict_proba(X))
    np.testing.assert_allclose(proba[1][:, ::-1], proba[0], rtol=1e-5)


CHECKS: dict[str, Callable[[], None]] = {
    check.__name__: check
    for check in (
        labels_follow_the_offset,
        labels_follow_the_shift,
        coefficients_are_the_truth,
        the_mean_probability_is_the_base_rate,
        the_pilot_speaks_for_the_population,
        the_kept_size_is_the_budget,
        rows_are_kept_with_their_probability,
        offsets_are_finite,
        labels_change_nothing_but_names,
    )
}


@pytest.mark.parametrize("name", CHECKS)
def test_every_check_is_green(name: str) -> None:
    CHECKS[name]()


# The traps ----------------------------------------------------------------------------------------

Patch = Callable[[pytest.MonkeyPatch], None]
TRAPS: list[tuple[Patch, str]] = []
SAMPLER = NonuniformNegativeSampler


def turns_red(*checks: Callable[[], None]) -> Callable[[Patch], Patch]:
    """Note which checks a trap must turn red."""

    def note(patch: Patch) -> Patch:
        TRAPS.extend((patch, check.__name__) for check in checks)
        return patch

    return note


@turns_red(the_mean_probability_is_the_base_rate)
def corrected_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shift is taken out of a model that was trained by inverse-probability weights."""
    train = _corrected_classifier.train

    def twice(*args: Any, **kwargs: Any) -> Any:
        trained = train(*args, **kwargs)
        return replace(trained, shift=trained.training.shift)

    monkeypatch.setattr(_corrected_classifier, "train", twice)


@turns_red(the_mean_probability_is_the_base_rate)
def calibrated_on_sampled_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    calibrate = CorrectedClassifier._calibrate

    def on_sampled_rows(self: Any, rows: Any, *_: Any) -> Any:
        X, y = clone(self.sampler).fit_resample(rows.X, rows.y)
        return calibrate(self, replace(rows, X=X, y=y), encode_target(y), None)

    monkeypatch.setattr(CorrectedClassifier, "_calibrate", on_sampled_rows)


@turns_red(labels_follow_the_offset, coefficients_are_the_truth)
def the_sign_of_the_offset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        _nonuniform_negative_sampler, "as_log_odds", lambda logs: logs[:, 0] - logs[:, 1]
    )


@turns_red(labels_change_nothing_but_names)
def the_order_of_the_classes(monkeypatch: pytest.MonkeyPatch) -> None:
    """``-log π`` whichever of `classes_` was kept."""
    monkeypatch.setattr(_nonuniform_negative_sampler, "as_log_odds", lambda logs: -logs.sum(axis=1))


@turns_red(labels_follow_the_offset, coefficients_are_the_truth)
def the_offset_on_negatives_only(monkeypatch: pytest.MonkeyPatch) -> None:
    fit_resample = SAMPLER.fit_resample

    def negatives_only(self: Any, X: Any, y: Any, **kwargs: Any) -> Any:
        X_res, y_res = fit_resample(self, X, y, **kwargs)
        self.log_odds_offset_ = np.where(y_res == 0, self.log_odds_offset_, 0.0)
        return X_res, y_res

    monkeypatch.setattr(SAMPLER, "fit_resample", negatives_only)


@turns_red(labels_follow_the_shift)
def a_constant_shift(monkeypatch: pytest.MonkeyPatch) -> None:
    log_factors = InclusionShift.log_factors

    def constant(self: Any, X: Any, classes: Any) -> Any:
        logs = log_factors(self, X, classes)
        return np.broadcast_to(logs.mean(axis=0), logs.shape)

    monkeypatch.setattr(InclusionShift, "log_factors", constant)


@turns_red(labels_follow_the_offset)
def no_cap_in_the_correction(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows are drawn by ``min(λ s, 1)``, and corrected by ``λ s``."""
    offsets = SAMPLER._offsets

    def uncapped(self: Any, X: Any, folds: Any) -> Any:
        with monkeypatch.context() as inner:
            inner.setattr(InclusionRule, "__call__", lambda r, s: np.maximum(r.scale * s, r.floor))
            return offsets(self, X, folds)

    monkeypatch.setattr(SAMPLER, "_offsets", uncapped)


@turns_red(labels_follow_the_offset)
def pilots_that_score_their_own_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_cross_fit, "outside", lambda rows, folds, fold: rows)


def _combined(monkeypatch: pytest.MonkeyPatch, combine: Callable[[Any], Any]) -> None:
    """Combine the folds' probabilities for new rows in another way."""

    def combined(self: Any, X: Any) -> Any:
        return combine(np.array([self.pilot_probability(X, pilot) for pilot in self.pilots]))

    monkeypatch.setattr(InclusionShift, "inclusion_probability", combined)


@turns_red(labels_follow_the_shift)
def the_probability_of_one_fold(monkeypatch: pytest.MonkeyPatch) -> None:
    _combined(monkeypatch, lambda pi: pi[0])


@turns_red(labels_follow_the_shift)
def the_geometric_mean_over_folds(monkeypatch: pytest.MonkeyPatch) -> None:
    _combined(monkeypatch, lambda pi: np.exp(np.log(pi).mean(axis=0)))


@turns_red(the_pilot_speaks_for_the_population)
def the_pilots_intercept_not_corrected(monkeypatch: pytest.MonkeyPatch) -> None:
    train = _cross_fit.train_pilot

    def as_if_balanced(pilot: Any, X: Any, y: Any, weights: Any, totals: Any) -> Any:
        return train(pilot, X, y, weights, {k: float((y == k).sum()) for k in totals})

    monkeypatch.setattr(_cross_fit, "train_pilot", as_if_balanced)


def _normaliser(monkeypatch: pytest.MonkeyPatch, mean_score: Callable[..., float]) -> None:
    """Solve for λ by an estimate of the mean score, instead of exactly."""
    score = SAMPLER._score
    seen: dict[str, Any] = {}

    def remember(self: Any, data: Any, seed: int) -> Any:
        seen["y"] = data.target.codes
        return score(self, data, seed)

    def estimated(data: Any, scores: Any, sizes: Any, floor: float, *, together: bool) -> Any:
        pilot_rows = np.random.default_rng(0).permutation(np.flatnonzero(seen["y"] == 0))[:100]
        pilot_rows = np.concatenate([pilot_rows, np.flatnonzero(seen["y"] == 1)[:100]])
        n0 = (seen["y"] == 0).sum()
        scale = sizes[0] / (n0 * mean_score(scores, pilot_rows, seen["y"]))
        return {0: InclusionRule(float(scale), floor * sizes[0] / n0)}

    monkeypatch.setattr(SAMPLER, "_score", remember)
    monkeypatch.setattr(_nonuniform_negative_sampler, "inclusion_rules", estimated)


@turns_red(the_kept_size_is_the_budget)
def the_normaliser_of_the_balanced_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mean probability over the pilot's rows, half of which are positives."""

    def average(scores: Any, rows: Any, y: Any) -> float:
        p = np.where(y[rows] == 1, 1 - scores[rows], scores[rows])
        return float(p.mean())

    _normaliser(monkeypatch, average)


@turns_red(the_kept_size_is_the_budget)
def the_normaliser_estimated_from_the_pilots_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mean score of the hundred negatives among the pilot's 200 rows."""
    _normaliser(monkeypatch, lambda scores, rows, y: float(scores[rows[y[rows] == 0]].mean()))


@turns_red(rows_are_kept_with_their_probability)
def unequal_probabilities_by_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    """``choice(replace=False, p=...)``: successive draws, whose inclusion is another."""

    def by_choice(data: Any, pi: Any, roles: Any, seed: int) -> Any:
        size = round(pi.sum())
        rng = np.random.default_rng(seed)
        return np.sort(rng.choice(len(pi), size=size, replace=False, p=pi / pi.sum()))

    monkeypatch.setattr(_nonuniform_negative_sampler, "poisson_draw", by_choice)


def _without_floor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(InclusionRule, "__call__", lambda r, s: np.minimum(r.scale * s, 1.0))


@turns_red(offsets_are_finite)
def no_floor(monkeypatch: pytest.MonkeyPatch) -> None:
    _without_floor(monkeypatch)


@turns_red(offsets_are_finite)
def a_score_that_vanishes_at_certainty(monkeypatch: pytest.MonkeyPatch) -> None:
    """``p sqrt(1 - p)``, and no floor: a certain negative that is none can never be drawn."""
    row_scores = _inclusion_shift.row_scores

    def vanishing(*args: Any) -> Any:
        p = np.maximum(row_scores(*args), 1e-3)  # the other end, a p of 0, is another trap
        return p * np.sqrt(1 - p)

    monkeypatch.setattr(_scoring, "row_scores", vanishing)
    monkeypatch.setattr(_inclusion_shift, "row_scores", vanishing)
    _without_floor(monkeypatch)


@pytest.mark.parametrize(
    ("trap", "check"), TRAPS, ids=[f"{trap.__name__}-{check}" for trap, check in TRAPS]
)
def test_every_trap_turns_its_check_red(
    monkeypatch: pytest.MonkeyPatch, trap: Patch, check: str
) -> None:
    trap(monkeypatch)
    with pytest.raises(AssertionError):
        CHECKS[check]()


def test_every_check_has_a_trap() -> None:
    assert {check for _, check in TRAPS} == set(CHECKS)
    assert len({trap for trap, _ in TRAPS}) >= 14
