"""Covariates of mixed tables as numbers, learned once and then the same for any rows."""

import warnings
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._columns import Kind, Table, ordered, table_of
from imbalance_kit._utils._moments import means_and_spreads
from imbalance_kit._utils._stacklevel import callers_stacklevel

_MISSING = "<missing>"


@dataclass(frozen=True)
class Covariate:
    """One column of a table, as it was learned.

    Invariant: a categorical one has its levels in sorted order, the missing level, None, last where
    missing values occurred; a numeric one has no levels.

    Parameters
    ----------
    name : str
        Name of the column.
    kind : {"numeric", "categorical"}
        Numbers are numeric; strings, booleans and categories are categorical.
    levels : tuple
        The distinct values that occurred.
    has_missing : bool
        Whether missing values occurred.
    fill : float
        Numeric: the number that stands for a missing one, the mean; 0 for a category.
    """

    name: str
    kind: Kind
    levels: tuple[Any, ...] = ()
    has_missing: bool = False
    fill: float = 0.0

    def with_levels(self, levels: Sequence[Any]) -> "Covariate":
        """Return the covariate with further levels, which the table did not have."""
        if not levels:
            return self
        every = {*self.levels, *levels}
        tail: tuple[Any, ...] = (None,) if None in every else ()
        known = ordered([level for level in every if level is not None])
        return replace(self, levels=(*known, *tail), has_missing=bool(tail))

    def names(self, *, drop_first: bool) -> list[str]:
        """Return the names of its columns in the design matrix."""
        if self.kind == "numeric":
            return [self.name, f"{self.name}[missing]"] if self.has_missing else [self.name]
        shown = [_MISSING if level is None else level for level in self.levels]
        return [f"{self.name}={level}" for level in shown[drop_first:]]


