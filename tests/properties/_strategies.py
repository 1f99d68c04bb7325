"""Rows, labels and weights as users have them: every container, odd sizes, odd numbers.

Values come from a numpy generator whose seed is drawn, so that hypothesis spends its effort on what
matters (kinds, sizes, containers) and an example is built in microseconds.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import sparse

Array = NDArray[Any]

# Numbers ------------------------------------------------------------------------------------------

VALUES: dict[str, Any] = {
    "normal": lambda rng, n, p: rng.normal(size=(n, p)),
    "grid": lambda rng, n, p: rng.integers(-2, 3, (n, p)).astype(float),
    "constant": lambda rng, n, p: np.full((n, p), 3.5),
    "one constant column": lambda rng, n, p: rng.normal(size=(n, p)) * (np.arange(p) > 0),
    "far away": lambda rng, n, p: 1e9 + rng.normal(size=(n, p)),
    "huge": lambda rng, n, p: rng.normal(size=(n, p)) * 1e150,
    "tiny": lambda rng, n, p: rng.normal(size=(n, p)) * 1e-150,
    "mixed scales": lambda rng, n, p: rng.normal(size=(n, p)) * 10.0 ** rng.integers(-8, 9, p),
    "zeros": lambda rng, n, p: rng.normal(size=(n, p)) * (rng.random((n, p)) < 0.3),
    "duplicates": lambda rng, n, p: rng.normal(size=(max(1, n // 3), p))[
        rng.integers(0, max(1, n // 3), n)
    ],
}
PLAIN = ("normal", "grid", "zeros", "duplicates")


def numbers(kind: str, n: int, p: int, seed: int) -> NDArray[np.float64]:
    """Return an (n, p) array of one kind of `VALUES`."""
    values: NDArray[np.float64] = VALUES[kind](np.random.default_rng([seed, n, p]), n, p)
    return values


# Containers ---------------------------------------------------------------------------------------


def _read_only(X: Array) -> Array:
    X = X.copy()
    X.setflags(write=False)
    return X


def _strided(X: Array) -> Array:
    wide = np.zeros((2 * X.shape[0], 3 * X.shape[1]), X.dtype)
    wide[::2, ::3] = X
    return wide[::2, ::3]


def _names(X: Array) -> list[str]:
    return [f"c{j}" for j in range(X.shape[1])]


def _odd_index(X: Array) -> Any:
    index = pd.MultiIndex.from_arrays([["b"] * len(X), np.arange(len(X)) // 2])
    return pd.DataFrame(X, columns=_names(X), index=index)


def _nullable(X: Array) -> Any:
    kind = {"f": "Float64", "i": "Int64", "b": "boolean"}[X.dtype.kind]
    return pd.DataFrame(X, columns=_names(X)).astype(kind)


def _mixed_frame(X: Array) -> Any:
    return pd.DataFrame(
        {f"c{j}": in_dtype(X[:, j], "float32") if j % 2 else X[:, j] for j in range(X.shape[1])},
        index=np.arange(len(X))[::-1],
    )


ARRAYS: dict[str, Any] = {
    "C order": np.ascontiguousarray,
    "Fortran order": np.asfortranarray,
    "read-only": _read_only,
    "strided": _strided,
    "reversed": lambda X: X[::-1].copy()[::-1],
}
SPARSE: dict[str, Any] = {
    f"{form} {kind}": getattr(sparse, f"{form}_{kind}")
    for form in ("csr", "csc", "coo")
    for kind in ("array", "matrix")
}
FRAMES: dict[str, Any] = {
    "pandas": lambda X: pd.DataFrame(X, columns=_names(X)),
    "pandas, odd index": _odd_index,
    "pandas, numbers as names": pd.DataFrame,
    "pandas, one name twice": lambda X: pd.DataFrame(X, columns=["a"] * X.shape[1]),
    "pandas, nullable": _nullable,
    "pandas, mixed": _mixed_frame,
    "polars": lambda X: pl.DataFrame(X, schema=_names(X)),
}
CONTAINERS: dict[str, Any] = ARRAYS | SPARSE | FRAMES | {"list": lambda X: X.tolist()}
DTYPES = ("float64", "float32", "int64", "int8", "bool", "object")


def in_dtype(X: Array, dtype: str) -> Array:
    """Return numbers in a dtype, whole ones for integers, without overflow."""
    if dtype in ("int64", "int8", "bool"):
        return np.clip(np.rint(X * 3), -100, 100).astype(dtype)
    if dtype == "float32":
        return np.clip(X, -1e30, 1e30).astype(dtype)
    return X.astype(dtype)


def dense(X: Any) -> Array:
    """Return any container as an array."""
    if sparse.issparse(X):
        return np.asarray(X.toarray())
    return np.asarray(X.to_numpy() if hasattr(X, "to_numpy") else X)


# Labels -------------------------------------------------------------------------------------------

LABELS: dict[str, tuple[Any, ...]] = {
    "int": (0, 1, 2, 3),
    "odd int": (-7, 3, 1_000_000_007, 1 << 60),
    "str": ("no", "yes", "maybe", ""),
    "bool": (False, True),
    "float": (0.0, 1.0, 2.0, -3.0),
    "object": ("a", "b", "ü", "z"),
    "int8": (0, 1, -128, 127),
}


def _one_column(y: Array) -> Array:
    return y.reshape(-1, 1)


LABEL_CONTAINERS: dict[str, Any] = {
    "array": lambda y: y,
    "read-only": _read_only,
    "list": lambda y: y.tolist(),
    "Series": lambda y: pd.Series(y, index=np.arange(len(y))[::-1], name="label"),
    "categories": lambda y: pd.Series(pd.Categorical(y)),
    "polars": lambda y: pl.Series("label", y.tolist()),
    "frame": lambda y: pd.DataFrame({"label": y}),
}


def label_array(kind: str, codes: Array) -> Array:
    """Return labels of a kind as an array, in the dtype they usually have."""
    known = LABELS[kind]
    dtype = {"object": object, "int8": np.int8}.get(kind)
    values = np.array(known, dtype=dtype) if dtype else np.array(known)
    return values[codes % len(known)]


@st.composite
def codes(draw: Any, n: int) -> Array:
    """Draw which class each of n rows is of: balanced, rare, one row, or one class only."""
    n_classes = draw(st.sampled_from([2, 2, 2, 3, 4, 1]))
    shape = draw(st.sampled_from(["rare", "rare", "even", "single", "pair", "block"]))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    if shape == "even":
        found = np.arange(n) % n_classes
    elif shape in ("single", "pair"):
        found = np.zeros(n, dtype=int)
        found[: (n_classes - 1) * (1 + (shape == "pair"))] = 1 + np.arange(
            min(n, (n_classes - 1) * (1 + (shape == "pair")))
        ) % max(1, n_classes - 1)
    else:
        found = (rng.random(n) < 0.3) * rng.integers(0, n_classes, n)
    return np.sort(found) if shape == "block" else rng.permutation(found)


# Weights ------------------------------------------------------------------------------------------

SCALES = (1.0, 1e-30, 1e30, 2.0**40, 5e-324, 1e-310, 1e300)


@st.composite
def weights(draw: Any, n: int) -> Array | None:
    """Draw sample weights: none, whole, real, with zeros, on any scale down to the subnormal."""
    kind = draw(st.sampled_from(["none", "none", "whole", "real", "zeros", "scaled", "spread"]))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    if kind == "none":
        return None
    if kind == "whole":
        return rng.integers(1, 4, n)
    given = rng.random(n) + 0.1
    if kind == "zeros":
        given *= rng.random(n) < 0.6
    if kind == "scaled":
        given *= draw(st.sampled_from(SCALES))
    if kind == "spread":
        given *= 10.0 ** rng.integers(-1, 2, n)
    return given


# All together -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Data:
    """Rows with labels and weights, in their containers, and as plain arrays.

    Invariant: `values` and `labels` are what `X` and `y` hold.
    """

    X: Any
    y: Any
    weight: Any
    values: Array
    labels: Array
    container: str
    label_container: str
    dtype: str

    def __repr__(self) -> str:
        given = None if self.weight is None else np.asarray(self.weight).tolist()
        return (
            f"Data({self.container}, {self.dtype}, {self.label_container},\n"
            f"  values={self.values.tolist()!r},\n  labels={self.labels.tolist()!r},\n"
            f"  weight={given!r})"
        )


SIZES = st.one_of(st.integers(6, 40), st.sampled_from([0, 1, 2, 3, 4, 5]))


@st.composite
def data(
    draw: Any,
    *,
    containers: tuple[str, ...] = tuple(CONTAINERS),
    dtypes: tuple[str, ...] = DTYPES,
    kinds: tuple[str, ...] = tuple(VALUES),
    labels: tuple[str, ...] = tuple(LABELS),
    sizes: st.SearchStrategy[int] = SIZES,
    missing: bool = True,
) -> Data:
    """Draw rows, labels and weights."""
    n = draw(sizes)
    p = draw(st.sampled_from([2, 1, 3, 5, 2, 3, 0, 200]))
    dtype = draw(st.sampled_from(dtypes)) if draw(st.booleans()) else dtypes[0]
    container = draw(st.sampled_from(containers))
    values = in_dtype(numbers(draw(st.sampled_from(kinds)), n, p, draw(st.integers(0, 999))), dtype)
    if missing and values.dtype.kind == "f" and values.size and draw(st.integers(0, 9)) == 0:
        values[draw(st.integers(0, n - 1)), draw(st.integers(0, p - 1))] = draw(
            st.sampled_from([np.nan, np.inf, -np.inf])
        )
    if dtype == "object" and (container in SPARSE or "nullable" in container or p == 0):
        values, dtype = values.astype(np.float64), "float64"
    if container == "polars" and dtype == "object":
        values, dtype = values.astype(np.float64), "float64"
    if container == "list" and not values.size:
        container = "C order"
    if container == "list" and dtype != "object":
        values = np.array(values.tolist())  # what numpy makes of Python's numbers
        dtype = str(values.dtype)
    if container == "pandas, mixed" and values.dtype.kind == "f":
        values[:, 1::2] = in_dtype(values[:, 1::2], "float32")  # what those columns hold
    y = label_array(draw(st.sampled_from(labels)), draw(codes(n)))
    label_container = draw(st.sampled_from(list(LABEL_CONTAINERS)))
    weight = draw(weights(n))
    if weight is not None and draw(st.booleans()):
        weight = draw(st.sampled_from([list, pd.Series, _read_only]))(weight)
    return Data(
        CONTAINERS[container](values),
        LABEL_CONTAINERS[label_container](y),
        weight,
        values,
        y,
        container,
        label_container,
        dtype,
    )
