"""Standard errors by replication: draw the sample again, fit the weights again, look at the spread.

The error of fitting the weights is then part of the standard error, whatever the weighter.
"""

import math
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.utils.parallel import Parallel, delayed

from imbalance_kit._utils._containers import n_rows, take_rows
from imbalance_kit.diagnostics._target import TargetRows

_Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ReweightedMean:
    """The weighted mean of the observed outcomes under weights that are fitted anew.

    Invariant: `target_rows` is not None exactly where the target is drawn again as well; `target`
    is what the weighter is given otherwise.
    """

    X: Any
    y: _Floats
    base: _Floats | None
    weighter: Any
    target: Any
    target_weight: _Floats | None
    target_rows: TargetRows | None

    def estimate(
        self, factor: _Floats | None = None, target_factor: _Floats | None = None
    ) -> float:
        """Return the mean with the base weights multiplied; rows of factor 0 are left out."""
        X, y, base = self.X, self.y, self.base
        if factor is not None:
            kept = np.flatnonzero(factor)
            X, y = take_rows(X, kept), y[kept]
            base = factor[kept] if base is None else factor[kept] * base[kept]
        target, target_weight = self.target, self.target_weight
        if target_factor is not None and self.target_rows is not None:
            kept = np.flatnonzero(target_factor)
            target = take_rows(self.target_rows.rows, kept)
            target_weight = target_factor[kept]
            if self.target_rows.weight is not None:
                target_weight = target_weight * self.target_rows.weight[kept]
        weight = clone(self.weighter).fit_weights(
            X, target=target, sample_weight=base, target_weight=target_weight
        )
        observed = ~np.isnan(y)
        return float(np.average(y[observed], weights=weight[observed]))

    def replicate(
        self, number: int, factor: _Floats | None, target_factor: _Floats | None
    ) -> float:
        """Return the estimate of one replicate, with its number in the message if it fails."""
        try:
            return self.estimate(factor, target_factor)
        except (ValueError, ZeroDivisionError) as error:
            raise ValueError(
                f"The weights of replicate {number} could not be fitted: {error} Hint: collapse "
                "levels that few rows have, or take method='jackknife', which keeps more rows."
            ) from error


def bootstrap_standard_error(
    mean: ReweightedMean, *, n_replicates: int, seed: int, n_jobs: int | None
) -> float:
    """Return the standard deviation over rescaled bootstrap samples (Rao and Wu 1988).

    Of n rows n - 1 are drawn with replacement; a row drawn k times counts ``k n / (n - 1)`` times.
    A target that is a sample is drawn again likewise. NaN where either is one row.
    """
    sizes = _sizes(mean)
    if 1 in sizes:
        return math.nan
    streams = np.random.SeedSequence(seed).spawn(n_replicates)

    def one(number: int) -> float:
        rng = np.random.default_rng(streams[number])
        return mean.replicate(number, *(_rao_wu(n, rng) for n in sizes))

    values = _run((delayed(one)(number) for number in range(n_replicates)), n_jobs)
    return float(np.std(values, ddof=1))


def jackknife_standard_error(
    mean: ReweightedMean, *, n_replicates: int, seed: int, n_jobs: int | None
) -> float:
    """Return the error from leaving out one of equally large random groups at a time.

    ``(G - 1) / G Σ (m_g - m)²``; the groups of a target that is a sample are left out in turn as
    well, and their sum is added. NaN where either is one row.
    """
    sizes = _sizes(mean)
    if 1 in sizes:
        return math.nan
    rng = np.random.default_rng(seed)
    tasks: list[tuple[_Floats | None, _Floats | None]] = []
    counts = []
    for side, n in enumerate(sizes):
        if n is None:
            continue
        n_groups = min(n_replicates, n)
        group = rng.permutation(np.arange(n) % n_groups)
        counts.append(n_groups)
        for g in range(n_groups):
            factor = np.where(group == g, 0.0, n_groups / (n_groups - 1))
            tasks.append((factor, None) if side == 0 else (None, factor))
    values = _run(
        (delayed(mean.replicate)(number, *task) for number, task in enumerate(tasks)), n_jobs
    )
    variance = 0.0
    for part in np.split(values, np.cumsum(counts)[:-1]):
        variance += (len(part) - 1) / len(part) * float(np.square(part - part.mean()).sum())
    return math.sqrt(variance)


def _run(replicates: Iterable[Any], n_jobs: int | None) -> _Floats:
    """Return their values, without hundreds of warnings: the fit to all rows tells them once."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return np.array(Parallel(n_jobs=n_jobs)(replicates))


def _sizes(mean: ReweightedMean) -> tuple[int, int | None]:
    """Return the number of rows to draw again: of the sample, and of the target or None."""
    rows = mean.target_rows
    return len(mean.y), None if rows is None else n_rows(rows.rows)


def _rao_wu(n: int | None, rng: np.random.Generator) -> _Floats | None:
    if n is None:
        return None
    times = np.bincount(rng.integers(n, size=n - 1), minlength=n)
    return times.astype(np.float64) * (n / (n - 1))
