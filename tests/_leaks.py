"""Work to repeat, and what a process holds on to afterwards."""

import os
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from imbalance_kit import (
    ClassShift,
    NonuniformNegativeSampler,
    RandomUnderSampler,
    compare_strategies,
    compute_balance,
    compute_calibration,
    compute_weight_summary,
    downsample,
    read_manifest,
)
from imbalance_kit.shift import from_json
from imbalance_kit.testing._examples import Example
from tests._processes import SMALL, fitted, subjects, with_jobs
from tests._tables import click_log


def fits(example: Example = SMALL) -> dict[str, Callable[[], object]]:
    """Return a fit of every public estimator by name; samplers use two threads."""
    found = {}
    for name, subject in subjects().items():
        threaded = hasattr(subject, "fit_resample")
        found[name] = partial(fitted, with_jobs(subject, 2) if threaded else subject, example)
    return found


def functions(folder: Path) -> dict[str, Callable[[], object]]:
    """Return calls of the functions that measure, compare, read and write."""
    log = click_log(400)
    log.to_parquet(folder / "log.parquet", row_group_size=200)
    out = folder / "out"

    def write() -> None:
        shutil.rmtree(out, ignore_errors=True)
        sampler = NonuniformNegativeSampler(random_state=0, criterion="uniform")
        downsample(folder / "log.parquet", sampler, label="click", destination=out, n_jobs=2)
        read_manifest(out).load_shift()

    def compare() -> None:
        few = {"under": RandomUnderSampler()}
        compare_strategies(LogisticRegression(), few, SMALL.X, SMALL.y > 0, cv=2, random_state=0)

    def measure() -> None:
        X = pd.DataFrame(SMALL.X).rename(columns=str)
        compute_balance(X, X.iloc[::2], sample_weight=SMALL.weights)
        compute_calibration(SMALL.y > 0, np.linspace(0.01, 0.99, len(SMALL.y)))
        compute_weight_summary(SMALL.weights)
        from_json(ClassShift({0: 0.1, 1: 1.0}).to_json())

    return {"downsample": write, "compare_strategies": compare, "compute": measure}


@dataclass(frozen=True)
class Held:
    """What the process holds: threads of Python and of the system, and open files."""

    threads: int
    system_threads: int
    files: int


def held() -> Held:
    """Return what this process holds now."""
    return Held(
        threading.active_count(), len(os.listdir("/proc/self/task")), len(os.listdir("/proc/self/fd"))
    )


def repeat(work: Callable[[], Any], times: int) -> None:
    """Do the work again and again, keeping nothing."""
    for _ in range(times):
        work()
