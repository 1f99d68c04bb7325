"""The histogram of weights, with what they cost."""

import math
from collections.abc import Mapping
from typing import Any, Self

import numpy as np

from imbalance_kit.diagnostics._display_style import AFTER, named, new_figure, tidy
from imbalance_kit.diagnostics._weight_summary import WeightSummary, compute_weight_summary

_PURPOSE = "Drawing a histogram of weights"


class WeightDisplay:
    """Histogram of weights in units of their mean, with effective sample size and tail.

    Use it to see whether a few rows carry the estimate: a long right tail, a high share of the top
    1 %, Pareto k above its limit. It does not show whether the weights balance anything: see
    :class:`LovePlotDisplay`.

    Make one with `from_report`, `from_weights` or `from_estimator`, which draw at once; the
    constructor only keeps the numbers. The cells of several histograms differ in width; their rows
    are drawn per width of the finest, so that the curves can be compared.

    Parameters
    ----------
    summaries : WeightSummary or dict of {str: WeightSummary}
        What to draw; several weightings by name.

    Attributes
    ----------
    summaries : dict of {str: WeightSummary}
        As given; a single one goes by the name "weights".
    figure_, ax_ : matplotlib Figure, Axes
        After `plot`.
    bars_ : dict of {str: matplotlib StepPatch}
        After `plot`: the outlines of the histograms.

    See Also
    --------
    compute_weight_summary : Computes the numbers.

    Examples
    --------
    >>> import numpy as np
    >>> from imbalance_kit import WeightDisplay
    >>> rng = np.random.default_rng(0)
    >>> display = WeightDisplay.from_weights({"raw": rng.lognormal(size=500)})
    >>> round(display.summaries["raw"].effective_sample_size)
    199
    """

    def __init__(self, summaries: WeightSummary | Mapping[str, WeightSummary]) -> None:
        self.summaries = named(summaries, WeightSummary, name="summaries", alone="weights")

    @classmethod
    def from_report(
        cls, summaries: WeightSummary | Mapping[str, WeightSummary], *, ax: Any = None
    ) -> Self:
        """Draw summaries that are already computed.

        Parameters
        ----------
        summaries : WeightSummary or dict of {str: WeightSummary}
            One, or several by name.
        ax : matplotlib Axes, default=None
            See `plot`.

        Returns
        -------
        display : WeightDisplay
            The drawn display.
        """
        return cls(summaries).plot(ax)

    @classmethod
    def from_weights(cls, weights: Any, *, ax: Any = None) -> Self:
        """Sum up and draw weights.

        Parameters
        ----------
        weights : array-like of shape (n_samples,) or dict of {str: array-like}
            Weights, or several weightings by name.
        ax : matplotlib Axes, default=None
            See `plot`.

        Returns
        -------
        display : WeightDisplay
            The drawn display.
        """
        given = weights if isinstance(weights, Mapping) else {"weights": weights}
        return cls.from_report({k: compute_weight_summary(w) for k, w in given.items()}, ax=ax)

    @classmethod
    def from_estimator(cls, weighters: Any, *, ax: Any = None) -> Self:
        """Sum up and draw the weights of fitted weighters.

        Parameters
        ----------
        weighters : weighter or dict of {str: weighter}
            Fitted: their `weights_` are drawn.
        ax : matplotlib Axes, default=None
            See `plot`.

        Returns
        -------
        display : WeightDisplay
            The drawn display.
        """
        given = weighters if isinstance(weighters, Mapping) else {"weights": weighters}
        return cls.from_weights({name: one.weights_ for name, one in given.items()}, ax=ax)

    def plot(self, ax: Any = None) -> Self:
        """Draw the histogram.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw. None: a new figure.

        Returns
        -------
        self : WeightDisplay
            With `figure_`, `ax_` and `bars_`.

        Raises
        ------
        ImportError
            If matplotlib is not installed (extra "plot").
        """
        if ax is None:
            ax = new_figure(_PURPOSE, 6.4, 3.8).add_subplot()
        self.ax_, self.figure_ = ax, ax.figure
        tidy(ax)
        self.bars_ = {}
        widths = [summary.edges[1] - summary.edges[0] for summary in self.summaries.values()]
        finest = min(widths)
        several = len(widths) > 1
        for number, (name, summary) in enumerate(self.summaries.items()):
            color = AFTER[number % len(AFTER)]
            edges = np.array(summary.edges)
            # Wider cells hold more rows: all are brought to the width of the finest.
            rows = np.array(summary.counts) * (finest / widths[number])
            ax.stairs(rows, edges, color=color, alpha=0.15, fill=True)
            label = f"{name}: {_note(summary)}" if several else _note(summary)
            self.bars_[name] = ax.stairs(rows, edges, color=color, linewidth=1.2, label=label)
        ax.axvline(1.0, color="0.4", linewidth=0.8, linestyle="--")
        unit = f"Rows per {finest:.2g} of weight / mean weight" if several else "Rows"
        ax.set(xlabel="Weight / mean weight", ylabel=unit)
        most = max(max(bars.get_data().values) for bars in self.bars_.values())
        if most > 100:  # the few heavy rows, which matter, would not be seen
            ax.set_yscale("log")
            ax.set_ylim(0.7 * finest / max(widths), 2.5 * most)
        ax.legend(loc="upper right", fontsize="small", frameon=False)
        return self


def _note(summary: WeightSummary) -> str:
    text = (
        f"ESS {summary.effective_sample_size:,.0f} of {summary.n_samples:,} "
        f"(design effect {summary.design_effect:.2f})\n"
        f"top 1 % of rows: {100 * summary.top_share:.2g} % of the weight"
    )
    if math.isfinite(summary.pareto_k):
        text += f", Pareto k {summary.pareto_k:.2f}"
    return text
