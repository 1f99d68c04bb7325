"""How fast is the balance table beside that of Meta's balance?

The same sample, population and weights in one process, the two libraries alternating, medians of
the times: 10 covariates (six numbers, one of them with missing values, and four categories of 2 to
12 levels). Ours always computes everything: means, standardised differences, variance ratios,
Kolmogorov and Smirnov's distance, the area between the distribution functions, total variation and
missing shares, before and after. Balance's is timed once for the standardised differences alone
(`covars().asmd()`), and once with its means, Kolmogorov-Smirnov and earth mover's distances as
well. `agreement` is the largest difference between the two libraries' absolute standardised
differences of the numbers without missing values, and of their Kolmogorov-Smirnov distances.

    pip install balance "imbalanced-learn>=0.14" "scikit-learn>=1.8"
    python -m benchmarks.balance_table
"""

import logging
import warnings
from typing import Any

import numpy as np
import pandas as pd

from benchmarks._measure import paired_seconds
from benchmarks._results import write_results
from imbalance_kit import compute_balance

QUESTION = __doc__.partition("\n")[0]
MINUTES = 6
NEEDS = ("balance",)
NUMBERS = [f"number_{k}" for k in range(5)]


def table(n: int, shift: float, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    columns: dict[str, Any] = {name: rng.normal(shift, 1, n) for name in NUMBERS}
    holes = rng.exponential(1 + shift, n)
    holes[rng.random(n) < 0.05] = np.nan
    columns["with_missing"] = holes
    for size in (2, 4, 8, 12):
        skewed = (rng.random(n) ** (1 + shift) * size).astype(int)
        columns[f"levels_{size}"] = np.array([f"l{k}" for k in range(size)], dtype=object)[skewed]
    return pd.DataFrame(columns)


def case(n: int, m: int) -> dict[str, Any]:
    from balance import Sample

    X, target = table(n, 0.3, 0), table(m, 0.0, 1)
    weight = np.exp(-0.3 * X[NUMBERS].sum(axis=1).to_numpy())
    ids = {"id": [str(k) for k in range(n)]}, {"id": [str(k) for k in range(m)]}
    sample = Sample.from_frame(X.assign(**ids[0]), id_column="id")
    population = Sample.from_frame(target.assign(**ids[1]), id_column="id")
    adjusted = sample.set_target(population).adjust(method="null")
    adjusted.set_weights(weight, use_index=False)

    def ours() -> Any:
        return compute_balance(X, target, sample_weight=weight)

    def peer() -> Any:
        return adjusted.covars().asmd()

    def peer_everything() -> Any:
        covars = adjusted.covars()
        return covars.asmd(), covars.mean(), covars.ks(), covars.emd()

    seconds = paired_seconds(
        {"ours": ours, "balance asmd": peer, "balance four tables": peer_everything}, repeats=5
    )
    rows = {row.name: row for row in ours().rows}
    asmd, _, ks, _ = peer_everything()
    agreement = {
        "asmd": max(
            abs(abs(rows[name].difference_after) - asmd.loc["self", name]) for name in NUMBERS
        ),
        "ks": max(abs(rows[name].ks_after - ks.loc["self", name]) for name in NUMBERS),
    }
    return {
        "rows": [n, m],
        "seconds": {name: round(value, 4) for name, value in seconds.items()},
        "times faster": {
            name: round(seconds[name] / seconds["ours"], 1) for name in seconds if name != "ours"
        },
        "agreement": {name: float(f"{value:.2g}") for name, value in agreement.items()},
    }


def main() -> None:
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    figures = [case(10_000, 20_000), case(100_000, 100_000)]
    for one in figures:
        print(one)
    print(write_results("balance_table", QUESTION, figures, libraries=("balance",)))


if __name__ == "__main__":
    main()
