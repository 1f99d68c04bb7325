"""The tail fit against distributions whose shape is known."""

import math

import numpy as np
import pytest
from scipy.stats import genpareto

from imbalance_kit._utils._pareto import fit_generalized_pareto, pareto_tail


@pytest.mark.parametrize("k", [-0.3, 0.2, 0.7, 1.2])
def test_shape_and_scale_of_a_generalized_pareto(k: float) -> None:
    n = 20_000
    x = np.sort(genpareto.rvs(k, scale=2.0, size=n, random_state=np.random.default_rng(0)))
    shape, scale = fit_generalized_pareto(x)
    # Asymptotic errors of the maximum likelihood estimate: (1 + k) / sqrt(n) for k,
    # sigma sqrt(2 (1 + k)) / sqrt(n) for sigma; four of them.
    assert abs(shape - k) < 4 * (1 + k) / math.sqrt(n)
    assert abs(scale - 2) < 4 * 2 * math.sqrt(2 * (1 + k)) / math.sqrt(n)


@pytest.mark.parametrize("alpha", [1.0, 2.0, 4.0])
def test_k_is_one_over_the_number_of_moments(alpha: float) -> None:
    w = np.random.default_rng(1).pareto(alpha, 100_000) + 1
    tail = pareto_tail(w)
    assert tail.size == math.ceil(3 * math.sqrt(100_000))
    # The tail of a Pareto distribution is a generalised one, k = 1 / alpha; the prior of ten
    # observations at .5 moves it by less than 10 / size.
    bound = 4 * (1 + 1 / alpha) / math.sqrt(tail.size) + 10 * abs(1 / alpha - 0.5) / tail.size
    assert abs(tail.k - 1 / alpha) < bound


def test_scale_zeros_and_order_change_nothing() -> None:
    w = np.random.default_rng(2).lognormal(0, 1.5, 3000)
    tail = pareto_tail(w)
    other = pareto_tail(np.concatenate([1e6 * w[::-1], np.zeros(100)]))
    assert other.k == pytest.approx(tail.k, rel=1e-9)
    assert other.threshold == pytest.approx(1e6 * tail.threshold, rel=1e-9)
    assert other.sigma == pytest.approx(1e6 * tail.sigma, rel=1e-9)


def test_bounded_and_few_weights() -> None:
    assert pareto_tail(np.ones(100)).k == -math.inf
    assert math.isnan(pareto_tail(np.arange(1.0, 15.0)).k)
    assert pareto_tail(np.random.default_rng(3).uniform(size=5000)).k < 0.1


@pytest.mark.parametrize(
    ("weights", "k"),
    [
        (np.random.default_rng(0).lognormal(0, 1.5, 1000), 0.5771155055423355),
        (np.random.default_rng(1).pareto(1.2, 2000) + 1, 1.007132553149699),
        (np.random.default_rng(2).uniform(size=3000), -0.857494703192277),
    ],
    ids=["lognormal", "Pareto", "uniform"],
)
def test_against_arviz(weights, k: float) -> None:
    """The values are those of ``arviz.psislw(np.log(weights))``, ArviZ 0.23.4."""
    assert pareto_tail(weights).k == pytest.approx(k, rel=1e-9)
