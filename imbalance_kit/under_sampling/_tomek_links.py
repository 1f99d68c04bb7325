"""Tomek links: pairs of rows of different classes that are each other's nearest."""

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._base import SamplingInput
from imbalance_kit._utils._neighbor_search import NeighborSearch
from imbalance_kit.under_sampling._cleaning import BaseCleaner


class TomekLinks(BaseCleaner):
    """Drop rows whose nearest neighbour is of another class, where that holds the other way too.

    Use it to tidy a boundary a little before a nearest-neighbour learner, or after SMOTE
    (:class:`~imbalance_kit.SMOTETomek`). Not to balance: few rows go. Not for probabilities as they
    are: rows go where the classes overlap, so that the output overlaps less than the world does;
    :class:`~imbalance_kit.CorrectedClassifier` recalibrates on rows that were not cleaned.

    Parameters
    ----------
    sampling_strategy : str, list or callable, default="auto"
        Classes that rows are dropped from, of a pair or both:

        - str: "majority", "not minority" (as "auto"), "not majority" or "all";
        - list: their labels;
        - callable: takes `y`, returns either.
    n_jobs : int or None, default=None
        Threads of the neighbour search; None and -1 use all cores.

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
    EditedNearestNeighbours : Drops more, by several neighbours.
    SMOTETomek : Cleans after over-sampling.

    Notes
    -----
    Rows i and j of different classes are a link if j is the nearest of all rows to i and i to j
    [1]_. Of rows at the same distance the one with the smaller number is the nearest; a row's copy
    is its neighbour at distance 0, never the row itself. Weights of rows have no influence.

    References
    ----------
    .. [1] I. Tomek, "Two Modifications of CNN", IEEE Transactions on Systems, Man, and Cybernetics
       SMC-6(11), 1976, 769-772. https://doi.org/10.1109/TSMC.1976.4309452

    Examples
    --------
    >>> import numpy as np
    >>> from imbalance_kit import TomekLinks
    >>> X, y = np.array([[0.0], [1.0], [1.1], [5.0], [5.4]]), np.array([0, 0, 1, 1, 1])
    >>> sampler = TomekLinks(sampling_strategy="all")
    >>> X_res, y_res = sampler.fit_resample(X, y)
    >>> sampler.sample_indices_
    array([0, 3, 4])
    """

    def _is_kept(self, data: SamplingInput, touched: Collection[int]) -> NDArray[np.bool_]:
        codes = data.target.codes
        nearest = NeighborSearch(data.numbers, n_jobs=self.n_jobs).nearest(1)[:, 0]
        linked = (codes[nearest] != codes) & (nearest[nearest] == np.arange(len(codes)))
        kept: NDArray[np.bool_] = ~(linked & np.isin(codes, list(touched)))
        return kept
