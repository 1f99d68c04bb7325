"""The population as totals: what is known of it where its rows are not."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any, Literal, Self

import numpy as np

from imbalance_kit._utils._column import is_missing

_RELATIVE = 1e-9  # what rounding in floating point may add or take; published rounding is more


@dataclass(frozen=True)
class Margins:
    """Totals of the population that a sample is weighted to.

    For :class:`CalibrationWeighter`, :class:`RakingWeighter` and
    :class:`PostStratificationWeighter`. Where the population's rows are known, pass those (or
    :class:`Population`): every weighter takes rows.

    Invariant: the levels of each categorical margin add up to the size.

    Parameters
    ----------
    margins : mapping of {column: {level: total}} or {column: total}
        For a categorical column the total of each level, at least 0; the level None is that of
        missing values. For a numeric column its total. A tuple of columns is a joint margin, and
        its levels are tuples.
    size : float, default=None
        Population size, above 0; None takes it from a categorical margin.
    kind : {"total", "share"}, default="total"
        "share": levels hold shares that sum to 1, and numeric columns their mean. The size is then
        needed only to have weights sum to it.

    Raises
    ------
    ValueError
        If a total is negative or not finite, margins contradict each other or the size, or no size
        can be found. Totals that were rounded for publication contradict each other: rescale them.

    Examples
    --------
    >>> from imbalance_kit import Margins
    >>> margins = Margins({"sex": {"f": 510, "m": 490}, "income": 4.2e7})
    >>> margins.size
    1000.0
    >>> Margins.from_json(margins.to_json()) == margins
    True
    """

    margins: Mapping[Any, Any]
    size: float | None = None
    kind: Literal["total", "share"] = "total"

    def __post_init__(self) -> None:
        if self.kind not in ("total", "share"):
            raise ValueError(f"`kind` must be 'total' or 'share', got {self.kind!r}.")
        if not isinstance(self.margins, Mapping) or not self.margins:
            raise ValueError(
                "`margins` must be a mapping of at least one column to its total or to "
                f"{{level: total}}, got {self.margins!r}."
            )
        plain = {
            _column(column): _levels(column, total)
            if isinstance(total, Mapping)
            else _number(f"the total of column {column!r}", total)
            for column, total in self.margins.items()
        }
        joint = [c for c, t in plain.items() if isinstance(c, tuple) and not isinstance(t, dict)]
        if joint:
            raise ValueError(
                f"A joint margin needs {{levels: total}}, and {joint[0]!r} has a number."
            )
        object.__setattr__(self, "margins", plain)
        if self.size is not None:
            size = _number("`size`", self.size)
            if size <= 0:
                raise ValueError(f"`size` must be above 0, got {self.size!r}.")
            object.__setattr__(self, "size", size)
        self._check_sums()

    def __hash__(self) -> int:
        """Hash by what is cheap to compare."""
        return hash((tuple(self.margins), self.size, self.kind))

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that the margins speak of, each once."""
        names = [n for c in self.margins for n in (c if isinstance(c, tuple) else (c,))]
        return tuple(dict.fromkeys(names))

    @property
    def categorical(self) -> tuple[str, ...]:
        """Those of them that have levels."""
        names = [
            name
            for column, total in self.margins.items()
            if isinstance(total, dict)
            for name in (column if isinstance(column, tuple) else (column,))
        ]
        return tuple(dict.fromkeys(names))

    def levels(self, name: str) -> list[Any]:
        """Return the levels of one column that the margins name.

        Parameters
        ----------
        name : str
            The column.

        Returns
        -------
        levels : list
            Each once; None for missing values.
        """
        found = []
        for column, total in self.margins.items():
            if column == name and isinstance(total, dict):
                found += list(total)
            elif isinstance(column, tuple) and name in column:
                found += [label[column.index(name)] for label in total]
        return list(dict.fromkeys(found))

    def totals(self, size: float) -> dict[Any, Any]:
        """Return the margins as totals of a population of another size.

        Parameters
        ----------
        size : float
            Population size wanted.

        Returns
        -------
        totals : dict
            As `margins`, every total in proportion.
        """
        own = 1.0 if self.kind == "share" else self.size
        factor = size / float(own)  # type: ignore[arg-type]
        return {
            column: {level: t * factor for level, t in total.items()}
            if isinstance(total, dict)
            else total * factor
            for column, total in self.margins.items()
        }

    def to_json(self) -> str:
        """Return the margins as JSON text.

        Returns
        -------
        text : str
            Levels that are strings, integers, booleans, floats or None keep their type.
        """
        margins = [
            [
                list(column) if isinstance(column, tuple) else column,
                [[list(k) if isinstance(k, tuple) else k, t] for k, t in total.items()]
                if isinstance(total, dict)
                else total,
            ]
            for column, total in self.margins.items()
        ]
        return json.dumps({"margins": margins, "size": self.size, "kind": self.kind})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Rebuild margins from JSON text.

        Parameters
        ----------
        text : str
            What `to_json` wrote; or, by hand, an object whose "margins" are objects:
            ``{"margins": {"sex": {"f": 510, "m": 490}}, "size": 1000, "kind": "total"}``, with
            `size` and `kind` as they default.

        Returns
        -------
        margins : Margins
            Equal to those that were written.
        """
        try:
            content = json.loads(text)
        except json.JSONDecodeError as error:
            raise ValueError(f"Expected JSON of margins, got {text[:60]!r}: {error}.") from None
        if not isinstance(content, dict) or not isinstance(content.get("margins"), (list, dict)):
            raise ValueError(
                f"Expected JSON of margins, an object with the key 'margins', got {text[:60]!r}."
            )
        unknown = set(content) - {"margins", "size", "kind"}
        if unknown:
            raise ValueError(f"Margins have 'margins', 'size' and 'kind', got {sorted(unknown)!r}.")
        pairs = content["margins"]
        items = pairs.items() if isinstance(pairs, dict) else pairs
        margins = {_key(column): _pairs(total) for column, total in items}
        return cls(margins, size=content.get("size"), kind=content.get("kind", "total"))

    def _check_sums(self) -> None:
        sums = {c: math.fsum(t.values()) for c, t in self.margins.items() if isinstance(t, dict)}
        if self.kind == "share":
            expected, said = 1.0, "shares sum to 1"
        elif self.size is not None:
            expected, said = self.size, f"the size is {self.size!r}"
        elif sums:
            first, expected = next(iter(sums.items()))
            said = f"margin {first!r} sums to {expected!r}"
            object.__setattr__(self, "size", expected)
        else:
            raise ValueError(
                "No population size: `size` is None, and no categorical margin gives it. Hint: "
                "Margins(..., size=...)."
            )
        for column, total in sums.items():
            if abs(total - expected) > _RELATIVE * expected:
                raise ValueError(
                    f"Margins contradict each other: the levels of {column!r} sum to {total!r}, "
                    f"but {said}. Hint: rescale rounded totals to a common sum first."
                )


def _column(column: Any) -> Any:
    names = column if isinstance(column, tuple) else (column,)
    if not names or not all(isinstance(name, str) for name in names):
        raise ValueError(
            f"A margin is named by a column, a string, or a tuple of columns, got {column!r}."
        )
    return column


def _levels(column: Any, totals: Mapping[Any, Any]) -> dict[Any, float]:
    plain: dict[Any, float] = {}
    for level, total in totals.items():
        if isinstance(column, tuple) and not (
            isinstance(level, tuple) and len(level) == len(column)
        ):
            raise ValueError(
                f"The levels of the joint margin {column!r} must be tuples of {len(column)} "
                f"levels, got {level!r}."
            )
        number = _number(f"the total of level {level!r} of {column!r}", total)
        if number < 0:
            raise ValueError(
                f"The total of level {level!r} of {column!r} must be at least 0, got {total!r}."
            )
        plain[_level(level)] = number
    if not plain or not any(plain.values()):
        raise ValueError(
            f"The margin {column!r} needs a level with a total above 0, got {totals!r}"
        )
    return plain


def _level(level: Any) -> Any:
    if isinstance(level, tuple):
        return tuple(map(_level, level))
    if is_missing(level):
        return None
    return level.item() if isinstance(level, np.generic) else level


def _number(what: str, value: Any) -> float:
    is_number = isinstance(value, (Real, np.number)) and not isinstance(value, (bool, np.bool_))
    try:
        number = float(value) if is_number else math.nan
    except OverflowError:  # a whole number beyond all floats
        number = math.inf
    if not math.isfinite(number):
        hint = " Hint: a column of levels takes {level: total}; of a Series, to_dict()."
        raise ValueError(
            f"Expected a finite number as {what}, got {value!r}."
            + (hint if isinstance(value, Iterable) and not isinstance(value, str) else "")
        )
    return number


def _key(key: Any) -> Any:
    return tuple(key) if isinstance(key, list) else key


def _pairs(total: Any) -> Any:
    if isinstance(total, list):
        return {_key(level): number for level, number in total}
    return total
