"""Iterative proportional fitting against its definition and against Newton's method."""

import numpy as np
import pytest

from imbalance_kit.weighting import _rake
from imbalance_kit.weighting._rake import rake

RNG = np.random.default_rng(0)
N = 500
SIZES = (3, 4, 7)
CODES = [RNG.integers(0, k, N) for k in SIZES]
D = RNG.exponential(size=N)
TOTALS = [RNG.dirichlet(np.full(k, 5.0)) for k in SIZES]


def weights(codes: list[np.ndarray], d: np.ndarray, factors: tuple[np.ndarray, ...]) -> np.ndarray:
    w = d.copy()
    for code, factor in zip(codes, factors, strict=True):
        w *= factor[code]
    return w


def test_every_margin_is_met() -> None:
    found = rake(CODES, D, TOTALS, 1000)
    assert found.converged
    w = weights(CODES, D, found.factors)
    for code, total in zip(CODES, TOTALS, strict=True):
        np.testing.assert_allclose(np.bincount(code, w), total, rtol=1e-11)


@pytest.mark.parametrize("dense", [0, 1 << 23])
def test_sweeps_by_hand(monkeypatch: pytest.MonkeyPatch, dense: int) -> None:
    monkeypatch.setattr(_rake, "_DENSE", dense)
    w = D.copy()
    for _ in range(2):
        for code, total in zip(CODES, TOTALS, strict=True):
            w *= (total / np.bincount(code, w))[code]
    found = rake(CODES, D, TOTALS, 2)
    assert not found.converged
    assert found.n_iter == 2
    np.testing.assert_allclose(weights(CODES, D, found.factors), w, rtol=1e-12)


def test_empty_levels_and_weightless_rows() -> None:
    d = np.where(CODES[0] == 2, 0.0, D)
    totals = [np.array([0.4, 0.6, 0.0]), np.array([0.0, 0.3, 0.3, 0.4])]
    found = rake(CODES[:2], d, totals, 1000)
    assert found.converged
    w = weights(CODES[:2], d, found.factors)
    np.testing.assert_allclose(np.bincount(CODES[1], w), totals[1], rtol=1e-11)
    assert w[CODES[1] == 0].sum() == 0


def test_more_combinations_than_an_integer_counts() -> None:
    codes = [RNG.integers(0, 1000, 50) for _ in range(8)]
    totals = [np.bincount(code, minlength=1000) / 50 for code in codes]
    assert rake(codes, np.full(50, 0.02), totals, 10).converged


def test_contradictions_are_not_convergence() -> None:
    codes = [np.array([0, 0, 1]), np.array([0, 0, 1])]  # the same column twice
    found = rake(codes, np.ones(3) / 3, [np.array([0.5, 0.5]), np.array([0.6, 0.4])], 50)
    assert not found.converged
    assert found.worst[2] > 0.1
    emptied = rake(codes, np.ones(3) / 3, [np.array([1.0, 0.0]), np.array([0.6, 0.4])], 50)
    assert not emptied.converged
    assert emptied.worst == (1, 1, np.inf)
