"""Scores of pairs of sparse rows by sparse products, with a bound of what rounding does to them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._dense_scores import Panel


class SparseScores:
    """Upper bounds of ``q·b - |b|²/2`` for sparse rows; see `DenseScores`.

    Blocks of the base stay sparse, a block of queries is spread out. Rows are not centred, which
    would fill them; a product has as many terms as a row of the base has entries.
    """

    dtype = np.float64

    def __init__(self, X: Any, base: NDArray[np.intp], n_sample: int, block_rows: int) -> None:
        self._X, self._block_rows = X, block_rows
        self.n_base, self._n_sample = len(base), min(n_sample, len(base))
        squares = np.asarray(X.power(2).sum(axis=1), dtype=np.float64).ravel()
        most = int(np.diff(X.indptr).max(initial=0))
        self.rate = 1.01 * (2 * most + 16) * 2.0**-53
        self._squares = squares
        self.base_errors = self.rate * squares[base]
        self._raised = squares[base] * (self.rate - 0.5)
        self._blocks = [
            X[base[start : start + block_rows]].astype(np.float64)
            for start in range(0, len(base), block_rows)
        ]

    def panel(self, queries: NDArray[np.intp]) -> Panel:
        """Spread out a block of queries; the last row is the threshold."""
        d = self._X.shape[1]
        matrix = np.zeros((d + 1, len(queries)))
        matrix[:d] = self._X[queries].astype(np.float64).T.toarray()
        squares = self._squares[queries]
        return Panel(matrix, self.rate * squares, squares)

    def first_threshold(self, panel: Panel, k: int, buffer: NDArray[Any]) -> NDArray[np.float64]:
        """Return a score that at least `k` base rows reach, per query."""
        scores = buffer[: self._n_sample]
        for start in range(0, self._n_sample, self._block_rows):
            self.score(panel, start, scores[start : start + self._block_rows])
        scores -= 2 * self.base_errors[: self._n_sample, None]
        each = max(1, self._n_sample // max(32, 4 * k))
        n_groups = self._n_sample // each
        maxima = scores[: each * n_groups].reshape(each, n_groups, -1).max(axis=0)
        lowest: NDArray[np.float64] = np.sort(maxima, axis=0)[-k] - panel.errors
        return lowest

    def fold(self, panel: Panel, threshold: NDArray[np.float64]) -> NDArray[np.float64]:
        """Let the scores be relative to `threshold`."""
        panel.matrix[-1] = threshold
        return threshold

    def score(self, panel: Panel, start: int, out: NDArray[Any]) -> None:
        """Write the scores of the base rows from `start` on, of shape (n_rows, n_queries)."""
        block = self._blocks[start // self._block_rows][: len(out)]
        np.subtract(block @ panel.matrix[:-1], panel.matrix[-1], out=out)
        out += self._raised[start : start + len(out), None]
