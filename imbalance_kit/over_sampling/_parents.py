"""What the SMOTE family shares: which classes to fill, and a neighbour for every seed.

A variant says which rows of a class are seeds, among which rows their neighbours are sought, and
how far along the line a new row lies; :class:`~imbalance_kit._base.BaseSampler` makes the rows.
"""

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._base import Draw, SamplingInput
from imbalance_kit._utils._interpolate import Pairs
from imbalance_kit._utils._neighbor_search import NeighborSearch
from imbalance_kit._utils._random import class_stream
from imbalance_kit._utils._sampling_strategy import ClassPlan
from imbalance_kit._utils._stacklevel import callers_stacklevel


@dataclass(frozen=True)
class ClassToFill:
    """A class that needs `n_new` rows, and the stream they are drawn from.

    Invariant: `members` are at least two rows, ascending; `n_new` is at least 1.
    """

    code: int
    label: Any
    members: NDArray[np.intp]
    n_new: int
    stream: np.random.Generator


def classes_to_fill(data: SamplingInput, plan: ClassPlan, seed: int) -> Iterator[ClassToFill]:
    """Yield the classes that lack rows, each with a stream of its own.

    Raises
    ------
    ValueError
        If one has a single row: there is no line through one point.
    """
    for k in plan.touched:
        members, label = data.target.members(k), data.target.label(k)
        n_new = int(plan.rows[k]) - len(members)
        if n_new == 0:
            continue
        if len(members) == 1:
            raise ValueError(
                f"Class {label!r} has 1 row, and a synthetic row lies between two of its class. "
                "Hint: leave the class out of `sampling_strategy`, or copy its row before with "
                f"RandomOverSampler(sampling_strategy={{{label!r}: 6}})."
            )
        yield ClassToFill(k, label, members, n_new, class_stream(seed, label))


def as_draw(made: Mapping[int, Pairs]) -> Draw:
    """Return the draw that adds one row per pair, class by class."""
    pairs = list(made.values())
    return Draw(
        added={k: parents.seeds for k, parents in made.items()},
        neighbors=np.concatenate([p.neighbors for p in pairs] or [np.empty(0, np.intp)]),
        steps=np.concatenate([p.steps for p in pairs] or [np.empty(0)]),
    )


def even_choice(part: ClassToFill, n_candidates: int, size: int | None = None) -> NDArray[np.intp]:
    """Draw a candidate for each new row, every one with the same chance."""
    return part.stream.integers(n_candidates, size=part.n_new if size is None else size)


def nearest_partners(
    search: NeighborSearch,
    neighbors: tuple[int, Any],
    part: ClassToFill,
    candidates: NDArray[np.intp],
    chosen: NDArray[np.intp],
    among: NDArray[np.intp] | None,
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the seeds ``candidates[chosen]`` and, for each, one of its nearest rows, drawn evenly.

    Neighbours are sought for candidates that were chosen, no others.

    Parameters
    ----------
    search : NeighborSearch
        Over all rows.
    neighbors : (int, object)
        Number of neighbours, as many as there are at most, and the index to ask or None.
    part : ClassToFill
        The class, for its stream.
    candidates : ndarray of shape (n_candidates,)
        Row numbers.
    chosen : ndarray of shape (n_seeds,)
        Positions among them.
    among : ndarray or None
        Rows that may be partners; None for all.
    """
    used = np.bincount(chosen, minlength=len(candidates)) > 0
    k, backend = neighbors
    table = search.nearest(k, of=candidates[used], among=among, backend=backend)
    row = (np.cumsum(used) - 1)[chosen]
    column = part.stream.integers(k, size=len(chosen))
    return candidates[chosen], table[row, column]


def fewer_neighbors(neighbors: tuple[int, Any], n_rows: int, label: Any) -> tuple[int, Any]:
    """Return the number of neighbours and the index; a smaller number, with a warning, if need be.

    Of `n_rows` rows each has one less as neighbours.
    """
    k, backend = neighbors
    if k < n_rows:
        return neighbors
    warnings.warn(
        f"Class {label!r} has neighbours among {n_rows} rows: {n_rows - 1} of them are used, not "
        f"the {k} asked for. Hint: lower the number of neighbours.",
        UserWarning,
        stacklevel=callers_stacklevel(),
    )
    return n_rows - 1, backend
