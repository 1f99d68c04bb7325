"""The population as rows, wrapped so that a cross-validation does not cut it."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, eq=False)
class Population:
    """Rows of the population that a sample is weighted to.

    Use it wherever `target` passes through scikit-learn (a grid search, a cross-validation, a
    pipeline): there a bare array or frame that happens to have as many rows as the sample would be
    split along with it. Handed straight to a weighter, the bare rows do as well. Where only totals
    are known use :class:`Margins`.

    Invariant: it has neither length nor shape, so nothing can slice it.

    Parameters
    ----------
    rows : {array-like, sparse matrix, DataFrame} of shape (n_population, n_features)
        The rows, with the columns of the sample.
    weight : array-like of shape (n_population,), default=None
        Weights of the rows, at least 0; None counts every row once.

    Examples
    --------
    >>> from imbalance_kit import CalibrationWeighter, Population
    >>> people = Population([[0], [1]], weight=[300, 700])
    >>> CalibrationWeighter().fit_weights([[0], [0], [1]], target=people)
    array([150., 150., 700.])
    """

    rows: Any
    weight: Any = None
