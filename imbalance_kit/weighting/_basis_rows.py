"""Sample and target in an orthonormal basis of their columns and a constant."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_BLOCK = 1024  # rows of which a copy stays in cache
_HALF_FROM = 32  # columns from which a symmetric product, half the work, is the faster one
_REDUNDANT = 1e-10  # of a column's variance, left over by the columns before it


@dataclass(frozen=True)
class BasisRows:
    """The rows in an orthonormal basis: ``basis`` maps coefficients in it to those of (1, x).

    Invariant: `sample` and `target` have a constant first and, over both with their weights, the
    identity as mean square.
    """

    sample: Array
    target: Array
    sample_weight: Array
    target_weight: Array
    basis: Array

    def every(self, step: int) -> "BasisRows":
        """Return every so-many-th row of both sides, in the same basis."""
        return BasisRows(
            self.sample[::step],
            self.target[::step],
            self.sample_weight[::step],
            self.target_weight[::step],
            self.basis,
        )

    @property
    def total(self) -> float:
        """N, the total weight."""
        return float(self.sample_weight.sum() + self.target_weight.sum())

    @cached_property
    def target_mean(self) -> Array:
        """The weighted mean of the target."""
        mean: Array = self.target_weight @ self.target / self.target_total
        return mean

    @property
    def target_total(self) -> float:
        """N_T, the total weight of the target."""
        return float(self.target_weight.sum())


def orthonormal_rows(
    sample: Array, target: Array, sample_weight: Array, target_weight: Array
) -> BasisRows:
    """Add the constant, drop redundant columns, and turn the others into an orthonormal basis."""
    total = sample_weight.sum() + target_weight.sum()
    centre = (sample_weight @ sample + target_weight @ target) / total
    apart = _centred(sample, centre), _centred(target, centre)
    gram = weighted_gram(apart[0], sample_weight / total)
    gram += weighted_gram(apart[1], target_weight / total)
    kept, factor = _independent(gram[1:, 1:], np.abs(centre))
    basis = np.zeros((len(centre) + 1, len(kept) + 1))
    basis[0, 0] = 1.0
    basis[1 + kept, 1:] = np.linalg.inv(factor).T
    turned = [_turn(rows, basis) for rows in apart]
    basis[0, 1:] = -centre @ basis[1:, 1:]
    return BasisRows(turned[0], turned[1], sample_weight, target_weight, basis)


def _centred(rows: Array, centre: Array) -> Array:
    out = np.empty((len(rows), len(centre) + 1))
    out[:, 0] = 1.0
    np.subtract(rows, centre, out=out[:, 1:])
    return out


def _turn(rows: Array, basis: Array) -> Array:
    """Return the rows in the basis; they are overwritten."""
    size = basis.shape[1]
    for start in range(0, len(rows), _BLOCK):
        block = rows[start : start + _BLOCK]
        block[:, :size] = block @ basis
    return rows[:, :size]


def weighted_gram(x: Array, weights: Array) -> Array:
    """Return ``Σ_i w_i x_i x_i'``."""
    total = np.zeros((x.shape[1], x.shape[1]))
    buffer = np.empty((_BLOCK, x.shape[1]))
    halved = x.shape[1] >= _HALF_FROM and bool(weights.min(initial=0.0) >= 0)
    factors = np.sqrt(weights) if halved else weights
    for start in range(0, len(x), _BLOCK):
        block = x[start : start + _BLOCK]
        own = buffer[: len(block)]
        np.multiply(block, factors[start : start + _BLOCK, None], out=own)
        total += own.T @ (own if halved else block)
    return total


def _independent(gram: Array, size: Array) -> tuple[NDArray[np.intp], Array]:
    """Return the columns that are no combination of earlier ones, and the Cholesky factor."""
    scale = np.sqrt(np.diag(gram))
    varies = scale > 1e-12 * size
    kept: list[int] = []
    factor = np.zeros_like(gram)
    for j in np.flatnonzero(varies):
        m = len(kept)
        row = np.linalg.solve(factor[:m, :m], gram[kept, j]) if m else np.empty(0)
        rest = gram[j, j] - float(row @ row)
        if rest > _REDUNDANT * gram[j, j]:
            factor[m, :m], factor[m, m] = row, np.sqrt(rest)
            kept.append(int(j))
    m = len(kept)
    return np.array(kept, dtype=np.intp), factor[:m, :m]
