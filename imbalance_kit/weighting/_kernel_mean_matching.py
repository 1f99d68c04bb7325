"""Kernel mean matching: factors that give the sample's kernel features the target's means."""

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning

from imbalance_kit._utils._stacklevel import callers_stacklevel
from imbalance_kit.weighting._kernel import (
    GaussianKernel,
    centres_of,
    median_distance,
    standardise,
)
from imbalance_kit.weighting._ratio import RatioTask

Array = NDArray[np.float64]

_BLOCK = 8192
_MAX_ITER = 100
_TOLERANCE = 1e-10


@dataclass(frozen=True)
class KernelMeanMatching:
    """Match the means of kernel features of sample and target, for `PropensityWeighter`.

    Balances all smooth functions of the covariates a little rather than their means exactly, and
    bounds the weights. For up to some tens of thousands of rows and about twenty columns. Not where
    the means of known columns must agree: use :class:`CalibrationWeighter`.

    Parameters
    ----------
    width : float, default=None
        Width of the Gaussian kernel in standard deviations of the target; None takes the median
        distance between rows of the target.
    bound : float, default=1000.0
        Largest factor, above 1, the mean factor being 1.
    ridge : float, default=0.001
        Penalty on the variance of the factors, above 0; larger ones give more equal weights.
    n_centers : int, default=200
        Rows of sample and target that span the kernel's features, at least 1.

    See Also
    --------
    LeastSquaresRatio : Fits the ratio by least squares instead.

    Notes
    -----
    With features φ, design weights d of sum 1, and μ the mean of φ in the target, the factors r
    minimise ``½ |Σ d r φ - μ|² + ½ ridge Σ d (r - 1)²`` subject to ``0 <= r <= bound`` and
    ``Σ d r = 1``. The optimum is ``r(x) = clip(ν - φ(x)'u / ridge)`` with ``u = Σ d r φ - μ``,
    found by Newton's method in u and ν; it is a function of x, which new rows need. The ridge makes
    it unique. φ are the features of the kernel on `n_centers` rows (Nyström), all of them where
    there are no more.

    References
    ----------
    Huang, Smola, Gretton, Borgwardt and Schölkopf (2006), Correcting sample selection bias by
    unlabeled data, Advances in Neural Information Processing Systems 19.

    Examples
    --------
    >>> import numpy as np
    >>> from imbalance_kit import KernelMeanMatching, PropensityWeighter
    >>> rng = np.random.default_rng(0)
    >>> sample, population = rng.normal(size=(500, 1)), rng.normal(.5, 1, size=(500, 1))
    >>> w = PropensityWeighter(KernelMeanMatching()).fit_weights(sample, target=population)
    >>> bool(abs(np.average(sample[:, 0], weights=w) - population.mean()) < .1)
    True
    """

    width: float | None = None
    bound: float = 1000.0
    ridge: float = 0.001
    n_centers: int = 200

    def __post_init__(self) -> None:
        if self.width is not None and not self.width > 0:
            raise ValueError(f"`width` must be above 0 or None, got {self.width!r}.")
        if not self.bound > 1:
            raise ValueError(f"`bound` must be above 1, got {self.bound!r}.")
        if not self.ridge > 0:
            raise ValueError(f"`ridge` must be above 0, got {self.ridge!r}.")
        if self.n_centers < 1:
            raise ValueError(f"`n_centers` must be at least 1, got {self.n_centers!r}.")

    def fit_ratio(self, task: RatioTask) -> "MatchedFactors":
        """Fit the factors.

        Parameters
        ----------
        task : RatioTask
            Sample and target as numbers.

        Returns
        -------
        ratio : callable
            Takes rows as numbers, gives the log of the factor, -inf where it is zero.
        """
        scaling = standardise(task.target, task.target_weight)
        centres = scaling(centres_of(np.concatenate([task.target, task.sample]), self.n_centers))
        width = median_distance(centres) if self.width is None else self.width
        features = NystromFeatures.of(GaussianKernel(scaling, centres, width))
        mean = _mean(features, task.target, task.target_weight)
        phi = features(task.sample)
        d = task.sample_weight / task.sample_weight.sum()
        direction, level = _match(phi, d, mean, ridge=self.ridge, bound=self.bound)
        return MatchedFactors(features, direction, level, self.bound)


