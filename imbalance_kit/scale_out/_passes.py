"""The run as its master sees it: from tallies to pilots, from histograms to rules.

An engine brings three things: it tallies its pieces, it adds up their histograms, it keeps their
rows. What is decided between these passes is decided here, once for all engines.
"""

import warnings
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from sklearn.utils import get_tags

from imbalance_kit._utils._stacklevel import callers_stacklevel
from imbalance_kit.scale_out._decide import Decider, fold_scores
from imbalance_kit.scale_out._histogram import Histogram, add_histograms, score_values
from imbalance_kit.scale_out._job import ADDED, Job
from imbalance_kit.scale_out._tally import Tally, merge_tallies, pilot_rows, repeated_share, tally
from imbalance_kit.shift import InclusionShift


def downsample_on(engine: Any, sampler: Any, job: Job) -> tuple[Any, Decider, Tally]:
    """Return the rows kept, as the engine holds them, and what was decided and counted.

    Parameters
    ----------
    engine : object with reduce and map
        What holds the rows, in pieces.
    sampler : object
        It is fitted.
    job : Job
        Settings.
    """
    with_sample = needs_scores(sampler)
    whole = engine.reduce(
        job.columns,
        partial(tally, job=job, with_sample=with_sample),
        partial(merge_tallies, job=job),
    )
    if with_sample:
        guess = first_guess(sampler, whole, job)
        histograms = engine.reduce(job.columns, guess.histograms_at, add_histograms)
        decider = solve(sampler, guess, whole, histograms)
    else:
        decider = decide_by_class(sampler, whole, job)
    return engine.map(decider.keep_at, ADDED), decider, whole


def check_sampler(sampler: Any) -> None:
    """Raise unless the sampler can be carried out in pieces."""
    is_class = isinstance(sampler, type)
    if is_class or not (hasattr(sampler, "fit_pilots") or hasattr(sampler, "fit_totals")):
        why = "a class. Hint: call it" if is_class else "others need all rows at once"
        raise TypeError(
            "`sampler` must be a NonuniformNegativeSampler, a RandomUnderSampler or a "
            f"ClassWeighter, got {sampler!r}: {why}."
        )
    if callable(getattr(sampler, "sampling_strategy", None)):
        raise TypeError(
            "`sampling_strategy` is a callable, which takes the labels of all rows: they are never "
            "in memory here. Hint: Ratios({label: ratio}, of='minority')."
        )
    if getattr(sampler, "replacement", False):
        raise ValueError(
            "replacement=True is not carried out on data that do not fit: a row is kept or not, "
            "whatever happens to the others. Hint: replacement=False."
        )


def needs_scores(sampler: Any) -> bool:
    """Whether the sampler decides by scores, or by class alone."""
    return hasattr(sampler, "fit_pilots") and sampler.criterion != "uniform"


def decide_by_class(sampler: Any, tally: Tally, job: Job) -> Decider:
    """Fit a sampler or weighter that needs no scores."""
    counts = _checked_counts(tally, job)
    if hasattr(sampler, "fit_pilots"):
        nobody = np.zeros(0, dtype=np.intp)
        shift = sampler.fit_pilots(
            {}, nobody, folds=nobody, class_totals=counts, random_state=job.seed
        )
        sampler.fit_rules(
            shift, counts, {k: (np.ones(1), np.full(1, n)) for k, n in counts.items()}
        )
        return Decider(job, sampler.shift_)
    sampler.fit_totals(counts)
    weighter = get_tags(sampler).estimator_type == "weighter"
    return Decider(job, sampler.shift_, by_weights=weighter)


def first_guess(sampler: Any, tally: Tally, job: Job) -> Decider:
    """Train the pilots, and solve the rules for the scores of the pilot rows alone."""
    counts = _checked_counts(tally, job)
    _warn_of_repeats(tally, job)
    X, y, folds = pilot_rows(tally.samples)
    shift: InclusionShift = sampler.fit_pilots(
        X, y, folds=folds, class_totals=counts, random_state=job.seed
    )
    scores = {}
    for k, values in fold_scores(shift, X, folds, (0, 1)).items():
        own = values[y == shift.labels[k]]
        scores[shift.labels[k]] = own, np.full(len(own), counts[shift.labels[k]] / len(own))
    sampler.fit_rules(shift, counts, scores)
    return Decider(job, sampler.shift_)


def solve(
    sampler: Any, guess: Decider, tally: Tally, histograms: Mapping[Any, Histogram]
) -> Decider:
    """Return the decider whose expected sizes are those asked for."""
    scores = {label: score_values(histogram) for label, histogram in histograms.items()}
    shift: Any = guess.shift
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # was said with the guess
        sampler.fit_rules(replace(shift, rules={}), dict(tally.counts), scores)
    return Decider(guess.job, sampler.shift_)


def _checked_counts(tally: Tally, job: Job) -> dict[Any, int]:
    counts = dict(sorted(tally.counts.items()))
    if len(counts) < 2:
        raise ValueError(
            f"The label column {job.label!r} holds {list(counts)!r} alone: expected two classes."
        )
    return counts


def _warn_of_repeats(tally: Tally, job: Job) -> None:
    share = repeated_share(tally.samples)
    if share:
        warnings.warn(
            f"The key {', '.join(job.key)} repeats ({share:.1%} of the pilot rows share theirs "
            "with another): rows of one key are kept or dropped together, where their "
            "probabilities agree. That is cluster sampling: the shift stays right, but sizes and "
            "errors vary more than the number of rows says. Hint: a key that is unique, such as an "
            "event's number.",
            UserWarning,
            stacklevel=callers_stacklevel(),
        )
