"""Bins of equal mass that never split a tie, and what is summed up in them.

Everything starts from the distinct predictions with the weights of their rows. That makes the laws
easy: equal predictions share a bin by construction, and a row of weight k is k rows of weight 1.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.special import expit

_Floats = NDArray[np.float64]

# Cells of the histogram that a report keeps of the predictions. They are fine enough, and made so,
# that bars of equal width on a linear, a log-odds or a logarithmic axis are sums of whole cells.
SCALE_EDGES: dict[str, _Floats] = {
    "linear": np.linspace(0.0, 1.0, 201),
    "logit": np.concatenate([[0.0], expit(np.arange(-16.0, 16.1, 0.25)), [1.0]]),
    "log": np.concatenate([[0.0], 10.0 ** np.arange(-8.0, 0.01, 0.1)]),
}
SCALE_EDGES["log"][-1] = 1.0
HISTOGRAM_EDGES: _Floats = np.unique(np.concatenate(list(SCALE_EDGES.values())))


@dataclass(frozen=True)
class PredictionTable:
    """Distinct predictions of one class, ascending, and sums over the rows that have them.

    Invariant: every row has positive weight, so ``weight > 0`` and ``count > 0`` throughout; all
    arrays have shape (n_distinct,).
    """

    value: _Floats
    count: NDArray[np.intp]
    weight: _Floats
    positive: _Floats  # weight of the rows of the class
    squared_positive: _Floats  # sum of squared weights of the rows of the class, and of the others
    squared_negative: _Floats

    @property
    def total(self) -> float:
        """Sum of the weights."""
        return float(self.weight.sum())


@dataclass(frozen=True)
class BinTable:
    """Sums per bin of equal mass; all arrays have shape (n_bins,), no bin is empty."""

    lower: _Floats  # smallest and largest prediction in the bin
    upper: _Floats
    count: NDArray[np.intp]
    weight: _Floats
    mean_predicted: _Floats
    observed_rate: _Floats
    variance: _Floats  # of the predictions in the bin
    covariance: _Floats  # of predictions and outcomes in the bin
    weight_positive: _Floats  # typical weight of a row of the class, and of the others
    weight_negative: _Floats

    @property
    def share(self) -> _Floats:
        """Share of the total weight in each bin."""
        share: _Floats = self.weight / self.weight.sum()
        return share

    def effective_size(self, rate: Any) -> _Floats:
        """Return the number of unweighted rows that would show `rate` with the same error.

        To first order a weighted rate r of W units has the variance r (1 - r) / n with
        ``n = W / ((1 - r) a + r b)``, where a and b are the mean weights, weighted by themselves,
        of the rows of the class and of the others. Without weights this is the number of rows.
        """
        size: _Floats = self.weight / (
            (1.0 - rate) * self.weight_positive + rate * self.weight_negative
        )
        return size


@dataclass(frozen=True)
class BrierParts:
    """Score = reliability - resolution + uncertainty + within variance - within covariance."""

    score: float
    reliability: float
    resolution: float
    uncertainty: float
    within_bin_variance: float
    within_bin_covariance: float


def tabulate_predictions(
    predicted: _Floats, positive: NDArray[np.bool_], weights: _Floats | None
) -> PredictionTable:
    """Sum the rows over their distinct predictions; `weights` must be positive."""
    order = np.argsort(predicted)
    value, outcome = predicted[order], positive[order]
    first = np.concatenate([[True], value[1:] != value[:-1]])
    start = np.flatnonzero(first)
    count = np.diff(start, append=len(value))

    def total(per_row: NDArray[Any]) -> _Floats:
        sums: _Floats = per_row if len(start) == len(value) else np.add.reduceat(per_row, start)
        return sums

    if weights is None:
        hits = total(outcome.astype(np.float64))
        weight = count.astype(np.float64)
        return PredictionTable(value[start], count, weight, hits, hits, weight - hits)
    w = weights[order]
    square = w * w
    return PredictionTable(
        value[start],
        count,
        total(w),
        total(w * outcome),
        total(square * outcome),
        total(square * ~outcome),
    )


def bin_predictions(table: PredictionTable, n_bins: int) -> BinTable:
    """Cut the ordered predictions into bins of about equal weight.

    A distinct prediction goes, whole, where the middle of its weight lies on the cumulative weight.
    Bins that get nothing, because one prediction outweighs them, are left out.
    """
    cumulative = np.cumsum(table.weight)
    middle = (cumulative - table.weight / 2) / cumulative[-1]
    number = np.minimum(np.floor(n_bins * middle), n_bins - 1.0)
    start = np.flatnonzero(np.diff(number, prepend=-1.0))
    last = np.append(start[1:], len(number)) - 1

    def total(values: NDArray[Any]) -> NDArray[Any]:
        sums: NDArray[Any] = np.add.reduceat(values, start)
        return sums

    weight, count = total(table.weight), total(table.count)
    # Rounding may leave the mean of equal predictions outside of them by one unit.
    lower, upper = table.value[start], table.value[last]
    mean = np.clip(total(table.weight * table.value) / weight, lower, upper)
    deviation = table.value - np.repeat(mean, last - start + 1)
    # Where only one of the classes occurs the rate is 0 or 1 without rounding.
    hits, squared = total(table.positive), (table.squared_positive, table.squared_negative)
    rate = np.where(total(squared[1]) > 0, np.minimum(hits / weight, 1.0), 1.0)
    typical = _typical_weights(table, hits, weight - hits, *map(total, squared))
    return BinTable(
        lower=lower,
        upper=upper,
        count=count,
        weight=weight,
        mean_predicted=mean,
        observed_rate=rate,
        variance=total(table.weight * deviation**2) / weight,
        covariance=total(table.positive * deviation) / weight,
        weight_positive=typical[0],
        weight_negative=typical[1],
    )


def _typical_weights(
    table: PredictionTable,
    positive: _Floats,
    negative: _Floats,
    squared_positive: _Floats,
    squared_negative: _Floats,
) -> tuple[_Floats, _Floats]:
    """Mean weight, weighted by itself, of the rows of the class and of the others, per bin.

    Each bin is given one more row, of the weight usual for the class in the whole: so a bin without
    a row of the class has an answer too, and a bin with a single one does not trust it alone.
    """
    whole = [
        (float(table.positive.sum()), float(table.squared_positive.sum())),
        (float((table.weight - table.positive).sum()), float(table.squared_negative.sum())),
    ]
    usual = [square / mass if square > 0 else 0.0 for mass, square in whole]
    usual = [own or other for own, other in zip(usual, reversed(usual), strict=True)]
    typical = [
        (square + one * one) / (np.maximum(mass, 0.0) + one)
        for mass, square, one in zip(
            (positive, negative), (squared_positive, squared_negative), usual, strict=True
        )
    ]
    return typical[0], typical[1]


def decompose_brier(bins: BinTable) -> BrierParts:
    """Take the Brier score apart over the bins, exactly (Stephenson, Coelho and Jolliffe 2008)."""
    share, rate = bins.share, bins.observed_rate
    base_rate = float(share @ rate)
    parts = {
        "reliability": float(share @ (bins.mean_predicted - rate) ** 2),
        "resolution": float(share @ (rate - base_rate) ** 2),
        "uncertainty": base_rate * (1.0 - base_rate),
        "within_bin_variance": float(share @ bins.variance),
        "within_bin_covariance": float(2.0 * share @ bins.covariance),
    }
    score = (
        parts["reliability"]
        - parts["resolution"]
        + parts["uncertainty"]
        + parts["within_bin_variance"]
        - parts["within_bin_covariance"]
    )
    return BrierParts(score=score, **parts)


def wilson_interval(rate: _Floats, size: _Floats, confidence: float) -> tuple[_Floats, _Floats]:
    """Return Wilson's score interval of a rate seen in `size` (effective) rows."""
    z2 = float(stats.norm.ppf((1.0 + confidence) / 2.0)) ** 2
    middle = (rate + z2 / (2.0 * size)) / (1.0 + z2 / size)
    half = np.sqrt(z2 * (rate * (1.0 - rate) / size + z2 / (4.0 * size**2))) / (1.0 + z2 / size)
    # At 0 and 1 the bound is the rate itself; rounding must not put it a little off.
    low = np.where(rate <= 0.0, 0.0, np.clip(middle - half, 0.0, rate))
    high = np.where(rate >= 1.0, 1.0, np.clip(middle + half, rate, 1.0))
    return low, high


def share_per_cell(table: PredictionTable) -> _Floats:
    """Return the share of weight between consecutive `HISTOGRAM_EDGES`, the last cell closed."""
    cumulative = np.concatenate([[0.0], np.cumsum(table.weight)])
    position = np.searchsorted(table.value, HISTOGRAM_EDGES[:-1], side="left")
    shares: _Floats = np.diff(cumulative[position], append=cumulative[-1]) / cumulative[-1]
    return shares
