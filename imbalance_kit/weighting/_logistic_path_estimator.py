"""The default of the propensity weighter: a penalised logistic path, and its choice of penalty."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._moments import means_and_spreads
from imbalance_kit.weighting._logistic_path import Path, logistic_path, polish
from imbalance_kit.weighting._membership_rows import MembershipRows, stack_membership
from imbalance_kit.weighting._path_selection import SELECTIONS, Selection, choose, weights_along
from imbalance_kit.weighting._ratio import RatioTask

Array = NDArray[np.float64]


@dataclass(frozen=True)
class LogisticPath:
    """Penalised logistic regression of target against sample, for `PropensityWeighter`.

    The whole path of penalties is fitted once, for all rows and without each fold, and the penalty
    chosen afterwards. Use it unless the two sides differ in ways that no sum of columns can say;
    then give interactions as columns, or a classifier. Where the means of known columns must agree
    exactly, use :class:`CalibrationWeighter` or :class:`CBPSWeighter`.

    Parameters
    ----------
    l1_ratio : float, default=1.0
        Share of the penalty that is L1, in [0, 1]: 1 is the lasso, 0 ridge, between them the
        elastic net.
    selection : {"deviance", "one_se", "balance"}, default="deviance"
        How the penalty is chosen:

        - "deviance": the smallest held-out deviance;
        - "one_se": the largest penalty within one standard error of it, for more equal weights;
        - "balance": the smallest mean standardised difference of the weighted sample from the
          target. Give a `max_design_effect` with it.
    max_design_effect : float, default=None
        Kish design effect that the weights must not exceed, at least 1; before trimming.
    n_lambdas : int, default=50
        Length of the path, at least 2.

    See Also
    --------
    PropensityWeighter : Where it is used.

    Notes
    -----
    Each side has half of the weight, so that the scale of weights does not matter. With the side
    ``z = ±1`` and standardised columns x it minimises ``Σ w log(1 + exp(-z (b + x'θ))) / Σ w + λ [α
    |θ|₁ + (1 - α)/2 |θ|²]``. Categories enter with all their levels: the fit does not depend on
    their names or order. The path goes from the smallest λ at which θ is zero down to 1e-4 of it
    (1e-2 with more columns than rows), or to where the deviance no longer moves.

    References
    ----------
    Friedman, Hastie and Tibshirani (2010), doi:10.18637/jss.v033.i01.

    Examples
    --------
    >>> import numpy as np
    >>> from imbalance_kit import LogisticPath, PropensityWeighter
    >>> rng = np.random.default_rng(0)
    >>> sample, population = rng.normal(size=(500, 3)), rng.normal(.3, 1, size=(900, 3))
    >>> path = LogisticPath(selection="balance", max_design_effect=1.3)
    >>> w = PropensityWeighter(path).fit_weights(sample, target=population)
    >>> bool(len(w) * (w @ w) / w.sum() ** 2 <= 1.3)
    True
    """

    l1_ratio: float = 1.0
    selection: Selection = "deviance"
    max_design_effect: float | None = None
    n_lambdas: int = 50

    def __post_init__(self) -> None:
        if not 0 <= self.l1_ratio <= 1:
            raise ValueError(f"`l1_ratio` must be in [0, 1], got {self.l1_ratio!r}.")
        if self.selection not in SELECTIONS:
            raise ValueError(f"`selection` must be one of {SELECTIONS}, got {self.selection!r}.")
        if self.max_design_effect is not None and not self.max_design_effect >= 1:
            raise ValueError(
                f"`max_design_effect` must be at least 1 or None, got {self.max_design_effect!r}."
            )
        if self.n_lambdas < 2:
            raise ValueError(f"`n_lambdas` must be at least 2, got {self.n_lambdas!r}.")

    def fit_ratio(self, task: RatioTask) -> "LinearLogRatio":
        """Fit the path and choose the penalty.

        Parameters
        ----------
        task : RatioTask
            Sample and target as numbers.

        Returns
        -------
        ratio : callable
            Takes rows as numbers, gives the log of the ratio; has `coef`, `intercept`, `lambda_`
            and `path`.
        """
        rows = stack_membership(task)
        path = logistic_path(rows, l1_ratio=self.l1_ratio, n_lambdas=self.n_lambdas)
        chosen = self._choose(task, rows, path)
        lam = float(path.lambdas[chosen])
        theta = polish(rows, path.theta[chosen], lam, l1_ratio=self.l1_ratio)
        coef = rows.original(theta)
        return LinearLogRatio(coef[:-1], float(coef[-1]), lam, path)

    def _choose(self, task: RatioTask, rows: MembershipRows, path: Path) -> int:
        imbalance = effect = None
        if self.selection == "balance" or self.max_design_effect is not None:
            share = task.target_weight / task.target_weight.sum()
            mean, scale = means_and_spreads(task.target, share)
            coef = rows.original(path.theta.T)
            imbalance, effect = weights_along(task.sample, task.sample_weight, mean, scale, coef)
        return choose(
            self.selection,
            path,
            rows.fold_weights,
            imbalance=imbalance,
            design_effect=effect,
            cap=self.max_design_effect,
        )


@dataclass(frozen=True)
class LinearLogRatio:
    """``log r(x) = intercept + x'coef``, and the path it was chosen from."""

    coef: Array
    intercept: float
    lambda_: float
    path: Path

    def __call__(self, rows: Array) -> Array:
        """Return log r."""
        return rows @ self.coef + self.intercept
