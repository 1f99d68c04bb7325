"""The plots of the page of benchmarks: frozen numbers first, then a picture of them.

A PNG carries a digest of its numbers, so that a test can tell an old picture from a new one without
comparing pixels. Grey and two colours of middling brightness on a transparent ground are readable
on light and dark pages.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

GREY, BLUE, ORANGE, GREEN, RED, PURPLE = (
    "#717a8a", "#3d85c6", "#d9772b", "#3f9e6a", "#d1495b", "#9a6fc9",
)  # fmt: skip
COLOURS = (BLUE, ORANGE, GREEN, RED, PURPLE, GREY)


@dataclass(frozen=True)
class Dots:
    """A dot per label and series, beside lines at `marks`; errors are 1.96 standard errors long."""

    name: str
    alt: str
    title: str
    labels: tuple[str, ...]
    series: dict[str, tuple[float | None, ...]]
    errors: dict[str, tuple[float | None, ...]]
    marks: tuple[float, ...] = (1.0,)
    log: bool = True
    worse_below: float | None = None  # dots below are drawn in another colour


@dataclass(frozen=True)
class Lines:
    """Panels of lines on two logarithmic axes: title, then name, then (x, y) points."""

    name: str
    alt: str
    xlabel: str
    ylabel: str
    panels: dict[str, dict[str, tuple[tuple[float, float], ...]]]
    columns: int = 3


@dataclass(frozen=True)
class Heat:
    """Panels of ratios in a grid; None is a cell that was not measured."""

    name: str
    alt: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    panels: dict[str, tuple[tuple[float | None, ...], ...]]
    panels_per_row: int = 3


Plot = Dots | Lines | Heat


def digest(plot: Plot) -> str:
    """Return what the picture is a picture of, as 16 hexadecimal digits."""
    text = json.dumps([type(plot).__name__, asdict(plot)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def read_digest(path: Path) -> str | None:
    """Return the digest that a PNG carries."""
    from PIL import Image

    with Image.open(path) as image:
        return image.info.get("Description")


def draw(plot: Plot, folder: Path) -> Path:
    """Draw into ``folder/<name>.png``."""
    import matplotlib as mpl

    mpl.use("agg")
    import matplotlib.pyplot as plt

    colours = dict.fromkeys(
        ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"), GREY
    )
    painters: dict[type, Any] = {Dots: _dots, Lines: _lines, Heat: _heat}
    options = {"font.size": 8, "axes.spines.top": False, "axes.spines.right": False, **colours}
    with plt.rc_context(options):
        figure = painters[type(plot)](plot, plt)
        path = folder / f"{plot.name}.png"
        figure.savefig(path, dpi=110, transparent=True, metadata={"Description": digest(plot)})
        plt.close(figure)
    return path


def _dots(plot: Dots, plt: Any) -> Any:
    height = 0.9 + 0.2 * len(plot.labels)
    figure, ax = plt.subplots(figsize=(7.2, height), layout="constrained")
    places = range(len(plot.labels))
    for k, (name, values) in enumerate(plot.series.items()):
        errors = plot.errors.get(name, (None,) * len(values))
        for y, value, error in zip(places, values, errors, strict=True):
            if value is None:
                continue
            worse = plot.worse_below is not None and value < plot.worse_below
            colour = RED if worse else COLOURS[k]
            spread = None if error is None else 1.96 * error
            ax.errorbar(value, y, xerr=spread, fmt="oD^sv"[k % 5], ms=4.5, lw=1.2, color=colour)
        if len(plot.series) > 1:
            ax.plot([], [], "oD^sv"[k % 5], ms=4.5, color=COLOURS[k], label=name)
    for at in plot.marks:
        ax.axvline(at, color=GREY, lw=0.8, ls="--")
    figure.suptitle(plot.title, fontsize=8.5)
    ax.set(yticks=list(places), yticklabels=plot.labels)
    ax.invert_yaxis()
    if plot.log:
        ax.set_xscale("log")
        _plain_ticks(ax.xaxis)
    ax.grid(axis="x", which="major", color=GREY, alpha=0.25, lw=0.6)
    if len(plot.series) > 1:
        ax.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def _lines(plot: Lines, plt: Any) -> Any:
    n_columns = min(plot.columns, len(plot.panels))
    n_rows = -(-len(plot.panels) // n_columns)
    size = (6.0, 3.2) if len(plot.panels) == 1 else (2.6 * n_columns, 2.2 * n_rows)
    figure, axes = plt.subplots(
        n_rows, n_columns, figsize=size, layout="constrained",
        squeeze=False,
    )  # fmt: skip
    names = list(dict.fromkeys(name for lines in plot.panels.values() for name in lines))
    for ax, (title, lines) in zip(axes.flat, plot.panels.items(), strict=False):
        for name, points in lines.items():
            k = names.index(name)
            x, y = zip(*points, strict=True) if points else ((), ())
            marker = "oD^sv"[k % 5]
            ax.plot(x, y, marker=marker, ms=3.5, lw=1.3, color=COLOURS[k % len(COLOURS)])
        ax.set(title=title, xscale="log", yscale="log", xlabel=plot.xlabel)
        ax.title.set_fontsize(8)
        at = sorted({x for points in lines.values() for x, _ in points})
        ax.set_xticks(at, [_compact(x) for x in at])
        ax.minorticks_off()
        _at_least_a_decade(ax)
        _plain_ticks(ax.yaxis)
        ax.grid(color=GREY, alpha=0.25, lw=0.6)
    for ax in axes[:, 0]:
        ax.set_ylabel(plot.ylabel)
    for ax in axes.flat[len(plot.panels) :]:
        ax.set_visible(False)
    handles = [
        plt.Line2D([], [], marker="oD^sv"[k % 5], ms=3.5, color=COLOURS[k % len(COLOURS)])
        for k in range(len(names))
    ]
    figure.legend(
        handles, names, loc="outside lower center", ncols=min(3, len(names)), frameon=False
    )
    return figure


def _heat(plot: Heat, plt: Any) -> Any:
    n_columns = plot.panels_per_row
    n_rows = -(-len(plot.panels) // n_columns)
    figure, axes = plt.subplots(
        n_rows, n_columns, figsize=(2.5 * n_columns, 1.6 * n_rows), layout="constrained",
        squeeze=False, sharex=True, sharey=True,
    )  # fmt: skip
    for ax, (title, grid) in zip(axes.flat, plot.panels.items(), strict=True):
        for i, line in enumerate(grid):
            for j, value in enumerate(line):
                text, colour = ("–", GREY) if value is None else (f"{value:.2g}", "white")
                if value is not None:
                    at, fill = (j - 0.47, i - 0.47), _shade(value)
                    ax.add_patch(plt.Rectangle(at, 0.94, 0.94, color=fill, lw=0))
                ax.text(j, i, text, ha="center", va="center", fontsize=7, color=colour)
        ax.set(xlim=(-0.5, len(plot.columns) - 0.5), ylim=(-0.5, len(plot.rows) - 0.5))
        ax.set(xticks=range(len(plot.columns)), xticklabels=plot.columns)
        ax.set(yticks=range(len(plot.rows)), yticklabels=plot.rows)
        ax.set_title(title, fontsize=8)
        ax.tick_params(length=0)
    return figure


def _shade(ratio: float) -> tuple[float, ...]:
    """Red below 1; above, the darker the blue the larger the ratio."""
    if ratio < 1:
        return (0.72, 0.25, 0.3)
    share = min(1.0, (ratio - 1) / 4)
    light, dark = (0.32, 0.48, 0.65), (0.09, 0.29, 0.5)
    return tuple(a + share * (b - a) for a, b in zip(light, dark, strict=True))


def _compact(value: float) -> str:
    """Write 10000 as 10k and 1000000 as 1M."""
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"


def _at_least_a_decade(ax: Any) -> None:
    """Widen the vertical axis, so that a few per cent do not look like a slope."""
    low, high = ax.get_ylim()
    if high < 10 * low:
        middle = (low * high) ** 0.5
        ax.set_ylim(middle / 10**0.5, middle * 10**0.5)


def _plain_ticks(axis: Any) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    low, high = axis.get_view_interval()
    steps = (1.0, 2.0, 5.0) if high / max(low, 1e-300) < 30 else (1.0,)
    axis.set_major_locator(LogLocator(subs=steps, numticks=9))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())
