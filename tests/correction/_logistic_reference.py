"""The likelihood of a logistic regression with an offset, written down naively, to compare with."""

from typing import Any

import numpy as np
from scipy import sparse

from imbalance_kit.correction._logistic_design import Design, make_design
from imbalance_kit.correction._logistic_objective import Objective, make_objective


def rows_with_labels(
    n_classes: int, *, n: int = 300, p: int = 4, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Return rows and codes of a softmax model whose columns are neither centred nor scaled."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p))
    scores = X @ rng.normal(size=(p, n_classes)) + rng.gumbel(size=(n, n_classes))
    return X * np.arange(1, p + 1) + np.arange(p), scores.argmax(axis=1)


def extras(n: int, n_classes: int, *, seed: int = 1) -> dict[str, Any]:
    """Return weights, some of them 0, and an offset in the shape the estimator takes."""
    rng = np.random.default_rng(seed)
    weights = rng.exponential(size=n) * (rng.random(n) < 0.9)
    shape = (n,) if n_classes == 2 else (n, n_classes)
    return {"sample_weight": weights, "offset": rng.normal(size=shape)}


def naive_loss(
    coef: np.ndarray,
    intercept: np.ndarray,
    X: Any,
    codes: np.ndarray,
    *,
    sample_weight: Any = None,
    offset: Any = None,
    ridge: float = 0.0,
) -> float:
    """Return the weighted sum of log losses plus the penalty, class by class and in full."""
    dense = X.toarray() if sparse.issparse(X) else np.asarray(X, dtype=np.float64)
    scores = dense @ coef.T + intercept
    if offset is not None:
        scores = scores + np.asarray(offset).reshape(scores.shape)
    if scores.shape[1] == 1:
        scores = np.column_stack([np.zeros(len(scores)), scores])
    losses = np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(len(codes)), codes]
    weights = np.ones(len(codes)) if sample_weight is None else sample_weight
    return float(weights @ losses + 0.5 * ridge * (coef**2).sum())


def objective_of(
    X: Any,
    codes: np.ndarray,
    n_classes: int,
    *,
    sample_weight: Any = None,
    offset: Any = None,
    ridge: float = 0.0,
    intercept: bool = True,
) -> Objective:
    """Return the objective of the package for the same arguments."""
    if offset is not None:
        offset = offset[None] if n_classes == 2 else np.ascontiguousarray(offset.T)
    return make_objective(
        make_design(X, intercept=intercept),
        codes,
        n_classes,
        weights=sample_weight,
        offset=offset,
        ridge=ridge,
    )


def dense_rows(design: Design) -> np.ndarray:
    """Return the centred rows of a design, the column of ones included."""
    raw = design.X.toarray() if sparse.issparse(design.X) else design.X.astype(np.float64)
    centred = raw - design.center
    return np.column_stack([centred, np.ones(len(raw))]) if design.intercept else centred


def numeric_gradient(function: Any, theta: np.ndarray, *, step: float = 1e-5) -> np.ndarray:
    """Return central differences of a function (of any shape) in each entry of `theta`, last."""
    found = []
    for j in range(theta.size):
        shift = np.zeros(theta.size)
        shift[j] = step
        up, down = (function(theta + sign * shift.reshape(theta.shape)) for sign in (1, -1))
        found.append((np.asarray(up) - np.asarray(down)) / (2 * step))
    return np.stack(found, axis=-1)
