"""The vote of neighbours on the category of a new row: the most frequent one wins.

Counted once per row of the class. Levels that share the first place have the same chance, drawn
anew for every new row: no order of the names, which means nothing, decides.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Vote:
    """The outcome of one column's votes, one vote per row.

    Invariant: the first ``n_modal[i]`` entries of ``ranked[i]``, rows among the voters of row i,
    hold the levels that are most frequent among them, each level as often as the others.
    """

    ranked: NDArray[np.intp]
    n_modal: NDArray[np.intp]

    def winners(self, seeds: NDArray[np.intp], stream: np.random.Generator) -> NDArray[np.intp]:
        """Return, for a new row of each seed, a row that holds the level it takes."""
        return self.ranked[seeds, stream.integers(self.n_modal[seeds])]


def count_votes(codes: NDArray[np.integer[Any]], voters: NDArray[np.intp]) -> Vote:
    """Let the `voters` of each row vote with their level of one column.

    Parameters
    ----------
    codes : ndarray of int of shape (n_rows,)
        Level of each row.
    voters : ndarray of shape (n_rows, n_voters)
        Rows that vote, per row.
    """
    held = codes[voters]
    votes = np.zeros(held.shape, dtype=np.min_scalar_type(held.shape[1]))
    for level in held.T:
        votes += held == level[:, None]
    modal = votes == votes.max(axis=1, keepdims=True)
    order = np.argsort(~modal, axis=1, kind="stable")
    return Vote(np.take_along_axis(voters, order, axis=1), np.count_nonzero(modal, axis=1))
