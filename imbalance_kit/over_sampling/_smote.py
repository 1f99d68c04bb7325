"""SMOTE: rows on the lines between a row of a class and its nearest of the same class."""

from typing import Any, ClassVar

from imbalance_kit._base import BaseSampler, Draw, SamplingInput
from imbalance_kit._utils._interpolate import Pairs
from imbalance_kit._utils._neighbor_parameters import check_neighbors
from imbalance_kit._utils._neighbor_search import NeighborSearch
from imbalance_kit._utils._sampling_strategy import ClassPlan, SamplingKind
from imbalance_kit.over_sampling._parents import (
    as_draw,
    classes_to_fill,
    even_choice,
    fewer_neighbors,
    nearest_partners,
)


class SMOTE(BaseSampler):
    """Fill up the smaller classes with rows between a row and one of its nearest neighbours.

    Use it with weak learners (a linear model, a small tree) where ranking is what counts, and
    recalibrate: :class:`~imbalance_kit.CorrectedClassifier` does so by default. Not for
    probabilities as they are, not to help a strong learner (boosting ranks as well without), not
    for categories (:class:`~imbalance_kit.SMOTENC`), and not in many columns without scaling them
    first: neighbours are nearest in Euclidean distance. Compare before you decide, with
    :func:`~imbalance_kit.compare_strategies`.

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
    k_neighbors : int or object, default=5
        Neighbours of a row that a new row may lie towards, at least 1, the row itself not counted.
        An object with `fit` and `kneighbors`, such as scikit-learn's NearestNeighbors or a wrapper
        of an approximate index, is asked instead; it counts the row itself, so that its
        ``n_neighbors=6`` stands for 5.
    n_jobs : int or None, default=None
        Threads of the neighbour search; None and -1 use all cores. An object as `k_neighbors` keeps
        its own.

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
        `carried_weight_` divided by the class's factor: under these weights the output stands for
        the input, class by class.
    shift_ : ClassShift
        Weight total after over weight total before, per class. Not exact: the rows of a class are
        distributed a little differently from those of the input.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of str of shape (n_features_in_,)
        Column names of X, where they are all strings.

    Warns
    -----
    UserWarning
        If a class has too few rows for `k_neighbors`: all its others are used.

    See Also
    --------
    BorderlineSMOTE : Seeds near the other classes only.
    ADASYN : More rows where the other classes are near.
    RandomOverSampler : Copies, whose shift is undone exactly.
    ClassWeighter : The same change by weights, without any row.

    Notes
    -----
    A new row is ``seed + step * (neighbor - seed)`` [1]_: the seed drawn evenly from the rows of
    the class, the neighbour evenly from its `k_neighbors` nearest rows of the class, the step
    uniform on [0, 1). So ``X[sample_indices_] + steps_ * (X[neighbor_indices_] -
    X[sample_indices_])`` gives every synthetic row again. Integers are rounded to the nearest.

    Weights of rows are carried along; seeds and neighbours are chosen without regard to them.

    References
    ----------
    .. [1] N. V. Chawla, K. W. Bowyer, L. O. Hall and W. P. Kegelmeyer, "SMOTE: Synthetic Minority
       Over-sampling Technique", Journal of Artificial Intelligence Research 16, 2002, 321-357.
       https://doi.org/10.1613/jair.953

    Examples
    --------
    >>> import numpy as np
    >>> from imbalance_kit import SMOTE
    >>> rng = np.random.default_rng(0)
    >>> X, y = rng.normal(size=(100, 2)), np.array([0] * 90 + [1] * 10)
    >>> sampler = SMOTE(random_state=0)
    >>> X_res, y_res = sampler.fit_resample(X, y)
    >>> np.bincount(y_res)
    array([90, 90])
    >>> seed, other = sampler.sample_indices_[-1], sampler.neighbor_indices_[-1]
    >>> bool(np.allclose(X_res[-1], X[seed] + sampler.steps_[-1] * (X[other] - X[seed])))
    True
    """

    _sampling_type: ClassVar[SamplingKind] = "over-sampling"
    _computes: ClassVar[bool] = True

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        random_state: Any = None,
        k_neighbors: Any = 5,
        n_jobs: int | None = None,
    ) -> None:
        super().__init__(sampling_strategy=sampling_strategy, random_state=random_state)
        self.k_neighbors = k_neighbors
        self.n_jobs = n_jobs

    def _shift_is_exact(self) -> bool:
        return False

    def _fit_resample(self, data: SamplingInput, plan: ClassPlan, seed: int) -> Draw:
        neighbors = check_neighbors(self.k_neighbors, "k_neighbors")
        search = NeighborSearch(data.numbers, n_jobs=self.n_jobs)
        made = {}
        for part in classes_to_fill(data, plan, seed):
            of_class = fewer_neighbors(neighbors, len(part.members), part.label)
            chosen = even_choice(part, len(part.members))
            parents = nearest_partners(search, of_class, part, part.members, chosen, part.members)
            made[part.code] = Pairs(*parents, part.stream.random(part.n_new))
        return as_draw(made)
