"""Ask somebody else's neighbour index: scikit-learn's, or a wrapper of an approximate one."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from imbalance_kit._utils._exact_ranking import without_self


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
