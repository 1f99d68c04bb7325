"""Sample and target in an orthonormal basis of their columns and a constant."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_BLOCK = 8192
_GRAM_BLOCK = 1024  # rows of which a copy stays in cache
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
    gram = np.zeros((len(centre), len(centre)))
    for rows, weights in ((sample, sample_weight), (target, target_weight)):
        for start in range(0, len(rows), _BLOCK):
            apart = rows[start : start + _BLOCK] - centre
            gram += apart.T @ (apart * (weights[start : start + _BLOCK, None] / total))
    size = _magnitude(sample, target)
    kept, factor = _independent(gram, size)
    slopes = np.zeros((len(centre), len(kept)))
    slopes[kept] = np.linalg.inv(factor).T
    basis = np.zeros((len(centre) + 1, len(kept) + 1))
    basis[0, 0] = 1.0
    basis[1:, 1:] = slopes
    basis[0, 1:] = -centre @ slopes

    def turned(rows: Array) -> Array:
        out = np.empty((len(rows), len(kept) + 1))
        out[:, 0] = 1.0
        for start in range(0, len(rows), _BLOCK):
            out[start : start + _BLOCK, 1:] = (rows[start : start + _BLOCK] - centre) @ slopes
        return out

    return BasisRows(turned(sample), turned(target), sample_weight, target_weight, basis)


def weighted_gram(x: Array, weights: Array) -> Array:
    """Return ``Σ_i w_i x_i x_i'``."""
    total = np.zeros((x.shape[1], x.shape[1]))
    buffer = np.empty((_GRAM_BLOCK, x.shape[1]))
    for start in range(0, len(x), _GRAM_BLOCK):
        block = x[start : start + _GRAM_BLOCK]
        own = buffer[: len(block)]
        np.multiply(block, weights[start : start + _GRAM_BLOCK, None], out=own)
        total += block.T @ own
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


def _magnitude(*tables: Array) -> Array:
    """Return the largest absolute value of each column."""
    ends = [end for x in tables for end in (x.max(axis=0), -x.min(axis=0))]
    return np.asarray(np.maximum.reduce(ends))
