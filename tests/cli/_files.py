"""Small tables on disk for the tests of the command."""

from pathlib import Path

import numpy as np
import pandas as pd


def small_frame(n_rows: int = 300, *, seed: int = 0) -> pd.DataFrame:
    """Return mixed columns with gaps; `default` is "yes" in 12 % of the rows."""
    rng = np.random.default_rng(seed)
    balance = rng.gamma(4.0, 250.0, n_rows).round(2)
    job = rng.choice(["clerk", "nurse", "smith"], n_rows, p=[0.6, 0.3, 0.1])
    risk = balance + 400.0 * (job == "smith") + rng.normal(0.0, 300.0, n_rows)
    frame = pd.DataFrame(
        {
            "balance": balance,
            "age": rng.integers(18, 80, n_rows).astype(float),
            "job": job,
            "default": np.where(risk >= np.quantile(risk, 0.88), "yes", "no"),
        }
    )
    frame.loc[rng.choice(n_rows, n_rows // 10, replace=False), "age"] = np.nan
    frame.loc[rng.choice(n_rows, n_rows // 20, replace=False), "job"] = None
    return frame


def write_csv(folder: Path, frame: pd.DataFrame, name: str = "data.csv", **options: object) -> Path:
    path = folder / name
    frame.to_csv(path, index=False, **options)  # type: ignore[call-overload]
    return path
