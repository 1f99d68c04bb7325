"""The estimated prior is the maximum-likelihood one, and finds the truth in a simulation."""

from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize, minimize_scalar
from scipy.stats import norm

from imbalance_kit import estimate_prior


def maximise_likelihood(proba: np.ndarray, source: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Maximise ``Σ w log Σ_k proba_k π_k / source_k`` by a general optimiser, over soft-max."""
    ratio = proba / source

    def loss(free: np.ndarray) -> float:
        prior = np.exp(np.append(free, 0.0))
        return -float(weights @ np.log(ratio @ (prior / prior.sum())))

    found = minimize(loss, np.zeros(len(source) - 1), method="BFGS", options={"gtol": 1e-10})
    prior = np.exp(np.append(found.x, 0.0))
    return prior / prior.sum()


@pytest.mark.parametrize("n_classes", [2, 3, 5])
@pytest.mark.parametrize("weighted", [False, True])
def test_maximises_the_likelihood(n_classes: int, weighted: bool) -> None:
    rng = np.random.default_rng(n_classes)
    source = rng.dirichlet(np.full(n_classes, 5.0))
    proba = rng.dirichlet(np.full(n_classes, 0.4), size=400)
    weights = rng.exponential(size=400) if weighted else np.ones(400)
    got = estimate_prior(
        proba, dict(enumerate(source)), sample_weight=weights if weighted else None, tol=1e-12
    )
    expected = maximise_likelihood(proba, source, weights / weights.sum())
    # BFGS stops where its numerical gradient is lost in rounding, about 1e-6 from the maximum.
    np.testing.assert_allclose(list(got.values()), expected, atol=1e-5)


def test_two_classes_against_a_scan() -> None:
    q = np.random.default_rng(7).beta(0.5, 2, size=300)
    found = minimize_scalar(
        lambda pi: -np.log(q * pi / 0.2 + (1 - q) * (1 - pi) / 0.8).sum(),
        bounds=(0, 1),
        method="bounded",
        options={"xatol": 1e-10},
    )
    got = estimate_prior(q, {"no": 0.8, "yes": 0.2}, tol=1e-12)
    assert got["yes"] == pytest.approx(found.x, abs=1e-6)
    assert got["no"] + got["yes"] == pytest.approx(1, abs=1e-15)


@pytest.mark.parametrize("truth", [0.01, 0.3, 0.9])
def test_finds_the_share_of_a_new_population(truth: float) -> None:
    """Two normal classes one and a half apart, calibrated at 20 %, met where the share differs."""
    n, source = 40_000, 0.2
    rng = np.random.default_rng(5)
    x = rng.normal(size=n) + 1.5 * (rng.random(n) < truth)
    density = np.column_stack([norm.pdf(x), norm.pdf(x, loc=1.5)])
    joint = density * [1 - source, source]
    got = estimate_prior(joint[:, 1] / joint.sum(axis=1), {0: 1 - source, 1: source})[1]
    # Standard error of a mixture's share: one over the root of the information at the truth.
    score = (density[:, 1] - density[:, 0]) / (density @ [1 - truth, truth])
    error = 1 / np.sqrt((score**2).sum())
    assert abs(got - truth) < 3.5 * error


def test_unchanged_population_keeps_its_prior() -> None:
    """The mean of calibrated predictions is the base rate, a fixed point of the iteration."""
    q = np.random.default_rng(8).beta(1, 3, size=500)
    mean = float(q.mean())
    assert estimate_prior(q, {0: 1 - mean, 1: mean})[1] == pytest.approx(mean, abs=1e-12)


def test_columns_follow_the_sorted_labels() -> None:
    proba = np.random.default_rng(9).dirichlet([1, 2, 3], size=200)
    prior = {"c": 0.5, "a": 0.2, "b": 0.3}
    got = estimate_prior(proba, prior)
    assert list(got) == ["a", "b", "c"]
    by_number = estimate_prior(proba, {0: 0.2, 1: 0.3, 2: 0.5})
    assert list(got.values()) == list(by_number.values())
    numpy_labels = {np.str_(label): np.float64(share) for label, share in prior.items()}
    assert estimate_prior(proba, numpy_labels) == got


def test_a_weight_is_a_repeated_row() -> None:
    q = np.random.default_rng(10).random(50)
    times = np.random.default_rng(11).integers(0, 4, size=50)
    weighted = estimate_prior(q, {0: 0.5, 1: 0.5}, sample_weight=times)
    repeated = estimate_prior(np.repeat(q, times), {0: 0.5, 1: 0.5})
    assert weighted[1] == pytest.approx(repeated[1], abs=1e-9)


@pytest.mark.filterwarnings("ignore:All .* are exactly 0 or 1")
def test_certain_predictions_are_counted() -> None:
    got = estimate_prior([[1, 0], [0, 1], [0, 1], [0, 1]], {0: 0.5, 1: 0.5})
    assert got == {0: pytest.approx(0.25), 1: pytest.approx(0.75)}
    assert estimate_prior([1.0, 1.0], {0: 0.5, 1: 0.5}) == {0: 0.0, 1: 1.0}
    # What no longer moves at all has converged, by any tolerance.
    assert estimate_prior([1.0, 1.0], {0: 0.5, 1: 0.5}, tol=0) == {0: 0.0, 1: 1.0}
    # A row that does not count may be impossible under the estimate.
    assert estimate_prior([1.0, 0.0], {0: 0.5, 1: 0.5}, sample_weight=[1, 0])[1] == 1.0


def test_warns_where_it_did_not_converge() -> None:
    q = np.random.default_rng(12).beta(2, 3, size=300)
    with pytest.warns(
        RuntimeWarning, match="did not converge in 3 iterations.*Hint: raise"
    ) as seen:
        estimate_prior(q, {0: 0.9, 1: 0.1}, max_iter=3)
    assert seen[0].filename == __file__


@pytest.mark.parametrize(
    ("proba", "prior", "weight", "message"),
    [
        ([0.5], {0: 0.5, 1: 0.6}, None, "shares of `source` must sum to 1"),
        ([0.5], {0: 0.0, 1: 1.0}, None, "source share of class 0 must be a finite number above 0"),
        ([0.5], {0: 1.0}, None, "at least two labels"),
        ([1.5], {0: 0.5, 1: 0.5}, None, r"probabilities in \[0, 1\]"),
        ([0.5], {0: 0.2, 1: 0.3, 2: 0.5}, None, "one dimension, which means two classes"),
        ([], {0: 0.5, 1: 0.5}, None, "`proba` is empty: expected at least one prediction"),
        ([0.5, 0.5], {0: 0.5, 1: 0.5}, [1], "must hold 2 finite numbers of at least 0, got"),
        ([0.5, 0.5], {0: 0.5, 1: 0.5}, [1, -1], "must hold 2 finite numbers of at least 0"),
        ([0.5, 0.5], {0: 0.5, 1: 0.5}, [1, np.nan], "must hold 2 finite numbers of at least 0"),
        ([0.5, 0.5], {0: 0.5, 1: 0.5}, [0, 0], "`sample_weight` is zero for every row"),
    ],
)
def test_messages(proba: Any, prior: Any, weight: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        estimate_prior(proba, prior, sample_weight=weight)


def test_predicted_labels_are_no_probabilities() -> None:
    """They leave the iteration nowhere to go: the shares of the labels, silently."""
    with pytest.warns(UserWarning, match=r"All 4 rows of `proba` are exactly 0 or 1.*Hint: predic"):
        assert estimate_prior([0, 1, 1, 1], {0: 0.9, 1: 0.1})[1] == pytest.approx(0.75)
