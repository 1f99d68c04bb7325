"""The shift of weights towards a population: a factor of the row, the same for every class."""

from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from imbalance_kit.shift._bayes import check_proba
from imbalance_kit.shift._shift import Reference, Shift


@dataclass(frozen=True)
class CovariateShift(Shift):
    """Rows weighted by w(x), whatever their class: ``a_k(x) = w(x)``.

    The weighters that take a target keep it as `shift_`. A factor that is the same for every class
    leaves ``p(y=k | x)`` as it is, where selection into the sample depends on x alone: undoing it
    and applying it change no probability. The weights themselves come from the weighter.

    Parameters
    ----------
    population : str, default="target"
        What the weighted rows stand for: "target", or the name of a tilted population.

    Attributes
    ----------
    classes : tuple
        Empty: it speaks of whatever classes there are.
    exact : bool
        True.
    reference : str
        "training": the weighted distribution is the one that is wanted, so predictions keep it.

    Examples
    --------
    >>> from imbalance_kit.shift import CovariateShift
    >>> CovariateShift().undo([[.2, .8]])
    array([[0.2, 0.8]])
    """

    population: str = "target"
    exact: bool = field(default=True, init=False)
    reference: Reference = field(default="training", init=False)

    @property
    def depends_on_row(self) -> bool:
        """False: between the classes of a row nothing changes."""
        return False

    @property
    def classes(self) -> tuple[Any, ...]:
        """No label: the factor is the same for all."""
        return ()

    def log_factors(self, X: Any, classes: Any) -> NDArray[np.float64]:
        """Return zeros: up to a constant per row, ``log w(x)`` is the same for every class.

        Parameters
        ----------
        X : Ignored
            Accepted because row-dependent shifts need it.
        classes : sequence of n_classes labels
            Which classes.

        Returns
        -------
        log_factors : ndarray of shape (1, n_classes)
            Zeros.
        """
        return np.zeros((1, len(classes)))

    def undo(self, proba: Any, X: Any = None) -> NDArray[np.floating[Any]]:
        """Return probabilities as they are.

        Parameters
        ----------
        proba : array-like of shape (n_samples, n_classes), or (n_samples,) for two classes
            ``q(y=k | x)`` in [0, 1].
        X : Ignored
            Accepted because row-dependent shifts need it.

        Returns
        -------
        proba : ndarray of the same shape
            A copy.
        """
        return _copy(proba)

    def apply(self, proba: Any, X: Any = None) -> NDArray[np.floating[Any]]:
        """Return probabilities as they are.

        Parameters
        ----------
        proba : array-like of shape (n_samples, n_classes), or (n_samples,) for two classes
            ``p(y=k | x)`` in [0, 1].
        X : Ignored
            Accepted because row-dependent shifts need it.

        Returns
        -------
        proba : ndarray of the same shape
            A copy.
        """
        return _copy(proba)

    def _merge(self, other: Shift) -> Shift | None:
        return other if isinstance(other, CovariateShift) else None

    def _content(self) -> dict[str, Any]:
        return {"population": self.population}

    @classmethod
    def _from_content(cls, content: dict[str, Any]) -> Self:
        return cls(content["population"])


def _copy(proba: Any) -> NDArray[np.floating[Any]]:
    array = np.asarray(proba)
    return check_proba(array, n_classes=array.shape[1] if array.ndim == 2 else 2).copy()
