"""The columns of any table, one at a time: as numbers, or as levels and a code per row.

Each container is asked in its own way, so a mixed frame never passes through an array of objects.
What takes a pass over values to find out is kept, so that a table opened once is read once.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

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
        """Return whether column j holds numbers; strings, booleans, categories are categorical."""
        if j not in self._kinds:
            self._kinds[j] = self._find_kind(j)
        return self._kinds[j]

    def levels(self, j: int) -> tuple[list[Any], NDArray[np.intp]]:
        """Return the distinct values of column j, and per row its position, -1 where missing.

        Both are kept: read them only.
        """
        if j not in self._levels:
            self._levels[j] = self._find_levels(j)
        return self._levels[j]

    @abstractmethod
    def dtype(self, j: int) -> Any:
        """Return the dtype of column j, for messages."""

    @abstractmethod
    def numbers(self, j: int) -> NDArray[np.float64]:
        """Return column j as float64, missing values as NaN."""

    @abstractmethod
    def _find_kind(self, j: int) -> Kind: ...

    @abstractmethod
    def _find_levels(self, j: int) -> tuple[list[Any], NDArray[np.intp]]: ...

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

    def _find_kind(self, j: int) -> Kind:
        if self.array.dtype.kind == "O":
            return _kind_of_objects(self.array[:, j].tolist())
        return "numeric" if self.array.dtype.kind in "iuf" else "categorical"

    def dtype(self, j: int) -> Any:
        return self.array.dtype

    def numbers(self, j: int) -> NDArray[np.float64]:
        return _floats(self.array[:, j])

    def _find_levels(self, j: int) -> tuple[list[Any], NDArray[np.intp]]:
        return _levels_of_array(self.array[:, j])

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

    def _find_kind(self, j: int) -> Kind:
        dtype = self.dtype(j)
        if dtype == np.dtype(object):
            return _kind_of_objects(self._columns[j].tolist())
        if is_numeric(dtype):
            return "numeric"
        _refuse_times(getattr(dtype, "kind", "O") in "mM", self.names[j], dtype)
        return "categorical"

    def dtype(self, j: int) -> Any:
        return self._columns[j].dtype

    def numbers(self, j: int) -> NDArray[np.float64]:
        column = self._columns[j]
        if column.dtype == object:
            return _floats(column.to_numpy())
        return np.asarray(column.to_numpy(dtype=np.float64, na_value=np.nan))

    def _find_levels(self, j: int) -> tuple[list[Any], NDArray[np.intp]]:
        codes, levels = self._columns[j].factorize()
        return [_plain(level) for level in levels.tolist()], codes.astype(np.intp, copy=False)

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

    def _find_kind(self, j: int) -> Kind:
        dtype = self.dtype(j)
        _refuse_times(dtype.is_temporal(), self.names[j], dtype)
        return "numeric" if is_numeric(dtype) else "categorical"

    def dtype(self, j: int) -> Any:
        return self.frame.dtypes[j]

    def numbers(self, j: int) -> NDArray[np.float64]:
        return _floats(self.frame[:, j].to_numpy())

    def _find_levels(self, j: int) -> tuple[list[Any], NDArray[np.intp]]:
        return _levels_of_values(self.frame[:, j].to_list())


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


def is_missing(value: Any) -> bool:
    """Whether a value stands for a missing one: None, NaN, NA."""
    try:
        return value is None or bool(value != value)
    except TypeError:  # pandas.NA, which is neither equal to itself nor unequal
        return True


def _plain(level: Any) -> Any:
    return level.item() if isinstance(level, np.generic) else level


def _floats(values: NDArray[Any]) -> NDArray[np.float64]:
    if values.dtype.kind == "O":
        values = np.array([np.nan if is_missing(v) else v for v in values.tolist()])
    return values.astype(np.float64, copy=False)


def _levels_of_array(values: NDArray[Any]) -> tuple[list[Any], NDArray[np.intp]]:
    if values.dtype.kind in "iufb":
        missing = np.isnan(values) if values.dtype.kind == "f" else None
        levels, codes = np.unique(values, return_inverse=True)
        codes = codes.astype(np.intp, copy=False)
        if missing is not None and missing.any():
            codes[missing] = -1
            levels = levels[~np.isnan(levels)]
        return levels.tolist(), codes
    return _levels_of_values(values.tolist())


def _levels_of_values(values: list[Any]) -> tuple[list[Any], NDArray[np.intp]]:
    try:
        distinct = set(values)
    except TypeError:
        raise TypeError(
            "A value of a covariate must be a string or a number, or any other object with a hash: "
            "argument must be a string or a number."
        ) from None
    levels = [level for level in distinct if not is_missing(level)]
    position: dict[Any, int] = {level: k for k, level in enumerate(levels)}
    codes = np.fromiter((position.get(v, -1) for v in values), dtype=np.intp, count=len(values))
    return [_plain(level) for level in levels], codes


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
