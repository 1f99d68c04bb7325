"""The design matrix of a logistic regression: centred columns and a column of ones, neither made.

Coefficients come as ``theta`` of shape (n_outputs, n_columns): one row per linear predictor, the
columns of X first and, with an intercept, the intercept last, *as it is for centred columns*.
Centring makes the intercept nearly orthogonal to the rest, which is what a solver needs, and leaves
the coefficients, hence their penalty, alone. Rows are walked in blocks that stay in the cache.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Array = NDArray[np.float64]

_PRODUCT = 1 << 18  # multiplications in a matrix product that BLAS leaves to one thread; with one
# or two outputs a block then holds 1 MiB, half of a common second-level cache
_MIN_ROWS = 64
_CENTRE_ROWS = 10_000  # rows that are enough to find the middle of a column
_FAR = 1e-6  # variance per squared mean below which a product with raw columns loses digits


@dataclass(frozen=True)
class Design:
    """The rows of X, centred at `center`, and with `intercept` a last column of ones.

    Invariant: where `copies`, blocks are float64 copies that are already centred (X has columns far
    from zero for their spread, or is float32); otherwise they are views of X itself, and the centre
    is accounted for by algebra. `constant` marks columns that do not vary: centred they are zero.
    """

    X: Any
    intercept: bool
    center: Array
    constant: NDArray[np.bool_]
    copies: bool

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return int(self.X.shape[0])

    @property
    def n_columns(self) -> int:
        """Number of columns, the ones included."""
        return int(self.X.shape[1]) + self.intercept

    @property
    def _shift(self) -> Array | None:
        """What is still to be subtracted from the columns of a block."""
        return self.center if self.intercept and not self.copies else None

    def blocks(self, n_outputs: int = 1) -> Iterator[tuple[slice, Any]]:
        """Yield blocks of rows; a block is overwritten by the next. A sparse X is one block.

        Blocks are smaller for many outputs, so that their products run in one thread: threads that
        wait for each other cost more than such a product takes.
        """
        n_rows, n_features = self.X.shape
        if sparse.issparse(self.X):
            yield slice(0, n_rows), self.X
            return
        size = min(n_rows, max(_MIN_ROWS, _PRODUCT // (n_features * max(2, n_outputs))))
        buffer = np.empty((size, n_features)) if self.copies else None
        for start in range(0, n_rows, size):
            rows = slice(start, min(start + size, n_rows))
            block = self.X[rows]
            if buffer is not None:
                block = np.subtract(block, self.center, out=buffer[: len(block)])
            yield rows, block

    def predict_block(self, block: Any, theta: Array) -> Array:
        """Return the linear predictors of a block, of shape (n_outputs, rows), C-contiguous."""
        if not self.intercept:
            return _times(block, theta)
        slopes, level = theta[:, :-1], theta[:, -1]
        if self._shift is not None:
            level = level - slopes @ self._shift
        predictors = _times(block, slopes)
        predictors += level[:, None]
        return predictors

    def predict(self, theta: Array) -> Array:
        """Return the linear predictors of all rows, of shape (n_outputs, n_rows)."""
        predictors = np.empty((len(theta), self.n_rows))
        for rows, block in self.blocks(len(theta)):
            predictors[:, rows] = self.predict_block(block, theta)
        return predictors

    def add_pull_back(self, block: Any, values: Array, total: Array) -> None:
        """Add ``values @ block`` to `total`, (n_outputs, n_columns); `centre_rows` is to follow."""
        n_features = self.X.shape[1]
        if sparse.issparse(block):
            total[:, :n_features] += (block.T @ values.T).T
        else:
            total[:, :n_features] += values @ block
        if self.intercept:
            total[:, -1] += values.sum(axis=1)

    def add_gram(self, block: Any, weights: Array, total: Array) -> None:
        """Add ``block' diag(weights) block`` to `total`; `centre_gram` is to follow."""
        n_features = self.X.shape[1]
        inner = total[:n_features, :n_features]
        if sparse.issparse(block):
            scaled = block.copy()
            scaled.data *= np.repeat(weights, np.diff(block.indptr))
            inner += (block.T @ scaled).toarray()
        elif weights.min() >= 0:  # half the work: numpy sees a matrix times its own transpose
            scaled = block * np.sqrt(weights)[:, None]
            inner += scaled.T @ scaled
        else:
            inner += block.T @ (block * weights[:, None])
        if self.intercept:
            column = block.T @ weights
            total[:n_features, -1] += column
            total[-1, :n_features] += column
            total[-1, -1] += weights.sum()

    def centre_rows(self, total: Array) -> Array:
        """Return sums of pulled-back values as those of the centred columns, in place."""
        if self._shift is not None:
            total[:, :-1] -= total[:, -1:] * self._shift
        if self.constant.any():
            total[:, : len(self.constant)][:, self.constant] = 0
        return total

    def centre_gram(self, total: Array) -> Array:
        """Return a sum of weighted Gram matrices as that of the centred columns, in place."""
        if self._shift is not None:
            total[:-1] -= self._shift[:, None] * total[-1]
            total[:, :-1] -= total[:, -1:] * self._shift
        constant = np.flatnonzero(self.constant)
        total[constant] = 0
        total[:, constant] = 0
        return total

    def square_sums(self, weights: Array) -> Array:
        """Return ``Σ_i weights_ai z_ij²`` of shape (n_outputs, n_columns), for weights >= 0."""
        n_features = self.X.shape[1]
        squares = np.zeros((len(weights), self.n_columns))
        linear = np.zeros((len(weights), self.n_columns))
        for rows, block in self.blocks():
            part = np.ascontiguousarray(weights[:, rows])
            squared = block.power(2) if sparse.issparse(block) else block * block
            self.add_pull_back(squared, part, squares)
            if self._shift is not None:
                self.add_pull_back(block, part, linear)
        if self._shift is not None:
            squares[:, :-1] += self._shift * (squares[:, -1:] * self._shift - 2 * linear[:, :-1])
            np.maximum(squares, 0, out=squares)
        squares[:, :n_features][:, self.constant] = 0
        return squares

    def to_centred(self, theta: Array) -> Array:
        """Return coefficients of the raw columns as those of the centred ones."""
        return self._move_level(theta, 1.0)

    def to_raw(self, theta: Array) -> Array:
        """Return coefficients of the centred columns as those of the raw ones."""
        return self._move_level(theta, -1.0)

    def _move_level(self, theta: Array, sign: float) -> Array:
        theta = theta.copy()
        if self.intercept:
            theta[:, -1] += sign * (theta[:, :-1] @ self.center)
        return theta


