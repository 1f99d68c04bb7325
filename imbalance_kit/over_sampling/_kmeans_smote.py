"""k-means SMOTE: clusters first, then SMOTE where the class is at home and sparse."""

import math
import warnings
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.base import clone
from sklearn.cluster import MiniBatchKMeans

from imbalance_kit._base import BaseSampler, Draw, SamplingInput
from imbalance_kit._utils._allocate import largest_remainder
from imbalance_kit._utils._interpolate import Pairs
from imbalance_kit._utils._neighbor_parameters import check_neighbors
from imbalance_kit._utils._neighbor_search import NeighborSearch
from imbalance_kit._utils._random import class_stream
from imbalance_kit._utils._sampling_strategy import ClassPlan, SamplingKind
from imbalance_kit._utils._stacklevel import callers_stacklevel
from imbalance_kit.over_sampling._cluster_weights import cluster_weights
from imbalance_kit.over_sampling._parents import (
    ClassToFill,
    as_draw,
    classes_to_fill,
    even_choice,
    fewer_neighbors,
    nearest_partners,
)

_CLUSTERS = 8


class KMeansSMOTE(BaseSampler):
    """Fill up the smaller classes within clusters in which they are common, sparse clusters first.

    Use it as :class:`~imbalance_kit.SMOTE`, where a class lives in several places: no new row lies
    on a line from one to another, nor in a cluster of the other classes. Not where a class has only
    a few rows per cluster. Its shift is undone worse than SMOTE's, since rows of a class are not
    added evenly: recalibrate.

    Parameters
    ----------
    sampling_strategy : float, str, dict, callable or Ratios, default="auto"
        Sizes asked for, as in :class:`~imbalance_kit.SMOTE`.
    random_state : int, RandomState, Generator or None, default=None
        An int gives the same rows every time; None takes fresh entropy. The global random state is
        never used. Each class has a stream of its own, the clustering another.
    k_neighbors : int or object, default=2
        Neighbours of a row, within its class and cluster, that a new row may lie towards; at least
        1, the row itself not counted. An object with `fit` and `kneighbors` is asked instead; it
        counts the row itself.
    n_jobs : int or None, default=None
        Threads of the neighbour search and of the distances within clusters; None and -1 use all
        cores.
    kmeans_estimator : int or clusterer, default=None
        Number of clusters of a MiniBatchKMeans, or an estimator with `fit` that leaves `labels_`;
        fitted once for all classes. None stands for 8 clusters.
    cluster_balance_threshold : "auto" or float, default="auto"
        Share of a class in a cluster from which on the cluster is used for it, in [0, 1]. "auto" is
        half of the class's share of all rows to add. With a single cluster it is used in any case.
    density_exponent : "auto" or float, default="auto"
        Power of the mean distance in the weight of a cluster. "auto" is
        ``.16 * log(n, 1.6) ** 1.8`` for n rows of the class in it.

    Attributes
    ----------
    sampling_strategy_ : dict of {label: int}
        Rows *added* to each touched class.
    kmeans_estimator_ : clusterer
        The fitted clone.
    cluster_balance_threshold_ : "auto" or float
        The threshold used; -inf with a single cluster.
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
        If a class is nowhere common: all its rows count as one cluster, as in SMOTE; and if that
        has too few rows for `k_neighbors`: all others are used.

    See Also
    --------
    SMOTE : Without clusters.

    Notes
    -----
    A cluster is used for a class if the class's share in it reaches the threshold and it holds more
    than `k_neighbors` of its rows. Of the rows asked for it gets, by largest remainder, a part in
    proportion to ``mean_distance ** density_exponent / n``: the mean over pairs of its n rows of
    the class [1]_. Within it, rows are made as by SMOTE. The time grows with the square of the
    largest n.

    References
    ----------
    .. [1] F. Last, G. Douzas and F. Bacao, "Oversampling for Imbalanced Learning Based on K-Means
       and SMOTE", 2017. https://arxiv.org/abs/1711.00837

    Examples
    --------
    >>> import numpy as np
    >>> from imbalance_kit import KMeansSMOTE
    >>> rng = np.random.default_rng(0)
    >>> y = np.array([0] * 90 + [1] * 20)
    >>> X = rng.normal(size=(110, 2)) + 4 * y[:, None]
    >>> X_res, y_res = KMeansSMOTE(random_state=0).fit_resample(X, y)
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
        k_neighbors: Any = 2,
        n_jobs: int | None = None,
        kmeans_estimator: Any = None,
        cluster_balance_threshold: Any = "auto",
        density_exponent: Any = "auto",
    ) -> None:
        super().__init__(sampling_strategy=sampling_strategy, random_state=random_state)
        self.k_neighbors = k_neighbors
        self.n_jobs = n_jobs
        self.kmeans_estimator = kmeans_estimator
        self.cluster_balance_threshold = cluster_balance_threshold
        self.density_exponent = density_exponent

    def _shift_is_exact(self) -> bool:
        return False

    def _fit_resample(self, data: SamplingInput, plan: ClassPlan, seed: int) -> Draw:
        neighbors = check_neighbors(self.k_neighbors, "k_neighbors")
        for name in ("cluster_balance_threshold", "density_exponent"):
            _check_auto_or_number(getattr(self, name), name)
        search = NeighborSearch(data.numbers, n_jobs=self.n_jobs)
        parts, made = list(classes_to_fill(data, plan, seed)), {}
        clusters = self._clusters(data, seed) if parts else None
        n_all = sum(part.n_new for part in parts)
        for part in parts:
            threshold = self.cluster_balance_threshold_
            least = part.n_new / n_all / 2 if threshold == "auto" else threshold
            homes = _homes(part, clusters, least, neighbors[0])
            weights = cluster_weights(data.numbers, homes, self.density_exponent, self.n_jobs)
            shares = largest_remainder(weights, part.n_new, part.stream)
            made[part.code] = _fill(search, neighbors, part, homes, shares)
        return as_draw(made)

    def _clusters(self, data: SamplingInput, seed: int) -> NDArray[np.intp]:
        """Return the cluster of every row."""
        asked = _CLUSTERS if self.kmeans_estimator is None else self.kmeans_estimator
        if isinstance(asked, Integral) and not isinstance(asked, bool):
            if asked < 1:
                raise ValueError(f"`kmeans_estimator` must be at least 1 cluster, got {asked!r}.")
            clusterer = MiniBatchKMeans(n_clusters=min(int(asked), len(data.target.codes)))
        elif hasattr(asked, "fit") and not isinstance(asked, type):
            clusterer = clone(asked)
        else:
            raise TypeError(
                f"`kmeans_estimator` must be an int or a clusterer with `fit`, got {asked!r}."
            )
        if clusterer.get_params().get("random_state", 0) is None:
            stream = class_stream(seed, "", stage="clusters")
            clusterer.set_params(random_state=int(stream.integers(2**31)))
        rows = data.numbers
        if sparse.issparse(rows) and not rows.data.flags.writeable:
            rows = rows.copy()  # scikit-learn's k-means takes read-only arrays, but not in csr
        self.kmeans_estimator_ = clusterer.fit(rows)
        labels = np.unique(clusterer.labels_, return_inverse=True)[1]
        single = labels.max() == 0
        self.cluster_balance_threshold_ = -np.inf if single else self.cluster_balance_threshold
        return labels.astype(np.intp, copy=False)


def _homes(part: ClassToFill, clusters: Any, least: float, k: int) -> list[NDArray[np.intp]]:
    """Return the rows of the class in each cluster that is used for it."""
    sizes, own = np.bincount(clusters), clusters[part.members]
    counts = np.bincount(own, minlength=len(sizes))
    used = np.flatnonzero((counts / sizes >= least) & (counts > k))
    if len(used):
        return [part.members[own == cluster] for cluster in used]
    warnings.warn(
        f"No cluster holds more than {k} rows of class {part.label!r} and at least {least:.3g} of "
        "it: all its rows count as one cluster. Hint: lower `cluster_balance_threshold`, or change "
        "the number of clusters.",
        UserWarning,
        stacklevel=callers_stacklevel(),
    )
    return [part.members]


def _fill(
    search: NeighborSearch,
    neighbors: tuple[int, Any],
    part: ClassToFill,
    homes: list[NDArray[np.intp]],
    shares: NDArray[np.intp],
) -> Pairs:
    seeds, ends = [], []
    for home, n_new in zip(homes, shares.tolist(), strict=True):
        if n_new:
            of_home = fewer_neighbors(neighbors, len(home), part.label)
            chosen = even_choice(part, len(home), n_new)
            first, second = nearest_partners(search, of_home, part, home, chosen, home)
            seeds.append(first)
            ends.append(second)
    return Pairs(np.concatenate(seeds), np.concatenate(ends), part.stream.random(part.n_new))


def _check_auto_or_number(value: Any, name: str) -> None:
    if value == "auto":
        return
    if not isinstance(value, Real) or isinstance(value, bool) or not math.isfinite(value):
        raise ValueError(f'`{name}` must be "auto" or a finite number, got {value!r}.')
