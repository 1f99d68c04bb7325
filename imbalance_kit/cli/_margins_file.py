"""Margins from a JSON file, with levels written as the table has them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from imbalance_kit.cli._messages import InputError
from imbalance_kit.cli._read_bytes import decode_text, read_bytes
from imbalance_kit.cli._read_csv import MISSING
from imbalance_kit.weighting import Margins

_KEYS = {"margins", "size", "kind"}
_EXAMPLE = 'such as {"sex": {"f": 510, "m": 490}, "income": 42000000}.'


def read_margins(path: Path) -> Margins:
    """Read margins: what `Margins.to_json` writes, or columns with their levels and totals.

    Levels are text: whole numbers without a point, "True" and "False", None for a missing value.

    Raises
    ------
    InputError
        If the file is not JSON of margins, or these contradict each other.
    """
    text, _ = decode_text(read_bytes(path), path)
    try:
        content = json.loads(text, object_pairs_hook=_without_repeats)
    except ValueError as error:
        raise InputError(f"'{path}' is not JSON: {error}.", _EXAMPLE) from error
    if not isinstance(content, dict) or not content:
        raise InputError(f"'{path}' holds no margins: expected columns and their totals.", _EXAMPLE)
    own = set(content) <= _KEYS and isinstance(content.get("margins"), (list, dict))
    for column, total in () if own else content.items():
        if not isinstance(total, (dict, int, float)):
            raise InputError(
                f"'{path}': the margin of {column!r} must be a number or levels with their totals, "
                f"got {json.dumps(total)[:40]}.",
                _EXAMPLE,
            )
    try:
        margins = Margins.from_json(text if own else json.dumps({"margins": content}))
        return Margins(
            {column: _levels(total) for column, total in margins.margins.items()},
            size=margins.size,
            kind=margins.kind,
        )
    except (TypeError, ValueError) as error:
        said = str(error).replace("Margins(..., size=...)", '{"margins": {...}, "size": ...}')
        raise InputError(f"'{path}': {said}") from error


def as_text(value: Any) -> str:
    """Return a level as text, the same whether a file held 1 or 1.0."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _levels(total: Any) -> Any:
    if not isinstance(total, Mapping):
        return total
    levels: dict[Any, float] = {}
    for level, number in total.items():
        key = tuple(map(_level, level)) if isinstance(level, tuple) else _level(level)
        if key in levels:
            raise ValueError(f"Level {key!r} has two totals.")
        levels[key] = number
    return levels


def _level(level: Any) -> str | None:
    words = None if level is None else as_text(level)
    return None if words is None or words in MISSING else words


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice!r} is there twice")
    return found
