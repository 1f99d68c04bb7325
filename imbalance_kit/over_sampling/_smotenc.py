"""SMOTE-NC: SMOTE where some columns are numbers and others categories."""

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.base import clone

from imbalance_kit._base import BaseSampler, Draw, SamplingInput
from imbalance_kit._utils._containers import take_rows
from imbalance_kit._utils._mixed_columns import (
    as_table,
    category_codes,
    check_numbers,
    column,
    column_numbers,
    columns_at,
    compact,
    table_like,
)
from imbalance_kit._utils._mixed_distance import MixedDistance
from imbalance_kit._utils._mixed_search import nearest_rows
from imbalance_kit._utils._neighbor_backend import ask_backend
from imbalance_kit._utils._neighbor_parameters import check_neighbors
from imbalance_kit._utils._sampling_strategy import ClassPlan, SamplingKind
from imbalance_kit.over_sampling._categorical_features import split_columns
from imbalance_kit.over_sampling._category_vote import count_votes
from imbalance_kit.over_sampling._mixed_parents import MixedParents
from imbalance_kit.over_sampling._parents import (
    ClassToFill,
    classes_to_fill,
    even_choice,
    fewer_neighbors,
)


class SMOTENC(BaseSampler):
    """Fill up the smaller classes with synthetic rows of numbers and categories.

    Use it where :class:`~imbalance_kit.SMOTE` would be used, with weak learners and a ranking in
    mind, and some columns are categories. Not for categories alone
    (:class:`~imbalance_kit.SMOTEN`), not for probabilities as they are
    (:class:`~imbalance_kit.CorrectedClassifier` recalibrates), and not to help a strong learner.
    Scale the numbers first: neighbours depend on their units.

    Parameters
    ----------
    categorical_features : "auto" or array-like of int, str or bool, default="auto"
        Which columns are categories:

        - "auto": by the dtypes of a pandas or polars frame; text, objects, booleans, categories;
        - numbers of columns, from 0, or names of columns of a frame;
        - a mask with one entry per column.

        Columns of a boolean dtype are categories in any case.
    categorical_encoder : estimator or None, default=None
        A one-hot encoder, cloned, fitted and kept, as in imbalanced-learn. The categories are what
        they are without it: it is refused if it drops or merges any.
    sampling_strategy : float, str, dict, callable or Ratios, default="auto"
        Sizes asked for, as in :class:`~imbalance_kit.SMOTE`.
    random_state : int, RandomState, Generator or None, default=None
        An int gives the same rows every time; None takes fresh entropy. The global random state is
        never used. Each class has a stream of its own.
    k_neighbors : int or object, default=5
        Neighbours of a row, at least 1, the row itself not counted: one of them is the other
        parent of a new row, all of them vote on its categories. An object with `fit` and
        `kneighbors` is asked instead, on numbers and scaled one-hot columns (sparse); it counts the
        row itself, so that its ``n_neighbors=6`` stands for 5.
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
        Row of the input that is the other parent of the numbers; -1 for a row of the input.
    steps_ : ndarray of shape (n_resampled,)
        How far from the seed towards the neighbour the numbers lie, in [0, 1); NaN for a row of the
        input.
    neighborhoods_ : dict of {label: ndarray of shape (n_class, k)}
        Neighbours of the rows of each class that was filled up, in the order of its rows: those of
        a seed vote on the categories of its synthetic rows.
    carried_weight_ : ndarray of shape (n_resampled,)
        Input weight of the source row: what a learner trains with.
    sample_weight_ : ndarray of shape (n_resampled,)
        `carried_weight_` divided by the class's factor.
    shift_ : ClassShift
        Weight total after over weight total before, per class; not exact.
    categorical_features_ : ndarray of shape (n_categorical,)
        Numbers of the categorical columns, ascending.
    continuous_features_ : ndarray of shape (n_numeric,)
        Numbers of the other columns, ascending.
    median_std_ : dict of {label: float}
        What a differing category counts, for each class that was filled up.
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
    SMOTE : For numbers alone.
    SMOTEN : For categories alone.
    RandomOverSampler : Copies, whose shift is undone exactly.

    Notes
    -----
    The squared distance of two rows of a class [1]_ is ``sum_j (x_j - z_j)² + m² · d``, d the
    number of categories that differ and m the median of the standard deviations of the class's
    numeric columns (`median_std_`). Ties go to the smaller row number. Numbers are those of
    :class:`~imbalance_kit.SMOTE`, ``seed + step * (neighbor - seed)``, integers rounded to the
    nearest. A category is the most frequent among the seed's neighbours; levels that share the
    first place are drawn from with equal chance. Missing categories are a level of their own, and
    stay missing. The voters of a synthetic row of class c are
    ``neighborhoods_[c][np.searchsorted(np.flatnonzero(y == c), seed)]``, with the seed in
    `sample_indices_`.

    References
    ----------
    .. [1] N. V. Chawla, K. W. Bowyer, L. O. Hall and W. P. Kegelmeyer, "SMOTE: Synthetic Minority
       Over-sampling Technique", Journal of Artificial Intelligence Research 16, 2002, 321-357,
       section 6.1. https://doi.org/10.1613/jair.953

    Examples
    --------
    >>> import numpy as np
    >>> from imbalance_kit import SMOTENC
    >>> rng = np.random.default_rng(0)
    >>> X = np.column_stack([rng.normal(size=100), rng.integers(0, 3, size=100)])
    >>> y = np.array([0] * 90 + [1] * 10)
    >>> sampler = SMOTENC(categorical_features=[1], random_state=0)
    >>> X_res, y_res = sampler.fit_resample(X, y)
    >>> np.bincount(y_res)
    array([90, 90])
    >>> sorted(set(X_res[:, 1].tolist()))
    [0.0, 1.0, 2.0]
    """

    _sampling_type: ClassVar[SamplingKind] = "over-sampling"

    def __init__(
        self,
        categorical_features: Any = "auto",
        *,
        categorical_encoder: Any = None,
        sampling_strategy: Any = "auto",
        random_state: Any = None,
        k_neighbors: Any = 5,
        n_jobs: int | None = None,
    ) -> None:
        super().__init__(sampling_strategy=sampling_strategy, random_state=random_state)
        self.categorical_features = categorical_features
        self.categorical_encoder = categorical_encoder
        self.k_neighbors = k_neighbors
        self.n_jobs = n_jobs

    def _shift_is_exact(self) -> bool:
        return False

    def _check(self, X: Any, y: Any, sample_weight: Any) -> SamplingInput:
        data = super()._check(X, y, sample_weight)
        table = as_table(X)
        split = split_columns(table, self.categorical_features)
        self.categorical_features_, self.continuous_features_ = split
        check_numbers(table, self.continuous_features_.tolist())
        return data

    def _fit_resample(self, data: SamplingInput, plan: ClassPlan, seed: int) -> Draw:
        neighbors = check_neighbors(self.k_neighbors, "k_neighbors")
        table = as_table(data.X)
        self.categorical_encoder_ = self._fit_encoder(table)
        self.median_std_: dict[Any, float] = {}
        self.neighborhoods_: dict[Any, NDArray[np.intp]] = {}
        made = {
            part.code: self._parents(part, take_rows(table, part.members), neighbors)
            for part in classes_to_fill(data, plan, seed)
        }
        rows = MixedParents.joined(list(made.values()), self.categorical_features_.tolist())
        return Draw(
            added={code: of_class.seeds for code, of_class in made.items()},
            synthetic=table_like(data.X, table, rows.columns(table), rows.seeds),
            neighbors=rows.partners,
            steps=rows.steps,
        )

    def _fit_encoder(self, table: Any) -> Any:
        """Return the fitted encoder, None without one."""
        if self.categorical_encoder is None:
            return None
        encoder = clone(self.categorical_encoder)
        encoded = encoder.fit_transform(columns_at(table, self.categorical_features_))
        n_categories = sum(len(levels) for levels in encoder.categories_)
        if encoded.shape[1] != n_categories:
            raise ValueError(
                "SMOTENC requires a one-hot encoding with one column per category for the "
                f"categorical features. `categorical_encoder` produced {encoded.shape[1]} columns "
                f"for {n_categories} categories: it drops or merges some. Hint: leave it out, or "
                "pass OneHotEncoder(handle_unknown='ignore')."
            )
        return encoder

    def _parents(self, part: ClassToFill, rows: Any, neighbors: tuple[int, Any]) -> MixedParents:
        """Choose the parents of a class's new rows, and who gives them their categories."""
        k, backend = fewer_neighbors(neighbors, len(part.members), part.label)
        features = self.continuous_features_.tolist(), self.categorical_features_.tolist()
        numbers = np.column_stack([column_numbers(column(rows, j)) for j in features[0]])
        codes = [compact(category_codes(column(rows, j))) for j in features[1]]
        median_std = float(np.median(numbers.std(axis=0)))
        if backend is None:
            distance = MixedDistance(numbers, np.vstack(codes), median_std)
            near = nearest_rows(distance, k, n_jobs=self.n_jobs)
        else:
            everyone = np.arange(len(part.members))
            encoded = _one_hot(numbers, codes, median_std)
            near = ask_backend(backend, encoded, k, everyone, everyone)
        self.median_std_[part.label] = median_std
        self.neighborhoods_[part.label] = part.members[near]

        seeds = even_choice(part, len(part.members))
        partners = near[seeds, part.stream.integers(k, size=part.n_new)]
        steps = part.stream.random(part.n_new)
        votes = {j: count_votes(own, near) for j, own in zip(features[1], codes, strict=True)}
        givers = {j: part.members[vote.winners(seeds, part.stream)] for j, vote in votes.items()}
        return MixedParents(part.members[seeds], part.members[partners], steps, givers)

    def __sklearn_tags__(self) -> Any:
        """Describe what is taken: tables, text among the categories, complete numbers."""
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = False
        tags.input_tags.allow_nan = False
        return tags


def _one_hot(
    numbers: NDArray[np.float64],
    columns: list[NDArray[np.unsignedinteger[Any]]],
    median_std: float,
) -> Any:
    """Return numbers and categories as a csr matrix whose Euclidean distance is that of SMOTE-NC.

    Two rows that differ in a category differ in two columns, by ``m / sqrt(2)`` each.
    """
    n_rows = len(numbers)
    levels = [
        sparse.csr_array(
            (np.full(n_rows, median_std / np.sqrt(2)), codes, np.arange(n_rows + 1)),
            shape=(n_rows, int(codes.max()) + 1),
        )
        for codes in columns
    ]
    return sparse.hstack([sparse.csr_array(numbers), *levels], format="csr")
