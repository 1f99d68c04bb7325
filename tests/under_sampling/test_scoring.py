"""Scores in blocks are those of one pass, by the pilot of the row's fold, in every container."""

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse

from imbalance_kit._utils._targets import encode_target
from imbalance_kit.shift import LinearPilot
from imbalance_kit.shift._scaled_pilot import ScaledPilot
from imbalance_kit.under_sampling import _scoring
from imbalance_kit.under_sampling._scoring import own_class_scores

RNG = np.random.default_rng(0)
N = 500
X = RNG.normal(size=(N, 3))
Y = RNG.integers(0, 2, N)
THREE = RNG.integers(0, 3, N)
FOLDS = RNG.integers(0, 3, N).astype(np.int8)
PILOTS = tuple(LinearPilot(RNG.normal(size=(1, 3)), RNG.normal(size=1)) for _ in range(3))
SOFTMAX = tuple(LinearPilot(RNG.normal(size=(3, 3)), RNG.normal(size=3)) for _ in range(3))


def by_hand(pilots: Any, y: Any, folds: Any, metric: Any = None) -> Any:
    scores = []
    for i in range(N):
        pilot = pilots[0 if folds is None else folds[i]]
        p = pilot.predict_proba(X[i : i + 1])[0]
        length = 1 if metric is None else np.linalg.norm(metric @ [*X[i], 1])
        scores.append(length * (p.sum() - p[y[i]]))
    return scores


@pytest.mark.parametrize("block", [7, 64, N, 1 << 16])
@pytest.mark.parametrize(
    ("pilots", "y", "folds"),
    [
        (PILOTS, Y, FOLDS),
        (PILOTS[:1], Y, None),
        (PILOTS[:1], Y, FOLDS * 0),
        (SOFTMAX, THREE, FOLDS),
        (tuple(ScaledPilot(p, (0, 1), None) for p in PILOTS), Y, FOLDS),
        (tuple(ScaledPilot(p, (0, 1), None) for p in PILOTS[:1]), Y, None),
    ],
    ids=["linear", "one", "one fold", "softmax", "other", "other, one"],
)
def test_the_own_pilot_scores_in_blocks(
    monkeypatch: pytest.MonkeyPatch, block: int, pilots: Any, y: Any, folds: Any
) -> None:
    monkeypatch.setattr(_scoring, "_BLOCK", block)
    monkeypatch.setattr(_scoring, "_LINEAR_BLOCK", block)
    scores = own_class_scores(X, encode_target(y), pilots, folds, "probability", None)
    np.testing.assert_allclose(scores, by_hand(pilots, y, folds), rtol=1e-9)


@pytest.mark.parametrize(
    "container",
    [
        np.asfortranarray,
        np.ndarray.tolist,
        sparse.csr_array,
        sparse.csc_array,
        sparse.coo_matrix,
        sparse.bsr_array,
        pd.DataFrame,
        pl.DataFrame,
    ],
    ids=lambda make: getattr(make, "__qualname__", ""),
)
@pytest.mark.parametrize("linear", [True, False])
def test_containers(monkeypatch: pytest.MonkeyPatch, container: Any, linear: bool) -> None:
    monkeypatch.setattr(_scoring, "_BLOCK", 64)
    monkeypatch.setattr(_scoring, "_LINEAR_BLOCK", 64)
    pilots = PILOTS if linear else tuple(ScaledPilot(p, (0, 1), None) for p in PILOTS)
    target = encode_target(Y)
    scores = own_class_scores(container(X), target, pilots, FOLDS, "probability", None)
    np.testing.assert_allclose(scores, by_hand(PILOTS, Y, FOLDS), rtol=1e-9)


def test_the_length_of_the_gradient_multiplies() -> None:
    metric = RNG.normal(size=(4, 4))
    metric += metric.T
    scores = own_class_scores(X, encode_target(Y), PILOTS, FOLDS, "A", metric)
    np.testing.assert_allclose(scores, by_hand(PILOTS, Y, FOLDS, metric), rtol=1e-9)


def test_uniform_scores_need_no_pilot() -> None:
    assert set(own_class_scores(X, encode_target(Y), (), None, "uniform", None)) == {1.0}


def test_small_probabilities_are_not_rounded_away() -> None:
    """The surprise of a certain negative is its tiny p, not one minus a rounded one."""
    pilot = LinearPilot(np.array([[1.0]]), np.zeros(1))
    rows, y = np.array([[-60.0], [60.0]]), np.array([0, 1])
    for pilots in ((pilot,), (ScaledPilot(pilot, (0, 1), None),)):
        scores = own_class_scores(rows, encode_target(y), pilots, None, "probability", None)
        np.testing.assert_allclose(scores, np.exp(-60.0), rtol=1e-12)


@pytest.mark.parametrize("linear", [True, False])
def test_rows_without_a_score(linear: bool) -> None:
    missing = np.where(np.arange(3 * N).reshape(N, 3) == 700, np.nan, X)
    pilot = PILOTS[0] if linear else SOFTMAX[0]
    y = Y if linear else THREE
    with pytest.raises(ValueError, match=r"no score for rows with missing values"):
        own_class_scores(missing, encode_target(y), (pilot,), None, "probability", None)
