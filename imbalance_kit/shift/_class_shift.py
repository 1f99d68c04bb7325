"""The commonest shift: one factor per class."""

import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from imbalance_kit.shift._shift import Reference, Shift


@dataclass(frozen=True)
class ClassShift(Shift):
    """A factor per class: what random sampling and class weights do to a distribution.

    Use it wherever a model was trained on data whose classes were thinned, copied or weighted
    independently of the rows. Not for changes that depend on the row itself: undoing those with a
    number per class leaves the ranking wrong.

    Parameters
    ----------
    factors : mapping of {label: float}
        ``a_k``: weight of class k after the change over its weight before, in (0, inf). Only their
        ratios matter to predictions.
    exact : bool, default=True
        Whether each class kept its distribution of rows, so that undoing is exact.
    reference : {"source", "training"}, default="source"
        Which distribution is wanted: "source" undoes the shift in predictions, "training" keeps it.

    Attributes
    ----------
    classes : tuple
        The labels, sorted where they can be sorted: the order of the columns of `proba`.

    Raises
    ------
    ValueError
        If there are fewer than two classes, or a factor is not a finite number above 0.

    Examples
    --------
    Keep 1 % of the negatives; a model trained on the rest says .5:

    >>> from imbalance_kit import ClassShift
    >>> shift = ClassShift.from_rates({"no": .01, "yes": 1})
    >>> shift.undo([[.5, .5]]).round(4)
    array([[0.9901, 0.0099]])
    """

    factors: Mapping[Any, float]
    exact: bool = True
    reference: Reference = "source"

    def __post_init__(self) -> None:
        if self.reference not in ("source", "training"):
            raise ValueError(f"`reference` must be 'source' or 'training', got {self.reference!r}.")
        factors = _positive("factor", self.factors)
        object.__setattr__(self, "factors", {label: factors[label] for label in _ordered(factors)})
        object.__setattr__(self, "exact", bool(self.exact))

    def __hash__(self) -> int:
        """Hash by content."""
        return hash((frozenset(self.factors.items()), self.exact, self.reference))

    @classmethod
    def from_counts(cls, before: Mapping[Any, float], after: Mapping[Any, float]) -> Self:
        """Build the shift from class sizes before and after resampling.

        Parameters
        ----------
        before : mapping of {label: float}
            Rows (or weight) per class before, above 0.
        after : mapping of {label: float}
            Rows (or weight) per class after, above 0.

        Returns
        -------
        shift : ClassShift
            ``a_k = after_k / before_k``.

        Examples
        --------
        >>> ClassShift.from_counts({0: 900, 1: 100}, {0: 100, 1: 100}).undo([.5]).round(3)
        array([0.1])
        """
        return cls(_ratio("after", after, "before", before, "count {}"))

    @classmethod
    def from_priors(cls, source: Mapping[Any, float], target: Mapping[Any, float]) -> Self:
        """Build the shift that takes one set of class shares to another.

        Parameters
        ----------
        source : mapping of {label: float}
            Shares in (0, 1) that sum to 1.
        target : mapping of {label: float}
            Shares in (0, 1) that sum to 1.

        Returns
        -------
        shift : ClassShift
            ``a_k = target_k / source_k``; its `apply` moves predictions from source to target.

        Examples
        --------
        >>> shift = ClassShift.from_priors({0: .5, 1: .5}, {0: .9, 1: .1})
        >>> shift.apply([.5]).round(3)
        array([0.1])
        """
        for name, shares in (("source", source), ("target", target)):
            total = math.fsum(_positive(f"{name} share", shares).values())
            if abs(total - 1) > 1e-6:
                raise ValueError(
                    f"The shares of `{name}` must sum to 1, got {total!r} from {dict(shares)!r}. "
                    "Hint: use from_counts for class sizes."
                )
        return cls(_ratio("target", target, "source", source, "{} share"))

    @classmethod
    def from_rates(cls, rates: Mapping[Any, float]) -> Self:
        """Build the shift from the share of each class that was kept, or its weight.

        Parameters
        ----------
        rates : mapping of {label: float}
            Sampling rate or loss weight per class, above 0.

        Returns
        -------
        shift : ClassShift
            ``a_k = rates_k``.

        Examples
        --------
        >>> ClassShift.from_rates({0: .1, 1: 1}).undo([.5]).round(4)
        array([0.0909])
        """
        return cls(rates)

    @property
    def depends_on_row(self) -> bool:
        """False: one factor per class."""
        return False

    @property
    def classes(self) -> tuple[Any, ...]:
        """Labels in the order of the columns of `proba`."""
        return tuple(self.factors)

    def log_factors(self, X: Any, classes: Any) -> NDArray[np.float64]:
        """Return ``log a_k`` as one row.

        Parameters
        ----------
        X : ignored
            Accepted because row-dependent shifts need it.
        classes : sequence of n_classes labels
            Which classes, in which order.

        Returns
        -------
        log_factors : ndarray of shape (1, n_classes)
            Natural logarithms.
        """
        labels = classes.tolist() if isinstance(classes, np.ndarray) else list(classes)
        missing = [label for label in labels if label not in self.factors]
        if missing:
            raise ValueError(
                f"The shift knows the classes {list(self.factors)!r}, but a factor is needed for "
                f"{missing!r} too. Hint: give every class of `y`, with 1 where nothing changed."
            )
        return np.log([[self.factors[label] for label in labels]])

    def _merge(self, other: Shift) -> Shift | None:
        if (
            not isinstance(other, ClassShift)
            or other.factors.keys() != self.factors.keys()
            or other.reference != self.reference
        ):
            return None
        product = {label: factor * other.factors[label] for label, factor in self.factors.items()}
        if min(product.values()) < sys.float_info.min or max(product.values()) == math.inf:
            return None  # beyond floating point: a chain adds their logarithms
        return ClassShift(product, exact=self.exact and other.exact, reference=self.reference)

    def _content(self) -> dict[str, Any]:
        return {
            "factors": [[label, factor] for label, factor in self.factors.items()],
            "exact": self.exact,
            "reference": self.reference,
        }

    @classmethod
    def _from_content(cls, content: dict[str, Any]) -> Self:
        return cls(
            dict(map(tuple, content["factors"])),
            exact=content["exact"],
            reference=content["reference"],
        )


