"""Pilots that do not score their own training rows.

A score that knows the row's own label leaks it into the inclusion probability, and the correction
is then wrong. Rows are dealt into folds; the pilot of a fold is trained on a balanced subsample of
the others.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import validate_data

from imbalance_kit._base import SamplingInput
from imbalance_kit._utils._containers import take_rows
from imbalance_kit._utils._numeric import numeric_rows
from imbalance_kit._utils._random import class_stream
from imbalance_kit._utils._targets import EncodedTarget
from imbalance_kit.shift import LinearPilot
from imbalance_kit.under_sampling._pilot import (
    check_can_score,
    default_pilot,
    given_pilot,
    is_fitted,
    seeded,
    train_pilot,
)

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

    def rows(self, data: SamplingInput, k: int) -> NDArray[np.intp]:
        """Draw the pilot rows of class k: its share of the size, or all it has of any weight."""
        target, weights = data.target, data.weights
        members = np.flatnonzero((target.codes == k) & (True if weights is None else weights > 0))
        wanted = max(self.size // target.n_classes, 1)
        if wanted >= len(members):
            return members
        stream = class_stream(self.seed, self.roles[k], "pilot:")
        return members[stream.choice(len(members), size=wanted, replace=False, shuffle=False)]

    def folds(self, target: EncodedTarget) -> NDArray[np.int8]:
        """Deal the rows of each class into folds: of equal size, unless there are very many."""
        folds = np.zeros(len(target.codes), dtype=np.int8)
        if self.n_folds > 1:
            for k in range(target.n_classes):
                count = int(target.counts[k])
                stream = class_stream(self.seed, self.roles[k], "fold:")
                if count > _MANY_ROWS:
                    dealt = stream.integers(self.n_folds, size=count, dtype=np.int8)
                else:
                    dealt = stream.permutation((np.arange(count) % self.n_folds).astype(np.int8))
                folds[target.codes == k] = dealt
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
    target, labels = data.target, tuple(data.target.classes.tolist())
    if pilot is not None:
        check_can_score(pilot)
        if is_fitted(pilot):
            known = given_pilot(pilot, labels)
            if isinstance(known, LinearPilot) and hasattr(pilot, "n_features_in_"):
                # Coefficients alone would not notice columns of another number, name or order.
                validate_data(pilot, data.X, reset=False, skip_check_array=True)
            return None, (known,)
    model = default_pilot(data.X) if pilot is None else pilot
    # What a pilot of the user's makes of weights is its own.
    unit = _unit(data.weights) if pilot is None else 1.0
    totals = dict(zip(labels, (data.totals / unit).tolist(), strict=True))
    folds = design.folds(target)
    pilots = []
    for fold in range(design.n_folds):
        together = np.sort(np.concatenate([outside(of_class, folds, fold) for of_class in rows]))
        weights = None if data.weights is None else data.weights[together] / unit
        X, y = take_rows(data.X, together), target.classes[target.codes[together]]
        number = int(class_stream(design.seed, fold, "model:").integers(2**31))
        pilots.append(train_pilot(seeded(model, number), X, y, weights, totals))
    return folds, tuple(pilots)


def _unit(weights: NDArray[np.float64] | None) -> float:
    """Return the mean of the weights above 0: a penalty outweighs shares of a population."""
    if weights is None:
        return 1.0
    most = weights.max()  # of the ratios to it no sum overflows
    return float((weights[weights > 0] / most).mean() * most)


def outside(rows: NDArray[np.intp], folds: NDArray[np.integer[Any]], fold: int) -> NDArray[np.intp]:
    """Return the rows of a class outside a fold; one that has none there lends those inside."""
    others = rows[folds[rows] != fold]
    return others if len(others) else rows


def gradient_metric(
    criterion: str, data: SamplingInput, rows: list[NDArray[np.intp]], pilot: Any
) -> NDArray[np.float64]:
    """Return the matrix whose product with (x, 1) is measured: the identity, or M^-1.

    ``M = Σ w p (1 - p) (x, 1)(x, 1)'`` over the population, estimated from the pilot's rows, each
    standing for its share of its class; up to a factor, since only ratios of lengths matter.

    Parameters
    ----------
    criterion : {"A", "L"}
        Which matrix.
    data : SamplingInput
        All rows, with numeric columns.
    rows : list of ndarray
        Pilot rows of each class.
    pilot : object with predict_proba
        The fitted pilot.
    """
    if data.target.n_classes != 2:
        raise ValueError(
            f"criterion={criterion!r} is defined for two classes, got {data.target.n_classes}. "
            "Hint: criterion='probability'."
        )
    together = np.concatenate(rows)
    X = numeric_rows(data.X, together)
    Z = np.column_stack([X, np.ones(len(X))]).astype(np.float64, copy=False)
    if criterion == "L":
        return np.eye(Z.shape[1])
    weights = np.ones(len(Z)) if data.weights is None else data.weights[together]
    codes = data.target.codes[together]
    share = data.totals / np.bincount(codes, weights, minlength=2)
    proba = pilot.predict_proba(take_rows(data.X, together))
    information = (Z.T * (proba[:, 0] * proba[:, 1] * weights * share[codes])) @ Z
    unit = max(np.trace(information), np.finfo(float).tiny)
    metric: NDArray[np.float64] = np.linalg.pinv(information / unit)
    return metric
