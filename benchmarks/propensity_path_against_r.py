"""Are the coefficients along our penalised logistic path those of glmnet in R?

The same rows, weights, penalties and folds: lasso, elastic net and ridge, with a nearly redundant
and a badly scaled column, with and without weights. Compared are the coefficients of the columns,
in units of one over the column's standard deviation, all rows being fitted, and the mean held-out
deviances, where glmnet standardises anew without each fold, so that these agree only closely.

    python -m benchmarks.propensity_path_against_r [--rscript Rscript]
"""

import argparse
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._results import write_results
from imbalance_kit.weighting._logistic_path import logistic_path
from imbalance_kit.weighting._membership_rows import stack_membership

QUESTION = __doc__.partition("\n")[0]
MINUTES = 2
NEEDS = ("R:glmnet",)
N_FOLDS = 5


def rows(n_sample: int, n_target: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    p = 12
    sample, target = rng.normal(size=(n_sample, p)), rng.normal(size=(n_target, p))
    target[:, :4] += [0.6, -0.4, 0.3, 0.1]
    for table in (sample, target):
        table[:, 4] = table[:, 0] + 0.1 * table[:, 4]
        table[:, 5] = 1e4 + 1e3 * table[:, 5]
        table[:, 6] = table[:, 6] > 0.5
    return sample, target


def compare(rscript: str, l1_ratio: float, weighted: bool) -> dict[str, Any]:
    sample, target = rows(3000, 4000)
    rng = np.random.default_rng(1)
    weights = [
        rng.exponential(size=len(t)) if weighted else np.ones(len(t)) for t in (sample, target)
    ]
    folds = [rng.permutation(np.arange(len(t)) % N_FOLDS) for t in (sample, target)]
    start = time.perf_counter()
    stacked = stack_membership(sample, target, *weights, tuple(folds), N_FOLDS)
    path = logistic_path(stacked, l1_ratio=l1_ratio)
    seconds = time.perf_counter() - start
    ours = stacked.original(path.theta.T)
    shares = np.concatenate([w / w.sum() / 2 for w in weights])
    table = np.column_stack(
        [
            np.concatenate([sample, target]),
            np.repeat([0, 1], [len(sample), len(target)]),
            shares * len(shares),
            np.concatenate(folds),
        ]
    )
    theirs, r_seconds, versions = glmnet(rscript, table, path.lambdas, l1_ratio)
    scale = np.append(stacked.scale, 1.0)[:, None]
    coefficients = np.vstack([theirs[1:-1], theirs[:1]])
    # Intercepts are compared at the centre of the columns.
    centred = [c[-1] + stacked.centre @ c[:-1] for c in (ours, coefficients)]
    apart = np.abs((ours - coefficients) * scale)[:-1].max()
    deviance = np.average(path.cv_deviance, axis=1, weights=stacked.fold_weights)
    return {
        "versions": versions,
        "penalties": len(path.lambdas),
        "largest difference of a coefficient": float(apart),
        "largest difference of an intercept": float(np.abs(centred[0] - centred[1]).max()),
        "largest coefficient": float(np.abs(ours * scale)[:-1].max()),
        "largest relative difference of a held-out deviance": float(
            np.abs(deviance / theirs[-1] - 1).max()
        ),
        "our largest violation of the optimality conditions": float(path.excess.max()),
        "imbalance_kit, seconds": round(seconds, 3),
        "glmnet, seconds": r_seconds,
    }


def glmnet(
    rscript: str, table: np.ndarray, lambdas: np.ndarray, l1_ratio: float
) -> tuple[np.ndarray, float, str]:
    with tempfile.TemporaryDirectory() as folder:
        files = [str(Path(folder) / name) for name in ("rows.csv", "lambda.txt", "out.txt")]
        header = ",".join(f"c{j}" for j in range(table.shape[1]))
        np.savetxt(files[0], table, delimiter=",", header=header, comments="", fmt="%.17g")
        np.savetxt(files[1], lambdas, fmt="%.17g")
        script = str(Path(__file__).with_name("_propensity_path.R"))
        done = subprocess.run(
            [rscript, script, files[0], files[1], str(l1_ratio), files[2]],
            capture_output=True,
            text=True,
            check=True,
        )
        seconds, package, major, minor = done.stdout.split()
        return np.loadtxt(files[2]), float(seconds), f"glmnet {package}, R {major}.{minor}"


def main() -> None:
    parser = argparse.ArgumentParser(description=QUESTION)
    parser.add_argument("--rscript", default=shutil.which("Rscript"))
    rscript = parser.parse_args().rscript
    if rscript is None:
        parser.error("R is not here: give --rscript, and install its package glmnet")
    figures = {}
    for l1_ratio in (1.0, 0.5, 0.0):
        for weighted in (False, True):
            key = f"l1_ratio={l1_ratio}, {'with' if weighted else 'without'} weights"
            figures[key] = compare(rscript, l1_ratio, weighted)
            print(key, figures[key], flush=True)
    print(write_results("propensity_path_against_r", QUESTION, figures))


if __name__ == "__main__":
    main()
