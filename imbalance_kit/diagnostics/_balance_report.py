"""What a balance table holds and how it is read; nothing here is computed from rows."""

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

from imbalance_kit._utils._optional import import_optional
from imbalance_kit._utils._plain_values import to_plain
from imbalance_kit._utils._shorten import shorten

PROBABILITIES = (0.05, 0.25, 0.5, 0.75, 0.95)
_MAX_ROWS_SHOWN = 20


@dataclass(frozen=True)
class BalanceRow:
    """How one covariate, or one level of it, differs between the sample and the population.

    Read `difference_after` first; for a numeric covariate then `ks_after`, because equal means can
    hide unequal distributions.

    Attributes
    ----------
    column : str
        Name of the covariate; "a × b" for an interaction.
    level : object
        The level, as a plain Python value; None for numbers and for what is missing.
    kind : {"numeric", "binary", "level", "missing", "interaction"}
        Numbers; numbers that are all 0 or 1; a level of a categorical covariate; the share of
        missing values; a product of two covariates.
    target_mean, mean_before, mean_after : float
        Mean, for all but numbers a share in [0, 1], in the population and in the sample before and
        after weighting, over the values that are not missing.
    difference_before, difference_after : float
        Mean in the sample minus mean in the population; in standard deviations for numbers, and for
        shares as it is unless the report's `binary` is "standardized". ±inf where the standard
        deviation is 0 and the means differ.
    variance_ratio_before, variance_ratio_after : float
        Numbers: variance in the sample over variance in the population.
    ks_before, ks_after : float in [0, 1]
        Numbers: the largest difference of the distribution functions (Kolmogorov and Smirnov).
    ecdf_area_before, ecdf_area_after : float
        Numbers: the area between the distribution functions, in the same standard deviations; at
        least the absolute difference of the means.
    total_variation_before, total_variation_after : float in [0, 1]
        Categories: share of the weight that would have to change its level, of the whole covariate
        and so the same in all its rows.
    missing_target, missing_before, missing_after : float in [0, 1]
        Share of the weight whose value is missing, of the whole covariate.
    quantiles_target, quantiles_before, quantiles_after : tuple of float
        Numbers: the 5, 25, 50, 75 and 95 % quantiles, by weight; empty where there are none.

    See Also
    --------
    compute_balance : Computes it, and has the definitions.

    Notes
    -----
    Invariant: what a row has no number for is NaN: everything "after" where nothing was adjusted,
    distributions where the target is margins.

    Examples
    --------
    >>> from imbalance_kit import compute_balance
    >>> row, = compute_balance([[1.], [2.], [3.]], [[2.], [4.]]).rows
    >>> row.mean_before, row.target_mean, row.difference_before
    (2.0, 3.0, -1.0)
    """

    column: str
    level: Any
    kind: str
    target_mean: float
    mean_before: float
    mean_after: float
    difference_before: float
    difference_after: float
    variance_ratio_before: float
    variance_ratio_after: float
    ks_before: float
    ks_after: float
    ecdf_area_before: float
    ecdf_area_after: float
    total_variation_before: float
    total_variation_after: float
    missing_target: float
    missing_before: float
    missing_after: float
    quantiles_target: tuple[float, ...] = ()
    quantiles_before: tuple[float, ...] = ()
    quantiles_after: tuple[float, ...] = ()

    @property
    def name(self) -> str:
        """Column and level, as in the design matrix of the weighters: "sex=f", "age[missing]"."""
        if self.kind == "missing":
            return f"{self.column}[missing]"
        if self.level is None:
            return self.column
        level = self.level if isinstance(self.level, tuple) else (self.level,)
        return f"{self.column}={', '.join(map(str, level))}"


