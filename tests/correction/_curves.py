"""Calibration curves written down once more, from their definitions."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit


def platt(
    scores: NDArray[np.float64],
    codes: NDArray[np.intp],
    weights: NDArray[np.float64] | None = None,
) -> tuple[float, float]:
    """Return slope and intercept: the likelihood of Platt's smoothed labels, by Newton's method."""
    given = np.ones(len(scores)) if weights is None else weights
    n0, n1 = given[codes == 0].sum(), given[codes == 1].sum()
    labels = np.where(codes == 1, (n1 + 1) / (n1 + 2), 1 / (n0 + 2))
    centre = np.average(scores, weights=given)
    design = np.column_stack([np.ones(len(scores)), scores - centre])
    beta = np.array([np.log((n1 + 1) / (n0 + 1)), 0.0])

    def loss(b: NDArray[np.float64]) -> float:
        eta = design @ b
        return float(given @ (np.logaddexp(0, eta) - labels * eta))

    for _ in range(100):
        p = expit(design @ beta)
        gradient = design.T @ (given * (p - labels))
        hessian = (design * (given * p * (1 - p))[:, None]).T @ design
        step = np.linalg.solve(hessian, gradient)
        while loss(beta - step) > loss(beta) * (1 + 1e-14):
            step /= 2
        beta = beta - step
        if np.abs(step).max() < 1e-12:
            break
    return float(beta[1]), float(beta[0] - beta[1] * centre)
