"""Nonuniform negative sampling in pieces, for data of which only a sample is ever in memory.

The pieces are those of `NonuniformNegativeSampler.fit`: pilots from a sample of rows, then rules
from class totals and a histogram of scores.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._base import SamplingInput
from imbalance_kit._utils._random import class_stream
from imbalance_kit._utils._targets import counted_target
from imbalance_kit.shift import ClassShift, InclusionRule, InclusionShift, TablePilot
from imbalance_kit.under_sampling._budget import class_rule, expected_sizes, kept_class
from imbalance_kit.under_sampling._cross_fit import outside
from imbalance_kit.under_sampling._pilot import (
    check_can_score,
    given_pilot,
    is_fitted,
    seeded,
    train_pilot,
)
from imbalance_kit.under_sampling._table_pilots import fit_table_pilot, warn_of_identifiers

_BITS = 12  # of a probability: fine enough that no size moves by more than 1 in 8,192


def train_pilots(
    pilot: Any,
    X: Any,
    y: NDArray[Any],
    folds: NDArray[np.intp],
    class_totals: Mapping[Any, int],
    seed: int,
) -> tuple[Any, ...]:
    """Return one pilot per fold, each trained outside its fold; or the pilot given, if fitted.

    Parameters
    ----------
    pilot : classifier or None
        As given to the sampler.
    X : pandas, polars or Arrow table of shape (n_pilot, n_features)
        Pilot rows.
    y : ndarray of shape (n_pilot,)
        Their labels.
    folds : ndarray of shape (n_pilot,)
        Their folds, from 0.
    class_totals : mapping of {label: int}
        Rows of each class in the population.
    seed : int
        Of the pilots' own draws.
    """
    labels = tuple(sorted(class_totals))
    if pilot is not None:
        check_can_score(pilot)
        if is_fitted(pilot):
            return (given_pilot(pilot, labels),)
    else:
        warn_of_identifiers(X)
    return tuple(
        _train(pilot, X, y, _training_rows(y, folds, fold), class_totals, seed, fold)
        for fold in range(int(folds.max(initial=0)) + 1)
    )


def _train(
    pilot: Any,
    X: Any,
    y: NDArray[Any],
    rows: NDArray[np.intp],
    class_totals: Mapping[Any, int],
    seed: int,
    fold: int,
) -> Any:
    part, labels = _take(X, rows), y[rows]
    if pilot is not None:
        number = int(class_stream(seed, fold, "model:").integers(2**31))
        return train_pilot(seeded(pilot, number), part, labels, None, dict(class_totals))
    model = fit_table_pilot(part, labels)
    rates = {label: np.sum(labels == label) / total for label, total in class_totals.items()}
    logs = ClassShift(rates).log_factors(None, sorted(rates))[0]
    return TablePilot(model.terms, model.intercept - float(logs[1] - logs[0]))


def _training_rows(y: NDArray[Any], folds: NDArray[np.intp], fold: int) -> NDArray[np.intp]:
    """Return the rows that the pilot of a fold is trained on."""
    members = [np.flatnonzero(y == label) for label in set(y.tolist())]
    return np.sort(np.concatenate([outside(rows, folds, fold) for rows in members]))


def _take(X: Any, rows: NDArray[np.intp]) -> Any:
    if hasattr(X, "iloc"):
        return X.iloc[rows]
    return X.take(rows) if hasattr(X, "take") else X[rows]


def solve_rules(
    shift: InclusionShift,
    class_totals: Mapping[Any, int],
    scores: Mapping[Any, tuple[NDArray[np.float64], NDArray[np.float64]]],
    *,
    strategy: Any,
    pos_label: Any,
    floor: float,
) -> InclusionShift:
    """Return the shift with the rules that meet the sizes asked for.

    Parameters
    ----------
    shift : InclusionShift
        With pilots, and no rules.
    class_totals : mapping of {label: int}
        Rows of each class.
    scores : mapping of {label: (values, counts)}
        Histogram of the scores of each sampled class.
    strategy : float, dict or Ratios
        As given to the sampler.
    pos_label : label or None
        The class that is kept whole; None takes the rarest.
    floor : float
        Smallest probability, as a share of the class's mean one.
    """
    target = counted_target(class_totals)
    totals = target.totals(None)
    labels = target.classes.tolist()
    data = SamplingInput(None, None, target, None, totals)
    sizes = expected_sizes(strategy, data, kept_class(pos_label, target, totals))
    if shift.criterion == "local_case_control":
        values, counts = (np.concatenate(parts) for parts in zip(*scores.values(), strict=True))
        whole = float(totals.sum()) - sum(float(totals[k]) for k in sizes)
        budget = whole + sum(sizes.values())
        rule = _rounded(class_rule(values, budget, float(totals.sum()), floor, counts))
        return replace(shift, rules=dict.fromkeys(labels, rule))
    rules = {}
    for k, size in sizes.items():
        values, counts = scores[labels[k]]
        rules[labels[k]] = _rounded(class_rule(values, size, float(totals[k]), floor, counts))
    return replace(shift, rules=rules)


def _rounded(rule: InclusionRule) -> InclusionRule:
    return replace(rule, bits=_BITS)
