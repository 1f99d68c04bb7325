"""What a sampler takes as its number of neighbours: a number, or an index to ask."""

from numbers import Integral
from typing import Any


def check_neighbors(k_neighbors: Any, name: str) -> tuple[int, Any]:
    """Return the number of neighbours and the index to ask, None for this package's own.

    Parameters
    ----------
    k_neighbors : int or object
        A number of neighbours, the row itself not counted, or an object with `fit` and
        `kneighbors`, such as scikit-learn's NearestNeighbors, a wrapper of pynndescent, faiss or
        hnswlib. As in imbalanced-learn such an object counts the row itself: its `n_neighbors` is
        one more than the neighbours used.
    name : str
        Name of the parameter, for messages.

    Raises
    ------
    ValueError
        If the number is below 1.
    TypeError
        If it is neither.
    """
    if isinstance(k_neighbors, Integral) and not isinstance(k_neighbors, bool):
        if k_neighbors < 1:
            raise ValueError(f"`{name}` must be at least 1, got {k_neighbors!r}.")
        return int(k_neighbors), None
    methods = ("fit", "kneighbors")
    if isinstance(k_neighbors, type) or not all(hasattr(k_neighbors, m) for m in methods):
        raise TypeError(
            f"`{name}` must be an int, or an object with fit and kneighbors, got {k_neighbors!r}. "
            "Hint: sklearn.neighbors.NearestNeighbors(n_neighbors=6) asks for 5 neighbours, "
            "because it counts the row itself."
        )
    counted = getattr(k_neighbors, "n_neighbors", None)
    if not isinstance(counted, Integral) or isinstance(counted, bool) or counted < 2:
        raise ValueError(
            f"`{name}` is a neighbour object whose `n_neighbors` is {counted!r}: expected an "
            "integer of at least 2, since the row itself is counted. Hint: set it to the number "
            "of neighbours plus 1."
        )
    return int(counted) - 1, k_neighbors
