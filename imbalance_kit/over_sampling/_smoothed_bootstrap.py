"""The smoothed bootstrap: draw from a normal kernel estimate of a class's density.

Source: G. Menardi and N. Torelli (2014), https://doi.org/10.1007/s10618-012-0295-5, with the
bandwidth matrix diag(h_1, ..., h_d), ``h_j = (4 / ((d + 2) n)) ** (1 / (d + 4)) * sd_j``, where n
and sd_j are those of the class (Bowman and Azzalini 1997).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def smoothed_copies(
    members: NDArray[np.floating[Any]],
    drawn: NDArray[np.intp],
    shrinkage: float,
    stream: np.random.Generator,
) -> NDArray[np.floating[Any]]:
    """Return the drawn rows plus normal noise of the class's bandwidth times `shrinkage`.

    Parameters
    ----------
    members : ndarray of shape (n_class, n_features)
        All rows of the class.
    drawn : ndarray of shape (n_drawn,)
        Positions of the bootstrap rows among them.
    shrinkage : float
        Factor on the bandwidth, at least 0.
    stream : numpy.random.Generator
        Source of the noise.
    """
    n, d = members.shape
    spread = members.std(axis=0, dtype=np.float64)
    bandwidth = shrinkage * (4 / ((d + 2) * n)) ** (1 / (d + 4)) * spread
    copies = members[drawn]
    noise = stream.standard_normal(copies.shape, dtype=copies.dtype.type)
    noise *= bandwidth.astype(copies.dtype)
    copies += noise
    return copies
