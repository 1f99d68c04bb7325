"""The classifier that undoes in its predictions what was done to its training data."""

import warnings
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, is_classifier
from sklearn.utils import get_tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted, validate_data

from imbalance_kit._utils._containers import n_rows, take_rows
from imbalance_kit._utils._targets import (
    EncodedTarget,
    codes_among,
    encode_target,
    one_label_per_row,
)
from imbalance_kit._utils._threads import check_n_jobs
from imbalance_kit._utils._validation import (
    check_is_table,
    check_same_length,
    check_sample_weight,
    check_unit,
)
from imbalance_kit.correction._calibrators import CALIBRATORS, LogOddsCalibrator
from imbalance_kit.correction._choose_correction import CORRECTIONS, choose_correction, to_undo
from imbalance_kit.correction._learner import is_frozen, last_step, splits_inside, takes_groups
from imbalance_kit.correction._log_odds import Scores, add_log_factors, to_decision, to_proba
from imbalance_kit.correction._offset_learners import offset_adapter
from imbalance_kit.correction._out_of_fold import check_every_class, out_of_fold_scores
from imbalance_kit.correction._population import (
    aims_elsewhere,
    check_target_prior,
    represented_weights,
    towards_target_prior,
)
from imbalance_kit.correction._train import Recipe, Rows, Trained, follow, train
from imbalance_kit.correction._training_set import TrainingSet, warn_of_unused_target
from imbalance_kit.shift import ClassShift, Shift

_CARRY_OUT = ("auto", "rows", "weights")


def _predicts_proba(self: "CorrectedClassifier") -> bool:
    if hasattr(self, "correction_"):
        return self.correction_ in CALIBRATORS or self._model.has_proba
    return self.correction != "none" or hasattr(self.estimator, "predict_proba")