@dataclass(frozen=True)
class Covariates:
    """The columns of a table, and how any rows of such a table become numbers.

    Invariant: nothing is learned after :func:`learn_covariates`: the same row gives the same
    numbers in any company. Levels that were not learned, and missing numbers where none were
    missing, cause a warning that names them: such a level counts as none (zeros in all its
    columns), such a number as the mean.

    Parameters
    ----------
    columns : tuple of Covariate
        In the order of the table they were learned from.
    named : bool
        Whether columns are found by name, rather than by position.
    """

    columns: tuple[Covariate, ...]
    named: bool

    def names(self, *, drop_first: bool = False) -> tuple[str, ...]:
        """Return the names of the columns of `encode`."""
        return tuple(n for c in self.columns for n in c.names(drop_first=drop_first))

    def groups(self) -> NDArray[np.intp]:
        """Return for each column of `encode`, all levels there, the number of its covariate."""
        sizes = [len(c.names(drop_first=False)) for c in self.columns]
        return np.repeat(np.arange(len(sizes)), sizes)

    def encode(self, X: Any, *, drop_first: bool = False) -> NDArray[np.float64]:
        """Return rows as numbers.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features) or Table
            Rows with the columns that were learned; others are ignored in a frame.
        drop_first : bool, default=False
            Whether the first level of each categorical covariate gets no column.

        Returns
        -------
        design : ndarray of shape (n_samples, p)
            A number as it is, followed by an indicator of missing ones where they occurred; a
            category as one 0/1 column per level. May share the memory of `X`: read it only.
        """
        table = table_of(X)
        whole = self._as_it_is(table)
        if whole is not None:
            return whole
        places = self.places(table)
        design = np.zeros((table.n_rows, len(self.names(drop_first=drop_first))))
        start = 0
        for covariate, place in zip(self.columns, places, strict=True):
            stop = start + len(covariate.names(drop_first=drop_first))
            block = design[:, start:stop]
            if covariate.kind == "numeric":
                _fill_numbers(block, covariate, table, place)
            else:
                column = _codes(covariate, table, place) - drop_first
                (rows,) = (column >= 0).nonzero()  # an unseen level, -1, fills nothing
                block[rows, column[rows]] = 1
            start = stop
        return design

    def codes(self, X: Any, name: str) -> NDArray[np.intp]:
        """Return the position of each row's level among the levels of one categorical covariate.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features) or Table
            Rows.
        name : str
            Name of the covariate.

        Returns
        -------
        codes : ndarray of shape (n_samples,)
            -1 for a level that was not learned.
        """
        table = table_of(X)
        place = [c.name for c in self.columns].index(name)
        return _codes(self.columns[place], table, self.places(table)[place])

    def numbers(self, X: Any, name: str) -> NDArray[np.float64]:
        """Return one numeric covariate, NaN where it is missing.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features) or Table
            Rows.
        name : str
            Name of the covariate.

        Returns
        -------
        values : ndarray of shape (n_samples,)
            Finite or NaN; may share the memory of `X`.
        """
        table = table_of(X)
        place = [c.name for c in self.columns].index(name)
        return _finite(table, self.places(table)[place])

    def moments(
        self, X: Any, weights: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return mean and standard deviation of the numeric covariates, missing values left out.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features) or Table
            Rows.
        weights : ndarray of shape (n_samples,)
            Their weights.

        Returns
        -------
        mean, spread : ndarray of shape (n_numeric,)
            0 where nothing was observed.
        """
        table = table_of(X)
        whole = self._as_it_is(table)
        if whole is not None:
            return means_and_spreads(whole, weights / weights.sum())
        found = []
        for covariate, place in zip(self.columns, self.places(table), strict=True):
            if covariate.kind == "numeric":
                values = _finite(table, place)
                w = np.where(np.isnan(values), 0.0, weights)
                total = w.sum() or 1.0
                values = np.where(np.isnan(values), 0.0, values)
                centre = (w @ values) / total
                found.append((centre, np.sqrt((w @ (values - centre) ** 2) / total)))
        both: NDArray[np.float64] = np.array(found, dtype=np.float64).reshape(-1, 2)
        return both[:, 0], both[:, 1]

    def _as_it_is(self, table: Table) -> NDArray[np.float64] | None:
        """Return the table itself where it is a matrix of complete numbers."""
        if any(c.kind != "numeric" or c.has_missing for c in self.columns):
            return None
        if table.names != tuple(c.name for c in self.columns) or table.named != self.named:
            return None
        matrix = table.matrix()
        if matrix is None or not np.isfinite(matrix.sum(axis=0)).all():
            return None
        return matrix

    def places(self, table: Table) -> list[int]:
        """Return where each covariate is in a table, or raise where one is not.

        Parameters
        ----------
        table : Table
            Rows.

        Returns
        -------
        places : list of int
            Positions of the columns.
        """
        if self.named and not table.named:
            raise ValueError(
                "The rows have no column names, and the covariates were learned by name: "
                f"{[c.name for c in self.columns]!r}. Hint: pass a DataFrame."
            )
        position = {name: j for j, name in enumerate(table.names)}
        absent = [c.name for c in self.columns if c.name not in position]
        if absent:
            raise ValueError(f"The columns {absent!r} are missing, got {list(table.names)!r}.")
        return [position[c.name] for c in self.columns]


def learn_covariates(
    *tables: Any,
    weights: Sequence[NDArray[np.float64] | None] = (),
    columns: Collection[str] | None = None,
    categorical: Collection[str] = (),
) -> Covariates:
    """Learn kinds, levels and imputed values from tables with the same columns.

    Row order changes nothing; nor do the names of levels, but for the order of their columns.

    Parameters
    ----------
    *tables : {array-like, sparse matrix, DataFrame} of shape (n_rows, n_features)
        For example the sample and then its target. Frames are aligned by name.
    weights : sequence of (ndarray of shape (n_rows,) or None), default=()
        Weights of the rows of each table, for the means.
    columns : collection of str, default=None
        Names of the columns to learn; None learns all.
    categorical : collection of str, default=()
        Names of columns whose numbers are levels.

    Returns
    -------
    covariates : Covariates
        A missing number is to be imputed by the mean of the last table that has any.

    Raises
    ------
    ValueError
        If the tables differ in their columns, a column is numeric in one and categorical in
        another, or holds times or infinite numbers.
    """
    opened = [table_of(X) for X in tables]
    first, *others = opened
    wanted = first.names if columns is None else [n for n in first.names if n in columns]
    for other in others:
        _check_same_columns(first, other, columns)
    given = [*weights, *[None] * (len(opened) - len(weights))]
    if columns is None and not categorical:
        complete = _complete_numbers(opened, given[-1])
        if complete is not None:
            return complete
    learned = []
    for name in wanted:
        places = [table.names.index(name) for table in opened]
        found = [(t, place, w) for t, place, w in zip(opened, places, given, strict=True)]
        if name in categorical or _kind(found) == "categorical":
            learned.append(_learn_levels(name, found))
        else:
            learned.append(_learn_numbers(name, found))
    return Covariates(tuple(learned), first.named)


def _complete_numbers(
    tables: Sequence[Table], weight: NDArray[np.float64] | None
) -> Covariates | None:
    """Learn from matrices without missing values in one pass, or return None."""
    matrices = [table.matrix() for table in tables]
    if any(table.names != tables[0].names for table in tables):
        return None
    if any(m is None or not np.isfinite(m.sum(axis=0)).all() for m in matrices):
        return None
    means = _mean(matrices[-1], np.ones(tables[-1].n_rows) if weight is None else weight)
    learned = [
        Covariate(name, "numeric", fill=mean)
        for name, mean in zip(tables[0].names, means.tolist(), strict=True)
    ]
    return Covariates(tuple(learned), tables[0].named)


def _mean(values: Any, weight: NDArray[np.float64]) -> NDArray[np.float64]:
    mean: NDArray[np.float64] = weight @ values / weight.sum()
    return mean


_Found = Sequence[tuple[Table, int, NDArray[np.float64] | None]]


def _kind(found: _Found) -> Kind:
    kinds = [table.kind(place) for table, place, _ in found]
    if len(set(kinds)) > 1:
        table, place, _ = found[0]
        said = " and ".join(
            f"{k} ({t.dtype(p)})" for (t, p, _), k in zip(found, kinds, strict=True)
        )
        raise ValueError(
            f"Column {table.names[place]!r} is {said} in the tables given: expected one kind. "
            "Hint: convert it to the same dtype in all of them."
        )
    return kinds[0]


def _learn_levels(name: str, found: _Found) -> Covariate:
    levels: set[Any] = set()
    missing = False
    for table, place, _ in found:
        own, codes = table.levels(place)
        missing |= bool((codes < 0).any())
        occurring = np.bincount(codes[codes >= 0], minlength=len(own)) > 0
        levels.update(level for level, there in zip(own, occurring.tolist(), strict=True) if there)
    tail: tuple[Any, ...] = (None,) if missing else ()
    return Covariate(name, "categorical", (*ordered(list(levels)), *tail), missing)


def _learn_numbers(name: str, found: _Found) -> Covariate:
    missing, fill = False, 0.0
    for table, place, weight in found:
        values = _finite(table, place)
        observed = ~np.isnan(values)
        missing |= not observed.all()
        w = observed if weight is None else np.where(observed, weight, 0.0)
        if w.any():
            fill = float(_mean(np.where(observed, values, 0.0), np.asarray(w, dtype=np.float64)))
    return Covariate(name, "numeric", has_missing=missing, fill=fill)


def _check_same_columns(first: Table, other: Table, columns: Collection[str] | None) -> None:
    if first.named != other.named:
        raise ValueError(
            "One table has column names and another has none: expected both, or neither. Hint: "
            "pass the sample and its target as the same kind of table."
        )
    lacking = [name for name in first.names if name not in other.names]
    extra = [name for name in other.names if name not in first.names]
    if columns is not None:
        lacking, extra = [name for name in lacking if name in columns], []
    if lacking or extra:
        alone = [
            f"{names!r} are in {which} only"
            for names, which in ((lacking, "the sample"), (extra, "the target"))
            if names
        ]
        raise ValueError(
            f"The sample and its target must have the same columns: {', '.join(alone)}. Hint: "
            "select the covariates in both, as in X[columns]."
        )


def _finite(table: Table, place: int) -> NDArray[np.float64]:
    values = table.numbers(place)
    if np.isinf(values).any():
        raise ValueError(
            f"Column {table.names[place]!r} contains infinity: expected finite numbers, or NaN "
            "where one is missing."
        )
    return values


def _fill_numbers(
    block: NDArray[np.float64], covariate: Covariate, table: Table, place: int
) -> None:
    if table.kind(place) != "numeric" and table.n_rows:
        raise ValueError(
            f"Column {covariate.name!r} held numbers where it was learned, got dtype "
            f"{table.dtype(place)}."
        )
    values = _finite(table, place)
    missing = np.isnan(values)
    block[:, 0] = values
    if not missing.any():
        return
    block[missing, 0] = covariate.fill
    if covariate.has_missing:
        block[:, 1] = missing
    else:
        warnings.warn(
            f"Column {covariate.name!r} has {int(missing.sum())} missing values, and had none "
            "where it was learned: its mean is imputed. Hint: impute them first.",
            UserWarning,
            stacklevel=callers_stacklevel(),
        )


def _codes(covariate: Covariate, table: Table, place: int) -> NDArray[np.intp]:
    own, codes = table.levels(place)
    position = {level: k for k, level in enumerate(covariate.levels)}
    # The last entry is found by the code -1 of a missing value.
    lookup = np.array([position.get(level, -1) for level in [*own, None]], dtype=np.intp)
    found = lookup[codes]
    if (found < 0).any():
        new = {
            own[code] if code >= 0 else _MISSING for code in np.unique(codes[found < 0]).tolist()
        }
        warnings.warn(
            f"Column {covariate.name!r} has levels that were not there where it was learned: "
            f"{ordered(list(new))!r}. They count as no level.",
            UserWarning,
            stacklevel=callers_stacklevel(),
        )
    return found
