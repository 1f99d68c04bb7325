from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pytest

from imbalance_kit.scale_out._sources import backend_of, check_features


def test_features_are_several_names_each_once() -> None:
    check_features(None)
    check_features(["age", "city"])
    with pytest.raises(TypeError, match="`features` must be a sequence of names, got 'age'"):
        check_features("age")
    with pytest.raises(ValueError, match="`features` names 'age' twice"):
        check_features(["age", "city", "age"])


@pytest.mark.parametrize(
    "source",
    [pd.DataFrame({"x": [1]}), pl.DataFrame({"x": [1]}), pa.table({"x": [1]})],
    ids=["pandas", "polars", "arrow"],
)
def test_frames(source: Any) -> None:
    assert backend_of(source) == "frame"


def test_parquet() -> None:
    assert backend_of("log/*.parquet") == backend_of(Path("log")) == "parquet"
    assert backend_of(ds.dataset(pa.table({"x": [1]}))) == "parquet"


def test_dask() -> None:
    dd = pytest.importorskip("dask.dataframe", reason="Dask is not installed (extra 'dask')")
    assert backend_of(dd.from_pandas(pd.DataFrame({"x": [1]}), npartitions=1)) == "dask"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (np.zeros((3, 2)), "`source` must be a path"),
        (pl.LazyFrame({"y": [0, 1]}), r"Hint: call collect\(\) first"),
        (5, "`source` must be a path"),
        (["a.parquet", "b.parquet"], r"Hint: pyarrow\.dataset\.dataset\(paths\)"),
    ],
)
def test_others(source: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        backend_of(source)
