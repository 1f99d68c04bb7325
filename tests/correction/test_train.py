"""Training with an offset, with weights or plainly, and what is left to undo afterwards."""

import warnings
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy.special import expit
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from imbalance_kit import (
    ClassShift,
    ClassWeighter,
    CorrectedClassifier,
    NonuniformNegativeSampler,
    OffsetLogisticRegression,
    RandomUnderSampler,
    SamplerChain,
    TomekLinks,
)
from imbalance_kit.correction._train import Rows, follow

SAMPLER = NonuniformNegativeSampler(random_state=0)


@pytest.mark.parametrize(
    ("training", "expected"),
    [
        ({"sampler": None, "by_weights": False, "indices": None}, [0, 0, 1, 1]),
        ({"sampler": SAMPLER, "by_weights": True, "indices": None}, [0, 0, 1, 1]),
        ({"sampler": SAMPLER, "by_weights": False, "indices": np.array([3, 0, 3])}, [1, 0, 1]),
        ({"sampler": SAMPLER, "by_weights": False, "indices": None}, None),
    ],
)
def test_groups_follow_the_rows_where_these_are_known(training: Any, expected: Any) -> None:
    found = follow(np.array([0, 0, 1, 1]), SimpleNamespace(**training))
    assert expected == (None if found is None else found.tolist())
    assert follow(None, SimpleNamespace(**training)) is None


