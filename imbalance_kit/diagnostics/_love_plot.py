"""The love plot: how far each covariate is off, before and after weighting."""

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._shorten import shorten
from imbalance_kit.diagnostics._balance import compute_balance
from imbalance_kit.diagnostics._balance_report import BalanceReport
from imbalance_kit.diagnostics._display_style import AFTER, BEFORE, named, new_figure, tidy

_Floats = NDArray[np.float64]
_MARKERS = "osD^vP"
_LINE = 0.1
_MAX_NAME = 32
_PURPOSE = "Drawing a love plot"


class LovePlotDisplay:
    """Absolute differences of the covariates from the population, before and after weighting.

    The picture to show with any weighting: the largest differences are on top, and what is left of
    them lies to the left of the line at .1. It shows means and shares only: see
    :class:`BalanceDisplay` for the distributions.

    Make one with `from_report` or `from_estimator`, which draw at once, as the displays of
    scikit-learn do; the constructor only keeps the numbers.

    Parameters
    ----------
    reports : BalanceReport or dict of {str: BalanceReport}
        What to draw; several weightings of one sample by name.

    Attributes
    ----------
    reports : dict of {str: BalanceReport}
        As given; a single one goes by the name "after".
    names : list of str
        Covariates and levels, by their difference before, the largest first.
    before : ndarray of shape (n_rows,)
        Absolute differences before weighting, in this order.
    after : dict of {str: ndarray of shape (n_rows,)}
        Absolute differences under each weighting, likewise; empty where nothing was adjusted.
    figure_, ax_ : matplotlib Figure, Axes
        After `plot`.
    points_ : dict of {str: matplotlib Line2D}
        After `plot`: the points, by "before" and the names of `after`.

    See Also
    --------
    compute_balance : Computes the reports.

    References
    ----------
    Love (2004), Graphical display of covariate balance, presentation at Harvard University; the
    name is after Thomas Love.

    Examples
    --------
    >>> import numpy as np
    >>> from imbalance_kit import LovePlotDisplay, compute_balance
    >>> rng = np.random.default_rng(0)
    >>> X, people = rng.normal(0.5, 1, (300, 3)), rng.normal(0, 1, (900, 3))
    >>> report = compute_balance(X, people, sample_weight=np.exp(-X.sum(axis=1) / 2))
    >>> display = LovePlotDisplay.from_report(report)
    >>> display.names, display.before.round(2)
    (['x2', 'x1', 'x0'], array([0.52, 0.51, 0.45]))
    """

    def __init__(self, reports: BalanceReport | Mapping[str, BalanceReport]) -> None:
        self.reports = named(reports, BalanceReport, name="reports", alone="after")
        rows = {name: [row.name for row in report.rows] for name, report in self.reports.items()}
        first = next(iter(rows))
        for name, own in rows.items():
            if own != rows[first]:
                raise ValueError(
                    f"The reports {first!r} and {name!r} have different rows: one plot shows "
                    "weightings of one sample. Hint: compute both with the same X and target."
                )
        before = _absolute([row.difference_before for row in self.reports[first].rows])
        order = np.argsort(-np.nan_to_num(before, nan=-1.0, posinf=np.inf), kind="stable")
        self.names = [rows[first][k] for k in order]
        self.before = before[order]
        self.after = {
            name: _absolute([row.difference_after for row in report.rows])[order]
            for name, report in self.reports.items()
            if report.adjusted
        }

    @classmethod
    def from_report(
        cls,
        reports: BalanceReport | Mapping[str, BalanceReport],
        *,
        ax: Any = None,
        max_rows: int = 40,
    ) -> Self:
        """Draw reports that are already computed.

        Parameters
        ----------
        reports : BalanceReport or dict of {str: BalanceReport}
            One, or several weightings of one sample by name.
        ax : matplotlib Axes, default=None
            See `plot`.
        max_rows : int, default=40
            See `plot`.

        Returns
        -------
        display : LovePlotDisplay
            The drawn display.
        """
        return cls(reports).plot(ax, max_rows=max_rows)

    @classmethod
    def from_estimator(
        cls,
        weighters: Any,
        X: Any,
        target: Any,
        *,
        base_weight: Any = None,
        target_weight: Any = None,
        ax: Any = None,
        max_rows: int = 40,
    ) -> Self:
        """Weight rows with fitted weighters, and compute and draw their balance.

        Parameters
        ----------
        weighters : weighter or dict of {str: weighter}
            Fitted, with a method `weights`.
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Covariates of the sample.
        target : rows, Population or Margins
            The population.
        base_weight : array-like of shape (n_samples,), default=None
            Design weights, as given to the weighters.
        target_weight : array-like of shape (n_target,), default=None
            Weights of the target's rows.
        ax : matplotlib Axes, default=None
            See `plot`.
        max_rows : int, default=40
            See `plot`.

        Returns
        -------
        display : LovePlotDisplay
            The drawn display.
        """
        given = weighters if isinstance(weighters, Mapping) else {"after": weighters}
        reports = {
            name: compute_balance(
                X,
                target,
                sample_weight=weighter.weights(X, sample_weight=base_weight),
                base_weight=base_weight,
                target_weight=target_weight,
            )
            for name, weighter in given.items()
        }
        return cls.from_report(reports, ax=ax, max_rows=max_rows)

    def plot(self, ax: Any = None, *, max_rows: int = 40) -> Self:
        """Draw the plot.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw. None: a new figure, as high as the rows need.
        max_rows : int, default=40
            The largest so many differences are drawn.

        Returns
        -------
        self : LovePlotDisplay
            With `figure_`, `ax_` and `points_`.

        Raises
        ------
        ImportError
            If matplotlib is not installed (extra "plot").
        """
        shown = min(len(self.names), max_rows)
        if ax is None:
            figure = new_figure(_PURPOSE, 6.4, 1.3 + 0.24 * shown)
            ax = figure.add_subplot()
        self.ax_, self.figure_ = ax, ax.figure
        place = np.arange(shown)
        tidy(ax, grid="x")
        ax.axvline(0.0, color="0.4", linewidth=0.8)
        ax.axvline(_LINE, color="0.4", linewidth=0.8, linestyle="--")
        before, *weighted = _drawable([a[:shown] for a in (self.before, *self.after.values())])
        if weighted:
            ax.hlines(place, before, weighted[-1], color="0.85", linewidth=1.5)
        style = {"linestyle": "none", "markersize": 5.5}
        (points,) = ax.plot(
            before, place, "o", color=BEFORE, markerfacecolor="white",
            label="before", **style,
        )  # fmt: skip
        self.points_ = {"before": points}
        for number, (name, after) in enumerate(zip(self.after, weighted, strict=True)):
            (self.points_[name],) = ax.plot(
                after,
                place,
                marker=_MARKERS[number % len(_MARKERS)],
                color=AFTER[number % len(AFTER)],
                label=name,
                **style,
            )
        ax.set_yticks(
            place, [shorten(name, _MAX_NAME) for name in self.names[:shown]], fontsize="small"
        )
        ax.set_ylim(shown - 0.4, -0.6)
        ax.set_xlim(left=-0.01 * ax.get_xlim()[1])
        report = next(iter(self.reports.values()))
        unit = "shares: raw" if report.binary == "raw" else "shares as well"
        ax.set_xlabel(f"Absolute difference (standard deviations; {unit})")
        if shown < len(self.names):
            ax.set_title(f"the largest {shown} of {len(self.names)} differences", fontsize="small")
        if self.after:
            ax.legend(loc="lower right", fontsize="small", frameon=True, edgecolor="0.85")
        return self


def _absolute(values: list[float]) -> _Floats:
    return np.abs(np.array(values, dtype=np.float64))


def _drawable(sides: list[_Floats]) -> list[_Floats]:
    """Bring infinite differences (of a constant in the population) in, beyond all others."""
    finite = [float(side[np.isfinite(side)].max(initial=0.0)) for side in sides]
    return [np.minimum(side, 1.1 * max(finite)) for side in sides]
