"""Where a row stands among the other classes: how many of its nearest rows are not of its own."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._neighbor_search import NeighborSearch
from imbalance_kit.over_sampling._parents import fewer_neighbors


def share_of_others(
    search: NeighborSearch,
    neighbors: tuple[int, Any],
    rows: NDArray[np.intp],
    codes: NDArray[np.intp],
    label: Any,
) -> NDArray[np.float64]:
    """Return, per row, which share of its nearest among all rows is of another class.

    Parameters
    ----------
    search : NeighborSearch
        Over all rows.
    neighbors : (int, object)
        Number of neighbours, and the index to ask or None.
    rows : ndarray of shape (n_rows,)
        Row numbers, all of one class.
    codes : ndarray of shape (n_samples,)
        Class of every row.
    label : object
        Label of their class, for a warning.
    """
    m, backend = fewer_neighbors(neighbors, len(codes), label)
    nearest = search.nearest(m, of=rows, backend=backend)
    others = codes[nearest] != codes[rows, None]
    return np.asarray(others.sum(axis=1) / m)


def in_danger(others: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether at least half, but not all, of a row's nearest are of another class."""
    return np.asarray((others >= 0.5) & (others < 1))


def is_noise(others: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether all of a row's nearest are of another class."""
    return np.asarray(others == 1)
