"""ADASYN: SMOTE with more rows where the other classes are near."""

import warnings
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._base import BaseSampler, Draw, SamplingInput
from imbalance_kit._utils._allocate import largest_remainder
from imbalance_kit._utils._interpolate import Pairs
from imbalance_kit._utils._neighbor_parameters import check_neighbors
from imbalance_kit._utils._neighbor_search import NeighborSearch
from imbalance_kit._utils._sampling_strategy import ClassPlan, SamplingKind
from imbalance_kit._utils._stacklevel import callers_stacklevel
from imbalance_kit.over_sampling._danger import share_of_others
from imbalance_kit.over_sampling._parents import (
    ClassToFill,
    as_draw,
    classes_to_fill,
    fewer_neighbors,
    nearest_partners,
)


class ADASYN(BaseSampler):
    """Fill up the smaller classes, with more synthetic rows where the other classes are near.

    Use it as :class:`~imbalance_kit.SMOTE`, for a learner that fails at the border between the
    classes. Not where labels are noisy: a row alone among another class gets the most rows of all.
    Its shift is undone worse than SMOTE's, since rows of a class are not added evenly: recalibrate.

    Parameters
    ----------
    sampling_strategy : float, str, dict, callable or Ratios, default="auto"
        Sizes asked for, as in :class:`~imbalance_kit.SMOTE`.
    random_state : int, RandomState, Generator or None, default=None
        An int gives the same rows every time; None takes fresh entropy. The global random state is
        never used. Each class has a stream of its own.
    n_neighbors : int or object, default=5
        Neighbours of a row, the row itself not counted, both among all rows, to see how many are of
        other classes, and within its class, to lie towards. An object with `fit` and `kneighbors`
        is asked instead; it counts the row itself.
    n_jobs : int or None, default=None
        Threads of the neighbour search; None and -1 use all cores.

    Attributes
    ----------
    sampling_strategy_ : dict of {label: int}
        Rows *added* to each touched class.
    sample_indices_ : ndarray of shape (n_resampled,)
        Source row of each output row: all rows of the input in order, then the seeds.
    synthetic_mask_ : ndarray of bool of shape (n_resampled,)
        True where a row was made.
    neighbor_indices_ : ndarray of shape (n_resampled,)
        Row of the input that is the other parent; -1 for a row of the input.
    steps_ : ndarray of shape (n_resampled,)
        How far from the seed towards the neighbour a row lies, in [0, 1); NaN for a row of the
        input.
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
        If no row of a class has a neighbour of another: its new rows are spread evenly, as by
        SMOTE. Or if a class has too few rows for `n_neighbors`: all its others are used.

    See Also
    --------
    SMOTE : The same number of new rows everywhere.
    BorderlineSMOTE : New rows near the border only.

    Notes
    -----
    Row i of a class has the share ``r_i`` of other classes among its nearest; of the n rows asked
    for it is the seed of ``n r_i / sum(r)`` [1]_, in whole numbers by largest remainder, so that n
    are delivered. The neighbour is drawn evenly from the nearest of the class, the step uniformly
    from [0, 1). With several classes all others count as one.

    References
    ----------
    .. [1] H. He, Y. Bai, E. A. Garcia and S. Li, "ADASYN: Adaptive synthetic sampling approach for
       imbalanced learning", IEEE International Joint Conference on Neural Networks, 2008,
       1322-1328. https://doi.org/10.1109/IJCNN.2008.4633969

    Examples
    --------
    >>> import numpy as np
    >>> from imbalance_kit import ADASYN
    >>> rng = np.random.default_rng(0)
    >>> X, y = rng.normal(size=(100, 2)), np.array([0] * 90 + [1] * 10)
    >>> X_res, y_res = ADASYN(random_state=0).fit_resample(X, y)
    >>> np.bincount(y_res)
    array([90, 90])
    """

    _sampling_type: ClassVar[SamplingKind] = "over-sampling"
    _computes: ClassVar[bool] = True
    _looks_at_other_classes: ClassVar[bool] = True

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        random_state: Any = None,
        n_neighbors: Any = 5,
        n_jobs: int | None = None,
    ) -> None:
        super().__init__(sampling_strategy=sampling_strategy, random_state=random_state)
        self.n_neighbors = n_neighbors
        self.n_jobs = n_jobs

    def _shift_is_exact(self) -> bool:
        return False

    def _fit_resample(self, data: SamplingInput, plan: ClassPlan, seed: int) -> Draw:
        neighbors = check_neighbors(self.n_neighbors, "n_neighbors")
        search = NeighborSearch(data.numbers, n_jobs=self.n_jobs)
        made = {}
        for part in classes_to_fill(data, plan, seed):
            others = share_of_others(search, neighbors, part.members, data.target.codes, part.label)
            chosen = _seeds_by_share(others, part)
            of_class = fewer_neighbors(neighbors, len(part.members), part.label)
            parents = nearest_partners(search, of_class, part, part.members, chosen, part.members)
            made[part.code] = Pairs(*parents, part.stream.random(part.n_new))
        return as_draw(made)


def _seeds_by_share(others: NDArray[np.float64], part: ClassToFill) -> NDArray[np.intp]:
    """Return positions of seeds, each as often as its share of other classes asks."""
    if not others.any():
        warnings.warn(
            f"No row of class {part.label!r} has a neighbour of another class, so none is harder "
            "than the others: its new rows are spread evenly. Hint: use SMOTE.",
            UserWarning,
            stacklevel=callers_stacklevel(),
        )
        others = np.ones(len(others))
    counts = largest_remainder(others, part.n_new, part.stream)
    return np.repeat(np.arange(len(counts)), counts)
