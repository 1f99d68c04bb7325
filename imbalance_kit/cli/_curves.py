"""From a report to the points of its charts, by the public functions that compute them."""

import warnings
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
# Log odds of -7 to 7 are 0.1 % to 99.9 %; what lies outside is counted in the outermost cells.
SCORE_RANGE = 7.0
_SCORE_CELLS = 56
_MOST_POINTS = 250


@dataclass(frozen=True)
class Curves:
    """What is drawn of one strategy and variant.

    `bins` are those of a reliability diagram; `recall` and `precision` the points of a curve, with
    `average_precision` its area; `score_edges` (k + 1,) the log odds between which `scores_of` and
    `scores_not` (k,) are the shares of the rows of the class, and of the others.
    """

    variant: str
    bins: tuple[CalibrationBin, ...]
    recall: _Floats
    precision: _Floats
    average_precision: float
    score_edges: _Floats
    scores_of: _Floats
    scores_not: _Floats


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


def _curves(result: StrategyResult, label: Any, column: int) -> Curves:
    held = result.predictions
    truth = np.asarray(held.y_true == label)
    weights = held.sample_weight
    proba = np.ascontiguousarray(held.proba[:, column])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UndefinedMetricWarning)  # the slope, which is not drawn
        calibration = compute_calibration(truth, proba, sample_weight=weights, n_bins=N_BINS)
    precision, recall, _ = precision_recall_curve(truth, proba, sample_weight=weights)
    kept = _spread(recall)
    edges, of_class, of_others = _score_shares(truth, proba, weights)
    return Curves(
        variant=result.variant,
        bins=calibration.per_class[0].bins,
        recall=recall[kept],
        precision=precision[kept],
        average_precision=float(average_precision_score(truth, proba, sample_weight=weights)),
        score_edges=edges,
        scores_of=of_class,
        scores_not=of_others,
    )


def _spread(recall: _Floats) -> NDArray[np.intp]:
    """Return positions of points enough for a drawing: about evenly many per stretch of recall."""
    cells = np.floor(recall * _MOST_POINTS)
    first = np.flatnonzero(np.diff(cells, prepend=np.inf))
    return np.unique(np.concatenate([first, [len(recall) - 1]]))


def _score_shares(
    truth: NDArray[np.bool_], proba: _Floats, weights: _Floats | None
) -> tuple[_Floats, _Floats, _Floats]:
    edges = np.linspace(-SCORE_RANGE, SCORE_RANGE, _SCORE_CELLS + 1)
    with np.errstate(divide="ignore"):
        odds = np.clip(np.log(proba) - np.log1p(-proba), -SCORE_RANGE, SCORE_RANGE)
    shares = []
    for rows in (truth, ~truth):
        given = None if weights is None else weights[rows]
        counts = np.histogram(odds[rows], bins=edges, weights=given)[0].astype(np.float64)
        shares.append(counts / counts.sum())
    return edges, shares[0], shares[1]
