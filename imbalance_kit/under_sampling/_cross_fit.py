"""Pilots that do not score their own training rows.

A score that knows the row's own label leaks it into the inclusion probability, and the correction
is then wrong. Rows are dealt into folds; the pilot of a fold is trained on a balanced subsample of
the others.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from imbalance_kit._base import SamplingInput
from imbalance_kit._utils._containers import take_rows
from imbalance_kit._utils._random import class_stream
from imbalance_kit._utils._targets import EncodedTarget
from imbalance_kit.under_sampling._pilot import given_pilot, is_fitted, train_pilot

_MANY_ROWS = 100_000  # from here on folds need no balancing: they differ by less than 1 %


@dataclass(frozen=True)
class PilotDesign:
    """How many rows pilots are trained on, how many pilots there are, and their random streams.

    Invariant: `roles` names one stream per class, in the order of the classes.
    """

    size: int
    n_folds: int
    seed: int
    roles: list[Any]

    def rows(self, target: EncodedTarget, k: int) -> NDArray[np.intp]:
        """Draw the pilot rows of class k: its share of the size, or all it has."""
        members = target.members(k)
        wanted = max(self.size // target.n_classes, 1)
        if wanted >= len(members):
            return members
        stream = class_stream(self.seed, f"pilot:{self.roles[k]}")
        return members[stream.choice(len(members), size=wanted, replace=False, shuffle=False)]

    def folds(self, target: EncodedTarget) -> NDArray[np.int8]:
        """Deal the rows of each class into folds: of equal size, unless there are very many."""
        folds = np.zeros(len(target.codes), dtype=np.int8)
        if self.n_folds > 1:
            for k in range(target.n_classes):
                members = target.members(k)
                stream = class_stream(self.seed, f"fold:{self.roles[k]}")
                if len(members) > _MANY_ROWS:
                    dealt = stream.integers(self.n_folds, size=len(members), dtype=np.int8)
                else:
                    in_turn = (np.arange(len(members)) % self.n_folds).astype(np.int8)
                    dealt = stream.permutation(in_turn)
                folds[members] = dealt
        return folds


def cross_fitted_pilots(
    pilot: Any, data: SamplingInput, rows: list[NDArray[np.intp]], design: PilotDesign
) -> tuple[NDArray[np.int8] | None, tuple[Any, ...]]:
    """Return the fold of each row and one pilot per fold; a fitted pilot needs no folds.

    Parameters
    ----------
    pilot : classifier or None
        As given to the sampler.
    data : SamplingInput
        All rows.
    rows : list of ndarray
        Pilot rows of each class.
    design : PilotDesign
        Folds and streams.
    """
    labels = tuple(data.target.classes.tolist())
    if pilot is not None and is_fitted(pilot):
        return None, (given_pilot(pilot, labels),)
    folds = design.folds(data.target)
    pilots = []
    for fold in range(design.n_folds):
        others = rows if design.n_folds == 1 else [r[folds[r] != fold] for r in rows]
        pilots.append(_train(pilot, data, others, fold))
    return folds, tuple(pilots)


def _train(pilot: Any, data: SamplingInput, rows: list[NDArray[np.intp]], fold: int) -> Any:
    rates = {}
    for k, chosen in enumerate(rows):
        if not len(chosen):
            raise ValueError(
                f"The pilot of fold {fold} has no row of class {data.target.label(k)!r} to learn "
                "from. Hint: cross_fit=1, or give a fitted pilot."
            )
        total = len(chosen) if data.weights is None else data.weights[chosen].sum()
        rates[data.target.label(k)] = float(total / data.totals[k])
    together = np.sort(np.concatenate(rows))
    return train_pilot(pilot, data.X, data.target, data.weights, together, rates)


def gradient_metric(
    criterion: str,
    X: Any,
    rows: list[NDArray[np.intp]],
    counts: NDArray[np.intp],
    pilot: Any,
) -> NDArray[np.float64]:
    """Return the matrix whose product with (x, 1) is measured: the identity, or M^-1.

    ``M = Σ p (1 - p) (x, 1)(x, 1)'`` over the population, estimated from the pilot's rows by
    inverse-probability weights.
    """
    design, weights = [], []
    for k, chosen in enumerate(rows):
        values = take_rows(X, chosen)
        dense = values.toarray() if sparse.issparse(values) else np.asarray(values, np.float64)
        design.append(np.column_stack([dense, np.ones(len(chosen))]))
        proba = pilot.predict_proba(values)
        if proba.shape[1] != 2:
            raise ValueError(
                f"criterion={criterion!r} is defined for two classes, got {proba.shape[1]}. Hint: "
                "criterion='probability'."
            )
        weights.append(proba[:, 0] * proba[:, 1] * counts[k] / max(len(chosen), 1))
    Z, w = np.concatenate(design), np.concatenate(weights)
    if criterion == "L":
        return np.eye(Z.shape[1])
    information = (Z * w[:, None]).T @ Z
    unit = np.trace(information) / len(information)  # only ratios of the lengths matter
    metric: NDArray[np.float64] = np.linalg.pinv(information) * unit
    return metric
