"""The charts of the page of weights: love plot, weights, distributions, outcomes.

Every function returns one SVG drawing. Before weighting is dashed or hollow, after it solid or
filled, the population a grey surface: told by shape as well as by colour.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from imbalance_kit.cli._svg import Axis, element, line, path, picture, text
from imbalance_kit.cli._weight_report import BALANCED, Outcome
from imbalance_kit.diagnostics import BalanceRow, Distribution, WeightSummary

_Floats = NDArray[np.float64]
WIDTH = 380.0
_MOST_LEVELS = 8
_ROW = 21.0


def draw_love(rows: Sequence[BalanceRow]) -> str:
    """Draw the absolute differences before and after, with the line at .1."""
    names = 170.0
    bottom = 8.0 + _ROW * len(rows)
    sizes = [abs(d) for r in rows for d in (r.difference_before, r.difference_after)]
    reach = max([2.5 * BALANCED, *(size for size in sizes if math.isfinite(size))])
    x = Axis(0.0, reach * 1.04, names, WIDTH - 12.0)
    shapes = []
    for tick in _ticks(reach):
        place = float(x(tick))
        shapes.append(line(place, 8.0, place, bottom, "axis" if tick == 0.0 else "grid"))
        shapes.append(text(place, bottom + 15.0, f"{tick:g}", "tick"))
    shapes.append(line(float(x(BALANCED)), 8.0, float(x(BALANCED)), bottom, "ideal"))
    for number, row in enumerate(rows):
        middle = 8.0 + _ROW * (number + 0.5)
        shapes.append(text(names - 8.0, middle + 4.0, _short(row.name, 27), "name", "end"))
        ends = [float(x(_finite(d, reach))) for d in (row.difference_before, row.difference_after)]
        shapes.append(line(ends[0], middle, ends[1], middle, "grid"))
        shapes.append(element("circle", cx=ends[0], cy=middle, r=4.0, class_="point raw hollow"))
        shapes.append(element("circle", cx=ends[1], cy=middle, r=4.2, class_="point corrected"))
    title = "absolute difference from the population"
    shapes.append(text(WIDTH - 4.0, bottom + 33.0, title, "title", "end"))
    return picture(WIDTH, bottom + 40.0, "Love plot", shapes)


def draw_weights(summary: WeightSummary) -> str:
    """Draw how many rows have which weight; counts on a scale of roots, so that few are seen."""
    height, left, base = 230.0, 58.0, 190.0
    edges, counts = np.array(summary.edges), np.array(summary.counts)
    x = Axis(float(edges[0]), float(edges[-1]), left, WIDTH - 12.0)
    y = Axis(0.0, float(counts.max()), base, 10.0, np.sqrt)
    shapes = []
    for count in _root_ticks(int(counts.max())):
        place = float(y(count))
        shapes.append(line(left, place, WIDTH - 12.0, place, "grid" if count else "axis"))
        shapes.append(text(left - 5.0, place + 3.5, f"{count:,}", "tick", "end"))
    tops, ends = y(counts), x(edges)
    for k in np.flatnonzero(counts).tolist():
        box = {"x": float(ends[k]), "y": float(tops[k])}
        box |= {"width": float(ends[k + 1] - ends[k]), "height": base - float(tops[k])}
        shapes.append(element("rect", class_="others", **box))
    for tick in _ticks(float(edges[-1]), float(edges[0])):
        shapes.append(text(float(x(tick)), base + 15.0, f"{tick:g}", "tick"))
    shapes.append(line(float(x(1.0)), 10.0, float(x(1.0)), base, "ideal"))
    shapes.append(text((left + WIDTH) / 2, base + 33.0, "weight / mean weight", "title"))
    shapes.append(f'<g transform="rotate(-90 11 100)">{text(11.0, 100.0, "rows", "title")}</g>')
    return picture(WIDTH, height, "Distribution of the weights", shapes)


def draw_distribution(one: Distribution) -> str:
    """Draw the population, the sample before and the sample after."""
    return _draw_levels(one) if one.levels is not None else _draw_numbers(one)


def draw_outcome(outcome: Outcome) -> str:
    """Draw both means with their intervals."""
    left, bottom = 58.0, 74.0
    pair = (outcome.before, outcome.after)
    ends = [v for one in pair for v in (*one.interval, one.estimate) if math.isfinite(v)]
    low, high = min(ends), max(ends)
    margin = 0.06 * (high - low) or max(abs(low), 1.0) * 0.05
    x = Axis(low - margin, high + margin, left, WIDTH - 16.0)
    shapes = []
    for tick in _ticks(x.high, x.low, 4):
        place = float(x(tick))
        shapes.append(line(place, 6.0, place, bottom, "grid"))
        shapes.append(text(place, bottom + 15.0, f"{tick:,.6g}", "tick"))
    for number, (one, words, class_) in enumerate(
        zip(pair, ("before", "after"), ("raw", "corrected"), strict=True)
    ):
        middle = 24.0 + 30.0 * number
        shapes.append(text(left - 10.0, middle + 4.0, words, "name", "end"))
        if all(map(math.isfinite, one.interval)):
            start, end = x(one.interval).tolist()
            shapes.append(line(start, middle, end, middle, f"interval {class_}"))
        hollow = " hollow" if class_ == "raw" else ""
        place = float(x(one.estimate))
        shapes.append(
            element("circle", cx=place, cy=middle, r=4.6, class_=f"point {class_}{hollow}")
        )
    return picture(WIDTH, bottom + 22.0, f"Mean of {outcome.name}", shapes)


def _draw_numbers(one: Distribution) -> str:
    height, base = 170.0, 140.0
    edges, densities = one.density(40)
    known = {side: d for side, d in densities.items() if np.isfinite(d).all()}
    highest = max((float(d.max()) for d in known.values()), default=1.0) or 1.0
    x, y = (
        Axis(float(edges[0]), float(edges[-1]), 14.0, WIDTH - 14.0),
        Axis(0.0, highest, base, 8.0),
    )
    shapes = []
    for side, class_ in (
        ("target", "others"),
        ("before", "curve raw"),
        ("after", "curve corrected"),
    ):
        if side not in known:
            continue
        ends, tops = np.repeat(x(edges), 2), np.repeat(y(known[side]), 2)
        outline = np.concatenate([[base], tops, [base]])
        points = zip(ends.tolist(), outline.tolist(), strict=True)
        shapes.append(path(points, class_, closed=side == "target"))
    shapes.append(line(14.0, base, WIDTH - 14.0, base, "axis"))
    for tick in _ticks(float(edges[-1]), float(edges[0])):
        shapes.append(text(float(x(tick)), base + 15.0, f"{tick:,.6g}", "tick"))
    return picture(WIDTH, height, f"Distribution of {one.column}", shapes)


def _draw_levels(one: Distribution) -> str:
    """Draw shares of levels: the population as bars, the sample as points."""
    assert one.levels is not None
    order = np.argsort(-np.maximum(one.target, one.before), kind="stable")
    if list(one.levels) == sorted(one.levels, key=str) and len(order) <= _MOST_LEVELS:
        order = np.arange(len(order))
    shown, rest = order[:_MOST_LEVELS], order[_MOST_LEVELS:]
    names = ["missing" if one.levels[k] is None else str(one.levels[k]) for k in shown]
    sides = [s for s in (one.target, one.before, one.after) if s is not None]
    values = [[float(side[k]) for side in sides] for k in shown]
    if len(rest):
        names.append(f"{len(rest)} others")
        values.append([float(side[rest].sum()) for side in sides])
    left, bottom = 130.0, 6.0 + _ROW * len(names)
    highest = max(v for row in values for v in row)
    x = Axis(0.0, highest * 1.03 or 1.0, left, WIDTH - 16.0)
    shapes = []
    for number, (name, shares) in enumerate(zip(names, values, strict=True)):
        middle = 6.0 + _ROW * (number + 0.5)
        shapes.append(text(left - 8.0, middle + 4.0, _short(name, 20), "name", "end"))
        bar = {"x": left, "y": middle - 7.0, "width": float(x(shares[0])) - left, "height": 14.0}
        shapes.append(element("rect", class_="others", **bar))
        for share, class_ in zip(shares[1:], ("raw hollow", "corrected"), strict=False):
            place = float(x(share))
            shapes.append(element("circle", cx=place, cy=middle, r=4.0, class_=f"point {class_}"))
    shapes.append(line(left, 4.0, left, bottom, "axis"))
    for tick in _ticks(highest):
        shapes.append(text(float(x(tick)), bottom + 13.0, f"{100 * tick:g}%", "tick"))
    return picture(WIDTH, bottom + 20.0, f"Shares of {one.column}", shapes)


def _ticks(high: float, low: float = 0.0, most: int = 5) -> list[float]:
    """Return round numbers between the ends, at most so many."""
    span = high - low
    power = 10.0 ** math.floor(math.log10(span))
    steps = [power * f for f in (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)]
    step = next((s for s in steps if span / s <= most), steps[-1])
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [float(f"{k * step:.10g}") for k in range(first, last + 1)]


def _root_ticks(highest: int) -> list[int]:
    """Return 0 and round counts that stand apart on a scale of roots."""
    power = 10 ** int(math.log10(max(highest, 1)))
    top = max(k * power for k in (1, 2, 5) if k * power <= highest)
    return [0, *sorted({top, top // 4, top // 20} - {0})]


def _finite(difference: float, reach: float) -> float:
    return min(abs(difference), reach) if not math.isnan(difference) else 0.0


def _short(words: str, width: int) -> str:
    if len(words) <= width:
        return words
    tail = (width - 1) // 3
    return f"{words[: width - 1 - tail]}…{words[-tail:]}"
