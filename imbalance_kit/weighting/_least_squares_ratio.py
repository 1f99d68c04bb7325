"""Density ratios by least squares in a kernel basis: uLSIF and RuLSIF."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imbalance_kit.weighting._kernel import GaussianKernel, centres_of, median_distance, standardise
from imbalance_kit.weighting._ratio import RatioTask

Array = NDArray[np.float64]

_WIDTHS = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)  # in median distances
_RIDGES = (1e-4, 1e-3, 1e-2, 1e-1, 1.0)
_BLOCK = 8192


@dataclass(frozen=True)
class LeastSquaresRatio:
    """Density ratio of target over sample in closed form, for `PropensityWeighter`.

    Fits the ratio itself by least squares instead of a classifier's odds: quick, smooth, with few
    knobs, for some thousands of rows and up to about twenty columns. Not for many columns or many
    categories, where kernels see every row as far from every other: there the logistic path is
    better. With `alpha` above 0 it is the relative ratio ``p_T / (α p_T + (1 - α) p_S)``, at most
    1/α, whose weights move the sample only part of the way to the target.

    Parameters
    ----------
    alpha : float, default=0.0
        In [0, 1): 0 is uLSIF, above it RuLSIF.
    n_centers : int, default=100
        Kernel centres, rows of the target, at least 1.
    width : float, default=None
        Width of the Gaussian kernels in standard deviations of the target; None chooses width and
        ridge by cross-validation.
    ridge : float, default=None
        Penalty on the coefficients; None chooses it by cross-validation.

    See Also
    --------
    KernelMeanMatching : Matches means of the kernel features.
    LogisticPath : The default of `PropensityWeighter`.

    Notes
    -----
    ``r(x) = max(0, φ(x)'θ)`` with ``φ_l(x) = exp(-|x - c_l|² / 2σ²)``, ``θ = (H + λ I)⁻¹ h``, ``h =
    E_T φ``, ``H = α E_T φφ' + (1 - α) E_S φφ'``; σ and λ minimise the held-out ``½ θ'Hθ - h'θ``.
    Negative θ stay: cut off one by one, as in the first paper, they spoil the fit. Columns are
    scaled by their standard deviation in the target; the centres are chosen by a hash of the rows.

    References
    ----------
    Kanamori, Hido and Sugiyama (2009), Journal of Machine Learning Research 10, 1391-1445.
    Yamada, Suzuki, Kanamori, Hachiya and Sugiyama (2013), doi:10.1162/NECO_a_00442.

    Examples
    --------
    >>> import numpy as np
    >>> from imbalance_kit import LeastSquaresRatio, PropensityWeighter
    >>> rng = np.random.default_rng(0)
    >>> sample, population = rng.normal(size=(500, 1)), rng.normal(.5, 1, size=(500, 1))
    >>> w = PropensityWeighter(LeastSquaresRatio()).fit_weights(sample, target=population)
    >>> bool(abs(np.average(sample[:, 0], weights=w) - population.mean()) < .1)
    True
    """

    alpha: float = 0.0
    n_centers: int = 100
    width: float | None = None
    ridge: float | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.alpha < 1:
            raise ValueError(f"`alpha` must be in [0, 1), got {self.alpha!r}.")
        if self.n_centers < 1:
            raise ValueError(f"`n_centers` must be at least 1, got {self.n_centers!r}.")
        for name in ("width", "ridge"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise ValueError(f"`{name}` must be above 0 or None, got {value!r}.")

    def fit_ratio(self, task: RatioTask) -> "KernelRatio":
        """Fit the ratio.

        Parameters
        ----------
        task : RatioTask
            Sample and target as numbers.

        Returns
        -------
        ratio : callable
            Takes rows as numbers, gives the log of the ratio.
        """
        scaling = standardise(task.target, task.target_weight)
        centres = scaling(centres_of(task.target, self.n_centers))
        spread = median_distance(centres)
        widths = [w * spread for w in _WIDTHS] if self.width is None else [self.width]
        ridges = _RIDGES if self.ridge is None else (self.ridge,)
        best: tuple[float, float, Array] | None = None
        for width in widths:
            kernel = GaussianKernel(scaling, centres, width)
            H, h = _fold_moments(kernel, task, self.alpha)
            for ridge in ridges:
                alone = len(widths) == len(ridges) == 1
                score = 0.0 if alone else _held_out_score(H, h, ridge)
                if best is None or score < best[0]:
                    best = (score, width, _coefficients(H.mean(axis=0), h.mean(axis=0), ridge))
        assert best is not None
        return KernelRatio(GaussianKernel(scaling, centres, best[1]), best[2])


@dataclass(frozen=True)
class KernelRatio:
    """A fitted ratio: a sum of kernels, 0 where that is negative."""

    kernel: GaussianKernel
    coef: Array

    def __call__(self, rows: Array) -> Array:
        """Return log r."""
        out = np.empty(len(rows))
        for start in range(0, len(rows), _BLOCK):
            out[start : start + _BLOCK] = self.kernel(rows[start : start + _BLOCK]) @ self.coef
        with np.errstate(divide="ignore"):
            return np.log(np.maximum(out, 0.0))


def _fold_moments(kernel: GaussianKernel, task: RatioTask, alpha: float) -> tuple[Array, Array]:
    """Return H and h of each fold's rows: (n_folds, c, c) and (n_folds, c)."""
    c = len(kernel.centres)
    squares = np.zeros((2, task.n_folds, c, c))
    means = np.zeros((task.n_folds, c))
    sides = ((task.sample, task.sample_weight), (task.target, task.target_weight))
    for side, (rows, weights) in enumerate(sides):
        for fold in range(task.n_folds):
            members = np.flatnonzero(task.folds[side] == fold)
            total = weights[members].sum()
            for start in range(0, len(members), _BLOCK):
                block = members[start : start + _BLOCK]
                features, share = kernel(rows[block]), weights[block] / total
                if side == 0 or alpha > 0:
                    squares[side, fold] += features.T @ (features * share[:, None])
                if side == 1:
                    means[fold] += share @ features
    return alpha * squares[1] + (1 - alpha) * squares[0], means


def _held_out_score(H: Array, h: Array, ridge: float) -> float:
    """Return the mean of ``½ θ'Hθ - h'θ`` over folds, θ from the others."""
    n = len(H)
    score = 0.0
    for fold in range(n):
        others = np.arange(n) != fold
        theta = _coefficients(H[others].mean(axis=0), h[others].mean(axis=0), ridge)
        score += float(0.5 * theta @ H[fold] @ theta - h[fold] @ theta) / n
    return score


def _coefficients(H: Array, h: Array, ridge: float) -> Array:
    return np.asarray(np.linalg.solve(H + ridge * np.eye(len(h)), h))
