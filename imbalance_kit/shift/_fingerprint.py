"""Recognise a fitted model by its content, without storing or unpickling it."""

import copyreg
import hashlib
from typing import Any

import numpy as np

_PLAIN = (bool, int, float, complex, str, bytes, bytearray, np.generic)
_RAW_FORMS = ("model_to_string", "save_raw")  # boosters of LightGBM and XGBoost
_NOT_CONTENT = "_sklearn_version"  # says who wrote the state, not what is in it


def fingerprint(model: Any) -> str:
    """Return a hash of everything a fitted model is made of.

    Numbers, texts, arrays and containers are followed, and what other objects would hand to pickle;
    nothing is executed that pickling would not. Two models with equal content have equal
    fingerprints, in any process and after any number of round trips through pickle. Boosters that
    hide their content behind a compiled handle are asked for their text or raw form. Functions
    count by name.

    Parameters
    ----------
    model : object
        A fitted model.

    Returns
    -------
    text : str
        SHA-256, 64 hexadecimal digits.
    """
    digest = hashlib.sha256()
    _feed(digest, model, set())
    return digest.hexdigest()


def _feed(digest: "hashlib._Hash", value: Any, path: set[int]) -> None:
    """Add a value; `path` holds the objects it lies within, so that a cycle ends."""
    digest.update(f"<{type(value).__name__}>".encode())
    if value is None or isinstance(value, _PLAIN):
        digest.update(repr(value.item() if isinstance(value, np.generic) else value).encode())
    elif callable(value) and hasattr(value, "__name__"):  # a class, a function
        digest.update(f"{getattr(value, '__module__', '')}.{value.__name__}".encode())
    elif isinstance(value, np.ndarray) and not value.dtype.hasobject and not value.dtype.names:
        digest.update(f"{value.shape}{value.dtype.str}".encode())
        digest.update(np.ascontiguousarray(value).tobytes())
    elif id(value) not in path:
        path.add(id(value))
        for part in _parts(value):
            _feed(digest, part, path)
        digest.update(b"</>")
        path.remove(id(value))


def _parts(value: Any) -> list[Any]:
    """Return what an object is made of, in an order that does not depend on the process."""
    if isinstance(value, dict):
        items = sorted(value.items(), key=lambda item: repr(item[0]))
        return [part for item in items if item[0] != _NOT_CONTENT for part in item]
    if isinstance(value, (list, tuple)):
        return list(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=repr)
    if isinstance(value, np.ndarray):
        if value.dtype.names:  # field by field: what lies between aligned fields is not content
            return [value.shape, *((name, value[name]) for name in value.dtype.names)]
        return [value.shape, *value.ravel().tolist()]
    for method in _RAW_FORMS:
        if hasattr(value, method):
            return [getattr(value, method)()]
    return _reduced(value)


def _reduced(value: Any) -> list[Any]:
    """Return what pickle would store of an object; its attributes where it cannot be pickled."""
    reduce = copyreg.dispatch_table.get(type(value))
    try:
        reduced = reduce(value) if reduce else value.__reduce_ex__(4)
    except TypeError:
        return [type(value).__qualname__, vars(value) if hasattr(value, "__dict__") else None]
    if isinstance(reduced, str):
        return [reduced]
    make, arguments, state, items, pairs = (*reduced, None, None, None)[:5]
    return [make, arguments, state, list(items or ()), list(pairs or ())]
