"""Keep each row with a probability of its own, independently of the others."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._base import SamplingInput
from imbalance_kit._utils._random import class_stream
from imbalance_kit._utils._targets import EncodedTarget
from imbalance_kit.under_sampling._budget import row_blocks


def stream_roles(target: EncodedTarget, kept: int) -> list[Any]:
    """Return the name of each class's streams: by role for two, so that labels do not matter."""
    if target.n_classes > 2:
        return list(target.classes)
    return ["kept" if k == kept else "sampled" for k in range(target.n_classes)]


def poisson_draw(
    data: SamplingInput, pi: NDArray[np.float64], roles: list[Any], seed: int
) -> NDArray[np.intp]:
    """Return the rows that are kept, ascending.

    Parameters
    ----------
    data : SamplingInput
        All rows.
    pi : ndarray of shape (n_samples,)
        Their inclusion probabilities.
    roles : list
        Names of the classes' streams, as `stream_roles` returns them.
    seed : int
        What the streams derive from.

    Raises
    ------
    ValueError
        If no row of a class, or none of any weight, is drawn.
    """
    target = data.target
    kept = np.zeros(len(target.codes), dtype=bool)
    streams = [class_stream(seed, role, "draw:") for role in roles]
    for block in row_blocks(len(kept)):
        codes, probability = target.codes[block], pi[block]
        for k, stream in enumerate(streams):
            members = codes == k
            kept[block][members] = stream.random(members.sum()) < probability[members]
    rows = np.flatnonzero(kept)
    after = EncodedTarget(target.classes, target.codes[rows])
    totals = after.totals(None if data.weights is None else data.weights[rows])
    if not totals.all():
        raise ValueError(
            f"No row (of any weight) of class {target.label(int(np.argmin(totals)))!r} was "
            "drawn. Hint: ask for more rows of it."
        )
    return rows
