"""For which sizes, columns and shares are SMOTE, BorderlineSMOTE and ADASYN faster than the peer's?

The same call on the same data in one process, imbalanced-learn and we alternating, medians of the
times, over 1,000 to 1,000,000 rows, 2 to 200 columns and 1 to 30 % in the minority. A cell that
imbalanced-learn is predicted to need more than `--limit` seconds for (by the next smaller one) is
skipped, and shown as skipped. Other work on the machine disturbs both: run it when nothing else
runs.

    python -m benchmarks.smote_speed_grid
"""

import argparse
import warnings
from typing import Any

import numpy as np

from benchmarks._results import write_results
from benchmarks.smote_speed import SAMPLERS, clouds, compare

QUESTION = __doc__.partition("\n")[0]
MINUTES = 12
ROWS = (1_000, 10_000, 100_000, 1_000_000)
COLUMNS = (2, 5, 20, 60, 200)
SHARES = (0.01, 0.1, 0.3)
MOST_COLUMNS_OF_A_TREE = 15  # up to which scikit-learn, asked by the peer, searches a tree


def grid(limit: float) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for n_columns in COLUMNS:
        growth = 15 if n_columns <= MOST_COLUMNS_OF_A_TREE else 100  # of the time, for 10 x rows
        for share in SHARES:
            predicted = dict.fromkeys(SAMPLERS, 0.1 / growth)
            for n in ROWS:
                rare = max(10, round(share * n))
                rows: Any = None  # a million times 200 are made only where they are needed
                for name in SAMPLERS:
                    key = f"{name}, {n:,} x {n_columns}, {share:.0%} minority"
                    predicted[name] *= growth
                    if predicted[name] > limit:
                        figures[key] = f"skipped: more than {limit:.0f} s predicted for the peer"
                        continue
                    rows = rows or clouds([n - rare, rare], n_columns)
                    repeats = int(np.clip(10 / predicted[name], 1, 9))
                    figures[key] = compare(name, *rows, repeats, warm_up=int(repeats > 1))
                    predicted[name] = figures[key]["imbalanced-learn, seconds"]
                    print(key, figures[key], flush=True)
    ratios = [cell["times faster"] for cell in figures.values() if isinstance(cell, dict)]
    return {
        "cells": len(figures),
        "measured": len(ratios),
        "least times faster": min(ratios),
        "median times faster": float(np.median(ratios)),
        "grid": figures,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=QUESTION)
    parser.add_argument("--limit", type=float, default=3.0, help="seconds of the peer's call")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    print(write_results("smote_speed_grid", QUESTION, grid(arguments.limit)))


if __name__ == "__main__":
    main()
