"""A small sample and its population on disk, for the tests of `imbalance-kit weight`."""

from pathlib import Path

import numpy as np
import pandas as pd

from tests.cli._files import write_csv


def population_frame(n: int = 600) -> pd.DataFrame:
    """Return people: a number with gaps, two categories, one of them with gaps."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "age": rng.normal(50, 12, n).round(1),
            "city": rng.choice(["no", "yes"], n),
            "job": rng.choice(["clerk", "nurse", None], n, p=[0.5, 0.4, 0.1]),
        }
    )
    frame.loc[::20, "age"] = np.nan
    return frame


def sample_frame(n: int = 200) -> pd.DataFrame:
    """Return younger people from the city with ids, design weights and two outcomes."""
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(
        {
            "person": [f"{k:04d}" for k in range(n)],
            "age": rng.normal(44, 12, n).round(1),
            "city": rng.choice(["no", "yes"], n, p=[0.3, 0.7]),
            "job": rng.choice(["clerk", "nurse", None], n, p=[0.3, 0.6, 0.1]),
            "w": rng.uniform(0.5, 2.0, n).round(3),
        }
    )
    frame.loc[::25, "age"] = np.nan
    frame["hours"] = (10 + 0.5 * frame["age"].fillna(48) + rng.normal(0, 4, n)).round(2)
    frame["owns"] = np.where(rng.random(n) < 0.4, "yes", "no")
    frame.loc[3:9, "hours"] = np.nan
    return frame


def write_files(folder: Path) -> tuple[Path, Path]:
    """Write sample.csv and people.csv."""
    return (
        write_csv(folder, sample_frame(), "sample.csv"),
        write_csv(folder, population_frame(), "people.csv"),
    )
