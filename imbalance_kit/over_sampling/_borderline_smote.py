"""Borderline-SMOTE: seeds are the rows of a class that stand near the others."""

import warnings
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._base import BaseSampler, Draw, SamplingInput
from imbalance_kit._utils._interpolate import Pairs
from imbalance_kit._utils._neighbor_parameters import check_neighbors
from imbalance_kit._utils._neighbor_search import NeighborSearch
from imbalance_kit._utils._sampling_strategy import ClassPlan, SamplingKind
from imbalance_kit._utils._stacklevel import callers_stacklevel
from imbalance_kit.over_sampling._danger import in_danger, share_of_others
from imbalance_kit.over_sampling._parents import (
    ClassToFill,
    as_draw,
    classes_to_fill,
    even_choice,
    fewer_neighbors,
    nearest_partners,
)

_KINDS = ("borderline-1", "borderline-2")


class BorderlineSMOTE(BaseSampler):
    """Fill up the smaller classes with synthetic rows near the border to the others.

    Use it as :class:`~imbalance_kit.SMOTE`, for a learner that fails at the border between the
    classes. Not where the classes overlap widely or labels are noisy: nearly every row is then at
    the border, and the overlap is filled up. Its shift is undone worse than SMOTE's, since rows of
    a class are not added evenly: recalibrate.

    Parameters
    ----------
    sampling_strategy : float, str, dict, callable or Ratios, default="auto"
        Sizes asked for, as in :class:`~imbalance_kit.SMOTE`.
    random_state : int, RandomState, Generator or None, default=None
        An int gives the same rows every time; None takes fresh entropy. The global random state is
        never used. Each class has a stream of its own.
    k_neighbors : int or object, default=5
        Neighbours of a seed that a new row may lie towards, at least 1, the seed itself not
        counted. An object with `fit` and `kneighbors` is asked instead; it counts the row itself.
    m_neighbors : int or object, default=10
        Neighbours among all rows that tell whether a row is in danger.
    kind : {"borderline-1", "borderline-2"}, default="borderline-1"
        Where neighbours are sought: among the rows of the class, or among all rows, with half a
        step at most towards one of another class.
    n_jobs : int or None, default=None
        Threads of the neighbour search; None and -1 use all cores.

    Attributes
    ----------
    sampling_strategy_ : dict of {label: int}
        Rows *added* to each touched class.
    in_danger_indices_ : dict of {label: ndarray}
        Rows of each filled class that are in danger, ascending.
    sample_indices_ : ndarray of shape (n_resampled,)
        Source row of each output row: all rows of the input in order, then the seeds.
    synthetic_mask_ : ndarray of bool of shape (n_resampled,)
        True where a row was made.
    neighbor_indices_ : ndarray of shape (n_resampled,)
        Row of the input that is the other parent; -1 for a row of the input.
    steps_ : ndarray of shape (n_resampled,)
        How far from the seed towards the neighbour a row lies: in [0, 1), in [0, .5) where the
        neighbour is of another class; NaN for a row of the input.
    carried_weight_ : ndarray of shape (n_resampled,)
        Input weight of the source row: what a learner trains with.
    sample_weight_ : ndarray of shape (n_resampled,)
        `carried_weight_` divided by the class's factor.
    shift_ : ClassShift
        Weight total after over weight total before, per class; not exact.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of str of shape (n_features_in_,)
        Column names of X, where they are all strings.

    Warns
    -----
    UserWarning
        If no row of a class is in danger: all of them are seeds, as in SMOTE. Or if there are too
        few rows for `k_neighbors` or `m_neighbors`: all others are used.

    See Also
    --------
    SMOTE : Every row of the class is a seed.
    SVMSMOTE : The border is that of a support vector machine.
    ADASYN : More rows near the border, some everywhere.

    Notes
    -----
    A row is in danger [1]_ if at least half of its `m_neighbors` nearest rows, but not all of them,
    are of other classes; where all are, it counts as noise. A new row is
    ``seed + step * (neighbor - seed)``, the seed drawn evenly from the rows in danger.

    In the source, kind 2 seeks neighbours within the class and within the others; here, as in
    imbalanced-learn, among all rows together.

    References
    ----------
    .. [1] H. Han, W.-Y. Wang and B.-H. Mao, "Borderline-SMOTE: A new over-sampling method in
       imbalanced data sets learning", Advances in Intelligent Computing, 2005, 878-887.
       https://doi.org/10.1007/11538059_91

    Examples
    --------
    >>> import numpy as np
    >>> from imbalance_kit import BorderlineSMOTE
    >>> rng = np.random.default_rng(0)
    >>> y = np.array([0] * 90 + [1] * 20)
    >>> X = rng.normal(size=(110, 2)) + 2 * y[:, None]
    >>> sampler = BorderlineSMOTE(random_state=0)
    >>> X_res, y_res = sampler.fit_resample(X, y)
    >>> np.bincount(y_res)
    array([90, 90])
    >>> set(sampler.sample_indices_[110:]) <= set(sampler.in_danger_indices_[1])
    True
    """

    _sampling_type: ClassVar[SamplingKind] = "over-sampling"
    _computes: ClassVar[bool] = True
    _looks_at_other_classes: ClassVar[bool] = True

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        random_state: Any = None,
        k_neighbors: Any = 5,
        m_neighbors: Any = 10,
        kind: Literal["borderline-1", "borderline-2"] = "borderline-1",
        n_jobs: int | None = None,
    ) -> None:
        super().__init__(sampling_strategy=sampling_strategy, random_state=random_state)
        self.k_neighbors = k_neighbors
        self.m_neighbors = m_neighbors
        self.kind = kind
        self.n_jobs = n_jobs

    @property
    def in_danger_indices(self) -> dict[Any, NDArray[np.intp]]:
        """`in_danger_indices_` by the name it has in imbalanced-learn."""
        return self.in_danger_indices_

    def _shift_is_exact(self) -> bool:
        return False

    def _fit_resample(self, data: SamplingInput, plan: ClassPlan, seed: int) -> Draw:
        if self.kind not in _KINDS:
            raise ValueError(f"`kind` must be one of {_KINDS}, got {self.kind!r}.")
        nearest = check_neighbors(self.k_neighbors, "k_neighbors")
        around = check_neighbors(self.m_neighbors, "m_neighbors")
        search, codes = NeighborSearch(data.numbers, n_jobs=self.n_jobs), data.target.codes
        self.in_danger_indices_: dict[Any, NDArray[np.intp]] = {}
        made = {}
        for part in classes_to_fill(data, plan, seed):
            others = share_of_others(search, around, part.members, codes, part.label)
            danger = part.members[in_danger(others)]
            self.in_danger_indices_[part.label] = danger
            candidates = danger if len(danger) else _all_of(part)
            among = part.members if self.kind == "borderline-1" else None
            n_among = len(codes) if among is None else len(among)
            partners = fewer_neighbors(nearest, n_among, part.label)
            chosen = even_choice(part, len(candidates))
            seeds, ends = nearest_partners(search, partners, part, candidates, chosen, among)
            steps = part.stream.random(part.n_new)
            steps[codes[ends] != part.code] *= 0.5
            made[part.code] = Pairs(seeds, ends, steps)
        return as_draw(made)


def _all_of(part: ClassToFill) -> NDArray[np.intp]:
    warnings.warn(
        f"No row of class {part.label!r} is in danger (near as many rows of other classes as of "
        "its own): all its rows are seeds. Hint: use SMOTE.",
        UserWarning,
        stacklevel=callers_stacklevel(),
    )
    return part.members
