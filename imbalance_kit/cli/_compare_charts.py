"""The charts of the report: small panels of one strategy each, beside doing nothing.

Every function returns one SVG drawing. Variants are told by shape as well as by colour: what was
done to the data and left in the predictions is dashed, what was undone is solid.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from imbalance_kit.cli._compare_curves import Curves, Panel
from imbalance_kit.cli._svg import Axis, element, line, log_odds, path, picture, text
from imbalance_kit.model_selection import ComparisonReport, Metric

WIDTH, HEIGHT = 320.0, 264.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 46.0, 10.0, 8.0, 42.0

_TICKS = (0.5, 0.1, 0.9, 0.01, 0.99, 0.001, 0.999, 1e-4, 0.9999, 1e-5, 0.99999, 1e-6)
_NARROWEST = (0.02, 0.9)  # a reliability diagram shows at least this range


def variant_class(variant: str, *, reference: bool = False) -> str:
    """Return the class of the page's style that a variant is drawn in."""
    if reference:
        return "reference"
    return {"raw": "raw", "corrected": "corrected"}.get(variant, "as-is")


def reliability_range(panels: Sequence[Panel]) -> tuple[float, float]:
    """Return the smallest and largest probability to draw, the same in all panels."""
    bins = [b for panel in panels for curves in panel.curves for b in curves.bins]
    values = [v for b in bins for v in (b.mean_predicted, b.observed_rate) if 0.0 < v < 1.0]
    least = 0.4 / max(b.count for b in bins)  # of shares below it the rows can tell nothing
    low = min([*values, _NARROWEST[0]])
    high = max([*values, _NARROWEST[1]])
    return max(low / 1.3, least), min(1.0 - (1.0 - high) / 1.3, 1.0 - least)


def draw_reliability(panel: Panel, reference: Panel, limits: tuple[float, float]) -> str:
    """Draw what was predicted against what happened, on a scale of log odds."""
    x = Axis(*limits, _LEFT, WIDTH - _RIGHT, log_odds)
    y = Axis(*limits, HEIGHT - _BOTTOM, _TOP, log_odds)
    shapes = _frame(x, y, _ticks(x), _ticks(y), "predicted probability", "observed share")
    shapes.append(line(*_at(x, y, limits[0], limits[0]), *_at(x, y, limits[1], limits[1]), "ideal"))
    for curves, class_ in _with_reference(panel, reference):
        points = [_at(x, y, b.mean_predicted, b.observed_rate) for b in curves.bins]
        inner = [p for p, b in zip(points, curves.bins, strict=True) if 0 < b.observed_rate < 1]
        if inner:
            shapes.append(path(inner, f"curve {class_}"))
        if class_ == "reference" and panel is not reference:
            continue
        for one, (px, py) in zip(curves.bins, points, strict=True):
            low, high = y([one.observed_low, one.observed_high])
            shapes.append(line(px, float(low), px, float(high), f"interval {class_}"))
            # A share of exactly 0 or 1 has no place on this scale: a hollow point on the edge.
            hollow = " hollow" if one.observed_rate in (0.0, 1.0) else ""
            shapes.append(element("circle", cx=px, cy=py, r=3.2, class_=f"point {class_}{hollow}"))
    return picture(WIDTH, HEIGHT, f"Reliability diagram: {panel.name}", shapes)


def draw_precision_recall(panel: Panel, reference: Panel, base_rate: float) -> str:
    """Draw precision against recall over all thresholds, of the pooled held-out rows."""
    x = Axis(0.0, 1.0, _LEFT, WIDTH - _RIGHT)
    y = Axis(0.0, 1.0, HEIGHT - _BOTTOM, _TOP)
    marks = [(tick, _percent(tick)) for tick in (0.0, 0.25, 0.5, 0.75, 1.0)]
    shapes = _frame(x, y, marks, marks, "recall", "precision")
    shapes.append(line(*_at(x, y, 0.0, base_rate), *_at(x, y, 1.0, base_rate), "ideal"))
    for curves, class_ in _with_reference(panel, reference):
        points = zip(x(curves.recall).tolist(), y(curves.precision).tolist(), strict=True)
        shapes.append(path(points, f"curve {class_}"))
    return picture(WIDTH, HEIGHT, f"Precision and recall: {panel.name}", shapes)


def draw_scores(panel: Panel, limits: tuple[float, float], label: str) -> str:
    """Draw where the predictions of the class and of the others lie, a strip per variant."""
    strip, gap = 92.0, 20.0
    height = _TOP + len(panel.curves) * (strip + gap) + _BOTTOM - gap
    x = Axis(*limits, 12.0, WIDTH - 12.0)
    low, high = (1.0 / (1.0 + math.exp(-limit)) for limit in limits)
    x_proba = Axis(low, high, 12.0, WIDTH - 12.0, log_odds)
    bottom = height - _BOTTOM
    shapes = []
    for tick, words in _ticks(x_proba):
        place = float(x_proba(tick))
        shapes.append(line(place, _TOP, place, bottom, "half" if tick == 0.5 else "grid"))
        shapes.append(text(place, bottom + 15.0, words, "tick"))
    for number, curves in enumerate(panel.curves):
        base = _TOP + number * (strip + gap) + strip
        edges, of_class, of_others = curves.score_shares(limits)
        highest = float(max(of_class.max(), of_others.max()))
        for shares, class_ in ((of_others, "others"), (of_class, "of-class")):
            y = Axis(0.0, highest, base, base - strip + 16.0)
            shapes.append(path(_steps(x(edges), y(shares), base), class_, closed=True))
        shapes.append(line(12.0, base, WIDTH - 12.0, base, "axis"))
        shapes.append(text(14.0, base - strip + 14.0, curves.variant, "strip", "start"))
    shapes.append(text(WIDTH / 2, height - 8.0, f"predicted probability of {label}", "title"))
    return picture(WIDTH, height, f"Distribution of predictions: {panel.name}", shapes)


