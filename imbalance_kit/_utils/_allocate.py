"""Divide a whole number in proportion, without losing or gaining one."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def largest_remainder(
    shares: NDArray[np.floating[Any]], total: int, stream: np.random.Generator
) -> NDArray[np.intp]:
    """Return whole numbers in proportion to `shares` that add up to `total`.

    Each is its exact quota rounded down or up, the largest fractions up (Hamilton's method). Equal
    fractions are drawn among, so that the first rows are not preferred.

    Parameters
    ----------
    shares : ndarray of shape (n,)
        At least 0, one of them above.
    total : int
        What to divide.
    stream : numpy.random.Generator
        Decides between equal fractions.
    """
    quotas = shares / shares.sum() * total  # the other order overflows where shares are tiny
    whole = np.floor(quotas)
    missing = total - int(whole.sum())
    counts: NDArray[np.intp] = whole.astype(np.intp)
    if missing:
        shuffled = stream.permutation(len(shares))
        fractions = (quotas - whole)[shuffled]
        # Rounding errors of quotas that should be equal must not decide.
        order = np.argsort(-np.round(fractions, 9), kind="stable")
        counts[shuffled[order[:missing]]] += 1
    return counts


def apportion(quotas: NDArray[np.float64]) -> NDArray[np.intp]:
    """Round to whole numbers of the same sum by largest remainder, every one at least 1.

    The first of equal fractions go up: nothing is drawn. Of all such numbers none are nearer in
    squared distance.

    Parameters
    ----------
    quotas : ndarray of shape (n,)
        At least 0, with a whole sum of at least n.
    """
    whole: NDArray[np.intp] = np.maximum(np.floor(quotas), 1).astype(np.intp)
    missing = round(quotas.sum()) - int(whole.sum())
    if missing > 0:
        whole[np.argsort(whole - quotas, kind="stable")[:missing]] += 1
    for _ in range(-missing):
        whole[np.argmax(np.where(whole > 1, whole - quotas, -np.inf))] -= 1
    return whole
