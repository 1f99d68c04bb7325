"""The moment conditions of the covariate balancing propensity score, and their derivatives."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from imbalance_kit.weighting._basis_rows import BasisRows, weighted_gram

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Evaluation:
    """``g' W g`` at β with its gradient."""

    value: float
    gradient: Array


@dataclass(frozen=True)
class Curvature:
    """Second derivatives of ``g' W g`` at β.

    `gauss_newton` is the Hessian without the second derivatives of g, `jacobian` the derivative of
    g.
    """

    hessian: Array
    gauss_newton: Array
    jacobian: Array


def moments(rows: BasisRows, beta: Array, weight: Array) -> Evaluation:
    """Return ``g' W g`` and its gradient: a few passes over the rows, no product of columns."""
    with np.errstate(over="ignore"):
        odds = np.exp(rows.sample @ beta)
    if not np.isfinite(odds).all():
        return Evaluation(np.inf, np.full(len(beta), np.nan))
    terms = _terms(rows, beta, odds)
    tilted = weight @ terms.g
    a, b = tilted[: len(beta)] / rows.total, tilted[len(beta) :] / rows.target_total
    of_sample = terms.variance[0] * (rows.sample @ a) + terms.own * (rows.sample @ b)
    of_target = terms.variance[1] * (rows.target @ a)
    gradient = -2 * (of_sample @ rows.sample + of_target @ rows.target)
    return Evaluation(float(terms.g @ tilted), gradient)


def curvature(rows: BasisRows, beta: Array, weight: Array) -> Curvature:
    """Return the second derivatives of ``g' W g``."""
    odds = np.exp(rows.sample @ beta)
    terms, n, n_target = _terms(rows, beta, odds), rows.total, rows.target_total
    score = weighted_gram(rows.sample, terms.variance[0])
    score += weighted_gram(rows.target, terms.variance[1])
    balance = weighted_gram(rows.sample, terms.own)
    jacobian = -np.concatenate([score / n, balance / n_target])
    gauss_newton = 2 * jacobian.T @ weight @ jacobian
    tilted = weight @ terms.g
    a, b = tilted[: len(beta)] / n, tilted[len(beta) :] / n_target
    of_sample = terms.variance[0] * (1 - 2 * terms.share[0]) * (rows.sample @ a)
    of_sample += terms.own * (rows.sample @ b)
    of_target = terms.variance[1] * (1 - 2 * terms.share[1]) * (rows.target @ a)
    bend = weighted_gram(rows.sample, of_sample) + weighted_gram(rows.target, of_target)
    return Curvature(gauss_newton - 2 * bend, gauss_newton, jacobian)


@dataclass(frozen=True)
class _Terms:
    """π and its weighted variance on both sides, ``d r``, and the conditions g."""

    share: tuple[Array, Array]
    variance: tuple[Array, Array]
    own: Array
    g: Array


def _terms(rows: BasisRows, beta: Array, odds: Array) -> _Terms:
    d, t = rows.sample_weight, rows.target_weight
    of_sample, own = odds / (1 + odds), d * odds
    of_target = expit(rows.target @ beta)
    score = (t * (1 - of_target)) @ rows.target - (d * of_sample) @ rows.sample
    balance = rows.target_mean * rows.target_total - own @ rows.sample
    return _Terms(
        (of_sample, of_target),
        (d * of_sample * (1 - of_sample), t * of_target * (1 - of_target)),
        own,
        np.concatenate([score / rows.total, balance / rows.target_total]),
    )


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

    shares = [expit(s) for s in scores]
    first = mean(*(share * expit(-s) for share, s in zip(shares, scores, strict=True)))
    cross = ratio * mean(*shares)
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
    return sandwich(bread, half.T @ meat @ half)


def sandwich(bread: NDArray[np.floating[Any]], meat: Array) -> Array:
    """Return ``bread @ meat @ bread`` for a covariance `meat`: as a square, no variance below 0."""
    values, vectors = np.linalg.eigh(meat)
    root: Array = bread @ (vectors * np.sqrt(np.maximum(values, 0)))
    return root @ root.T
