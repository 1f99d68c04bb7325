"""Recognise a fitted model by its content, without storing or unpickling it."""

import hashlib
from typing import Any

import numpy as np


def fingerprint(model: Any) -> str:
    """Return a hash of everything a fitted model is made of.

    Numbers, texts, arrays, and the attributes of objects are followed; two models with equal
    content have equal fingerprints, in any process. Models that hide their content behind a
    compiled handle are asked for their text or raw form, as LightGBM's and XGBoost's boosters give.

    Parameters
    ----------
    model : object
        A fitted model.
    """
    digest = hashlib.sha256()
    _feed(digest, model, seen=set())
    return digest.hexdigest()


def _feed(digest: "hashlib._Hash", value: Any, seen: set[int]) -> None:
    digest.update(type(value).__name__.encode())
    if value is None or isinstance(value, (bool, int, float, complex, str, bytes, np.generic)):
        digest.update(repr(value.item() if isinstance(value, np.generic) else value).encode())
        return
    if id(value) in seen:  # a cycle, or an object met before: its content is in already
        return
    seen.add(id(value))
    if isinstance(value, np.ndarray):
        digest.update(f"{value.shape}{value.dtype.str}".encode())
        if value.dtype.hasobject:
            for item in value.ravel().tolist():
                _feed(digest, item, seen)
        else:
            digest.update(np.ascontiguousarray(value).tobytes())
        return
    if isinstance(value, dict):
        for key in sorted(value, key=repr):
            _feed(digest, key, seen)
            _feed(digest, value[key], seen)
        return
    if isinstance(value, (list, tuple)):
        for item in value:
            _feed(digest, item, seen)
        return
    if isinstance(value, (set, frozenset)):
        for item in sorted(value, key=repr):
            _feed(digest, item, seen)
        return
    for method in ("model_to_string", "save_raw"):
        if hasattr(value, method):
            digest.update(str(getattr(value, method)()).encode())
            return
    if hasattr(value, "__getstate__") and not callable(value):
        _feed(digest, value.__getstate__(), seen)
        return
    digest.update(getattr(value, "__qualname__", type(value).__qualname__).encode())
