"""Rebuild a shift from JSON text, at training or serving time. Nothing is unpickled."""

import json
from typing import Any

from imbalance_kit.shift._class_shift import ClassShift
from imbalance_kit.shift._covariate_shift import CovariateShift
from imbalance_kit.shift._inclusion_shift import InclusionShift
from imbalance_kit.shift._scaled_pilot import models_of
from imbalance_kit.shift._shift import ChainedShift, Shift

_VERSION = 1


def from_json(text: str, pilot: Any = None) -> Shift:
    """Rebuild the shift that `Shift.to_json` wrote.

    Use it to carry a shift from the job that sampled to the job that trains or serves.

    Parameters
    ----------
    text : str
        JSON text written by `to_json`.
    pilot : object or list of objects, default=None
        The scoring models of row-dependent shifts, in order, where the text does not hold them
        (a linear pilot travels inside it): a fitted model, or the `pilot_` of a sampler. They are
        recognised by their content. A shift by class takes none.

    Returns
    -------
    shift : Shift
        Equal to the one that was written.

    Raises
    ------
    TypeError
        If it is no text.
    ValueError
        If the text is not JSON of a shift, is of a newer version, needs a pilot and gets another
        one or none, or needs none and gets one.

    Examples
    --------
    >>> from imbalance_kit.shift import ClassShift, from_json
    >>> shift = ClassShift.from_rates({"no": .01, "yes": 1})
    >>> from_json(shift.to_json()) == shift
    True
    """
    if not isinstance(text, (str, bytes, bytearray)):
        raise TypeError(
            f"`text` must be the JSON text of a shift, got {type(text)}. Hint: what `to_json` "
            "returns, or json.dumps(content)."
        )
    try:
        content = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(
            f"Expected the JSON text of a shift, got {text[:60]!r}: {error}."
        ) from None
    if not isinstance(content, dict) or "kind" not in content:
        raise ValueError(f"Expected the JSON text of a shift, got {text[:60]!r}.")
    if content.get("version") != _VERSION:
        raise ValueError(
            f"Expected a shift of version {_VERSION}, got {content.get('version')!r}. Hint: it was "
            "written by another release of imbalance_kit; update this one."
        )
    pilots = models_of(pilot)
    n_given = len(pilots)
    shift = _build(content, pilots)
    if pilots:
        raise ValueError(
            f"This {content['kind']} takes {n_given - len(pilots)} pilots that are not in its "
            f"text, got {n_given}: {pilot!r}."
        )
    return shift


def _build(content: dict[str, Any], pilots: list[Any]) -> Shift:
    """Build a shift; row-dependent ones take the pilots they need from the front of the list."""
    if not isinstance(content, dict) or "kind" not in content:
        raise ValueError(f"Expected a shift with its kind, got {str(content)[:60]!r}.")
    try:
        if content["kind"] == "ClassShift":
            return ClassShift._from_content(content)
        if content["kind"] == "InclusionShift":
            return InclusionShift._from_content(content, pilots)
        if content["kind"] == "CovariateShift":
            return CovariateShift._from_content(content)
        if content["kind"] == "ChainedShift":
            return ChainedShift(tuple(_build(part, pilots) for part in content["parts"]))
    except (KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ValueError(f"The JSON text of a {content['kind']} is incomplete: {error}.") from None
    raise ValueError(
        f"Unknown kind of shift {content['kind']!r}: expected 'ClassShift', "
        "'CovariateShift', 'InclusionShift' or 'ChainedShift'."
    )
