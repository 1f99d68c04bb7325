"""Rare events with a known truth: the covariate laws of the paper on nonuniform negative sampling.

H. Wang, A. Zhang and C. Wang, "Nonuniform negative sampling and log odds correction with rare
events data", NeurIPS 2021, https://arxiv.org/abs/2110.13048. The log odds are an intercept plus a
slope times the sum of six columns; about one row in 400 is positive.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from joblib import Parallel, delayed, parallel_config
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

Array = NDArray[np.float64]

N_ROWS, N_COLUMNS = 200_000, 6
_INDEX = np.arange(N_COLUMNS)
_ROOT = np.linalg.cholesky(0.5 ** np.abs(_INDEX[:, None] - _INDEX) / 4)


def _normal(rng: np.random.Generator, n: int) -> Array:
    return np.asarray(rng.standard_normal((n, N_COLUMNS)) @ _ROOT.T)


def _lognormal(rng: np.random.Generator, n: int) -> Array:
    return np.exp(_normal(rng, n))


def _t3(rng: np.random.Generator, n: int) -> Array:
    return _normal(rng, n) / np.sqrt(rng.chisquare(3, (n, 1)) / 3) / 3


def _exponential(rng: np.random.Generator, n: int) -> Array:
    return rng.exponential(size=(n, N_COLUMNS))


@dataclass(frozen=True)
class Law:
    """How rows are drawn, and the log odds of a positive."""

    draw: Callable[[np.random.Generator, int], Array]
    intercept: float
    slope: float = -1.0

    @property
    def theta(self) -> Array:
        """The true coefficients, the intercept last."""
        return np.array([self.slope] * N_COLUMNS + [self.intercept])

    def sample(self, seed: Any, n: int = N_ROWS) -> tuple[Array, NDArray[np.intp]]:
        """Draw rows and labels."""
        rng = np.random.default_rng(seed)
        X = self.draw(rng, n)
        p = 1 / (1 + np.exp(-(self.intercept + self.slope * X.sum(axis=1))))
        return X, (rng.random(n) < p).astype(np.intp)


LAWS = {
    "normal": Law(_normal, -7.65),
    "lognormal": Law(_lognormal, -0.5),
    "t3": Law(_t3, -7.0),
    "exponential": Law(_exponential, -1.8),
}
# Probabilities that stay below 1/5: five negatives per positive need no cap.
SMALL_ODDS = Law(_normal, -6.0, slope=-0.4)


def known_model(theta: Array) -> LogisticRegression:
    """Return a logistic regression that has these coefficients, the intercept last."""
    model = LogisticRegression()
    model.classes_ = np.array([0, 1])
    model.coef_, model.intercept_ = theta[None, :-1].copy(), theta[-1:].copy()
    model.n_features_in_ = len(theta) - 1
    return model


def parameters(model: Any) -> Array:
    """Return coefficients and intercept as one vector."""
    return np.append(model.coef_[0], model.intercept_[0])


def repeat(one: Callable[..., Any], repetitions: int, *args: Any, n_jobs: int) -> Array:
    """Return the results of ``one(repetition, *args)``, one row per repetition."""
    with parallel_config(backend="loky", inner_max_num_threads=1):
        rows = Parallel(n_jobs=n_jobs)(delayed(one)(r, *args) for r in range(repetitions))
    return np.array(rows)
