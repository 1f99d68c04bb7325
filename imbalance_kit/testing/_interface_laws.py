"""Laws of good manners: data left alone, objects that can be copied, stored and sent."""

import pickle
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.base import clone
from sklearn.utils import get_tags

from imbalance_kit.testing._assertions import containers, dense
from imbalance_kit.testing._examples import Example
from imbalance_kit.testing._subject import Targeted, example_for, kind_of, outcome, run, seeded


def check_input_is_not_modified(estimator: Any) -> None:
    """Check that X, y and the weights are left as they were, and not handed back as output.

    The caller goes on using them. They are passed read-only where they are numpy arrays, and
    compared before and after, as numpy array, list, csr array and, where it is installed, pandas
    frame; rows and weights returned must not share memory with what came in, or changing them would
    change it.

    Parameters
    ----------
    estimator : sampler, weighter or classifier
        What is checked; clones of it are fitted.

    Examples
    --------
    >>> from imbalance_kit import RandomUnderSampler
    >>> from imbalance_kit.testing import check_input_is_not_modified
    >>> check_input_is_not_modified(RandomUnderSampler())
    """
    example = example_for(estimator)
    takes_sparse = get_tags(estimator).input_tags.sparse
    candidates = containers(example.X.copy(), with_sparse=takes_sparse)
    for name in sorted({"numpy", "list", "csr", "pandas"} & set(candidates)):
        X = candidates[name]
        given = Example(X, example.y.copy(), example.weights.copy())
        for array in (given.X, given.y, given.weights):
            _freeze(array)
        for weighted in (False, True) if _takes_weights(estimator) else (False,):
            for returned in _use(estimator, given, weighted=weighted):
                _check_owns_its_memory(returned, (given.X, given.y, given.weights))
        np.testing.assert_array_equal(dense(X), example.X, err_msg=f"X has changed ({name})")
        np.testing.assert_array_equal(given.y, example.y, err_msg="y has changed")
        np.testing.assert_array_equal(given.weights, example.weights, err_msg="weights changed")


def check_clone_and_pickle(estimator: Any) -> None:
    """Check that a clone and an unpickled copy, before and after a fit, do the same.

    Cross-validation clones, processes and files pickle. Parameters must come through `get_params`,
    `set_params` and `clone` as they are, and be neither changed nor replaced by a fit; results
    agree exactly.

    Parameters
    ----------
    estimator : Shift, sampler, weighter or classifier
        What is checked; clones of it are fitted.

    Examples
    --------
    >>> from imbalance_kit import ClassWeighter
    >>> from imbalance_kit.testing import check_clone_and_pickle
    >>> check_clone_and_pickle(ClassWeighter())
    """
    if kind_of(estimator) == "shift":
        copy = pickle.loads(pickle.dumps(estimator))
        assert copy == estimator, "the unpickled shift differs"
        assert hash(copy) == hash(estimator), "equal shifts with different hashes"
        return
    example = example_for(estimator)
    expected = outcome(estimator, example)
    copy = clone(estimator)
    copy.set_params(**copy.get_params(deep=False))
    assert repr(copy) == repr(estimator), "get_params, set_params and clone change a parameter"
    for other in (copy, pickle.loads(pickle.dumps(estimator))):
        np.testing.assert_array_equal(outcome(other, example), expected)
    fitted = seeded(estimator)
    given = fitted.get_params(deep=False)
    _fit(fitted, example)
    for name, value in fitted.get_params(deep=False).items():
        assert value is given[name], f"fitting has replaced the parameter {name!r}"
    restored = pickle.loads(pickle.dumps(fitted))
    for name, value in vars(fitted.weighter if isinstance(fitted, Targeted) else fitted).items():
        if isinstance(value, np.ndarray):
            np.testing.assert_array_equal(getattr(restored, name), value, err_msg=name)
    if hasattr(fitted, "predict_proba"):
        proba = restored.predict_proba(example.X)
        np.testing.assert_array_equal(proba, fitted.predict_proba(example.X))


def _fit(estimator: Any, example: Example) -> Any:
    method = "fit" if hasattr(estimator, "predict") else None
    method = method or next(m for m in ("fit_resample", "fit_weights") if hasattr(estimator, m))
    return getattr(estimator, method)(example.X, example.y)


def _takes_weights(estimator: Any) -> bool:
    try:
        run(estimator, example_for(estimator), weighted=True)
    except TypeError:
        return False
    return True


def _use(estimator: Any, given: Example, *, weighted: bool) -> list[Any]:
    """Call every public method that takes data; return what came back."""
    arguments = {"sample_weight": given.weights} if weighted else {}
    returned: list[Any] = []
    for method in ("fit", "fit_weights", "fit_resample"):
        if hasattr(estimator, method):
            fitted = seeded(estimator)
            result = getattr(fitted, method)(given.X, given.y, **arguments)
            returned += result if isinstance(result, tuple) else [result]
    for method in ("predict", "predict_proba", "decision_function"):
        if hasattr(fitted, method):
            returned.append(getattr(fitted, method)(given.X))
    return returned


def _freeze(X: Any) -> None:
    if isinstance(X, np.ndarray):
        X.setflags(write=False)
    elif sparse.issparse(X):
        for part in (X.data, X.indices, X.indptr):
            part.setflags(write=False)


def _check_owns_its_memory(returned: Any, given: tuple[Any, ...]) -> None:
    if isinstance(returned, np.ndarray):
        for array in given:
            if isinstance(array, np.ndarray):
                assert not np.shares_memory(returned, array), "output and input share memory"
