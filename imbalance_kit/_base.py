"""The interface that all samplers share: choose rows by index, remember the change as a shift."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import Any, ClassVar, Self

import imblearn.base
import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import validate_data

from imbalance_kit._utils._containers import concat_rows, n_rows, take_rows
from imbalance_kit._utils._interpolate import Pairs, append_interpolated, interpolated_like
from imbalance_kit._utils._numeric import numeric_matrix
from imbalance_kit._utils._random import draw_seed
from imbalance_kit._utils._sampling_strategy import ClassPlan, SamplingKind, plan_classes
from imbalance_kit._utils._targets import EncodedTarget, encode_target, lost_class
from imbalance_kit._utils._validation import (
    check_has_columns,
    check_same_length,
    check_sample_weight,
)
from imbalance_kit.shift import ClassShift, Shift

_ENCODE = "encode them first"
_FOR_CATEGORIES = f"{_ENCODE}, or use a sampler for categories (SMOTENC, SMOTEN)"


@dataclass(frozen=True)
class Draw:
    """The rows a sampler chose.

    Invariant: the output is the input's rows `kept` (all of them, in order, where None), followed
    by one row per entry of `added`, class by class. An added row is a copy of that input row,
    unless it is made: `added` then names its seed, `neighbors` its other parent, and it is
    ``seed + step * (neighbor - seed)``, or the row that `synthetic` holds, in the container of the
    input. `neighbors`, `steps` and `synthetic` have one entry per added row, in the order of
    `added`; where `synthetic` is given the others are kept as the record they are (-1 and NaN where
    there is none).
    """

    kept: NDArray[np.intp] | None = None
    added: Mapping[int, NDArray[np.intp]] = field(default_factory=dict)
    synthetic: Any = None
    neighbors: NDArray[np.intp] | None = None
    steps: NDArray[np.float64] | None = None

    @property
    def is_copied(self) -> bool:
        """Whether every row of the output is one of the input."""
        return self.synthetic is None and self.steps is None


@dataclass(frozen=True)
class SamplingInput:
    """What came in, once it has been checked: the data untouched, the labels as codes.

    Invariant: where the sampler computes with numbers, `numbers` are the rows as a float matrix,
    dense or csr, all of them finite; None for the others.
    """

    X: Any
    y: Any
    target: EncodedTarget
    weights: NDArray[np.float64] | None
    totals: NDArray[np.float64]
    numbers: Any = None


class BaseSampler(imblearn.base.BaseSampler):  # type: ignore[misc]
    """Base class of the samplers: `fit_resample` and `fit_weights` around one abstract draw.

    A subclass names its direction in `_sampling_type` and implements `_fit_resample`, which here
    returns a `Draw`; where its output is not the input's distribution times a factor per class it
    overrides `_shift_is_exact`. One that computes with the values of X sets `_computes`: anything
    but numbers is then refused, and it finds them in `data.numbers`. One that prefers some rows of
    a class for where the other classes are sets `_looks_at_other_classes`.

    Parameters
    ----------
    sampling_strategy : float, str, dict, callable or Ratios, default="auto"
        Sizes asked for.
    random_state : int, RandomState, Generator or None, default=None
        Source of the draws.
    """

    _sampling_type: ClassVar[SamplingKind]
    _computes: ClassVar[bool] = False
    _looks_at_other_classes: ClassVar[bool] = False
    shift_: Shift | None  # None: not known
    sample_weight_: NDArray[np.float64] | None
    sampling_strategy_: dict[Any, float]

    def __init__(self, *, sampling_strategy: Any = "auto", random_state: Any = None) -> None:
        super().__init__(sampling_strategy=sampling_strategy)
        self.random_state = random_state

    @abstractmethod
    def _fit_resample(self, data: SamplingInput, plan: ClassPlan, seed: int) -> Draw:
        """Choose the rows of the output."""

    def _shift_is_exact(self) -> bool:
        """Whether the rows of each class keep their distribution."""
        return True

    def fit(self, X: Any, y: Any, *, sample_weight: Any = None) -> Self:
        """Check the input and resolve the strategy, without drawing.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, ...)
            Rows; only their number and names matter here.
        y : array-like of shape (n_samples,) or one-hot of shape (n_samples, n_classes)
            Class labels.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows, at least 0.

        Returns
        -------
        self : object
            With `sampling_strategy_` and the planned `shift_`.
        """
        data = self._check(X, y, sample_weight)
        self._plan(data)
        return self

    def fit_resample(self, X: Any, y: Any, *, sample_weight: Any = None) -> tuple[Any, Any]:
        """Draw the rows.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, ...)
            Rows, of any dtype and with any number of dimensions after the first.
        y : array-like of shape (n_samples,) or one-hot of shape (n_samples, n_classes)
            Class labels.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows, at least 0. Rows are drawn without regard to it; relative
            strategies speak of its totals, and the output's weights are in `carried_weight_`.

        Returns
        -------
        X_res : same container as X, of shape (n_resampled, ...)
            The rows drawn.
        y_res : same container as y, of n_resampled entries
            Their labels.
        """
        data = self._check(X, y, sample_weight)
        plan = self._plan(data)
        draw = self._fit_resample(data, plan, draw_seed(self.random_state))
        self._remember(data, draw)
        rows = self.sample_indices_
        n_first = len(data.target.codes) if draw.kept is None else 0
        y_res = take_rows(y, rows, n_first=n_first)
        if draw.is_copied:
            return take_rows(X, rows, n_first=n_first), y_res
        return self._with_made_rows(data, draw), y_res

    def _with_made_rows(self, data: SamplingInput, draw: Draw) -> Any:
        """Return the rows kept, followed by those given, or else interpolated."""
        kept = data.X if draw.kept is None else take_rows(data.X, draw.kept)
        if draw.synthetic is not None:
            return concat_rows(kept, draw.synthetic)
        made = self.synthetic_mask_
        pairs = Pairs(self.sample_indices_[made], self.neighbor_indices_[made], self.steps_[made])
        if draw.kept is None:
            return append_interpolated(data.X, data.numbers, pairs)
        return concat_rows(kept, interpolated_like(data.X, data.numbers, pairs))

    def fit_weights(self, X: Any, y: Any, *, sample_weight: Any = None) -> NDArray[np.float64]:
        """Return weights that rebalance as `fit_resample` would, with no row dropped or copied.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, ...)
            Rows.
        y : array-like of shape (n_samples,) or one-hot of shape (n_samples, n_classes)
            Class labels.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows, at least 0.

        Returns
        -------
        weights : ndarray of shape (n_samples,)
            ``sample_weight`` times the factor of the row's class: the copies of each row to expect.
        """
        data = self._check(X, y, sample_weight)
        factors = self._plan(data).factors[data.target.codes]
        return factors if data.weights is None else factors * data.weights

    def _check(self, X: Any, y: Any, sample_weight: Any) -> SamplingInput:
        target = encode_target(y)
        check_same_length(n_rows(X), len(target.codes))
        check_has_columns(X)
        validate_data(self, X, y, skip_check_array=True)
        weights = check_sample_weight(sample_weight, len(target.codes))
        totals = target.totals(weights)
        lost = lost_class(totals)
        if lost is not None:
            raise ValueError(
                f"`sample_weight` is {'next to ' if totals[lost] else ''}zero for every row of "
                f"class {target.label(lost)!r}: a class without weight cannot be "
                "resampled. Hint: drop its rows, or give them weight."
            )
        way_out = _FOR_CATEGORIES if self._sampling_type == "over-sampling" else _ENCODE
        numbers = numeric_matrix(X, hint=way_out) if self._computes else None
        return SamplingInput(X, y, target, weights, totals, numbers)

    def _plan(self, data: SamplingInput) -> ClassPlan:
        strategy, target = self.sampling_strategy, data.target
        if callable(strategy):
            strategy = strategy(target.classes[target.codes])
        plan = plan_classes(strategy, target, data.totals, self._sampling_type)
        new = plan.rows - target.counts if self._sampling_type == "over-sampling" else plan.rows
        labels = target.classes.tolist()
        self.sampling_strategy_ = {labels[k]: int(new[k]) for k in plan.touched}
        self.shift_ = self._class_shift(data, plan.factors)
        return plan

    def _class_shift(self, data: SamplingInput, factors: NDArray[np.float64]) -> ClassShift:
        rates: Mapping[Any, float] = dict(
            zip(data.target.classes.tolist(), factors.tolist(), strict=True)
        )
        return ClassShift(rates, exact=self._shift_is_exact())

    def _remember(self, data: SamplingInput, draw: Draw) -> None:
        """Store, per output row, where it came from and what it weighs."""
        target, weights = data.target, data.weights
        if draw.kept is not None:
            target = EncodedTarget(target.classes, target.codes[draw.kept])
        n_kept = len(target.codes)
        ends = list(accumulate(map(len, draw.added.values()), initial=n_kept))
        added = {k: slice(*pair) for k, pair in zip(draw.added, pairwise(ends), strict=True)}

        rows = np.arange(ends[-1])
        if draw.kept is not None:
            rows[:n_kept] = draw.kept
        for k, part in added.items():
            rows[part] = draw.added[k]
        carried = np.ones(len(rows)) if weights is None else weights[rows]
        after = target.totals(None if weights is None else carried[:n_kept])
        for k, part in added.items():
            after[k] += carried[part].sum()
        if not after.all():
            raise ValueError(
                f"Every row drawn of class {target.label(int(np.argmin(after)))!r} has "
                "`sample_weight` 0, so the class has no weight left. Hint: drop rows of weight 0 "
                "before resampling."
            )
        back = data.totals / after
        restoring = np.empty(len(rows))
        np.take(back, target.codes, out=restoring[:n_kept], mode="clip")
        for k, part in added.items():
            restoring[part] = back[k]
        if weights is not None:
            restoring *= carried

        self.shift_ = self._class_shift(data, after / data.totals)
        self.sample_indices_ = rows
        self.synthetic_mask_ = np.zeros(len(rows), dtype=bool)
        self.synthetic_mask_[n_kept:] = not draw.is_copied
        if draw.steps is not None:
            self.neighbor_indices_ = np.full(len(rows), -1)
            self.neighbor_indices_[n_kept:] = draw.neighbors
            self.steps_ = np.full(len(rows), np.nan)
            self.steps_[n_kept:] = draw.steps
        self.carried_weight_ = carried
        self.sample_weight_ = restoring

    def __sklearn_tags__(self) -> Any:
        """Describe the input that is taken: any rows, or numbers where it computes with them."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = not self._computes
        tags.input_tags.string = not self._computes
        tags.input_tags.categorical = not self._computes
        tags.input_tags.three_d_array = not self._computes
        tags.sampler_tags.sample_indices = True
        return tags
