"""What do balance 0.23 and imbalance_kit say of balance's own example?

Its simulated survey: 1,000 respondents with gender (with gaps), age group and income, a population
of 10,000, and happiness, which the example knows for the population too. Each method of balance
with its defaults beside ours: the design effect, the mean and the largest absolute difference that
our balance table finds (shares as they are, numbers in standard deviations of the population), the
weighted mean of happiness, and seconds of the processor. balance runs in an interpreter of its own,
its start-up and its reading not counted.

    OMP_NUM_THREADS=1 python -m benchmarks.migrating_from_balance --peer PYTHON

PYTHON is an interpreter with balance.
"""

import argparse
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks._peers import add_peer_option, run_balance
from benchmarks._results import write_results
from benchmarks._weighting_data import in_tenths
from imbalance_kit import (
    CalibrationWeighter,
    CBPSWeighter,
    LogisticPath,
    PostStratificationWeighter,
    PropensityWeighter,
    RakingWeighter,
    compute_balance,
    design_effect,
)

QUESTION = __doc__.partition("\n")[0]
MINUTES = 1
NEEDS = ("peer:balance",)
THREADS = 1
CELLS = ["gender", "age_group"]
RIDGE = LogisticPath(0.0, selection="balance", max_design_effect=1.88, n_lambdas=200)
PAIRS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "ipw": (
        {"method": "ipw"},
        {
            "PropensityWeighter()": PropensityWeighter(),
            "PropensityWeighter(trimming={'ratio': 20})": PropensityWeighter(
                trimming={"ratio": 20}
            ),
            "ridge capped at the same design effect, income in tenths": PropensityWeighter(RIDGE),
        },
    ),
    "cbps": ({"method": "cbps"}, {"CBPSWeighter()": CBPSWeighter()}),
    "rake": (
        {"method": "rake"},
        {
            "RakingWeighter(), income in tenths": RakingWeighter(),
            "CalibrationWeighter('raking')": CalibrationWeighter("raking"),
        },
    ),
    "poststratify": (
        {"method": "poststratify", "variables": CELLS},
        {f"PostStratificationWeighter({CELLS})": PostStratificationWeighter(CELLS)},
    ),
}


def load(python: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the sample and the population of balance's example."""
    with tempfile.TemporaryDirectory() as folder:
        code = (
            "from balance import load_data; t, s = load_data(); "
            f"s.to_csv(r'{folder}/s.csv', index=False); t.to_csv(r'{folder}/t.csv', index=False)"
        )
        subprocess.run([python, "-c", code], check=True, capture_output=True)
        return tuple(pd.read_csv(Path(folder) / name) for name in ("s.csv", "t.csv"))


def quality(
    tables: tuple[pd.DataFrame, pd.DataFrame], weights: np.ndarray, happiness: pd.Series
) -> dict[str, float]:
    report = compute_balance(tables[0], tables[1], sample_weight=weights)
    return {
        "design effect": round(float(design_effect(weights)), 3),
        "mean difference": round(report.mean_difference_after, 4),
        "largest difference": round(report.max_difference_after, 4),
        "mean of happiness": round(float(np.average(happiness, weights=weights)), 3),
        "sum of weights": round(float(weights.sum()), 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=QUESTION)
    add_peer_option(parser)
    python = parser.parse_args().peer
    if python is None:
        parser.error("--peer is needed: an interpreter with balance 0.23")
    sample, people = load(python)
    truth, happiness = float(people["happiness"].mean()), sample["happiness"]
    tables = tuple(table.drop(columns=["id", "happiness"]) for table in (sample, people))
    figures: dict[str, Any] = {
        "population": {"mean of happiness": round(truth, 3)},
        "unweighted": quality(tables, np.ones(len(sample)), happiness),
    }
    for method, (options, own) in PAIRS.items():
        seconds, weights, version = run_balance(python, *tables, options)
        figures[method] = {
            f"balance {version}": quality(tables, weights, happiness)
            | {"processor seconds": round(seconds[1], 3)}
        }
        for name, weighter in own.items():
            rows = in_tenths(*tables) if "tenths" in name else tables
            busy = time.process_time()
            weights = weighter.fit_weights(rows[0], target=rows[1])
            busy = time.process_time() - busy
            figures[method][name] = quality(tables, weights, happiness) | {
                "processor seconds": round(busy, 3)
            }
        for name, found in figures[method].items():
            print(method, name, found, flush=True)
    print(write_results("migrating_from_balance", QUESTION, figures))


if __name__ == "__main__":
    main()
