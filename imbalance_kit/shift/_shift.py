"""What any shift can do: apply itself to probabilities, undo itself, and follow another."""

import json
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from imbalance_kit.shift._bayes import multiply_odds

Reference = Literal["source", "training"]


class Shift(ABC):
    """A known factor ``a_k(x)`` between two joint distributions of rows and labels.

    The rows handed in follow p, the rows a model is trained on follow q, and
    ``q(x, y=k) ∝ a_k(x) p(x, y=k)``. Subclasses say what the factor is; everything else follows
    from Bayes' rule, ``p(y=k | x) ∝ q(y=k | x) / a_k(x)``, in log space.

    A shift of your own needs `log_factors`, `classes`, `exact`, `reference` and `_content`. Use
    :class:`ClassShift` where the factor is one number per class.

    Attributes
    ----------
    classes : tuple
        Labels in the order of the columns of `proba`.
    exact : bool
        Whether the factor describes the change fully, or only about (synthetic rows).
    reference : {"source", "training"}
        Which distribution is wanted: "source" (undo the shift) or "training" (keep it).

    See Also
    --------
    ClassShift : One factor per class.
    ChainedShift : The product of several shifts.

    Examples
    --------
    >>> from imbalance_kit import ClassShift, Shift
    >>> isinstance(ClassShift({"no": .1, "yes": 1}), Shift)
    True
    """

    exact: bool
    reference: Reference

    @property
    def depends_on_row(self) -> bool:
        """Whether the factor is a function of the row, and not of the class alone."""
        return True

    @property
    @abstractmethod
    def classes(self) -> tuple[Any, ...]:
        """Labels in the order of the columns of `proba`."""

    @abstractmethod
    def log_factors(self, X: Any, classes: Any) -> NDArray[np.float64]:
        """Return ``log a_k(x)``, up to a constant per row.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or None
            Rows; a shift by class alone needs none.
        classes : sequence of n_classes labels
            Which classes, in which order.

        Returns
        -------
        log_factors : ndarray broadcastable to (n_samples, n_classes)
            Natural logarithms, finite.
        """

    @abstractmethod
    def _content(self) -> dict[str, Any]:
        """Return everything needed to rebuild the shift, as plain JSON values."""

    def undo(self, proba: Any, X: Any = None) -> NDArray[np.floating[Any]]:
        """Turn probabilities under the training distribution into those under the source.

        Parameters
        ----------
        proba : array-like of shape (n_samples, n_classes), or (n_samples,) for two classes
            ``q(y=k | x)`` in [0, 1], columns in the order of `classes`; one dimension means the
            probability of ``classes[1]``.
        X : array-like of shape (n_samples, n_features), default=None
            The rows, where the factor depends on them.

        Returns
        -------
        proba : ndarray of the same shape
            ``p(y=k | x) ∝ q(y=k | x) / a_k(x)``.
        """
        return multiply_odds(proba, -self.log_factors(X, self.classes))

    def apply(self, proba: Any, X: Any = None) -> NDArray[np.floating[Any]]:
        """Turn probabilities under the source distribution into those under the training one.

        Parameters
        ----------
        proba : array-like of shape (n_samples, n_classes), or (n_samples,) for two classes
            ``p(y=k | x)`` in [0, 1], columns in the order of `classes`; one dimension means the
            probability of ``classes[1]``.
        X : array-like of shape (n_samples, n_features), default=None
            The rows, where the factor depends on them.

        Returns
        -------
        proba : ndarray of the same shape
            ``q(y=k | x) ∝ a_k(x) p(y=k | x)``.
        """
        return multiply_odds(proba, self.log_factors(X, self.classes))

    def then(self, other: "Shift") -> "Shift":
        """Return the shift of this change followed by `other`: the factors multiply.

        Parameters
        ----------
        other : Shift
            The later change, of the same classes.

        Returns
        -------
        shift : Shift
            Undoing it undoes both.
        """
        if not isinstance(other, Shift):
            raise TypeError(
                f"`other` must be a shift, got {other!r}. "
                "Hint: ClassShift.from_rates({label: rate})."
            )
        parts = [*_parts(self), *_parts(other)]
        chained = [parts[0]]
        for part in parts[1:]:
            merged = chained[-1]._merge(part)
            if merged is None:
                chained.append(part)
            else:
                chained[-1] = merged
        return chained[0] if len(chained) == 1 else ChainedShift(tuple(chained))

    def _merge(self, other: "Shift") -> "Shift | None":
        """Return the product as one shift of this kind, or None where there is none."""
        return None

    def to_json(self) -> str:
        """Return the shift as JSON text, for :func:`from_json` at serving time.

        Returns
        -------
        text : str
            Labels that are strings, integers, booleans or floats keep their type.

        Raises
        ------
        TypeError
            If a label is of another kind.
        """
        odd = [label for label in self.classes if not isinstance(label, (str, int, float))]
        if odd:
            raise TypeError(
                f"The classes {odd!r} cannot be written as JSON. Hint: use labels that are "
                "strings, integers, booleans or floats."
            )
        return json.dumps({"kind": type(self).__name__, "version": 1, **self._content()})


