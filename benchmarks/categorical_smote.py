"""How fast are SMOTENC and SMOTEN beside imbalanced-learn's, and how much memory do they need?

The same call on the same data in one process, the two libraries alternating, medians; the extra
peak memory of one call as the tracer of the standard library sees it (the output counts, the input
does not). SMOTENC on 100,000 rows of 8 numbers and 6 categories of 50 levels, as a pandas frame of
categories; SMOTEN on 50,000 rows of 10 categories of 10 and of 50 levels; both with 10 % of the
rows in the minority, filled up to the majority. A few small sizes, to see where the fixed costs
show. Then the memory of SMOTEN as the rows double, and a case that users of imbalanced-learn
reported as impossible: 8,000,000 rows, 50,000 of them positive, 5 categories and 1 number, SMOTENC
up to a ratio of .1, in a process of its own, whose peak includes the data and the libraries.

    python -m benchmarks.categorical_smote
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from typing import Any

import imblearn.over_sampling
import numpy as np
import pandas as pd

from benchmarks._measure import beside_sampler, peak_megabytes
from benchmarks._results import write_results
from imbalance_kit import SMOTEN, SMOTENC

QUESTION = __doc__.partition("\n")[0]
MINUTES = 12
SMALL_MIXED = ((500, 2, 2, 0.2), (1000, 3, 3, 0.1), (1000, 30, 3, 0.1), (5000, 8, 3, 0.3))
SMALL_CATEGORIES = ((500, 3, 3), (2000, 5, 10), (5000, 30, 5))


def mixed(n: int, n_numbers: int, n_categories: int, share: float) -> tuple[pd.DataFrame, Any]:
    """Return a frame of numbers and categories of 50 levels, and labels."""
    rng = np.random.default_rng(0)
    y = (rng.random(n) < share).astype(np.int8)
    columns: dict[str, Any] = {f"number {j}": rng.standard_normal(n) for j in range(n_numbers)}
    names = [f"level {level}" for level in range(50)]
    for j in range(n_categories):
        codes = rng.integers(0, 50, n, dtype=np.int8)
        columns[f"category {j}"] = pd.Categorical.from_codes(codes, names)
    return pd.DataFrame(columns), y


def categories(n: int, n_columns: int, n_levels: int) -> tuple[np.ndarray, np.ndarray]:
    """Return levels, of which some go with the minority, and labels."""
    rng = np.random.default_rng(0)
    X = rng.integers(0, n_levels, (n, n_columns))
    y = (rng.random(n) < 0.1 * (0.5 + (X[:, :2] % 2).mean(axis=1))).astype(int)
    return X, y


def small_sizes(repeats: int) -> dict[str, Any]:
    """Return both times and their ratio where little is to be gained."""
    figures = {}
    for n, n_numbers, n_categories, share in SMALL_MIXED:
        X, y = mixed(n, n_numbers, n_categories, share)
        pair = imblearn.over_sampling.SMOTENC("auto", random_state=0), SMOTENC(random_state=0)
        key = f"SMOTENC, {n:,} x ({n_numbers} numbers, {n_categories} categories), {share:.0%}"
        figures[key] = beside_sampler(*pair, X, y, repeats=repeats, memory=True)
    for n, n_columns, n_levels in SMALL_CATEGORIES:
        X, y = categories(n, n_columns, n_levels)
        pair = imblearn.over_sampling.SMOTEN(random_state=0), SMOTEN(random_state=0)
        key = f"SMOTEN, {n:,} x {n_columns}, {n_levels} levels"
        figures[key] = beside_sampler(*pair, X, y, repeats=repeats, memory=True)
    return figures


def memory_as_rows_double() -> dict[str, float]:
    def peak(n: int) -> float:
        X, y = categories(n, 10, 10)
        return round(peak_megabytes(lambda: SMOTEN(random_state=0).fit_resample(X, y)), 1)

    return {f"{n:,} rows": peak(n) for n in (25_000, 50_000, 100_000, 200_000)}


def impossible_case() -> dict[str, float]:
    """Return the seconds of the call and the peak of the whole process, in gigabytes."""
    X, _ = mixed(8_000_000, 1, 5, 0.5)
    y = np.zeros(len(X), dtype=np.int8)
    y[np.random.default_rng(1).choice(len(X), 50_000, replace=False)] = 1
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    _, y_res = SMOTENC(sampling_strategy=0.1, random_state=0).fit_resample(X, y)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "seconds": round(seconds, 2),
        "peak GB of the process": round(peak * 1024 / 1e9, 2),
        "of which data and libraries before the call": round(before * 1024 / 1e9, 2),
        "rows made": int(len(y_res) - len(y)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=QUESTION)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--impossible-case", action="store_true", help="run that case alone")
    arguments = parser.parse_args()
    if arguments.impossible_case:
        print(json.dumps(impossible_case()))
        return
    figures: dict[str, Any] = {}
    child = [sys.executable, "-m", "benchmarks.categorical_smote", "--impossible-case"]
    done = subprocess.run(child, capture_output=True, text=True, check=True)
    figures["SMOTENC, 8,000,000 rows, 50,000 positive"] = json.loads(done.stdout)
    print(figures, flush=True)
    for n_levels in (10, 50):
        X, y = categories(50_000, 10, n_levels)
        pair = imblearn.over_sampling.SMOTEN(random_state=0), SMOTEN(random_state=0)
        key = f"SMOTEN, 50,000 x 10, {n_levels} levels"
        figures[key] = beside_sampler(*pair, X, y, repeats=arguments.repeats, memory=True)
        print(key, figures[key], flush=True)
    figures["small sizes"] = small_sizes(arguments.repeats)
    figures["SMOTEN, peak MB by rows"] = memory_as_rows_double()
    X, y = mixed(100_000, 8, 6, 0.1)
    pair = imblearn.over_sampling.SMOTENC("auto", random_state=0), SMOTENC(random_state=0)
    key = "SMOTENC, 100,000 x (8 numbers, 6 categories)"
    figures[key] = beside_sampler(*pair, X, y, repeats=arguments.repeats, memory=True)
    print(key, figures[key], flush=True)
    print(write_results("categorical_smote", QUESTION, figures))


if __name__ == "__main__":
    main()
