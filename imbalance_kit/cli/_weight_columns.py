"""The covariates of a sample and its population, made alike: numbers, days, or levels as text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types

from imbalance_kit.cli._columns import encode_by_type
from imbalance_kit.cli._margins_file import as_text
from imbalance_kit.cli._messages import InputError, count_of, quote_some

_MERGED = "(rare levels)"
_MOST_LEVELS = 50  # a number with more different values is not a category


def share_columns(
    sample: pd.DataFrame, population: pd.DataFrame, names: Sequence[str], *, chosen: bool
) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """Return both tables with these columns made alike, and notes.

    Yes/no becomes 1/0, a date days since 1970-01-01, all else that is no number text.

    Parameters
    ----------
    sample, population : DataFrame
        Both have the columns.
    names : sequence of str
        The columns.
    chosen : bool
        Whether they were asked for: then none is left out.

    Raises
    ------
    InputError
        If a column holds numbers in one table and text in the other, or none is left.
    """
    left, right = {}, {}
    dropped: dict[str, list[str]] = {}
    dates, notes = [], []
    for name in names:
        pair = sample[name], population[name]
        reason = _why_empty(pair) if chosen else _why_not(pair)
        if reason and chosen:
            raise InputError(f"Column {name!r} (--covariate) has {reason}.")
        if reason:
            dropped.setdefault(reason, []).append(name)
            continue
        kinds = [_kind(series) for series in pair]
        if kinds[0] != kinds[1]:
            raise _unlike(name, pair, kinds)
        if kinds[0] == "date":
            dates.append(name)
        left[name], right[name] = (_values(series, kinds[0]) for series in pair)
    if not left:
        reasons = "; ".join(f"{quote_some(some)}: {why}" for why, some in dropped.items())
        if not reasons:
            reasons = (
                f"none is shared: the sample has {quote_some(sample.columns)}, the population "
                f"{quote_some(population.columns)}"
            )
        raise InputError(f"No column is left to weight by ({reasons}).")
    for reason, some in dropped.items():
        notes.append(
            f"{count_of(len(some), 'column')} left out, {reason}: {quote_some(some)}."
            + (" --covariate takes it in." if "whole number" in reason else "")
        )
    if dates:
        notes.append(f"Dates are used as days since 1970-01-01: {quote_some(dates)}.")
    return _frame(left), _frame(right), notes


def merge_rare_levels(
    sample: pd.DataFrame, population: pd.DataFrame, share: float
) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """Return both tables with rare levels made one, and a note on each column where there are any.

    Rare is a level with less than this share of the rows of either table. A single one is merged
    with the rarest of the others; what is missing stays so.
    """
    tables = sample.copy(), population.copy()
    notes = []
    for name in sample.columns:
        if sample[name].dtype == np.float64:
            continue
        counts = [table[name].value_counts(normalize=True) for table in tables]
        least = counts[0].reindex(counts[0].index.union(counts[1].index), fill_value=0.0)
        least = least.combine(counts[1], min, fill_value=0.0).sort_values(kind="stable")
        n_rare = int((least < share).sum())
        if not n_rare or len(least) < 2:
            continue
        rare = list(least.index[: max(n_rare, 2)])
        for table in tables:
            table[name] = table[name].where(~table[name].isin(rare), _MERGED)
        notes.append(f"Rare levels of {name!r} merged into {_MERGED!r}: {quote_some(rare)}.")
    return *tables, notes


def number_column(series: pd.Series[Any]) -> pd.Series[Any]:
    """Return a column of numbers (or yes/no, or dates) as floats.

    Raises
    ------
    InputError
        If it is none.
    """
    kind = _kind(series)
    if kind == "category":
        raise InputError(
            f"The margin of {series.name!r} is a number, and the column holds text.",
            '{"level": total, ...} for a category.',
        )
    return _values(series, kind)


def level_column(series: pd.Series[Any], labels: Iterable[str | None] = ()) -> pd.Series[Any]:
    """Return a column as text; numbers and yes/no as the labels write them, where these do."""
    by_value: dict[object, str] = {}
    for label in labels:
        if label is not None:
            by_value.setdefault(_value(label), label)

    def write(value: Any) -> str:
        text = as_text(value)
        return text if isinstance(value, str) else by_value.get(_value(text), text)

    codes, levels = series.factorize()
    texts = np.array([*map(write, levels.tolist()), None], dtype=object)  # -1, missing, is the last
    column: pd.Series[Any] = pd.Series(texts[codes], name=series.name, dtype=object)
    return column


def refuse_many_levels(frame: pd.DataFrame, method: str) -> None:
    """Raise where a column of numbers would be taken as so many levels."""
    many = [
        name
        for name in frame.columns
        if frame[name].dtype == np.float64 and frame[name].nunique() > _MOST_LEVELS
    ]
    if many:
        raise InputError(
            f"--method {method} takes every number as a level of its own, and "
            f"{quote_some(many)} {'has' if len(many) == 1 else 'have'} more than {_MOST_LEVELS}.",
            "cut it into classes first, leave it out (--drop), or --method "
            "calibration, which takes numbers as numbers.",
        )


def _value(label: str) -> object:
    if label.lower() in ("true", "false"):
        return label.lower()
    try:
        return float(label)
    except ValueError:
        return label


def _why_empty(pair: Sequence[pd.Series[Any]]) -> str:
    for series, where in zip(pair, ("sample", "population"), strict=True):
        if not series.notna().any():
            return f"no value in the {where}"
    return ""


def _why_not(pair: Sequence[pd.Series[Any]]) -> str:
    """Return why a column that nobody asked for is no covariate, or ""."""
    reason = _why_empty(pair)
    if reason:
        return reason
    found = [encode_by_type(series) for series in pair]
    reasons = [str(why) for kind, why in found if kind == "drop"]
    if reasons and _kind(pair[0]) == _kind(pair[1]):  # else it is no identifier, but a mistake
        return reasons[0]
    if all(kind == "identifier" for kind, _ in found):
        return "a different whole number in every row (an identifier?)"
    missing = any(series.isna().any() for series in pair)
    levels = set(pair[0].dropna().unique()) | set(pair[1].dropna().unique())
    return "the same value in every row" if len(levels) == 1 and not missing else ""


def _kind(series: pd.Series[Any]) -> str:
    """Return "number", "date" or "category"."""
    kind, _ = encode_by_type(series) if series.notna().any() else ("number", None)
    if kind == "drop":
        return "number" if types.is_numeric_dtype(series.dtype) else "category"
    return "number" if kind == "identifier" else kind


def _values(series: pd.Series[Any], kind: str) -> pd.Series[Any]:
    if kind == "category":
        return level_column(series)
    found, values = encode_by_type(series) if series.notna().any() else ("drop", None)
    if found == "drop":
        values = series.to_numpy(dtype=np.float64, na_value=np.nan)
    column: pd.Series[Any] = pd.Series(values, name=series.name, dtype=np.float64)
    return column


def _unlike(name: str, pair: Sequence[pd.Series[Any]], kinds: Sequence[str]) -> InputError:
    examples = [repr(series.dropna().iloc[:1].tolist()[0]) for series in pair]
    for place, kind in enumerate(kinds):
        if kind == "category":  # the first value that is no number tells what is wrong
            odd = pair[place].dropna()
            odd = odd[pd.to_numeric(odd, errors="coerce").isna()]
            examples[place] = repr(odd.iloc[0]) if len(odd) else examples[place]
    said = {"number": "numbers", "date": "dates", "category": "text"}
    return InputError(
        f"Column {name!r} holds {said[kinds[0]]} in the sample (as {examples[0]}) and "
        f"{said[kinds[1]]} in the population (as {examples[1]}).",
        "write it alike in both files, or leave it out (--drop).",
    )


def _frame(columns: dict[str, pd.Series[Any]]) -> pd.DataFrame:
    return pd.DataFrame({name: series.to_numpy() for name, series in columns.items()})
