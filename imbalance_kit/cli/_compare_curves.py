"""From a report to the points of its charts, by the public functions that compute them."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.metrics import average_precision_score, precision_recall_curve

from imbalance_kit.diagnostics import CalibrationBin, compute_calibration
from imbalance_kit.model_selection import ComparisonReport, StrategyResult

_Floats = NDArray[np.float64]

N_BINS = 10
_SCORE_CELLS = 56
_MOST_POINTS = 250
_MOST_ODDS = 40.0  # stands for the infinite log odds of 0 and 1


@dataclass(frozen=True)
class Curves:
    """What is drawn of one strategy and variant.

    `bins` are those of a reliability diagram; `recall` and `precision` the points of a curve, with
    `average_precision` its area; `odds_of` and `odds_not` the log odds predicted for the rows of
    the class and for the others, with their weights.
    """

    variant: str
    bins: tuple[CalibrationBin, ...]
    recall: _Floats
    precision: _Floats
    average_precision: float
    odds_of: _Floats
    odds_not: _Floats
    weights_of: _Floats | None
    weights_not: _Floats | None

    def score_shares(self, limits: tuple[float, float]) -> tuple[_Floats, _Floats, _Floats]:
        """Return edges (k + 1,) between the limits and the shares (k,) of rows between them.

        The first shares are those of the class. What lies outside is in the outermost cells.
        """
        edges = np.linspace(*limits, _SCORE_CELLS + 1)
        shares = []
        for odds, weights in (
            (self.odds_of, self.weights_of),
            (self.odds_not, self.weights_not),
        ):
            counts = np.histogram(np.clip(odds, *limits), bins=edges, weights=weights)[0]
            shares.append(counts / counts.sum())
        return edges, shares[0], shares[1]


@dataclass(frozen=True)
class Panel:
    """All that is drawn of one strategy; the first is that of the reference."""

    name: str
    curves: tuple[Curves, ...]


def drawn_class(report: ComparisonReport) -> Any:
    """Return the class that the charts are about: the positive one, or the rarest of many."""
    if report.pos_label is not None:
        return report.pos_label
    return min(report.class_counts, key=lambda label: report.class_counts[label])


def compute_panels(report: ComparisonReport) -> tuple[Panel, ...]:
    """Return one panel per strategy; a moved threshold has the curves of doing nothing, and none.

    Raises
    ------
    ValueError
        If the report has no predictions of the reference.
    """
    label = drawn_class(report)
    column = report.classes.index(label)
    grouped: dict[str, list[Curves]] = {}
    drawn = [result for result in report.results if result.kind != "threshold"]
    for result in sorted(drawn, key=lambda result: result.name != report.reference):
        grouped.setdefault(result.name, []).append(_curves(result, label, column))
    return tuple(Panel(name, tuple(curves)) for name, curves in grouped.items())


def score_limits(panels: Sequence[Panel]) -> tuple[float, float]:
    """Return the log odds between which nearly all predictions lie, at least -3 and 3."""
    curves = [one for panel in panels for one in panel.curves]
    ends = [np.quantile(odds, (0.01, 0.99)) for c in curves for odds in (c.odds_of, c.odds_not)]
    low, high = np.min(ends), np.max(ends)
    return float(np.clip(low, -16.0, -3.0)), float(np.clip(high, 3.0, 16.0))


def _curves(result: StrategyResult, label: Any, column: int) -> Curves:
    held = result.predictions
    truth = np.asarray(held.y_true == label)
    weights = held.sample_weight
    proba = np.ascontiguousarray(held.proba[:, column])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UndefinedMetricWarning)  # the slope, which is not drawn
        warnings.filterwarnings("ignore", "All .* are exactly 0 or 1", UserWarning)  # which shows
        calibration = compute_calibration(truth, proba, sample_weight=weights, n_bins=N_BINS)
    precision, recall, _ = precision_recall_curve(truth, proba, sample_weight=weights)
    # Where no row of the class is found yet, precision is 0 or (by convention) 1: noise.
    kept = _spread(recall[recall > 0.0])
    with np.errstate(divide="ignore"):
        odds = np.clip(np.log(proba) - np.log1p(-proba), -_MOST_ODDS, _MOST_ODDS)
    return Curves(
        variant=result.variant,
        bins=calibration.per_class[0].bins,
        recall=recall[kept],
        precision=precision[kept],
        average_precision=float(average_precision_score(truth, proba, sample_weight=weights)),
        odds_of=odds[truth],
        odds_not=odds[~truth],
        weights_of=None if weights is None else weights[truth],
        weights_not=None if weights is None else weights[~truth],
    )


def _spread(recall: _Floats) -> NDArray[np.intp]:
    """Return positions of points enough for a drawing: about evenly many per stretch of recall."""
    cells = np.floor(recall * _MOST_POINTS)
    first = np.flatnonzero(np.diff(cells, prepend=np.inf))
    return np.unique(np.concatenate([first, [len(recall) - 1]]))
