"""Reports as plain values, ready for JSON."""

import math
from collections.abc import Mapping
from typing import Any


def to_plain(value: Any) -> Any:
    """Return nested mappings and sequences as dicts and lists.

    NaN and infinity, of which JSON has neither, become None.
    """
    if isinstance(value, Mapping):
        return {key: to_plain(entry) for key, entry in value.items()}
    if isinstance(value, (tuple, list)):
        return [to_plain(entry) for entry in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
