"""Estimate the class shares of a new population from unlabelled predictions."""

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbalance_kit.shift._bayes import check_proba
from imbalance_kit.shift._class_shift import ClassShift


def estimate_prior(
    proba: Any,
    source_prior: Mapping[Any, float],
    *,
    sample_weight: Any = None,
    tol: float = 1e-8,
    max_iter: int = 10_000,
) -> dict[Any, float]:
    """Estimate the class shares where the predictions were made, without labels.

    Use it when a calibrated model meets a population with another base rate, then move its
    predictions with ``ClassShift.from_priors(source_prior, estimate).apply``. It assumes that only
    the shares changed, not how the rows of a class look; a model that is not calibrated under
    `source_prior` biases the estimate, as does one that cannot tell the classes apart.

    Parameters
    ----------
    proba : array-like of shape (n_samples, n_classes), or (n_samples,) for two classes
        Predictions in [0, 1] on rows of the new population, columns in the order of
        `source_prior`'s labels (sorted); one dimension means the probability of the second class.
    source_prior : mapping of {label: float}
        Class shares under which the predictions are calibrated, in (0, 1), summing to 1.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the rows, at least 0.
    tol : float, default=1e-8
        Stop when no share changes by more than this in an iteration.
    max_iter : int, default=10_000
        Iterations at the most.

    Returns
    -------
    prior : dict of {label: float}
        Shares in [0, 1] that sum to 1: the maximum-likelihood estimate.

    Raises
    ------
    ValueError
        If the shares do not sum to 1, or the predictions do not fit them.

    Warns
    -----
    RuntimeWarning
        If the iteration did not converge.
    UserWarning
        If all predictions are exactly 0 or 1, as predicted labels are.

    Notes
    -----
    The expectation-maximisation algorithm of Saerens, Latinne and Decaestecker [1]_: with shares
    ``π``, ``w_ik ∝ proba_ik π_k / source_k`` and ``π_k = mean_i w_ik``, repeated.

    References
    ----------
    .. [1] M. Saerens, P. Latinne and C. Decaestecker, "Adjusting the outputs of a classifier to new
       a priori probabilities: a simple procedure", Neural Computation 14, 2002, 21-41.
       https://doi.org/10.1162/089976602753284446

    Examples
    --------
    >>> from imbalance_kit import estimate_prior
    >>> prior = estimate_prior([.9, .9, .9, .2], {0: .5, 1: .5})
    >>> round(prior[1], 3)
    0.969
    """
    labels = ClassShift.from_priors(source_prior, source_prior).classes
    plain = {getattr(k, "item", lambda k=k: k)(): v for k, v in source_prior.items()}
    source = np.array([plain[label] for label in labels], dtype=np.float64)
    q = check_proba(proba, n_classes=len(labels)).astype(np.float64)
    if q.ndim == 1:
        q = np.column_stack([1 - q, q])
    if len(q) == 0:
        raise ValueError("`proba` is empty: expected at least one prediction.")
    if ((q == 0) | (q == 1)).all():
        warnings.warn(
            f"All {len(q):,} rows of `proba` are exactly 0 or 1, as predicted labels are: the "
            "estimate is the share of each, whatever `source_prior` says. Hint: predict_proba "
            "instead of predict.",
            UserWarning,
            stacklevel=2,
        )
    weights = _weights(sample_weight, len(q))
    counted = weights > 0
    prior = _maximise(q[counted] / source, weights[counted], source, tol, max_iter)
    return dict(zip(labels, prior.tolist(), strict=True))


def _weights(sample_weight: Any, n: int) -> NDArray[np.float64]:
    if sample_weight is None:
        return np.ones(n)
    weights: NDArray[np.float64] = np.array(sample_weight, dtype=np.float64)
    if weights.shape != (n,) or not np.isfinite(weights).all() or (weights < 0).any():
        raise ValueError(
            f"`sample_weight` must hold {n} finite numbers of at least 0, got {sample_weight!r}."
        )
    if not weights.any():
        raise ValueError("`sample_weight` is zero for every row: at least one row must count.")
    return weights


def _maximise(
    ratio: NDArray[np.float64],
    weights: NDArray[np.float64],
    start: NDArray[np.float64],
    tol: float,
    max_iter: int,
) -> NDArray[np.float64]:
    """Maximise ``Σ_i w_i log Σ_k ratio_ik π_k`` over the simplex by EM."""
    prior = start
    for _ in range(max_iter):
        update = prior * (ratio.T @ (weights / (ratio @ prior)))
        update /= update.sum()
        if np.abs(update - prior).max() <= tol:
            return update
        prior = update
    warnings.warn(
        f"estimate_prior did not converge in {max_iter} iterations: the shares still change by "
        f"more than {tol!r}. Hint: raise `max_iter`; a flat likelihood means that the predictions "
        "hardly tell the classes apart.",
        RuntimeWarning,
        stacklevel=3,
    )
    return prior
