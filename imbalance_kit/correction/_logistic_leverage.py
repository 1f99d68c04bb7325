"""How far a row pulls a logistic fit to itself, and its residual were it not part of the fit.

Row i adds ``(I ⊗ x_i) C_i (I ⊗ x_i)'`` to the Hessian H, C_i being the weighted curvature of its
log loss in the predictors, and ``(I ⊗ x_i) r_i`` to the gradient, which is zero. One Newton step on
the other rows therefore moves the coefficients by

    (H - (I ⊗ x_i) C_i (I ⊗ x_i)')⁻¹ (I ⊗ x_i) r_i  =  H⁻¹ (I ⊗ x_i) (I - C_i M_i)⁻¹ r_i

with ``M_i = (I ⊗ x_i)' H⁻¹ (I ⊗ x_i)`` (Woodbury). ``C_i M_i`` is the leverage of the row; for one
predictor it is a number, in [0, 1), and the residual is divided by one minus it.
"""

import numpy as np

from imbalance_kit.correction._logistic_design import Array

_LEAST = 1e-9  # of a residual's direction: what a row that decides a coefficient alone leaves free


def root_of(inverse: Array, n_outputs: int) -> Array:
    """Return F with ``F F'`` the covariance given, as (n_outputs, n_parameters, n_columns).

    Taken on a unit diagonal, so that the scale of the columns does not matter.
    """
    scale = np.sqrt(np.diag(inverse))
    scale[scale == 0] = 1.0
    values, vectors = np.linalg.eigh(inverse / (scale[:, None] * scale))
    root = scale[:, None] * vectors * np.sqrt(np.maximum(values, 0.0))
    blocks = root.reshape(n_outputs, -1, len(inverse))
    return np.ascontiguousarray(blocks.transpose(0, 2, 1))


def without_own_pull(residuals: Array, curvature: Array, spread: Array) -> Array:
    """Return ``(I - C_i M_i)⁻¹ r_i`` of each row.

    Parameters
    ----------
    residuals : ndarray of shape (n_outputs, n_rows)
        r: weighted derivatives of the log loss in the predictors.
    curvature : ndarray of shape (n_outputs, n_outputs, n_rows)
        C: weighted second derivatives.
    spread : ndarray of shape (n_outputs, n_outputs, n_rows)
        M: covariance of the predictors of a row under ``H⁻¹``.
    """
    if len(residuals) == 1:
        return np.asarray(residuals / np.maximum(1 - curvature[0] * spread[0], _LEAST))
    leverage = np.einsum("abi,bci->iac", curvature, spread)
    left = (1 + _LEAST) * np.eye(len(residuals)) - leverage
    return np.linalg.solve(left, residuals.T[:, :, None])[:, :, 0].T
