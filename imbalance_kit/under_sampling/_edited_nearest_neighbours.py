"""Edited nearest neighbours: drop rows that their neighbourhood would classify otherwise."""

from collections.abc import Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._base import SamplingInput
from imbalance_kit._utils._neighbor_parameters import check_neighbors
from imbalance_kit._utils._neighbor_search import NeighborSearch
from imbalance_kit.under_sampling._cleaning import BaseCleaner

_KINDS = ("all", "mode")


class EditedNearestNeighbours(BaseCleaner):
    """Drop rows whose nearest neighbours are of other classes.

    Use it to smooth the boundary for a nearest-neighbour learner, or after SMOTE
    (:class:`~imbalance_kit.SMOTEENN`). Not to balance: how many rows go is up to the data. Not for
    probabilities as they are: where the classes overlap one of them is cut away, and a model
    trained on the rest is far too sure; :class:`~imbalance_kit.CorrectedClassifier` recalibrates on
    rows that were not cleaned.

    Parameters
    ----------
    sampling_strategy : str, list or callable, default="auto"
        Classes that rows are dropped from:

        - str: "majority", "not minority" (as "auto"), "not majority" or "all";
        - list: their labels;
        - callable: takes `y`, returns either.
    n_neighbors : int or object, default=3
        Neighbours that are asked, at least 1, the row itself not counted. An object with `fit` and
        `kneighbors`, such as scikit-learn's NearestNeighbors or a wrapper of an approximate index,
        is asked instead; it counts the row itself, so that its ``n_neighbors=4`` stands for 3.
    kind_sel : {"all", "mode"}, default="all"
        When a row stays: if "all" its neighbours are of its class, which drops more, or if no
        class is more frequent among them ("mode").
    n_jobs : int or None, default=None
        Threads of the neighbour search; None and -1 use all cores. An object as `n_neighbors` keeps
        its own.

    Attributes
    ----------
    sampling_strategy_ : dict of {label: int}
        Rows of each class that is cleaned, before.
    sample_indices_ : ndarray of shape (n_resampled,)
        Source row of each output row, ascending.
    synthetic_mask_ : ndarray of bool of shape (n_resampled,)
        All False.
    carried_weight_ : ndarray of shape (n_resampled,)
        Input weight of the source row: what a learner trains with.
    sample_weight_ : None
        No weights make the output stand for the input: where rows went none are left to weigh more.
    shift_ : None
        The factor between the two distributions is not known.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of str of shape (n_features_in_,)
        Column names of X, where they are all strings.

    See Also
    --------
    TomekLinks : Drops less, by pairs of nearest rows.
    SMOTEENN : Cleans after over-sampling.

    Notes
    -----
    A row is classified by its nearest rows, itself left out, and dropped if that fails [1]_; all
    rows are judged by all others, none by what is left after an earlier one went. Of rows at the
    same distance those with smaller numbers are nearer; a row's copies are its neighbours, never
    the row itself. Weights of rows have no influence.

    References
    ----------
    .. [1] D. L. Wilson, "Asymptotic Properties of Nearest Neighbor Rules Using Edited Data", IEEE
       Transactions on Systems, Man, and Cybernetics SMC-2(3), 1972, 408-421.
       https://doi.org/10.1109/TSMC.1972.4309137

    Examples
    --------
    >>> import numpy as np
    >>> from imbalance_kit import EditedNearestNeighbours
    >>> X, y = np.arange(8.0)[:, None], np.array([0, 0, 0, 1, 0, 1, 1, 1])
    >>> sampler = EditedNearestNeighbours(sampling_strategy="all", n_neighbors=2)
    >>> X_res, y_res = sampler.fit_resample(X, y)
    >>> sampler.sample_indices_
    array([0, 1, 6, 7])
    """

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        n_neighbors: Any = 3,
        kind_sel: str = "all",
        n_jobs: int | None = None,
    ) -> None:
        super().__init__(sampling_strategy=sampling_strategy, n_jobs=n_jobs)
        self.n_neighbors = n_neighbors
        self.kind_sel = kind_sel

    def _is_kept(self, data: SamplingInput, touched: Collection[int]) -> NDArray[np.bool_]:
        if self.kind_sel not in _KINDS:
            raise ValueError(f"`kind_sel` must be one of {_KINDS}, got {self.kind_sel!r}.")
        k, backend = check_neighbors(self.n_neighbors, "n_neighbors")
        codes = data.target.codes
        if k >= len(codes):
            raise ValueError(
                f"`n_neighbors` asks for {k} neighbours of each row, and there are {len(codes)} "
                f"rows. Hint: at most {len(codes) - 1}."
            )
        rows = np.flatnonzero(np.isin(codes, list(touched)))
        search = NeighborSearch(data.numbers, n_jobs=self.n_jobs)
        around = codes[search.nearest(k, of=rows, backend=backend)]
        if self.kind_sel == "all":
            agreed = (around == codes[rows, None]).all(axis=1)
        else:
            agreed = _is_most_frequent(codes[rows], around, data.target.n_classes)
        kept = np.ones(len(codes), dtype=bool)
        kept[rows] = agreed
        return kept


def _is_most_frequent(
    own: NDArray[np.intp], around: NDArray[np.intp], n_classes: int
) -> NDArray[np.bool_]:
    """Return whether no code is more frequent in a row of `around` than the row's own."""
    most = np.max([np.count_nonzero(around == k, axis=1) for k in range(n_classes)], axis=0)
    agreed: NDArray[np.bool_] = np.count_nonzero(around == own[:, None], axis=1) == most
    return agreed
