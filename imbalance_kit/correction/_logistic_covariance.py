"""Covariance of logistic regression coefficients: from the curvature, or robust to weights."""

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import LinAlgError, cho_factor, cho_solve, eigh

from imbalance_kit.correction._logistic_design import Array
from imbalance_kit.correction._logistic_objective import Objective

_DEPENDENT = 1e-12  # eigenvalue, relative to the largest, of a combination of columns that is zero
_PART = 1e-6  # part of a coefficient in such a combination that counts


def covariance(objective: Objective, theta: Array, kind: str) -> Array:
    """Return the covariance of the coefficients of the raw columns.

    "model" is ``H⁻¹``, H being the Hessian of the objective at `theta`, penalty included;
    "sandwich" is ``H⁻¹ (Σ_i s_i s_i') H⁻¹``, s_i being what row i adds to the gradient, divided,
    with one predictor, by one minus its leverage ``h_i = c_i x_i' H⁻¹ x_i``. So it is the sum of
    the squared moves of the coefficients as each row in turn is left out, by one Newton step: the
    jackknife in the form that MacKinnon and White call HC3 for least squares. Without the division
    (Huber and White's form) a row of great weight, to which the fit bends, hides its own error.

    Parameters
    ----------
    objective : Objective
        What was minimised.
    theta : ndarray of shape (n_outputs, n_columns)
        Where, for centred columns.
    kind : {"model", "sandwich"}
        Which covariance.

    Returns
    -------
    covariance : ndarray of shape (n_parameters, n_parameters)
        Per class (one for two classes), coefficients in the order of the columns, then the
        intercept. Where the data do not determine a coefficient its variance is inf and its
        covariances are NaN.

    References
    ----------
    J. G. MacKinnon and H. White, "Some heteroskedasticity-consistent covariance matrix estimators
    with improved finite sample properties", Journal of Econometrics 29, 1985, 305-325,
    https://doi.org/10.1016/0304-4076(85)90158-7. The Newton step: D. Pregibon, "Logistic regression
    diagnostics", Annals of Statistics 9, 1981, 705-724, https://doi.org/10.1214/aos/1176345513.
    """
    hessian = objective.evaluate(theta, hessian=True).hessian
    assert hessian is not None
    inverse, undetermined = _inverse(hessian)
    if kind == "sandwich":
        inverse = inverse @ objective.score_products(theta, inverse) @ inverse
    lost = np.any(undetermined.reshape(theta.shape), axis=0, keepdims=True)[0]
    if objective.design.intercept:
        # The intercept of the raw columns has a part of every column whose mean is not zero.
        diagonal = np.diag(hessian)[: theta.shape[1]]
        spread = np.sqrt(diagonal[:-1] / diagonal[-1])
        lost[-1] |= bool(np.any(lost[:-1] & (np.abs(objective.design.center) > _PART * spread)))
    return _of_raw_columns(objective, inverse, lost)


def _inverse(hessian: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Return the inverse, or the pseudo-inverse and which parameters have a part in its null space.

    Computed on a unit diagonal, so that the scale of the columns does not matter.
    """
    size = len(hessian)
    diagonal = np.diag(hessian)
    scale = np.sqrt(np.where(diagonal > 0, diagonal, 1.0))
    scaled = hessian / (scale[:, None] * scale)
    try:
        factor = cho_factor(scaled, lower=True, check_finite=False)
    except LinAlgError:
        factor = None
    if factor is not None and np.diag(factor[0]).min() ** 2 > _DEPENDENT:
        inverse = cho_solve(factor, np.eye(size))
        undetermined = np.zeros(size, dtype=bool)
    else:
        values, vectors = eigh(scaled)
        kept = values > _DEPENDENT * values[-1]
        basis = vectors[:, kept]
        inverse = (basis / values[kept]) @ basis.T
        undetermined = (np.abs(vectors[:, ~kept]) > _PART).any(axis=1)
    inverse = inverse / (scale[:, None] * scale)
    return (inverse + inverse.T) / 2, undetermined


def _of_raw_columns(objective: Objective, free: Array, undetermined: NDArray[np.bool_]) -> Array:
    """Return a covariance of ``theta`` as that of the coefficients of each class."""
    design, n_columns = objective.design, objective.design.n_columns
    move = np.eye(n_columns)
    if design.intercept:
        move[-1, :-1] = -design.center
    contrasts = np.ones((1, 1)) if objective.contrasts is None else objective.contrasts
    n_outputs = contrasts.shape[1]
    blocks = free.reshape(n_outputs, n_columns, n_outputs, n_columns)
    raw = np.einsum("ji,aibk,lk->ajbl", move, blocks, move, optimize=True)
    found = np.einsum("ca,ajbl,db->cjdl", contrasts, raw, contrasts, optimize=True)
    size = len(contrasts) * n_columns
    found = found.reshape(size, size)
    lost = np.flatnonzero(np.tile(undetermined, len(contrasts)))
    found[lost], found[:, lost] = np.nan, np.nan
    found[lost, lost] = np.inf
    return np.asarray(found)
