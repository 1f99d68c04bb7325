"""What does each stage of a downsampling cost per row on one core, and what travels between them?

One million rows of 22 columns in row groups of 250,000; medians of the repeats. `add_weights` is
timed as a whole, on one thread, with a linear calibration of two columns.

    python -m benchmarks.downsample_stages [--repeats 5]
"""

import argparse
import pickle
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks._click_parquet import N_FEATURES, write_clicks
from benchmarks._results import write_results
from imbalance_kit import CalibrationWeighter, Margins, NonuniformNegativeSampler, add_weights
from imbalance_kit.scale_out._job import Job
from imbalance_kit.scale_out._parquet_source import open_parquet
from imbalance_kit.scale_out._passes import first_guess
from imbalance_kit.scale_out._tally import merge_tallies, tally

QUESTION = __doc__.partition("\n")[0]
MINUTES = 1
NEEDS = ("pyarrow",)
N_ROWS = 1_000_000


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    sampler = NonuniformNegativeSampler(random_state=0)
    features = tuple(f"x{i}" for i in range(N_FEATURES))
    job = Job("click", features, ("id",), 0, "", sampler.cross_fit, sampler.pilot_size)
    with tempfile.TemporaryDirectory() as folder:
        source = open_parquet(write_clicks(Path(folder) / "clicks", N_ROWS))
        pieces, scan = timed(lambda: [next(g.read()) for g in source.row_groups], repeats)
        tallies, count = timed(
            lambda: [tally(t, p, job=job, with_sample=True) for t, p in pieces], repeats
        )
        whole, merge = timed(lambda: merge_tallies(tallies, job), repeats)
        decider, pilot = timed(lambda: first_guess(sampler, whole, job), repeats)
        histograms, score = timed(lambda: [decider.histograms_at(t, p) for t, p in pieces], repeats)
        _, keep = timed(lambda: [decider.keep_at(t, p) for t, p in pieces], repeats)
        weigh = statistics.median(_weigh(source.path, Path(folder), i) for i in range(repeats))
    per_row = {"scan": scan, "count and pilot rows": count, "score": score, "score and keep": keep}
    figures = {
        "rows": N_ROWS,
        "columns": 2 + N_FEATURES,
        "microseconds per row and core": {
            name: round(1e6 * s / N_ROWS, 3)
            for name, s in (per_row | {"add_weights, fitted here": weigh}).items()
        },
        "seconds to merge two tallies": round(merge / (len(pieces) - 1), 4),
        "seconds to train the pilots": round(pilot, 3),
        "bytes": {
            "tally": len(pickle.dumps(whole)),
            "histograms": len(pickle.dumps(histograms[0])),
            "decider": len(pickle.dumps(decider)),
        },
    }
    write_results("downsample_stages", QUESTION, figures, libraries=("pyarrow",))
    print(figures)


def timed(work: Callable[[], Any], repeats: int) -> tuple[Any, float]:
    """Return the result and the median seconds."""
    seconds = []
    for _ in range(repeats):
        began = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - began)
    return result, statistics.median(seconds)


def _weigh(source: str, folder: Path, run: int) -> float:
    margins = Margins({"x0": 0.1, "x1": -0.1}, size=1000, kind="share")
    began = time.perf_counter()
    out = folder / f"out{run}"
    add_weights(source, CalibrationWeighter(), target=margins, destination=out, n_jobs=1)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
