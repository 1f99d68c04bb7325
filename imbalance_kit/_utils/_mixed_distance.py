"""The distance of SMOTE-NC: Euclidean on numbers, and a fixed step per category that differs.

Source: N. V. Chawla, K. W. Bowyer, L. O. Hall, W. P. Kegelmeyer (2002), section 6.1,
https://doi.org/10.1613/jair.953: squared, it is ``sum_j (x_j - z_j)² + m² · (categories that
differ)``, with m the median of the standard deviations of the numeric columns in the class.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._mixed_search import Indices

_PART = 512  # rows scored at a time: with 256 queries what is held stays in the cache


@dataclass(frozen=True)
class MixedDistance:
    """Squared SMOTE-NC distances between the rows of one class.

    Invariant: `numbers` is float64 of shape (n_rows, n_numeric), `codes` an unsigned integer array
    of shape (n_categorical, n_rows) whose equal entries in a row are equal categories; `step` is m.
    """

    numbers: NDArray[np.float64]
    codes: NDArray[np.unsignedinteger[Any]]
    step: float

    def keys(self) -> NDArray[np.uint8]:
        """Return the rows as bytes, without the categories where they count nothing."""
        numbers = np.ascontiguousarray(self.numbers).view(np.uint8)
        if self.step == 0:
            return numbers
        return np.concatenate([numbers, np.ascontiguousarray(self.codes.T).view(np.uint8)], axis=1)

    def pairs(self, one: Indices, other: Indices) -> NDArray[np.float64]:
        """Return the squared distances of pairs of rows."""
        away = np.zeros(np.broadcast_shapes(one.shape, other.shape))
        for codes in self.codes:
            away += codes[one] != codes[other]
        away *= self.step**2
        for column in self.numbers.T:
            away += (column[one] - column[other]) ** 2
        return away

    def kernel(
        self, rows: Indices, queries: Indices, dtype: type[np.floating[Any]]
    ) -> "MixedKernel":
        """Return the scores between these rows and queries."""
        return MixedKernel(self, rows, queries, dtype)


class MixedKernel:
    """Scores ``q · b - |b|² / 2 + m² / 2 · (categories that agree)``: a product and comparisons.

    Numbers are centred (a translation, exact to the rounding of its result) and scaled by a power
    of two. The norm is split into two terms, so that its rounding does not count. With unit
    roundoff u and d numbers, a product of d + 2 terms with rounded factors is off by at most
    ``(d + 6) u (|q| R + R² / 2)``, R the largest norm of a row; what the categories add is off by
    three roundings of the sum.
    """

    def __init__(
        self,
        distance: MixedDistance,
        rows: Indices,
        queries: Indices,
        dtype: type[np.floating[Any]],
    ) -> None:
        numbers = distance.numbers - distance.numbers.mean(axis=0)
        largest = max(float(np.abs(numbers).max()), distance.step)
        scale = 2.0 ** -np.frexp(largest)[1] if largest > 0 else 1.0
        numbers *= scale
        halves = 0.5 * np.einsum("ij,ij->i", numbers, numbers)
        high = halves.astype(dtype)
        ones = np.ones(len(queries), dtype=dtype)
        self.dtype, self.scale = dtype, scale
        self._rows = np.column_stack([numbers.astype(dtype), -high, (high - halves).astype(dtype)])[
            rows
        ]
        self._queries = np.vstack([numbers[queries].T.astype(dtype), ones, ones])
        self._row_codes = distance.codes[:, rows]
        self._query_codes = distance.codes[:, queries]
        self._bonus = dtype(0.5 * (distance.step * scale) ** 2)
        radius = np.sqrt(2 * halves.max())
        size = np.sqrt(2 * halves[queries]) * radius + radius**2 / 2
        size += len(distance.codes) * float(self._bonus)
        roundings = numbers.shape[1] + 9
        self.error = 1.01 * roundings * np.finfo(dtype).eps / 2 * size

    def fill(self, rows: slice, queries: slice, out: NDArray[Any]) -> None:
        """Write the scores into `out`, of shape (rows, queries)."""
        shape = (min(_PART, len(out)), out.shape[1])
        same = np.empty(shape, dtype=bool)
        agreeing = np.empty(shape, dtype=np.min_scalar_type(len(self._row_codes)))
        bonus = np.empty(shape, dtype=self.dtype)
        asked = self._query_codes[:, None, queries]
        for start in range(0, len(out), _PART):
            part = out[start : start + _PART]
            n = len(part)
            own = slice(rows.start + start, rows.start + start + n)
            np.matmul(self._rows[own], self._queries[:, queries], out=part)
            agreeing[:n] = 0
            for codes, wanted in zip(self._row_codes[:, own, None], asked, strict=True):
                np.equal(codes, wanted, out=same[:n])
                agreeing[:n] += same[:n].view(np.uint8)
            part += np.multiply(agreeing[:n], self._bonus, out=bonus[:n])
