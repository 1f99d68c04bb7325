"""Samples and populations with mixed covariates, for the benchmarks of weighting."""

import numpy as np
import pandas as pd

LEVELS = {"region": 3, "work": 4, "school": 5, "party": 6}


def mixed_table(n: int, moved: float, seed: int) -> pd.DataFrame:
    """Return six numbers and four categories that hang together; `moved` tilts all of them."""
    rng = np.random.default_rng(seed)
    common = rng.normal(size=n)
    table = {
        f"number {k}": 0.5 * common + rng.normal(size=n) + moved * (0.4 - 0.1 * k) for k in range(6)
    }
    table["number 5"] = np.exp(table["number 5"] / 2)
    for k, (name, n_levels) in enumerate(LEVELS.items()):
        score = rng.gumbel(size=(n, n_levels)) + np.outer(
            common + moved * (1 - 0.3 * k), np.linspace(-0.5, 0.5, n_levels)
        )
        table[name] = np.array([f"{name} {j}" for j in range(n_levels)])[score.argmax(axis=1)]
    return pd.DataFrame(table)


def sample_and_population(n_sample: int, n_target: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return a sample and the population it is to stand for."""
    return mixed_table(n_sample, 0.0, 1), mixed_table(n_target, 1.0, 2)


def in_tenths(sample: pd.DataFrame, target: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return both with their numbers cut into tenths of the two together, as balance does."""
    both = pd.concat([sample, target], ignore_index=True)
    numbers = both.select_dtypes("number")
    cut = both.assign(**{c: pd.qcut(numbers[c], 10).astype(str) for c in numbers})
    return cut[: len(sample)], cut[len(sample) :].reset_index(drop=True)


def mean_difference(
    sample: pd.DataFrame, target: pd.DataFrame, weights: np.ndarray, *, tenths: bool = False
) -> float:
    """Mean absolute standardised difference over columns, a level of a category being one.

    With `tenths` a number enters as ten indicators.
    """
    if tenths:
        sample, target = in_tenths(sample, target)
    columns = pd.get_dummies(pd.concat([sample, target], ignore_index=True)).to_numpy(dtype=float)
    own, other = columns[: len(sample)], columns[len(sample) :]
    apart = np.abs(weights @ own / weights.sum() - other.mean(axis=0))
    return float((apart / other.std(axis=0)).mean())
