"""Frames in memory, by the same passes as data that do not fit: so that all engines agree."""

from collections.abc import Iterator
from typing import Any

from imbalance_kit._utils._table_columns import table_length
from imbalance_kit._utils._tables import concat_tables, slice_table
from imbalance_kit.scale_out._decide import Decider
from imbalance_kit.scale_out._histogram import add_histograms
from imbalance_kit.scale_out._job import Job, Place
from imbalance_kit.scale_out._passes import decide_by_class, first_guess, needs_scores, solve
from imbalance_kit.scale_out._tally import merge_tallies, tally

_BLOCK = 1 << 18  # rows at a time


def downsample_frame(frame: Any, sampler: Any, job: Job) -> Any:
    """Return the rows kept of a frame."""
    job.check(frame)
    if table_length(frame) == 0:
        raise ValueError("The source has no rows.")
    with_sample = needs_scores(sampler)
    pieces = list(_pieces(frame))
    whole = merge_tallies(
        (tally(piece, job, place, with_sample=with_sample) for piece, place in pieces), job
    )
    if with_sample:
        guess = first_guess(sampler, whole, job)
        histograms = (guess.histograms(p, job.hashes(p, place)) for p, place in pieces)
        decider = solve(sampler, guess, whole, add_histograms(histograms))
    else:
        decider = decide_by_class(sampler, whole, job)
    return concat_tables([_keep(decider, piece, place) for piece, place in pieces])


def _pieces(frame: Any) -> Iterator[tuple[Any, Place]]:
    for start in range(0, table_length(frame), _BLOCK):
        yield slice_table(frame, start, _BLOCK), Place(first_row=start)


def _keep(decider: Decider, piece: Any, place: Place) -> Any:
    return decider.keep(piece, decider.job.hashes(piece, place))
