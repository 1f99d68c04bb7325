"""Class weights: the change that random over- and under-sampling make, with no row moved."""

import math
from collections.abc import Mapping
from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, OneToOneFeatureMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from imbalance_kit._utils._allocate import apportion
from imbalance_kit._utils._containers import n_rows, take_rows
from imbalance_kit._utils._random import class_stream, draw_seed
from imbalance_kit._utils._sampling_strategy import plan_classes
from imbalance_kit._utils._targets import EncodedTarget, counted_target, encode_target, lost_class
from imbalance_kit._utils._validation import (
    check_has_columns,
    check_same_length,
    check_sample_weight,
    check_unit,
)
from imbalance_kit.shift import ClassShift
from imbalance_kit.weighting._systematic import systematic


class ClassWeighter(OneToOneFeatureMixin, BaseEstimator):  # type: ignore[misc]
    """Weight rows by their class, so that classes count as much as asked.

    The exact, noise-free form of random over- and under-sampling: use it wherever the learner takes
    `sample_weight`. Undo the change in the predictions with
    :class:`~imbalance_kit.CorrectedClassifier`. Not needed where only the decision threshold is to
    move: move the threshold.

    Parameters
    ----------
    sampling_strategy : {"balanced", "auto"}, float, dict, callable or Ratios, default="balanced"
        Weight totals asked for:

        - "balanced" or "auto": the same total for every class;
        - float in (0, 1], binary targets only: total of the rarer class per total of the other;
        - dict: {label: share}, the prior to stand for: shares of all classes, summing to 1;
        - callable: takes `y`, returns any of the other forms;
        - :class:`~imbalance_kit.Ratios`: relative totals; classes left out keep theirs.
    random_state : int, RandomState, Generator or None, default=None
        Source of the draws of `fit_resample`. The global random state is never used.

    Attributes
    ----------
    weights_ : ndarray of shape (n_samples,)
        The weights of the fitted rows; their sum is that of the input weights.
    sampling_strategy_ : dict of {label: float}
        Weight total of each class after weighting.
    class_weight_ : dict of {label: float}
        The factor of each class.
    shift_ : ClassShift
        Total after over total before, per class; exact, to be undone.
    sample_indices_, synthetic_mask_, carried_weight_, sample_weight_ : ndarray
        After `fit_resample`, one entry per output row: its source row; all False; ones, because the
        draw has used up the weights; weights under which the output stands for the input.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of str of shape (n_features_in_,)
        Column names of X, where they are all strings.

    See Also
    --------
    RandomOverSampler : The same change by copying rows.
    RandomUnderSampler : The same change by dropping rows.

    Notes
    -----
    ``w'_i = w_i a_{y_i}`` with ``a_k`` proportional to the total asked for over the total found,
    scaled so that ``Σ w' = Σ w``. "balanced" equals scikit-learn's ``class_weight="balanced"``.

    Examples
    --------
    >>> from imbalance_kit import ClassWeighter
    >>> X, y = [[0], [1], [2], [3]], ["no", "no", "no", "yes"]
    >>> ClassWeighter().fit_weights(X, y).round(3)
    array([0.667, 0.667, 0.667, 2.   ])
    >>> ClassWeighter({"no": .9, "yes": .1}).fit_weights(X, y)
    array([1.2, 1.2, 1.2, 0.4])
    """

    weights_: NDArray[np.float64]
    shift_: ClassShift

    def __init__(self, sampling_strategy: Any = "balanced", *, random_state: Any = None) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state

    def fit(
        self,
        X: Any,
        y: Any = None,
        *,
        target: Any = None,
        sample_weight: Any = None,
        target_weight: Any = None,
    ) -> Self:
        """Compute the class factors and the weights of these rows.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, ...)
            Rows.
        y : array-like of shape (n_samples,) or (n_samples, n_classes), default=None
            Class labels, or one-hot; needed.
        target : None
            Taken by weighters that weight towards a population; an error here.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows, at least 0.
        target_weight : None
            As `target`.

        Returns
        -------
        self : object
            With `weights_` and `shift_`.
        """
        self._fit(X, y, target, sample_weight, target_weight)
        return self

    def fit_weights(
        self,
        X: Any,
        y: Any = None,
        *,
        target: Any = None,
        sample_weight: Any = None,
        target_weight: Any = None,
    ) -> NDArray[np.float64]:
        """Fit and return the weights of these rows.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, ...)
            Rows.
        y : array-like of shape (n_samples,) or (n_samples, n_classes), default=None
            Class labels, or one-hot; needed.
        target : None
            Taken by weighters that weight towards a population; an error here.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows, at least 0.
        target_weight : None
            As `target`.

        Returns
        -------
        weights : ndarray of shape (n_samples,)
            Also kept as `weights_`.
        """
        return self.fit(
            X, y, target=target, sample_weight=sample_weight, target_weight=target_weight
        ).weights_

    def weights(self, X: Any, y: Any = None, *, sample_weight: Any = None) -> NDArray[np.float64]:
        """Return weights for new rows, with the factors fixed at fit.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, ...)
            Rows.
        y : array-like of shape (n_samples,) or (n_samples, n_classes), default=None
            Their class labels; needed, because these weights are functions of the class alone.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows, at least 0.

        Returns
        -------
        weights : ndarray of shape (n_samples,)
            Equal to `weights_` on the rows of fit.
        """
        check_is_fitted(self)
        rows = encode_target(_labels(y))
        check_same_length(n_rows(X), len(rows.codes))
        validate_data(self, X, reset=False, skip_check_array=True)
        unknown = [label for label in rows.classes.tolist() if label not in self.class_weight_]
        if unknown:
            raise ValueError(
                f"`y` holds classes that were not there at fit: {unknown!r}. The classes are "
                f"{list(self.class_weight_)!r}."
            )
        factors = np.array([self.class_weight_[label] for label in rows.classes.tolist()])
        return _weights(rows, factors, check_sample_weight(sample_weight, len(rows.codes)))

    def fit_resample(
        self,
        X: Any,
        y: Any = None,
        *,
        n_samples: int | None = None,
        target: Any = None,
        sample_weight: Any = None,
        target_weight: Any = None,
    ) -> tuple[Any, Any]:
        """Draw rows in proportion to their weights, for learners that take none.

        Systematic sampling within each class: a row is copied its expected number of times, rounded
        up or down.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, ...)
            Rows.
        y : array-like of shape (n_samples,) or (n_samples, n_classes), default=None
            Class labels, or one-hot; needed.
        n_samples : int, default=None
            Rows to draw; None draws as many as came in.
        target : None
            Taken by weighters that weight towards a population; an error here.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows, at least 0.
        target_weight : None
            As `target`.

        Returns
        -------
        X_res : same container as X, of shape (n_samples, ...)
            The rows drawn, in the order of the input.
        y_res : same container as y, of n_samples entries
            Their labels.
        """
        rows, totals = self._fit(X, y, target, sample_weight, target_weight)
        if n_samples is None:
            n_samples = len(rows.codes)
        if not isinstance(n_samples, Integral) or n_samples < rows.n_classes:
            raise ValueError(
                f"`n_samples` must be an integer of at least the number of classes, "
                f"{rows.n_classes}, got {n_samples!r}: no class may vanish."
            )
        after = rows.totals(self.weights_)
        counts = apportion(n_samples * after / after.sum())
        seed = draw_seed(self.random_state)
        drawn = [
            systematic(rows.members(k), self.weights_, int(counts[k]), class_stream(seed, label))
            for k, label in enumerate(rows.classes.tolist())
        ]
        self.sample_indices_ = np.sort(np.concatenate(drawn))
        self.synthetic_mask_ = np.zeros(n_samples, dtype=bool)
        self.carried_weight_ = np.ones(n_samples)
        factors = counts / totals
        self.shift_ = ClassShift(_by_label(rows, factors))
        self.sample_weight_ = 1 / factors[rows.codes[self.sample_indices_]]
        return take_rows(X, self.sample_indices_), take_rows(y, self.sample_indices_)

    def fit_totals(self, class_totals: Mapping[Any, int]) -> Self:
        """Compute the class factors from class sizes alone, for data that do not fit.

        Parameters
        ----------
        class_totals : mapping of {label: int}
            Rows of each class.

        Returns
        -------
        self : object
            With `class_weight_`, `sampling_strategy_` and `shift_`.
        """
        rows = counted_target(class_totals)
        self._fit_factors(rows, rows.totals(None))
        return self

    def _fit(
        self, X: Any, y: Any, target: Any, sample_weight: Any, target_weight: Any
    ) -> tuple[EncodedTarget, NDArray[np.float64]]:
        """Set the fitted attributes; return the labels as codes and the class totals before."""
        if target is not None or target_weight is not None:
            raise ValueError(
                "ClassWeighter weights by class and takes no `target`. Hint: give the shares "
                "wanted as `sampling_strategy={label: share}`."
            )
        rows = encode_target(_labels(y))
        check_same_length(n_rows(X), len(rows.codes))
        check_has_columns(X)
        validate_data(self, X, y, skip_check_array=True)
        given = check_sample_weight(sample_weight, len(rows.codes))
        if given is not None:
            check_unit(given)
        totals = rows.totals(given)
        lost = lost_class(totals)
        if lost is not None:
            raise ValueError(
                f"`sample_weight` is {'next to ' if totals[lost] else ''}zero for every row of "
                f"class {rows.label(lost)!r}: no factor can bring it back. Hint: drop "
                "its rows, or give them weight."
            )
        self.weights_ = _weights(rows, self._fit_factors(rows, totals), given)
        return rows, totals

    def _fit_factors(self, rows: EncodedTarget, totals: NDArray[np.float64]) -> NDArray[np.float64]:
        """Set what is known of the classes; return the factor of each."""
        factors = self._factors(rows, totals)
        factors *= totals.sum() / (factors * totals).sum()
        self.class_weight_ = _by_label(rows, factors)
        self.shift_ = ClassShift(self.class_weight_)
        self.sampling_strategy_ = _by_label(rows, factors * totals)
        return factors

    def _factors(self, rows: EncodedTarget, totals: NDArray[np.float64]) -> NDArray[np.float64]:
        strategy = self.sampling_strategy
        if callable(strategy):
            strategy = strategy(rows.classes[rows.codes])
        if isinstance(strategy, Mapping):
            strategy = _check_prior(strategy, rows)
            return np.array([strategy[label] for label in rows.classes.tolist()]) / totals
        if isinstance(strategy, str) and strategy in ("balanced", "auto"):
            strategy = "all"
        elif isinstance(strategy, str):
            raise ValueError(
                "`sampling_strategy` of a ClassWeighter must be 'balanced' or 'auto' where it is a "
                f"string, got {strategy!r}."
            )
        return plan_classes(strategy, rows, totals, "weighting").factors

    def __sklearn_tags__(self) -> Any:
        """Describe the input that is taken: any rows, with labels."""
        tags = super().__sklearn_tags__()
        tags.estimator_type = "weighter"
        tags.target_tags.required = True
        tags.input_tags.sparse = True
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        tags.input_tags.three_d_array = True
        return tags


