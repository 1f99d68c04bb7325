"""One sampler after the other: rows are followed through, shifts multiply."""

from functools import reduce
from typing import Any, Self

import imblearn.base
import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.utils import get_tags
from sklearn.utils.validation import validate_data

from imbalance_kit._utils._containers import n_rows
from imbalance_kit._utils._random import draw_seed
from imbalance_kit._utils._targets import encode_target
from imbalance_kit._utils._validation import check_sample_weight
from imbalance_kit.shift import Shift
from imbalance_kit.shift._bayes import as_log_odds


class SamplerChain(imblearn.base.BaseSampler):  # type: ignore[misc]
    """Apply samplers one after the other, and keep the shift of the whole.

    Use it to thin cheaply before thinning cleverly (uniform, then nonuniform), or to add rows after
    dropping some. Not to repeat one method: a single sampler with the final sizes does the same
    with less noise.

    Parameters
    ----------
    steps : list of samplers
        At least one, in order; samplers of this package, each with `shift_` and `sample_indices_`.
    random_state : int, RandomState, Generator or None, default=None
        Seeds the steps whose own `random_state` is None, each differently.

    Attributes
    ----------
    steps_ : list of samplers
        The fitted clones.
    sampling_strategy_ : dict of {label: float}
        That of the last step.
    sample_indices_ : ndarray of shape (n_resampled,)
        Row of the input that each output row comes from, or is a synthetic neighbour of.
    synthetic_mask_ : ndarray of bool of shape (n_resampled,)
        Where a step made the row, or copied one that was made.
    carried_weight_ : ndarray of shape (n_resampled,)
        Input weight of the source row.
    sample_weight_ : ndarray of shape (n_resampled,)
        Weights under which the output stands for the input: each step's divided out.
    log_odds_offset_ : ndarray of shape (n_resampled,) or (n_resampled, n_classes)
        Log odds that the steps added together, for training with an offset.
    shift_ : Shift
        The product of the steps' shifts.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of str of shape (n_features_in_,)
        Column names of X, where they are all strings.

    See Also
    --------
    CorrectedClassifier : Undoes the shift of the whole chain.

    Notes
    -----
    ``a_k(x) = a1_k(x) a2_k(x) ...``: factors multiply, log odds add. A step whose shift is unknown
    makes that of the chain unknown, and is refused.

    Examples
    --------
    >>> import numpy as np
    >>> from imbalance_kit import RandomOverSampler, RandomUnderSampler, SamplerChain
    >>> X, y = np.arange(100)[:, None], np.array([0] * 90 + [1] * 10)
    >>> chain = SamplerChain(
    ...     [RandomUnderSampler(sampling_strategy=.25), RandomOverSampler()], random_state=0
    ... )
    >>> X_res, y_res = chain.fit_resample(X, y)
    >>> np.bincount(y_res)
    array([40, 40])
    >>> {label: round(factor, 3) for label, factor in chain.shift_.factors.items()}
    {0: 0.444, 1: 4.0}
    """

    def __init__(self, steps: list[Any], *, random_state: Any = None) -> None:
        self.steps = steps
        self.random_state = random_state

    def fit(self, X: Any, y: Any, *, sample_weight: Any = None) -> Self:
        """Fit the steps; each sees the output of the one before.

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
            Fitted.
        """
        self.fit_resample(X, y, sample_weight=sample_weight)
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
            Weights of the rows, at least 0.

        Returns
        -------
        X_res : same container as X, of shape (n_resampled, n_features)
            The rows after the last step.
        y_res : same container as y, of n_resampled entries
            Their labels.
        """
        self._check_steps()
        validate_data(self, X, y, skip_check_array=True)
        n, n_classes, weights = n_rows(X), encode_target(y).n_classes, sample_weight
        rows, made, divided = np.arange(n), np.zeros(n, dtype=bool), np.ones(n)
        offset = np.zeros(n if n_classes == 2 else (n, n_classes))
        self.steps_: list[Any] = []
        for number, step in enumerate(self.steps):
            sampler = self._seeded(clone(step), number)
            X, y = sampler.fit_resample(X, y, sample_weight=weights)
            taken = sampler.sample_indices_
            rows, made = rows[taken], made[taken] | sampler.synthetic_mask_
            offset = offset[taken] + _offset(sampler, X)  # raises where it is not known
            divided = divided[taken] * _divided(sampler)
            weights = None if sample_weight is None else sampler.carried_weight_
            self.steps_.append(sampler)
        self.shift_ = reduce(Shift.then, [sampler.shift_ for sampler in self.steps_])
        self.sampling_strategy_ = sampler.sampling_strategy_
        self.sample_indices_, self.synthetic_mask_ = rows, made
        self.carried_weight_ = sampler.carried_weight_
        self.sample_weight_ = self.carried_weight_ * divided
        self.log_odds_offset_ = offset
        return X, y

    def fit_weights(self, X: Any, y: Any, *, sample_weight: Any = None) -> NDArray[np.float64]:
        """Return the expected copies of each row, by the factors of all steps.

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
            ``sample_weight`` times the chain's factor at the row and its class. A step's factors
            are those of the rows it was given, so they carry the noise of the steps before it.
        """
        self.fit_resample(X, y, sample_weight=sample_weight)
        target = encode_target(y)
        logs = self.shift_.log_factors(X, target.classes)
        logs = np.broadcast_to(logs, (len(target.codes), logs.shape[1]))
        factors: NDArray[np.float64] = np.exp(logs[np.arange(len(logs)), target.codes])
        given = check_sample_weight(sample_weight, len(target.codes))
        return factors if given is None else factors * given

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the parameters; those of the steps by number, as in ``"0__sampling_strategy"``.

        Parameters
        ----------
        deep : bool, default=True
            Whether to return the steps and their parameters as well.

        Returns
        -------
        params : dict of {str: object}
            Parameter names to values.
        """
        params: dict[str, Any] = super().get_params(deep=False)
        for number, step in enumerate(self._samplers() if deep else ()):
            params[f"{number}"] = step
            params |= {f"{number}__{name}": value for name, value in step.get_params().items()}
        return params

    def set_params(self, **params: Any) -> Self:
        """Set parameters by the names that `get_params` returns.

        Parameters
        ----------
        **params : dict
            Names to values: ``set_params(**{"0__sampling_strategy": .5})``; a number alone replaces
            the step.

        Returns
        -------
        self : object
            The chain.
        """
        self.steps = params.pop("steps", self.steps)
        if any(f"{number}" in params for number, _ in enumerate(self._samplers())):
            self.steps = [params.pop(f"{k}", step) for k, step in enumerate(self.steps)]
        super().set_params(**params)
        return self

    def __sklearn_tags__(self) -> Any:
        """Describe the input that is taken: what all steps take."""
        tags = super().__sklearn_tags__()
        taken = [get_tags(step).input_tags for step in self._samplers()]
        for name in ("sparse", "allow_nan", "string", "categorical", "three_d_array"):
            setattr(tags.input_tags, name, all(getattr(inputs, name) for inputs in taken))
        tags.sampler_tags.sample_indices = True
        return tags

    def _samplers(self) -> list[Any]:
        """Return the steps if they are what they should be; nothing otherwise."""
        listed = isinstance(self.steps, (list, tuple))
        return list(self.steps) if listed and all(map(_is_sampler, self.steps)) else []

    def _check_steps(self) -> None:
        if not isinstance(self.steps, (list, tuple)) or not self.steps:
            raise ValueError(f"`steps` must be a list of at least one sampler, got {self.steps!r}.")
        for step in self.steps:
            if not _is_sampler(step):
                raise TypeError(
                    f"Every step must be a sampler of this package, got {step!r}: the shift of the "
                    "chain is the product of the steps' shifts. Hint: a list of samplers, not of "
                    "names and samplers."
                )

    def _seeded(self, sampler: Any, number: int) -> Any:
        if self.random_state is None or sampler.get_params().get("random_state", 0) is not None:
            return sampler
        seed = draw_seed(self.random_state)
        stream = np.random.default_rng([seed, number])
        return sampler.set_params(random_state=int(stream.integers(2**31)))

    def _fit_resample(self, X: Any, y: Any) -> Any:
        raise NotImplementedError("fit_resample runs the steps.")


def _is_sampler(step: Any) -> bool:
    methods = ("fit_resample", "fit_weights", "get_params")
    return not isinstance(step, type) and all(hasattr(step, name) for name in methods)


def _divided(sampler: Any) -> NDArray[np.float64]:
    """Return one over the factor of each output row of a step; 0 where it weighs nothing."""
    carried = np.asarray(sampler.carried_weight_)
    divided = np.zeros(len(carried))
    np.divide(sampler.sample_weight_, carried, out=divided, where=carried > 0)
    return divided


def _offset(sampler: Any, X: Any) -> NDArray[np.float64]:
    """Return the log odds that one step added to each of its output rows."""
    if hasattr(sampler, "log_odds_offset_"):
        return np.asarray(sampler.log_odds_offset_)
    if getattr(sampler, "shift_", None) is None:
        raise ValueError(
            f"{type(sampler).__name__} changes the distribution by a factor that is not known, so "
            "that of the chain is not known either. Hint: leave the step out."
        )
    return as_log_odds(sampler.shift_.log_factors(X, sampler.shift_.classes))
