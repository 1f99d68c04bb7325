"""Does a process that fits a thousand times keep anything?

Every public estimator (and a few put together from others) is fitted 1,000 times to 84 rows after
100 fits that fill the caches of the libraries; every sampler uses two threads. The slope is that of
the resident memory of the process, in bytes per fit: the mean of the 19 steps between 20 means of
50 fits each, with the standard error of that mean. An array that a fit kept would be at least 672
bytes: one number per row. Threads and open files are counted before and after.

    python -m benchmarks.leaks
"""

import argparse
import gc
import os
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks._results import write_results
from tests._leaks import fits, held, repeat

QUESTION = __doc__.partition("\n")[0]
N_BLOCKS = 20
ONE_ARRAY = 8 * 84  # bytes


def resident_bytes() -> int:
    """Return the resident memory of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def measure(fit: Callable[[], Any], n_fits: int, n_warm_up: int) -> dict[str, Any]:
    """Return the slope of the resident memory, and what is held before and after."""
    repeat(fit, n_warm_up)
    gc.collect()
    before, start = held(), time.process_time()
    memory = np.empty(n_fits)
    for k in range(n_fits):
        fit()
        memory[k] = resident_bytes()
    gc.collect()
    blocks = memory.reshape(N_BLOCKS, -1).mean(axis=1)
    steps = np.diff(blocks) / (n_fits // N_BLOCKS)
    after = held()
    return {
        "fits": n_fits,
        "bytes per fit": round(float(steps.mean()), 1),
        "standard error": round(float(steps.std(ddof=1) / np.sqrt(len(steps))), 1),
        "bytes in all": int(memory[-1] - memory[0]),
        "new threads": after.threads - before.threads,
        "new system threads": after.system_threads - before.system_threads,
        "new open files": after.files - before.files,
        "processor seconds": round(time.process_time() - start, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=QUESTION)
    parser.add_argument("--fits", type=int, default=1000, help="a multiple of 20")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    figures: dict[str, Any] = {}
    with threadpool_limits(1, user_api="blas"):
        for name, fit in fits().items():
            one = measure(fit, arguments.fits, arguments.fits // 10)
            one["less than one array"] = bool(
                one["bytes per fit"] - 2 * one["standard error"] < ONE_ARRAY
                and one["bytes in all"] < arguments.fits * ONE_ARRAY
            )
            figures[name] = one
            print(
                f"{name:30} {one['bytes per fit']:9.1f} ± {one['standard error']:7.1f} bytes per "
                f"fit, {one['new threads']:+} threads, {one['new open files']:+} files",
                flush=True,
            )
            write_results("leaks", QUESTION, figures, libraries=("joblib", "threadpoolctl"))


if __name__ == "__main__":
    main()
