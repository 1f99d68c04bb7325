"""Scores of pairs of dense rows by matrix products, with a bound of what rounding does to them."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

_CHUNK = 1 << 16  # rows converted at a time
_LARGEST = (
    40  # power of 2 that the largest norm is scaled to: its square fits float32, as do small ones
)
_FLOOR = 2.0**-90  # what is lost where float32 underflows


@dataclass(frozen=True)
class Panel:
    """A block of queries, prepared for the products; `errors` is what their rounding can add."""

    matrix: NDArray[Any]
    errors: NDArray[np.float64]
    squares: NDArray[np.float64]


def reached(scores: NDArray[Any], k: int) -> NDArray[np.float64]:
    """Return a score that at least `k` of the rows reach, per column.

    The rows are dealt into groups, and the k-th largest maximum of a group is taken: that many rows
    reach it, and hardly any more do. Sorting the few maxima costs next to nothing.
    """
    each = max(1, len(scores) // max(32, 4 * k))
    n_groups = len(scores) // each
    maxima = scores[: each * n_groups].reshape(each, n_groups, -1).max(axis=0)
    ascending = np.sort(np.ascontiguousarray(maxima.T), axis=1)
    found: NDArray[np.float64] = ascending[:, -k].astype(np.float64)
    return found


class DenseScores:
    """Upper bounds of ``q·b - |b|²/2``, which is the larger the nearer the base row b is to q.

    Rows are centred, scaled by a power of two and cast to `dtype`. Half the squared distance of
    two rows is ``|q|²/2 - score``; with u the unit roundoff and d columns, the computed score is
    off by at most ``a (|b|² + |q|² + |t|)``, ``a = 1.01 (d + 8) u``, t the threshold that is folded
    into the product: cast, product and sum each err relative to these. The part of b is added to
    its norm, so that a distant outlier blurs only itself.
    """

    def __init__(
        self,
        X: NDArray[Any],
        base: NDArray[np.intp],
        centre: NDArray[np.float64],
        reach: float,
        dtype: type[np.floating[Any]],
        n_sample: int,
    ) -> None:
        self._X, self._centre, self.dtype = X, centre, dtype
        self._scale = 2.0 ** (_LARGEST - np.frexp(reach)[1])
        n, d = len(base), X.shape[1]
        self.n_base = n
        self.rate = 1.01 * (2 * d + 16 if dtype is np.float64 else d + 8) * np.finfo(dtype).eps / 2
        self._rows = np.ones((n, d + 3), dtype=dtype)
        self.base_errors = np.empty(n)
        for start in range(0, n, _CHUNK):
            block = slice(start, start + _CHUNK)
            squares = self._convert(base[block], self._rows[block, :d])
            self.base_errors[block] = self.rate * squares
            self._put_norms(self._rows[block], squares * (self.rate - 0.5))
        self._n_sample = n_sample

    @cached_property
    def _sample(self) -> NDArray[Any]:
        """The first rows, with norms that make their scores lower bounds."""
        rows = self._rows[: self._n_sample].copy()
        lowered = self.base_errors[: self._n_sample]
        self._put_norms(rows, -lowered / self.rate * 0.5 - lowered)
        return rows

    def panel(self, queries: NDArray[np.intp]) -> Panel:
        """Prepare a block of queries."""
        d = self._X.shape[1]
        rows = np.ones((len(queries), d + 3), dtype=self.dtype)
        squares = self._convert(queries, rows[:, :d])
        matrix = np.ascontiguousarray(rows.T)
        matrix[d + 2] = 0
        return Panel(matrix, self.rate * squares + _FLOOR * (d + 3), squares)

    def first_threshold(self, panel: Panel, k: int, buffer: NDArray[Any]) -> NDArray[np.float64]:
        """Return a score that at least `k` base rows reach, per query."""
        scores = buffer[: len(self._sample)]
        np.matmul(self._sample, panel.matrix, out=scores)
        lowest: NDArray[np.float64] = reached(scores, k) - panel.errors
        return lowest

    def fold(self, panel: Panel, threshold: NDArray[np.float64]) -> NDArray[np.float64]:
        """Let the scores be relative to `threshold`; return it as rounded, which is not above."""
        rounded = threshold.astype(self.dtype)
        rounded = np.where(rounded > threshold, np.nextafter(rounded, -np.inf), rounded)
        panel.matrix[-1] = -rounded
        return rounded.astype(np.float64)

    def score(self, panel: Panel, start: int, out: NDArray[Any]) -> None:
        """Write the scores of the base rows from `start` on, of shape (n_rows, n_queries)."""
        np.matmul(self._rows[start : start + len(out)], panel.matrix, out=out)

    def _convert(self, indices: NDArray[np.intp], out: NDArray[Any]) -> NDArray[np.float64]:
        """Write the centred rows; return their squared norms after the cast."""
        rows = np.take(self._X, indices, axis=0).astype(np.float64, copy=False)
        rows -= self._centre
        rows *= self._scale
        out[...] = rows
        rows[...] = out
        squares: NDArray[np.float64] = np.einsum("ij,ij->i", rows, rows)
        return squares

    def _put_norms(self, rows: NDArray[Any], norms: NDArray[np.float64]) -> None:
        """Write the norms in two terms, whose sum is exact to twice the precision."""
        rows[:, -3] = norms
        rows[:, -2] = norms - rows[:, -3]