@dataclass(frozen=True)
class ChainedShift(Shift):
    """The product of shifts that cannot be merged into one.

    ``a.then(b)`` builds it where one of the two depends on the row or their references differ; two
    class shifts with the same reference are merged instead. There is no need to build it by hand.

    Parameters
    ----------
    parts : tuple of Shift
        At least one shift, the earliest first, all of the same classes.

    Raises
    ------
    ValueError
        If there is no part, or the parts speak of different classes.

    Examples
    --------
    >>> from imbalance_kit import ClassShift
    >>> thinned = ClassShift.from_rates({0: .1, 1: 1})
    >>> wanted = ClassShift({0: 1, 1: 3}, reference="training")
    >>> thinned.then(wanted).parts == (thinned, wanted)
    True
    """

    parts: tuple[Shift, ...]

    def __post_init__(self) -> None:
        if not self.parts:
            raise ValueError("A chain needs at least one shift, got none.")
        for part in self.parts:
            if part.classes and set(part.classes) != set(self.classes):
                raise ValueError(
                    "Shifts that follow each other must name the same classes, got "
                    f"{list(self.classes)!r} and {list(part.classes)!r}."
                )

    @property
    def classes(self) -> tuple[Any, ...]:
        """Labels in the order of the columns of `proba`; a part without any speaks of all."""
        return next((part.classes for part in self.parts if part.classes), ())

    @property
    def exact(self) -> bool:  # type: ignore[override]
        """Whether every part is exact."""
        return all(part.exact for part in self.parts)

    @property
    def depends_on_row(self) -> bool:
        """Whether any part's factor is a function of the row."""
        return any(part.depends_on_row for part in self.parts)

    @property
    def reference(self) -> Reference:  # type: ignore[override]
        """Return "source" where any part is to be undone, otherwise "training"."""
        return "source" if any(p.reference == "source" for p in self.parts) else "training"

    def log_factors(self, X: Any, classes: Any) -> NDArray[np.float64]:
        """Return the sum of the parts' log factors.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or None
            Rows, where a part depends on them.
        classes : sequence of n_classes labels
            Which classes, in which order.

        Returns
        -------
        log_factors : ndarray broadcastable to (n_samples, n_classes)
            Natural logarithms.
        """
        total = self.parts[0].log_factors(X, classes)
        for part in self.parts[1:]:
            total = total + part.log_factors(X, classes)
        return total

    def _content(self) -> dict[str, Any]:
        return {"parts": [{"kind": type(p).__name__, **p._content()} for p in self.parts]}


def _parts(shift: Shift) -> tuple[Shift, ...]:
    return shift.parts if isinstance(shift, ChainedShift) else (shift,)
