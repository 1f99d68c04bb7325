"""Ask somebody else's neighbour index: scikit-learn's, or a wrapper of an approximate one."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone


def ask_backend(
    backend: Any, rows: Any, k: int, of: NDArray[np.intp], among: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Return what a clone of `backend` takes for the `k` rows of `among` nearest to those of `of`.

    One neighbour more is asked for, and the row itself is removed by identity: among duplicates it
    need not be the first.
    """
    index = clone(backend, safe=False)
    index.fit(rows[among])
    n_asked = min(k + 1, len(among))
    places = np.asarray(index.kneighbors(rows[of], n_neighbors=n_asked, return_distance=False))
    return without_self(among[places], of, k)


def without_self(found: NDArray[np.intp], of: NDArray[np.intp], k: int) -> NDArray[np.intp]:
    """Return the first `k` entries of each row of `found` that are not the row of `of` itself."""
    itself = found == of[:, None]
    if not itself.any():
        return found[:, :k]
    order = np.argsort(itself, axis=1, kind="stable")  # the others first, in their order
    return np.take_along_axis(found, order, axis=1)[:, :k]
