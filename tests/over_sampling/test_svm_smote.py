"""SVMSMOTE: support vectors but for noise; inwards from those in danger, outwards from the rest."""

from typing import Any

import imblearn.over_sampling
import numpy as np
import pytest
from imblearn.over_sampling._smote.tests import test_svm_smote as peer_tests
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from imbalance_kit import SVMSMOTE
from tests.over_sampling._clouds import SHAPES, clouds, made, others_by_brute_force, peer_seeds
from tests.over_sampling._peer_tests import cases


@pytest.mark.parametrize(("sizes", "n_features", "distance"), SHAPES)
def test_seeds_are_those_of_imbalanced_learn(
    sizes: tuple[int, ...], n_features: int, distance: float
) -> None:
    X, y = clouds(sizes, n_features, distance)
    wanted = dict.fromkeys(range(1, len(sizes)), 2000)  # so many that every seed is drawn
    ours = SVMSMOTE(sampling_strategy=wanted, random_state=0, m_neighbors=7)
    ours.fit_resample(X, y)
    theirs = peer_seeds(
        imblearn.over_sampling.SVMSMOTE(sampling_strategy=wanted, m_neighbors=7), X, y
    )
    seeds, _, steps = made(ours)
    machine = SVC(gamma="scale").fit(X, y)
    for label in wanted:
        of_class = y[seeds] == label
        assert of_class.sum() == 2000 - sizes[label]
        assert set(seeds[of_class]) == set(theirs[label])
        # and by brute force: which of them are in danger
        others = np.full(len(y), np.nan)
        others[y == label] = others_by_brute_force(X, y, label, 7)
        support = machine.support_[y[machine.support_] == label]
        assert set(seeds[of_class]) == set(support[others[support] < 1])
        np.testing.assert_array_equal(steps[of_class] > 0, others[seeds[of_class]] >= 0.5)


def test_as_many_rows_as_asked_for_where_no_seed_is_in_danger() -> None:
    """imbalanced-learn delivers about half of them, in silence."""
    X, y = clouds((60, 20), distance=8)
    _, y_res = SVMSMOTE(random_state=0).fit_resample(X, y)
    np.testing.assert_array_equal(np.bincount(y_res), [60, 60])
    _, y_res = imblearn.over_sampling.SVMSMOTE(random_state=0).fit_resample(X, y)
    assert np.bincount(y_res)[1] < 50, "the defect is gone: drop this comparison"


def test_a_machine_without_a_random_state() -> None:
    class Middle(BaseEstimator):
        """Calls the rows nearest to the middle of all rows its support vectors."""

        def fit(self, X: Any, y: Any) -> Any:
            self.support_ = np.argsort(np.linalg.norm(X - X.mean(axis=0), axis=1))[40:20:-1]
            return self

    X, y = clouds((60, 20), distance=1)
    sampler = SVMSMOTE(svm_estimator=Middle(), random_state=0).fit(X, y)
    sampler.fit_resample(X, y)
    seeds, _, _ = made(sampler)
    assert set(seeds) <= set(sampler.svm_estimator_.support_)


def test_half_of_the_rows_are_expected_from_seeds_in_danger() -> None:
    """One new row, of a seed in danger or of another: 100 fair coins, four standard errors."""
    X, y = clouds((40, 15), distance=1)
    sampler = SVMSMOTE(sampling_strategy={1: 16})
    inwards = 0
    for seed in range(100):
        sampler.set_params(random_state=seed).fit_resample(X, y)
        inwards += int(made(sampler)[2][0] > 0)
    assert abs(inwards / 100 - 0.5) < 4 * np.sqrt(0.25 / 100)


def test_nothing_but_noise() -> None:
    """imbalanced-learn raises; here all rows are seeds, and a warning says so."""
    X, y = clouds((60, 3), distance=0)
    X[y == 1] *= 0.01
    X[y == 1] += 100 * np.arange(3)[:, None]  # each far from the others of its class
    X[np.flatnonzero(y == 0)[:30]] = X[y == 1][[0, 1, 2] * 10] + 1
    sampler = SVMSMOTE(random_state=0, k_neighbors=2, m_neighbors=5)
    with pytest.warns(UserWarning, match=r"All support vectors of class 1 are noise"):
        _, y_res = sampler.fit_resample(X, y)
    np.testing.assert_array_equal(np.bincount(y_res), [60, 60])
    assert (made(sampler)[2] > 0).all()


def test_the_machine_is_trained_once() -> None:
    fits = []

    class Counted(SVC):
        def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Any:
            fits.append(len(y))
            return super().fit(X, y, sample_weight)

    X, y = clouds((60, 30, 20, 10))
    sampler = SVMSMOTE(random_state=0, svm_estimator=Counted())
    sampler.fit_resample(X, y)
    assert fits == [120]
    assert isinstance(sampler.svm_estimator_, Counted)
    np.testing.assert_array_equal(sampler.svm_estimator_.classes_, [0, 1, 2, 3])


@pytest.mark.parametrize("out_step", [0, -1.0, np.inf, "x", None])
def test_a_wrong_step(out_step: Any) -> None:
    X, y = clouds((30, 10))
    with pytest.raises(ValueError, match="`out_step` must be a number above 0"):
        SVMSMOTE(out_step=out_step).fit_resample(X, y)


def test_a_machine_without_support_vectors() -> None:
    X, y = clouds((30, 10))
    with pytest.raises(TypeError, match=r"must have `support_` after fit.*Hint: use sklearn.svm"):
        SVMSMOTE(svm_estimator=LogisticRegression()).fit_resample(X, y)


DEVIATIONS = {
    "test_svm_smote_not_svm": "an estimator of the wrong kind is a TypeError",
    "test_svm_smote_all_noise": "the count is delivered, and a warning",
}


@pytest.mark.parametrize(("test", "arguments"), cases(peer_tests, DEVIATIONS))
def test_what_imbalanced_learn_tests(
    test: Any, arguments: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peer_tests, "SVMSMOTE", SVMSMOTE)
    test(**arguments)
