"""Compute a balance table from a sample, a target and weights: check, encode, compare."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._columns import Table, table_of
from imbalance_kit._utils._containers import n_rows
from imbalance_kit._utils._covariates import Covariates, learn_covariates
from imbalance_kit._utils._validation import check_sample_weight
from imbalance_kit._utils._weight_statistics import signed_design_effect
from imbalance_kit.diagnostics._balance_interactions import interaction_rows
from imbalance_kit.diagnostics._balance_report import BalanceReport, BalanceRow
from imbalance_kit.diagnostics._balance_rows import (
    Scale,
    Weightings,
    level_rows,
    level_shares,
    mean_row,
    number_rows,
    share_of_levels,
    weightings,
)
from imbalance_kit.diagnostics._domain_auc import domain_auc
from imbalance_kit.diagnostics._target import (
    check_is_covariates,
    margin_covariates,
    target_rows,
)

_Floats = NDArray[np.float64]
_DENOMINATORS = ("population", "pooled", "sample")


def compute_balance(
    X: Any,
    target: Any,
    *,
    sample_weight: Any = None,
    base_weight: Any = None,
    target_weight: Any = None,
    denominator: str | None = None,
    binary: str = "raw",
    interactions: Any = None,
    domain_classifier: Any = None,
    random_state: Any = None,
) -> BalanceReport:
    """Compare a sample with its population, covariate by covariate, before and after weighting.

    Use it before weighting, to see where the sample is off, and after, to see what is left;
    absolute differences below .1 are commonly called balanced. It sees the covariates given and
    says nothing about those that were not measured. It is no test: differences do not shrink
    because the sample is large.

    Parameters
    ----------
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
        Covariates of the sample: numbers, categories, missing values.
    target : rows, Population or Margins
        The population: rows with the same columns, or totals, which allow to compare means and
        shares only.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights after adjustment; negative ones, as linear calibration can make, are taken. None:
        there is no "after".
    base_weight : array-like of shape (n_samples,), default=None
        Weights before adjustment: design weights. None: all equal.
    target_weight : array-like of shape (n_target,), default=None
        Weights of the target's rows: after an estimand that weights the target too, the
        `target_weights_` of the weighter.
    denominator : {"population", "pooled", "sample"}, default=None
        Standard deviation that mean differences are divided by: the population's; the root of the
        mean of both variances; the sample's. Always that before weighting, so that weights cannot
        hide a difference by spreading the sample. None: the population's, where it has rows, the
        sample's for margins.
    binary : {"raw", "standardized"}, default="raw"
        Whether differences of shares are left as they are or divided by a standard deviation too.
    interactions : "all" or list of (str, str), default=None
        Pairs of columns whose products are compared as well; numbers are standardised first.
    domain_classifier : classifier or "auto", default=None
        Classifier that tries to tell sample from population, for the domain AUC; it is cloned and
        fitted to encoded covariates, with weights. "auto": gradient boosting. None: not computed.
    random_state : int, RandomState, Generator or None, default=None
        Source of the folds of the domain AUC.

    Returns
    -------
    report : BalanceReport
        A frozen value object with `to_dict`, `to_frame` and a readable repr.

    Raises
    ------
    ValueError
        If the columns of sample and target differ, weights are not valid, or something is asked for
        that margins do not know.

    See Also
    --------
    LovePlotDisplay : Draws the differences.
    BalanceDisplay : Draws the distributions.
    compute_weight_summary : What the weights cost.

    Notes
    -----
    With S the weighted sample, T the population: standardised mean difference ``(m_S - m_T) / sd``
    with ``sd² = Σ v (x - m)² / Σ v``; variance ratio ``var_S / var_T``;
    Kolmogorov and Smirnov's ``max |F_S - F_T|``; the area ``∫ |F_S - F_T| dx / sd``; total
    variation ``Σ |p_S - p_T| / 2`` over the levels. Missing numbers are left out, and their share
    is compared in a row of its own; a missing category is a level. The domain AUC is that of
    five-fold out-of-fold scores, both sides given the same total weight.

    References
    ----------
    Austin and Stuart (2015), Moving towards best practice when using inverse probability of
    treatment weighting, doi:10.1002/sim.6607.
    Greifer (2024), cobalt: Covariate Balance Tables and Plots, the R package whose defaults for
    shares are followed.

    Examples
    --------
    >>> import numpy as np
    >>> from imbalance_kit import compute_balance
    >>> sample, people = np.array([[1.0], [2.0], [6.0]]), np.array([[2.0], [4.0], [6.0]])
    >>> compute_balance(sample, people, sample_weight=[1, 1, 2])
    BalanceReport: 3 rows of the sample against 3 of the target
      differences in standard deviations (population), shares raw; largest first
              target    before     after   difference
      x0           4         3      3.75   -0.612 -> -0.153
      mean absolute difference    0.612 -> 0.153
      largest absolute difference 0.612 -> 0.153
      design effect               1.000 -> 1.125
    """
    check_is_covariates(X, name="X")
    n = n_rows(X)
    if n == 0:
        raise ValueError("`X` has no rows: expected at least one.")
    rows = target_rows(target, target_weight)
    scale = _check_scale(denominator, binary, has_rows=rows is not None)
    base = check_sample_weight(base_weight, n, name="base_weight")
    adjusted = check_sample_weight(sample_weight, n, negative="allow")
    if rows is None:
        if interactions is not None or domain_classifier is not None:
            raise ValueError(
                "`interactions` and `domain_classifier` need the rows of the population, and "
                "margins have none. Hint: leave them out, or pass rows as `target`."
            )
        weights = weightings(n, base, adjusted, 0, None)
        found = list(_margin_rows(table_of(X), target, weights, scale))
        return _report(found, n, None, base, adjusted, scale)
    weights = weightings(n, base, adjusted, n_rows(rows.rows), rows.weight)
    sample, people = table_of(X), table_of(rows.rows)  # what is learned of a column is kept there
    covariates = learn_covariates(sample, people, weights=[base, rows.weight])
    pairs = _check_pairs(interactions, [c.name for c in covariates.columns])
    found = list(_covariate_rows(sample, people, covariates, weights, scale))
    if pairs:
        found += interaction_rows(sample, people, covariates, pairs, weights, scale)
    auc = (float("nan"), float("nan"))
    if domain_classifier is not None:
        auc = domain_auc(
            covariates.encode(sample, drop_first=True),
            covariates.encode(people, drop_first=True),
            weights,
            domain_classifier,
            random_state,
        )
    return _report(found, n, n_rows(rows.rows), base, adjusted, scale, auc)


def _report(
    rows: list[BalanceRow],
    n: int,
    n_target: int | None,
    base: _Floats | None,
    adjusted: _Floats | None,
    scale: Scale,
    auc: tuple[float, float] = (float("nan"), float("nan")),
) -> BalanceReport:
    return BalanceReport(
        rows=tuple(rows),
        n_samples=n,
        n_target=n_target,
        adjusted=adjusted is not None,
        denominator=scale.denominator,
        binary=scale.binary,
        design_effect_before=1.0 if base is None else signed_design_effect(base),
        design_effect_after=float("nan") if adjusted is None else signed_design_effect(adjusted),
        domain_auc_before=auc[0],
        domain_auc_after=auc[1],
    )


def _covariate_rows(
    sample: Table, people: Table, covariates: Covariates, weights: Weightings, scale: Scale
) -> Iterator[BalanceRow]:
    assert weights.target is not None
    for covariate in covariates.columns:
        name = covariate.name
        if covariate.kind == "numeric":
            x, t = covariates.numbers(sample, name), covariates.numbers(people, name)
            yield from number_rows(name, x, t, weights, scale)
        else:
            codes, size = covariates.codes(people, name), len(covariate.levels)
            target = share_of_levels(codes, weights.target, size)
            shares = level_shares(covariates.codes(sample, name), weights, target)
            yield from level_rows(name, covariate.levels, shares, scale)


def _margin_rows(X: Table, margins: Any, weights: Weightings, scale: Scale) -> Iterator[BalanceRow]:
    covariates = margin_covariates(X, margins)
    known = {c.name: c for c in covariates.columns}
    for column, total in margins.totals(1.0).items():
        if not isinstance(total, dict):
            yield mean_row(column, covariates.numbers(X, column), total, weights, scale)
            continue
        names = column if isinstance(column, tuple) else (column,)
        levels = [known[name].levels for name in names]
        codes = np.ravel_multi_index(
            [covariates.codes(X, name) for name in names], [len(own) for own in levels]
        )
        cells: list[Any] = [()]
        for own in levels:
            cells = [(*cell, level) for cell in cells for level in own]
        if not isinstance(column, tuple):
            cells = [cell[0] for cell in cells]
        cells += [level for level in total if level not in set(cells)]
        shares = level_shares(codes, weights, np.array([total.get(cell, 0.0) for cell in cells]))
        name = " × ".join(names)
        rows = level_rows(name, tuple(cells), shares, scale)
        yield from (r for r in rows if r.target_mean or r.mean_before or r.mean_after)


# Checks -------------------------------------------------------------------------------------------


def _check_scale(denominator: Any, binary: Any, *, has_rows: bool) -> Scale:
    if binary not in ("raw", "standardized"):
        raise ValueError(f"`binary` must be 'raw' or 'standardized', got {binary!r}.")
    if denominator is None:
        return Scale("population" if has_rows else "sample", binary)
    if denominator not in _DENOMINATORS:
        raise ValueError(f"`denominator` must be one of {_DENOMINATORS}, got {denominator!r}.")
    if not has_rows and denominator != "sample":
        raise ValueError(
            f"denominator={denominator!r} needs the population's variance, which margins do not "
            "tell. Hint: denominator='sample', or pass rows as `target`."
        )
    return Scale(denominator, binary)


def _check_pairs(interactions: Any, names: list[str]) -> list[tuple[str, str]]:
    if interactions is None:
        return []
    if isinstance(interactions, (str, bool)):
        if interactions != "all":
            raise ValueError(
                f"`interactions` must be 'all' or a list of pairs of columns, got {interactions!r}."
            )
        return list(combinations(names, 2))
    pairs = [tuple(pair) for pair in interactions]
    for pair in pairs:
        if len(pair) != 2 or not set(pair) <= set(names) or pair[0] == pair[1]:
            raise ValueError(
                f"`interactions` must hold pairs of two different columns of {names!r}, got "
                f"{pair!r}."
            )
    return [(pair[0], pair[1]) for pair in pairs]
