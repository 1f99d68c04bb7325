"""SMOTE-N: synthetic rows of categories alone, by a vote of neighbours."""

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from imbalance_kit._base import BaseSampler, Draw, SamplingInput
from imbalance_kit._utils._containers import take_rows
from imbalance_kit._utils._mixed_columns import (
    as_table,
    category_codes,
    column,
    columns_at,
    compact,
    table_like,
)
from imbalance_kit._utils._mixed_search import nearest_rows
from imbalance_kit._utils._neighbor_parameters import check_neighbors
from imbalance_kit._utils._sampling_strategy import ClassPlan, SamplingKind
from imbalance_kit._utils._value_difference import ValueDifference, value_differences
from imbalance_kit.over_sampling._category_vote import count_votes
from imbalance_kit.over_sampling._parents import (
    ClassToFill,
    classes_to_fill,
    even_choice,
    fewer_neighbors,
)


class SMOTEN(BaseSampler):
    """Fill up the smaller classes with synthetic rows of categories alone.

    Use it where every column is a category and the learner is weak. A new row takes in every column
    the category that is most frequent around its seed, so that rare categories of the class become
    rarer still: not where they matter, and not for probabilities as they are
    (:class:`~imbalance_kit.CorrectedClassifier` recalibrates). Not with numbers among the columns
    (:class:`~imbalance_kit.SMOTENC`): here every distinct number is a category.

    Parameters
    ----------
    categorical_encoder : estimator or None, default=None
        An encoder with one column per feature, such as scikit-learn's OrdinalEncoder, cloned and
        fitted. Values with one code are one category; None takes the values as they are.
    sampling_strategy : float, str, dict, callable or Ratios, default="auto"
        Sizes asked for, as in :class:`~imbalance_kit.SMOTE`.
    random_state : int, RandomState, Generator or None, default=None
        An int gives the same rows every time; None takes fresh entropy. The global random state is
        never used. Each class has a stream of its own.
    k_neighbors : int, default=5
        Neighbours of a row, at least 1, the row itself not counted, that vote with it.
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
    neighborhoods_ : dict of {label: ndarray of shape (n_class, k)}
        Neighbours of the rows of each class that was filled up, in the order of its rows: they and
        the seed vote on its synthetic rows.
    carried_weight_ : ndarray of shape (n_resampled,)
        Input weight of the source row: what a learner trains with.
    sample_weight_ : ndarray of shape (n_resampled,)
        `carried_weight_` divided by the class's factor.
    shift_ : ClassShift
        Weight total after over weight total before, per class; not exact.
    categorical_encoder_ : estimator or None
        The fitted encoder, where one was given.
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
    SMOTENC : For numbers and categories.
    RandomOverSampler : Copies, whose shift is undone exactly.

    Notes
    -----
    Two levels v and w of a column differ by ``δ(v, w) = sum_c |p(c | v) - p(c | w)|``, c the
    classes, counted in all rows (the value difference metric [2]_), two rows by the sum of ``δ²``
    over their columns; ties go to the smaller row number. A new row is the vote of its seed and the
    seed's neighbours [1]_; levels that share the first place are drawn from with equal chance.
    A missing value is a level of its own. There is no partner and no step: the voters of a
    synthetic row of class c are its seed (`sample_indices_`) and
    ``neighborhoods_[c][np.searchsorted(np.flatnonzero(y == c), seed)]``.

    References
    ----------
    .. [1] N. V. Chawla, K. W. Bowyer, L. O. Hall and W. P. Kegelmeyer, "SMOTE: Synthetic Minority
       Over-sampling Technique", Journal of Artificial Intelligence Research 16, 2002, 321-357,
       section 6.2. https://doi.org/10.1613/jair.953
    .. [2] C. Stanfill and D. Waltz, "Toward memory-based reasoning", Communications of the ACM
       29(12), 1986, 1213-1228. https://doi.org/10.1145/7902.7906

    Examples
    --------
    >>> import numpy as np
    >>> from imbalance_kit import SMOTEN
    >>> X = np.array([["red", "S"]] * 20 + [["blue", "L"]] * 40, dtype=object)
    >>> y = np.array([1] * 15 + [0] * 45)
    >>> X_res, y_res = SMOTEN(random_state=0).fit_resample(X, y)
    >>> np.bincount(y_res)
    array([45, 45])
    >>> X_res[-1].tolist()
    ['red', 'S']
    """

    _sampling_type: ClassVar[SamplingKind] = "over-sampling"

    def __init__(
        self,
        categorical_encoder: Any = None,
        *,
        sampling_strategy: Any = "auto",
        random_state: Any = None,
        k_neighbors: int = 5,
        n_jobs: int | None = None,
    ) -> None:
        super().__init__(sampling_strategy=sampling_strategy, random_state=random_state)
        self.categorical_encoder = categorical_encoder
        self.k_neighbors = k_neighbors
        self.n_jobs = n_jobs

    def _shift_is_exact(self) -> bool:
        return False

    def _check(self, X: Any, y: Any, sample_weight: Any) -> SamplingInput:
        data = super()._check(X, y, sample_weight)
        as_table(X)
        return data

    def _fit_resample(self, data: SamplingInput, plan: ClassPlan, seed: int) -> Draw:
        k, backend = check_neighbors(self.k_neighbors, "k_neighbors")
        if backend is not None:
            raise TypeError(
                "SMOTEN measures the difference of categories itself, so `k_neighbors` must be an "
                f"int, got {self.k_neighbors!r}. Hint: give the number of neighbours."
            )
        table = as_table(data.X)
        codes = self._codes(table)
        self.neighborhoods_: dict[Any, NDArray[np.intp]] = {}
        added: dict[int, NDArray[np.intp]] = {}
        givers = [np.empty((table.shape[1], 0), dtype=np.intp)]
        for part in classes_to_fill(data, plan, seed):
            added[part.code], rows = self._vote(data, part, codes, k)
            givers.append(rows)
        columns = [take_rows(column(table, j), rows) for j, rows in enumerate(np.hstack(givers))]
        seeds = np.concatenate([np.empty(0, dtype=np.intp), *added.values()])
        return Draw(added=added, synthetic=table_like(data.X, table, columns, seeds))

    def _codes(self, table: Any) -> list[NDArray[np.unsignedinteger[Any]]]:
        """Return the level of each row as a number, column by column."""
        n_columns = table.shape[1]
        self.categorical_encoder_ = None
        if self.categorical_encoder is not None:
            self.categorical_encoder_ = clone(self.categorical_encoder)
            every = columns_at(table, np.arange(n_columns))
            table = as_table(self.categorical_encoder_.fit_transform(every))
            if table.shape[1] != n_columns:
                raise ValueError(
                    f"`categorical_encoder` gives {table.shape[1]} columns for {n_columns} "
                    "features: expected one code per feature. Hint: use OrdinalEncoder()."
                )
        return [compact(category_codes(column(table, j))) for j in range(n_columns)]

    def _vote(
        self,
        data: SamplingInput,
        part: ClassToFill,
        codes: list[NDArray[np.unsignedinteger[Any]]],
        k: int,
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return the seeds of a class's new rows and, by column, rows that hold what won."""
        k, _ = fewer_neighbors((k, None), len(part.members), part.label)
        classes, n_classes = data.target.codes, data.target.n_classes
        differences = [value_differences(c, classes, n_classes, part.members) for c in codes]
        kinds = np.array([kind for kind, _ in differences])
        distance = ValueDifference(kinds, [table for _, table in differences])
        near = nearest_rows(distance, k, n_jobs=self.n_jobs)
        self.neighborhoods_[part.label] = part.members[near]

        seeds = even_choice(part, len(part.members))
        voters = np.column_stack([np.arange(len(near)), near])
        votes = [count_votes(levels[part.members], voters) for levels in codes]
        givers = np.array([vote.winners(seeds, part.stream) for vote in votes])
        return part.members[seeds], part.members[givers]

    def __sklearn_tags__(self) -> Any:
        """Describe the input that is taken: tables, with text and missing values."""
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = False
        return tags
