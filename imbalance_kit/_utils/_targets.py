"""Class labels as codes: what the samplers, weighters and corrections know of `y`.

`encode_target` replaces ``np.unique(y, return_inverse=True)``, which sorts every row and costs more
than a whole under-sampling: small integers, booleans and whole floats are counted, labels of any
other kind are looked up in the set of labels that occur.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import column_or_1d
from sklearn.utils.multiclass import check_classification_targets, type_of_target

from imbalance_kit._utils._column import is_missing

_COUNTABLE_RANGE = 1 << 16  # integer labels within such a range are counted instead of sorted
_NOTHING = 1e-200  # of the heaviest class: a factor that makes up for less is beyond floating point
_COUNTABLE_MAX = 1 << 53  # beyond it floats are not whole numbers that an integer holds exactly


@dataclass(frozen=True)
class EncodedTarget:
    """The labels of a target and, per row, the position of its label.

    Invariant: ``classes`` is sorted as by ``np.unique`` and every class occurs:
    ``classes[codes]`` are the labels of the rows. The codes may share the memory of the caller's
    `y`: read them only.
    """

    classes: NDArray[Any]
    codes: NDArray[np.intp]

    @property
    def n_classes(self) -> int:
        """Number of classes."""
        return len(self.classes)

    @cached_property
    def counts(self) -> NDArray[np.intp]:
        """Rows per class."""
        return _count(self.codes, self.n_classes)

    def label(self, k: int) -> Any:
        """Return the label of class `k` as a plain Python object."""
        return self.classes[k : k + 1].tolist()[0]

    def members(self, k: int) -> NDArray[np.intp]:
        """Indices of the rows of class ``classes[k]``, ascending."""
        return np.flatnonzero(self.codes == k)

    def totals(self, weights: NDArray[np.float64] | None) -> NDArray[np.float64]:
        """Weight total per class; row counts without weights."""
        if weights is None:
            return self.counts.astype(np.float64)
        totals = np.bincount(self.codes, weights=weights, minlength=self.n_classes)
        return totals.astype(np.float64, copy=False)


@dataclass(frozen=True)
class CountedTarget(EncodedTarget):
    """Classes of which only the numbers of rows are known: there are more rows than fit.

    Invariant: `codes` is empty; `sizes` has one entry per class.
    """

    sizes: NDArray[np.intp]

    @property
    def counts(self) -> NDArray[np.intp]:
        """Rows per class."""
        return self.sizes


def counted_target(class_totals: Mapping[Any, int]) -> CountedTarget:
    """Return the classes of a count of rows per label."""
    labels = sorted(class_totals)
    sizes = np.array([class_totals[label] for label in labels], dtype=np.intp)
    classes = np.empty(len(labels), dtype=object)
    classes[:] = labels
    return CountedTarget(classes, np.empty(0, dtype=np.intp), sizes)


def encode_target(y: Any) -> EncodedTarget:
    """Encode class labels of any kind: list, array, Series, one-column frame, or one-hot matrix.

    Parameters
    ----------
    y : array-like of shape (n_samples,), (n_samples, 1) or one-hot of shape (n_samples, n_classes)
        Labels: integers, strings, booleans, or floats with integer values. The classes of a
        one-hot target are its column numbers.

    Raises
    ------
    ValueError
        If `y` is continuous, multilabel, or has missing labels.
    TypeError
        If the labels have no common order.
    """
    if y is None:
        raise ValueError(
            "Resampling requires y to be passed, but the target y is None: class labels are needed."
        )
    labels = y if isinstance(y, np.ndarray) else np.asarray(y)
    if labels.dtype.kind == "c":
        raise ValueError("Complex data not supported: `y` holds complex numbers, not labels.")
    if labels.ndim == 2 and labels.shape[1] > 1:
        return _encode_one_hot(labels)
    if labels.ndim != 1:
        labels = column_or_1d(labels)
    if labels.dtype.kind in "iub":
        return _encode_integers(labels)
    if labels.dtype.kind == "f":
        return _encode_floats(labels)
    return _encode_objects(labels)


def codes_among(known: list[Any], target: EncodedTarget, otherwise: str) -> NDArray[np.intp]:
    """Return, per row, the position of its label among those known; raise where it is not there."""
    labels = target.classes.tolist()
    new = [label for label in labels if label not in known]
    if new:
        raise ValueError(f"{otherwise} {new!r}: expected none but {known!r}.")
    return np.array([known.index(label) for label in labels], dtype=np.intp)[target.codes]


def one_label_per_row(y: Any) -> NDArray[Any]:
    """Return the labels a classifier is trained with; unlike a sampler's they are never one-hot."""
    shape = np.asarray(y).shape
    if len(shape) == 2 and shape[1] > 1:
        raise ValueError(
            "Multilabel and multioutput targets are not supported. Expected one label per row, got "
            f"a target of shape {shape}."
        )
    labels: NDArray[Any] = column_or_1d(y, warn=True)
    return labels


