"""A linear scoring model on the named columns of a table, texts and gaps included.

Each column adds a number to the log odds, by multiplying and adding one column at a time: no design
matrix is built, the sum does not depend on how the rows are cut into pieces, and the model is small
enough to travel inside the JSON text of a shift.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._tables import column_names, is_table, level_column, number_column

_BLOCK = 1 << 13  # rows at a time: what is added up stays in the cache


@dataclass(frozen=True)
class NumberTerm:
    """What a column of numbers adds: ``coef * x``, or `missing` where there is no number.

    A part of :class:`TablePilot`.

    Parameters
    ----------
    column : str
        Name of the column.
    coef : float
        Coefficient of the column as it is.
    missing : float, default=0.0
        Log odds added by a missing value.

    Examples
    --------
    >>> from imbalance_kit.shift import NumberTerm
    >>> NumberTerm("age", coef=0.1)
    NumberTerm(column='age', coef=0.1, missing=0.0)
    """

    column: str
    coef: float
    missing: float = 0.0


@dataclass(frozen=True)
class LevelTerm:
    """What a column of categories adds: a number per level.

    A part of :class:`TablePilot`.

    Parameters
    ----------
    column : str
        Name of the column.
    effects : mapping of {str: float}
        Log odds added by each level, by its text.
    other : float, default=0.0
        Log odds added by levels that are not named.
    missing : float, default=0.0
        Log odds added by a missing value.

    Examples
    --------
    >>> from imbalance_kit.shift import LevelTerm
    >>> LevelTerm("city", {"Ulm": -2.0})
    LevelTerm(column='city', effects={'Ulm': -2.0}, other=0.0, missing=0.0)
    """

    column: str
    effects: Mapping[str, float]
    other: float = 0.0
    missing: float = 0.0


@dataclass(frozen=True)
class TablePilot:
    """Probabilities of two classes from a sum of one term per column.

    :func:`~imbalance_kit.downsample` trains it on a sample of rows and scores all of them with it;
    there is no need to build one by hand.

    Parameters
    ----------
    terms : tuple of NumberTerm and LevelTerm
        One per column that counts.
    intercept : float
        Log odds of the second class with nothing added, on the scale of the source population.

    Examples
    --------
    >>> import pandas as pd
    >>> from imbalance_kit.shift import LevelTerm, NumberTerm, TablePilot
    >>> pilot = TablePilot((NumberTerm("age", .1), LevelTerm("city", {"Ulm": -2.0})), 0.0)
    >>> pilot.predict_proba(pd.DataFrame({"age": [20, 20], "city": ["Ulm", "Bonn"]})).round(3)
    array([[0.5  , 0.5  ],
           [0.119, 0.881]])
    """

    terms: tuple[NumberTerm | LevelTerm, ...]
    intercept: float

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns, in the order of the terms."""
        return tuple(term.column for term in self.terms)

    def log_odds(self, X: Any) -> NDArray[np.float64]:
        """Return the log odds of the second class.

        Parameters
        ----------
        X : table, or array-like of shape (n_samples, n_terms)
            A pandas, polars or Arrow table with these columns; an array has them in order.

        Returns
        -------
        log_odds : ndarray of shape (n_samples,)
            Natural logarithm of the odds.
        """
        log_odds: NDArray[np.float64] = sum_terms([self], X)[0]
        return log_odds

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Return the class probabilities of rows.

        Parameters
        ----------
        X : table, or array-like of shape (n_samples, n_terms)
            Rows.

        Returns
        -------
        proba : ndarray of shape (n_samples, 2)
            In [0, 1].
        """
        log_odds = self.log_odds(X)
        with np.errstate(over="ignore"):
            return np.column_stack([1 / (1 + np.exp(log_odds)), 1 / (1 + np.exp(-log_odds))])

    def _to_content(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {"terms": [_term_content(term) for term in self.terms], "intercept": self.intercept}

    @classmethod
    def _from_content(cls, content: dict[str, Any]) -> Self:
        """Rebuild from plain JSON values."""
        terms = tuple(
            LevelTerm(**term) if "effects" in term else NumberTerm(**term)
            for term in content["terms"]
        )
        for term in terms:
            _check_numbers(f"The term of {term.column!r}", _numbers_of(term))
        _check_numbers("The intercept", [content["intercept"]])
        return cls(terms, content["intercept"])


def sum_terms(pilots: Sequence[TablePilot], X: Any) -> NDArray[np.float64]:
    """Return the log odds by each of several pilots with the same columns, reading X once.

    Returns
    -------
    log_odds : ndarray of shape (n_pilots, n_samples)
        For each row the terms are added in order, whatever rows stand beside it.
    """
    if is_table(X):
        known = set(column_names(X))
        absent = [name for name in pilots[0].columns if name not in known]
        if absent:
            raise ValueError(
                f"The table has no columns {absent!r}, which the pilot reads. Hint: pass the rows "
                "with the columns that they had when the pilot was trained."
            )
    else:
        X = _Array(np.asarray(X), pilots[0].columns)
    addends = [_addend(terms, X) for terms in zip(*(p.terms for p in pilots), strict=True)]
    if not addends:
        raise ValueError("The pilot has no terms.")
    n_rows = len(addends[0].values)
    total = np.empty((len(pilots), n_rows))
    total[:] = np.array([pilot.intercept for pilot in pilots])[:, None]
    spare = np.empty(min(n_rows, _BLOCK))
    for start in range(0, n_rows, _BLOCK):
        block = slice(start, min(start + _BLOCK, n_rows))
        for addend in addends:
            addend.add(total[:, block], block, spare[: block.stop - start])
    for addend in addends:
        if addend.gaps is not None:
            total[:, addend.gaps] += addend.missing[:, None]
    return total


@dataclass(frozen=True)
class _Addend:
    """What one column adds by each pilot: its numbers times a factor, or a number per level.

    Invariant: `factors` has one row per pilot, of one number or of one per level; `values` are
    numbers (0 in the gaps) or level codes.
    """

    values: NDArray[Any]
    factors: NDArray[np.float64]
    gaps: NDArray[np.intp] | None
    missing: NDArray[np.float64]

    def add(self, total: NDArray[np.float64], block: slice, spare: NDArray[np.float64]) -> None:
        values = self.values[block]
        for row, factor in zip(total, self.factors, strict=True):
            if len(factor) == 1:
                np.multiply(values, factor[0], out=spare, dtype=np.float64, casting="unsafe")
            else:
                np.take(factor, values, out=spare, mode="clip")
            np.add(row, spare, out=row)


def _addend(terms: tuple[NumberTerm | LevelTerm, ...], X: Any) -> _Addend:
    missing = np.array([term.missing for term in terms])
    if isinstance(terms[0], NumberTerm):
        values = number_column(X, terms[0].column)
        gaps = None
        if values.dtype.kind == "f" and np.isnan(values.min(initial=0)):
            gaps = np.flatnonzero(np.isnan(values))
            values = np.nan_to_num(values, nan=0.0, posinf=np.inf, neginf=-np.inf)
        coefs = [[term.coef] for term in terms if isinstance(term, NumberTerm)]
        return _Addend(values, np.array(coefs), gaps, missing)
    found = level_column(X, terms[0].column)
    effects = [
        [*(term.effects.get(level, term.other) for level in found.levels), 0.0, 0.0]
        for term in terms  # two more than there are levels: never one number alone
        if isinstance(term, LevelTerm)
    ]
    absent = found.codes < 0
    codes = np.where(absent, len(found.levels), found.codes)
    gaps = np.flatnonzero(absent) if absent.any() else None
    return _Addend(codes, np.array(effects), gaps, missing)


class _Array:
    """The columns of an array, under the names that a pilot knows them by."""

    def __init__(self, rows: NDArray[Any], names: tuple[str, ...]) -> None:
        if rows.ndim != 2 or rows.shape[1] != len(names):
            raise ValueError(
                f"The pilot knows {len(names)} columns ({', '.join(names[:5])}, ...), got an array "
                f"of shape {rows.shape}. Hint: give a table with named columns."
            )
        self.rows, self.names = rows, names

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self.rows[:, self.names.index(name)]


def _numbers_of(term: NumberTerm | LevelTerm) -> list[Any]:
    if isinstance(term, NumberTerm):
        return [term.coef, term.missing]
    return [*term.effects.values(), term.other, term.missing]


def _check_numbers(what: str, values: Sequence[Any]) -> None:
    for value in values:
        if not isinstance(value, (int, float)) or not math.isfinite(value):
            raise ValueError(f"{what} must hold finite numbers, got {value!r}.")


def _term_content(term: NumberTerm | LevelTerm) -> dict[str, Any]:
    content = dict(vars(term))
    if isinstance(term, LevelTerm):
        content["effects"] = dict(term.effects)
    return content
