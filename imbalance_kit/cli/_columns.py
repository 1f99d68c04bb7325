"""Tell numbers from categories, and leave out what no learner should see.

The result is one matrix of floats: numbers as they are, yes/no as 1/0, dates as days since 1970,
categories as codes in the order of their names. Nothing here looks at the target or at how often a
level occurs: what is learned from rows (imputation, scaling, which levels are rare) is learned in
the folds, by the pipelines of `_learners`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api import types

from imbalance_kit.cli._messages import InputError, count_of, did_you_mean, quote_some

_FEW_LEVELS = 20  # so many different texts are categories, however few the rows
_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class Columns:
    """Which column of the matrix is what, and which columns of the table are not in it.

    `numbers` and `categories` are names in the order of the matrix: numbers first. `dates` are
    among the numbers. `dropped` maps a name to the reason; `suspects` maps a kept column to what
    makes it look like an identifier. `n_missing` counts the missing cells of the matrix.
    """

    numbers: tuple[str, ...]
    categories: tuple[str, ...]
    dates: tuple[str, ...]
    dropped: dict[str, str]
    suspects: dict[str, str]
    infinite: tuple[str, ...]
    n_missing: int


def encode_columns(frame: pd.DataFrame) -> tuple[NDArray[np.float64], Columns]:
    """Return the matrix of shape (n_rows, n_kept) and what its columns are.

    Left out: columns without a value, constant ones, integers that number the rows, and text whose
    values mostly differ (more than half of them, and more than 20): identifiers and free text.

    Raises
    ------
    InputError
        If no column is left.
    """
    numbers: dict[str, NDArray[np.float64]] = {}
    categories: dict[str, NDArray[np.float64]] = {}
    dates, dropped, suspects = [], {}, {}
    for name in frame.columns:
        series = frame[name]
        kind, values = _encode(series)
        if kind == "drop":
            dropped[name] = values
        elif kind == "category":
            categories[name] = values
        else:
            numbers[name] = values
        if kind == "date":
            dates.append(name)
        if kind == "identifier":
            suspects[name] = "a different whole number in every row"
    if not numbers and not categories:
        reasons = "; ".join(f"{name!r}: {reason}" for name, reason in list(dropped.items())[:5])
        raise InputError(f"No column is left to predict from ({reasons or 'the target is alone'}).")
    infinite = [name for name, values in numbers.items() if np.isinf(values).any()]
    matrix = np.column_stack([*numbers.values(), *categories.values()])
    matrix[np.isinf(matrix)] = np.nan
    columns = Columns(
        tuple(numbers),
        tuple(categories),
        tuple(dates),
        dropped,
        suspects,
        tuple(infinite),
        int(np.isnan(matrix).sum()),
    )
    return matrix, columns


def check_roles(names: Iterable[str], roles: Sequence[tuple[str, str]], place: str = "") -> None:
    """Raise unless every column that an option names is there, and is named by one option only.

    Parameters
    ----------
    names : iterable of str
        The columns of the table.
    roles : sequence of (option, column)
        What was named.
    place : str, default=""
        Where the columns are not, for the message: " in 'people.csv'".
    """
    known = list(names)
    used: dict[str, str] = {}
    for option, name in roles:
        if name not in known:
            raise InputError(
                f"There is no column {name!r}{place} ({option}).", did_you_mean(name, known)
            )
        if used.get(name, option) != option:
            raise InputError(f"Column {name!r} is given to {used[name]} and to {option}.")
        used[name] = option


def describe_columns(columns: Columns) -> list[str]:
    """Return one sentence for each thing that a reader might not expect."""
    notes = []
    by_reason: dict[str, list[str]] = {}
    for name, reason in columns.dropped.items():
        by_reason.setdefault(reason, []).append(name)
    for reason, names in by_reason.items():
        notes.append(f"{count_of(len(names), 'column')} left out, {reason}: {quote_some(names)}.")
    if columns.dates:
        notes.append(f"Dates are used as days since 1970-01-01: {quote_some(columns.dates)}.")
    if columns.infinite:
        notes.append(f"Infinite values count as missing: {quote_some(columns.infinite)}.")
    for name, reason in columns.suspects.items():
        notes.append(f"Column {name!r} has {reason}. Is it an identifier? Then --drop it.")
    return notes


def _encode(series: pd.Series[Any]) -> tuple[str, Any]:
    """Return the kind of a column, and its values as floats or the reason to leave it out."""
    present = series.dropna()
    if present.empty:
        return "drop", "no value"
    try:
        n_distinct = present.nunique()
    except TypeError:  # lists, dicts, arrays
        return "drop", f"values of type {type(present.iloc[0]).__name__}"
    if n_distinct == 1:
        if len(present) == len(series):
            return "drop", "the same value in every row"
        return "category", _codes(series)  # present or missing, which can tell something
    return encode_by_type(series)


def encode_by_type(series: pd.Series[Any]) -> tuple[str, Any]:
    """Return the kind of a column that has values, however few, and its values as floats.

    The kind is "number", "date", "category", "identifier" (numbers, a different whole one in every
    row) or "drop", with the reason instead of values.
    """
    present = series.dropna()
    if types.is_bool_dtype(series.dtype):
        return "number", _floats(series)
    if types.is_numeric_dtype(series.dtype):
        return _encode_numbers(series)
    if types.is_datetime64_any_dtype(series.dtype):
        return "date", _days(series)
    if types.is_timedelta64_dtype(series.dtype):
        return "number", _floats(series.dt.total_seconds() / 86_400.0)
    if isinstance(series.dtype, pd.CategoricalDtype):
        return "category", _codes(series)
    return _encode_objects(series, present, present.nunique())


def _encode_numbers(series: pd.Series[Any]) -> tuple[str, Any]:
    values = _floats(series)
    if len(values) > 2 and np.isfinite(values).all() and (values == np.floor(values)).all():
        if (np.diff(values) == 1).all():
            return "drop", "numbers the rows"
        if len(values) > _FEW_LEVELS and len(np.unique(values)) == len(values):
            return "identifier", values
    return "number", values


def _encode_objects(
    series: pd.Series[Any], present: pd.Series[Any], n_distinct: int
) -> tuple[str, Any]:
    """Encode text and mixed objects: dates, decimals, categories; or say why not."""
    if not isinstance(present.iloc[0], str):
        inferred = present.infer_objects()
        as_number = pd.to_numeric(inferred, errors="coerce")
        if as_number.notna().all():  # Decimal, mixed numbers
            return "number", _floats(pd.to_numeric(series, errors="coerce"))
    dates = pd.to_datetime(present, format="ISO8601", errors="coerce", utc=True)
    if dates.notna().all():
        return "date", _days(pd.to_datetime(series, format="ISO8601", utc=True))
    if n_distinct > _FEW_LEVELS and n_distinct > len(present) / 2:
        return "drop", "text that differs in most rows (an identifier or free text)"
    return "category", _codes(series)


def _floats(series: pd.Series[Any]) -> NDArray[np.float64]:
    values: NDArray[np.float64] = series.to_numpy(dtype=np.float64, na_value=np.nan)
    return values


def _days(series: pd.Series[Any]) -> NDArray[np.float64]:
    """Return days since 1970-01-01 (UTC where there is a time zone), NaN for missing."""
    if series.dt.tz is not None:
        series = series.dt.tz_convert("UTC").dt.tz_localize(None)
    days: NDArray[np.float64] = (series.to_numpy() - np.datetime64(0, "D")) / _DAY
    return days


def _codes(series: pd.Series[Any]) -> NDArray[np.float64]:
    """Return the position of each value among the sorted names of all values, NaN for missing."""
    names = series.astype(object).map(str, na_action="ignore").astype("category")
    codes = np.asarray(names.cat.codes, dtype=np.float64)
    return np.where(codes < 0, np.nan, codes)