def test_rows_are_taken_with_all_that_belongs_to_them() -> None:
    numbers = np.arange(5)
    rows = Rows(numbers[:, None], numbers, numbers / 10, numbers // 2, {"target": numbers})
    some = rows.take(np.array([4, 1]))
    assert (some.X.tolist(), some.y.tolist()) == ([[4], [1]], [4, 1])
    assert (some.weights.tolist(), some.groups.tolist()) == ([0.4, 0.1], [2, 0])
    assert some.options["target"] is numbers  # a population is not cut
    none = Rows(numbers[:, None], numbers, None, None, {}).take(np.array([4, 1]))
    assert (none.weights, none.groups) == (None, None)


def draw(n: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows, labels and true probabilities of a logistic model with about 2 % positives."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, 3))
    p = expit(-5 + 1.5 * X[:, 0] + X[:, 1])
    return X, (rng.random(n) < p).astype(int), p


X, Y, _ = draw(40_000, 0)


def fit(estimator, sampler=SAMPLER, **options):
    return CorrectedClassifier(estimator, sampler, **options).fit(X, Y)


@pytest.mark.parametrize(
    ("sampler", "shift"),
    [
        (RandomUnderSampler(random_state=0), None),
        (RandomUnderSampler(random_state=0), ClassShift.from_rates({0: 0.1, 1: 1})),
        (None, ClassShift.from_rates({0: 0.1, 1: 1})),
        (ClassWeighter(), None),
    ],
)
def test_offset_by_class_is_the_shift(sampler, shift) -> None:
    """Without a penalty a constant offset moves the intercept alone, which is the closed form."""
    model = OffsetLogisticRegression(C=np.inf, tol=1e-10)
    offset = fit(model, sampler, shift=shift, correction="offset")
    closed = fit(model, sampler, shift=shift, correction="shift")
    np.testing.assert_allclose(offset.decision_function(X), closed.decision_function(X), atol=1e-6)
    assert offset.correction_ == "offset"


@pytest.mark.parametrize(
    ("estimator", "correction"),
    [
        (OffsetLogisticRegression(), "offset"),
        (make_pipeline(StandardScaler(), OffsetLogisticRegression()), "offset"),
        (HistGradientBoostingClassifier(max_iter=5), "shift"),
    ],
)
def test_auto_follows_the_learner(estimator, correction: str) -> None:
    assert fit(estimator).correction_ == correction


def test_auto_weights_a_plain_linear_learner_and_says_so() -> None:
    with pytest.warns(UserWarning, match=r"linear and cannot follow.*Hint: OffsetLogistic"):
        model = fit(LogisticRegression())
    assert model.correction_ == "weight"


def test_offset_needs_a_learner_that_takes_one() -> None:
    with pytest.raises(ValueError, match=r"LogisticRegression takes none\. Hint: OffsetLogistic"):
        fit(LogisticRegression(), correction="offset")


def test_weights_carry_a_row_dependent_shift_too() -> None:
    """The same inclusion probabilities as weights: no row is lost, and the offset still undoes."""
    model = fit(OffsetLogisticRegression(), carry_out="weights")
    assert model.correction_ == "offset"
    share = model.predict_proba(X)[:, 1].mean()
    # Relative error of a rate from n positives, n = 1,100: sqrt(1 / n) = 3 %; 4 of them, and the
    # weighted rows count for less than all.
    assert abs(share / Y.mean() - 1) < 4 * np.sqrt(1.5 / Y.sum())


def test_chain_is_undone_as_a_whole() -> None:
    chain = SamplerChain(
        [RandomUnderSampler(sampling_strategy=0.1), NonuniformNegativeSampler()], random_state=0
    )
    model = fit(OffsetLogisticRegression(), chain)
    share = model.predict_proba(X)[:, 1].mean()
    assert model.correction_ == "offset"
    assert abs(share / Y.mean() - 1) < 4 * np.sqrt(2 / Y.sum())


def test_post_hoc_shift_of_a_linear_learner_is_the_worst_choice() -> None:
    """Excess log loss on fresh rows, averaged over eight draws: the offset has less than half."""
    excess = {"offset": [], "shift": [], "auto": []}
    for seed in range(8):
        train, labels, _ = draw(40_000, 10 + seed)
        X_new, _, p = draw(40_000, 100 + seed)
        sampler = NonuniformNegativeSampler(random_state=seed)
        truth = np.column_stack([1 - p, p])
        best = -(truth * np.log(truth)).sum(axis=1).mean()
        for correction, losses in excess.items():
            learner = LogisticRegression if correction == "auto" else OffsetLogisticRegression
            model = CorrectedClassifier(learner(), sampler, correction=correction)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)
                q = model.fit(train, labels).predict_proba(X_new)
            losses.append(-(truth * np.log(q)).sum(axis=1).mean() - best)
    means = {name: np.mean(values) for name, values in excess.items()}
    assert means["offset"] < means["shift"] / 2
    assert means["auto"] < means["shift"] / 2


@pytest.mark.parametrize("names", [("fraud", "ok"), ("ok", "zz"), (True, False)])
def test_labels_do_not_matter(names) -> None:
    """Rare and common by another name, in another order: the columns swap, nothing else."""
    rare, common = names
    labels = np.where(Y == 1, rare, common)
    ours = CorrectedClassifier(OffsetLogisticRegression(tol=1e-10), SAMPLER)
    reference = ours.fit(X, Y).predict_proba(X)[:, 1]
    model = ours.fit(X, labels)
    column = model.classes_.tolist().index(rare)
    np.testing.assert_allclose(model.predict_proba(X)[:, column], reference, atol=1e-8)


def test_none_leaves_the_sample_as_it_is() -> None:
    raw = fit(OffsetLogisticRegression(), correction="none").predict_proba(X)[:, 1].mean()
    assert raw > 3 * Y.mean()


class NeverTrained(LogisticRegression):
    def fit(self, X, y, sample_weight=None):
        raise AssertionError("trained, although the correction is refused")


@pytest.mark.parametrize(
    ("correction", "message"),
    [
        ("shift", "is refused: TomekLinks"),
        ("temperature", "TomekLinks changed"),
        ("weight", "needs weights under which"),
    ],
)
def test_a_refusal_comes_before_training(correction: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        fit(NeverTrained(), TomekLinks(), correction=correction)


def test_a_double_correction_is_refused() -> None:
    """It would give a fifth of the true mean; without a correction inside it is the closed form."""
    for correction in ("auto", "shift", "sigmoid"):
        inside = fit(OffsetLogisticRegression(), correction=correction)
        for frozen in (inside, make_pipeline(StandardScaler(), inside)):
            model = CorrectedClassifier(FrozenEstimator(frozen), shift=inside.shift_)
            with pytest.raises(ValueError, match=r"a double correction\. Hint: leave `shift` out"):
                model.fit(X, Y)
    raw = fit(OffsetLogisticRegression(), correction="none")
    once = CorrectedClassifier(FrozenEstimator(raw), shift=raw.shift_).fit(X, Y)
    closed = fit(OffsetLogisticRegression(), correction="shift")
    np.testing.assert_allclose(once.predict_proba(X), closed.predict_proba(X), rtol=1e-9)


def test_log_loss_with_the_wrong_sign_would_show() -> None:
    """A guard for the tests above: turning the offset's sign is not a small mistake."""
    X_res, y_res = SAMPLER.fit_resample(X, Y)
    offset = SAMPLER.log_odds_offset_
    right = OffsetLogisticRegression().fit(X_res, y_res, offset=offset).predict_proba(X)
    wrong = OffsetLogisticRegression().fit(X_res, y_res, offset=-offset).predict_proba(X)
    assert log_loss(Y, wrong) > 2 * log_loss(Y, right)
