"""The distributions of covariates as numbers: in the population, before and after weighting."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._columns import table_of
from imbalance_kit._utils._containers import n_rows
from imbalance_kit._utils._covariates import learn_covariates
from imbalance_kit._utils._moments import weighted_quantile
from imbalance_kit._utils._validation import check_sample_weight
from imbalance_kit.diagnostics._balance_rows import (
    Weightings,
    level_shares,
    share_of_levels,
    weightings,
)
from imbalance_kit.diagnostics._target import margin_covariates, target_rows

_Floats = NDArray[np.float64]
_N_CELLS = 240
_MAX_WHOLE = 2.0**52  # from there on all floats are whole, and nothing is half way between them
_TAIL = 0.005  # share of either side that may lie beyond each end of a grid


@dataclass(frozen=True)
class Distribution:
    """The distribution of one covariate in the population, before and after weighting.

    Made by :func:`compute_distributions`, for drawing: numbers on a grid, categories by level.

    Attributes
    ----------
    column : str
        Name of the covariate.
    levels : tuple or None
        Levels of a category, None among them the missing one; (0, 1) for numbers that are all 0 or
        1; None for other numbers.
    edges : ndarray of shape (n_edges,) or None
        For numbers, the edges of a grid of equal cells, which leaves out at most .5 % of the
        population and of the sample at either end: 241 of them; of whole numbers 241 at most, half
        way between the numbers, so that every cell holds equally many of them.
    target, before, after : ndarray of shape (n_levels,) or (n_edges,)
        Shares of the levels, or the share of the weight at or below each edge, in [0, 1]; NaN
        where nothing was observed. `after` is None where nothing was adjusted.

    See Also
    --------
    BalanceDisplay : Draws them.

    Notes
    -----
    Invariant: exactly one of `levels` and `edges` is None. Missing numbers are left out.

    Examples
    --------
    >>> from imbalance_kit.diagnostics import compute_distributions
    >>> one, = compute_distributions([["f"], ["m"], ["m"]], [["f"], ["m"]])
    >>> one.levels, one.target.tolist(), one.before.round(2).tolist()
    (('f', 'm'), [0.5, 0.5], [0.33, 0.67])
    """

    column: str
    levels: tuple[Any, ...] | None
    edges: _Floats | None
    target: _Floats
    before: _Floats
    after: _Floats | None

    def density(self, n_cells: int = 40) -> tuple[_Floats, dict[str, _Floats]]:
        """Return the densities of a number in cells of equal width.

        Parameters
        ----------
        n_cells : int, default=40
            Number of cells, a divisor of 240. Of whole numbers it is the largest number: every cell
            holds equally many of them, but for the last, which is narrower where some are left.

        Returns
        -------
        edges : ndarray of shape (n_cells + 1,)
            Edges of the cells; fewer for whole numbers.
        densities : dict of {str: ndarray of shape (n_cells,)}
            Share of the weight per unit of the number, by "target", "before" and, where weights
            were adjusted, "after".

        Raises
        ------
        ValueError
            If the covariate is a category, or `n_cells` does not divide 240.
        """
        if self.edges is None or n_cells < 1 or _N_CELLS % n_cells:
            raise ValueError(
                f"A density needs a number and cells that divide {_N_CELLS}, got column "
                f"{self.column!r} and n_cells={n_cells!r}. Hint: categories have shares."
            )
        last = len(self.edges) - 1
        taken = np.append(np.arange(0, last, math.ceil(last / n_cells)), last)
        edges = self.edges[taken]
        sides = {"target": self.target, "before": self.before, "after": self.after}
        width = np.diff(edges)
        return edges, {k: np.diff(f[taken]) / width for k, f in sides.items() if f is not None}


def compute_distributions(
    X: Any,
    target: Any,
    *,
    sample_weight: Any = None,
    base_weight: Any = None,
    target_weight: Any = None,
    columns: Any = None,
) -> list[Distribution]:
    """Compute the distributions of covariates in the population, before and after weighting.

    The numbers behind :class:`BalanceDisplay`, for drawing with something else. To judge balance
    take :func:`compute_balance`.

    Parameters
    ----------
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
        Covariates of the sample.
    target : rows, Population or Margins
        The population; of margins, columns with levels have a distribution.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights after adjustment. None: there is no "after".
    base_weight : array-like of shape (n_samples,), default=None
        Weights before adjustment: design weights. None: all equal.
    target_weight : array-like of shape (n_target,), default=None
        Weights of the target's rows.
    columns : list of str, default=None
        Which columns; None: all.

    Returns
    -------
    distributions : list of Distribution
        One per column.

    Raises
    ------
    ValueError
        If the columns of sample and target differ, margins speak of a column that `X` does not
        have, or `columns` names one that is not there.

    See Also
    --------
    BalanceDisplay : Draws them.

    Examples
    --------
    >>> import numpy as np
    >>> from imbalance_kit import compute_distributions
    >>> rng = np.random.default_rng(0)
    >>> one, = compute_distributions(rng.normal(1, 1, (500, 1)), rng.normal(0, 1, (500, 1)))
    >>> edges, densities = one.density(20)
    >>> len(edges), sorted(densities)
    (21, ['before', 'target'])
    """
    n = n_rows(X)
    rows = target_rows(target, target_weight)
    base = check_sample_weight(base_weight, n, name="base_weight")
    after = check_sample_weight(sample_weight, n, negative="allow")
    if rows is None:
        return _of_margins(X, target, weightings(n, base, after, 0, None), columns)
    weights = weightings(n, base, after, n_rows(rows.rows), rows.weight)
    sample, people = table_of(X), table_of(rows.rows)  # what is learned of a column is kept there
    covariates = learn_covariates(sample, people)
    known = [c.name for c in covariates.columns]
    found = []
    for name in _chosen(columns, known):
        covariate = covariates.columns[known.index(name)]
        if covariate.kind == "categorical":
            codes = covariates.codes(sample, name), covariates.codes(people, name)
            found.append(_of_levels(name, covariate.levels, *codes, weights))
            continue
        x, t = covariates.numbers(sample, name), covariates.numbers(people, name)
        if np.isin(np.concatenate([x, t]), (0.0, 1.0)).all():
            codes = x.astype(np.intp), t.astype(np.intp)
            found.append(_of_levels(name, (0, 1), *codes, weights))
        else:
            found.append(_of_numbers(name, x, t, weights))
    return found


def _of_levels(
    name: str,
    levels: tuple[Any, ...],
    codes: NDArray[np.intp],
    target: NDArray[np.intp],
    weights: Weightings,
) -> Distribution:
    assert weights.target is not None
    shares = level_shares(codes, weights, share_of_levels(target, weights.target, len(levels)))
    return Distribution(name, levels, None, *shares)


def _of_numbers(name: str, x: _Floats, target: _Floats, weights: Weightings) -> Distribution:
    """Return distribution functions of the observed values on a grid without the far tails."""
    assert weights.target is not None
    tails = np.array([_TAIL, 1.0 - _TAIL])
    seen, seen_target = ~np.isnan(x), ~np.isnan(target)
    ends = np.concatenate(
        [
            weighted_quantile(x[seen], None, tails),
            weighted_quantile(target[seen_target], weights.target[seen_target], tails),
        ]
    )
    known = ends[~np.isnan(ends)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 0.0)
    edges = _grid(low, high, _common_step(np.concatenate([x[seen], target[seen_target]])))
    return Distribution(
        name,
        None,
        edges,
        _ecdf(target[seen_target], weights.target[seen_target], edges),
        _ecdf(x[seen], weights.before[seen], edges),
        None if weights.after is None else _ecdf(x[seen], weights.after[seen], edges),
    )


def _grid(low: float, high: float, step: int) -> _Floats:
    """Return the edges of equal cells from `low` to `high`, two values that occur.

    Where all values are some multiple of `step` apart, the cells are as well: cells that held one
    value and two in turn would draw a comb.
    """
    if step:
        n_values = (high - low) / step + 1
        width = step * math.ceil(n_values / _N_CELLS)
        n_cells = math.ceil(n_values * step / width)
        return low - step / 2 + width * np.arange(n_cells + 1, dtype=np.float64)
    if not high > low:
        low, high = low - 0.5, high + 0.5
    # A hair lower, so that a heap of values at the lower end (zeros, say) is inside the first cell.
    return np.linspace(low - 1e-9 * (high - low), high, _N_CELLS + 1)


def _common_step(values: _Floats) -> int:
    """Return the largest whole number that all differences are a multiple of; 0 for fractions."""
    if not len(values) or np.abs(values).max() > _MAX_WHOLE or (values != np.rint(values)).any():
        return 0
    return int(np.gcd.reduce(np.diff(np.unique(values)).astype(np.int64))) or 1


def _ecdf(x: _Floats, weight: _Floats, edges: _Floats) -> _Floats:
    """Return the share of the weight at or below each edge; NaN where nothing has weight."""
    total = weight.sum()
    if not total:
        return np.full(len(edges), np.nan)
    cell = np.searchsorted(edges, x, side="left")
    reached = np.cumsum(np.bincount(cell, weights=weight, minlength=len(edges) + 1))
    share: _Floats = reached[: len(edges)] / total
    return share


def _of_margins(X: Any, margins: Any, weights: Weightings, columns: Any) -> list[Distribution]:
    totals = {k: v for k, v in margins.totals(1.0).items() if isinstance(v, dict)}
    single = [column for column in totals if isinstance(column, str)]
    chosen = _chosen(columns, single)
    sample = table_of(X)
    covariates = margin_covariates(sample, margins)
    found = []
    for covariate in covariates.columns:
        name = covariate.name
        if name not in chosen:
            continue
        extra = [level for level in totals[name] if level not in covariate.levels]
        levels = (*covariate.levels, *extra)
        target = np.array([totals[name].get(level, 0.0) for level in levels])
        shares = level_shares(covariates.codes(sample, name), weights, target)
        found.append(Distribution(name, levels, None, *shares))
    return found


def _chosen(columns: Any, known: list[str]) -> list[str]:
    if columns is None:
        return known
    wanted = [columns] if isinstance(columns, str) else list(columns)
    absent = [name for name in wanted if name not in known]
    if absent:
        raise ValueError(f"`columns` names {absent!r}; there are {known!r}.")
    return wanted
