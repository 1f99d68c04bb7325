"""Find the public names of the package: by walking it, never from a list kept by hand.

A class that is added to an `__all__` is therefore checked at once, and the callers of this module
assert that they were given something to check.
"""

import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from functools import cache, cached_property
from importlib import import_module
from types import ModuleType
from typing import Any

from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.utils import get_tags

from imbalance_kit import ClassWeighter, RandomUnderSampler

PACKAGE = "imbalance_kit"

_FOR_ANY_TABLE: dict[str, dict[str, Any]] = {"SMOTENC": {"categorical_features": [0]}}

# scikit-learn writes these methods onto every estimator: not ours to document or to test.
_ROUTING_METHOD = re.compile(r"set_\w+_request$")


@cache
def public_modules() -> dict[str, ModuleType]:
    """Return the package and its public folders: ``{dotted name: module}``."""
    root = import_module(PACKAGE)
    names = [PACKAGE] + [
        f"{PACKAGE}.{module.name}"
        for module in pkgutil.iter_modules(root.__path__)
        if not module.name.startswith("_")
    ]
    return {name: import_module(name) for name in sorted(names)}


@cache
def public_names() -> dict[str, Any]:
    """Return what the folders export: ``{dotted name: object}``, each object once.

    An object that the package exports as well goes by the name of its folder, which is the longer.
    """
    found: dict[int, tuple[str, Any]] = {}
    for module_name, module in public_modules().items():
        for name in getattr(module, "__all__", ()):
            thing = getattr(module, name)
            if not inspect.ismodule(thing) and not name.startswith("__"):
                found[id(thing)] = (f"{module_name}.{name}", thing)
    return dict(sorted(found.values(), key=lambda item: item[0]))


def public_functions() -> dict[str, Callable[..., Any]]:
    """Return the exported functions by dotted name."""
    return {name: thing for name, thing in public_names().items() if inspect.isfunction(thing)}


def public_classes(kind: str | None = None) -> list[type]:
    """Return the exported classes of a kind, sorted by dotted name; all of them without one.

    Parameters
    ----------
    kind : str, default=None
        "estimator" for all of scikit-learn's estimators, "display" for classes that draw, and for
        one sort of estimator its `estimator_type`: "sampler", "weighter", "classifier",
        "regressor".
    """
    classes = [thing for thing in public_names().values() if inspect.isclass(thing)]
    return [cls for cls in classes if kind is None or kind in _kinds(cls)]


@cache
def _kinds(cls: type) -> frozenset[str]:
    if cls.__name__.endswith("Display"):
        return frozenset({"display"})
    if inspect.isabstract(cls) or not issubclass(cls, BaseEstimator):
        return frozenset()
    estimator_type = get_tags(make_instance(cls)).estimator_type
    if estimator_type is None and hasattr(cls, "fit_resample"):
        estimator_type = "sampler"
    elif estimator_type is None and hasattr(cls, "fit_weights"):
        estimator_type = "weighter"
    return frozenset({"estimator"} | ({estimator_type} if estimator_type else set()))


def make_instance(cls: type, **parameters: Any) -> Any:
    """Build an instance, with a plain value for each constructor parameter that has no default.

    Where a default asks a DataFrame for its dtypes, a value is given that any table can follow.
    """
    for base in cls.__mro__:
        parameters = _FOR_ANY_TABLE.get(base.__name__, {}) | parameters
    required = [
        name
        for name, parameter in inspect.signature(cls).parameters.items()
        if parameter.default is parameter.empty
        and parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
        and name not in parameters
    ]
    return cls(**{name: _plain_value(cls, name) for name in required}, **parameters)


def _plain_value(cls: type, name: str) -> Any:
    if name == "estimator":
        return LinearRegression() if issubclass(cls, RegressorMixin) else LogisticRegression()
    if name == "weighter":
        return ClassWeighter()
    if name == "steps":
        return [RandomUnderSampler()]
    raise TypeError(
        f"{cls.__name__} needs `{name}`, for which tests/_discovery.py knows no plain value: "
        "add one to `_plain_value`."
    )


def own_bases(cls: type) -> Iterator[type]:
    """Yield the class and those of its bases that are written in this package."""
    for base in cls.__mro__:
        if base.__module__.partition(".")[0] == PACKAGE:
            yield base


def public_methods(cls: type) -> dict[str, Any]:
    """Return the public methods and properties that this package writes for `cls`.

    What is inherited from scikit-learn or the standard library is left out.
    """
    found: dict[str, Any] = {}
    for base in own_bases(cls):
        for name, thing in vars(base).items():
            if name.startswith("_") or name in found or _ROUTING_METHOD.match(name):
                continue
            if callable(getattr(base, name)) or isinstance(thing, (property, cached_property)):
                found[name] = getattr(cls, name)
    return dict(sorted(found.items()))
