"""From a table and the names of its columns to what a comparison takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api import types

from imbalance_kit.cli._columns import Columns, check_roles, describe_columns, encode_columns
from imbalance_kit.cli._messages import InputError, count_of, did_you_mean, quote_some
from imbalance_kit.cli._read_table import Table

_LEAST_ROWS = 4  # of a class: two to train on in every fold, whatever the folds
_MOST_NUMBERED_CLASSES = 20  # a target with more different numbers is a quantity


@dataclass(frozen=True)
class Dataset:
    """What is compared on.

    Invariant: `X` (n_rows, n_columns) without infinities, `y`, `groups` and `weights` (n_rows,)
    without gaps; `y` has at least two classes; `positive` is one of them, or None.
    """

    X: NDArray[np.float64]
    y: NDArray[Any]
    groups: NDArray[Any] | None
    weights: NDArray[np.float64] | None
    positive: Any
    target: str
    source: str
    columns: Columns
    notes: tuple[str, ...]


def make_dataset(
    table: Table,
    *,
    target: str,
    positive: str | None = None,
    drop: Sequence[str] = (),
    groups: str | None = None,
    weights: str | None = None,
) -> Dataset:
    """Take target, groups and weights out of the table and encode the rest.

    Raises
    ------
    InputError
        If a column is not there or named twice, the target is no class label or has one class
        only, or groups or weights have gaps.
    """
    frame = table.frame
    _check_names(frame, {"--target": target, "--groups": groups, "--weights": weights}, drop)
    labelled = frame[target].notna()
    n_unlabelled = int((~labelled).sum())
    if n_unlabelled == len(frame):
        raise InputError(f"The target {target!r} is missing in every row.")
    notes = list(table.notes)
    if n_unlabelled:
        frame = frame[labelled].reset_index(drop=True)
        notes.append(f"{count_of(n_unlabelled, 'row')} without a target left out.")
    y = _labels(frame[target])
    y, label, more = _choose_positive(y, positive)
    if groups is not None:
        more.append(f"Rows of the same {groups!r} are held out together.")
    if weights is not None:
        more.append(f"Rows are weighted by {weights!r}, in training and in all figures.")
    kept = frame.drop(columns=[target, *drop, *(name for name in (groups, weights) if name)])
    X, columns = encode_columns(kept)
    return Dataset(
        X=X,
        y=y,
        groups=None if groups is None else _group_codes(frame[groups]),
        weights=None if weights is None else check_weights(frame[weights]),
        positive=label,
        target=target,
        source=table.source,
        columns=columns,
        notes=(*notes, *more, *describe_columns(columns)),
    )


def check_folds(dataset: Dataset, folds: int) -> None:
    """Raise where a class, or the groups, are too few for the folds.

    Raises
    ------
    InputError
        It names the class and its rows.
    """
    classes, counts = np.unique(dataset.y, return_counts=True)
    needed = max(folds, _LEAST_ROWS)
    if counts.min() < needed:
        rarest, n_rows = classes[counts.argmin()], int(counts.min())
        many = f" (one of {len(classes)} classes)" if len(classes) > 2 else ""
        raise InputError(
            f"Class {str(rarest)!r}{many} has {count_of(n_rows, 'row')}: {folds} folds need at "
            f"least {needed}.",
            f"--folds {n_rows}, or more rows."
            if n_rows >= _LEAST_ROWS
            else "gather more rows of it, or merge it with another class.",
        )
    if dataset.groups is not None and (n_groups := len(np.unique(dataset.groups))) < folds:
        raise InputError(
            f"There are {count_of(n_groups, 'group')}: {folds} folds need at least {folds}.",
            f"--folds {n_groups}, or another column." if n_groups > 1 else "name another column.",
        )


def _check_names(frame: pd.DataFrame, roles: dict[str, str | None], drop: Sequence[str]) -> None:
    named = [(option, name) for option, name in roles.items() if name is not None]
    check_roles(frame.columns, [*named, *(("--drop", name) for name in drop)])


def _labels(series: pd.Series[Any]) -> NDArray[Any]:
    """Return labels as integers, booleans or text."""
    name = series.name
    if types.is_datetime64_any_dtype(series.dtype):
        raise InputError(f"The target {name!r} holds dates: expected class labels.")
    if types.is_bool_dtype(series.dtype):
        return series.to_numpy(dtype=bool)
    if not types.is_numeric_dtype(series.dtype):
        return np.asarray(series.map(str).to_list(), dtype=object)
    values = series.to_numpy(dtype=np.float64)
    distinct = np.unique(values)
    whole = bool(np.isfinite(distinct).all() and (distinct == np.floor(distinct)).all())
    if len(distinct) > 2 and (not whole or len(distinct) > _MOST_NUMBERED_CLASSES):
        examples = ", ".join(f"{value:g}" for value in distinct[:3])
        raise InputError(
            f"The target {name!r} is a quantity, not a class: {len(distinct):,} different numbers "
            f"({examples}, ...).",
            "name another column, or cut it into classes first.",
        )
    if whole:
        return values.astype(np.int64)
    return np.asarray([f"{value:g}" for value in values], dtype=object)


def _choose_positive(y: NDArray[Any], positive: str | None) -> tuple[NDArray[Any], Any, list[str]]:
    """Return the labels, the positive one (None where none was named), and notes."""
    classes = np.unique(y)
    if len(classes) < 2:
        raise InputError(
            f"The target has one class only, {str(classes[0])!r}: at least two are needed."
        )
    if positive is None:
        return y, None, []
    by_name = {str(label): label for label in classes.tolist()}
    if positive not in by_name:
        raise InputError(
            f"No row has the label {positive!r} (--positive).", did_you_mean(positive, by_name)
        )
    if len(classes) == 2:
        return y, by_name[positive], []
    rest = f"not {positive}"
    note = f"Class {positive!r} against all {len(classes) - 1} others ({quote_some(by_name)})."
    return np.where(y == by_name[positive], positive, rest).astype(object), positive, [note]


def _group_codes(series: pd.Series[Any]) -> NDArray[Any]:
    if series.isna().any():
        n_missing = int(series.isna().sum())
        raise InputError(
            f"The groups {series.name!r} are missing in {count_of(n_missing, 'row')}: every row "
            "needs one."
        )
    return np.unique(series.map(str).to_numpy(dtype=object), return_inverse=True)[1]


def check_weights(series: pd.Series[Any]) -> NDArray[np.float64]:
    """Return a column of weights, or raise where it has a row without one."""
    if not types.is_numeric_dtype(series.dtype):
        first = series.dropna().iloc[:1].tolist()
        got = f": the first is {first[0]!r}" if first else ""
        raise InputError(f"The weights {series.name!r} are not numbers{got}.")
    values = series.to_numpy(dtype=np.float64, na_value=np.nan)
    bad = np.flatnonzero(~np.isfinite(values) | (values < 0))
    if len(bad):
        raise InputError(
            f"The weights {series.name!r} must be numbers of at least 0: row {bad[0] + 1} has "
            f"{values[bad[0]]}."
        )
    if not values.any():
        raise InputError(f"The weights {series.name!r} are 0 in every row.")
    return values
