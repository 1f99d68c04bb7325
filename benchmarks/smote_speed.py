"""How fast are the samplers of the SMOTE family beside imbalanced-learn's?

The same call on the same data in one process, the two libraries alternating, medians of the times.
Two or five normal clouds that overlap; as many rows are asked for by both, filled up to the largest
class. With `--grid` SMOTE, BorderlineSMOTE and ADASYN are run over sizes, columns and shares of the
minority instead; a cell that imbalanced-learn is predicted to need more than `--limit` seconds for
(by the next smaller one) is skipped, and shown as skipped. Other work on the machine disturbs both:
run it when nothing else runs.

    python -m benchmarks.smote_speed
    python -m benchmarks.smote_speed --grid
"""

import argparse
import time
import warnings
from typing import Any

import imblearn.over_sampling
import numpy as np
from sklearn.cluster import KMeans

import imbalance_kit
from benchmarks._results import paired_seconds, write_results

QUESTION = __doc__.partition("\n")[0]
GRID_SAMPLERS = ("SMOTE", "BorderlineSMOTE", "ADASYN")
GRID_ROWS = (1_000, 10_000, 100_000, 1_000_000)
GRID_COLUMNS = (2, 5, 20, 60, 200)
GRID_SHARES = (0.01, 0.1, 0.3)
MOST_COLUMNS_OF_A_TREE = 15  # up to which scikit-learn, asked by the peer, searches a tree


def clouds(sizes: list[int], n_columns: int, distance: float = 1.5) -> tuple[Any, Any]:
    """Normal clouds on a line, in mixed order."""
    rng = np.random.default_rng(0)
    y = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    X = rng.standard_normal((len(y), n_columns))
    X[:, 0] += distance * y
    return X, y


def compare(
    name: str, X: Any, y: Any, repeats: int, *, warm_up: int = 1, **options: Any
) -> dict[str, float]:
    peer = getattr(imblearn.over_sampling, name)(random_state=0, **options)
    own = getattr(imbalance_kit, name)(random_state=0, **options)
    calls = {"peer": lambda: peer.fit_resample(X, y), "own": lambda: own.fit_resample(X, y)}
    seconds = paired_seconds(calls, repeats=repeats, warm_up=warm_up)
    return {
        "imbalanced-learn, seconds": float(f"{seconds['peer']:.4g}"),
        "imbalance_kit, seconds": float(f"{seconds['own']:.4g}"),
        "times faster": round(seconds["peer"] / seconds["own"], 2),
    }


def main_cases(repeats: int) -> dict[str, Any]:
    figures = {}
    for n_columns in (20, 5):
        X, y = clouds([180_000, 20_000], n_columns)
        for name in GRID_SAMPLERS:
            key = f"{name}, 200,000 x {n_columns}, 10 % minority"
            figures[key] = compare(name, X, y, repeats)
            print(key, figures[key], flush=True)
    X, y = clouds([4_000, 1_000, 600, 400, 200], 10)
    key = "SVMSMOTE, 6,200 x 10, five classes"
    figures[key] = compare("SVMSMOTE", X, y, repeats)
    print(key, figures[key], flush=True)
    X, y = clouds([40_000, 10_000, 6_000, 4_000, 2_000], 10, distance=6)
    options = {
        "kmeans_estimator": KMeans(20, n_init=1, random_state=0),
        "cluster_balance_threshold": 0.1,
    }
    key = "KMeansSMOTE, 62,000 x 10, five classes"
    figures[key] = compare("KMeansSMOTE", X, y, repeats, **options)
    print(key, figures[key], flush=True)
    return figures


def grid(limit: float) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for n_columns in GRID_COLUMNS:
        growth = 15 if n_columns <= MOST_COLUMNS_OF_A_TREE else 100  # of the time, for 10 x rows
        for share in GRID_SHARES:
            predicted = dict.fromkeys(GRID_SAMPLERS, 0.1 / growth)
            for n in GRID_ROWS:
                rare = max(10, round(share * n))
                X, y = clouds([n - rare, rare], n_columns)
                for name in GRID_SAMPLERS:
                    key = f"{name}, {n:,} x {n_columns}, {share:.0%} minority"
                    predicted[name] *= growth
                    if predicted[name] > limit:
                        figures[key] = f"skipped: more than {limit:.0f} s predicted for the peer"
                        continue
                    repeats = int(np.clip(10 / predicted[name], 1, 9))
                    figures[key] = compare(name, X, y, repeats, warm_up=int(repeats > 1))
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
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--grid", action="store_true")
    parser.add_argument("--limit", type=float, default=60.0)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    start = time.perf_counter()
    figures = grid(arguments.limit) if arguments.grid else main_cases(arguments.repeats)
    print(f"{time.perf_counter() - start:.0f} s")
    name = "smote_speed_grid" if arguments.grid else "smote_speed"
    print(write_results(name, QUESTION, figures))


if __name__ == "__main__":
    main()
