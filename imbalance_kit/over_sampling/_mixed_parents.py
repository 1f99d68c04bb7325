"""Where new rows of numbers and categories come from, and how they are made of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._containers import take_rows
from imbalance_kit._utils._mixed_columns import column, column_numbers, numbers_like


@dataclass(frozen=True)
class MixedParents:
    """The rows of the input that new rows come from, one entry per new row.

    Invariant: a number lies between its seed and its partner, at `steps` of the way; for each
    categorical column, by number, `givers` are rows that hold the category to take.
    """

    seeds: NDArray[np.intp]
    partners: NDArray[np.intp]
    steps: NDArray[np.float64]
    givers: Mapping[int, NDArray[np.intp]]

    @classmethod
    def joined(cls, parts: Sequence["MixedParents"], categorical: Sequence[int]) -> "MixedParents":
        """Return the parents of all new rows, class after class; there may be no class."""
        nobody = np.empty(0, dtype=np.intp)
        return cls(
            np.concatenate([nobody, *(part.seeds for part in parts)]),
            np.concatenate([nobody, *(part.partners for part in parts)]),
            np.concatenate([np.empty(0), *(part.steps for part in parts)]),
            {j: np.concatenate([nobody, *(part.givers[j] for part in parts)]) for j in categorical},
        )

    def columns(self, table: Any) -> list[Any]:
        """Return the columns of the new rows, each of the dtype it has in `table`."""
        return [self._column(column(table, j), j) for j in range(table.shape[1])]

    def _column(self, values: Any, j: int) -> Any:
        if j in self.givers:
            return take_rows(values, self.givers[j])
        start = take_rows(values, self.seeds)
        made = column_numbers(start)
        made = made + self.steps * (column_numbers(take_rows(values, self.partners)) - made)
        return numbers_like(start, made)
