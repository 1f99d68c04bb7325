"""The distributions of covariates drawn: in the population, before and after weighting."""

import math
from typing import Any, Self

import numpy as np

from imbalance_kit._utils._shorten import shorten
from imbalance_kit.diagnostics._display_style import AFTER, BEFORE, TARGET, new_figure, tidy
from imbalance_kit.diagnostics._distributions import Distribution, compute_distributions

_MAX_COLUMNS = 12
_MAX_LEVELS = 12
_MAX_NAME = 16
_PURPOSE = "Drawing distributions of covariates"


class BalanceDisplay:
    """Distributions of covariates in the population, in the sample, and in the weighted sample.

    Use it to look behind the love plot: equal means can hide unequal distributions. Numbers are
    drawn as densities or distribution functions, categories as bars.

    Make one with `from_weights` or `from_estimator`, which draw at once; the constructor only keeps
    the numbers.

    Parameters
    ----------
    distributions : list of Distribution
        What :func:`compute_distributions` returns.

    Attributes
    ----------
    distributions : list of Distribution
        One per covariate.
    figure_ : matplotlib Figure
        After `plot`.
    axes_ : list of matplotlib Axes
        After `plot`: one per covariate drawn.

    See Also
    --------
    compute_balance : The differences as numbers.
    LovePlotDisplay : All covariates in one plot.

    Notes
    -----
    Missing numbers are left out; a missing category is a level. A grid of numbers leaves out at
    most .5 % of the population and of the sample at either end; its cells hold equally many of the
    values that can occur where these are whole numbers. Of a covariate with more than 12
    levels the most frequent in the population are drawn.

    Examples
    --------
    >>> import numpy as np
    >>> from imbalance_kit import BalanceDisplay
    >>> rng = np.random.default_rng(0)
    >>> X, people = rng.normal(0.5, 1, (300, 2)), rng.normal(0, 1, (900, 2))
    >>> display = BalanceDisplay.from_weights(X, people, sample_weight=np.exp(-X.sum(axis=1) / 2))
    >>> [one.column for one in display.distributions]
    ['x0', 'x1']
    """

    def __init__(self, distributions: list[Distribution]) -> None:
        if not distributions:
            raise ValueError(
                "There is no distribution to draw. Hint: of margins only columns with levels have "
                "one; LovePlotDisplay shows the others."
            )
        self.distributions = list(distributions)

    @classmethod
    def from_weights(
        cls,
        X: Any,
        target: Any,
        *,
        sample_weight: Any = None,
        base_weight: Any = None,
        target_weight: Any = None,
        columns: Any = None,
        kind: str = "density",
        axes: Any = None,
    ) -> Self:
        """Compute and draw the distributions.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Covariates of the sample.
        target : rows, Population or Margins
            The population; of margins, columns with levels are drawn.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights after adjustment. None: there is no "after".
        base_weight : array-like of shape (n_samples,), default=None
            Design weights, before adjustment.
        target_weight : array-like of shape (n_target,), default=None
            Weights of the target's rows.
        columns : list of str, default=None
            Which columns; None: all, of which the first twelve are drawn.
        kind : {"density", "ecdf"}, default="density"
            See `plot`.
        axes : list of matplotlib Axes, default=None
            See `plot`.

        Returns
        -------
        display : BalanceDisplay
            The drawn display.
        """
        found = compute_distributions(
            X,
            target,
            sample_weight=sample_weight,
            base_weight=base_weight,
            target_weight=target_weight,
            columns=columns,
        )
        return cls(found).plot(axes, kind=kind)

    @classmethod
    def from_estimator(
        cls,
        weighter: Any,
        X: Any,
        target: Any,
        *,
        base_weight: Any = None,
        target_weight: Any = None,
        columns: Any = None,
        kind: str = "density",
        axes: Any = None,
    ) -> Self:
        """Weight rows with a fitted weighter, and draw the distributions.

        Parameters
        ----------
        weighter : weighter
            Fitted, with a method `weights`.
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Covariates of the sample.
        target : rows, Population or Margins
            The population.
        base_weight : array-like of shape (n_samples,), default=None
            Design weights, as given to the weighter.
        target_weight : array-like of shape (n_target,), default=None
            Weights of the target's rows.
        columns : list of str, default=None
            Which columns; None: all, of which the first twelve are drawn.
        kind : {"density", "ecdf"}, default="density"
            See `plot`.
        axes : list of matplotlib Axes, default=None
            See `plot`.

        Returns
        -------
        display : BalanceDisplay
            The drawn display.
        """
        return cls.from_weights(
            X,
            target,
            sample_weight=weighter.weights(X, sample_weight=base_weight),
            base_weight=base_weight,
            target_weight=target_weight,
            columns=columns,
            kind=kind,
            axes=axes,
        )

    def plot(self, axes: Any = None, *, kind: str = "density") -> Self:
        """Draw one panel per covariate.

        Parameters
        ----------
        axes : list of matplotlib Axes, default=None
            One per covariate. None: a new figure, with up to twelve panels.
        kind : {"density", "ecdf"}, default="density"
            How numbers are drawn.

        Returns
        -------
        self : BalanceDisplay
            With `figure_` and `axes_`.

        Raises
        ------
        ImportError
            If matplotlib is not installed (extra "plot").
        """
        if kind not in ("density", "ecdf"):
            raise ValueError(f"`kind` must be 'density' or 'ecdf', got {kind!r}.")
        own = axes is None
        if own:
            axes = _panels(min(len(self.distributions), _MAX_COLUMNS))
        else:
            axes = np.atleast_1d(np.asarray(axes, dtype=object)).ravel().tolist()
        shown = self.distributions[: len(axes)]
        self.axes_ = list(axes[: len(shown)])
        self.figure_ = self.axes_[0].figure
        for ax, one in zip(self.axes_, shown, strict=True):
            tidy(ax, grid="y")
            if one.levels is not None:
                _draw_levels(ax, one)
            elif kind == "ecdf":
                _draw_ecdf(ax, one)
            else:
                _draw_density(ax, one)
            ax.set_title(one.column, fontsize="medium")
            ax.tick_params(labelsize="small")
        if own:
            marks = self.axes_[0].get_legend_handles_labels()
            self.figure_.legend(*marks, loc="outside upper center", ncols=3, frameon=False)
        else:
            self.axes_[0].legend(fontsize="small", frameon=False)
        return self