def draw_differences(report: ComparisonReport, metric: Metric) -> str:
    """Draw how far each strategy is from the reference, with 95 % intervals."""
    rows = [r for r in report.results if r.scores[metric.name].verdict != "reference"]
    name_width, row_height, width = 196.0, 23.0, 380.0
    bottom = _TOP + row_height * len(rows)
    estimates = [row.scores[metric.name] for row in rows]
    reach = max([1e-6, *(abs(v) for e in estimates for v in (e.low, e.high) if np.isfinite(v))])
    x = Axis(-reach * 1.05, reach * 1.05, name_width, width - 12.0)
    zero = float(x(0.0))
    shapes = [line(zero, _TOP, zero, bottom, "half")]
    step = _round_step(reach)
    for tick in (-step, 0.0, step):
        shapes.append(text(float(x(tick)), bottom + 15.0, f"{tick:+g}" if tick else "0", "tick"))
    better, worse = ("right", "left") if metric.greater_is_better else ("left", "right")
    ends = {"left": (name_width, "start"), "right": (width - 12.0, "end")}
    shapes.append(text(ends[better][0], bottom + 32.0, "better", "title", ends[better][1]))
    shapes.append(text(ends[worse][0], bottom + 32.0, "worse", "title", ends[worse][1]))
    for number, (row, estimate) in enumerate(zip(rows, estimates, strict=True)):
        middle = _TOP + row_height * (number + 0.5)
        class_ = variant_class(row.variant)
        # The end tells two ratios of one sampler apart.
        name = row.name if len(row.name) <= 18 else f"{row.name[:13]}…{row.name[-4:]}"
        words = name if row.variant == "as is" else f"{name}, {row.variant}"
        shapes.append(text(name_width - 10.0, middle + 4.0, words, "name", "end"))
        low, high, mean = x([estimate.low, estimate.high, estimate.difference]).tolist()
        shapes.append(line(low, middle, high, middle, f"interval {class_}"))
        sure = "" if estimate.verdict in ("better", "worse") else " hollow"
        shapes.append(element("circle", cx=mean, cy=middle, r=4.2, class_=f"point {class_}{sure}"))
    title = f"{metric.title}: difference from {report.reference}"
    return picture(width, bottom + 38.0, title, shapes)


def _frame(
    x: Axis,
    y: Axis,
    x_marks: Sequence[tuple[float, str]],
    y_marks: Sequence[tuple[float, str]],
    x_title: str,
    y_title: str,
) -> list[str]:
    shapes = []
    for tick, words in x_marks:
        place = float(x(tick))
        shapes.append(line(place, y.start, place, y.end, "grid"))
        shapes.append(text(place, y.start + 15.0, words, "tick"))
    for tick, words in y_marks:
        place = float(y(tick))
        shapes.append(line(x.start, place, x.end, place, "grid"))
        shapes.append(text(x.start - 5.0, place + 3.5, words, "tick", "end"))
    shapes.append(text((x.start + x.end) / 2, y.start + 33.0, x_title, "title"))
    middle = (y.start + y.end) / 2
    shapes.append(
        f'<g transform="rotate(-90 11 {middle:g})">{text(11.0, middle, y_title, "title")}</g>'
    )
    return shapes


def _with_reference(panel: Panel, reference: Panel) -> list[tuple[Curves, str]]:
    """Return the curves in the order they are drawn in: dashes last, so that they stay visible."""
    others = panel.curves[1:] if panel is reference else panel.curves
    own = [(curves, variant_class(curves.variant)) for curves in others]
    return [(reference.curves[0], "reference"), *sorted(own, key=lambda one: one[1] == "raw")]


def _at(x: Axis, y: Axis, horizontal: float, vertical: float) -> tuple[float, float]:
    return float(x(horizontal)), float(y(vertical))


def _steps(edges: np.ndarray, tops: np.ndarray, base: float) -> list[tuple[float, float]]:
    """Return the outline of a histogram, on its base line."""
    points = [(float(edges[0]), base)]
    for (left, right), top in zip(pairwise(edges.tolist()), tops.tolist(), strict=True):
        points += [(left, top), (right, top)]
    return [*points, (float(edges[-1]), base)]


def _ticks(axis: Axis) -> list[tuple[float, str]]:
    """Return probabilities to mark on an axis of log odds, from the middle outwards."""
    taken: list[float] = []
    for tick in _TICKS:
        place = float(axis(tick))
        room = 46.0 if tick < 1e-3 or tick > 0.999 else 30.0
        free = all(abs(place - float(axis(other))) >= room for other in taken)
        if axis.low <= tick <= axis.high and free:
            taken.append(tick)
    return [(tick, _percent(tick)) for tick in sorted(taken)]


def _round_step(reach: float) -> float:
    """Return the largest of 1, 2, 5 times a power of ten that is within reach."""
    power = 10.0 ** np.floor(np.log10(reach))
    return float(max(step * power for step in (1.0, 2.0, 5.0) if step * power <= reach * 1.0001))


def _percent(share: float) -> str:
    return f"{share * 100:.6f}".rstrip("0").rstrip(".") + "%"
