"""How fast are raking and calibration on a million rows, and what memory do they take?

Raking: a million rows with five categories of 3 to 50 levels, to a population of 200,000 rows, both
as pandas frames of strings; beside it balance 0.23 on the same rows, without its lumping of small
levels, in an interpreter of its own because it needs older libraries (start-up and reading not
counted). Ours meets every total to a relative 1e-10; what balance misses is reported.
Calibration: a million rows of 100 numbers to the means of 100,000 rows: seconds, and the memory
allocated at the peak, in copies of the sample.

    OMP_NUM_THREADS=1 python -m benchmarks.weighting_speed [--peer PYTHON]

PYTHON is an interpreter with balance; without it the peer's figures stay as they were.
"""

import argparse
from typing import Any

import numpy as np
import pandas as pd

from benchmarks._measure import peak_megabytes, timed
from benchmarks._peers import add_peer_option, run_balance
from benchmarks._results import earlier_figures, write_results
from imbalance_kit import CalibrationWeighter, RakingWeighter, design_effect

QUESTION = __doc__.partition("\n")[0]
MINUTES = 3
NEEDS = ("peer:balance",)
THREADS = 1
LEVELS = {"sex": 3, "region": 8, "school": 6, "work": 20, "place": 50}
PEER = {"method": "rake", "transformations": None, "weight_trimming_mean_ratio": None}
CALIBRATED = {
    "linear": {"distance": "linear"},
    "raking": {"distance": "raking"},
    "logit, bounds (0.1, 10)": {"distance": "logit", "bounds": (0.1, 10.0)},
}


def categories(n: int, moved: float, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    common = rng.normal(size=n) + moved
    table = {}
    for name, n_levels in LEVELS.items():
        place = 1 / (1 + np.exp(-0.6 * common - rng.normal(size=n)))
        names = np.array([f"{name} {j:02d}" for j in range(n_levels)])
        table[name] = names[np.minimum((place * n_levels).astype(int), n_levels - 1)]
    return pd.DataFrame(table)


def largest_miss(sample: pd.DataFrame, target: pd.DataFrame, weights: np.ndarray) -> float:
    """Largest relative miss of the share of a level."""
    shares = weights / weights.sum()
    return max(
        float((pd.Series(shares).groupby(sample[c].to_numpy()).sum() / wanted - 1).abs().max())
        for c in LEVELS
        for wanted in [target[c].value_counts(normalize=True)]
    )


def raking(python: str | None, repeats: int) -> dict[str, Any]:
    sample, target = categories(1_000_000, 0.0, 0), categories(200_000, 0.5, 1)
    seconds, weights = timed(lambda: RakingWeighter().fit_weights(sample, target=target), repeats)
    figures: dict[str, Any] = {
        "imbalance_kit, seconds": round(float(np.median(seconds[:, 0])), 3),
        "imbalance_kit, seconds of the processor": round(float(np.median(seconds[:, 1])), 3),
        "imbalance_kit, largest relative miss of a total": largest_miss(sample, target, weights),
        "imbalance_kit, design effect": design_effect(weights),
    }
    if python is None:
        return figures
    theirs, peer, version = run_balance(python, sample, target, PEER)
    again, _ = timed(lambda: RakingWeighter().fit_weights(sample, target=target), repeats)
    ours = np.median(np.vstack([seconds, again]), axis=0)
    return figures | {
        "imbalance_kit, seconds": round(float(ours[0]), 3),
        "imbalance_kit, seconds of the processor": round(float(ours[1]), 3),
        "balance": version,
        "balance, seconds": round(theirs[0], 2),
        "balance, seconds of the processor": round(theirs[1], 2),
        "balance, largest relative miss of a total": largest_miss(sample, target, peer),
        "balance, design effect": design_effect(peer),
        "times faster": round(theirs[0] / float(ours[0]), 1),
        "times faster, processor": round(theirs[1] / float(ours[1]), 1),
    }


def calibration() -> dict[str, Any]:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(1_000_000, 100))
    target = rng.normal(size=(100_000, 100)) + np.linspace(0, 0.2, 100)
    found = {}
    for name, options in CALIBRATED.items():
        # Linear weights are negative here and there.
        weighter = CalibrationWeighter(**options)  # type: ignore[arg-type]
        seconds, weights = timed(lambda w=weighter: w.fit_weights(X, target=target), 1)  # type: ignore[misc]
        peak = peak_megabytes(lambda w=weighter: w.fit_weights(X, target=target)) * 1e6  # type: ignore[misc]
        means = weights @ X / weights.sum()
        found[name] = {
            "seconds": round(float(seconds[0, 0]), 2),
            "seconds of the processor": round(float(seconds[0, 1]), 2),
            "memory beside the sample, in copies of it": round(peak / X.nbytes, 3),
            "largest miss, standard deviations": float(np.abs(means - target.mean(axis=0)).max()),
        }
        print(name, found[name], flush=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=QUESTION)
    add_peer_option(parser)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    before = earlier_figures("weighting_speed")
    figures = {
        "raking, 1,000,000 rows": raking(options.peer, options.repeats),
        "calibration, 1,000,000 rows x 100": calibration(),
    }
    if options.peer is None and before:
        figures["raking, 1,000,000 rows"] = before["raking, 1,000,000 rows"]
    print(figures)
    print(write_results("weighting_speed", QUESTION, figures))


if __name__ == "__main__":
    main()
