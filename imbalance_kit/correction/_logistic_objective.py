"""What a logistic regression with an offset minimises, with its derivatives.

The objective is the sum of the weighted log losses plus ``ridge / 2`` times the sum of the squared
coefficients, intercepts left out. Two classes have one linear predictor, the log odds of the second
class. K classes have K predictors that are determined up to a constant; they are written as
``contrasts @ theta`` with orthonormal contrasts that sum to zero. That leaves K - 1 rows of free
coefficients, takes nothing from the model, and keeps the penalty what it is: the sum of squares of
all K rows.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import helmert
from scipy.special import softmax

from imbalance_kit.correction._logistic_design import Array, Design
from imbalance_kit.correction._logistic_leverage import root_of, without_own_pull

_TINY = np.finfo(np.float64).tiny
_AT_ONCE = 16  # combinations of columns computed for a block, which may be all rows of a sparse X


@dataclass(frozen=True)
class BinaryTerms:
    """Two classes, a block of rows: summed loss, its derivative in the predictor, and curvature."""

    loss: float
    residuals: Array
    variances: Array

    def curvature(self, first: int, second: int) -> Array:
        """Return the second derivative in the one predictor."""
        return self.variances


@dataclass(frozen=True)
class SoftmaxTerms:
    """K classes, a block of rows: summed loss, its derivative in the K scores, and curvature.

    The curvature is that in the K - 1 free predictors.
    """

    loss: float
    residuals: Array
    proba: Array
    weights: Array | None
    contrasts: Array

    @cached_property
    def _means(self) -> Array:
        return np.asarray(self.contrasts.T @ self.proba)

    def curvature(self, first: int, second: int) -> Array:
        """Return the second derivative in two of the predictors."""
        product: Array = (self.contrasts[:, first] * self.contrasts[:, second]) @ self.proba
        product -= self._means[first] * self._means[second]
        return product if self.weights is None else product * self.weights


def binary_terms(predictor: Array, sign: Array, weights: Array | None) -> BinaryTerms:
    """Return the terms of a block; `sign` is 1 for the second class and -1 for the first.

    Written for predictors of any size: nothing overflows, and small probabilities keep their
    digits.
    """
    margin = predictor * sign
    tail = np.exp(-np.abs(margin))
    larger = 1 + tail
    losses = np.log(larger)
    losses -= np.minimum(margin, 0)
    np.divide(1, larger, out=larger)  # the larger of the two probabilities
    tail *= larger  # the smaller one
    residuals = np.where(margin < 0, larger, tail)  # probability of the wrong class
    residuals *= -sign
    tail *= larger
    if weights is None:
        return BinaryTerms(float(losses.sum()), residuals[None], tail)
    residuals *= weights
    tail *= weights
    return BinaryTerms(float(losses @ weights), residuals[None], tail)


def softmax_terms(
    scores: Array, codes: NDArray[np.intp], weights: Array | None, contrasts: Array
) -> SoftmaxTerms:
    """Return the terms of a block from the scores of all classes, (K, rows), which are used up."""
    rows = np.arange(len(codes))
    scores -= scores.max(axis=0)
    own = scores[codes, rows]
    proba = np.exp(scores, out=scores)
    totals = proba.sum(axis=0)
    losses = np.log(totals) - own
    proba /= totals
    residuals = proba.copy()
    residuals[codes, rows] -= 1
    if weights is not None:
        residuals *= weights
        losses *= weights
    return SoftmaxTerms(float(losses.sum()), residuals, proba, weights, contrasts)


@dataclass(frozen=True)
class Evaluation:
    """The objective at a point: value, gradient (n_outputs, n_columns) and, if asked for, Hessian.

    The Hessian has the shape (n_outputs · n_columns, n_outputs · n_columns).
    """

    loss: float
    gradient: Array
    hessian: Array | None = None


@dataclass(frozen=True)
class Objective:
    """The penalised negative log-likelihood of rows with offsets, as a function of ``theta``.

    Invariant: `theta` has shape (n_outputs, n_columns) and speaks of the centred columns of
    `design`; `sign` (two classes) or `contrasts` (more) is set, never both; `offset` has one row
    per predictor, 1 or K.
    """

    design: Design
    codes: NDArray[np.intp]
    weights: Array | None
    offset: Array | None
    ridge: float
    sign: Array | None = None
    contrasts: Array | None = None

    @property
    def n_outputs(self) -> int:
        """Number of free linear predictors."""
        return 1 if self.contrasts is None else self.contrasts.shape[1]

    @property
    def n_classes(self) -> int:
        """Number of classes."""
        return 2 if self.contrasts is None else len(self.contrasts)

    @property
    def unit(self) -> float:
        """Mean weight of the rows, on which the size of the objective depends."""
        return 1.0 if self.weights is None else float(self.weights.mean())

    def every(self, step: int) -> "Objective":
        """Return the objective of every `step`-th row, with that part of the penalty."""
        return replace(
            self,
            design=replace(self.design, X=self.design.X[::step]),
            codes=self.codes[::step],
            weights=None if self.weights is None else self.weights[::step],
            offset=None if self.offset is None else self.offset[:, ::step],
            ridge=self.ridge / step,
            sign=None if self.sign is None else self.sign[::step],
        )

    def evaluate(self, theta: Array, *, hessian: bool = False) -> Evaluation:
        """Return value and gradient, and the Hessian where asked for."""
        loss = 0.0
        pulled = np.zeros((1 if self.contrasts is None else self.n_classes, theta.shape[1]))
        gram = np.zeros((*theta.shape, *theta.shape)) if hessian else None
        for rows, block in self.design.blocks(self.n_outputs):
            terms = self._terms(theta, rows, block)
            loss += terms.loss
            self.design.add_pull_back(block, terms.residuals, pulled)
            if gram is not None:
                self._add_pairs(block, terms.curvature, gram)
        gradient = self._free(self.design.centre_rows(pulled))
        slopes = self._slopes(theta)
        loss += 0.5 * self.ridge * float(np.vdot(slopes, slopes))
        self._slopes(gradient)[:] += self.ridge * slopes
        if gram is None:
            return Evaluation(loss, gradient)
        square = self._finish_pairs(gram)
        square[np.diag_indices_from(square)] += self._ridge_diagonal(theta).ravel()
        return Evaluation(loss, gradient, square)

    def score_products(self, theta: Array, inverse: Array) -> Array:
        """Return ``Σ_i s_i s_i'``: what row i adds to the gradient, but for its own pull.

        Parameters
        ----------
        theta : ndarray of shape (n_outputs, n_columns)
            Where the gradient is zero.
        inverse : ndarray of shape (n_parameters, n_parameters)
            The inverse Hessian there.
        """
        root = root_of(inverse, self.n_outputs)
        outputs = range(self.n_outputs)
        gram = np.zeros((*theta.shape, *theta.shape))
        for rows, block in self.design.blocks(max(self.n_outputs, _AT_ONCE)):
            terms = self._terms(theta, rows, block)
            spread = self._spread(block, root)
            curvature = np.array([[terms.curvature(a, b) for b in outputs] for a in outputs])
            residuals = without_own_pull(self._free(terms.residuals), curvature, spread)
            self._add_pairs(block, lambda a, b, r=residuals: r[a] * r[b], gram)
        return self._finish_pairs(gram)

    def curvatures(self, theta: Array) -> Array:
        """Return the second derivative of the log losses in each predictor, (n_outputs, n_rows)."""
        found = np.empty((self.n_outputs, self.design.n_rows))
        for rows, block in self.design.blocks(self.n_outputs):
            terms = self._terms(theta, rows, block)
            for output in range(self.n_outputs):
                found[output, rows] = terms.curvature(output, output)
        return np.maximum(found, 0, out=found)

    def hessian_diagonal(self, theta: Array) -> Array:
        """Return the diagonal of the Hessian in the shape of `theta`."""
        return self.design.square_sums(self.curvatures(theta)) + self._ridge_diagonal(theta)

    def mean_hessian(self, theta: Array) -> Array:
        """Return the Hessian of one predictor, averaged over the predictors."""
        curvature = self.curvatures(theta).mean(axis=0)
        gram = np.zeros((self.design.n_columns, self.design.n_columns))
        for rows, block in self.design.blocks(self.n_outputs):
            self.design.add_gram(block, curvature[rows], gram)
        self.design.centre_gram(gram)
        gram[np.diag_indices_from(gram)] += self._ridge_diagonal(theta)[0]
        return gram

    def score_changes(self, direction: Array) -> Array:
        """Return how the class scores move along a direction: (1, n) log odds, or (K, n)."""
        if self.contrasts is not None:
            direction = self.contrasts @ direction
        return self.design.predict(direction)

    def _terms(self, theta: Array, rows: slice, block: Any) -> BinaryTerms | SoftmaxTerms:
        weights = None if self.weights is None else self.weights[rows]
        if self.contrasts is not None:
            theta = self.contrasts @ theta
        scores = self.design.predict_block(block, theta)
        if self.offset is not None:
            scores += self.offset[:, rows]
        if self.sign is not None:
            return binary_terms(scores[0], self.sign[rows], weights)
        assert self.contrasts is not None
        return softmax_terms(scores, self.codes[rows], weights, self.contrasts)

    def _spread(self, block: Any, root: Array) -> Array:
        """Return the covariance of a block's predictors under ``root root'``, (q, q, rows)."""
        spread = np.zeros((len(root), len(root), block.shape[0]))
        for start in range(0, root.shape[1], _AT_ONCE):
            few = root[:, start : start + _AT_ONCE]
            parts = np.array([self.design.predict_block(block, one) for one in few])
            spread += np.einsum("aki,bki->abi", parts, parts)
        return spread

    def _add_pairs(self, block: Any, weights_of: Any, gram: Array) -> None:
        for first in range(self.n_outputs):
            for second in range(first, self.n_outputs):
                self.design.add_gram(block, weights_of(first, second), gram[first, :, second])

    def _finish_pairs(self, gram: Array) -> Array:
        for first in range(self.n_outputs):
            for second in range(first, self.n_outputs):
                self.design.centre_gram(gram[first, :, second])
                gram[second, :, first] = gram[first, :, second]
        size = gram.shape[0] * gram.shape[1]
        return gram.reshape(size, size)

    def _free(self, derivative: Array) -> Array:
        """Return a derivative in the scores as that in the free predictors."""
        return derivative if self.contrasts is None else self.contrasts.T @ derivative

    def _slopes(self, theta: Array) -> Array:
        return theta[:, :-1] if self.design.intercept else theta

    def _ridge_diagonal(self, theta: Array) -> Array:
        diagonal = np.zeros_like(theta)
        self._slopes(diagonal)[:] = self.ridge
        return diagonal


def make_objective(
    design: Design,
    codes: NDArray[np.intp],
    n_classes: int,
    *,
    weights: Array | None,
    offset: Array | None,
    ridge: float,
) -> Objective:
    """Return the objective of labelled rows.

    Parameters
    ----------
    design : Design
        The rows.
    codes : ndarray of shape (n_samples,)
        Classes as 0, …, n_classes - 1.
    n_classes : int
        Number of classes, at least 2.
    weights : ndarray of shape (n_samples,) or None
        Weights, at least 0.
    offset : ndarray of shape (1, n_samples) or (n_classes, n_samples), or None
        Added to the log odds of class 1 where there are two classes, to the scores otherwise.
    ridge : float
        Strength of the penalty, ``1 / C``.
    """
    if n_classes == 2:
        sign = np.where(codes == 1, 1.0, -1.0)
        return Objective(design, codes, weights, offset, ridge, sign=sign)
    contrasts = np.ascontiguousarray(helmert(n_classes).T)
    return Objective(design, codes, weights, offset, ridge, contrasts=contrasts)


def intercept_start(objective: Objective, *, sweeps: int = 5) -> Array:
    """Return zero coefficients with intercepts that nearly match the class shares.

    Each sweep adds to the score of a class the log of its observed over its expected share; without
    an offset the first is exact.
    """
    theta = np.zeros((objective.n_outputs, objective.design.n_columns))
    if not objective.design.intercept:
        return theta
    codes, weights, offset = objective.codes, objective.weights, objective.offset
    n_classes = objective.n_classes
    shares = np.bincount(codes, weights, minlength=n_classes)
    shares = shares / shares.sum()
    levels = np.log(shares)
    if offset is not None:
        scores = np.concatenate([np.zeros_like(offset), offset]) if n_classes == 2 else offset
        levels = levels - np.average(scores, axis=1, weights=weights)
        for _ in range(sweeps):
            proba = softmax(scores + levels[:, None], axis=0)
            expected = np.average(proba, axis=1, weights=weights)
            levels += np.log(shares) - np.log(np.maximum(expected, _TINY))
    if objective.contrasts is None:
        theta[0, -1] = levels[1] - levels[0]
    else:
        theta[:, -1] = objective.contrasts.T @ levels
    return theta
