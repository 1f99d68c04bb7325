"""The smoothed bootstrap: draw from a normal kernel estimate of a class's density.

Source: G. Menardi and N. Torelli (2014), https://doi.org/10.1007/s10618-012-0295-5, with the
bandwidth matrix diag(h_1, ..., h_d), ``h_j = (4 / ((d + 2) n)) ** (1 / (d + 4)) * sd_j``, where n
and sd_j are those of the class (Bowman and Azzalini 1997).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def smoothed_copies(
    drawn: NDArray[np.floating[Any]],
    members: NDArray[np.floating[Any]],
    shrinkage: float,
    stream: np.random.Generator,
) -> NDArray[np.floating[Any]]:
    """Return the drawn rows plus normal noise of the class's bandwidth times `shrinkage`.

    Parameters
    ----------
    drawn : ndarray of shape (n_drawn, n_features)
        Bootstrap rows of the class.
    members : ndarray of shape (n_class, n_features)
        All rows of the class.
    shrinkage : float
        Factor on the bandwidth, at least 0.
    stream : numpy.random.Generator
        Source of the noise.
    """
    n, d = members.shape
    bandwidth = shrinkage * (4 / ((d + 2) * n)) ** (1 / (d + 4)) * members.std(axis=0)
    noise = stream.standard_normal(drawn.shape, dtype=drawn.dtype.type)
    return drawn + noise * bandwidth.astype(drawn.dtype)
