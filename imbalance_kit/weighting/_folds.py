"""Folds that depend on what is in the rows, never on the order they come in."""

import numpy as np
from numpy.typing import NDArray

_BLOCK = 8192
_SALT = 0x9E3779B97F4A7C15


def content_folds(
    X: NDArray[np.float64], weights: NDArray[np.float64] | None, n_folds: int
) -> NDArray[np.intp]:
    """Deal rows to folds of equal size, in the order of a hash of their content.

    Equal rows are dealt out one by one like any others. So a permutation of the rows permutes the
    folds: rows that change places are equal.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_columns)
        Rows.
    weights : ndarray of shape (n_samples,) or None
        Their weights, which tell equal rows apart.
    n_folds : int
        Number of folds.
    """
    key = content_hash(X)
    order = np.argsort(key) if weights is None else np.lexsort((weights, key))
    folds = np.empty(len(X), dtype=np.intp)
    folds[order] = np.arange(len(X)) % n_folds
    return folds


def content_hash(X: NDArray[np.float64]) -> NDArray[np.uint64]:
    """Return one number per row that looks random, and is the same for equal rows."""
    rng = np.random.default_rng(_SALT)
    multipliers = rng.integers(0, 1 << 63, size=X.shape[1], dtype=np.uint64) * np.uint64(2)
    multipliers += np.uint64(1)
    key = np.empty(len(X), dtype=np.uint64)
    for start in range(0, len(X), _BLOCK):
        block = np.add(X[start : start + _BLOCK], 0.0, order="C")  # -0 becomes 0
        bits = block.view(np.uint64)
        # Only 32 binary digits count: a mean that was imputed varies in the last ones with the
        # order of the rows it was taken over.
        bits += np.uint64(1 << 19)
        bits >>= np.uint64(20)
        bits ^= bits >> np.uint64(32)
        bits *= multipliers
        bits ^= bits >> np.uint64(29)
        bits *= np.uint64(0xBF58476D1CE4E5B9)
        key[start : start + _BLOCK] = bits.sum(axis=1, dtype=np.uint64)
    key ^= key >> np.uint64(31)
    key *= np.uint64(0x94D049BB133111EB)
    key ^= key >> np.uint64(30)
    return key
