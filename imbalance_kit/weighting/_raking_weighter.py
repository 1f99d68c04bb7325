"""Raking: weights that meet categorical margins, found margin by margin."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._covariates import Covariates
from imbalance_kit.weighting._base_weighter import BaseWeighter, Normalize
from imbalance_kit.weighting._cells import (
    Cells,
    absent_message,
    cells_of_margin,
    cells_of_rows,
    hint_at_numbers,
    warn_of_zeros,
)
from imbalance_kit.weighting._rake import rake
from imbalance_kit.weighting._task import Solution, Task, check_names

Array = NDArray[np.float64]


class RakingWeighter(BaseWeighter):
    """Weight a sample so that the levels of each column have their totals of the population.

    Iterative proportional fitting: made for margins with many levels and for many rows, because it
    works on the combinations of levels that occur. Use it where the population is known by
    categorical margins. Not for numbers, of which every distinct value counts as a level
    (:class:`CalibrationWeighter` takes them as numbers, and ``distance="raking"`` gives the same
    weights on the same margins); nor where the joint distribution is known and no cell is empty
    (:class:`PostStratificationWeighter`).

    Parameters
    ----------
    columns : sequence of str or tuple of str, default=None
        The margins to take from a target of rows: columns, or tuples of columns for the joint
        margin. None takes every column. Margins as target name their columns themselves.
    max_iter : int, default=1000
        Sweeps over the margins before it is an error. Slow convergence means that the margins
        nearly contradict each other in the sample.
    normalize : {"population", "sample", "mean"}, default="population"
        What the weights sum to: the population size, the sum of the design weights (the number of
        rows without), or the number of rows.
    random_state : int, RandomState, Generator or None, default=None
        Source of the draws of `fit_resample`. The global random state is never used.

    Attributes
    ----------
    weights_ : ndarray of shape (n_samples,)
        Weights of the fitted rows.
    n_iter_ : int
        Sweeps made.
    factors_ : dict of {column or tuple: dict of {level: float}}
        What each level multiplies the design weight by; only products over the columns mean
        anything.
    shift_ : CovariateShift
        The weighted rows stand for the target; nothing is to be undone in predictions.
    covariates_ : Covariates
        Columns and levels.
    row_weights_, scale_ : callable, float
        The function of rows and design weights that gives weights, and the factor that normalises.
    sample_indices_, synthetic_mask_, carried_weight_, sample_weight_ : ndarray
        After `fit_resample`, one entry per output row: its source row; all False; ones, because the
        draw has used up the weights; weights under which the output stands for the sample.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of str of shape (n_features_in_,)
        Column names of X, where they are all strings.

    Raises
    ------
    ValueError
        If a level is absent from the sample, or the margins cannot be met together: the message
        names them.

    See Also
    --------
    CalibrationWeighter : Numbers as well, bounds and tolerances.
    PostStratificationWeighter : The joint distribution.

    Notes
    -----
    ``w_i = d_i Π_j f_j(x_ij)``, where each sweep sets ``f_j`` so that margin j is met [1]_, until
    no total changes by more than a relative 1e-12. Missing values are a level. A level that was not
    there at fit gets the mean factor of its column, with a warning. Rows of a level that the
    population does not have weigh 0, with a warning where the target is rows.

    References
    ----------
    .. [1] Deming and Stephan (1940). On a least squares adjustment of a sampled frequency table
       when the expected marginal totals are known. Annals of Mathematical Statistics 11, 427-444.
       doi:10.1214/aoms/1177731829

    Examples
    --------
    >>> import pandas as pd
    >>> from imbalance_kit import Margins, RakingWeighter
    >>> sample = pd.DataFrame({"sex": ["f", "f", "f", "m"], "age": ["<40", "<40", "40+", "40+"]})
    >>> margins = Margins({"sex": {"f": 50, "m": 50}, "age": {"<40": 30, "40+": 70}})
    >>> RakingWeighter().fit_weights(sample, target=margins).round(6)
    array([15., 15., 20., 50.])
    """

    _takes_margins: ClassVar[bool] = True
    _sums_over_rows: ClassVar[bool] = True
    _numbers_are_levels: ClassVar[bool] = True

    def __init__(
        self,
        columns: Sequence[str | tuple[str, ...]] | None = None,
        *,
        max_iter: int = 1000,
        normalize: Normalize = "population",
        random_state: Any = None,
    ) -> None:
        super().__init__(normalize=normalize, random_state=random_state)
        self.columns = columns
        self.max_iter = max_iter

    def _columns(self) -> Collection[str] | None:
        check_names(self.columns)
        if self.columns is None:
            return None
        return [name for margin in self.columns for name in _tuple(margin)]

    def _solve(self, task: Task) -> Solution:
        if not isinstance(self.max_iter, Integral) or self.max_iter < 1:
            raise ValueError(f"`max_iter` must be an integer of at least 1, got {self.max_iter!r}.")
        margins = self._margins(task)
        codes = [cells.codes(task.covariates, task.table) for cells, _ in margins]
        for (cells, shares), code in zip(margins, codes, strict=True):
            _check_coverage(cells, shares, code, task)
        design = task.weights / task.weights.sum()
        found = rake(codes, design, [shares for _, shares in margins], int(self.max_iter))
        self.n_iter_ = found.n_iter
        if not found.converged:
            j, level, miss = found.worst
            raise ValueError(
                f"The margins cannot be met together: after {found.n_iter} sweeps "
                f"{margins[j][0].show(np.array([level]))} is still off by a relative {miss:.3g}. "
                "Combinations of levels that the sample lacks make them contradict each other. "
                "Hint: merge levels, drop a margin, or use CalibrationWeighter with a ridge."
            )
        self.factors_ = {
            cells.columns if len(cells.columns) > 1 else cells.columns[0]: dict(
                zip(cells.labels, factor.tolist(), strict=True)
            )
            for (cells, _), factor in zip(margins, found.factors, strict=True)
        }
        # The last entry is found by the code -1 of an unknown level.
        tables = tuple(
            np.append(factor, np.bincount(code, design, minlength=len(factor)) @ factor)
            for factor, code in zip(found.factors, codes, strict=True)
        )
        rows = RakedRows(task.covariates, tuple(cells for cells, _ in margins), tables)
        return Solution(rows, rows.of_codes(codes, task.weights))

    def _margins(self, task: Task) -> list[tuple[Cells, Array]]:
        if task.margins is None:
            wanted = self.columns
            if wanted is None:
                wanted = [covariate.name for covariate in task.covariates.columns]
            return [cells_of_rows(task, _tuple(margin)) for margin in wanted]
        found = []
        for column, total in task.margins.totals(1.0).items():
            if not isinstance(total, dict):
                raise ValueError(
                    f"RakingWeighter meets totals of levels, and the margin of {column!r} is a "
                    "number. Hint: CalibrationWeighter(distance='raking') takes both."
                )
            found.append(cells_of_margin(task, column, total))
        return found


@dataclass(frozen=True)
class RakedRows:
    """Weights of any rows by the factors found.

    Invariant: fixed at fit; the last entry of each factor is that of a level that was not there.
    """

    covariates: Covariates
    margins: tuple[Cells, ...]
    factors: tuple[Array, ...]

    def __call__(self, X: Any, design_weights: Array) -> Array:
        """Return weights of rows."""
        codes = [cells.codes(self.covariates, X) for cells in self.margins]
        return self.of_codes(codes, design_weights)

    def of_codes(self, codes: Sequence[NDArray[np.intp]], design_weights: Array) -> Array:
        """Return weights of rows whose levels are known."""
        weights = np.array(design_weights)
        for code, factor in zip(codes, self.factors, strict=True):
            weights *= factor[code]
        return weights


def _check_coverage(cells: Cells, shares: Array, codes: NDArray[np.intp], task: Task) -> None:
    """Raise where only the population has a cell; warn where only the sample has."""
    found = np.bincount(codes[codes >= 0], task.weights[codes >= 0], minlength=len(shares))
    absent = np.flatnonzero((found == 0) & (shares > 0))
    if len(absent):
        raise ValueError(absent_message(cells.show(absent)) + hint_at_numbers(task, cells))
    warn_of_zeros(cells, np.flatnonzero((found > 0) & (shares == 0)), task)


def _tuple(margin: str | tuple[str, ...]) -> tuple[str, ...]:
    return margin if isinstance(margin, tuple) else (margin,)
