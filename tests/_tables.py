"""One small log of clicks in every kind of table."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

KINDS: dict[str, Callable[[pd.DataFrame], Any]] = {
    "pandas": lambda frame: frame,
    "polars": pl.from_pandas,
    "arrow": lambda frame: pa.Table.from_pandas(frame, preserve_index=False),
}


def click_log(n: int = 20_000, seed: int = 0) -> pd.DataFrame:
    """Return rows with an id, numbers, a category and a boolean, with gaps, and a rare class."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "id": rng.permutation(n),
            "price": rng.normal(3, 2, n),
            "age": rng.normal(size=n).astype(np.float32),
            "city": rng.choice(["Ulm", "Bonn", "Köln", "Rom"], n),
            "mobile": rng.random(n) < 0.3,
        }
    )
    log_odds = -4.5 + frame.age + (frame.city == "Ulm") - 0.5 * frame.mobile
    frame["click"] = (rng.random(n) < 1 / (1 + np.exp(-log_odds))).astype(np.int8)
    frame.loc[rng.random(n) < 0.1, "age"] = np.nan
    frame.loc[rng.random(n) < 0.05, "city"] = None
    return frame


def write_parquet(frame: pd.DataFrame, folder: Path, n_files: int, rows_per_group: int) -> Path:
    """Write the rows in order to so many files; return the folder."""
    folder.mkdir()
    for i, rows in enumerate(np.array_split(np.arange(len(frame)), n_files)):
        table = pa.Table.from_pandas(frame.iloc[rows], preserve_index=False)
        pq.write_table(table, folder / f"{i:03d}.parquet", row_group_size=rows_per_group)
    return folder