def _panels(number: int) -> list[Any]:
    width = min(number, 3)
    height = math.ceil(number / width)
    figure = new_figure(_PURPOSE, 3.4 * width + 0.4, 2.5 * height + 0.4)
    grid = figure.subplots(height, width, squeeze=False).ravel().tolist()
    for ax in grid[number:]:
        ax.set_visible(False)
    return list(grid[:number])


def _draw_density(ax: Any, one: Distribution) -> None:
    edges, sides = one.density()
    ax.stairs(sides["target"], edges, fill=True, color=TARGET, alpha=0.3, label="population")
    ax.stairs(sides["before"], edges, color=BEFORE, linewidth=1.3, label="before")
    if "after" in sides:
        ax.stairs(sides["after"], edges, color=AFTER[0], linewidth=1.3, label="after")
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.set_ylim(bottom=0)


def _draw_ecdf(ax: Any, one: Distribution) -> None:
    ax.plot(one.edges, one.target, color=TARGET, linewidth=4, alpha=0.45, label="population")
    ax.plot(one.edges, one.before, color=BEFORE, linewidth=1.3, label="before")
    if one.after is not None:
        ax.plot(one.edges, one.after, color=AFTER[0], linewidth=1.3, label="after")
    ax.set_ylim(0, 1)


def _draw_levels(ax: Any, one: Distribution) -> None:
    assert one.levels is not None
    order = np.arange(len(one.levels))
    if len(order) > _MAX_LEVELS:
        order = np.sort(np.argsort(-one.target, kind="stable")[:_MAX_LEVELS])
    sides = [("population", one.target, TARGET, 0.45), ("before", one.before, BEFORE, 0.9)]
    if one.after is not None:
        sides.append(("after", one.after, AFTER[0], 0.9))
    place, width = np.arange(len(order)), 0.8 / len(sides)
    for number, (label, share, color, alpha) in enumerate(sides):
        left = place - 0.4 + number * width
        ax.bar(left, share[order], width, align="edge", color=color, alpha=alpha, label=label)
    names = [_level_name(one.levels[k]) for k in order]
    long = sum(map(len, names)) > 26
    turned = {"rotation": 35, "ha": "right", "rotation_mode": "anchor"} if long else {}
    ax.set_xticks(place, names, **turned)


def _level_name(level: Any) -> str:
    return shorten("missing" if level is None else str(level), _MAX_NAME)