def _labels(y: Any) -> Any:
    if y is None:
        raise ValueError(
            "ClassWeighter requires y to be passed, but the target y is None: its weights are "
            "functions of the class."
        )
    return y


def _check_prior(prior: Mapping[Any, float], rows: EncodedTarget) -> Mapping[Any, float]:
    labels = rows.classes.tolist()
    shares = [share for share in prior.values() if isinstance(share, Real) and 0 < share < 1]
    wrong = set(prior) != set(labels) or len(shares) < len(prior)
    if wrong or abs(math.fsum(shares) - 1) > 1e-6:
        raise ValueError(
            "A dict as `sampling_strategy` of a ClassWeighter holds the share wanted of every "
            f"class ({labels!r}), in (0, 1) and summing to 1, got {dict(prior)!r}. Hint: use "
            f"Ratios({{{labels[-1]!r}: 10}}, of='own') to multiply the weight of a class."
        )
    return prior


def _by_label(rows: EncodedTarget, numbers: NDArray[np.float64]) -> dict[Any, float]:
    return dict(zip(rows.classes.tolist(), numbers.tolist(), strict=True))


def _weights(
    rows: EncodedTarget, factors: NDArray[np.float64], given: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    weights = factors[rows.codes]
    if given is not None:
        weights *= given
    return weights
