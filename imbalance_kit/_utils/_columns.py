"""The columns of any table by number: what kind each is, its numbers, its levels.

A mixed frame never passes through an array of objects. What takes a pass over values to find out is
kept, so that a table opened once is read once.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from imbalance_kit._utils._column import is_missing, levels_of, numbers_of
from imbalance_kit._utils._containers import is_dataframe
from imbalance_kit._utils._numeric import is_numeric

Kind = Literal["numeric", "categorical"]
_TWO_DIMENSIONS = (
    "Expected 2D array, got {got} instead: covariates are the columns of a table. Reshape your "
    "data either using array.reshape(-1, 1) if it has a single column or array.reshape(1, -1) if "
    "it has a single row."
)


class Table(ABC):
    """Read access to the columns of a table, by number.

    Attributes
    ----------
    names : tuple of str
        Names of the columns; x0, x1, ... where the container has none.
    named : bool
        Whether the container itself names its columns.
    n_rows : int
        Number of rows.
    """

    names: tuple[str, ...]
    named = True
    n_rows: int

    def __init__(self) -> None:
        self._kinds: dict[int, Kind] = {}
        self._levels: dict[int, tuple[list[Any], NDArray[np.intp]]] = {}

    def kind(self, j: int) -> Kind:
        """Return whether column j holds numbers; strings, booleans, categories are categorical.

        Raises
        ------
        ValueError
            If it holds times.
        """
        if j not in self._kinds:
            self._kinds[j] = self._find_kind(self.column(j), self.names[j])
        return self._kinds[j]

    def levels(self, j: int) -> tuple[list[Any], NDArray[np.intp]]:
        """Return the distinct values of column j, and per row its position, -1 where missing.

        Both are kept: read them only.
        """
        if j not in self._levels:
            try:
                self._levels[j] = levels_of(self.column(j))
            except TypeError:
                raise TypeError(
                    "A value of a covariate must be a string or a number, or any other object with "
                    "a hash: argument must be a string or a number."
                ) from None
        return self._levels[j]

    def numbers(self, j: int) -> NDArray[np.float64]:
        """Return column j as float64, missing values as NaN."""
        return numbers_of(self.column(j)).astype(np.float64, copy=False)

    def dtype(self, j: int) -> Any:
        """Return the dtype of column j, for messages."""
        return self.column(j).dtype

    @abstractmethod
    def column(self, j: int) -> Any:
        """Return column j: an array of one dimension or a Series."""

    @abstractmethod
    def _find_kind(self, column: Any, name: str) -> Kind: ...

    def matrix(self) -> NDArray[np.float64] | None:
        """Return all columns as one float64 array where they are stored so, else None."""
        return None


class _ArrayTable(Table):
    named = False

    def __init__(self, array: NDArray[Any]) -> None:
        super().__init__()
        self.array = array
        self.n_rows = len(array)
        self.names = tuple(f"x{j}" for j in range(array.shape[1]))

    def column(self, j: int) -> Any:
        return self.array[:, j]

    def _find_kind(self, column: Any, name: str) -> Kind:
        if column.dtype.kind == "O":
            return _kind_of_objects(column.tolist())
        return "numeric" if column.dtype.kind in "iuf" else "categorical"

    def matrix(self) -> NDArray[np.float64] | None:
        return self.array if self.array.dtype == np.float64 else None


class _FrameTable(Table):
    """A pandas frame."""

    def __init__(self, frame: Any) -> None:
        super().__init__()
        self.frame = frame
        self.n_rows = len(frame)
        self.names = tuple(map(str, frame.columns))
        self._columns = [column for _, column in frame.items()]

    def column(self, j: int) -> Any:
        return self._columns[j]

    def _find_kind(self, column: Any, name: str) -> Kind:
        if column.dtype == np.dtype(object):
            return _kind_of_objects(column.tolist())
        if is_numeric(column.dtype):
            return "numeric"
        _refuse_times(getattr(column.dtype, "kind", "O") in "mM", name, column.dtype)
        return "categorical"

    def matrix(self) -> NDArray[np.float64] | None:
        if all(column.dtype == np.float64 for column in self._columns):
            return np.asarray(self.frame.to_numpy())
        return None


class _PolarsTable(Table):
    def __init__(self, frame: Any) -> None:
        super().__init__()
        self.frame = frame
        self.n_rows = len(frame)
        self.names = tuple(frame.columns)

    def column(self, j: int) -> Any:
        return self.frame[:, j]

    def _find_kind(self, column: Any, name: str) -> Kind:
        _refuse_times(column.dtype.is_temporal(), name, column.dtype)
        return "numeric" if is_numeric(column.dtype) else "categorical"


def table_of(X: Any) -> Table:
    """Return read access to the columns of `X`.

    Parameters
    ----------
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features) or Table
        A sparse matrix is made dense; a table that is open already is returned itself.

    Raises
    ------
    ValueError
        If `X` has not two dimensions, or holds complex numbers.
    """
    if isinstance(X, Table):
        return X
    if is_dataframe(X):
        return _FrameTable(X) if hasattr(X, "iloc") else _PolarsTable(X)
    if sparse.issparse(X):
        array = X.toarray()
    else:
        array = np.asarray(X)
        if isinstance(X, (list, tuple)) and array.dtype.kind in "US":
            array = np.asarray(X, dtype=object)  # numbers beside strings stay numbers
    if array.dtype.kind == "c":
        raise ValueError("Complex data not supported: covariates are numbers or categories.")
    if array.ndim != 2:
        got = {0: "scalar array", 1: "1D array"}.get(array.ndim, f"{array.ndim}D array")
        raise ValueError(_TWO_DIMENSIONS.format(got=got))
    if array.dtype.kind in "mMV":
        _refuse_times(True, "x0", array.dtype)
    return _ArrayTable(array)


def ordered(levels: Sequence[Any]) -> list[Any]:
    """Return levels sorted, those without a common order by the name of their type first."""
    try:
        return sorted(levels)
    except TypeError:
        return sorted(levels, key=lambda level: (type(level).__name__, str(level)))


def _kind_of_objects(values: list[Any]) -> Kind:
    kinds = {type(value) for value in values if not is_missing(value)}
    numeric = all(issubclass(k, (int, float, np.number)) and k is not bool for k in kinds)
    return "numeric" if numeric and kinds else "categorical"


def _refuse_times(is_time: bool, name: str, dtype: Any) -> None:
    if is_time:
        raise ValueError(
            f"Column {name!r} has dtype {dtype}: a covariate holds numbers or categories. Hint: "
            "turn times into numbers, or into categories such as the month."
        )
