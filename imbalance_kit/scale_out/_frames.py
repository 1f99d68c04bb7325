"""Frames in memory, in pieces as data that do not fit: so that all engines agree."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from imbalance_kit._utils._tables import concat_tables, slice_table, table_length
from imbalance_kit.scale_out._job import Place

_BLOCK = 1 << 18  # rows at a time

T = TypeVar("T")


class FrameEngine:
    """Work on the pieces of a pandas, polars or Arrow table, one after another.

    Parameters
    ----------
    frame : pandas, polars or Arrow table
        Rows.
    """

    def __init__(self, frame: Any) -> None:
        if table_length(frame) == 0:
            raise ValueError("The source has no rows.")
        self.frame = frame

    def reduce(
        self,
        columns: Sequence[str],
        work: Callable[[Any, Place], T],
        merge: Callable[[Iterable[T]], T],
    ) -> T:
        """Return the results of all pieces, merged."""
        return merge(work(piece, place) for piece, place in self._pieces())

    def map(self, work: Callable[[Any, Place], Any], added: Sequence[str]) -> Any:
        """Return the rows that the work makes of each piece, put together."""
        return concat_tables([work(piece, place) for piece, place in self._pieces()])

    def _pieces(self) -> Iterator[tuple[Any, Place]]:
        for start in range(0, table_length(self.frame), _BLOCK):
            yield slice_table(self.frame, start, _BLOCK), Place(first_row=start)
