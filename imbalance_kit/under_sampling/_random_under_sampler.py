"""Random under-sampling: drop rows of the larger classes, each with the same probability."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

import numpy as np

from imbalance_kit._base import BaseSampler, Draw, SamplingInput
from imbalance_kit._utils._random import class_stream
from imbalance_kit._utils._sampling_strategy import ClassPlan, SamplingKind
from imbalance_kit._utils._targets import counted_target


class RandomUnderSampler(BaseSampler):
    """Keep a simple random sample of the larger classes.

    Use it to train faster, or to feed learners that ignore small classes, and undo the change in
    the predictions with :class:`~imbalance_kit.CorrectedClassifier`. Not for small data: every row
    dropped is information lost, and a learner that minimises a proper loss gains nothing from
    balance alone. Where nearly all rows are redundant negatives, keep the informative ones instead
    of random ones.

    Parameters
    ----------
    sampling_strategy : float, str, dict, callable or Ratios, default="auto"
        Sizes asked for:

        - float in (0, 1], binary targets only: rows of the rarer class per row of the other after
          sampling; 1 means as many of both;
        - str: which classes are cut down to the size of the smallest: "majority",
          "not minority" (as "auto"), "not majority" or "all";
        - dict: {label: rows wanted}, of the touched classes;
        - callable: takes `y`, returns any of the other forms;
        - :class:`~imbalance_kit.Ratios`: as the dict, but relative.
    random_state : int, RandomState, Generator or None, default=None
        An int gives the same rows every time; None takes fresh entropy. The global random state is
        never used. Each class has a stream of its own.
    replacement : bool, default=False
        Whether a row may be drawn more than once.

    Attributes
    ----------
    sampling_strategy_ : dict of {label: int}
        Rows kept of each touched class.
    sample_indices_ : ndarray of shape (n_resampled,)
        Source row of each output row, ascending: the order of the input is kept.
    synthetic_mask_ : ndarray of bool of shape (n_resampled,)
        All False.
    carried_weight_ : ndarray of shape (n_resampled,)
        Input weight of the source row: what a learner trains with.
    sample_weight_ : ndarray of shape (n_resampled,)
        `carried_weight_` divided by the class's factor: under these weights the output stands for
        the input, class by class.
    shift_ : ClassShift
        Weight total after over weight total before, per class; exact.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of str of shape (n_features_in_,)
        Column names of X, where they are all strings.

    See Also
    --------
    RandomOverSampler : Add copies instead of dropping rows.
    ClassWeighter : The same change by weights.

    Notes
    -----
    Under sampling by class alone, ``q(x, y=k) = a_k p(x, y=k)`` with ``a_k = n'_k / n_k``, and
    ``p(y=k | x) ∝ q(y=k | x) / a_k`` [1]_.

    References
    ----------
    .. [1] C. Elkan, "The foundations of cost-sensitive learning", Proceedings of the 17th
       International Joint Conference on Artificial Intelligence, 2001, 973-978.

    Examples
    --------
    >>> import numpy as np
    >>> from imbalance_kit import RandomUnderSampler
    >>> X, y = np.arange(20).reshape(10, 2), np.array([0] * 8 + [1] * 2)
    >>> sampler = RandomUnderSampler(sampling_strategy=.5, random_state=0)
    >>> X_res, y_res = sampler.fit_resample(X, y)
    >>> np.bincount(y_res)
    array([4, 2])
    >>> sampler.shift_.factors
    {0: 0.5, 1: 1.0}
    """

    _sampling_type: ClassVar[SamplingKind] = "under-sampling"

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        random_state: Any = None,
        replacement: bool = False,
    ) -> None:
        super().__init__(sampling_strategy=sampling_strategy, random_state=random_state)
        self.replacement = replacement

    def fit_totals(self, class_totals: Mapping[Any, int]) -> Self:
        """Resolve the strategy from class sizes alone, for data that do not fit.

        Parameters
        ----------
        class_totals : mapping of {label: int}
            Rows of each class.

        Returns
        -------
        self : object
            With `sampling_strategy_` and `shift_`.
        """
        target = counted_target(class_totals)
        self._plan(SamplingInput(None, None, target, None, target.totals(None)))
        return self

    def _fit_resample(self, data: SamplingInput, plan: ClassPlan, seed: int) -> Draw:
        if not isinstance(self.replacement, (bool, np.bool_)):
            raise ValueError(f"`replacement` must be True or False, got {self.replacement!r}.")
        codes, counts = data.target.codes, data.target.counts
        keep = np.ones(len(codes), dtype=bool)
        drawn = []
        for k in plan.touched:
            if self.replacement or plan.rows[k] < counts[k]:
                own = codes == k
                stream = class_stream(seed, data.target.label(k))
                places = stream.choice(
                    counts[k], size=plan.rows[k], replace=self.replacement, shuffle=False
                )
                drawn.append(np.flatnonzero(own)[places])
                keep ^= own
        if self.replacement:
            return Draw(kept=np.sort(np.concatenate([np.flatnonzero(keep), *drawn])))
        for rows in drawn:
            keep[rows] = True
        return Draw(kept=np.flatnonzero(keep))
