"""Iterative proportional fitting on the cells that occur, not on the rows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Codes = NDArray[np.intp]

_TOLERANCE = 1e-12  # of a total, relative: what a sweep may still change
_DENSE = 1 << 23  # combinations of levels that are counted in an array, instead of sorted


@dataclass(frozen=True)
class Raked:
    """What raking found.

    Parameters
    ----------
    factors : tuple of ndarray of shape (n_levels,)
        One per margin: the weight of a row is its design weight times the factors of its levels.
    n_iter : int
        Sweeps over all margins.
    worst : tuple of (int, int, float)
        Margin, level and relative miss where the last sweep still changed most.
    converged : bool
        Whether that is nothing but rounding.
    """

    factors: tuple[Array, ...]
    n_iter: int
    worst: tuple[int, int, float]
    converged: bool


def rake(codes: Sequence[Codes], weights: Array, totals: Sequence[Array], max_iter: int) -> Raked:
    """Scale weights to one margin after the other until all are met.

    Parameters
    ----------
    codes : sequence of ndarray of shape (n,)
        Level of each row, one array per margin, at least 0.
    weights : ndarray of shape (n,)
        Design weights.
    totals : sequence of ndarray of shape (n_levels,)
        What each level is to sum to; the same sum for every margin.
    max_iter : int
        Sweeps before giving up.
    """
    cells, cell_weights = _collapse(codes, weights, [len(total) for total in totals])
    factors = tuple(np.ones(len(total)) for total in totals)
    worst = (0, 0, 0.0)
    for n_iter in range(1, max_iter + 1):
        worst = (0, 0, 0.0)
        for j, (cell, total, factor) in enumerate(zip(cells, totals, factors, strict=True)):
            found = np.bincount(cell, cell_weights, minlength=len(total))
            with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
                change = np.where(total > 0, total / found, 0.0)
            miss = np.abs(np.where(total > 0, change, 1.0) - 1)
            level = int(np.argmax(miss))
            if not miss[level] < np.inf:  # a level that another margin has emptied
                return Raked(factors, n_iter, (j, level, np.inf), converged=False)
            if miss[level] > worst[2]:
                worst = (j, level, float(miss[level]))
            factor *= change
            cell_weights *= change[cell]
        if worst[2] <= _TOLERANCE:
            return Raked(factors, n_iter, worst, converged=True)
    return Raked(factors, max_iter, worst, converged=False)


def _collapse(
    codes: Sequence[Codes], weights: Array, sizes: Sequence[int]
) -> tuple[list[Codes], Array]:
    """Return the combinations of levels that occur with a weight: codes per margin, and weight."""
    counted = np.flatnonzero(weights > 0)
    if len(counted) < len(weights):
        codes, weights = [code[counted] for code in codes], weights[counted]
    key, shape = codes[0].astype(np.int64), [sizes[0]]
    for code, size in zip(codes[1:], sizes[1:], strict=True):
        if float(np.prod(shape, dtype=float)) * size > 2.0**62:
            return [np.array(code) for code in codes], weights.copy()
        key *= size
        key += code
        shape.append(size)
    if np.prod(shape) <= max(_DENSE, len(key)):
        total = np.bincount(key, weights).astype(np.float64, copy=False)
        occurring = np.flatnonzero(total)
        total = total[occurring]
    else:
        occurring, position = np.unique(key, return_inverse=True)
        total = np.bincount(position, weights).astype(np.float64, copy=False)
    return list(np.unravel_index(occurring, shape)), total