@dataclass(frozen=True, repr=False)
class BalanceReport:
    """How far a sample is from its population, before and after weighting, covariate by covariate.

    Made by :func:`compute_balance`; draw it with :class:`LovePlotDisplay`.

    Attributes
    ----------
    rows : tuple of BalanceRow
        One per covariate, or per level of it, in the order of the columns.
    n_samples : int
        Rows of the sample.
    n_target : int or None
        Rows of the target; None for margins.
    adjusted : bool
        Whether there is an "after": weights were given.
    denominator : {"population", "pooled", "sample"}
        Whose standard deviation differences are divided by.
    binary : {"raw", "standardized"}
        Whether differences of shares are left as they are.
    design_effect_before, design_effect_after : float
        Kish's design effect of the weights.
    domain_auc_before, domain_auc_after : float in [0, 1]
        How well a cross-fitted classifier tells sample from population; .5 is not at all. NaN where
        it was not asked for.
    mean_difference_before, mean_difference_after : float
        Mean over the rows of the absolute differences.
    max_difference_before, max_difference_after : float
        The largest absolute difference.

    See Also
    --------
    compute_balance : Computes it, and has the definitions.
    LovePlotDisplay : Draws it.

    Notes
    -----
    Invariant: a value object; renaming levels, reordering rows or scaling weights changes no
    number (but for the domain AUC, whose folds are drawn by position).

    Examples
    --------
    >>> import pandas as pd
    >>> from imbalance_kit import compute_balance
    >>> sample = pd.DataFrame({"age": [30, 40, 50], "sex": ["f", "m", "m"]})
    >>> people = pd.DataFrame({"age": [40, 50, 60, 50], "sex": ["f", "f", "m", "m"]})
    >>> report = compute_balance(sample, people, sample_weight=[2, 1, 3])
    >>> [(row.name, round(row.difference_after, 3)) for row in report.rows]
    [('age', -1.179), ('sex=f', -0.167), ('sex=m', 0.167)]
    """

    rows: tuple[BalanceRow, ...]
    n_samples: int
    n_target: int | None
    adjusted: bool
    denominator: str
    binary: str
    design_effect_before: float
    design_effect_after: float
    domain_auc_before: float = math.nan
    domain_auc_after: float = math.nan

    @property
    def mean_difference_before(self) -> float:
        """Mean absolute difference before weighting."""
        return _mean([abs(row.difference_before) for row in self.rows])

    @property
    def mean_difference_after(self) -> float:
        """Mean absolute difference after weighting."""
        return _mean([abs(row.difference_after) for row in self.rows])

    @property
    def max_difference_before(self) -> float:
        """Largest absolute difference before weighting."""
        return _max([abs(row.difference_before) for row in self.rows])

    @property
    def max_difference_after(self) -> float:
        """Largest absolute difference after weighting."""
        return _max([abs(row.difference_after) for row in self.rows])

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain Python values, ready for JSON.

        Returns
        -------
        report : dict
            The attributes of this class; `rows` is a list of dicts with the fields of
            :class:`BalanceRow`. NaN and infinity are None, because JSON has neither.
        """
        report = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        for which in ("mean_difference", "max_difference"):
            for side in ("before", "after"):
                report[f"{which}_{side}"] = getattr(self, f"{which}_{side}")
        plain: dict[str, Any] = to_plain({**report, "rows": [vars(row) for row in self.rows]})
        return plain

    def to_frame(self) -> Any:
        """Return the rows as a table.

        Returns
        -------
        frame : pandas.DataFrame
            One row per covariate or level; columns: the fields of :class:`BalanceRow`, the
            quantiles as one column each (q05_target to q95_after).

        Raises
        ------
        ImportError
            If pandas is not installed (extra "frame").
        """
        pandas = import_optional("pandas", extra="frame", purpose="BalanceReport.to_frame")
        names = [f.name for f in dataclasses.fields(BalanceRow) if f.name[:9] != "quantiles"]
        table = {name: [getattr(row, name) for row in self.rows] for name in names}
        for side in ("target", "before", "after"):
            for k, p in enumerate(PROBABILITIES):
                own = [getattr(row, f"quantiles_{side}") for row in self.rows]
                table[f"q{round(100 * p):02}_{side}"] = [q[k] if q else math.nan for q in own]
        return pandas.DataFrame(table)

    def __repr__(self) -> str:
        target = "margins" if self.n_target is None else f"{self.n_target:,} of the target"
        lines = [f"BalanceReport: {self.n_samples:,} rows of the sample against {target}"]
        worst = sorted(self.rows, key=lambda row: -_sortable(row.difference_before))
        shown = worst[:_MAX_ROWS_SHOWN]
        width = min(36, max([len(row.name) for row in shown], default=0))
        unit = "raw" if self.binary == "raw" else "standardized"
        lines.append(
            f"  differences in standard deviations ({self.denominator}), shares {unit}; "
            "largest first"
        )
        sides = ("target", "before", "after") if self.adjusted else ("target", "before")
        lines.append(f"  {'':{width}}  {''.join(f'{side:>10}' for side in sides)}   difference")
        for row in shown:
            values = (row.target_mean, row.mean_before, row.mean_after)[: len(sides)]
            means = "".join(f"{_number(value):>10}" for value in values)
            lines.append(
                f"  {shorten(row.name, width):{width}}  {means}   "
                f"{_arrow(row.difference_before, row.difference_after, '+.3f')}"
            )
        if len(shown) < len(worst):
            lines.append(f"  ... {len(worst) - len(shown)} more")
        for name, text in (
            ("mean_difference", "mean absolute difference"),
            ("max_difference", "largest absolute difference"),
            ("design_effect", "design effect"),
            ("domain_auc", "domain AUC"),
        ):
            before, after = getattr(self, f"{name}_before"), getattr(self, f"{name}_after")
            if not math.isnan(before):
                lines.append(f"  {text:<28}{_arrow(before, after, '.3f')}")
        return "\n".join(line.rstrip() for line in lines)


def _arrow(before: float, after: float, spec: str) -> str:
    return f"{before:{spec}}" + ("" if math.isnan(after) else f" -> {after:{spec}}")


def _number(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.4g}"


def _sortable(value: float) -> float:
    return -1.0 if math.isnan(value) else abs(value)


def _mean(values: list[float]) -> float:
    known = [value for value in values if not math.isnan(value)]
    return sum(known) / len(known) if known else math.nan


def _max(values: list[float]) -> float:
    return max([value for value in values if not math.isnan(value)], default=math.nan)