class CorrectedClassifier(ClassifierMixin, MetaEstimatorMixin, BaseEstimator):  # type: ignore[misc]
    """Train on resampled or weighted rows, predict probabilities of the rows as they were.

    Use it around any classifier whose training data are resampled, so that the sampling can be
    grid-searched in a plain scikit-learn Pipeline and the probabilities keep their meaning, and
    around a model that was trained on a known sample. It does not make a better classifier out of
    balance alone; :func:`~imbalance_kit.compare_strategies` tells what resampling is worth on your
    data. Where only the decision is at stake, tune the threshold: honest probabilities of a rare
    class seldom pass .5, which is right for equal costs and wrong for most others.

    Parameters
    ----------
    estimator : classifier
        The learner; a Pipeline gets weights at its last step. Wrap a trained one in
        ``FrozenEstimator``.
    sampler : sampler, weighter or None, default=None
        What to do to the training rows: a class of this package, any imbalanced-learn sampler, or
        None to train on the rows as they are.
    correction : {"auto", "shift", "offset", "weight", "sigmoid", "isotonic", "temperature", \
"none"}, default="auto"
        How to undo the change:

        - "shift": in closed form after training, ``p ∝ q / a(x)``. Exact for random sampling and
          class weights.
        - "offset": train with the log factors as known log odds in the linear predictor (offset,
          base margin, initial score), and predict without them: the exact likelihood.
        - "weight": train with inverse-probability weights, so that nothing is left to undo.
        - "sigmoid", "isotonic", "temperature": undo the shift as far as it is known, then fit a
          calibration curve to the log odds of out-of-fold rows that were not resampled.
        - "none": leave the predictions as they are.
        - "auto": "shift" where it is exact; where it depends on the row, "offset" if the learner
          takes one, and "weight" if it is linear and does not. Otherwise (synthetic rows, cleaning,
          a learner with margins only) "sigmoid", where the rarest class has at least 50 rows; with
          fewer rows the closed form where there is one, with a warning. "none" where nothing is to
          be undone: rows as they are, or weights towards a population.
    carry_out : {"auto", "rows", "weights"}, default="auto"
        Whether the sampler chooses rows or weights them. "auto": rows for samplers and foreign
        objects, weights for weighters.
    target_prior : float or dict of {label: float}, default=None
        Class shares of the population to predict for, where it has another base rate than the
        data: shares in (0, 1) that sum to 1, or that of ``classes_[1]``, the second of the sorted
        labels. None keeps the base rate of the data.
    shift : Shift, default=None
        A known change of the rows before they came here, for example negatives thinned upstream;
        it is undone too. With a frozen estimator: all that lies between the population and what
        it was trained on, its own class weights included; `fit` then takes rows of the population,
        best such as it has not seen.
    cv : int, cross-validation generator, iterable or None, default=None
        How rows are held out for recalibration; None means five stratified folds, fewer where the
        rarest class has fewer rows. An int or None holds out whole groups where `groups` are given.
    n_jobs : int, default=None
        Folds fitted at a time, as in joblib.

    Attributes
    ----------
    estimator_ : classifier
        The learner, fitted on all (resampled) rows.
    sampler_ : sampler, weighter or None
        The sampler, fitted.
    shift_ : Shift or None
        All that was done to the distribution: upstream, by the sampler (with "weight": nothing is
        left of that), by class weights inside the learner. None where it is not known.
    correction_ : str
        The correction carried out.
    calibrator_ : object or None
        The calibration curve on log odds.
    classes_ : ndarray of shape (n_classes,)
        The labels.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of str of shape (n_features_in_,)
        Column names of X, where they are all strings.

    See Also
    --------
    ClassShift : The change of a model that is already trained.

    Notes
    -----
    Resampling multiplies the joint distribution, ``q(x, y=k) ∝ a_k(x) p(x, y=k)``, so that
    ``log p_k(x) = log q_k(x) - log a_k(x) + const`` [1]_. A learner that is calibrated on q becomes
    calibrated on p; its own error stays. The order is: undo the shift, then the calibration curve,
    then `target_prior`.

    ``class_weight`` and ``scale_pos_weight`` inside the learner are part of the shift; the former
    is carried out by weighting the rows. What cannot be expressed as a factor per class
    ("balanced_subsample", ensembles that resample inside) refuses "shift".

    References
    ----------
    .. [1] C. Elkan, "The foundations of cost-sensitive learning", Proceedings of the 17th
       International Joint Conference on Artificial Intelligence, 2001, 973-978.
    .. [2] G. King and L. Zeng, "Logistic regression in rare events data", Political Analysis 9,
       2001, 137-163. https://doi.org/10.1093/oxfordjournals.pan.a004868

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from sklearn.linear_model import LogisticRegression
    >>> from imbalance_kit import CorrectedClassifier, RandomUnderSampler
    >>> X, y = make_classification(5000, weights=[.95], flip_y=0, random_state=0)
    >>> sampler = RandomUnderSampler(random_state=0)
    >>> raw = CorrectedClassifier(LogisticRegression(), sampler, correction="none").fit(X, y)
    >>> corrected = CorrectedClassifier(LogisticRegression(), sampler).fit(X, y)
    >>> shares = y, raw.predict_proba(X)[:, 1], corrected.predict_proba(X)[:, 1]
    >>> print(*(f"{share.mean():.2f}" for share in shares))
    0.05 0.11 0.05
    """

    def __init__(
        self,
        estimator: Any,
        sampler: Any = None,
        *,
        correction: str = "auto",
        carry_out: str = "auto",
        target_prior: float | Mapping[Any, float] | None = None,
        shift: Shift | None = None,
        cv: Any = None,
        n_jobs: int | None = None,
    ) -> None:
        self.estimator = estimator
        self.sampler = sampler
        self.correction = correction
        self.carry_out = carry_out
        self.target_prior = target_prior
        self.shift = shift
        self.cv = cv
        self.n_jobs = n_jobs

    def fit(
        self,
        X: Any,
        y: Any,
        *,
        sample_weight: Any = None,
        target: Any = None,
        target_weight: Any = None,
        groups: Any = None,
    ) -> Self:
        """Resample or weight the rows, train the learner, learn the correction.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Rows; they reach sampler and learner untouched.
        y : array-like of shape (n_samples,)
            Class labels.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows, at least 0: for the sampler, the learner and the calibration.
        target : object, default=None
            Population for a weighter that takes one; unused, with a warning, where `sampler` is
            None.
        target_weight : array-like, default=None
            Weights of the target's rows.
        groups : array-like of shape (n_samples,), default=None
            Rows of a group are held out together; handed on to a learner that splits by groups.

        Returns
        -------
        self : object
            Fitted.
        """
        self._check_parameters()
        validate_data(self, X, skip_check_array=True)
        if y is None:
            raise ValueError(
                "CorrectedClassifier requires y to be passed, but the target y is None."
            )
        labels = one_label_per_row(y)
        encoded = encode_target(labels)
        check_same_length(n_rows(X), len(labels))
        weights = check_sample_weight(sample_weight, len(labels))
        if weights is not None:
            check_unit(weights)
        options = {"target": target, "target_weight": target_weight}
        warn_of_unused_target(self.sampler, options)
        groups = None if groups is None else np.asarray(groups)
        if groups is not None and groups.shape != (len(labels),):
            raise ValueError(
                f"`groups` must hold one group per row, shape ({len(labels)},), got {groups.shape}."
            )
        if is_frozen(self.estimator):
            encoded = _as_trained(self.estimator, encoded)
            if self.shift is not None:  # nothing below looks at it before predictions do
                self.shift.log_factors(take_rows(X, np.arange(1)), encoded.classes)

        rows = Rows(X, labels, weights, groups, options)
        trained = self._train(rows)
        self._model = trained.model
        self.estimator_, self.sampler_ = trained.learner, trained.training.sampler
        self.classes_ = encoded.classes
        self.correction_ = choose_correction(
            self.correction,
            trained.training,
            total=to_undo(trained.shift),
            unknown=trained.unknown,
            has_proba=self._model.has_proba,
            n_rarest=int(encoded.counts.min()),
            learner_name=type(last_step(self.estimator_)).__name__,
            mode=trained.mode,
        )
        self._check_target_prior(trained)
        if trained.training.repeats_rows:
            self._warn_of_inner_splits(trained.training, groups)
        self.shift_ = None if trained.unknown else trained.shift or _unchanged(encoded)
        if self.correction_ == "none":
            self._model = replace(self._model, undo=None)
        represented = represented_weights(
            X,
            encoded,
            weights,
            training=trained.training,
            upstream=None if is_frozen(self.estimator) else to_undo(self.shift),
        )
        self.calibrator_ = None
        if self.correction_ in CALIBRATORS:
            self.calibrator_ = self._calibrate(rows, encoded, represented)
        self._target_shift = towards_target_prior(self.target_prior, encoded, represented)
        return self

    @available_if(_predicts_proba)  # type: ignore[untyped-decorator]
    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Predict class probabilities of the distribution that the rows were handed in with.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        proba : ndarray of shape (n_samples, n_classes)
            Probabilities in [0, 1], columns in the order of `classes_`.
        """
        return to_proba(self._scores(X))

    @available_if(_predicts_proba)  # type: ignore[untyped-decorator]
    def predict_log_proba(self, X: Any) -> NDArray[np.float64]:
        """Predict logarithms of the class probabilities.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        log_proba : ndarray of shape (n_samples, n_classes)
            Natural logarithms of `predict_proba`.
        """
        proba: NDArray[np.float64] = self.predict_proba(X)
        with np.errstate(divide="ignore"):
            return np.log(proba)

    def decision_function(self, X: Any) -> NDArray[np.float64]:
        """Return the corrected log odds.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        log_odds : ndarray of shape (n_samples,) or (n_samples, n_classes)
            Two classes: ``log p_1 - log p_0``. More: log odds of each class against the rest.
            Finite: certainty is about ±708. The margin itself for a learner without probabilities
            that is left uncalibrated.
        """
        scores = self._scores(X)
        return to_decision(scores) if _predicts_proba(self) else scores

    def predict(self, X: Any) -> NDArray[Any]:
        """Predict the class of largest corrected probability.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        labels : ndarray of shape (n_samples,)
            Labels; for two classes ``classes_[1]`` where the log odds are above 0.
        """
        scores = self._scores(X)
        codes = (scores > 0).astype(np.intp) if scores.ndim == 1 else scores.argmax(axis=1)
        labels: NDArray[Any] = self.classes_[codes]
        return labels

    def _scores(self, X: Any) -> Scores:
        check_is_fitted(self)
        if hasattr(self, "n_features_in_"):
            check_is_table(X, self.n_features_in_)
        validate_data(self, X, reset=False, skip_check_array=True)
        scores = self._model.scores(X, self.classes_)
        if self.calibrator_ is not None:
            scores = self.calibrator_.predict(scores)
        if self._target_shift is not None:
            scores = add_log_factors(scores, self._target_shift.log_factors(None, self.classes_))
        return scores

    def _train(self, rows: Rows) -> Trained:
        recipe = Recipe(self.estimator, self.sampler, self.correction, self.carry_out, self.shift)
        return train(recipe, rows)

    def _calibrate(
        self, rows: Rows, encoded: EncodedTarget, represented: NDArray[np.float64] | None
    ) -> LogOddsCalibrator:
        """Fit the calibration curve to out-of-fold rows as they came in."""
        if encoded.n_classes < 2:
            raise ValueError(
                f"correction={self.correction_!r} fits a curve between classes, and `y` has one "
                f"class only: {encoded.label(0)!r}. Hint: rows of other classes, or "
                "correction='none'."
            )

        def fit_and_score(train: NDArray[np.intp], held: NDArray[np.intp]) -> Scores:
            model = self._train(rows.take(train)).model
            return model.scores(take_rows(rows.X, held), self.classes_)

        scored: NDArray[np.intp] = np.arange(len(rows.y))
        if is_frozen(self.estimator):
            scores = self._model.scores(rows.X, self.classes_)
        else:
            scored, scores = out_of_fold_scores(
                fit_and_score, rows.y, encoded, cv=self.cv, groups=rows.groups, n_jobs=self.n_jobs
            )
        given = None if represented is None else represented[scored]
        counted = scored if given is None else scored[given > 0]
        check_every_class(encoded, counted, "What the calibration curve is fitted to")
        return LogOddsCalibrator(self.correction_).fit(scores, encoded.codes[scored], given)

    def _check_parameters(self) -> None:
        known = hasattr(self.estimator, "fit")
        if not known or not (is_classifier(self.estimator) or offset_adapter(self.estimator)):
            raise TypeError(
                f"`estimator` must be a classifier, got {self.estimator!r}. Hint: "
                "CorrectedClassifier(estimator, sampler)."
            )
        if self.correction not in CORRECTIONS:
            raise ValueError(f"`correction` must be one of {CORRECTIONS}, got {self.correction!r}.")
        if self.carry_out not in _CARRY_OUT:
            raise ValueError(f"`carry_out` must be one of {_CARRY_OUT}, got {self.carry_out!r}.")
        check_n_jobs(self.n_jobs)
        if self.shift is not None and not hasattr(self.shift, "log_factors"):
            raise TypeError(
                f"`shift` must be a shift, got {self.shift!r}. Hint: "
                "ClassShift.from_rates({label: rate})."
            )
        if is_frozen(self.estimator) and self.sampler is not None:
            raise ValueError(
                "A frozen estimator is not trained again, so `sampler` would change nothing. Hint: "
                "describe how it was trained by `shift`, for example ClassShift.from_rates."
            )
        if is_frozen(self.estimator) and self.shift is not None:
            inside = last_step(self.estimator.estimator)
            if isinstance(inside, CorrectedClassifier) and inside.correction != "none":
                raise ValueError(
                    "The frozen estimator is a CorrectedClassifier: it has undone the change of "
                    "its training rows already, and undoing `shift` as well would be a double "
                    "correction. Hint: leave `shift` out; what came before its sampler belongs "
                    "into its own `shift`."
                )
        check_target_prior(self.target_prior)

    def _check_target_prior(self, trained: Trained) -> None:
        """Refuse to move predictions that are not probabilities under the data's base rate."""
        left = self.correction_ == "none" and (trained.unknown or to_undo(trained.shift))
        if self.target_prior is not None and (left or not _predicts_proba(self)):
            raise ValueError(
                "`target_prior` starts from probabilities under the base rate of the data, and "
                f"correction={self.correction_!r} leaves others here. Hint: choose another "
                "correction."
            )
        upstream = to_undo(self.shift)
        if None not in (self.target_prior, upstream) and aims_elsewhere(trained.training):
            raise ValueError(
                "`target_prior` starts from the base rate of the population that the weighter aims "
                "at, and rows that were changed before (`shift`) do not tell it. Hint: leave "
                "`target_prior` out, and move the predictions by "
                "ClassShift.from_priors(base_rate, prior).apply."
            )

    def _warn_of_inner_splits(self, training: TrainingSet, groups: NDArray[Any] | None) -> None:
        by = splits_inside(self.estimator_, len(training.y))
        grouped = follow(groups, training) is not None and takes_groups(self.estimator_)
        if by is None or grouped:
            return
        warnings.warn(
            f"{type(last_step(self.estimator_)).__name__} holds out some of its rows ({by}), and "
            "copies of one row can fall on both sides, so that what it learns there is too "
            "optimistic. Hint: carry_out='weights', or pass `groups` to a learner that uses them.",
            UserWarning,
            stacklevel=3,
        )

    def __sklearn_tags__(self) -> Any:
        """Describe the input the learner takes."""
        tags = super().__sklearn_tags__()
        inner = get_tags(self.estimator)
        tags.input_tags = inner.input_tags
        if inner.classifier_tags is not None:
            tags.classifier_tags.multi_class = inner.classifier_tags.multi_class
            tags.classifier_tags.poor_score = inner.classifier_tags.poor_score
        return tags


def _unchanged(encoded: EncodedTarget) -> Shift | None:
    return (
        ClassShift(dict.fromkeys(encoded.classes.tolist(), 1.0)) if encoded.n_classes > 1 else None
    )


def _as_trained(frozen: Any, target: EncodedTarget) -> EncodedTarget:
    """Return the labels as positions among the classes of a trained model."""
    check_is_fitted(frozen)
    classes = np.asarray(frozen.classes_)
    otherwise = "`y` has classes the frozen estimator does not know,"
    return EncodedTarget(classes, codes_among(classes.tolist(), target, otherwise))
