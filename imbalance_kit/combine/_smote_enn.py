"""SMOTE, then edited nearest neighbours."""

from typing import Any, ClassVar

from imbalance_kit.combine._smote_and_clean import BaseSMOTEThenClean
from imbalance_kit.under_sampling import EditedNearestNeighbours


class SMOTEENN(BaseSMOTEThenClean):
    """Fill up the smaller classes by SMOTE, then drop rows that their neighbours contradict.

    Use it with a nearest-neighbour learner or a small tree where ranking is what counts. Not for
    probabilities as they are: both steps change the distribution, the second by an amount nobody
    knows; :class:`~imbalance_kit.CorrectedClassifier` recalibrates on rows of the input. Not where
    the classes overlap by nature: cleaning hides that they do.

    Parameters
    ----------
    sampling_strategy : float, str, dict, callable or Ratios, default="auto"
        Sizes after the first step, as for :class:`~imbalance_kit.SMOTE`; of no effect where
        `smote` is given.
    random_state : int, RandomState, Generator or None, default=None
        An int gives the same rows every time; None takes fresh entropy. Seeds `smote` where that
        has no `random_state` of its own.
    smote : sampler, default=None
        The over-sampler, of this package; None for :class:`~imbalance_kit.SMOTE` with five
        neighbours.
    enn : EditedNearestNeighbours, default=None
        The cleaning method; None for one that cleans all classes.
    n_jobs : int or None, default=None
        Threads of the neighbour searches of steps that are not given; None and -1 use all cores.

    Attributes
    ----------
    smote_ : sampler
        The fitted over-sampler.
    enn_ : EditedNearestNeighbours
        The fitted cleaning method.
    sampling_strategy_ : dict of {label: int}
        Rows that the first step added to each touched class.
    sample_indices_ : ndarray of shape (n_resampled,)
        Source row in the input of each output row; of a row that was made, its seed.
    synthetic_mask_ : ndarray of bool of shape (n_resampled,)
        True where a row was made.
    neighbor_indices_ : ndarray of shape (n_resampled,)
        Row of the input that is the other parent; -1 for a row of the input.
    steps_ : ndarray of shape (n_resampled,)
        How far from the seed towards the neighbour a row lies; NaN for a row of the input.
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
    SMOTE : The first step.
    EditedNearestNeighbours : The second step.
    SMOTETomek : The same with another second step.

    Notes
    -----
    The second step judges rows of the input and rows that were made alike, and drops both [1]_.

    References
    ----------
    .. [1] G. E. A. P. A. Batista, R. C. Prati and M. C. Monard, "A study of the behavior of several
       methods for balancing machine learning training data", ACM SIGKDD Explorations 6(1), 2004,
       20-29. https://doi.org/10.1145/1007730.1007735

    Examples
    --------
    >>> import numpy as np
    >>> from imbalance_kit import SMOTEENN
    >>> rng = np.random.default_rng(0)
    >>> X, y = rng.normal(size=(100, 2)), np.array([0] * 80 + [1] * 20)
    >>> X[y == 1] += 2
    >>> X_res, y_res = SMOTEENN(random_state=0).fit_resample(X, y)
    >>> np.bincount(y_res)
    array([64, 69])
    """

    _cleaner_name: ClassVar[str] = "enn"
    _cleaner_class: ClassVar[type] = EditedNearestNeighbours

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        random_state: Any = None,
        smote: Any = None,
        enn: Any = None,
        n_jobs: int | None = None,
    ) -> None:
        super().__init__(
            sampling_strategy=sampling_strategy,
            random_state=random_state,
            smote=smote,
            n_jobs=n_jobs,
        )
        self.enn = enn

    def _given_cleaner(self) -> Any:
        return self.enn
