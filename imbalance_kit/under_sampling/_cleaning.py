"""What cleaning methods share: drop rows for where they lie, by a factor nobody knows."""

from abc import abstractmethod
from collections.abc import Collection
from numbers import Real
from typing import Any, ClassVar

import numpy as np
from imblearn.utils import check_sampling_strategy
from numpy.typing import NDArray

from imbalance_kit._base import BaseSampler, Draw, SamplingInput
from imbalance_kit._utils._sampling_strategy import ClassPlan, Ratios, SamplingKind


class BaseCleaner(BaseSampler):
    """Base class of the cleaning methods, around one abstract mask of the rows to keep.

    Which rows go depends on the labels around them, so the factor between the output's
    distribution and the input's is not known: `shift_` and `sample_weight_` are None.

    Parameters
    ----------
    sampling_strategy : str, list or callable, default="auto"
        Classes that rows may be dropped from.
    n_jobs : int or None, default=None
        Threads of the neighbour search.
    """

    _sampling_type: ClassVar[SamplingKind] = "clean-sampling"
    _computes: ClassVar[bool] = True
    _looks_at_other_classes: ClassVar[bool] = True
    random_state = None  # nothing is drawn

    def __init__(self, *, sampling_strategy: Any = "auto", n_jobs: int | None = None) -> None:
        self.sampling_strategy = sampling_strategy
        self.n_jobs = n_jobs

    @abstractmethod
    def _is_kept(self, data: SamplingInput, touched: Collection[int]) -> NDArray[np.bool_]:
        """Return which rows stay; those of classes that are not `touched` do."""

    def fit_weights(self, X: Any, y: Any, *, sample_weight: Any = None) -> NDArray[np.float64]:
        """Return the weight of each row that stays, and 0 for those that `fit_resample` drops.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Rows of numbers, none of them missing.
        y : array-like of shape (n_samples,) or one-hot of shape (n_samples, n_classes)
            Class labels.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows, at least 0.

        Returns
        -------
        weights : ndarray of shape (n_samples,)
            ``sample_weight`` (1 where none is given) times the mask of the rows kept.
        """
        data = self._check(X, y, sample_weight)
        kept = self._cleaned(data, self._plan(data))
        return kept * (np.ones(len(kept)) if data.weights is None else data.weights)

    def _fit_resample(self, data: SamplingInput, plan: ClassPlan, seed: int) -> Draw:
        return Draw(kept=np.flatnonzero(self._cleaned(data, plan)))

    def _cleaned(self, data: SamplingInput, plan: ClassPlan) -> NDArray[np.bool_]:
        """Return which rows stay; raise where a class is gone."""
        target, kept = data.target, self._is_kept(data, plan.touched)
        left = np.bincount(target.codes[kept], minlength=target.n_classes)
        if not left.all():
            raise ValueError(
                f"{type(self).__name__} leaves no row of class "
                f"{target.label(int(np.argmin(left)))!r}: a class that is gone cannot be "
                "predicted. Hint: leave the class out of `sampling_strategy`."
            )
        return kept

    def _plan(self, data: SamplingInput) -> ClassPlan:
        target = data.target
        if isinstance(self.sampling_strategy, Ratios | Real):
            raise ValueError(
                f"`sampling_strategy` of {type(self).__name__} names classes to clean: it drops "
                f"what it finds, no number or share of rows. Got {self.sampling_strategy!r}. Hint: "
                "give a list of labels, or use RandomUnderSampler."
            )
        if target.n_classes < 2:
            raise ValueError(
                "The target 'y' needs to have more than 1 class. Got "
                f"{target.n_classes} class instead: {target.classes.tolist()!r}."
            )
        counts: dict[Any, int] = check_sampling_strategy(
            self.sampling_strategy, target.classes[target.codes], "clean-sampling"
        )
        labels = target.classes.tolist()
        touched = tuple(k for k, label in enumerate(labels) if label in counts)
        self.sampling_strategy_ = {labels[k]: int(target.counts[k]) for k in touched}
        self.shift_ = None
        return ClassPlan(touched, target.counts, np.ones(target.n_classes))

    def _remember(self, data: SamplingInput, draw: Draw) -> None:
        rows = draw.kept
        assert rows is not None
        self.sample_indices_ = rows
        self.synthetic_mask_ = np.zeros(len(rows), dtype=bool)
        self.carried_weight_ = np.ones(len(rows)) if data.weights is None else data.weights[rows]
        self.sample_weight_ = None
