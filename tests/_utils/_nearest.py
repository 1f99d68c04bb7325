"""The k nearest rows by a full sort of distances in extended precision, ties by row number."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def by_full_sort(X: Any, k: int, of: NDArray[np.intp], among: NDArray[np.intp]) -> Any:
    """Return what NeighborSearch should; `among` ascends."""
    rows = np.asarray(X.toarray() if hasattr(X, "toarray") else X, dtype=np.longdouble)
    nearest = []
    for i in of:
        squares = ((rows[among] - rows[i]) ** 2).sum(axis=1)
        order = among[np.argsort(squares, kind="stable")]
        nearest.append(order[order != i][:k])
    return np.array(nearest, dtype=np.intp).reshape(len(of), k)


def assert_nearest(found: Any, X: Any, k: int, of: Any, among: Any) -> None:
    """Check that rows found are those of the full sort, or as near within the float64 rounding.

    Distances are sums of d squares of differences, so two may trade places where they differ by
    less than (d + 2) units of roundoff, relatively.
    """
    wanted = by_full_sort(X, k, of, among)
    assert found.shape == wanted.shape
    other = (found != wanted).nonzero()
    if len(other[0]) == 0:
        return
    rows = np.asarray(X.toarray() if hasattr(X, "toarray") else X, dtype=np.longdouble)
    queries = rows[np.asarray(of)[other[0]]]
    got, want = (((rows[r[other]] - queries) ** 2).sum(axis=1) for r in (found, wanted))
    assert (np.abs(got - want) <= (rows.shape[1] + 2) * 2.0**-52 * want).all()
    assert all(len(set(row)) == k for row in found.tolist())
    assert not (found == np.asarray(of)[:, None]).any()
