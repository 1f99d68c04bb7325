"""Rows of a balance table for products of two covariates, which margins alone do not show."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._columns import Table
from imbalance_kit._utils._covariates import Covariates
from imbalance_kit._utils._moments import weighted_mean, weighted_variance
from imbalance_kit.diagnostics._balance_report import BalanceRow
from imbalance_kit.diagnostics._balance_rows import (
    Scale,
    Weightings,
    level_rows,
    level_shares,
    number_rows,
    share_of_levels,
)

_Floats = NDArray[np.float64]


class _Side(NamedTuple):
    """One covariate in the sample and in the target: standardised numbers, or codes of levels."""

    levels: tuple[Any, ...] | None
    sample: NDArray[Any]
    target: NDArray[Any]


def interaction_rows(
    X: Table,
    target: Table,
    covariates: Covariates,
    pairs: list[tuple[str, str]],
    weights: Weightings,
    scale: Scale,
) -> Iterator[BalanceRow]:
    """Yield the rows of each pair of columns.

    Two numbers: their product. A number and a category: the number in each level, 0 elsewhere. Two
    categories: the shares of the cells that occur.
    """
    sides = {
        name: _side(X, target, covariates, name, weights)
        for name in dict.fromkeys(name for pair in pairs for name in pair)
    }
    for pair in pairs:
        one, other = sides[pair[0]], sides[pair[1]]
        name = " × ".join(pair)
        if one.levels is None and other.levels is None:
            yield from _products(name, None, one, other, weights, scale)
        elif one.levels is not None and other.levels is not None:
            yield from _cells(name, one, other, weights, scale)
        else:
            numbers, codes = (one, other) if one.levels is None else (other, one)
            assert codes.levels is not None
            for k, level in enumerate(codes.levels):
                inside = _Side(None, codes.sample == k, codes.target == k)
                yield from _products(name, (level,), numbers, inside, weights, scale)


def _side(X: Table, target: Table, covariates: Covariates, name: str, weights: Weightings) -> _Side:
    covariate = next(c for c in covariates.columns if c.name == name)
    if covariate.kind == "categorical":
        return _Side(covariate.levels, covariates.codes(X, name), covariates.codes(target, name))
    x, t = covariates.numbers(X, name), covariates.numbers(target, name)
    assert weights.target is not None
    seen = ~np.isnan(t)
    known = weights.target[seen]
    centre, unit = weighted_mean(t[seen], known), weighted_variance(t[seen], known) ** 0.5
    if unit == 0.0:  # the mean of a constant is it but for rounding, of which a product would be
        centre = t[seen][np.argmax(known)]
    return _Side(None, (x - centre) / (unit or 1.0), (t - centre) / (unit or 1.0))


def _products(
    name: str, level: Any, one: _Side, other: _Side, weights: Weightings, scale: Scale
) -> Iterator[BalanceRow]:
    found = number_rows(name, one.sample * other.sample, one.target * other.target, weights, scale)
    for row in found:
        if row.kind != "missing":
            yield _as_interaction(row, level)


def _cells(
    name: str, one: _Side, other: _Side, weights: Weightings, scale: Scale
) -> Iterator[BalanceRow]:
    assert one.levels is not None
    assert other.levels is not None
    assert weights.target is not None
    width = len(other.levels)
    codes = one.sample * width + other.sample
    target = one.target * width + other.target
    occurring, position = np.unique(np.concatenate([codes, target]), return_inverse=True)
    codes, target = position[: len(codes)], position[len(codes) :]
    cells = [(one.levels[k // width], other.levels[k % width]) for k in occurring.tolist()]
    table = level_shares(codes, weights, share_of_levels(target, weights.target, len(cells)))
    for row in level_rows(name, tuple(cells), table, scale):
        yield _as_interaction(row, row.level)


def _as_interaction(row: BalanceRow, level: Any) -> BalanceRow:
    return BalanceRow(**{**vars(row), "kind": "interaction", "level": level})
