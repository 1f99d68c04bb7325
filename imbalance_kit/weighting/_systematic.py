"""Importance resampling with as little noise as whole copies allow."""

import numpy as np
from numpy.typing import NDArray


def systematic(
    members: NDArray[np.intp],
    weights: NDArray[np.float64],
    size: int,
    stream: np.random.Generator,
) -> NDArray[np.intp]:
    """Draw `size` members with expected copies in proportion to weight, each off by less than 1."""
    shuffled = stream.permutation(members)
    edges = np.cumsum(weights[shuffled])
    ticks = (np.arange(size) + stream.random()) * (edges[-1] / size)
    last = np.nextafter(edges[-1], 0)  # a tick that was rounded up would fall off the end
    drawn: NDArray[np.intp] = np.searchsorted(edges, np.minimum(ticks, last), side="right")
    return shuffled[drawn]
