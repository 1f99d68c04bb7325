"""Logistic regression whose training likelihood contains what the sampling did to the log odds."""

import warnings
from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_expit, log_softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_is_fitted, validate_data

from imbalance_kit._utils._validation import check_sample_weight, check_unit
from imbalance_kit.correction._log_odds import to_proba
from imbalance_kit.correction._logistic_covariance import covariance
from imbalance_kit.correction._logistic_design import Array, make_design
from imbalance_kit.correction._logistic_inputs import (
    check_class_totals,
    check_labels,
    check_offset,
    say_how_to_encode,
)
from imbalance_kit.correction._logistic_objective import (
    Objective,
    intercept_start,
    make_objective,
)
from imbalance_kit.correction._logistic_solvers import Solution, lbfgs, newton, thinned_start

_SOLVERS = ("auto", "newton", "lbfgs")
_COVARIANCES = ("auto", "model", "sandwich")
_FEW_COLUMNS = 200  # Gram matrices times columns up to which Newton's method pays


class OffsetLogisticRegression(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Logistic regression that is trained with known log odds added, and predicts without them.

    Use it on rows that were sampled with known, row-dependent probabilities, for example by
    nonuniform negative sampling: the offset says what the sampling did to the log odds, so the
    coefficients are those of the population the rows were drawn from, with the smallest variance
    among a large class of estimators. A closed-form correction after training does not do this for
    a linear learner: the sample's log odds are not linear.

    It is not needed where every row of a class was kept with the same probability: there any
    logistic regression inside :class:`~imbalance_kit.CorrectedClassifier` gives the same. Do not
    give an offset and inverse-probability weights for the same sampling: each of them is the whole
    correction, and the weights the less efficient one.

    Parameters
    ----------
    C : float, default=1.0
        Inverse strength of the penalty, in (0, inf]; the same as scikit-learn's. np.inf means no
        penalty.
    fit_intercept : bool, default=True
        Whether to have an intercept, which is never penalised.
    solver : {"auto", "newton", "lbfgs"}, default="auto"
        "newton" uses the exact Hessian, "lbfgs" gradients only. "auto" takes Newton's method where
        there are at most 200 columns and two classes; fewer with more classes.
    tol : float, default=1e-6
        How near to the optimum to stop, in units of the standard error of each coefficient.
    max_iter : int, default=1000
        Iterations at the most.
    covariance : {"auto", "model", "sandwich"} or None, default="auto"
        What `coef_covariance_` holds:

        - "model": the inverse Hessian. Right for the likelihood with an offset and without weights,
          and for weights that count repeated rows.
        - "sandwich": right for inverse-probability weights, and where the model is only an
          approximation; every row's own pull on the fit is taken out (HC3), so that a few heavy
          rows do not hide their error.
        - "auto": "sandwich" with `sample_weight`, "model" without; computed where Newton's method
          is used by "auto", because it takes as much memory as parameters squared.
        - None: nothing.
    warm_start : bool, default=False
        Whether to begin where the last fit ended, if classes and columns are as many.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels.
    coef_ : ndarray of shape (1, n_features) or (n_classes, n_features)
        Change of the log odds of ``classes_[1]`` per unit of a column; with more than two classes,
        of the score of each class. Those scores are determined up to a constant, and sum to zero
        over the classes.
    intercept_ : ndarray of shape (1,) or (n_classes,)
        The same for all columns at zero.
    coef_covariance_ : ndarray of shape (n_parameters, n_parameters)
        Covariance of the parameters; see the property.
    loss_ : float
        What was minimised, at the minimum: weighted sum of log losses plus penalty.
    n_iter_ : int
        Iterations taken.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of str of shape (n_features_in_,)
        Column names of X, where they are all strings.

    See Also
    --------
    CorrectedClassifier : Any classifier on resampled rows, its predictions corrected.

    Notes
    -----
    With log odds ``g = x'β + b`` and offset ``l``, ``log a_1(x) - log a_0(x)`` for a sample that
    keeps a row of class k with probability proportional to ``a_k(x)``, it minimises ::

        Σ w_i [log(1 + exp(g_i + l_i)) - y_i (g_i + l_i)] + ‖β‖² / (2 C)

    and predicts ``1 / (1 + exp(-g))`` [1]_, [2]_. Where all rows of ``classes_[1]`` and a share
    ``π(x)`` of the others are kept, ``l = -log π(x)``, for the rows of both classes. More than two
    classes have scores ``g_k + l_k`` and the softmax, with the penalty of scikit-learn on all
    classes.

    Without offset the solution is that of scikit-learn's ``LogisticRegression``. Columns are
    centred and scaled inside, which changes neither solution nor penalty. Without penalty, columns
    that depend on one another get the shortest solution on a common scale. All computations are in
    double precision.

    The sandwich is ``H⁻¹ (Σ_i w_i² r_i² x_i x_i' / (1 - h_i)²) H⁻¹`` with the Hessian H, residuals
    r and leverages ``h_i = w_i p_i (1 - p_i) x_i' H⁻¹ x_i``: the jackknife by one Newton step per
    row, MacKinnon and White's HC3 [3]_. It mends the variance, not a bias: where a class is
    represented by few rows of great weight, the weighted intercept itself is off by a good part of
    its standard error, and its interval covers less than it says.

    The covariance is conditional on the offset. With a finite C it is that of the penalised
    likelihood, and intervals are centred on shrunken coefficients: use a large C or np.inf for
    inference. A 95 % interval is ``coef ± 1.96 sqrt(variance)``.

    References
    ----------
    .. [1] H. Wang, A. Zhang and C. Wang, "Nonuniform negative sampling and log odds correction with
       rare events data", NeurIPS 2021. https://arxiv.org/abs/2110.13048
    .. [2] W. Fithian and T. Hastie, "Local case-control sampling: efficient subsampling in
       imbalanced data sets", Annals of Statistics 42, 2014, 1693-1724.
       https://doi.org/10.1214/14-AOS1220
    .. [3] J. G. MacKinnon and H. White, "Some heteroskedasticity-consistent covariance matrix
       estimators with improved finite sample properties", Journal of Econometrics 29, 1985,
       305-325. https://doi.org/10.1016/0304-4076(85)90158-7

    Examples
    --------
    The truth is -6 + x. Keep all positives, and negatives the more the more they look like them.

    >>> import numpy as np
    >>> from imbalance_kit import OffsetLogisticRegression
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(200_000, 1))
    >>> y = rng.random(200_000) < 1 / (1 + np.exp(6 - X[:, 0]))
    >>> pi = np.minimum(1, .01 * np.exp(X[:, 0]))
    >>> kept = y | (rng.random(200_000) < pi)
    >>> model = OffsetLogisticRegression(C=np.inf)
    >>> _ = model.fit(X[kept], y[kept], offset=-np.log(pi[kept]))
    >>> print(f"{kept.sum()} rows of 200000: {model.intercept_[0]:.2f} + {model.coef_[0, 0]:.2f} x")
    4069 rows of 200000: -5.93 + 0.95 x
    >>> np.sqrt(np.diag(model.coef_covariance_)).round(2)
    array([0.04, 0.05])
    """

    classes_: NDArray[Any]
    coef_: Array
    intercept_: Array

    def __init__(
        self,
        C: float = 1.0,
        *,
        fit_intercept: bool = True,
        solver: str = "auto",
        tol: float = 1e-6,
        max_iter: int = 1000,
        covariance: str | None = "auto",
        warm_start: bool = False,
    ) -> None:
        self.C = C
        self.fit_intercept = fit_intercept
        self.solver = solver
        self.tol = tol
        self.max_iter = max_iter
        self.covariance = covariance
        self.warm_start = warm_start

    def fit(self, X: Any, y: Any, *, sample_weight: Any = None, offset: Any = None) -> Self:
        """Fit the coefficients.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Rows, numeric and finite. Dense and CSR float64 are not copied.
        y : array-like of shape (n_samples,)
            Class labels, at least two different ones.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows, at least 0.
        offset : array-like of shape (n_samples,) or (n_samples, n_classes), default=None
            Log of the factor by which the sampling changed the odds, natural logarithm, finite: for
            two classes that of ``classes_[1]`` against ``classes_[0]``; for more the log factor of
            each class, up to a constant per row.

        Returns
        -------
        self : object
            Fitted.

        Raises
        ------
        ValueError
            If there is one class only, if `offset` has another shape or values that are not finite,
            or a parameter is out of its domain.

        Warns
        -----
        ConvergenceWarning
            If the solver stopped early, or if without penalty the classes are separated by a linear
            combination of the columns, so that there is no optimum.
        """
        self._check_parameters()
        with say_how_to_encode():
            X = validate_data(self, X, accept_sparse="csr", dtype=[np.float64, np.float32])
        target = check_labels(y, X.shape[0])
        weights = check_sample_weight(sample_weight, X.shape[0])
        if weights is not None:
            check_unit(weights)
        check_class_totals(target, weights)
        objective = make_objective(
            make_design(X, intercept=self.fit_intercept),
            target.codes,
            target.n_classes,
            weights=weights,
            offset=check_offset(offset, target),
            ridge=1.0 / self.C,
        )
        few = objective.n_outputs * (objective.n_outputs + 1) // 2 * objective.design.n_columns
        use_newton = few <= _FEW_COLUMNS if self.solver == "auto" else self.solver == "newton"
        start = self._warm_theta(objective)
        if start is None:
            start = intercept_start(objective)
            start = thinned_start(objective, start) if use_newton else start
        solution = (newton if use_newton else lbfgs)(
            objective, start, tol=self.tol, max_iter=self.max_iter
        )
        self.classes_ = target.classes
        self._store(objective, solution)
        self._warn(solution)
        self._covariance = None
        kind = self.covariance
        if kind == "auto":
            kind = ("model" if weights is None else "sandwich") if few <= _FEW_COLUMNS else None
        if kind is not None:
            self._covariance = covariance(objective, solution.theta, kind)
        return self

    @property
    def coef_covariance_(self) -> Array:
        """Covariance matrix of the coefficients, for standard errors.

        Returns
        -------
        covariance : ndarray of shape (n_parameters, n_parameters)
            For two classes ``n_parameters = n_features + 1``: the coefficients in the order of the
            columns, then the intercept. With more classes these come one class after the other, as
            in ``np.column_stack([coef_, intercept_]).ravel()``; the matrix then has no inverse,
            because the parameters sum to zero over the classes. Without an intercept it is left
            out. A coefficient that the data do not determine has variance inf, and covariances NaN.

        Raises
        ------
        AttributeError
            If it was not computed: see the parameter `covariance`.
        """
        found: Array | None = getattr(self, "_covariance", None)
        if found is None:
            raise AttributeError(
                "`coef_covariance_` was not computed: the model is not fitted, `covariance` is "
                "None, or it is 'auto' and there are many parameters. Hint: fit with "
                "covariance='model', or 'sandwich' for inverse-probability weights."
            )
        return found

    def decision_function(self, X: Any) -> Array:
        """Return the linear predictor, without any offset.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        scores : ndarray of shape (n_samples,) or (n_samples, n_classes)
            Two classes: log odds of ``classes_[1]``. More: log probabilities up to a constant per
            row.
        """
        check_is_fitted(self, "coef_")
        X = validate_data(self, X, reset=False, accept_sparse="csr", dtype=[np.float64, np.float32])
        scores = make_design(X, intercept=False).predict(self.coef_)
        scores += self.intercept_[:, None]
        return scores[0] if len(scores) == 1 else np.ascontiguousarray(scores.T)

    def predict(self, X: Any) -> NDArray[Any]:
        """Predict the class of largest probability in the population.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        labels : ndarray of shape (n_samples,)
            Labels; for two classes ``classes_[1]`` where the log odds are above 0.
        """
        scores = self.decision_function(X)
        codes = (scores > 0).astype(np.intp) if scores.ndim == 1 else scores.argmax(axis=1)
        labels: NDArray[Any] = self.classes_[codes]
        return labels

    def predict_proba(self, X: Any) -> Array:
        """Predict class probabilities in the population the rows were sampled from.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        proba : ndarray of shape (n_samples, n_classes)
            Probabilities in [0, 1], columns in the order of `classes_`.
        """
        return to_proba(self.decision_function(X))

    def predict_log_proba(self, X: Any) -> Array:
        """Predict logarithms of the class probabilities, exact for tiny ones too.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        log_proba : ndarray of shape (n_samples, n_classes)
            Natural logarithms, at most 0.
        """
        scores = self.decision_function(X)
        if scores.ndim == 1:
            return np.column_stack([log_expit(-scores), log_expit(scores)])
        return np.asarray(log_softmax(scores, axis=1))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    def _check_parameters(self) -> None:
        for name in ("C", "tol"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, Real) or not float(value) > 0:
                raise ValueError(f"`{name}` must be a number above 0, got {value!r}.")
        if not isinstance(self.max_iter, Integral) or self.max_iter < 1:
            raise ValueError(f"`max_iter` must be an integer above 0, got {self.max_iter!r}.")
        if self.solver not in _SOLVERS:
            raise ValueError(f"`solver` must be one of {_SOLVERS}, got {self.solver!r}.")
        if self.covariance is not None and self.covariance not in _COVARIANCES:
            raise ValueError(
                f"`covariance` must be one of {_COVARIANCES} or None, got {self.covariance!r}."
            )

    def _warm_theta(self, objective: Objective) -> Array | None:
        """Return the last fit where it is wanted, has this shape, and is better than no slopes."""
        n_outputs = 1 if objective.contrasts is None else objective.n_classes
        old: Array | None = getattr(self, "coef_", None)
        if not self.warm_start or old is None:
            return None
        if old.shape != (n_outputs, objective.design.X.shape[1]):
            return None
        theta = np.column_stack([old, self.intercept_]) if self.fit_intercept else old
        if objective.contrasts is not None:
            theta = objective.contrasts.T @ theta
        theta = objective.design.to_centred(theta)
        cold = objective.evaluate(intercept_start(objective)).loss
        return theta if objective.evaluate(theta).loss < cold else None

    def _store(self, objective: Objective, solution: Solution) -> None:
        raw = objective.design.to_raw(solution.theta)
        if objective.contrasts is not None:
            raw = objective.contrasts @ raw
        n_features = objective.design.X.shape[1]
        self.coef_ = np.ascontiguousarray(raw[:, :n_features])
        self.intercept_ = raw[:, -1].copy() if self.fit_intercept else np.zeros(len(raw))
        self.loss_ = solution.loss
        self.n_iter_ = solution.n_iter

    def _warn(self, solution: Solution) -> None:
        if solution.status == "limit":
            warnings.warn(
                f"OffsetLogisticRegression did not converge in {solution.n_iter} iterations to "
                f"tol={self.tol!r}: the coefficients are not those of the optimum. Hint: raise "
                "`max_iter`; a smaller C makes the problem easier.",
                ConvergenceWarning,
                stacklevel=3,
            )
        elif solution.status == "separated":
            warnings.warn(
                "A linear combination of the columns separates classes, so that without a penalty "
                "the likelihood has no maximum: coefficients grow without end, and those returned "
                "are where the solver stopped. Hint: use a finite C, or drop the columns that "
                "separate.",
                ConvergenceWarning,
                stacklevel=3,
            )
