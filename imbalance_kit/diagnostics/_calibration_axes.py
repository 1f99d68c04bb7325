"""The axes of a reliability diagram as numbers: limits, ticks, points and bars on each scale."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from imbalance_kit.diagnostics._calibration_bins import HISTOGRAM_EDGES, SCALE_EDGES
from imbalance_kit.diagnostics._calibration_report import ClassCalibration

_Floats = NDArray[np.float64]
_MAX_BARS = 50
_MAX_TICKS = 9
_TAIL = 0.005  # share of the predictions that may lie beyond each end of the axes


class _Scale(NamedTuple):
    forward: Callable[[_Floats], _Floats]
    backward: Callable[[_Floats], _Floats]


SCALES: dict[str, _Scale] = {
    "linear": _Scale(np.asarray, np.asarray),
    "logit": _Scale(logit, expit),
    "log": _Scale(np.log10, lambda t: 10.0**t),
}
_DECADES: _Floats = 10.0 ** np.arange(-8.0, 0.0)
# From few to many; the last set that does not crowd the axis is taken.
_TICKS: dict[str, list[_Floats]] = {
    "logit": [
        np.concatenate([_DECADES[::2], [0.5], 1 - _DECADES[::2]]),
        np.concatenate([_DECADES, [0.5], 1 - _DECADES]),
        np.concatenate([_DECADES, 3 * _DECADES[:-1], [0.3, 0.5, 0.7], 1 - _DECADES]),
        np.concatenate([np.linspace(0.01, 0.99, 99), [0.001, 0.003, 0.997, 0.999]]),
    ],
    "log": [
        _DECADES[::2],
        np.concatenate([_DECADES, [1.0]]),
        np.concatenate([_DECADES, 2 * _DECADES, 5 * _DECADES, [1.0]]),
        np.outer(_DECADES, np.arange(1, 10)).ravel(),
    ],
}


def points(curve: ClassCalibration) -> tuple[_Floats, _Floats, _Floats, _Floats]:
    """Mean prediction, observed rate and its interval, per bin."""
    table = np.array(
        [(b.mean_predicted, b.observed_rate, b.observed_low, b.observed_high) for b in curve.bins]
    )
    return table[:, 0], table[:, 1], table[:, 2], table[:, 3]


def limits(curves: list[ClassCalibration], scale: str) -> tuple[float, float]:
    """Return one pair of limits for both axes, which then share their diagonal."""
    low, high = [], []
    for curve in curves:
        x, rate, _, rate_high = points(curve)
        cumulative = np.cumsum(curve.histogram)
        first, last = np.searchsorted(cumulative, [_TAIL, 1.0 - _TAIL])
        low += [*x, *rate, HISTOGRAM_EDGES[first + 1]]
        high += [*x, *rate_high, HISTOGRAM_EDGES[last]]
    inside = np.array([value for value in (*low, *high) if 0.0 < value < 1.0] or [0.5])
    if scale == "linear":
        stop = min(1.0, 1.04 * max(high))
        return -0.015 * stop, 1.015 * stop  # markers at 0 and 1 are to be seen whole
    ends = SCALES[scale].forward(np.array([inside.min(), inside.max()]))
    margin = 0.05 * (ends[1] - ends[0]) + 0.1
    start, stop = SCALES[scale].backward(np.array([ends[0] - margin, ends[1] + margin]))
    return float(start), float(min(stop, 1.0))


def bars(curve: ClassCalibration, scale: str, low: float, high: float) -> tuple[_Floats, _Floats]:
    """Return edges and shares of bars of equal width on the scale, not many more than fifty."""
    edges = SCALE_EDGES[scale]
    visible = np.count_nonzero((edges > low) & (edges < high))
    step = next((s for s in (1, 2, 4) if visible <= s * _MAX_BARS), 8)
    if scale == "linear":
        edges = edges[::step]
    else:  # the first cell, from 0 on, has no width on the scale: keep it apart
        edges = np.concatenate([edges[:1], edges[1:-1:step], edges[-1:]])
    cumulative = np.concatenate([[0.0], np.cumsum(curve.histogram)])
    share = np.diff(cumulative[np.searchsorted(HISTOGRAM_EDGES, edges)])
    shown = np.flatnonzero((edges[1:] > low) & (edges[:-1] < high))
    return edges[shown[0] : shown[-1] + 2], share[shown]


def ticks(scale: str, low: float, high: float) -> _Floats:
    """Return a few round numbers on the logit or log scale."""
    inside = [np.unique(t[(t >= low) & (t <= high)].round(9)) for t in _TICKS[scale]]
    chosen = next((found for found in inside[::-1] if len(found) <= _MAX_TICKS), inside[0])
    if len(chosen) < 3:  # the next set crowds the axis: thin it out
        chosen = inside[-1][:: -(-len(inside[-1]) // _MAX_TICKS) or 1]
    return chosen if len(chosen) > 1 else np.linspace(low, high, 3)


def tick_text(value: float) -> str:
    """Return "0.001" for .001, and a power of ten below .0001."""
    if value >= 1e-4:
        return f"{value:.8g}" if value > 0.99 else f"{value:.4g}"
    mantissa, exponent = f"{value:.2g}".split("e") if value < 9.9e-5 else ("1", "-4")
    factor = "" if float(mantissa) == 1.0 else f"{float(mantissa):g}\\cdot "
    return f"${factor}10^{{{int(exponent)}}}$"
