"""How fast are propensity and covariate balancing weights beside balance 0.23, and as good?

Ten mixed covariates, six numbers and four categories. balance needs older versions of the libraries
than imbalance_kit, so it runs in an interpreter of its own on the same rows, its start-up and its
reading not counted; ours runs before and after it, and the median counts. Seconds are given on the
clock and of the processor: only the latter can be trusted on a machine that does other work.

Propensity: ours is the default lasso path of 50 penalties, cross-validated in 5 folds; balance's
its default, up to 250 penalties of a ridge path in 10 folds, numbers cut into tenths. Ours with
ridge is there too, on the columns as they are and on the same tenths, capped at the design effect
of balance's weights. No weights are trimmed. CBPS: over-identified, on the columns as they are, and
on tenths, balance's default.

    OMP_NUM_THREADS=1 python -m benchmarks.propensity_speed --peer PYTHON [--size SIZE ...]

PYTHON is an interpreter with balance. SIZE, by default all of them, is "small", propensity on
10,000 + 20,000 rows; "cbps", CBPS on the same; "large", propensity on 100,000 + 100,000 rows, for
which balance takes minutes; or "wide", a million rows of 100 numbers without the peer: seconds, and
the peak memory of the process in copies of the rows. The figures of other sizes stay as they were.
"""

import argparse
import json
import resource
import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd

from benchmarks._measure import timed
from benchmarks._peers import add_peer_option, run_balance
from benchmarks._results import earlier_figures, write_results
from benchmarks._weighting_data import in_tenths, mean_difference, sample_and_population
from imbalance_kit import CBPSWeighter, LogisticPath, PropensityWeighter, design_effect

QUESTION = __doc__.partition("\n")[0]
MINUTES = 10
NEEDS = ("peer:balance",)
THREADS = 1
UNTRIMMED = {"weight_trimming_mean_ratio": None}
IPW = {"method": "ipw", **UNTRIMMED}
CBPS = {"method": "cbps", "cbps_method": "over", "transformations": None, **UNTRIMMED}


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
    peer_seconds, peer, version = run_balance(python, sample, target, options)
    after, _ = timed(own, repeats)
    seconds = np.median(np.concatenate([before, after]), axis=0)
    kinds = ("seconds", "processor seconds")
    figures: dict[str, Any] = {
        kind: {
            f"balance {version}": round(theirs, 2),
            "imbalance_kit": round(float(ours), 4),
            "times faster": round(theirs / float(ours)),
        }
        for kind, theirs, ours in zip(kinds, peer_seconds, seconds, strict=True)
    }
    figures["balance"] = quality(sample, target, peer)
    figures["imbalance_kit"] = quality(sample, target, weights)
    if isinstance(weighter, PropensityWeighter):
        cap = design_effect(peer)
        path = LogisticPath(0.0, selection="balance", max_design_effect=cap, n_lambdas=200)
        for name, tables in (("", (sample, target)), (", tenths", in_tenths(sample, target))):
            capped = PropensityWeighter(path).fit_weights(tables[0], target=tables[1])
            figures[f"imbalance_kit, ridge{name}"] = quality(sample, target, capped)
    return figures


def quality(sample: pd.DataFrame, target: pd.DataFrame, weights: np.ndarray) -> dict[str, float]:
    return {
        "design effect": round(design_effect(weights), 3),
        "mean difference": round(mean_difference(sample, target, weights), 4),
        "mean difference, tenths": round(mean_difference(sample, target, weights, tenths=True), 4),
    }


def wide(name: str) -> dict[str, float]:
    """Run one weighter on 500,000 + 500,000 rows of 100 numbers, in this process alone."""
    rng = np.random.default_rng(0)
    sample, target = rng.standard_normal((500_000, 100)), rng.standard_normal((500_000, 100))
    target += np.linspace(0, 0.1, 100)
    copies = (sample.nbytes + target.nbytes) / 1024
    weighter = PropensityWeighter() if name == "propensity" else CBPSWeighter(name)  # type: ignore[arg-type]
    idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - copies
    ((seconds, busy),), weights = timed(lambda: weighter.fit_weights(sample, target=target), 1)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - idle
    apart = np.abs(weights @ sample / weights.sum() - target.mean(axis=0))
    return {
        "seconds": round(seconds, 1),
        "processor seconds": round(busy, 1),
        "peak memory in copies of the rows, theirs included": round(peak / copies, 2),
        "largest difference of a mean": float(apart.max()),
        "design effect": round(design_effect(weights), 3),
    }


def small(peer: str) -> dict[str, Any]:
    tables = sample_and_population(10_000, 20_000)
    found = compare(peer, *tables, IPW, PropensityWeighter(), 5)
    return {"propensity, 10,000 + 20,000 rows": found}


def cbps(peer: str) -> dict[str, Any]:
    tables = sample_and_population(10_000, 20_000)
    return {
        f"CBPS, 10,000 + 20,000 rows, {name}": compare(peer, *rows, CBPS, CBPSWeighter(), 9)
        for name, rows in (("the columns as they are", tables), ("tenths", in_tenths(*tables)))
    }


def large(peer: str) -> dict[str, Any]:
    tables = sample_and_population(100_000, 100_000)
    found = compare(peer, *tables, IPW, PropensityWeighter(), 3)
    return {"propensity, 100,000 + 100,000 rows": found}


def wide_ones(peer: str) -> dict[str, Any]:
    figures = {}
    for name in ("propensity", "over", "exact"):
        command = [sys.executable, "-m", "benchmarks.propensity_speed", "--wide-child", name]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        figures[f"500,000 + 500,000 rows of 100 numbers, {name}"] = json.loads(done.stdout)
    return figures


SIZES = {"small": small, "cbps": cbps, "wide": wide_ones, "large": large}


def main() -> None:
    parser = argparse.ArgumentParser(description=QUESTION)
    add_peer_option(parser)
    parser.add_argument("--size", nargs="*", choices=tuple(SIZES), default=tuple(SIZES))
    parser.add_argument("--wide-child", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.wide_child:
        print(json.dumps(wide(given.wide_child)))
        return
    if given.size != ["wide"] and not given.peer:
        parser.error("--peer is needed: an interpreter with balance 0.23")
    for size in given.size:
        figures = SIZES[size](given.peer)
        print(json.dumps(figures, indent=1), flush=True)
        earlier = earlier_figures("propensity_speed")
        print(write_results("propensity_speed", QUESTION, earlier | figures))


if __name__ == "__main__":
    main()