@dataclass(frozen=True)
class NystromFeatures:
    """Features whose inner products are the kernel, exactly so between the centres."""

    kernel: GaussianKernel
    root: Array

    @classmethod
    def of(cls, kernel: GaussianKernel) -> "NystromFeatures":
        """Learn the features from the kernel between its centres."""
        apart = ((kernel.centres[:, None] - kernel.centres) ** 2).sum(axis=2)
        gram = np.exp(apart / (-2 * kernel.width**2))
        values, vectors = np.linalg.eigh(gram)
        kept = values > 1e-10 * values[-1]
        return cls(kernel, vectors[:, kept] / np.sqrt(values[kept]))

    def __call__(self, rows: Array) -> Array:
        """Return the features, shape (n_rows, n_features)."""
        out = np.empty((len(rows), self.root.shape[1]))
        for start in range(0, len(rows), _BLOCK):
            out[start : start + _BLOCK] = self.kernel(rows[start : start + _BLOCK]) @ self.root
        return out


@dataclass(frozen=True)
class MatchedFactors:
    """``r(x) = clip(level - φ(x)'direction, 0, bound)``."""

    features: NystromFeatures
    direction: Array
    level: float
    bound: float

    def __call__(self, rows: Array) -> Array:
        """Return log r."""
        factors = np.clip(self.level - self.features(rows) @ self.direction, 0, self.bound)
        with np.errstate(divide="ignore"):
            return np.log(factors)


def _mean(features: NystromFeatures, rows: Array, weights: Array) -> Array:
    total = np.zeros(features.root.shape[1])
    for start in range(0, len(rows), _BLOCK):
        total += weights[start : start + _BLOCK] @ features(rows[start : start + _BLOCK])
    mean: Array = total / weights.sum()
    return mean


def _match(phi: Array, d: Array, mean: Array, *, ridge: float, bound: float) -> tuple[Array, float]:
    """Maximise the dual by Newton's method with a line search: concave, piecewise quadratic.

    In ``z = (u / ridge, -ν)`` the factors are ``clip(-(φ, 1)'z)``, and the dual to minimise is
    ``Σ d q(-(φ, 1)'z) + ½ ridge |u / ridge|² + μ'(u / ridge) - ν`` with q the antiderivative of the
    clip.
    """
    x = np.column_stack([phi, np.ones(len(phi))])
    wanted, penalty = np.append(mean, 1.0), np.append(np.full(len(mean), ridge), 0.0)
    z = np.zeros(len(wanted))
    z[-1] = -1.0

    def value(z: Array) -> float:
        s = -(x @ z)
        inside = np.clip(s, 0, bound)
        area = inside * s - 0.5 * inside * inside
        return float(d @ area + 0.5 * (penalty * z) @ z + wanted @ z)

    here = value(z)
    for _ in range(_MAX_ITER):
        s = -(x @ z)
        gradient = wanted + penalty * z - (d * np.clip(s, 0, bound)) @ x
        if np.abs(gradient).max() <= _TOLERANCE:
            break
        curvature = d * ((s > 0) & (s < bound))
        square = x.T @ (x * curvature[:, None]) + np.diag(penalty)
        square[np.diag_indices_from(square)] += 1e-12
        step = np.linalg.solve(square, gradient)
        size, slope = 1.0, float(step @ gradient)
        while size > 1e-8:
            there = value(z - size * step)
            if there <= here - 1e-4 * size * slope + 1e-15 * abs(here):
                break
            size /= 2
        z, here = z - size * step, there
    else:
        warnings.warn(
            f"Kernel mean matching did not converge in {_MAX_ITER} steps: the largest difference "
            f"of a feature's mean left over is {np.abs(gradient).max():.2g}. Hint: a larger "
            "`ridge` or `width`.",
            ConvergenceWarning,
            stacklevel=callers_stacklevel(),
        )
    return z[:-1], -float(z[-1])