def _positive(what: str, values: Mapping[Any, float]) -> dict[Any, float]:
    """Return plain labels and floats, or raise where they are not positive numbers."""
    if not isinstance(values, Mapping) or len(values) < 2:
        raise ValueError(
            f"Expected a mapping of at least two labels to a {what} each, got {values!r}."
        )
    plain: dict[Any, float] = {}
    for label, value in values.items():
        if not isinstance(value, (Real, np.number)) or not math.isfinite(value) or value <= 0:
            gone = isinstance(value, (Real, np.number)) and value == 0
            raise ValueError(
                f"The {what} of class {label!r} must be a finite number above 0, got {value!r}"
                + (": a class that is removed entirely cannot be brought back." if gone else ".")
            )
        plain[label.item() if isinstance(label, np.generic) else label] = float(value)
    return plain


def _ratio(
    upper_name: str,
    upper: Mapping[Any, float],
    lower_name: str,
    lower: Mapping[Any, float],
    what: str,
) -> dict[Any, float]:
    above = _positive(what.format(upper_name), upper)
    below = _positive(what.format(lower_name), lower)
    if above.keys() != below.keys():
        raise ValueError(
            f"`{lower_name}` and `{upper_name}` must name the same classes, got {list(below)!r} "
            f"and {list(above)!r}."
        )
    return {label: above[label] / below[label] for label in above}


def _ordered(labels: Mapping[Any, float]) -> list[Any]:
    try:
        return sorted(labels)
    except TypeError:
        return list(labels)
