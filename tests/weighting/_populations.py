"""Samples and populations for the tests of weighters that compare the two."""

import numpy as np
import pandas as pd

from tests._data import data_file


def two_normals(
    n_sample: int = 400, n_target: int = 600, p: int = 5, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Return rows whose log density ratio is linear: normal, the target's first means moved."""
    rng = np.random.default_rng(seed)
    moved = np.where(np.arange(p) < 2, 0.5, 0.0)
    return rng.normal(size=(n_sample, p)), rng.normal(size=(n_target, p)) + moved


def mixed_frames(
    n_sample: int = 400, n_target: int = 600, seed: int = 0
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return frames with numbers, text, categories, booleans and missing values."""
    rng = np.random.default_rng(seed)

    def frame(n: int, shift: float) -> pd.DataFrame:
        latent = rng.normal(size=n) + shift
        income = np.where(rng.random(n) < 0.1, np.nan, np.exp(latent))
        return pd.DataFrame(
            {
                "age": np.round(40 + 10 * latent + rng.normal(size=n)),
                "income": income,
                "region": rng.choice(["north", "south", "west"], size=n),
                "school": pd.Categorical(np.where(latent + rng.normal(size=n) > 0, "high", "low")),
                "urban": rng.random(n) < 0.5 + 0.1 * shift,
            }
        )

    return frame(n_sample, 0.0), frame(n_target, 0.4)


def cbps_example() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the published example: sample, population and the sample's outcome."""
    frame = pd.read_csv(data_file("cbps_sim"))
    treated = (frame["treat"] == 1).to_numpy()
    X = frame[["X1", "X2", "X3", "X4"]].to_numpy()
    return X[~treated], X[treated], frame["y"].to_numpy()[~treated]


def nsw_and_cps(indicators: bool = False) -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray, float]:
    """Return the survey's rows, the treated of the experiment, and the outcomes.

    The third value is the outcome of the survey's rows, the fourth the mean of the treated.
    """
    columns = ["age", "educ", "black", "hisp", "marr", "nodegree", "re74", "re75"]
    nsw, cps = pd.read_csv(data_file("nsw")), pd.read_csv(data_file("cps"))
    treated = nsw[nsw["treat"] == 1]
    tables = []
    for table in (cps, treated):
        chosen = table[columns].astype(float)
        if indicators:
            chosen = chosen.assign(
                u74=(chosen["re74"] == 0).astype(float), u75=(chosen["re75"] == 0).astype(float)
            )
        tables.append(chosen)
    return tables[0], tables[1], cps["re78"].to_numpy(), float(treated["re78"].mean())


def mean_under(weights: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Return weighted means of columns."""
    return weights @ X / weights.sum()
