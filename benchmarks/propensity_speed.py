"""How fast are propensity and covariate balancing weights beside balance 0.23, and as good?

Ten mixed covariates, six numbers and four categories. balance needs older versions of the libraries
than imbalance_kit, so it runs in an interpreter of its own on the same rows, its start-up and its
reading not counted; ours runs before and after it, and the median counts. Propensity: ours is the
default lasso path of 50 penalties, cross-validated in 5 folds; balance's its default, up to 250
penalties in 10 folds on numbers cut into tenths, and the same on the columns as they are. Balance is
compared at equal design effect: ours is then the path capped at that of balance's weights, both
before trimming. CBPS: over-identified, the columns as they are.

    python -m benchmarks.propensity_speed --peer /path/to/python-with-balance [--large] [--wide]

--large adds 100,000 + 100,000 rows, where balance takes minutes; --wide a million rows of 100
numbers, without the peer: seconds, and the peak memory of the process in copies of the rows.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pandas as pd

from benchmarks._results import write_results
from benchmarks._weighting_data import mean_difference, sample_and_population
from imbalance_kit import CBPSWeighter, LogisticPath, PropensityWeighter, design_effect

QUESTION = __doc__.partition("\n")[0]
UNTRIMMED = {"weight_trimming_mean_ratio": None}
PEERS = {
    "its default": {"method": "ipw", **UNTRIMMED},
    "the columns as they are": {"method": "ipw", "transformations": None, **UNTRIMMED},
}
CBPS = {"method": "cbps", "cbps_method": "over", "transformations": None, **UNTRIMMED}


def timed(call: Callable[[], Any], repeats: int) -> tuple[list[float], Any]:
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        result = call()
        seconds.append(time.perf_counter() - start)
    return seconds, result


def run_peer(
    python: str, sample: pd.DataFrame, target: pd.DataFrame, options: dict[str, Any]
) -> tuple[float, np.ndarray, str]:
    with tempfile.TemporaryDirectory() as folder:
        files = [str(Path(folder) / name) for name in ("s.csv", "t.csv", "w.npy")]
        sample.to_csv(files[0], index=False)
        target.to_csv(files[1], index=False)
        script = str(Path(__file__).with_name("_balance_peer.py"))
        done = subprocess.run(
            [python, script, *files, json.dumps(options)],
            capture_output=True,
            text=True,
            check=True,
        )
        found = json.loads(done.stdout.strip().splitlines()[-1])
        return found["seconds"], np.load(files[2]), found["balance"]


def compare(
    python: str,
    sample: pd.DataFrame,
    target: pd.DataFrame,
    options: dict[str, Any],
    weighter: Any,
    repeats: int,
) -> dict[str, Any]:
    def own() -> np.ndarray:
        return weighter.fit_weights(sample, target=target)

    own()
    before, weights = timed(own, repeats)
    peer_seconds, peer, version = run_peer(python, sample, target, options)
    after, _ = timed(own, repeats)
    seconds = median(before + after)
    effect = design_effect(peer)
    figures = {
        f"balance {version}, seconds": round(peer_seconds, 2),
        "imbalance_kit, seconds": round(seconds, 4),
        "times faster": round(peer_seconds / seconds),
        "balance": quality(sample, target, peer),
        "imbalance_kit": quality(sample, target, weights),
    }
    if isinstance(weighter, PropensityWeighter):
        path = LogisticPath(selection="balance", max_design_effect=effect)
        capped = PropensityWeighter(path).fit_weights(sample, target=target)
        figures["imbalance_kit at balance's design effect"] = quality(sample, target, capped)
    return figures


def quality(sample: pd.DataFrame, target: pd.DataFrame, weights: np.ndarray) -> dict[str, float]:
    return {
        "design effect": round(design_effect(weights), 3),
        "mean difference": round(mean_difference(sample, target, weights), 4),
        "mean difference, tenths": round(mean_difference(sample, target, weights, binned=True), 4),
    }


def wide(name: str) -> dict[str, float]:
    """Run one weighter on 500,000 + 500,000 rows of 100 numbers, in this process alone."""
    rng = np.random.default_rng(0)
    sample, target = rng.standard_normal((500_000, 100)), rng.standard_normal((500_000, 100))
    target += np.linspace(0, 0.1, 100)
    copies = (sample.nbytes + target.nbytes) / 1024
    weighter = PropensityWeighter() if name == "propensity" else CBPSWeighter(name)  # type: ignore[arg-type]
    idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - copies
    (seconds,), weights = timed(lambda: weighter.fit_weights(sample, target=target), 1)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - idle
    apart = np.abs(weights @ sample / weights.sum() - target.mean(axis=0))
    return {
        "seconds": round(seconds, 1),
        "peak memory in copies of the rows, theirs included": round(peak / copies, 2),
        "largest difference of a mean": float(apart.max()),
        "design effect": round(design_effect(weights), 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=QUESTION)
    parser.add_argument("--peer", help="a Python with balance 0.23")
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--wide", action="store_true")
    parser.add_argument("--wide-child", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.wide_child:
        print(json.dumps(wide(given.wide_child)))
        return
    figures: dict[str, Any] = {}
    if given.peer:
        sample, target = sample_and_population(10_000, 20_000)
        for name, options in PEERS.items():
            key = f"propensity, 10,000 + 20,000 rows, balance on {name}"
            figures[key] = compare(given.peer, sample, target, options, PropensityWeighter(), 5)
            print(key, json.dumps(figures[key], indent=1), flush=True)
        key = "CBPS, 10,000 + 20,000 rows"
        figures[key] = compare(given.peer, sample, target, CBPS, CBPSWeighter(), 9)
        print(key, json.dumps(figures[key], indent=1), flush=True)
    if given.peer and given.large:
        sample, target = sample_and_population(100_000, 100_000)
        key = "propensity, 100,000 + 100,000 rows, balance on its default"
        options = PEERS["its default"]
        figures[key] = compare(given.peer, sample, target, options, PropensityWeighter(), 3)
        print(key, json.dumps(figures[key], indent=1), flush=True)
    if given.wide:
        for name in ("propensity", "over", "exact"):
            command = [sys.executable, "-m", "benchmarks.propensity_speed", "--wide-child", name]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            key = f"500,000 + 500,000 rows of 100 numbers, {name}"
            figures[key] = json.loads(done.stdout)
            print(key, figures[key], flush=True)
    print(write_results("propensity_speed", QUESTION, figures))


if __name__ == "__main__":
    main()
