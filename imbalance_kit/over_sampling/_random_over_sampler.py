"""Random over-sampling: copies of rows of the smaller classes, optionally smoothed."""

from collections.abc import Mapping
from numbers import Real
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._base import BaseSampler, Draw, SamplingInput
from imbalance_kit._utils._numeric import numeric_rows, rows_like
from imbalance_kit._utils._random import class_stream
from imbalance_kit._utils._sampling_strategy import ClassPlan, SamplingKind
from imbalance_kit.over_sampling._smoothed_bootstrap import smoothed_copies


class RandomOverSampler(BaseSampler):
    """Add copies of randomly drawn rows of the smaller classes.

    Use it with learners that take no weights, and undo the change in the predictions with
    :class:`~imbalance_kit.CorrectedClassifier`. Not where the learner takes weights
    (:class:`~imbalance_kit.ClassWeighter` says the same with no extra rows and no noise), and not
    in front of a learner that splits its rows inside (early stopping, a `cv` of its own): copies of
    one row would fall on both sides.

    Parameters
    ----------
    sampling_strategy : float, str, dict, callable or Ratios, default="auto"
        Sizes asked for:

        - float in (0, 1], binary targets only: rows of the rarer class per row of the other after
          sampling; 1 means as many of both;
        - str: which classes are filled up to the size of the largest: "minority",
          "not majority" (as "auto"), "not minority" or "all";
        - dict: {label: rows wanted}, of the touched classes;
        - callable: takes `y`, returns any of the other forms;
        - :class:`~imbalance_kit.Ratios`: as the dict, but relative.
    random_state : int, RandomState, Generator or None, default=None
        An int gives the same rows every time; None takes fresh entropy. The global random state is
        never used. Each class has a stream of its own.
    shrinkage : float, dict of {label: float} or None, default=None
        None adds copies. A number of at least 0 adds normal noise to every copy, as a multiple of
        the bandwidth of Silverman's rule: the smoothed bootstrap, for numeric dense X without
        missing values. A dict gives one number per touched class.

    Attributes
    ----------
    sampling_strategy_ : dict of {label: int}
        Rows *added* to each touched class.
    sample_indices_ : ndarray of shape (n_resampled,)
        Source row of each output row: all rows of the input in order, then the drawn ones.
    synthetic_mask_ : ndarray of bool of shape (n_resampled,)
        True where noise was added to a row.
    carried_weight_ : ndarray of shape (n_resampled,)
        Input weight of the source row: what a learner trains with.
    sample_weight_ : ndarray of shape (n_resampled,)
        `carried_weight_` divided by the class's factor: under these weights the output stands for
        the input, class by class.
    shift_ : ClassShift
        Weight total after over weight total before, per class; exact without `shrinkage`.
    shrinkage_ : dict of {label: float} or None
        The shrinkage used per touched class.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of str of shape (n_features_in_,)
        Column names of X, where they are all strings.

    See Also
    --------
    RandomUnderSampler : Drop rows of the larger classes instead.
    ClassWeighter : The same change by weights.

    Notes
    -----
    The smoothed bootstrap [1]_ draws from a kernel estimate of each class's density: the noise of
    column j of class k is normal with standard deviation
    ``shrinkage * sd_kj * (4 / ((d + 2) n_k)) ** (1 / (d + 4))``. It widens the classes a little, so
    its shift is not exact. Integer columns are rounded to the nearest integer without bias.

    References
    ----------
    .. [1] G. Menardi and N. Torelli, "Training and assessing classification rules with imbalanced
       data", Data Mining and Knowledge Discovery 28, 2014, 92-122.
       https://doi.org/10.1007/s10618-012-0295-5

    Examples
    --------
    >>> import numpy as np
    >>> from imbalance_kit import RandomOverSampler
    >>> X, y = np.arange(20).reshape(10, 2), np.array([0] * 8 + [1] * 2)
    >>> sampler = RandomOverSampler(random_state=0)
    >>> X_res, y_res = sampler.fit_resample(X, y)
    >>> np.bincount(y_res)
    array([8, 8])
    >>> sampler.shift_.factors
    {0: 1.0, 1: 4.0}
    """

    _sampling_type: ClassVar[SamplingKind] = "over-sampling"

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        random_state: Any = None,
        shrinkage: float | Mapping[Any, float] | None = None,
    ) -> None:
        super().__init__(sampling_strategy=sampling_strategy, random_state=random_state)
        self.shrinkage = shrinkage

    def _shift_is_exact(self) -> bool:
        return self.shrinkage is None

    def _fit_resample(self, data: SamplingInput, plan: ClassPlan, seed: int) -> Draw:
        labels = data.target.classes.tolist()
        self.shrinkage_ = self._check_shrinkage([labels[k] for k in plan.touched])
        added, noisy = {}, []
        for k in plan.touched:
            stream = class_stream(seed, labels[k])
            members = data.target.members(k)
            drawn = stream.integers(len(members), size=plan.rows[k] - len(members))
            added[k] = members[drawn]
            if self.shrinkage_ is not None:
                own = _numbers(data.X, members)
                noisy.append(smoothed_copies(own, drawn, self.shrinkage_[labels[k]], stream))
        if not noisy:
            return Draw(added=added)
        seeds = np.concatenate(list(added.values()))
        return Draw(added=added, synthetic=rows_like(data.X, np.concatenate(noisy), seeds))

    def _check_shrinkage(self, touched: list[Any]) -> dict[Any, float] | None:
        if self.shrinkage is None:
            return None
        if isinstance(self.shrinkage, Mapping):
            missing = [label for label in touched if label not in self.shrinkage]
            if missing:
                raise ValueError(
                    "`shrinkage` should contain a shrinkage factor for each class that will be "
                    f"resampled. The missing classes are: {missing!r}"
                )
            values = {label: self.shrinkage[label] for label in touched}
        else:
            values = dict.fromkeys(touched, self.shrinkage)
        for label, value in values.items():
            if not isinstance(value, Real) or not 0 <= value < np.inf:
                raise ValueError(
                    f"The shrinkage factor needs to be >= 0. Got {value!r} for class {label!r}."
                )
        return {label: float(value) for label, value in values.items()}


def _numbers(X: Any, members: NDArray[np.intp]) -> NDArray[np.floating[Any]]:
    try:
        return numeric_rows(X, members)
    except ValueError as error:
        raise ValueError(f"When shrinkage is not None, {error}") from None