def make_design(X: Any, *, intercept: bool) -> Design:
    """Return the design of dense or CSR rows of float32 or float64.

    Parameters
    ----------
    X : ndarray or CSR of shape (n_samples, n_features)
        Rows, all finite. Sparse float32 is held as float64, with the same indices.
    intercept : bool
        Whether there is a column of ones; without it nothing is centred.
    """
    if sparse.issparse(X) and X.dtype != np.float64:
        X = type(X)((X.data.astype(np.float64), X.indices, X.indptr), shape=X.shape)
    dense = not sparse.issparse(X)
    single = dense and X.dtype != np.float64
    none = np.zeros(X.shape[1], dtype=bool)
    if not intercept:
        return Design(X, False, np.zeros(X.shape[1]), none, copies=single)
    center, spread = _center(X[:: max(1, X.shape[0] // _CENTRE_ROWS)])
    far = spread < _FAR * center**2
    constant = none
    if far.any():
        low, high = _extremes(X)
        constant = low == high
        center[constant] = low[constant]
    return Design(X, True, center, constant, copies=single or (dense and bool(far.any())))


def _center(X: Any) -> tuple[Array, Array]:
    """Return mean and variance of the columns.

    Some thousand rows suffice: any centre near the mean will do, and columns that are far from zero
    for their spread in all rows are so in most parts of them.
    """
    raw = Design(X, False, np.zeros(X.shape[1]), np.zeros(X.shape[1], dtype=bool), copies=False)
    sums, squares = np.zeros((1, X.shape[1])), np.zeros(X.shape[1])
    with np.errstate(over="ignore"):
        for _, block in raw.blocks():
            block = block.astype(np.float64, copy=False)
            raw.add_pull_back(block, np.ones((1, block.shape[0])), sums)
            squares += _column_squares(block)
    if not np.isfinite(squares).all():
        raise ValueError(
            f"Column {int(np.isfinite(squares).argmin())} of `X` holds numbers too large to be "
            f"squared, above {np.sqrt(np.finfo(np.float64).max):.0e}. Hint: scale the column."
        )
    center = sums[0] / X.shape[0]
    return center, squares / X.shape[0] - center**2


def _column_squares(block: Any) -> Array:
    if sparse.issparse(block):
        return np.bincount(block.indices, block.data**2, block.shape[1]).astype(np.float64)
    squares: Array = np.einsum("ij,ij->j", block, block)
    return squares


def _extremes(X: Any) -> tuple[Array, Array]:
    low, high = X.min(axis=0), X.max(axis=0)
    if sparse.issparse(X):
        low, high = low.toarray().ravel(), high.toarray().ravel()
    return low.astype(np.float64), high.astype(np.float64)


def _times(block: Any, slopes: Array) -> Array:
    """Return ``slopes @ block.T``, C-contiguous."""
    if not slopes.any():  # where a solver begins
        return np.zeros((len(slopes), block.shape[0]))
    if len(slopes) == 1:
        product: Array = (block @ slopes[0])[None]
        return product
    if sparse.issparse(block):
        return np.ascontiguousarray((block @ np.ascontiguousarray(slopes.T)).T)
    return np.asarray(slopes @ block.T)