def _encode_one_hot(labels: NDArray[Any]) -> EncodedTarget:
    kind = type_of_target(labels)
    if kind != "multilabel-indicator" or np.any(labels.sum(axis=1) != 1):
        raise ValueError(
            "Multilabel and multioutput targets are not supported. Expected one label per row or a "
            f"one-hot matrix with a single 1 in every row, got a target of type {kind!r} and shape "
            f"{labels.shape}."
        )
    return _encode_integers(labels.argmax(axis=1))


def _encode_integers(labels: NDArray[Any]) -> EncodedTarget:
    if len(labels) == 0:
        return EncodedTarget(labels, labels.astype(np.intp))
    numbers = labels.view(np.uint8) if labels.dtype.kind == "b" else labels
    low, high = int(numbers.min()), int(numbers.max())
    if high - low >= _COUNTABLE_RANGE or high >= _COUNTABLE_MAX:
        return _encode_sorted(labels)
    codes = numbers.astype(np.intp, copy=False)
    if low != 0:
        codes = codes - low
    span = high - low + 1
    present = np.arange(span) if span <= 2 else np.flatnonzero(np.bincount(codes))
    if len(present) < span:
        position = np.empty(span, dtype=np.intp)
        position[present] = np.arange(len(present))
        codes = position[codes]
    return EncodedTarget((present + low).astype(labels.dtype), codes)


def _encode_floats(labels: NDArray[Any]) -> EncodedTarget:
    if not np.isfinite(labels).all():
        raise ValueError("`y` contains NaN or infinity: every row needs a class label.")
    if len(labels) == 0 or np.abs(labels).max() >= _COUNTABLE_MAX:
        return _encode_sorted(labels)
    whole = labels.astype(np.int64)
    if (whole != labels).any():
        check_classification_targets(labels)  # raises, in scikit-learn's words
    target = _encode_integers(whole)
    return EncodedTarget(target.classes.astype(labels.dtype), target.codes)


def _encode_sorted(labels: NDArray[Any]) -> EncodedTarget:
    classes, codes = np.unique(labels, return_inverse=True)
    return EncodedTarget(classes, codes.astype(np.intp, copy=False))


def _encode_objects(labels: NDArray[Any]) -> EncodedTarget:
    values = labels.tolist()
    distinct = set(values)
    if any(map(is_missing, distinct)):
        raise ValueError("`y` contains missing labels: every row needs a class label.")
    if any(isinstance(x, (float, np.floating)) and not x.is_integer() for x in distinct):
        raise ValueError(
            "Unknown label type: continuous. Expected class labels, got numbers with fractions. "
            "Hint: bin the target first, or use a regressor."
        )
    try:
        ordered = sorted(distinct)
    except TypeError:
        kinds = sorted({type(label).__name__ for label in distinct})
        raise TypeError(
            f"`y` mixes labels of different types ({', '.join(kinds)}), which have no common "
            "order. Hint: give labels of one type, for example y.astype(str)."
        ) from None
    position = {label: k for k, label in enumerate(ordered)}
    codes = np.fromiter(map(position.__getitem__, values), dtype=np.intp, count=len(values))
    classes = np.empty(len(ordered), dtype=object)
    classes[:] = ordered
    return EncodedTarget(classes.astype(labels.dtype, copy=False), codes)


def lost_class(totals: NDArray[np.float64]) -> int | None:
    """Return a class whose weight is zero, or next to zero beside the heaviest, or None."""
    lightest = int(np.argmin(totals))
    return lightest if totals[lightest] <= _NOTHING * totals.max() else None


def _count(codes: NDArray[np.intp], n_classes: int) -> NDArray[np.intp]:
    """Count each code; two codes without a histogram, whose writes would wait in line."""
    if n_classes == 2:
        second = np.count_nonzero(codes)
        return np.array([len(codes) - second, second], dtype=np.intp)
    return np.bincount(codes, minlength=n_classes)
