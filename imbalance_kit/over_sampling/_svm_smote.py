"""SVM-SMOTE: seeds are the support vectors of a class."""

import warnings
from numbers import Real
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.svm import SVC

from imbalance_kit._base import BaseSampler, Draw, SamplingInput
from imbalance_kit._utils._interpolate import Pairs
from imbalance_kit._utils._neighbor_parameters import check_neighbors
from imbalance_kit._utils._neighbor_search import NeighborSearch
from imbalance_kit._utils._random import class_stream
from imbalance_kit._utils._sampling_strategy import ClassPlan, SamplingKind
from imbalance_kit._utils._stacklevel import callers_stacklevel
from imbalance_kit.over_sampling._danger import in_danger, is_noise, share_of_others
from imbalance_kit.over_sampling._parents import (
    ClassToFill,
    as_draw,
    classes_to_fill,
    even_choice,
    fewer_neighbors,
    nearest_partners,
)


class SVMSMOTE(BaseSampler):
    """Fill up the smaller classes around the support vectors of a support vector machine.

    Use it as :class:`~imbalance_kit.SMOTE`, for a learner that fails at the border between the
    classes, where a kernel finds the border better than a count of neighbours. Not for many rows:
    the time of the support vector machine grows with their square. Its shift is undone worse than
    SMOTE's, since rows of a class are not added evenly, and some outside of it: recalibrate.

    Parameters
    ----------
    sampling_strategy : float, str, dict, callable or Ratios, default="auto"
        Sizes asked for, as in :class:`~imbalance_kit.SMOTE`.
    random_state : int, RandomState, Generator or None, default=None
        An int gives the same rows every time; None takes fresh entropy. The global random state is
        never used. Each class has a stream of its own.
    k_neighbors : int or object, default=5
        Neighbours of a seed within its class, at least 1, the seed itself not counted. An object
        with `fit` and `kneighbors` is asked instead; it counts the row itself.
    m_neighbors : int or object, default=10
        Neighbours among all rows that tell whether a support vector is in danger, or noise.
    svm_estimator : classifier, default=None
        Its `support_` after `fit` are the rows to start from; fitted once for all classes. None is
        ``SVC(gamma="scale")``.
    out_step : float, default=0.5
        How far at most a new row lies beyond a seed that is not in danger, as a share of the way to
        its neighbour; above 0.
    n_jobs : int or None, default=None
        Threads of the neighbour search; None and -1 use all cores.

    Attributes
    ----------
    sampling_strategy_ : dict of {label: int}
        Rows *added* to each touched class.
    svm_estimator_ : classifier
        The fitted clone.
    sample_indices_ : ndarray of shape (n_resampled,)
        Source row of each output row: all rows of the input in order, then the seeds.
    synthetic_mask_ : ndarray of bool of shape (n_resampled,)
        True where a row was made.
    neighbor_indices_ : ndarray of shape (n_resampled,)
        Row of the input that is the other parent; -1 for a row of the input.
    steps_ : ndarray of shape (n_resampled,)
        How far from the seed towards the neighbour a row lies: in [0, 1) where the seed is in
        danger, in (-out_step, 0] where not; NaN for a row of the input.
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
        If all support vectors of a class are noise: all its rows are seeds. Or if there are too few
        rows for `k_neighbors` or `m_neighbors`: all others are used.

    See Also
    --------
    BorderlineSMOTE : The border by a count of neighbours, for more rows.

    Notes
    -----
    Seeds are the support vectors of the class, but for noise (all `m_neighbors` nearest rows of
    other classes). Where at least half of the nearest are of others, the seed is in danger and new
    rows lie between it and a neighbour; elsewhere they lie beyond it, away from the neighbour, and
    widen the class [1]_. The share of rows of the first sort is drawn once per class from
    Beta(10, 10), as in imbalanced-learn; where one sort has no seed the other delivers all.

    References
    ----------
    .. [1] H. M. Nguyen, E. W. Cooper and K. Kamei, "Borderline over-sampling for imbalanced data
       classification", International Journal of Knowledge Engineering and Soft Data Paradigms 3,
       2011, 4-21. https://doi.org/10.1504/IJKESDP.2011.039875

    Examples
    --------
    >>> import numpy as np
    >>> from imbalance_kit import SVMSMOTE
    >>> rng = np.random.default_rng(0)
    >>> y = np.array([0] * 90 + [1] * 20)
    >>> X = rng.normal(size=(110, 2)) + 2 * y[:, None]
    >>> sampler = SVMSMOTE(random_state=0)
    >>> X_res, y_res = sampler.fit_resample(X, y)
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
        k_neighbors: Any = 5,
        m_neighbors: Any = 10,
        svm_estimator: Any = None,
        out_step: float = 0.5,
        n_jobs: int | None = None,
    ) -> None:
        super().__init__(sampling_strategy=sampling_strategy, random_state=random_state)
        self.k_neighbors = k_neighbors
        self.m_neighbors = m_neighbors
        self.svm_estimator = svm_estimator
        self.out_step = out_step
        self.n_jobs = n_jobs

    @property
    def _step_interval(self) -> tuple[float, float]:
        return -self.out_step, 1.0

    def _shift_is_exact(self) -> bool:
        return False

    def _fit_resample(self, data: SamplingInput, plan: ClassPlan, seed: int) -> Draw:
        if not isinstance(self.out_step, Real) or not 0 < self.out_step < np.inf:
            raise ValueError(f"`out_step` must be a number above 0, got {self.out_step!r}.")
        nearest = check_neighbors(self.k_neighbors, "k_neighbors")
        around = check_neighbors(self.m_neighbors, "m_neighbors")
        search, codes = NeighborSearch(data.numbers, n_jobs=self.n_jobs), data.target.codes
        support, made = self._support_vectors(data, seed), {}
        for part in classes_to_fill(data, plan, seed):
            vectors = support[codes[support] == part.code]
            others = share_of_others(search, around, vectors, codes, part.label)
            candidates, danger = _candidates(vectors, others, part)
            chosen, between = _choose(danger, part)
            of_class = fewer_neighbors(nearest, len(part.members), part.label)
            parents = nearest_partners(search, of_class, part, candidates, chosen, part.members)
            steps = part.stream.random(part.n_new)
            steps[~between] *= -self.out_step
            made[part.code] = Pairs(*parents, steps)
        return as_draw(made)

    def _support_vectors(self, data: SamplingInput, seed: int) -> NDArray[np.intp]:
        machine = SVC(gamma="scale") if self.svm_estimator is None else clone(self.svm_estimator)
        if machine.get_params().get("random_state", 0) is None:
            stream = class_stream(seed, "", stage="svm")
            machine.set_params(random_state=int(stream.integers(2**31)))
        machine.fit(data.numbers, data.target.classes[data.target.codes])
        if not hasattr(machine, "support_"):
            raise TypeError(
                "`svm_estimator` must have `support_` after fit, the row numbers of its support "
                f"vectors, and {machine!r} has none. Hint: use sklearn.svm.SVC."
            )
        self.svm_estimator_ = machine
        return np.sort(machine.support_).astype(np.intp)


def _candidates(
    vectors: NDArray[np.intp], others: NDArray[np.float64], part: ClassToFill
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return the rows that may be seeds, and which of them are in danger."""
    useful = ~is_noise(others)
    if useful.any():
        return vectors[useful], in_danger(others[useful])
    warnings.warn(
        f"All support vectors of class {part.label!r} are noise (rows of other classes all around "
        "them): all its rows are seeds. Hint: use SMOTE.",
        UserWarning,
        stacklevel=callers_stacklevel(),
    )
    return part.members, np.ones(len(part.members), dtype=bool)


def _choose(
    danger: NDArray[np.bool_], part: ClassToFill
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return the position of each new row's seed, and which new rows lie between two rows."""
    inner, outer = np.flatnonzero(danger), np.flatnonzero(~danger)
    n_inner = int(part.stream.beta(10, 10) * (part.n_new + 1))
    if len(inner) == 0 or len(outer) == 0:
        n_inner = part.n_new if len(inner) else 0
    chosen = np.empty(part.n_new, dtype=np.intp)
    for rows, new in ((inner, slice(0, n_inner)), (outer, slice(n_inner, None))):
        if len(rows):
            chosen[new] = rows[even_choice(part, len(rows), len(chosen[new]))]
    return chosen, danger[chosen]
