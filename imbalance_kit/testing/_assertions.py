"""Comparisons that the laws share, with their tolerances."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

STANDARD_ERRORS = 4
"""How far a mean over seeds may be off: beyond 4 standard errors once in 16,000 comparisons."""


def assert_mean(
    values: NDArray[Any], expected: Any, *, slack: Any = 0.0, what: str = "the mean over seeds"
) -> None:
    """Assert that the mean over the first axis is `expected`, within 4 standard errors and `slack`.

    Parameters
    ----------
    values : ndarray of shape (n_repeats, ...)
        One result per seed.
    expected : float or ndarray of shape (...)
        What the mean should be.
    slack : float or ndarray of shape (...), default=0.0
        Known error that is not random, such as the rounding of counts.
    what : str, default="the mean over seeds"
        For the message.
    """
    mean = values.mean(axis=0)
    error = values.std(axis=0, ddof=1) / np.sqrt(len(values))
    allowed = STANDARD_ERRORS * error + slack + 1e-9 * np.abs(expected)
    off = np.abs(mean - expected)
    if np.any(off > allowed):
        worst = np.unravel_index(np.argmax(off - allowed), np.shape(off))
        raise AssertionError(
            f"{what} is {np.asarray(mean)[worst]:.6g}, expected "
            f"{np.broadcast_to(expected, np.shape(off))[worst]:.6g} within "
            f"{np.broadcast_to(allowed, np.shape(off))[worst]:.3g} ({STANDARD_ERRORS} standard "
            f"errors of {len(values)} seeds, and the rounding)."
        )


def dense(X: Any) -> NDArray[Any]:
    """Return the values of any container as a numpy array."""
    if sparse.issparse(X):
        return np.asarray(X.toarray())
    return np.asarray(X.to_numpy() if hasattr(X, "to_numpy") else X)


def containers(X: NDArray[np.float64], *, with_sparse: bool) -> dict[str, Any]:
    """Return the same rows in every container that is installed, by name."""
    found: dict[str, Any] = {"numpy": X, "Fortran order": np.asfortranarray(X), "list": X.tolist()}
    if with_sparse:
        found["csr"] = sparse.csr_array(X)
    names = [f"x{j}" for j in range(X.shape[1])]
    try:
        import pandas as pd
    except ImportError:
        pass
    else:
        found["pandas"] = pd.DataFrame(X, columns=names, index=np.arange(len(X))[::-1])
    try:
        import polars as pl
    except ImportError:
        pass
    else:
        found["polars"] = pl.DataFrame(X, schema=names)
    return found
