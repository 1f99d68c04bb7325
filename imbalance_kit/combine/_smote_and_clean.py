"""Over-sample, then clean: rows are followed through both steps."""

from abc import abstractmethod
from typing import Any, ClassVar, Self

import imblearn.base
import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.utils.validation import validate_data

from imbalance_kit._utils._random import draw_seed
from imbalance_kit._utils._targets import encode_target
from imbalance_kit.over_sampling import SMOTE

_FOLLOWED = ("neighbor_indices_", "steps_")  # what a sampler that makes rows records of each


class BaseSMOTEThenClean(imblearn.base.BaseSampler):  # type: ignore[misc]
    """Base class of SMOTE followed by a cleaning method, which a subclass names.

    Parameters
    ----------
    sampling_strategy : float, str, dict, callable or Ratios, default="auto"
        Sizes after the first step.
    random_state : int, RandomState, Generator or None, default=None
        Source of the draws.
    smote : sampler, default=None
        The first step.
    n_jobs : int or None, default=None
        Threads of the neighbour searches.
    """

    _looks_at_other_classes: ClassVar[bool] = True
    _sampling_type: ClassVar[str] = "bypass"  # what imbalanced-learn calls neither of both
    _cleaner_name: ClassVar[str]  # the constructor's parameter that takes the second step
    _cleaner_class: ClassVar[type]

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        random_state: Any = None,
        smote: Any = None,
        n_jobs: int | None = None,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.smote = smote
        self.n_jobs = n_jobs

    @abstractmethod
    def _given_cleaner(self) -> Any:
        """Return the second step that was given, or None."""

    def fit(self, X: Any, y: Any, *, sample_weight: Any = None) -> Self:
        """Check the input and resolve the strategy, without drawing.

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
        self : object
            With `sampling_strategy_`.
        """
        validate_data(self, X, y, skip_check_array=True)
        smote, _ = self._steps()
        self.sampling_strategy_ = smote.fit(X, y, sample_weight=sample_weight).sampling_strategy_
        self.shift_ = None
        return self

    def fit_resample(self, X: Any, y: Any, *, sample_weight: Any = None) -> tuple[Any, Any]:
        """Add rows, then drop those that the cleaning method finds.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Rows of numbers, none of them missing.
        y : array-like of shape (n_samples,) or one-hot of shape (n_samples, n_classes)
            Class labels.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows, at least 0; carried along.

        Returns
        -------
        X_res : same container as X, of shape (n_resampled, n_features)
            The rows after both steps.
        y_res : same container as y, of n_resampled entries
            Their labels.
        """
        validate_data(self, X, y, skip_check_array=True)
        smote, cleaner = self._steps()
        X, y = smote.fit_resample(X, y, sample_weight=sample_weight)
        weights = None if sample_weight is None else smote.carried_weight_
        X, y = cleaner.fit_resample(X, y, sample_weight=weights)
        kept = cleaner.sample_indices_
        self.smote_ = smote
        setattr(self, f"{self._cleaner_name}_", cleaner)
        self.sampling_strategy_ = smote.sampling_strategy_
        self.sample_indices_ = smote.sample_indices_[kept]
        self.synthetic_mask_ = smote.synthetic_mask_[kept]
        for name in _FOLLOWED:
            if hasattr(smote, name):
                setattr(self, name, getattr(smote, name)[kept])
        self.carried_weight_ = smote.carried_weight_[kept]
        self.shift_ = self.sample_weight_ = None
        return X, y

    def fit_weights(self, X: Any, y: Any, *, sample_weight: Any = None) -> NDArray[np.float64]:
        """Return the factor of each row's class after over-sampling, and 0 where it is cleaned.

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
            Weights of the first step times the mask of the rows of the input that are kept.
        """
        self.fit_resample(X, y, sample_weight=sample_weight)
        weights: NDArray[np.float64] = clone(self.smote_).fit_weights(
            X, y, sample_weight=sample_weight
        )
        kept = np.zeros(len(encode_target(y).codes))
        kept[self.sample_indices_[~self.synthetic_mask_]] = 1
        return weights * kept

    def _steps(self) -> tuple[Any, Any]:
        """Return both steps, unfitted; the first is seeded where it has no seed of its own."""
        smote, given = self.smote, self._given_cleaner()
        if smote is None:
            smote = SMOTE(sampling_strategy=self.sampling_strategy, n_jobs=self.n_jobs)
        elif isinstance(smote, type) or not hasattr(smote, "fit_weights"):
            raise TypeError(
                "`smote` must be an over-sampler of this package, such as SMOTE(), got "
                f"{smote!r}. Hint: change the import, the parameters are the same."
            )
        if given is not None and not isinstance(given, self._cleaner_class):
            raise TypeError(
                f"`{self._cleaner_name}` must be {self._cleaner_class.__name__} of this package, "
                f"got {given!r}. Hint: change the import, the parameters are the same."
            )
        smote = clone(smote)
        if smote.get_params().get("random_state", 0) is None:
            smote.set_params(random_state=draw_seed(self.random_state))
        if given is not None:
            return smote, clone(given)
        return smote, self._cleaner_class(sampling_strategy="all", n_jobs=self.n_jobs)

    def __sklearn_tags__(self) -> Any:
        """Describe the input that is taken: numbers, dense or sparse."""
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.sampler_tags.sample_indices = True
        return tags

    def _fit_resample(self, X: Any, y: Any) -> Any:
        raise NotImplementedError("fit_resample runs both steps.")
