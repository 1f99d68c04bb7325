"""The default pilot for tables that do not fit: a logistic regression with one term per column.

It is trained on a sample of rows; its terms then score any number of rows, a column at a time.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from imbalance_kit._utils._stacklevel import callers_stacklevel
from imbalance_kit._utils._tables import (
    column_names,
    is_number_column,
    level_column,
    number_column,
)
from imbalance_kit.shift import LevelTerm, NumberTerm, TablePilot

_MAX_LEVELS = 100  # per column; the rarer ones share one coefficient
_FEW_LEVELS = 20  # so many have one each, however rare


@dataclass(frozen=True)
class _Numbers:
    """A standardised column, with an indicator where a value is missing."""

    column: str
    mean: float
    scale: float
    has_gaps: bool

    def design(self, table: Any) -> list[Any]:
        values = number_column(table, self.column).astype(np.float64)
        gaps = np.isnan(values)
        scaled = np.where(gaps, 0.0, (values - self.mean) / self.scale)
        return [scaled, gaps.astype(np.float64)] if self.has_gaps else [scaled]

    def term(self, coefs: list[float]) -> tuple[NumberTerm, float]:
        coef = coefs[0] / self.scale
        base = -coef * self.mean
        missing = -base + (coefs[1] if self.has_gaps else 0.0)
        return NumberTerm(self.column, coef, missing), base


@dataclass(frozen=True)
class _LevelsOf:
    """A column of categories: an indicator per frequent level, one for the others, one for gaps."""

    column: str
    levels: tuple[str, ...]

    def design(self, table: Any) -> list[Any]:
        found = level_column(table, self.column)
        position = {level: j for j, level in enumerate(self.levels)}
        other = len(self.levels)
        codes = np.array([position.get(level, other) for level in (*found.levels, "")], np.intp)
        own = np.where(found.codes < 0, other + 1, codes[found.codes])
        n = len(own)
        return [sparse.csr_array((np.ones(n), (np.arange(n), own)), shape=(n, other + 2))]

    def term(self, coefs: list[float]) -> tuple[LevelTerm, float]:
        *effects, other, missing = coefs
        return LevelTerm(
            self.column, dict(zip(self.levels, effects, strict=True)), other, missing
        ), 0.0


def fit_table_pilot(X: Any, y: NDArray[Any]) -> TablePilot:
    """Fit a logistic regression to a table and return it as terms.

    Parameters
    ----------
    X : pandas, polars or Arrow table of shape (n_samples, n_features)
        Rows; numbers, texts, categories, booleans, gaps.
    y : ndarray of shape (n_samples,)
        Labels of two classes.
    """
    columns = [_describe(X, name) for name in column_names(X)]
    parts = [part for column in columns for part in column.design(X)]
    widths = [sum(_width(part) for part in column.design(X)) for column in columns]
    if any(sparse.issparse(part) for part in parts):
        design = sparse.hstack(
            [part if sparse.issparse(part) else sparse.csr_array(part[:, None]) for part in parts],
            format="csr",
        )
    else:
        design = np.column_stack(parts)
    model = LogisticRegression(tol=1e-6, max_iter=1000).fit(design, y)
    return _as_terms(columns, widths, model.coef_[0].tolist(), float(model.intercept_[0]))


def warn_of_identifiers(X: Any) -> None:
    """Warn where a column of texts or dates differs in most rows: an identifier, or free text."""
    names = []
    for name in column_names(X):
        if not is_number_column(X, name):
            found = level_column(X, name)
            codes = found.codes[found.codes >= 0]
            if len(np.unique(codes)) > max(_FEW_LEVELS, len(codes) / 2):
                names.append(name)
    if names:
        warnings.warn(
            f"Most rows differ in the columns {names!r} (identifiers, dates or free text?): the "
            "pilot reads only the values that repeat. Hint: leave them out of `features`, or make "
            "numbers of them first.",
            UserWarning,
            stacklevel=callers_stacklevel(),
        )


def _as_terms(
    columns: Sequence[Any], widths: list[int], coefs: list[float], intercept: float
) -> TablePilot:
    terms, start = [], 0
    for column, width in zip(columns, widths, strict=True):
        term, base = column.term(coefs[start : start + width])
        terms.append(term)
        intercept += base
        start += width
    return TablePilot(tuple(terms), intercept)


def _describe(X: Any, name: str) -> _Numbers | _LevelsOf:
    if is_number_column(X, name):
        values = number_column(X, name).astype(np.float64)
        present = values[~np.isnan(values)]
        if not np.isfinite(present).all():
            raise ValueError(
                f"Column {name!r} holds infinite numbers: expected finite ones. Hint: clip them, "
                "or leave the column out of `features`."
            )
        spread = float(present.std()) if len(present) else 0.0
        mean = float(present.mean()) if len(present) else 0.0
        return _Numbers(name, mean, spread or 1.0, len(present) < len(values))
    found = level_column(X, name)
    counts = np.bincount(found.codes[found.codes >= 0], minlength=len(found.levels))
    ranked = sorted(range(len(found.levels)), key=lambda j: (-counts[j], found.levels[j]))
    if len(ranked) > _FEW_LEVELS:  # one row tells nothing of others, and stays out of the manifest
        ranked = [j for j in ranked if counts[j] > 1]
    return _LevelsOf(name, tuple(found.levels[j] for j in ranked[:_MAX_LEVELS]))


def _width(part: Any) -> int:
    return int(part.shape[1]) if part.ndim == 2 else 1
