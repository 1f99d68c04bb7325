"""What the reference documents: the public names, and of a class what this package writes."""

import inspect
import pkgutil
import re
from functools import cache, cached_property
from importlib import import_module
from typing import Any

from sphinx.application import Sphinx

PACKAGE = "imbalance_kit"
_ROUTING_METHOD = re.compile(r"set_\w+_request$")  # scikit-learn's, on every estimator


@cache
def full_names() -> dict[str, str]:
    """Return ``{name: folder and name}`` of everything a public folder exports."""
    names = {}
    for folder in pkgutil.iter_modules(import_module(PACKAGE).__path__):
        if not folder.name.startswith("_"):
            module = f"{PACKAGE}.{folder.name}"
            exported = getattr(import_module(module), "__all__", ())
            names |= {name: f"{module}.{name}" for name in exported}
    return names


def skip_inherited(
    app: Sphinx, what: str, name: str, obj: Any, skip: bool, options: Any
) -> bool | None:
    """Leave out what scikit-learn and the standard library write: they document it themselves."""
    if what != "class" or name.startswith("_"):
        return None
    if _ROUTING_METHOD.match(name):
        return True
    if isinstance(obj, cached_property):
        obj = obj.func
    elif isinstance(obj, property):
        obj = obj.fget
    obj = inspect.unwrap(getattr(obj, "__func__", obj))
    module = getattr(obj, "__module__", None)
    return True if module is not None and not module.startswith(PACKAGE) else None


def escape_types(
    app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]
) -> None:
    """Keep `n_features_in_` in the type of a parameter from being read as a link."""
    for number, line in enumerate(lines):
        parameter, colon, kind = line.partition("** : ")
        if colon and parameter.lstrip().startswith("**"):
            lines[number] = parameter + colon + re.sub(r"(?<=\w)_(?!\w)", r"\_", kind)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register both with autodoc; types are there to be escaped once numpydoc has written them."""
    app.connect("autodoc-skip-member", skip_inherited)
    app.connect("autodoc-process-docstring", escape_types, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
