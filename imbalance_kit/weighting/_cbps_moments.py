"""The moment conditions of the covariate balancing propensity score, and their derivatives."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from imbalance_kit.weighting._basis_rows import BasisRows, weighted_gram

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Evaluation:
    """``g' W g`` at β with its derivatives.

    `gauss_newton` is the Hessian without the second derivatives of g, `jacobian` the derivative of
    g.
    """

    value: float
    gradient: Array
    hessian: Array
    gauss_newton: Array
    jacobian: Array


def moments(rows: BasisRows, beta: Array, weight: Array, *, bend: bool = True) -> Evaluation:
    """Return ``g' W g`` with its first two derivatives, without the bend of g where not asked."""
    p = len(beta)
    with np.errstate(over="ignore"):
        odds = np.exp(rows.sample @ beta)
    if not np.isfinite(odds).all():
        empty = np.empty((0, 0))
        return Evaluation(np.inf, empty, empty, empty, empty)
    of_sample, of_target = odds / (1 + odds), expit(rows.target @ beta)
    d, t = rows.sample_weight, rows.target_weight
    n, n_target = rows.total, rows.target_total
    g = np.concatenate(
        [
            ((t * (1 - of_target)) @ rows.target - (d * of_sample) @ rows.sample) / n,
            (t @ rows.target - (d * odds) @ rows.sample) / n_target,
        ]
    )
    tilted = weight @ g
    variance = d * of_sample * (1 - of_sample), t * of_target * (1 - of_target)
    jacobian = -np.concatenate(
        [
            (weighted_gram(rows.sample, variance[0]) + weighted_gram(rows.target, variance[1])) / n,
            weighted_gram(rows.sample, d * odds) / n_target,
        ]
    )
    gauss_newton = 2 * jacobian.T @ weight @ jacobian
    hessian = gauss_newton
    if bend:
        a, b = tilted[:p] / n, tilted[p:] / n_target
        of_sample = variance[0] * (1 - 2 * of_sample) * (rows.sample @ a)
        of_sample += d * odds * (rows.sample @ b)
        of_target = variance[1] * (1 - 2 * of_target) * (rows.target @ a)
        second = weighted_gram(rows.sample, of_sample) + weighted_gram(rows.target, of_target)
        hessian = gauss_newton - 2 * second
    return Evaluation(float(g @ tilted), 2 * jacobian.T @ tilted, hessian, gauss_newton, jacobian)


def moment_weight(rows: BasisRows, beta: Array) -> Array:
    """Return W: the inverse of the covariance of (s, b) where π is the probability of the target.

    Under the model a row with x is in the target with probability π, so that
    ``Var s = E π(1-π) x x'``, ``Cov(s, b) = (N/N_T) E π x x'``, ``Var b = (N/N_T)² E r x x'``, the
    expectations over all rows.
    """
    ratio = rows.total / rows.target_total
    scores = rows.sample @ beta, rows.target @ beta
    d, t, n = rows.sample_weight, rows.target_weight, rows.total

    def mean(of_sample: Array, of_target: Array) -> Array:
        total = weighted_gram(rows.sample, d * of_sample)
        return (total + weighted_gram(rows.target, t * of_target)) / n

    first = mean(*(expit(s) * expit(-s) for s in scores))
    cross = ratio * mean(*(expit(s) for s in scores))
    second = ratio**2 * mean(*(np.exp(s) for s in scores))
    return np.linalg.pinv(np.block([[first, cross], [cross, second]]), hermitian=True)


def gmm_covariance(rows: BasisRows, beta: Array, weight: Array, jacobian: Array) -> Array:
    """Sandwich of the generalised method of moments, rows drawn with their weights."""
    odds, of_target = np.exp(rows.sample @ beta), expit(rows.target @ beta)
    of_sample = odds / (1 + odds)
    n, n_target = rows.total, rows.target_total
    d, t = rows.sample_weight, rows.target_weight
    parts = (
        (rows.sample, -d * of_sample / n, -d * odds / n_target),
        (rows.target, t * (1 - of_target) / n, t / n_target),
    )
    p = len(beta)
    meat = np.zeros((2 * p, 2 * p))
    for x, s, b in parts:
        cross = weighted_gram(x, s * b)
        meat += np.block([[weighted_gram(x, s * s), cross], [cross, weighted_gram(x, b * b)]])
    half = weight @ jacobian
    bread = np.linalg.pinv(jacobian.T @ half, hermitian=True)
    found: Array = bread @ (half.T @ meat @ half) @ bread
    return found
