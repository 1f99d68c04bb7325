"""Dask: the passes as tasks over partitions, the rows kept as a lazy frame."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from imbalance_kit._utils._optional import import_optional
from imbalance_kit.scale_out._decide import Decider
from imbalance_kit.scale_out._histogram import Histogram, add_histograms
from imbalance_kit.scale_out._job import ADDED, Job, Place
from imbalance_kit.scale_out._passes import decide_by_class, first_guess, needs_scores, solve
from imbalance_kit.scale_out._tally import Tally, merge_tallies, tally

_PURPOSE = "Downsampling a Dask DataFrame"
_AT_ONCE = 16  # results merged by one task


def downsample_dask(frame: Any, sampler: Any, job: Job) -> tuple[Any, Decider, Tally]:
    """Return the rows kept of a Dask DataFrame, to be computed when they are asked for."""
    job.check(frame)
    columns = list(dict.fromkeys([job.label, *job.key, *job.features]))
    with_sample = needs_scores(sampler)
    dask = import_optional("dask", extra="dask", purpose=_PURPOSE)
    parts = frame[columns].to_delayed()
    tallies = [dask.delayed(_tally)(part, job, with_sample) for part in parts]
    whole = _merged(dask, tallies, merge_tallies, job)
    if with_sample:
        guess = first_guess(sampler, whole, job)
        histograms = [dask.delayed(_histograms)(part, guess) for part in parts]
        decider = solve(sampler, guess, whole, _merged(dask, histograms, _add, job))
    else:
        decider = decide_by_class(sampler, whole, job)
    return frame.map_partitions(_keep, decider, meta=_meta(frame)), decider, whole


def _tally(part: Any, job: Job, with_sample: bool) -> Tally:
    return tally(part, job, Place(), with_sample=with_sample)


def _histograms(part: Any, guess: Decider) -> dict[Any, Histogram]:
    return guess.histograms(part, guess.job.hashes(part, Place()))


def _keep(part: Any, decider: Decider) -> Any:
    return decider.keep(part, decider.job.hashes(part, Place()))


def _add(parts: Sequence[dict[Any, Histogram]], job: Job) -> dict[Any, Histogram]:
    return add_histograms(parts)


def _merged(dask: Any, parts: list[Any], merge: Callable[[Any, Job], Any], job: Job) -> Any:
    """Merge in a tree, so that no worker holds all parts at once."""
    while len(parts) > 1:
        ends = range(0, len(parts), _AT_ONCE)
        parts = [dask.delayed(merge)(parts[i : i + _AT_ONCE], job) for i in ends]
    return dask.compute(parts[0])[0]


def _meta(frame: Any) -> Any:
    """Return an empty frame with the columns and types of the result."""
    pandas = import_optional("pandas", extra="dask", purpose=_PURPOSE)
    columns = {name: pandas.Series(dtype=dtype) for name, dtype in frame.dtypes.items()}
    added = {name: pandas.Series(dtype=np.float64) for name in ADDED}
    return pandas.DataFrame(columns | added)
