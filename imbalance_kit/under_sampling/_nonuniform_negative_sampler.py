"""Nonuniform negative sampling: keep the negatives that look like positives, and undo it."""

from collections.abc import Mapping
from numbers import Real
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted, validate_data

from imbalance_kit._base import BaseSampler, Draw, SamplingInput
from imbalance_kit._utils._containers import n_rows, take_rows
from imbalance_kit._utils._random import draw_seed
from imbalance_kit._utils._sampling_strategy import ClassPlan, SamplingKind, plan_classes
from imbalance_kit._utils._tables import column_names
from imbalance_kit._utils._targets import codes_among, encode_target
from imbalance_kit._utils._validation import check_same_length
from imbalance_kit.shift import InclusionShift
from imbalance_kit.shift._bayes import as_log_odds
from imbalance_kit.shift._scaled_pilot import MeanPilot
from imbalance_kit.under_sampling._at_scale import solve_rules, train_pilots
from imbalance_kit.under_sampling._budget import (
    apply_rules,
    expected_sizes,
    inclusion_rules,
    kept_class,
)
from imbalance_kit.under_sampling._cross_fit import (
    PilotDesign,
    cross_fitted_pilots,
    gradient_metric,
)
from imbalance_kit.under_sampling._poisson_draw import poisson_draw, stream_roles
from imbalance_kit.under_sampling._scoring import own_class_scores

_CRITERIA = ("probability", "A", "L", "local_case_control", "uniform")
_MAX_FOLDS = 100


