"""From two files and the names of their columns to what a weighter takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api import types

from imbalance_kit.cli._columns import check_roles
from imbalance_kit.cli._dataset import check_weights
from imbalance_kit.cli._margins_file import as_text, read_margins
from imbalance_kit.cli._messages import InputError, count_of, did_you_mean, quote_some
from imbalance_kit.cli._read_table import Table, read_table
from imbalance_kit.cli._weight_columns import (
    level_column,
    merge_rare_levels,
    number_column,
    refuse_many_levels,
    share_columns,
)
from imbalance_kit.cli._weight_options import Method
from imbalance_kit.weighting import Margins

_Floats = NDArray[np.float64]
_OF_LEVELS = (Method.RAKING, Method.POST_STRATIFICATION)


@dataclass(frozen=True)
class Roles:
    """The columns that options name, and the share below which levels of them are merged."""

    covariates: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    weights: str | None = None
    population_weights: str | None = None
    drop: tuple[str, ...] = ()
    merge_rare: float | None = None
    outcomes: tuple[str, ...] = ()


@dataclass(frozen=True)
class WeightData:
    """A sample, its population, and what goes beside the weights.

    Invariant: `X`, `ids`, `base` and each of `outcomes` have a row per row of the sample; `target`
    are rows with the columns of `X` and `target_weight`, or margins of these columns.
    """

    X: pd.DataFrame
    target: pd.DataFrame | Margins
    base: _Floats | None
    target_weight: _Floats | None
    ids: pd.DataFrame
    outcomes: dict[str, _Floats]
    sample: str
    population: str
    notes: tuple[str, ...]


def load_weight_data(
    sample: Path, population: Path | None, margins: Path | None, roles: Roles, method: Method
) -> WeightData:
    """Read the files and sort out their columns.

    Raises
    ------
    InputError
        If a file or a column is not what it is said to be.
    """
    if (population is None) == (margins is None):
        raise InputError(
            "Which population are the rows to stand for? Expected --population or --margins, got "
            f"{'neither' if population is None else 'both'}.",
            "--population FILE for its rows, --margins FILE for its totals.",
        )
    if margins is not None:
        return _with_margins(read_table(sample, roles.ids), margins, roles, method)
    assert population is not None
    table, people = read_table(sample, roles.ids), read_table(population)
    outcomes = _outcomes(table.frame, roles.outcomes)
    _check_roles(table, roles)
    if roles.population_weights is not None:
        option = "--population-weights"
        check_roles(people.frame.columns, [(option, roles.population_weights)], _in(people))
    names, notes = _choose(table.frame, people, roles)
    X, target, more = share_columns(table.frame, people.frame, names, chosen=bool(roles.covariates))
    if method in _OF_LEVELS:
        refuse_many_levels(X, method)
        X, target = (frame.apply(level_column) for frame in (X, target))
    if roles.merge_rare is not None:
        X, target, merged = merge_rare_levels(X, target, roles.merge_rare)
        more += merged
    given = roles.population_weights
    return WeightData(
        X=X,
        target=target,
        base=_weights(table, roles.weights),
        target_weight=None if given is None else check_weights(people.frame[given]),
        ids=table.frame[list(roles.ids)],
        outcomes=outcomes,
        sample=table.source,
        population=people.source,
        notes=(*table.notes, *people.notes, *notes, *more),
    )


def _with_margins(table: Table, path: Path, roles: Roles, method: Method) -> WeightData:
    """Take the columns that the margins name."""
    for option, given in (
        ("--covariate", roles.covariates),
        ("--population-weights", roles.population_weights),
        ("--drop", roles.drop),
        ("--merge-rare", roles.merge_rare is not None),
    ):
        if given:
            raise InputError(f"{option} goes with --population, got --margins.")
    if method in (Method.PROPENSITY, Method.CBPS):
        raise InputError(
            f"--method {method} needs the rows of the population (--population), got margins.",
            "--method calibration, raking or post-stratification.",
        )
    margins = read_margins(path)
    check_roles(table.frame.columns, [(f"'{path}'", name) for name in margins.columns], _in(table))
    outcomes = _outcomes(table.frame, roles.outcomes)
    _check_roles(table, roles, margins.columns)
    columns = {
        name: level_column(table.frame[name], margins.levels(name))
        if name in margins.categorical
        else number_column(table.frame[name])
        for name in margins.columns
    }
    return WeightData(
        X=pd.DataFrame({name: series.to_numpy() for name, series in columns.items()}),
        target=margins,
        base=_weights(table, roles.weights),
        target_weight=None,
        ids=table.frame[list(roles.ids)],
        outcomes=outcomes,
        sample=table.source,
        population=path.name,
        notes=table.notes,
    )


def _choose(frame: pd.DataFrame, people: Table, roles: Roles) -> tuple[list[str], list[str]]:
    """Return the covariates, and notes on columns that are not."""
    if roles.covariates:
        named = [("--covariate", name) for name in roles.covariates]
        check_roles(people.frame.columns, named, _in(people))
        return list(dict.fromkeys(roles.covariates)), []
    outcomes = [_outcome_column(frame, text) for text in roles.outcomes]
    taken = {*roles.drop, *roles.ids, *outcomes, roles.weights, roles.population_weights}
    shared = [name for name in frame.columns if name in people.frame.columns]
    alone = [name for name in frame.columns if name not in shared and name not in taken]
    only = [n for n in people.frame.columns if n not in shared and n not in taken]
    notes = [
        f"{count_of(len(names), 'column')} not used, in the {where} only: {quote_some(names)}."
        for where, names in (("sample", alone), ("population", only))
        if names
    ]
    return [name for name in shared if name not in taken], notes


def _check_roles(table: Table, roles: Roles, margins: Sequence[str] = ()) -> None:
    """Raise where a column is not there, or has two uses that exclude each other."""
    columns = table.frame.columns
    used = [("--id", name) for name in roles.ids]
    check_roles(columns, used, _in(table))
    weights = [] if roles.weights is None else [("--weights", roles.weights)]
    outcomes = [("--outcome", _outcome_column(table.frame, text)) for text in roles.outcomes]
    covariates = [("--covariate", name) for name in roles.covariates]
    covariates += [("--drop", name) for name in roles.drop]
    covariates += [("--margins", name) for name in margins]
    check_roles(columns, [*weights, *outcomes], _in(table))
    check_roles(columns, [*weights, *covariates], _in(table))
    if "weight" in roles.ids:
        raise InputError(
            "A column 'weight' (--id) and the weights would have the same name.",
            "rename it in the sample.",
        )


def _in(table: Table) -> str:
    return f" in '{table.source}'"


def _weights(table: Table, name: str | None) -> _Floats | None:
    return None if name is None else check_weights(table.frame[name])


# Outcomes -----------------------------------------------------------------------------------------


def _outcome_column(frame: pd.DataFrame, text: str) -> str:
    """Return the column that an outcome names: all of it, or what is before one of its "="."""
    parts = text.split("=")
    starts = ["=".join(parts[:k]) for k in range(len(parts), 0, -1)]
    return next((start for start in starts if start in frame.columns), parts[0])


def _outcomes(frame: pd.DataFrame, texts: Sequence[str]) -> dict[str, _Floats]:
    return {text: _outcome(frame, text) for text in dict.fromkeys(texts)}


def _outcome(frame: pd.DataFrame, text: str) -> _Floats:
    """Return the outcome as numbers, a level as 1 and all others as 0, NaN where missing."""
    name = _outcome_column(frame, text)
    check_roles(frame.columns, [("--outcome", name)])
    series = frame[name]
    if not series.notna().any():
        raise InputError(f"The outcome {name!r} is missing in every row.")
    if text == name:
        if not types.is_numeric_dtype(series.dtype):
            levels = sorted(map(as_text, series.dropna().unique()))
            raise InputError(
                f"The outcome {name!r} holds text, which has no mean.",
                f"--outcome '{name}={levels[0]}' estimates a share; there are "
                f"{quote_some(levels)}.",
            )
        return series.to_numpy(dtype=np.float64, na_value=np.nan)
    level = text[len(name) + 1 :]
    text_of = level_column(series, [level])
    if not (text_of == level).any():
        known = sorted(set(text_of.dropna()))
        raise InputError(
            f"The outcome {name!r} has no level {level!r}.", did_you_mean(level, known)
        )
    shares: _Floats = np.where(
        text_of.isna(), np.nan, (text_of == level).to_numpy(dtype=np.float64)
    )
    return shares
