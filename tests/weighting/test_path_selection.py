"""The rules on paths made by hand; balance and design effect by the plain formulas."""

import numpy as np
import pytest

from imbalance_kit.weighting._logistic_path import Path
from imbalance_kit.weighting._path_selection import choose, weights_along
from tests.weighting._populations import mean_under, two_normals


def path(cv: list[list[float]]) -> Path:
    n = len(cv)
    return Path(np.geomspace(1, 0.1, n), np.zeros((n, 2)), np.ones(n), np.array(cv), np.zeros(n))


WEIGHTS = np.array([0.5, 0.5])
# Mean deviances 3, 2.3, 2, 2.1; at the best the folds are 1.5 and 2.5: standard error .5.
PATH = path([[3, 3], [2.2, 2.4], [1.5, 2.5], [2.1, 2.1]])
EFFECT = np.array([1.0, 1.2, 1.5, 2.0])
IMBALANCE = np.array([0.4, 0.2, 0.1, 0.05])


def chosen(selection: str, cap: float | None = None) -> int:
    return choose(selection, PATH, WEIGHTS, imbalance=IMBALANCE, design_effect=EFFECT, cap=cap)


@pytest.mark.parametrize(
    ("selection", "cap", "expected"),
    [
        ("deviance", None, 2),
        ("one_se", None, 1),
        ("balance", None, 3),
        ("deviance", 1.3, 1),
        ("deviance", 9.0, 2),
        ("balance", 1.6, 2),
        ("one_se", 1.05, 0),
    ],
)
def test_rules(selection: str, cap: float | None, expected: int) -> None:
    assert chosen(selection, cap) == expected


def test_a_cap_that_nothing_meets_leaves_the_largest_penalty() -> None:
    found = choose("deviance", PATH, WEIGHTS, imbalance=None, design_effect=EFFECT + 1, cap=1.5)
    assert found == 0


def test_balance_and_design_effect_are_those_of_the_weights() -> None:
    sample, target = two_normals(20_000, 500, 3)
    d = np.random.default_rng(2).exponential(size=len(sample))
    coef = np.random.default_rng(3).normal(size=(4, 6)) * 30  # odds beyond what exp can hold
    scale = np.array([1.0, 2.0, 0.0])
    mean = target.mean(axis=0)
    imbalance, effect = weights_along(sample, d, mean, scale, coef)
    for k in range(6):
        scores = sample @ coef[:-1, k] + coef[-1, k]
        w = d * np.exp(scores - scores.max())
        apart = np.abs(mean_under(w, sample) - mean)[:2] / scale[:2]
        assert imbalance[k] == pytest.approx(apart.mean(), rel=1e-9)
        assert effect[k] == pytest.approx(len(w) * (w @ w) / w.sum() ** 2, rel=1e-9)