class NonuniformNegativeSampler(BaseSampler):
    """Keep the rare class whole, and of the others the rows that tell most about it.

    With rare positives nearly all information sits in the positives and in the negatives that look
    like them. A rough pilot model scores the rows; each negative is kept with a probability
    proportional to its score, which is known and can be undone exactly. Use it where negatives are
    many and redundant: clicks, fraud, rare diseases, candidate generation. Not where the negatives
    are few (keep them all), and not with a plain linear learner corrected after training, which a
    row-dependent shift biases: train that one with the offset, ``correction="offset"``.

    Parameters
    ----------
    sampling_strategy : float, dict, callable or Ratios, default=1/3
        Expected size of the sampled classes:

        - float above 0: rows of the kept class per sampled row of each other class; 1/3 keeps three
          negatives per positive (3, with a warning, one per three), and of more than two classes
          those whole that have no more;
        - dict: {label: rows to expect};
        - callable: takes `y`, returns any of the other forms;
        - :class:`~imbalance_kit.Ratios`: ``Ratios({"no": .02}, of="own")`` keeps 2 %.
    pilot : classifier or None, default=None
        The model that scores rows. Not fitted: trained on a balanced subsample. Fitted, on other
        rows than these: used as it is; wrap it in ``FrozenEstimator``, which survives cloning.
        None: logistic regression, with scaling, categories and missing values seen to.
    criterion : {"probability", "A", "L", "local_case_control", "uniform"}, default="probability"
        What the probability is proportional to: "probability", the pilot's probability that the row
        is not of its own class; "A" and "L", the same times ``|M^-1 (x, 1)|`` and ``|(x, 1)|``, for
        linear models on numeric columns; "local_case_control", as "probability", but the kept class
        is thinned too; "uniform", a constant.
    pos_label : label, default=None
        The class that is kept whole; None takes the rarest by weight.
    floor : float, default=.1
        Smallest inclusion probability, as a share of the class's mean one, in (0, 1]: no size
        asked for is below what the floor lets through, and 1 is uniform sampling.
    pilot_size : int, default=20_000
        Rows drawn to train pilots on, as many of each class, or all it has.
    cross_fit : int, default=2
        Number of pilots, 1 to 100. Each is trained on the rows drawn outside its fold and scores
        those in it (a class with a single row has it in both); 1 trains one pilot, which scores its
        own training rows too: harmless only if they are few and the pilot is simple.
    random_state : int, RandomState, Generator or None, default=None
        An int gives the same rows every time; None takes fresh entropy.

    Attributes
    ----------
    pilot_ : object with predict_proba
        The pilot, or the mean of the cross-fitted ones; on the scale of the population. None where
        the criterion is "uniform".
    inclusion_probability_ : ndarray of shape (n_samples,)
        With which probability each row of the input was kept; 1 for classes kept whole.
    log_odds_offset_ : ndarray of shape (n_resampled,) or (n_resampled, n_classes)
        Known log odds that the sampling added, for training with an offset: ``log a_1 - log a_0``
        in the order of the sorted labels, for positives and negatives alike; for more than two
        classes ``log a_k``.
    sampling_strategy_ : dict of {label: float}
        Rows expected of each class that is thinned.
    expected_size_ : float
        Rows expected in the output; the realised number is the length of `sample_indices_`.
    sample_indices_ : ndarray of shape (n_resampled,)
        Source row of each output row, ascending.
    synthetic_mask_ : ndarray of bool of shape (n_resampled,)
        All False.
    carried_weight_ : ndarray of shape (n_resampled,)
        Input weight of the source row.
    sample_weight_ : ndarray of shape (n_resampled,)
        `carried_weight_` over the inclusion probability: inverse-probability weights.
    shift_ : InclusionShift
        ``a_k(x)``: the inclusion probability as a function of the row; exact.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of str of shape (n_features_in_,)
        Column names of X, where they are all strings.

    See Also
    --------
    RandomUnderSampler : Drop rows regardless of what they tell.

    Notes
    -----
    Poisson sampling: each row is kept independently with ``π = min(max(λ s(x), floor), 1)``, λ
    solved so that the expected number is what was asked. Under the model ``logit p = g(x)`` the
    kept rows follow ``logit q = g(x) + l(x)`` with ``l = -log π``, whatever the label; maximising
    that likelihood loses only a factor ``1 + 1/k`` of variance at k negatives per positive, where
    the pilot is good [1]_. Local case-control is due to [2]_; more than two classes are thinned by
    surprise [3]_. A score must not know the row's own label, which is why pilots are cross-fitted.

    References
    ----------
    .. [1] H. Wang, A. Zhang and C. Wang, "Nonuniform negative sampling and log odds correction with
       rare events data", NeurIPS 2021. https://arxiv.org/abs/2110.13048
    .. [2] W. Fithian and T. Hastie, "Local case-control sampling: efficient subsampling in
       imbalanced data sets", Annals of Statistics 42, 2014, 1693-1724.
       https://doi.org/10.1214/14-AOS1220
    .. [3] L. Han, K. M. Tan, T. Yang and T. Zhang, "Local uncertainty sampling for large-scale
       multiclass logistic regression", Annals of Statistics 48, 2020, 1770-1788.
       https://doi.org/10.1214/19-AOS1867

    Examples
    --------
    >>> import numpy as np
    >>> from imbalance_kit import NonuniformNegativeSampler
    >>> rng = np.random.default_rng(0)
    >>> X = rng.standard_normal((20_000, 2))
    >>> y = (rng.random(20_000) < 1 / (1 + np.exp(5 - X[:, 0]))).astype(int)
    >>> sampler = NonuniformNegativeSampler(random_state=0)
    >>> X_res, y_res = sampler.fit_resample(X, y)
    >>> bool((y_res == 1).sum() == y.sum()), round((y_res == 0).sum() / y.sum())
    (True, 3)
    >>> bool(X_res[y_res == 0, 0].mean() > X[y == 0, 0].mean() + .5)
    True
    """

    _sampling_type: ClassVar[SamplingKind] = "under-sampling"
    shift_: InclusionShift

    def __init__(
        self,
        *,
        sampling_strategy: Any = 1 / 3,
        pilot: Any = None,
        criterion: str = "probability",
        pos_label: Any = None,
        floor: float = 0.1,
        pilot_size: int = 20_000,
        cross_fit: int = 2,
        random_state: Any = None,
    ) -> None:
        super().__init__(sampling_strategy=sampling_strategy, random_state=random_state)
        self.pilot = pilot
        self.criterion = criterion
        self.pos_label = pos_label
        self.floor = floor
        self.pilot_size = pilot_size
        self.cross_fit = cross_fit

    def fit(self, X: Any, y: Any, *, sample_weight: Any = None) -> Self:
        """Train the pilot and solve for the inclusion probabilities, without drawing.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Rows.
        y : array-like of shape (n_samples,) or one-hot of shape (n_samples, n_classes)
            Class labels.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows, at least 0.

        Returns
        -------
        self : object
            Ready for `inclusion_probability` and `log_odds_offset` on any rows.
        """
        self._score(self._check(X, y, sample_weight), draw_seed(self.random_state))
        return self

    def fit_resample(self, X: Any, y: Any, *, sample_weight: Any = None) -> tuple[Any, Any]:
        """Draw the rows.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Rows.
        y : array-like of shape (n_samples,) or one-hot of shape (n_samples, n_classes)
            Class labels.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows, at least 0; relative strategies speak of their totals.

        Returns
        -------
        X_res : same container as X, of shape (n_resampled, n_features)
            The rows kept, in the order of the input.
        y_res : same container as y, of n_resampled entries
            Their labels.
        """
        data = self._check(X, y, sample_weight)
        seed = draw_seed(self.random_state)
        folds = self._score(data, seed)
        rows = poisson_draw(data, self.inclusion_probability_, self._roles(data), seed)
        X_res = take_rows(X, rows)
        self.sample_indices_ = rows
        self.synthetic_mask_ = np.zeros(len(rows), dtype=bool)
        self.carried_weight_ = np.ones(len(rows)) if data.weights is None else data.weights[rows]
        self.sample_weight_ = self.carried_weight_ / self.inclusion_probability_[rows]
        self.log_odds_offset_ = self._offsets(X_res, folds if folds is None else folds[rows])
        return X_res, take_rows(y, rows)

    def fit_weights(self, X: Any, y: Any, *, sample_weight: Any = None) -> NDArray[np.float64]:
        """Return the expected copies of each row instead of drawing.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Rows.
        y : array-like of shape (n_samples,) or one-hot of shape (n_samples, n_classes)
            Class labels.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows, at least 0.

        Returns
        -------
        weights : ndarray of shape (n_samples,)
            ``sample_weight`` times the inclusion probability.
        """
        data = self._check(X, y, sample_weight)
        self._score(data, draw_seed(self.random_state))
        pi = self.inclusion_probability_
        return np.array(pi) if data.weights is None else pi * data.weights

    def inclusion_probability(self, X: Any, y: Any = None) -> NDArray[np.float64]:
        """Return the inclusion probabilities of any rows.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Rows.
        y : array-like of shape (n_samples,), default=None
            Their labels; None returns what a row of the sampled class would have.

        Returns
        -------
        pi : ndarray of shape (n_samples,), or (n_samples, n_classes) without `y` for more classes
            In (0, 1]: the mean over the cross-fitted pilots.
        """
        check_is_fitted(self, "shift_")
        validate_data(self, X, reset=False, skip_check_array=True)
        pi = self.shift_.inclusion_probability(X)
        if y is not None:
            target = encode_target(y)
            check_same_length(len(pi), len(target.codes))
            labels = list(self.shift_.labels)
            columns = codes_among(labels, target, "`y` has classes the sampler does not know,")
            own: NDArray[np.float64] = pi[np.arange(len(pi)), columns]
            return own
        sampled = [k for k, label in enumerate(self.shift_.labels) if label in self.shift_.rules]
        return np.asarray(pi[:, sampled[0]]) if len(sampled) == 1 else pi

    def log_odds_offset(self, X: Any) -> NDArray[np.float64]:
        """Return the log odds that the sampling adds, for training code on any rows.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Rows, of any class: the offset does not depend on the label.

        Returns
        -------
        offset : ndarray of shape (n_samples,) or (n_samples, n_classes)
            ``log a_1 - log a_0`` for two classes, in the order of the sorted labels; ``log a_k``
            for more. Add it in the loss, leave it out in predictions.
        """
        check_is_fitted(self, "shift_")
        validate_data(self, X, reset=False, skip_check_array=True)
        return as_log_odds(np.log(self.shift_.inclusion_probability(X)))

    def fit_pilots(
        self,
        X: Any,
        y: Any,
        *,
        folds: NDArray[np.intp],
        class_totals: Mapping[Any, int],
        random_state: int,
    ) -> InclusionShift:
        """Train the pilots on a sample of rows: the first half of `fit`, for data that do not fit.

        :func:`~imbalance_kit.scale_out.downsample` calls it; there is no need to do so by hand.

        Parameters
        ----------
        X : pandas, polars or Arrow table of shape (n_pilot, n_features)
            Rows drawn uniformly within each class; not read where the criterion is "uniform".
        y : array-like of shape (n_pilot,)
            Their labels, of two classes.
        folds : ndarray of shape (n_pilot,)
            Their folds, from 0; each pilot is trained outside its fold.
        class_totals : mapping of {label: int}
            Rows of each class in all.
        random_state : int
            Source of the pilots' own draws.

        Returns
        -------
        shift : InclusionShift
            With the pilots, and no rules yet.
        """
        self._check_parameters()
        if self.criterion in ("A", "L"):
            raise ValueError(
                f"criterion={self.criterion!r} needs all columns as one matrix, which is not built "
                "for data that do not fit. Hint: criterion='probability' is nearly as good."
            )
        pilots: tuple[Any, ...] = ()
        if self.criterion != "uniform":
            names = column_names(X)
            self.n_features_in_ = len(names)
            self.feature_names_in_ = np.array(names, dtype=object)
            pilots = train_pilots(self.pilot, X, np.asarray(y), folds, class_totals, random_state)
        criterion: Any = self.criterion
        return InclusionShift(pilots, tuple(sorted(class_totals)), {}, criterion)

    def fit_rules(
        self,
        shift: InclusionShift,
        class_totals: Mapping[Any, int],
        scores: Mapping[Any, tuple[NDArray[np.float64], NDArray[np.float64]]],
    ) -> Self:
        """Solve for the inclusion probabilities: the second half of `fit`.

        Parameters
        ----------
        shift : InclusionShift
            What `fit_pilots` returned.
        class_totals : mapping of {label: int}
            Rows of each class in all.
        scores : mapping of {label: (values, counts)}
            Histogram of the scores of each class that may be thinned: two arrays.

        Returns
        -------
        self : object
            With `shift_`, `pilot_`, `sampling_strategy_` and `expected_size_`.
        """
        self._check_parameters()
        self.shift_ = solve_rules(
            shift,
            class_totals,
            scores,
            strategy=self.sampling_strategy,
            pos_label=self.pos_label,
            floor=self.floor,
        )
        self.pilot_ = _as_one(shift.pilots)
        self.sampling_strategy_ = {
            label: float(rule(scores[label][0]) @ scores[label][1])
            for label, rule in self.shift_.rules.items()
        }
        self.expected_size_ = sum(
            self.sampling_strategy_.get(label, total) for label, total in class_totals.items()
        )
        return self

    def _fit_resample(self, data: SamplingInput, plan: ClassPlan, seed: int) -> Draw:
        raise NotImplementedError("fit_resample scores the rows before it draws.")

    def _score(self, data: SamplingInput, seed: int) -> NDArray[np.int8] | None:
        """Train the pilots, solve for λ; return the fold of each row, None for a given pilot."""
        self._check_parameters()
        target = data.target
        if target.n_classes < 2:
            plan_classes("auto", target, data.totals, "weighting")  # raises the usual error
        strategy = self.sampling_strategy
        if callable(strategy):
            strategy = strategy(target.classes[target.codes])
        sizes = expected_sizes(strategy, data, kept_class(self.pos_label, target, data.totals))
        folds, pilots, metric = self._pilots(data, seed)
        criterion: Any = self.criterion
        pi = own_class_scores(data.X, target, pilots, folds, criterion, metric)
        together = criterion == "local_case_control"
        rules = inclusion_rules(data, pi, sizes, self.floor, together=together)
        apply_rules(pi, target, rules)  # in place: scores become π
        self.inclusion_probability_ = pi
        self.pilot_ = _as_one(pilots)
        self.shift_ = InclusionShift(
            pilots, tuple(target.classes.tolist()), rules, criterion, metric
        )
        expected = target.totals(pi)
        self.sampling_strategy_ = {
            label: float(expected[k])
            for k, label in enumerate(target.classes.tolist())
            if label in rules
        }
        self.expected_size_ = float(expected.sum())
        return folds

    def _pilots(
        self, data: SamplingInput, seed: int
    ) -> tuple[NDArray[np.int8] | None, tuple[Any, ...], NDArray[np.float64] | None]:
        """Return the folds, one pilot per fold, and the matrix of the gradient's length."""
        if self.criterion == "uniform":
            return None, (), None
        design = PilotDesign(self.pilot_size, self.cross_fit, seed, self._roles(data))
        rows = [design.rows(data, k) for k in range(data.target.n_classes)]
        folds, pilots = cross_fitted_pilots(self.pilot, data, rows, design)
        if self.criterion not in ("A", "L"):
            return folds, pilots, None
        return folds, pilots, gradient_metric(self.criterion, data, rows, _as_one(pilots))

    def _offsets(self, X: Any, folds: NDArray[np.int8] | None) -> NDArray[np.float64]:
        """Offsets of output rows, each by the pilot that has not seen it."""
        pilots = self.shift_.pilots
        if folds is None or len(pilots) == 1:
            return as_log_odds(np.log(self.shift_.inclusion_probability(X)))
        pi = np.empty((n_rows(X), len(self.shift_.labels)))
        for fold, pilot in enumerate(pilots):
            rows = np.flatnonzero(folds == fold)
            if len(rows):
                pi[rows] = self.shift_.pilot_probability(take_rows(X, rows), pilot)
        return as_log_odds(np.log(pi))

    def _roles(self, data: SamplingInput) -> list[Any]:
        return stream_roles(data.target, kept_class(self.pos_label, data.target, data.totals))

    def _check_parameters(self) -> None:
        if self.criterion not in _CRITERIA:
            raise ValueError(f"`criterion` must be one of {_CRITERIA}, got {self.criterion!r}.")
        if not isinstance(self.floor, Real) or not 0 < self.floor <= 1:
            raise ValueError(f"`floor` must lie in (0, 1], got {self.floor!r}.")
        for name, least, most in (("pilot_size", 2, np.inf), ("cross_fit", 1, _MAX_FOLDS)):
            number = getattr(self, name)
            if not isinstance(number, (int, np.integer)) or not least <= number <= most:
                raise ValueError(
                    f"`{name}` must be a whole number from {least} to {most}, got {number!r}."
                )

    def __sklearn_tags__(self) -> Any:
        """Describe the input that is taken: what the pilot takes."""
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = False
        tags.input_tags.string = False
        return tags


def _as_one(pilots: tuple[Any, ...]) -> Any:
    return MeanPilot(pilots) if len(pilots) > 1 else pilots[0] if pilots else None
